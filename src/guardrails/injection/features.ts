/**
 * Hashed features of a view for the trained heads: words 1 to 3 with the breaks between them, four characters inside
 * words (three where a character is a syllable). One pass, no strings, no allocation. Training and screening read this same code.
 */

/** Buckets a feature can fall into, as a power of two. A change makes every file of weights void. */
export const BUCKET_BITS = 17;
/** What a model file must say; raised with every change of what is hashed. */
export const FEATURES_VERSION = 2;

/** Given each token in order. */
export interface TokenSink {
  /** The first `count` of `buckets` are the token's features; `start` and `end` its half-open range in the view. */
  token(buckets: Int32Array, count: number, start: number, end: number): void;
}

/** Units of a word beyond this begin another one: every token's work is bounded. */
const WORD_MAX = 24;
const FEATURES_MAX = WORD_MAX + 5;
const buckets = new Int32Array(FEATURES_MAX);

/** Breaks that are told apart; a plain gap is none of them. */
const GAP = 0;
const LEFT_OUT = 8;
const BREAKS = ['', '.!?\n\r。।؟!?', '::;;', '"`«»„“”「」『』', '[](){}<>#*|=~_\\/+@&^'];

/** Unit → its letter in lower case, `0` for any digit, or a break. */
const FOLDED = fillFolded(new Uint16Array(0x10000));

function fillFolded(table: Uint16Array): Uint16Array {
  for (let unit = 0xc0; unit < 0x10000; unit++) {
    const isGap = (unit >= 0x2000 && unit < 0x2c00) || (unit >= 0xd800 && unit < 0xf900);
    const isMark = (unit >= 0x3000 && unit < 0x3040) || unit >= 0xfe00;
    table[unit] = isGap || isMark ? GAP : unit;
  }
  for (let unit = 0x61; unit <= 0x7a; unit++) table[unit] = table[unit - 0x20] = unit;
  for (let unit = 0x30; unit <= 0x39; unit++) table[unit] = 0x30;
  for (const [kind, units] of BREAKS.entries()) {
    for (let i = 0; i < units.length; i++) table[units.charCodeAt(i)] = kind;
  }
  table[0x27] = LEFT_OUT;
  return table;
}

const EDGE = 0x5e;
/** From here on (Hangul) a character is a syllable: its grams have three, behind this mark. */
const SYLLABLE = 0x1100;
const SALT = { one: 0x51ed, two: 0x2f0b, three: 0x6c8d } as const;
const K = 0x01000193;
const K2 = 0x2c1b3c6d;
const K3 = 0x297a2d39;
const SHIFT = 32 - BUCKET_BITS;

const bucketOf = (hash: number): number => Math.imul(hash ^ (hash >>> 15), 0x9e3779b1 | 0) >>> SHIFT;

/** Han and kana have no spaces: each is a word, and words 1 to 3 are their n-grams. */
const isIdeograph = (unit: number): boolean => unit >= 0x2e80 && unit < 0xa000;

/** Hands every token of the view to the sink; linear. */
export function eachToken(text: string, sink: TokenSink): void {
  const { length } = text;
  let before = Math.imul(SALT.one, K);
  let before2 = 0;
  for (let at = 0; at < length; ) {
    let unit = FOLDED[text.charCodeAt(at)] ?? GAP;
    if (unit <= LEFT_OUT) {
      if (unit !== GAP && unit !== LEFT_OUT) {
        const mark = Math.imul(unit, K3);
        if (mark !== before) {
          before2 = before;
          before = mark;
        }
      }
      at++;
      continue;
    }
    const start = at;
    const limit = isIdeograph(unit) ? at + 1 : Math.min(length, at + WORD_MAX);
    let hash: number = SALT.one;
    let c1 = EDGE;
    let c2 = 0;
    let c3 = 0;
    let count = 3;
    for (; at < limit; at++) {
      unit = FOLDED[text.charCodeAt(at)] ?? GAP;
      if (unit <= LEFT_OUT) {
        if (unit === LEFT_OUT) continue;
        break;
      }
      if (unit >= SYLLABLE) {
        if (at > start && isIdeograph(unit)) break;
        c3 = SYLLABLE;
      }
      hash = Math.imul(hash ^ unit, K);
      if (c3 !== 0) buckets[count++] = gram(c3, c2, c1, unit);
      c3 = c2;
      c2 = c1;
      c1 = unit;
    }
    if (c3 !== 0) buckets[count++] = gram(c3, c2, c1, EDGE);
    const two = Math.imul(before, K2) + hash;
    buckets[0] = bucketOf(hash);
    buckets[1] = bucketOf(Math.imul(two, K) ^ SALT.two);
    buckets[2] = bucketOf(Math.imul(Math.imul(before2, K3) + two, K) ^ SALT.three);
    sink.token(buckets, count, start, at);
    before2 = before;
    before = hash;
  }
}

/** The bucket of four characters that end here. */
function gram(c3: number, c2: number, c1: number, unit: number): number {
  return bucketOf(Math.imul(Math.imul(Math.imul(c3, K3) + c2, K) + c1, K) + unit);
}
