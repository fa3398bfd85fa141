/**
 * Words that are looked for at places of a text: a hash tells nearly all others apart before a string is made for any. Upper and
 * lower case are one.
 */

const SLOTS = 0x2000;

const grow = (hash: number, unit: number): number => (Math.imul(hash, 0x2b2e3d5) + (unit | 0x20)) | 0;
const slotOf = (hash: number): number => (hash ^ (hash >>> 15)) & (SLOTS - 1);

export class WordSet {
  readonly #words: ReadonlySet<string>;
  readonly #maybe = new Uint8Array(SLOTS);

  /** @param words in lower case, ASCII */
  constructor(words: Iterable<string>) {
    this.#words = new Set(words);
    for (const word of this.#words) this.#maybe[hashed(word, 0, word.length)] = 1;
  }

  /** Whether what stands from `start` to `end` is one of the words, in any case. */
  has(text: string, start: number, end: number): boolean {
    return (
      this.#maybe[hashed(text, start, end)] === 1 && this.#words.has(text.slice(start, end).toLowerCase())
    );
  }
}

function hashed(text: string, start: number, end: number): number {
  let hash = 0;
  for (let at = start; at < end; at++) hash = grow(hash, text.charCodeAt(at));
  return slotOf(hash);
}
