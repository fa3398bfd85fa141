/**
 * Views of a text whose values were broken: a line's end within an address or a number, and quoted-printable (RFC 2045,
 * section 6.7). Only where a cheap look says so; bounded in places. Never changes what is sent.
 */
import type { View } from './canonical.ts';
import type { Part } from './replaced.ts';
import { isDigit } from './units.ts';
import { viewWith } from './written-out.ts';

const BREAKS_MAX = 512;
const AROUND = 48;

/** What stands before and behind a line's end that is within a value, and what it is read as. */
const BROKEN: readonly (readonly [before: RegExp, after: RegExp, plain: string])[] = [
  [/(?:^|[^\w.%+-])[\w.%+-]{1,40}$/, /^@[\w-]{1,40}\.[\w.-]{2,40}/, ''],
  [/[\w%+-]@[\w.-]{0,40}$/, /^[\w-]{1,40}(?:\.[\w-]{1,40}){0,3}\.[A-Za-z]{2,10}(?![\w@(])/, ''],
  [/[\w%+-]@[\w.-]{1,40}\.$/, /^[a-z]{2,6}(?![\w.@(])/, ''],
  [/(?:^|[^\d\s-])\s{0,2}(?:\d{4}[ -]){0,2}\d{4}[ -]?$/, /^(?:\d{4}[ -]){0,2}\d{4}(?!\d|\s{0,2}\d)/, ' '],
  [/(?:^|[^\d-])\d{3}-(?:\d\d-?)?$/, /^-?(?:\d\d-)?\d{4}(?![\d-])/, ''],
  [/\+\d[\d ().-]{2,14}$/, /^[\d().][\d ().-]{3,14}(?!\d)/, ' '],
  [/(?:^|[^A-Za-z\d])[A-Z]{2}\d\d[ A-Z\d]{4,30}$/, /^[A-Z\d]{2}[ A-Z\d]{0,30}/, ''],
  [
    /(?:^|[^\w-])(?:sk[_-]|rk_|gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|A[KS]IA|AIza|npm_|hf_|SG\.|eyJ)[\w.-]{2,200}$/,
    /^[\w.-]{4,200}/,
    '',
  ],
];

const isBlank = (unit: number): boolean => !(unit > 0x20);

/** The text with its broken values joined; undefined where there are none. Linear. */
export function joinedLinesView(source: string): View | undefined {
  const parts: Part[] = [];
  let tried = 0;
  for (let at = source.indexOf('\n'); at >= 0 && tried < BREAKS_MAX; at = source.indexOf('\n', at + 1)) {
    const from = source[at - 1] === '\r' ? at - 1 : at;
    if (isBlank(source.charCodeAt(from - 1)) && isBlank(source.charCodeAt(from - 2))) continue;
    if (isBlank(source.charCodeAt(at + 1))) continue;
    const before = source.slice(Math.max(0, from - AROUND), from);
    const after = source.slice(at + 1, at + 1 + AROUND);
    const word = before.slice(before.lastIndexOf('\n') + 1);
    if (!/[@\d_]|^eyJ/.test(word) && after[0] !== '@') continue;
    tried++;
    const broken = BROKEN.find(([head, tail]) => head.test(word) && tail.test(after));
    if (broken) parts.push([from, at + 1, broken[2]]);
  }
  return viewWith(source, parts);
}

/** A soft line end, an `=` or a full stop in code, an address in code: code and queries have none of these. */
const QUOTED =
  /=\r?\n|=3D|=2E|(?:=[0-9A-F]{2}){3}|[a-z\d]=40[a-z\d-]{2,40}\.(?:com|org|net|edu|gov|de|fr|it|es|nl|in)\b/;

/** The text behind its quoted-printable coding. */
export function quotedPrintableView(source: string): View | undefined {
  if (!source.includes('=') || !QUOTED.test(source)) return undefined;
  const parts: Part[] = [];
  for (let at = source.indexOf('='); at >= 0; at = source.indexOf('=', at + 1)) {
    const part = softEndAt(source, at) ?? octetAt(source, at);
    if (part) parts.push(part);
  }
  return viewWith(source, parts);
}

/** `=` at the end of a line: the value goes on in the next. */
function softEndAt(source: string, at: number): Part | undefined {
  const end = source.charCodeAt(at + 1) === 0x0d ? at + 2 : at + 1;
  return source.charCodeAt(end) === 0x0a ? [at, end + 1, ''] : undefined;
}

/** `=40`: printable ASCII, in capitals. */
function octetAt(source: string, at: number): Part | undefined {
  const high = source.charCodeAt(at + 1) - 0x30;
  const low = capitalNibble(source.charCodeAt(at + 2));
  return high >= 2 && high <= 7 && low >= 0 ? [at, at + 3, String.fromCharCode(16 * high + low)] : undefined;
}

function capitalNibble(unit: number): number {
  if (isDigit(unit)) return unit - 0x30;
  return unit >= 0x41 && unit <= 0x46 ? unit - 0x37 : -1;
}
