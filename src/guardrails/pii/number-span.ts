/** A number as people write it: groups of digits with little between them. What phones, cards and ids start from. */
import type { Read } from '../code-units.ts';
import { isDigit, isWord } from '../units.ts';

const GROUPS_MAX = 8;
const DIGITS_MAX = 20;

/** One object serves all calls, as tables of numbers begin a span at each of theirs: valid until the next call. */
export interface NumberSpan {
  /** How many groups there are. */
  count: number;
  /** Half-open ranges of the groups, left to right; a group longer than 20 digits is cut there. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** What stands before group i + 1. */
  readonly gaps: string[];
}

const span: NumberSpan = {
  count: 0,
  starts: new Int32Array(GROUPS_MAX),
  ends: new Int32Array(GROUPS_MAX),
  gaps: Array.from({ length: GROUPS_MAX }, () => ''),
};

/** What may stand between two groups: a space, `-`, `.`, `/`, a bracket. */
export const isGap = (unit: number): boolean =>
  unit === 0x20 || (unit >= 0x2d && unit <= 0x2f) || unit === 0x28 || unit === 0x29;

/** ` - `, ` / `: three units. */
const isSpacedMark = (units: Uint16Array, at: number): boolean =>
  units[at] === 0x20 && (units[at + 1] === 0x2d || units[at + 1] === 0x2f) && units[at + 2] === 0x20;

/**
 * The groups from the digit at `start` on: at most 8 groups, 20 digits, gaps of 1 or 2 units, or ` - `. Behind the first group
 * a single digit before a space ends it, but for a number with `+` or `00`: that is a table.
 */
export function numberSpanAt({ text, units }: Read, start: number): NumberSpan {
  const { starts, ends, gaps } = span;
  const isInternational =
    (start > 0 && units[start - 1] === 0x2b) || (units[start] === 0x30 && units[start + 1] === 0x30);
  let at = start;
  let count = 0;
  for (let digits = 0; count < GROUPS_MAX && digits < DIGITS_MAX; ) {
    let end = at;
    while (end - at < DIGITS_MAX && isDigit(units[end] ?? 0)) end++;
    starts[count] = at;
    ends[count] = end;
    gaps[count] = '';
    count++;
    digits += end - at;
    const unit = units[end] ?? 0;
    // A space and a digit, as in tables: nothing else needs to be asked.
    let next = end;
    if (unit === 0x20 && isDigit(units[end + 1] ?? 0)) next++;
    else if (isGap(unit)) {
      next += isGap(units[end + 1] ?? 0) ? 2 : 1;
      if (next - end === 2 && isSpacedMark(units, end)) next++;
    }
    if (next === end || !isDigit(units[next] ?? 0)) break;
    if (next - end === 1 && end - at === 1 && count > 1 && unit === 0x20 && !isInternational) break;
    if (count < GROUPS_MAX && digits < DIGITS_MAX)
      gaps[count - 1] = next - end === 1 ? text.charAt(end) : text.slice(end, next);
    at = next;
  }
  span.count = count;
  return span;
}

/** Where the last of the first `count` groups ends. */
export function endOf({ ends }: NumberSpan, count: number): number {
  return ends[count - 1] ?? 0;
}

/** Digits of group i. */
export function lengthAt({ starts, ends }: NumberSpan, i: number): number {
  return (ends[i] ?? 0) - (starts[i] ?? 0);
}

/** Lengths of groups as one number, 5 bits each: `shapeOf([3, 3, 4])`. At most 6 groups. */
export function shapeOf(lengths: readonly number[]): number {
  return lengths.reduce((shape, length) => 32 * shape + length, 0);
}

/** The shape of `count` groups of a span; 0 where it has fewer. */
export function shapeAt(span: NumberSpan, from: number, count: number): number {
  if (from + count > span.count) return 0;
  let shape = 0;
  for (let i = from; i < from + count; i++) shape = 32 * shape + lengthAt(span, i);
  return shape;
}

/** The digits of the first `count` groups. */
export function digitsOf(text: string, { starts, ends }: NumberSpan, count: number): string {
  let digits = '';
  for (let i = 0; i < count; i++) digits += text.slice(starts[i] ?? 0, ends[i] ?? 0);
  return digits;
}

/** Whether a number that ends here ends as a whole: no letter, digit or group hangs on to it. */
export function endsAt(text: string, end: number): boolean {
  const next = text.charCodeAt(end);
  if (isWord(next)) return false;
  return !((next === 0x2d || next === 0x2e) && isDigit(text.charCodeAt(end + 1)));
}
