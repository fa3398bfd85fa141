/**
 * Hashed features of a view for the trained heads: words 1 to 3 with the breaks between them, four characters inside
 * words (three where a character is a syllable). One pass, no strings, no allocation. Training and screening read this same code.
 */
import { codeUnits } from '../code-units.ts';
import { KIND_FEATURES_MAX, kindOfTarget, KindRow, known, lookUp } from './kind-features.ts';
import * as hashing from './token-hash.ts';

/** Units of a word beyond this begin another one: every token's work is bounded. */
const WORD_MAX = 24;
const FEATURES_MAX = WORD_MAX + 8 + KIND_FEATURES_MAX;

/** The tokens of a text, kept for the next one: what is behind `count` is of another text. */
export class Tokens {
  count = 0;
  /** Numbers of all features in a row; room for those of one more token is always there. */
  features: Int32Array = new Int32Array(8192);
  /** By token: where its features end, its half-open range in the view. */
  featuresEnd: Int32Array = new Int32Array(1024);
  starts: Int32Array = new Int32Array(1024);
  ends: Int32Array = new Int32Array(1024);

  /** The token at a place, whose features are there already; makes room for one more. */
  put(nth: number, start: number, end: number, featuresEnd: number): void {
    this.starts[nth] = start;
    this.ends[nth] = end;
    this.featuresEnd[nth] = featuresEnd;
    if (featuresEnd + FEATURES_MAX > this.features.length || nth + 1 === this.starts.length) this.#grow();
  }

  #grow(): void {
    this.features = twice(this.features);
    this.featuresEnd = twice(this.featuresEnd);
    this.starts = twice(this.starts);
    this.ends = twice(this.ends);
  }
}

function twice(from: Int32Array): Int32Array<ArrayBuffer> {
  const room = new Int32Array(2 * from.length);
  room.set(from);
  return room;
}

// Constants of the module itself: what is imported is looked up anew at each unit.
const { featureOf, FOLDED, GAP, K, K2, K3, LEFT_OUT, step, WORD_SEED } = hashing;

const row = new KindRow();

const EDGE = 0x5e;
/** From here on (Hangul) a character is a syllable: its grams have three, behind this mark. */
const SYLLABLE = 0x1100;
/** Shorter words are their own grams. */
const GRAMS_FROM = 4;
const SALT = { two: 0x2f0b, three: 0x6c8d } as const;

/** Han and kana have no spaces: each is a word, and words 1 to 3 are their n-grams. */
const isIdeograph = (unit: number): boolean => unit >= 0x2e80 && unit < 0xa000;

/** What was read of a word: its hash, and where its features end. */
const word = { hash: 0, count: 0 };

/** Reads a word up to `limit` into `word`, its grams from `first` on; gives where it ends. */
function readWord(
  units: Uint16Array,
  features: Int32Array,
  start: number,
  limit: number,
  first: number,
): number {
  let at = start;
  let unit: number;
  let hash = WORD_SEED;
  let c1 = EDGE;
  let c2 = 0;
  let c3 = 0;
  let count = first;
  for (; at < limit; at++) {
    unit = FOLDED[units[at] ?? 0] ?? GAP;
    if (unit <= LEFT_OUT) {
      if (unit === LEFT_OUT) continue;
      break;
    }
    if (unit >= SYLLABLE) {
      if (at > start && isIdeograph(unit)) break;
      c3 = SYLLABLE;
    }
    hash = step(hash, unit);
    if (c3 !== 0) features[count++] = gram(c3, c2, c1, unit);
    c3 = c2;
    c2 = c1;
    c1 = unit;
  }
  if (at - start < GRAMS_FROM && c1 < SYLLABLE) count = first;
  else if (c3 !== 0) features[count++] = gram(c3, c2, c1, EDGE);
  word.hash = hash;
  word.count = count;
  return at;
}

/** The first words of their rows so far: a token's features once more, where one of its words has another for its first. */
class Firsts {
  #before = 0;
  #before2 = 0;

  /** Forgets the text before. */
  begin(before: number): void {
    this.#before = before;
    this.#before2 = 0;
  }

  follow(hash: number): void {
    this.#before2 = this.#before;
    this.#before = hash;
  }

  /** Adds to the `count` features that are there what the word in `known` tells behind these two, and gives how many there are now. */
  add(features: Int32Array, count: number, hash: number, before: number, before2: number): number {
    const { first } = known;
    let filled = count;
    if (first !== hash || this.#before !== before || this.#before2 !== before2) {
      const two = Math.imul(this.#before, K2) + first;
      if (first !== hash) features[filled++] = featureOf(first);
      if (first !== hash || this.#before !== before)
        features[filled++] = featureOf(Math.imul(two, K) ^ SALT.two);
      features[filled++] = featureOf(Math.imul(Math.imul(this.#before2, K3) + two, K) ^ SALT.three);
    }
    this.follow(first);
    return filled;
  }
}

const firsts = new Firsts();

/** Fills in the tokens of the view; linear. */
export function tokenise(text: string, tokens: Tokens): void {
  const { length } = text;
  const units = codeUnits(text);
  let before = Math.imul(WORD_SEED, K);
  let before2 = 0;
  firsts.begin(before);
  let nth = 0;
  let filled = 0;
  let { features } = tokens;
  let isOpen = 1;
  row.begin();
  for (let at = 0; at < length; ) {
    const unit = FOLDED[units[at] ?? 0] ?? GAP;
    if (unit <= LEFT_OUT) {
      if (unit !== GAP && unit !== LEFT_OUT) {
        isOpen = 1;
        const mark = Math.imul(unit, K3);
        if (mark !== before) {
          before2 = before;
          before = mark;
          firsts.follow(mark);
        }
      }
      at++;
      continue;
    }
    const start = at;
    const limit = isIdeograph(unit) ? at + 1 : Math.min(length, at + WORD_MAX);
    at = readWord(units, features, at, limit, filled + 3);
    const { hash } = word;
    let { count } = word;
    const two = Math.imul(before, K2) + hash;
    const feature = featureOf(hash);
    features[filled] = feature;
    features[filled + 1] = featureOf(Math.imul(two, K) ^ SALT.two);
    features[filled + 2] = featureOf(Math.imul(Math.imul(before2, K3) + two, K) ^ SALT.three);
    lookUp(hash, feature);
    count = firsts.add(features, count, hash, before, before2);
    let { kind } = known;
    if (kind === 0 && (isOpen !== 0 || unit === 0x30)) kind = kindOfTarget(text, start, at);
    if (kind !== 0) count = row.add(features, count, kind, nth, isOpen);
    isOpen = 0;
    tokens.put(nth++, start, at, count);
    ({ features } = tokens);
    filled = count;
    before2 = before;
    before = hash;
  }
  tokens.count = nth;
}

/** The feature of four characters that end here. */
function gram(c3: number, c2: number, c1: number, unit: number): number {
  return featureOf(Math.imul(Math.imul(Math.imul(c3, K3) + c2, K) + c1, K) + unit);
}
