/** A number as people write it: groups of digits with little between them. What phones, cards and ids start from. */

const GROUPS_MAX = 8;
const DIGITS_MAX = 24;

export interface NumberSpan {
  /** Half-open ranges of the groups, left to right; a group longer than 24 digits is cut there. */
  readonly groups: readonly (readonly [start: number, end: number])[];
  /** What stands before group i + 1. */
  readonly gaps: readonly string[];
}

export const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39;
export const isWord = (unit: number): boolean =>
  isDigit(unit) || ((unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a) || unit === 0x5f || unit >= 0xc0;

const GAP = new Set(Array.from(' -./()', (mark) => mark.charCodeAt(0)));

/** The groups from the digit at `start` on: at most 8 groups, 24 digits, gaps of 1 or 2 units. */
export function numberSpanAt(text: string, start: number): NumberSpan {
  const groups: [number, number][] = [];
  const gaps: string[] = [];
  let at = start;
  for (let digits = 0; groups.length < GROUPS_MAX && digits < DIGITS_MAX; ) {
    let end = at;
    while (end - at < DIGITS_MAX && isDigit(text.charCodeAt(end))) end++;
    groups.push([at, end]);
    digits += end - at;
    let next = end;
    while (next - end < 2 && GAP.has(text.charCodeAt(next))) next++;
    if (next === end || !isDigit(text.charCodeAt(next))) break;
    gaps.push(text.slice(end, next));
    at = next;
  }
  return gaps.length < groups.length ? { groups, gaps } : { groups, gaps: gaps.slice(0, groups.length - 1) };
}

/** The digits of the first `count` groups. */
export function digitsOf(text: string, span: NumberSpan, count: number): string {
  let digits = '';
  for (let i = 0; i < count; i++) digits += text.slice(...(span.groups[i] ?? [0, 0]));
  return digits;
}

const isLetter = (unit: number): boolean => ((unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a) || unit >= 0xc0;
/** A label ends at most this far before its number. */
const LABEL_GAP = 16;

/** Whether the label stands in the 40 units before `at`. */
export function isLabelled(text: string, at: number, label: RegExp): boolean {
  let letters = at - 1;
  while (letters >= 0 && at - letters <= LABEL_GAP && !isLetter(text.charCodeAt(letters))) letters--;
  if (letters < 0 || at - letters > LABEL_GAP) return false;
  return label.test(text.slice(Math.max(0, at - 40), at));
}

/** Whether a number that ends here ends as a whole: no letter, digit or group hangs on to it. */
export function endsAt(text: string, end: number): boolean {
  const next = text.charCodeAt(end);
  if (isWord(next)) return false;
  return !((next === 0x2d || next === 0x2e) && isDigit(text.charCodeAt(end + 1)));
}
