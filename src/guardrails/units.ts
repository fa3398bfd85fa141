/** Classes of UTF-16 units that detectors share. Above ASCII every letter counts, and some marks with them. */

/** `0` to `9`. */
export const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39;

/** `A` to `Z`, `a` to `z`. */
export const isLatinLetter = (unit: number): boolean => (unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a;

/** A letter of any script; NaN, which is what lies beyond a text's ends, is none. */
export const isLetter = (unit: number): boolean => isLatinLetter(unit) || unit >= 0xc0;

/** A letter, a digit or `_`: what makes a number a part of something else. */
export const isWord = (unit: number): boolean => isDigit(unit) || isLetter(unit) || unit === 0x5f;
