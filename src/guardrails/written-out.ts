/**
 * Views of a text that was written character by character: entities, escapes and URL coding read where they stand, and
 * characters that were set apart joined, so that personal data and secrets are found in them too. Never changes what is
 * sent; every place maps back to the text that came.
 */
import { canonicalise, type View } from './canonical.ts';
import { through } from './json-escapes.ts';
import { type Part, type Plain, replaced } from './replaced.ts';
import { isDigit, isLatinLetter } from './units.ts';

const CUE = /&#|&amp;#|&[a-z]{4,6};|%[0-9A-Fa-f]{2}|\\x[0-9A-Fa-f]|\\u\{|\\\\u[0-9A-Fa-f]{4}|\\[01][0-7]{2}/;
/** What codes begin with. */
const BEGINS = /[%&\\]/g;
/** A code that begins here, but for the two that long texts are written in: `%40` and `&#64;`. */
const CODE =
  /&#[xX]([0-9A-Fa-f]{1,6});?|&(commat|period|hyphen|dash|plus|colon|lowbar|sol|num|nbsp|amp);|\\x([0-9A-Fa-f]{2})|\\u\{([0-9A-Fa-f]{1,6})\}|\\{1,4}u([0-9A-Fa-f]{4})|\\([01][0-7]{2})/y;
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

function escapedParts(text: string): Part[] {
  if (!CUE.test(text)) return [];
  const parts: Part[] = [];
  BEGINS.lastIndex = 0;
  while (BEGINS.test(text)) {
    const at = BEGINS.lastIndex - 1;
    const part = octetAt(text, at) ?? decimalAt(text, at) ?? codeAt(text, at);
    if (!part) continue;
    BEGINS.lastIndex = part[1];
    if (part[2]) parts.push(part);
  }
  return parts;
}

/** `%40` */
function octetAt(text: string, at: number): Part | undefined {
  if (text.charCodeAt(at) !== 0x25) return undefined;
  const code = 16 * nibble(text.charCodeAt(at + 1)) + nibble(text.charCodeAt(at + 2));
  return code >= 0 ? [at, at + 3, charOf(code)] : undefined;
}

/** What makes a sum of two negative wherever it stands for no digit. */
const NONE = -256;

/** Of a hexadecimal digit. */
function nibble(unit: number): number {
  if (isDigit(unit)) return unit - 0x30;
  const letter = unit | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : NONE;
}

/** `&#64;` and `&#64`: seven digits at most. */
function decimalAt(text: string, at: number): Part | undefined {
  if (text.charCodeAt(at + 1) !== 0x23 || text.charCodeAt(at) !== 0x26) return undefined;
  const first = at + 2;
  let end = first;
  let code = 0;
  for (let unit; end < first + 7 && isDigit((unit = text.charCodeAt(end))); end++)
    code = 10 * code + unit - 0x30;
  if (end === first) return undefined;
  return [at, text.charCodeAt(end) === 0x3b ? end + 1 : end, charOf(code)];
}

function codeAt(text: string, at: number): Part | undefined {
  CODE.lastIndex = at;
  const match = CODE.exec(text);
  if (!match) return undefined;
  const [whole, hex, named, x, braced, unit, octal] = match;
  const code =
    octal === undefined ? Number.parseInt(hex ?? x ?? braced ?? unit ?? '', 16) : Number.parseInt(octal, 8);
  return [at, at + whole.length, named === undefined ? charOf(code) : (NAMED[named] ?? '')];
}

/** Printable ASCII; of anything else nothing. */
const charOf = (code: number): string => (code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '');

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

/** The view of a text with these parts replaced; in order and apart. Undefined where there are none. */
export function viewWith(source: string, parts: readonly Part[]): View | undefined {
  const plain = replaced(source, parts, undefined);
  return plain && viewOfPlain(plain);
}

function viewOfPlain(plain: Plain): View {
  const view = canonicalise(plain.text);
  return { text: view.text, origin: through(view, plain) };
}
