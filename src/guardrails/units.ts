/** Classes of UTF-16 units that detectors share. Above ASCII every letter counts, and some marks with them. */

/** `0` to `9`. */
export const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39;

/** `A` to `Z`, `a` to `z`. */
export const isLatinLetter = (unit: number): boolean => (unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a;

/** `a` to `z`. */
export const isLower = (unit: number): boolean => unit >= 0x61 && unit <= 0x7a;

/** A letter of any script; NaN, which is what lies beyond a text's ends, is none. */
export const isLetter = (unit: number): boolean => isLatinLetter(unit) || unit >= 0xc0;

/** A letter, a digit or `_`: what makes a number a part of something else. */
export const isWord = (unit: number): boolean => isDigit(unit) || isLetter(unit) || unit === 0x5f;

/** What `\s` matches. */
export const isSpace = (unit: number): boolean =>
  unit <= 0x20
    ? unit === 0x20 || (unit >= 0x09 && unit <= 0x0d)
    : unit === 0xa0 || (unit >= 0x1680 && isWideSpace(unit));

function isWideSpace(unit: number): boolean {
  if (unit >= 0x2000 && unit <= 0x200a) return true;
  return (
    unit === 0x2028 ||
    unit === 0x2029 ||
    unit === 0x202f ||
    unit === 0x205f ||
    unit === 0x3000 ||
    unit === 0x1680 ||
    unit === 0xfeff
  );
}
