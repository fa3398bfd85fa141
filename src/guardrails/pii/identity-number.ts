/**
 * Numbers of passports, driving licences and national registers. Their forms are too many and too plain to be known
 * by looks, so each needs its label; the form only says what cannot be one.
 */
import type { Candidate } from '../candidate.ts';
import { CONFIDENCE } from '../overlaps.ts';
import { isDigit, isLatinLetter } from '../units.ts';

export type IdentityType = 'PASSPORT' | 'DRIVER_LICENSE' | 'NATIONAL_ID';

interface Form {
  /** Letters and digits, separators left out. */
  readonly min: number;
  readonly max: number;
  readonly digitsMin: number;
  readonly reason: string;
}

const FORMS: Readonly<Record<IdentityType, Form>> = {
  PASSPORT: { min: 6, max: 12, digitsMin: 4, reason: 'a number labelled as that of a passport' },
  DRIVER_LICENSE: { min: 5, max: 20, digitsMin: 4, reason: 'a number labelled as that of a driving licence' },
  NATIONAL_ID: { min: 6, max: 20, digitsMin: 4, reason: 'a number labelled as that of a national register' },
};

const LENGTH_MAX = 32;
/** A date, a month or a time of day, a sum of money, a year. */
const OTHER =
  /^(?:(?:19|20)\d\d[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.](?:19|20)\d\d|\d{1,2}:\d\d|(?:\d\d?[-/.])?(?:19|20)\d\d$)/;

/** What stands before a path, a sum, a name of a variable; a space before `#` makes it "number". */
const BEFORE_OTHERS = /[_@$£€/]$|[^ ]#$/;
/** `A123456(3)`: as Hong Kong writes it. */
const CHECK_CHARACTER = /^\([\dA-Z]\)/;

const isAlphanumeric = (unit: number): boolean => isDigit(unit) || isLatinLetter(unit);
const isJoint = (unit: number): boolean =>
  unit === 0x2d || unit === 0x2e || unit === 0x2f || unit === 0x3a || unit === 0x2b;

/**
 * Where the letters and digits around `at` begin, separators within them included, and the letters of `AB 123456`, `X-12`; at most
 * 24 units to the left.
 */
export function tokenStart(text: string, at: number, labelEnd: number): number {
  let start = at;
  while (at - start < 24 && start > labelEnd) {
    const before = text.charCodeAt(start - 1);
    if (isAlphanumeric(before)) start--;
    else if (isJoint(before) && isDigit(text.charCodeAt(start - 2)) && isAlphanumeric(text.charCodeAt(start)))
      start--;
    else break;
  }
  const letters = /(?:^|[^A-Za-z0-9])([A-Z]{1,3})[ -]$/.exec(text.slice(Math.max(0, start - 5), start))?.[1];
  const whole = start - (letters === undefined ? 0 : letters.length + 1);
  return whole > labelEnd ? whole : start;
}

/** The number of this type whose token starts at `start`, spaces between its groups allowed. */
export function identityAt(text: string, start: number, type: IdentityType): Candidate | undefined {
  const { min, max, digitsMin, reason } = FORMS[type];
  let end = start;
  let length = 0;
  let digits = 0;
  for (let at = start; at - start < LENGTH_MAX; at++) {
    const unit = text.charCodeAt(at);
    if (isAlphanumeric(unit)) {
      length++;
      if (isDigit(unit)) digits++;
      if (!isAlphanumeric(text.charCodeAt(at + 1)) && length <= max) end = at + 1;
    } else if (!isJoint(unit) && !isGroupSpace(text, at)) break;
  }
  const token = text.slice(start, end);
  const size = token.replace(/[^A-Za-z0-9]/g, '').length;
  // Capitals and digits mixed are a number with fewer digits too; `OFFICE24` is none.
  const isMixed = size > 6 && /^[A-Z\d]+$/.test(token) && !/^[A-Z]{4,}\d{1,2}$/.test(token);
  if (size < min || size > max || digits < (isMixed ? 1 : digitsMin) || OTHER.test(token)) return undefined;
  const next = text.charCodeAt(end);
  if (
    isAlphanumeric(next) ||
    next === 0x5f ||
    next === 0x40 ||
    BEFORE_OTHERS.test(text.slice(start - 2, start))
  )
    return undefined;
  if (/^[a-z]+\d{1,4}$|^0x|\.[a-z]{2,4}$/.test(token)) return undefined;
  const checked = end + (CHECK_CHARACTER.exec(text.slice(end, end + 4))?.[0].length ?? 0);
  return { type, start, end: checked, score: CONFIDENCE.contextual, reason };
}

/** A space between two groups that both have a digit: `QQ 12 34 56 C` and `AB 123456`, never "12345 and". */
function isGroupSpace(text: string, at: number): boolean {
  if (text.charCodeAt(at) !== 0x20) return false;
  const next = /^ (?:[A-Za-z]?\d[A-Za-z0-9]*|[A-Z]{1,2}(?![A-Za-z0-9.']| [A-Za-z]))/.exec(
    text.slice(at, at + 14),
  );
  if (!next) return false;
  const before =
    /(?:^|[^A-Za-z0-9])([A-Za-z0-9]{1,10})$/.exec(text.slice(Math.max(0, at - 11), at))?.[1] ?? '';
  return /\d/.test(before) || /^[A-Z]{1,3}$/i.test(before);
}

const STATED =
  /(?:^|[\s"'(])([A-Za-z0-9][A-Za-z0-9-]{4,18}) (?:is|was|es|ist|est|e|is the|are|adalah)(?: [a-z]{1,10}){0,4} ?$/i;

/** The value that is named after it was told: "AB123456 is my passport"; looks at 60 units before the label. */
export function statedBefore(text: string, labelStart: number, type: IdentityType): Candidate | undefined {
  const from = Math.max(0, labelStart - 60);
  const match = STATED.exec(text.slice(from, labelStart));
  if (!match?.[1]) return undefined;
  const start = from + match.index + match[0].indexOf(match[1]);
  return identityAt(text, start, type);
}
