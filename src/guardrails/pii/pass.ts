/** What is known at one place of the pass over a text: the label before it, and what was found so far. */
import type { Candidate } from '../candidate.ts';
import { isBeside } from './label-words.ts';
import type { LabelKind } from './labels-table.ts';
import { Tables } from './tables.ts';

export class Pass {
  readonly text: string;
  /** Those of the text: `codeUnits`. */
  readonly units: Uint16Array;
  readonly found: Candidate[] = [];
  /** Names that count only if the text speaks of a person elsewhere too. */
  readonly weak: Candidate[] = [];
  /** Where the last name that was read ends: given names within it begin no other. */
  nameEnd = 0;
  #kind: LabelKind | undefined;
  #end = 0;
  #tables: Tables | undefined;

  constructor(text: string, units: Uint16Array) {
    this.text = text;
    this.units = units;
  }

  /** The nearest label stands for what follows. */
  label(kind: LabelKind, end: number): void {
    this.#kind = kind;
    this.#end = end;
  }

  /** What the nearest label is of, however far it is. */
  get labelKind(): LabelKind | undefined {
    return this.#kind;
  }

  /** Where the nearest label ends. */
  get labelEnd(): number {
    return this.#end;
  }

  /** The label of a value that starts at `start`. */
  labelOf(start: number): LabelKind | undefined {
    if (this.#kind === undefined || !isBeside(this.text, this.#end, start)) return undefined;
    return this.#kind;
  }

  /** A label of a script without spaces: it ends at most four ASCII units before the digits at `at`. */
  relabel(kind: LabelKind | undefined, at: number): LabelKind | undefined {
    if (kind === undefined) return undefined;
    let end = at;
    while (at - end < 4 && this.text.charCodeAt(end - 1) < 0x80) end--;
    this.label(kind, end);
    return kind;
  }

  /** A label is that of several values in a row: "A, B and C". */
  prolong(start: number, end: number): void {
    if (this.#kind !== undefined && start >= this.#end) this.#end = end;
  }

  /** What the table holds whose header the word that ends at `wordEnd` belongs to, if it does. */
  addTable(wordEnd: number): void {
    this.#tables ??= new Tables(this.text);
    for (const candidate of this.#tables.at(wordEnd)) this.found.push(candidate);
  }

  add(candidate: Candidate | undefined): void {
    if (candidate) this.found.push(candidate);
  }
}
