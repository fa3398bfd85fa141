/**
 * Phone numbers by a conservative grammar of our own: international with `+`, North American with its rules, others
 * only beside a label. A run of ten digits is an identifier until a label says otherwise.
 */
import type { Candidate } from '../candidate.ts';
import { CONFIDENCE } from '../overlaps.ts';
import { isLetter, isWord } from '../units.ts';
import type { LabelKind } from './labels-table.ts';
import { digitsOf, endOf, endsAt, lengthAt, type NumberSpan, shapeAt, shapeOf } from './number-span.ts';

/** Country codes of one and two digits (ITU-T E.164, assigned codes); those of three start with any other pair. */
const SHORT_CODES = new Set(
  '1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98'.split(
    ' ',
  ),
);
const LONG_CODE = /^(?:2[1-6]\d|29[01789]|3[578]\d|42[0123]|50\d|59\d|6[789]\d|8[0578]\d|96\d|97\d|99\d)/;

/** What stands between a label and its number where nothing else is meant. */
const TIGHT =
  /^(?:s|\(s\))?["'*_)\]]{0,3}[\W_]{0,12}(?:(?:number|numbers|no|nr|num|nummer|numero|n|is|at|on|was|to|es|ist|est|e|me|us|him|her|them|office|home|work|under|unter|au|al|der|le|el|la|il|op|ons|het|line|primary|new|old|alt|us|uk)\b[\W_]{1,4}){0,4}$/i;
const LABEL_AFTER =
  /^(?:[ (-]{1,3}(?:office|fax|phone|mobile|cell|home|work)\b| is (?:my|the|his|her|our|a|their)(?: [a-z]{2,10}){0,2} (?:number|phone|cell|mobile)\b)/i;
const DATE = /^(?:(?:19|20)\d\d[-/. ]\d\d?[-/. ]\d\d?|\d\d?[-/. ]\d\d?[-/. ](?:19|20)?\d\d)(?!\d)(?![-.]\d)/;

/** The label before a number: its kind, and where it ends. */
export interface NumberLabel {
  readonly kind: LabelKind | undefined;
  readonly end: number;
}

/** A number at the first group of the span, or nothing. */
export function phoneAt(text: string, span: NumberSpan, label: NumberLabel): Candidate | undefined {
  const first = span.starts[0] ?? 0;
  if (span.count > 4 && shapeAt(span, 1, 4) === SINGLES) return undefined;
  const isParenthesised = text[first - 1] === '(';
  const start = isParenthesised ? first - 1 : first;
  if (text[start - 1] === '+') return internationalAt(text, span, start - 1, 0);
  if (!isParenthesised && !mayBePhone(text, span, label)) return undefined;
  const before = text.charCodeAt(start - 1);
  if (isWord(before) || /[-#./]/.test(text[start - 1] ?? '')) return undefined;
  // The middle of a longer number, as of an account, is no number of its own.
  const isInside = /\d[ ,]$/.test(text.slice(Math.max(0, start - 2), start));
  return (
    northAmericanAt(text, span, start, isParenthesised, label) ??
    (!isInside && text.startsWith('00', first) && span.count > 1
      ? internationalAt(text, span, start, 2)
      : undefined) ??
    (isInside ||
    label.kind === 'other' ||
    (label.kind !== 'PHONE' && /[A-Z]{2}[ ,]$/.test(text.slice(Math.max(0, start - 3), start)))
      ? undefined
      : nationalAt(text, span, start)) ??
    (isParenthesised ? brazilianAt(text, span, start) : undefined) ??
    labelledAt(text, span, start, label)
  );
}

/** Tables of numbers end here: cheap, before anything is sliced. */
function mayBePhone(text: string, span: NumberSpan, label: NumberLabel): boolean {
  const lead = lengthAt(span, 0);
  return (
    label.kind !== undefined ||
    lead === 3 ||
    lead === 1 ||
    text.charCodeAt(span.starts[0] ?? 0) === 0x30 ||
    hasLabelAfter(text, endOf(span, span.count))
  );
}

function candidate(start: number, end: number, score: number, reason: string): Candidate {
  return { type: 'PHONE', start, end, score, reason };
}

/** After `+`, or after the two digits `00`, which `skip` says. */
function internationalAt(text: string, span: NumberSpan, start: number, skip: number): Candidate | undefined {
  if (/[\w+/]/.test(text[start - 1] ?? '')) return undefined;
  let digits = '';
  let best: number | undefined;
  for (let i = 0; i < span.count; i++) {
    const from = span.starts[i] ?? 0;
    const to = endOf(span, i + 1);
    digits += text.slice(i === 0 ? from + skip : from, to);
    if (digits.length > 15) break;
    if (isE164(digits) || (digits.length === 11 && digits.startsWith('1') && hasExtension(text, to)))
      best = to;
    if (digits.length === 11 && digits.startsWith('1')) break;
    if ((span.gaps[i]?.length ?? 0) > 1 && !/[()]/.test(span.gaps[i] ?? '')) break;
  }
  if (best === undefined || !(endsAt(text, best) || hasExtension(text, best))) return undefined;
  return candidate(start, withExtension(text, best), CONFIDENCE.prefix, 'an international phone number');
}

function isE164(digits: string): boolean {
  if (digits.startsWith('1')) return digits.length === 11 && isNorthAmerican(digits.slice(1));
  if (digits.length < 8) return false;
  return SHORT_CODES.has(digits[0] ?? '') || SHORT_CODES.has(digits.slice(0, 2)) || LONG_CODE.test(digits);
}

/** Area code and exchange never start with 0 or 1 (NANP). */
function isNorthAmerican(digits: string): boolean {
  return /^[2-9]\d\d[2-9]\d{6}$/.test(digits);
}

const SINGLES = shapeOf([1, 1, 1, 1]);
const GROUPED = shapeOf([3, 3, 4]);
const PAREN = shapeOf([3, 7]);
/** Of identity numbers: no phone is grouped so. */
const IDENTITIES = new Set([shapeOf([3, 2, 4]), shapeOf([3, 3, 3])]);
const BRAZILIAN = new Set([shapeOf([2, 5, 4]), shapeOf([2, 4, 4])]);

function northAmericanAt(
  text: string,
  span: NumberSpan,
  start: number,
  isParenthesised: boolean,
  label: NumberLabel,
): Candidate | undefined {
  const lead = digitsOf(text, span, 1);
  const skip = lead === '1' || lead === '001' ? 1 : 0;
  const isSplitOnce = isParenthesised && shapeAt(span, skip, 2) === PAREN;
  const count = shapeAt(span, skip, 3) === GROUPED ? skip + 3 : isSplitOnce ? skip + 2 : 0;
  if (count === 0) return undefined;
  const digits = digitsOf(text, span, count).slice(skip ? lead.length : 0);
  const end = endOf(span, count);
  const gaps = span.gaps.slice(skip, count - 1);
  if (
    !(isNorthAmerican(digits) || hasExtension(text, end)) ||
    (!endsAt(text, text[end] === 'x' ? end + 1 : end) && !hasExtension(text, end))
  )
    return undefined;
  const isTelling =
    gaps.some((gap) => gap !== ' ') && !gaps.some((gap) => gap === ' -' || gap === '- ' || gap === ' - ');
  if (!isTelling && label.kind !== 'PHONE' && label.kind !== 'CALL') return undefined;
  return candidate(start, withExtension(text, end), CONFIDENCE.prefix, 'a North American phone number');
}

/**
 * Behind the trunk prefix 0, in two to six groups of one separator: `020 7946 0958`, `(030) 901820`, `06 12 34 56 78`.
 * Nine to eleven digits, and the number is all there is.
 */
function nationalAt(text: string, span: NumberSpan, start: number): Candidate | undefined {
  const { count } = span;
  const first = span.starts[0] ?? 0;
  const end = endOf(span, count);
  if (count < 2 || count > 6 || text.charCodeAt(first) !== 0x30) return undefined;
  if (IDENTITIES.has(shapeAt(span, 0, 3)) && count === 3) return undefined;
  const lengths = Array.from({ length: count }, (_, i) => lengthAt(span, i));
  const gaps = span.gaps.slice(0, count - 1);
  const digits = lengths.reduce((sum, length) => sum + length, 0);
  const lead = lengths[0] ?? 0;
  if (
    digits < 9 ||
    digits > 11 ||
    lead > 5 ||
    (lead === 5 && lengths[1] === 4) ||
    (lead === 1 && !/\(/.test(gaps[0] ?? ''))
  )
    return undefined;
  // `08-411 25 76`: the area code may be set apart.
  const apart = (gaps[0] === '-' || gaps[0] === ' / ') && gaps[1] === ' ' ? gaps.slice(1) : gaps;
  const plain = apart.filter((gap) => !/[()]/.test(gap));
  if (new Set(plain).size > 1 || plain.some((gap) => gap.length > 1)) return undefined;
  const isPaired = count === 5 && lengths.every((length) => length === 2);
  if ((plain[0] === '.' || plain[0] === '/') && !isPaired) return undefined;
  if (!isPaired && (count > 4 || lengths.slice(1).some((length) => length < 2))) return undefined;
  const second = text.charCodeAt(first + 1);
  if ((lead > 1 && second === 0x30) || !endsAt(text, end)) return undefined;
  if (/^(?:[ ,:]\d|[-:][A-Za-z])/.test(text.slice(end, end + 2))) return undefined;
  return candidate(start, withExtension(text, end), CONFIDENCE.heuristic, 'a phone number of a country');
}

/** `(11) 91234-5678`. */
function brazilianAt(text: string, span: NumberSpan, start: number): Candidate | undefined {
  const end = endOf(span, 3);
  if (span.count !== 3 || !BRAZILIAN.has(shapeAt(span, 0, 3)) || span.gaps[1] !== '-' || !endsAt(text, end))
    return undefined;
  return candidate(start, end, CONFIDENCE.heuristic, 'a phone number of a country');
}

function labelledAt(
  text: string,
  span: NumberSpan,
  start: number,
  label: NumberLabel,
): Candidate | undefined {
  let count = 0;
  let digits = 0;
  for (; count < span.count && digits + lengthAt(span, count) <= 15; count++) digits += lengthAt(span, count);
  const end = endOf(span, count);
  if (digits < 6 || digits > 15 || digits < 2 * count) return undefined;
  if (
    ((count < 4 || span.gaps[0] !== ' ') && DATE.test(text.slice(start, start + 12))) ||
    (!endsAt(text, end) && !hasExtension(text, end))
  )
    return undefined;
  if (count === 2 && isPairOfNumbers(text, span)) return undefined;
  const isGrouped = count > 1;
  const isNear = label.kind !== undefined && (label.end >= start || TIGHT.test(text.slice(label.end, start)));
  const isNamed =
    (label.kind === 'PHONE' && (isNear || (isGrouped && digits > 7))) ||
    (hasLabelAfter(text, end) && LABEL_AFTER.test(text.slice(end, end + 40)));
  const isTrunk = text[start] === '0' && digits > 8 && digits < 12;
  const isLoose =
    isTrunk || (isGrouped && digits > 6) || (digits === 10 && isNorthAmerican(digitsOf(text, span, count)));
  const isCalled = label.kind === 'CALL' && isLoose && (isNear || isGrouped);
  if (!isCalled && !(isNamed && (isGrouped || digits > 6))) return undefined;
  return candidate(
    start,
    withExtension(text, end),
    CONFIDENCE.contextual,
    'a number labelled as a phone number',
  );
}

/** `353207.547`, `2015-2018`: a decimal, a range of years. */
function isPairOfNumbers(text: string, span: NumberSpan): boolean {
  if (span.gaps[0] === '.') return lengthAt(span, 0) > 4;
  return /^(?:19|20)\d\d-(?:19|20)\d\d$/.test(text.slice(span.starts[0], endOf(span, 2)));
}

/** Letters close behind a number: cheap, before any pattern is tried. */
function hasLabelAfter(text: string, end: number): boolean {
  return (
    isLetter(text.charCodeAt(end + 1)) ||
    isLetter(text.charCodeAt(end + 2)) ||
    isLetter(text.charCodeAt(end + 3))
  );
}

const EXTENSION = /^(?: ?(?:x|ext\.?|extension) ?)\d{1,6}(?!\w)/i;
const hasExtension = (text: string, end: number): boolean => EXTENSION.test(text.slice(end, end + 20));
const withExtension = (text: string, end: number): number =>
  end + (EXTENSION.exec(text.slice(end, end + 20))?.[0].length ?? 0);
