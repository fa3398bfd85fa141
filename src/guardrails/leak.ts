/**
 * The system prompt in what a model says: long runs of the same letters and digits, whatever stands between them and
 * in whichever case; also backwards, in rot13, base64 and hex. Of the prompt only hashes are kept (Karp and Rabin,
 * 1987); linear in both texts.
 */
import { hash } from 'node:crypto';
import { BoundedMap } from '../base/bounded-map.ts';
import type { Finding } from '../base/finding.ts';
import { canonicalise, sourceRange, type View } from './canonical.ts';
import { Letters } from './leak-letters.ts';

/** Of one text. */
const CANARIES_MAX = 1000;

/** Where words stand that an operator put into the prompt for nothing else, in any case and dress. */
export function findCanaries(view: View, words: readonly string[]): Finding[] {
  const found: Finding[] = [];
  const text = view.text.toLowerCase();
  for (const word of words) {
    const wanted = canonicalise(word).text.toLowerCase();
    if (wanted === '') continue;
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
      if (found.length >= CANARIES_MAX) return found;
      const [start, end] = sourceRange(view, at, at + wanted.length);
      const reason = "a word of the system text's own";
      found.push({ guardrail: 'leak', type: 'canary', score: 1, reason, start, end });
    }
  }
  return found;
}

/** Letters and digits under one hash; every sixteenth of the prompt's is kept. */
const WINDOW = 32;
const STEP = 16;
/** Letters and digits in a row that are a leak: some 30 words, or 200 characters of prose. */
const RUN_MIN = 160;
/** Of a prompt, letters and digits that are looked for. */
const PROMPT_MAX = 65_536;
/** Of each text of a prompt, and of all of them, characters that are looked for in base64 and hex. */
const ENCODED_MAX = 8192;
const BASE = 0x01000193;
let outgoing = 1;
for (let i = 0; i < WINDOW; i++) outgoing = Math.imul(outgoing, BASE);

/** Half-open, units of the whole text. */
export interface Leak {
  readonly start: number;
  readonly end: number;
  /** Goes on the one before it. */
  readonly isRest: boolean;
}

/** Prints of prompts that came lately, by the digest of their texts: programs send the same one with every call. */
const recent = new BoundedMap<string, Uint32Array>(256);

/**
 * What a prompt is known by: plain data, at most 64 KiB, not to be changed; undefined for one that is too short to
 * leak. The same for the same texts as long as they are among the last 256: of prompts only digests and hashes are kept.
 */
export function promptPrints(texts: readonly string[]): Uint32Array | undefined {
  let chars = 0;
  for (const text of texts) chars += text.length;
  if (chars < RUN_MIN) return undefined;
  const name = hash('sha256', JSON.stringify(texts), 'base64');
  const prints = recent.get(name) ?? printsOf(texts);
  if (prints) recent.set(name, prints);
  return prints;
}

function printsOf(texts: readonly string[]): Uint32Array | undefined {
  const units = lettersIn(texts);
  if (units.length < RUN_MIN) return undefined;
  const prints: number[] = [];
  addPrints(prints, units);
  addPrints(prints, units.toReversed());
  addPrints(prints, units.map(rotated));
  for (const encoded of encodings(texts)) addPrints(prints, lettersIn([encoded]));
  return Uint32Array.from(prints);
}

function lettersIn(texts: readonly string[]): Uint16Array {
  let chars = 0;
  for (const text of texts) chars += text.length;
  // A character is at most four letters.
  const units = new Uint16Array(Math.min(PROMPT_MAX, 4 * chars));
  let length = 0;
  for (const text of texts) {
    const left = PROMPT_MAX - length;
    // What lies beyond so many characters of a text is not read.
    new Letters((unit) => {
      if (length < units.length) units[length++] = unit;
    }).push(text.slice(0, 2 * left));
  }
  return units.subarray(0, length);
}

function addPrints(prints: number[], units: Uint16Array): void {
  const roll = new Roll();
  for (const unit of units) if (roll.add(unit, 0) && roll.count % STEP === 0) prints.push(roll.hash);
}

/** Rot13. */
function rotated(unit: number): number {
  return unit >= 0x61 && unit <= 0x7a ? 0x61 + ((unit - 0x61 + 13) % 26) : unit;
}

/** Base64 from each place within a group of three bytes, so that it is known wherever it begins. */
function* encodings(texts: readonly string[]): Generator<string> {
  let left = ENCODED_MAX;
  for (const text of texts) {
    const bytes = Buffer.from(text.slice(0, left));
    left -= Math.min(left, text.length);
    for (const skipped of [0, 1, 2]) yield bytes.subarray(skipped).toString('base64');
    yield bytes.toString('hex');
  }
}

/** Read once for all texts of an answer. */
const sets = new WeakMap<Uint32Array, ReadonlySet<number>>();

function setOf(prints: Uint32Array): ReadonlySet<number> {
  let set = sets.get(prints);
  if (!set) sets.set(prints, (set = new Set(prints)));
  return set;
}

/** Looks for a prompt in one text that comes in pieces. */
export class LeakWatch {
  readonly #prints: ReadonlySet<number>;
  readonly #roll = new Roll();
  readonly #letters = new Letters((unit, from, to) => this.#add(unit, from, to));
  #leaks: Leak[] = [];
  #lastHit = -Infinity;
  #runFrom = 0;
  #runStart = 0;
  /** Where what was told of this run ends. */
  #told: number | undefined;

  constructor(prints: Uint32Array) {
    this.#prints = setOf(prints);
  }

  /** From here on, what came may turn out to go on a leak that was told; Infinity where none is going on. */
  get openFrom(): number {
    return this.#told !== undefined && this.#roll.count - this.#lastHit <= STEP ? this.#told : Infinity;
  }

  /** What of the text so far is a leak, and was not told before. */
  push(text: string): readonly Leak[] {
    this.#leaks = [];
    this.#letters.push(text);
    return this.#leaks;
  }

  #add(unit: number, from: number, to: number): void {
    const roll = this.#roll;
    if (!roll.add(unit, from) || !this.#prints.has(roll.hash)) return;
    if (roll.count - this.#lastHit > STEP) {
      this.#runFrom = roll.count - WINDOW;
      this.#runStart = roll.start;
      this.#told = undefined;
    }
    this.#lastHit = roll.count;
    if (roll.count - this.#runFrom < RUN_MIN) return;
    this.#leaks.push({ start: this.#told ?? this.#runStart, end: to, isRest: this.#told !== undefined });
    this.#told = to;
  }
}

/** A leak as other findings are told. */
export function asFinding({ start, end, isRest }: Leak): Finding & { readonly isRest?: true } {
  const reason = 'a long run of the system text';
  return {
    guardrail: 'leak',
    type: 'system_prompt',
    start,
    end,
    score: 1,
    reason,
    ...(isRest && { isRest }),
  };
}

/** The hash of the last letters and digits, and where the first of them stood. */
class Roll {
  readonly #units = new Uint16Array(WINDOW);
  readonly #places = new Float64Array(WINDOW);
  #hash = 0;
  count = 0;

  /** Whether there are enough of them. */
  add(unit: number, place: number): boolean {
    const slot = this.count++ % WINDOW;
    this.#hash = (Math.imul(this.#hash, BASE) + unit - Math.imul(outgoing, this.#units[slot] ?? 0)) | 0;
    this.#units[slot] = unit;
    this.#places[slot] = place;
    return this.count >= WINDOW;
  }

  get hash(): number {
    return this.#hash >>> 0;
  }

  get start(): number {
    return this.#places[this.count % WINDOW] ?? 0;
  }
}
