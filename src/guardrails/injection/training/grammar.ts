/**
 * Grammars of training text: `{slot}` is a choice of a slot, `[a|b]` one of those in place, `\` makes the next
 * character plain, `\n` a line break. `% language` begins anew, `@slot a | b` defines, `@!slot` one that is chosen once a text,
 * `== group label kind count` opens a group of templates.
 */
import { pick, type Random } from './random.ts';

type Node = string | { readonly slot: string } | { readonly choices: readonly (readonly Node[])[] };

export interface Group {
  readonly name: string;
  readonly label: 0 | 1;
  readonly kind: string;
  readonly language: string;
  /** Texts to make of all templates together. */
  readonly count: number;
  readonly templates: readonly (readonly Node[])[];
  readonly slots: ReadonlyMap<string, readonly (readonly Node[])[]>;
}

interface OpenGroup extends Group {
  readonly templates: (readonly Node[])[];
}

/** @throws Error with the line a fault stands in. */
export function parseGrammar(source: string): Group[] {
  const groups: OpenGroup[] = [];
  let slots = new Map<string, readonly (readonly Node[])[]>();
  let language = 'en';
  for (const line of source.split('\n')) {
    if (line === '' || line.startsWith('# ')) continue;
    const [, head = '', rest = ''] = /^(%|@!?\w+|==) ?(.*)$/.exec(line) ?? [];
    if (head === '%') [language, slots] = [rest, new Map()];
    else if (head === '==') groups.push(openGroup(rest, language, slots));
    else if (head !== '') slots.set(head.slice(1), choicesOf(rest));
    else groups.at(-1)?.templates.push(parse(line));
  }
  return groups;
}

function openGroup(head: string, language: string, slots: OpenGroup['slots']): OpenGroup {
  const [name = '', label, kind = '', count] = head.split(' ');
  return { name, label: label === '1' ? 1 : 0, kind, language, count: Number(count), templates: [], slots };
}

function choicesOf(text: string): (readonly Node[])[] {
  return new Parser(text).choices(true);
}

function parse(line: string): readonly Node[] {
  return new Parser(line).sequence('');
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Until the end, or the bracket that closes; blanks around a slot's choices are none of them. */
  choices(isSlot: boolean): (readonly Node[])[] {
    const found: (readonly Node[])[] = [];
    do found.push(isSlot ? trimmed(this.sequence('|')) : this.sequence('|]'));
    while (this.#text[this.#at++] === '|');
    return found;
  }

  sequence(stops: string): Node[] {
    const nodes: Node[] = [];
    let plain = '';
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at] ?? '';
      if (stops.includes(char)) break;
      const slot =
        char === '{' ? /^\{(\w+)\}/.exec(this.#text.slice(this.#at, this.#at + 24))?.[1] : undefined;
      if (char === '\\') plain += escaped(this.#text[++this.#at]);
      else if (slot === undefined && char !== '[') plain += char;
      else {
        nodes.push(plain);
        plain = '';
        nodes.push(slot === undefined ? this.#group() : { slot });
        if (slot !== undefined) this.#at += slot.length + 1;
      }
    }
    return [...nodes, plain];
  }

  #group(): Node {
    this.#at++;
    const choices = this.choices(false);
    this.#at--;
    return { choices };
  }
}

const escaped = (char = ''): string => (char === 'n' ? '\n' : char);

function trimmed(nodes: readonly Node[]): Node[] {
  return nodes.map((node, at) => {
    if (typeof node !== 'string') return node;
    const front = at === 0 ? node.trimStart() : node;
    return at === nodes.length - 1 ? front.trimEnd() : front;
  });
}

/** Slots within slots, no deeper than a template could mean. */
const DEPTH_MAX = 12;

/** One text of a template; blanks that empty choices left are joined. */
export function expand(group: Group, template: readonly Node[], random: Random): string {
  return new Expansion(group, random).write(template, 0).replaceAll(/ {2,}/g, ' ').trim();
}

class Expansion {
  readonly #group: Group;
  readonly #random: Random;
  readonly #kept = new Map<string, string>();

  constructor(group: Group, random: Random) {
    this.#group = group;
    this.#random = random;
  }

  write(nodes: readonly Node[], depth: number): string {
    if (depth > DEPTH_MAX) throw new Error(`slots of ${this.#group.name} go round in a circle`);
    let text = '';
    for (const node of nodes) {
      if (typeof node === 'string') text += node;
      else if ('choices' in node) text += this.write(pick(this.#random, node.choices), depth + 1);
      else text += spaced(text, this.#slot(node.slot, depth));
    }
    return text;
  }

  #slot(name: string, depth: number): string {
    const { slots, name: group, language } = this.#group;
    const kept = this.#kept.get(name);
    if (kept !== undefined) return kept;
    const choices = slots.get(name) ?? slots.get(`!${name}`);
    if (!choices) throw new Error(`${group} (${language}) has no slot ${name}`);
    const text = this.write(pick(this.#random, choices), depth + 1);
    if (!slots.has(name)) this.#kept.set(name, text);
    return text;
  }
}

/** A slot that begins another word than the one it stands behind; a quote that opens is no end of one. */
function spaced(before: string, text: string): string {
  return /(?:[a-z0-9)]|[\w.,!?]["'])$/.test(before) && /^[A-Za-z]/.test(text) ? ` ${text}` : text;
}
