/**
 * Placeholders for personal data: `<EMAIL_1>` goes up, the value comes back. A vault lives and dies with its exchange;
 * what a chain of calls goes on with is plain data, never shared, logged or stored in clear. Secrets never enter it.
 */
import { canonicalValue } from './pii/pii.ts';
import { Restorer } from './placeholders-restoring.ts';

/** One value and what stands for it. Plain data: it may cross threads. */
export interface VaultEntry {
  /** `<TYPE_n>`, n from 1. */
  readonly placeholder: string;
  readonly type: string;
  /** As it was first spelled. */
  readonly value: string;
  /** When it was last given, in milliseconds since 1970: in an earlier call. In this one where left out. */
  readonly at?: number | undefined;
}

/** Highest number by type, and under `*` a number that is above all that may be quoted: further ones go on from there. */
export type PlaceholderNumbers = Readonly<Record<string, number>>;

/** The placeholders that stand upstream, in what a call continues and in the call itself. Plain data. */
export interface ChainPlaceholders {
  readonly numbers: PlaceholderNumbers;
  /** Those whose values are known. */
  readonly entries: readonly VaultEntry[];
}

/** What stands for a value that does not come back. */
export const REDACTED = '[REDACTED]';

/** In brackets or bare, in any case, with the escape Markdown puts before `_`. */
const PLACEHOLDER_LIKE = /([A-Za-z]{2,24}(?:_[A-Za-z]{2,24}){0,2})\\{0,3}_(\d{1,7})(?!\d)/g;

/** A bracket, as it is and as HTML and JSON write it. */
const OPENED = /(?:<|&lt;|\\u003c)$/i;

/** Different values of one call that come back; further ones are redacted for good. Each is looked for in every answer. */
export const ISSUED_MAX = 1_000;
/** Characters of all values that a chain goes on with. */
const VALUES_CHARS_MAX = 262_144;
/** Of what a text holds by itself no higher number counts, or one text would use them all up. */
const NAMED_MAX = 999_999;
/** Types whose numbers are kept. */
const TYPES_MAX = 64;

/** Up to here a number may stand in files that a tool quotes: where one did, numbers begin behind it. */
export const QUOTED_MAX = 100_000;
/** No type has this name. */
const OF_ALL = '*';

const NOTHING_EARLIER: ChainPlaceholders = { numbers: {}, entries: [] };

/**
 * Issues placeholders in the order it is asked, numbered by type from 1 (from what earlier calls of the chain came to),
 * equal for equal canonical values.
 */
export class Vault {
  readonly #byValue = new Map<string, VaultEntry>();
  readonly #entries = new Map<string, VaultEntry>();
  readonly #last: Map<string, number>;
  readonly #taken = new Set<string>();
  /** Of those, names that an answer which repeats the text would have put back. */
  readonly #named = new Set<string>();
  #chars = 0;
  readonly #above: number;

  /**
   * @param above numbers up to this one may be other people's from here on: they are not issued, and what earlier calls gave
   *   them to does not come back any more
   */
  constructor({ numbers, entries }: ChainPlaceholders = NOTHING_EARLIER, above = 0) {
    this.#above = Math.max(above, numbers[OF_ALL] ?? 0);
    this.#last = new Map(Object.entries(numbers));
    if (this.#above > 0) this.#last.set(OF_ALL, this.#above);
    for (const entry of entries) if (numberOf(entry) > this.#above) this.#keep(entry);
  }

  /** Names that stand in this text already, in whatever spelling, will not be issued. Call before the first issue. */
  reserve(text: string): void {
    if (!text.includes('_')) return;
    for (const { 1: type = '', 2: number = '', index } of text.matchAll(PLACEHOLDER_LIKE)) {
      const name = `${type.toUpperCase()}_${Number(number)}`;
      this.#taken.add(name);
      if (OPENED.test(text.slice(Math.max(0, index - 6), index))) this.#named.add(name);
    }
  }

  /** The placeholder for a value, the same one for every spelling of it; `[REDACTED]` beyond the bounds. */
  issue(type: string, value: string): string {
    const key = keyOf(type, value);
    const known = this.#byValue.get(key);
    if (known && !this.#taken.has(nameOf(known))) {
      // Given again: it is kept as long as if it were new.
      if (known.at !== undefined) this.#keep({ placeholder: known.placeholder, type, value: known.value });
      return known.placeholder;
    }
    if (this.#entries.size >= ISSUED_MAX || this.#chars + value.length > VALUES_CHARS_MAX) return REDACTED;
    let number = Math.max(this.#last.get(type) ?? 0, this.#above) + 1;
    while (this.#taken.has(`${type}_${number}`)) number++;
    this.#last.set(type, number);
    const entry = { placeholder: `<${type}_${number}>`, type, value };
    this.#keep(entry);
    return entry.placeholder;
  }

  #keep(entry: VaultEntry): void {
    if (!this.#entries.has(entry.placeholder)) this.#chars += entry.value.length;
    this.#byValue.set(keyOf(entry.type, entry.value), entry);
    this.#entries.set(entry.placeholder, entry);
  }

  /** A whole text with the values back, as a stream of one chunk would have them. */
  restore(text: string): string {
    const issued = this.restorable;
    if (issued.length === 0) return text;
    const restorer = new Restorer(issued);
    return restorer.push(text) + restorer.end();
  }

  /** What may be put back in the answer, in the order of issue: no name that the call's own texts hold. */
  get restorable(): VaultEntry[] {
    return [...this.#entries.values()].filter((entry) => !this.#taken.has(nameOf(entry)));
  }

  /** What stands upstream after this call: names in brackets that its texts hold will not be issued later either. */
  get chain(): ChainPlaceholders {
    const numbers = new Map(this.#last);
    for (const name of this.#named) {
      const at = name.lastIndexOf('_');
      const number = Number(name.slice(at + 1));
      const type = name.slice(0, at);
      const known = numbers.get(type);
      if (number > NAMED_MAX || number <= (known ?? 0)) continue;
      if (known !== undefined || numbers.size < TYPES_MAX) numbers.set(type, number);
    }
    return { numbers: Object.fromEntries(numbers), entries: [...this.#entries.values()] };
  }
}

/** What stands upstream of a call in whose texts nothing was replaced: the names they hold by themselves. */
export function namedIn(texts: readonly { readonly text: string }[]): ChainPlaceholders {
  const named = texts.filter(({ text }) => /_\d/.test(text));
  if (named.length === 0) return NOTHING_EARLIER;
  const vault = new Vault();
  for (const { text } of named) vault.reserve(text);
  return vault.chain;
}

const keyOf = (type: string, value: string): string => `${type} ${canonicalValue(type, value)}`;

const numberOf = ({ placeholder }: VaultEntry): number =>
  Number(placeholder.slice(placeholder.lastIndexOf('_') + 1, -1));

/** Without its brackets. */
const nameOf = ({ placeholder }: VaultEntry): string => placeholder.slice(1, -1);
