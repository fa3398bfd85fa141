/**
 * Features of what words do, whatever the words: the kind of a token, whether it opens a phrase, and the kinds before it. Kinds
 * of words come from word-kinds.ts; addresses, amounts and long numbers have kinds of their own. No allocation.
 */
import * as hashing from './token-hash.ts';
import { KIND_OF, TARGET } from './word-kinds.ts';
import { FIRST_OF } from './word-rows.ts';

const { FEATURES, featureOf, FOLDED, GAP, K, K2, K3, LEFT_OUT, step, WORD_SEED } = hashing;

/** Features a token can have by its kind. */
export const KIND_FEATURES_MAX = 3;

/** Words by their hashes, in an open table. */
const TABLE_BITS = 14;
const SLOT_MASK = (1 << TABLE_BITS) - 1;
const SLOT_SHIFT = Math.log2(FEATURES) - TABLE_BITS;
const hashes = new Int32Array(1 << TABLE_BITS);
const isTaken = new Uint8Array(1 << TABLE_BITS);
/** By slot: the word's kind, 0 for none; the hash of the first word of its row, its own where it is in none. */
const kinds = new Uint8Array(1 << TABLE_BITS);
const firsts = new Int32Array(1 << TABLE_BITS);
for (const [word, kind] of KIND_OF) kinds[place(word)] = kind;
for (const [word, first] of FIRST_OF) firsts[place(word)] = hashOf(first);

function hashOf(word: string): number {
  let hash = WORD_SEED;
  for (let i = 0; i < word.length; i++) {
    const unit = FOLDED[word.charCodeAt(i)] ?? GAP;
    if (unit !== LEFT_OUT) hash = step(hash, unit);
  }
  return hash;
}

/** The slot of a word, taken for it if it has none. */
function place(word: string): number {
  const hash = hashOf(word);
  let slot = featureOf(hash) >>> SLOT_SHIFT;
  while (isTaken[slot] !== 0 && hashes[slot] !== hash) slot = (slot + 1) & SLOT_MASK;
  if (isTaken[slot] === 0) [isTaken[slot], hashes[slot], firsts[slot]] = [1, hash, hash];
  return slot;
}

/** What is known of a word. */
export const known = { kind: 0, first: 0 };

/** Fills in `known` for the word with this hash, with its number. Nearly all words are told by one look. */
export function lookUp(hash: number, feature: number): void {
  let slot = feature >>> SLOT_SHIFT;
  while (isTaken[slot] !== 0) {
    if (hashes[slot] === hash) {
      known.kind = kinds[slot] ?? 0;
      known.first = firsts[slot] ?? hash;
      return;
    }
    slot = (slot + 1) & SLOT_MASK;
  }
  known.kind = 0;
  known.first = hash;
}

/** The kind of a token that is no word: the part of an address behind its mark, an amount, a number of many digits; 0 for none. */
export function kindOfTarget(text: string, start: number, end: number): number {
  const left = start > 1 ? text.charCodeAt(start - 1) : 0;
  if (left === 0x40 && (FOLDED[text.charCodeAt(start - 2)] ?? 0) > LEFT_OUT) return TARGET.mail;
  if (left === 0x2f && text.charCodeAt(start - 2) === 0x2f) return TARGET.web;
  if (FOLDED[text.charCodeAt(start)] !== 0x30) return 0;
  if (left === 0x24 || left === 0xa3 || left === 0x20ac) return TARGET.amount;
  return end - start >= 6 ? TARGET.number : 0;
}

const SALT = { one: 0x7b31, pair: 0x1f85, row: 0x33c1 } as const;
/** Kinds that stand further apart have nothing to do with each other. */
const PAIR_TOKENS = 6;
const ROW_TOKENS = 10;
const NEVER = -99;

/** The kinds of a text so far. */
export class KindRow {
  #last = 0;
  #before = 0;
  #lastAt = NEVER;
  #beforeAt = NEVER;

  /** Forgets the text before. */
  begin(): void {
    this.#lastAt = NEVER;
    this.#beforeAt = NEVER;
  }

  /**
   * Adds what a kind tells to the `count` features that are there already, and gives how many there are now.
   * @param nth which token of the text it is
   * @param isOpen 1 behind a break, else 0
   */
  add(features: Int32Array, count: number, kind: number, nth: number, isOpen: number): number {
    const symbol = 2 * kind + isOpen;
    let filled = count;
    features[filled++] = featureOf(Math.imul(symbol ^ SALT.one, K2));
    const ago = nth - this.#lastAt;
    if (ago <= PAIR_TOKENS) {
      const pair = Math.imul(this.#last * 131 + symbol, K2);
      features[filled++] = featureOf(Math.imul(pair ^ SALT.pair, K) + (ago === 1 ? 1 : 0));
      if (nth - this.#beforeAt <= ROW_TOKENS)
        features[filled++] = featureOf(Math.imul((pair + Math.imul(this.#before, K3)) ^ SALT.row, K));
    }
    this.#before = this.#last;
    this.#beforeAt = this.#lastAt;
    this.#last = symbol;
    this.#lastAt = nth;
    return filled;
  }
}
