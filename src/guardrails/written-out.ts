/**
 * Views of a text that was written character by character: entities, escapes and URL coding read where they stand, and
 * characters that were set apart joined, so that personal data and secrets are found in them too. Never changes what is
 * sent; every place maps back to the text that came.
 */
import { canonicalise, type View } from './canonical.ts';
import { through } from './json-escapes.ts';
import { isLatinLetter } from './units.ts';

const CUE = /&#|&amp;#|&[a-z]{4,6};|%[0-9A-Fa-f]{2}|\\x[0-9A-Fa-f]|\\u\{|\\\\u[0-9A-Fa-f]{4}|\\[01][0-7]{2}/;
const ESCAPE =
  /&#(\d{1,7});?|&#[xX]([0-9A-Fa-f]{1,6});?|&(commat|period|hyphen|dash|plus|colon|lowbar|sol|num|nbsp|amp);|%([0-9A-Fa-f]{2})|\\x([0-9A-Fa-f]{2})|\\u\{([0-9A-Fa-f]{1,6})\}|\\{1,4}u([0-9A-Fa-f]{4})|\\([01][0-7]{2})/g;
const NAMED: Readonly<Record<string, string>> = {
  commat: '@',
  period: '.',
  hyphen: '-',
  dash: '-',
  plus: '+',
  colon: ':',
  lowbar: '_',
  sol: '/',
  num: '#',
  nbsp: ' ',
  amp: '&',
};
/** A coding within a coding: `%2540`, `&amp;#64;`. */
const LEVELS_MAX = 2;

/** The text with its escapes read, or undefined where it has none. Only ASCII is read: other letters need none of it. */
export function escapesView(source: string): View | undefined {
  let plain: Plain | undefined;
  for (let level = 0; level < LEVELS_MAX; level++) {
    const next = replaced(plain?.text ?? source, escapedParts(plain?.text ?? source), plain);
    if (!next) break;
    plain = next;
  }
  return plain && viewOfPlain(plain);
}

/** A part of a text, half-open, and what stands for it: one unit or none. */
export type Part = readonly [start: number, end: number, plain: string];

function escapedParts(text: string): Part[] {
  if (!CUE.test(text)) return [];
  const parts: Part[] = [];
  for (const match of text.matchAll(ESCAPE)) {
    const [whole, decimal, hex, named, percent, x, braced, unit, octal] = match;
    const code =
      decimal !== undefined
        ? Number(decimal)
        : octal !== undefined
          ? Number.parseInt(octal, 8)
          : Number.parseInt(hex ?? percent ?? x ?? braced ?? unit ?? '', 16);
    const plain = named === undefined ? charOf(code) : NAMED[named];
    if (plain !== undefined) parts.push([match.index, match.index + whole.length, plain]);
  }
  return parts;
}

const charOf = (code: number): string | undefined =>
  code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : undefined;

/** Ten characters or more with the same sign between each two: `4 1 1 1 …`, `a-n-n-@-…`. */
const APART =
  /(?<![A-Za-z0-9])[A-Za-z0-9@(+]([ _|,*·-])(?:[A-Za-z0-9@.+:/()_-]\1){8,500}[A-Za-z0-9)](?![A-Za-z0-9])/g;

/**
 * The text with characters that were set apart joined; none where there are none. A word of one character may stand before
 * them, and words of one behind: so also with the first left alone, and with letters and digits left apart.
 */
export function joinedViews(source: string): View[] {
  const runs = [...source.matchAll(APART)];
  if (runs.length === 0) return [];
  return [isAnyGap, isLaterGap, isGapOfOneKind].flatMap((isClosed) => {
    const parts: Part[] = [];
    for (const { 0: run, index } of runs) {
      for (let at = 1; at < run.length; at += 2)
        if (isClosed(run, at)) parts.push([index + at, index + at + 1, '']);
    }
    const view = viewWith(source, parts);
    return view ? [view] : [];
  });
}

const isAnyGap = (): boolean => true;
const isLaterGap = (_: string, at: number): boolean => at > 1;
const isGapOfOneKind = (run: string, at: number): boolean =>
  isLatinLetter(run.charCodeAt(at - 1)) === isLatinLetter(run.charCodeAt(at + 1));

interface Plain {
  readonly text: string;
  /** Where each unit comes from in the source. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/** The text with these parts replaced, in order and apart; undefined where there are none. */
function replaced(text: string, parts: readonly Part[], from: Plain | undefined): Plain | undefined {
  if (parts.length === 0) return undefined;
  const starts = new Uint32Array(text.length);
  const ends = new Uint32Array(text.length);
  const pieces: string[] = [];
  let length = 0;
  let at = 0;
  const place = (start: number, end: number): void => {
    starts[length] = from?.starts[start] ?? start;
    ends[length++] = from?.ends[end - 1] ?? end;
  };
  for (const [start, end, plain] of parts) {
    pieces.push(text.slice(at, start), plain);
    for (; at < start; at++) place(at, at + 1);
    if (plain) place(start, end);
    at = end;
  }
  pieces.push(text.slice(at));
  for (; at < text.length; at++) place(at, at + 1);
  return { text: pieces.join(''), starts: starts.subarray(0, length), ends: ends.subarray(0, length) };
}

/** The view of a text with these parts replaced; in order and apart. Undefined where there are none. */
export function viewWith(source: string, parts: readonly Part[]): View | undefined {
  const plain = replaced(source, parts, undefined);
  return plain && viewOfPlain(plain);
}

function viewOfPlain({ text, starts, ends }: Plain): View {
  const view = canonicalise(text);
  return { text: view.text, origin: through(view, starts, ends) };
}
