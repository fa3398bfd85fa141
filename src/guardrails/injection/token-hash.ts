/**
 * What all that hashes tokens shares: how units are folded, how a word's hash grows, which bucket a hash falls into. A change
 * makes every file of weights void (FEATURES_VERSION).
 */

/** Buckets of weights, as a power of two. */
export const BUCKET_BITS = 18;
/** Features told apart while heads are trained, as a power of two: so many share a bucket. */
const FEATURE_BITS = 26;
/** What is left of a feature's number is its bucket. */
export const BUCKET_SHIFT: number = FEATURE_BITS - BUCKET_BITS;
export const FEATURES: number = 1 << FEATURE_BITS;
/** What a model file must say; raised with every change of what is hashed. */
export const FEATURES_VERSION = 6;

/** Kinds of units that are no letters: a plain gap, breaks that are told apart, what is left out of a word. */
export const GAP = 0;
export const LEFT_OUT = 8;
const BREAKS = ['', '.!?\n\r。।؟!?', '::;;', '"`«»„“”「」『』', '[](){}<>#*|=~_\\/+@&^'];

/** Unit → its letter in lower case (l is read as i: they stand in for each other), `0` for any digit, or a break. */
export const FOLDED = fillFolded(new Uint16Array(0x10000));

function fillFolded(table: Uint16Array): Uint16Array {
  for (let unit = 0xc0; unit < 0x10000; unit++) {
    const isGap = (unit >= 0x2000 && unit < 0x2c00) || (unit >= 0xd800 && unit < 0xf900);
    const isMark = (unit >= 0x3000 && unit < 0x3040) || unit >= 0xfe00;
    table[unit] = isGap || isMark ? GAP : unit;
  }
  for (let unit = 0x61; unit <= 0x7a; unit++) table[unit] = table[unit - 0x20] = unit;
  table[0x4c] = table[0x6c] = 0x69;
  for (let unit = 0x30; unit <= 0x39; unit++) table[unit] = 0x30;
  for (const [kind, units] of BREAKS.entries()) {
    for (let i = 0; i < units.length; i++) table[units.charCodeAt(i)] = kind;
  }
  table[0x27] = LEFT_OUT;
  return table;
}

/** Where the hash of a word begins; each folded unit is a step. */
export const WORD_SEED = 0x51ed;
export const K = 0x01000193;
export const K2 = 0x2c1b3c6d;
export const K3 = 0x297a2d39;
const SHIFT = 32 - FEATURE_BITS;

export const step = (hash: number, unit: number): number => Math.imul(hash ^ unit, K);
/** The number of the feature that hashes so. */
export const featureOf = (hash: number): number => Math.imul(hash ^ (hash >>> 15), 0x9e3779b1 | 0) >>> SHIFT;
