/** A number as people write it: groups of digits with little between them. What phones, cards and ids start from. */
import { isDigit, isWord } from '../units.ts';

const GROUPS_MAX = 8;
const DIGITS_MAX = 20;

export interface NumberSpan {
  /** Half-open ranges of the groups, left to right; a group longer than 20 digits is cut there. */
  readonly groups: readonly (readonly [start: number, end: number])[];
  /** What stands before group i + 1. */
  readonly gaps: readonly string[];
}

const GAP = new Set(Array.from(' -./()', (mark) => mark.charCodeAt(0)));

/**
 * The groups from the digit at `start` on: at most 8 groups, 20 digits, gaps of 1 or 2 units. Behind the first group
 * a single digit before a space ends it, but for a number with `+`: that is a table.
 */
export function numberSpanAt(text: string, start: number): NumberSpan {
  const groups: [number, number][] = [];
  const gaps: string[] = [];
  const isInternational = text.charCodeAt(start - 1) === 0x2b;
  let at = start;
  for (let digits = 0; groups.length < GROUPS_MAX && digits < DIGITS_MAX; ) {
    let end = at;
    while (end - at < DIGITS_MAX && isDigit(text.charCodeAt(end))) end++;
    groups.push([at, end]);
    digits += end - at;
    let next = end;
    while (next - end < 2 && GAP.has(text.charCodeAt(next))) next++;
    if (next === end || !isDigit(text.charCodeAt(next))) break;
    const gap = next - end === 1 ? text.charAt(end) : text.slice(end, next);
    if (gap === ' ' && end - at === 1 && groups.length > 1 && !isInternational) break;
    gaps.push(gap);
    at = next;
  }
  return gaps.length < groups.length ? { groups, gaps } : { groups, gaps: gaps.slice(0, groups.length - 1) };
}

/** Lengths of groups as one number, 5 bits each: `shapeOf([3, 3, 4])`. At most 6 groups. */
export function shapeOf(lengths: readonly number[]): number {
  return lengths.reduce((shape, length) => 32 * shape + length, 0);
}

/** The shape of `count` groups of a span; 0 where it has fewer. */
export function shapeAt({ groups }: NumberSpan, from: number, count: number): number {
  if (from + count > groups.length) return 0;
  let shape = 0;
  for (let i = from; i < from + count; i++) {
    const group = groups[i];
    if (group) shape = 32 * shape + group[1] - group[0];
  }
  return shape;
}

/** The digits of the first `count` groups. */
export function digitsOf(text: string, span: NumberSpan, count: number): string {
  let digits = '';
  for (let i = 0; i < count; i++) {
    const group = span.groups[i];
    if (group) digits += text.slice(group[0], group[1]);
  }
  return digits;
}

/** Whether a number that ends here ends as a whole: no letter, digit or group hangs on to it. */
export function endsAt(text: string, end: number): boolean {
  const next = text.charCodeAt(end);
  if (isWord(next)) return false;
  return !((next === 0x2d || next === 0x2e) && isDigit(text.charCodeAt(end + 1)));
}
