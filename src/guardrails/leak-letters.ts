/**
 * The letters and digits of a text that comes in pieces, as leaks are compared: in lower case, full-width, mathematical
 * and look-alike ones as Latin, escapes of JSON read, everything between them left out. Linear; the same at any split.
 */
import { fold, LOOK_ALIKE } from './look-alikes.ts';

/** Told of a letter: as a UTF-16 unit, and the half-open place of what it was written as, in units of the whole text. */
export type ToldLetter = (unit: number, from: number, to: number) => void;

const BACKSLASH = 0x5c;
/** What JSON writes behind a backslash that is no letter: b, f, n, r, t. */
const CONTROLS = new Set([0x62, 0x66, 0x6e, 0x72, 0x74]);
const ESCAPED_DIGITS = 4;

export class Letters {
  readonly #told: ToldLetter;
  #length = 0;
  #escape: 'none' | 'begun' | 'digits' = 'none';
  #escapedFrom = 0;
  #digits = 0;
  #value = 0;
  /** The first half of a character beyond the first 65,536; 0 where there is none. */
  #high = 0;
  #highFrom = 0;

  constructor(told: ToldLetter) {
    this.#told = told;
  }

  push(text: string): void {
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      const at = this.#length + i;
      if (this.#escape !== 'none' && this.#isOfEscape(unit, at)) continue;
      if (unit === BACKSLASH) {
        this.#escape = 'begun';
        this.#escapedFrom = at;
      } else {
        this.#unit(unit, at, at + 1);
      }
    }
    this.#length += text.length;
  }

  /** Whether an escape that is open takes this unit; several backslashes are one, as JSON within JSON has them. */
  #isOfEscape(unit: number, at: number): boolean {
    if (this.#escape === 'digits') return this.#isDigitOfEscape(unit, at);
    if (unit === BACKSLASH) return true;
    this.#escape = unit === 0x75 ? 'digits' : 'none';
    this.#digits = 0;
    this.#value = 0;
    return unit === 0x75 || CONTROLS.has(unit);
  }

  #isDigitOfEscape(unit: number, at: number): boolean {
    const digit = Number.parseInt(String.fromCharCode(unit), 16);
    if (Number.isNaN(digit)) {
      this.#escape = 'none';
      return false;
    }
    this.#value = this.#value * 16 + digit;
    if (++this.#digits === ESCAPED_DIGITS) {
      this.#escape = 'none';
      this.#unit(this.#value, this.#escapedFrom, at + 1);
    }
    return true;
  }

  #unit(unit: number, from: number, to: number): void {
    if (unit < 0x80) {
      const lower = unit | 0x20;
      if (unit >= 0x30 && unit <= 0x39) this.#told(unit, from, to);
      else if (lower >= 0x61 && lower <= 0x7a) this.#told(lower, from, to);
      return;
    }
    if (unit >= 0xd800 && unit <= 0xdbff) {
      this.#high = unit;
      this.#highFrom = from;
      return;
    }
    const isLow = unit >= 0xdc00 && unit <= 0xdfff;
    const letters = isLow
      ? lettersOf(0x10000 + ((this.#high - 0xd800) << 10) + (unit - 0xdc00))
      : known(unit);
    const start = isLow && this.#high > 0 ? this.#highFrom : from;
    this.#high = 0;
    for (let i = 0; i < letters.length; i++) this.#told(letters.charCodeAt(i), start, to);
  }
}

/** By unit; each is folded once. */
const FOLDED: (string | undefined)[] = [];

function known(unit: number): string {
  return (FOLDED[unit] ??= lettersOf(unit));
}

function lettersOf(codePoint: number): string {
  // Half a character, or one that never began.
  if (codePoint > 0x10ffff || codePoint < 0x80) return '';
  const folded = fold(codePoint)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
  if (folded.length !== 1) return folded;
  const alike = LOOK_ALIKE.get(folded.charCodeAt(0));
  return alike === undefined ? folded : String.fromCharCode(alike);
}
