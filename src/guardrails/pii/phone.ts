/**
 * Phone numbers by a conservative grammar of our own: international with `+`, North American with its rules, others
 * only beside a label. A run of ten digits is an identifier until a label says otherwise.
 */
import type { Candidate } from '../candidate.ts';
import { CONFIDENCE } from '../overlaps.ts';
import { isLetter, isWord } from '../units.ts';
import {
  digitsOf,
  endsAt,
  hasLabelBefore,
  isLabelled,
  type NumberSpan,
  shapeAt,
  shapeOf,
} from './number-span.ts';

/** Country codes of one and two digits (ITU-T E.164, assigned codes); those of three start with any other pair. */
const SHORT_CODES = new Set(
  '1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98'.split(
    ' ',
  ),
);
const LONG_CODE = /^(?:2[1-6]\d|29[0179]|3[578]\d|42[0123]|50\d|59\d|6[789]\d|8[0578]\d|96\d|97\d|99\d)/;

const LABEL =
  /(?:phone|tel|telephone|mobile|cell|cellphone|fax|whatsapp|telefono?|telefone|telefonnummer|handy|rufnummer|movil|celular|telephone|portable|telefoon|numer telefonu|тел|телефон|电话|手机|電話|전화)(?:[ _-]?(?:number|no|nr|num|#))?\W{0,6}(?:(?:is|at|on|was|to|es|ist|est)\W{1,3})?$/i;
const LOOSE_LABEL =
  /\b(?:call|contact|text|sms|dial|reach|ring|answering)(?: (?:me|us|him|her|them))?(?: (?:at|on))?[ :]{1,3}$/i;
const LABEL_AFTER = /^[^\w\n]{1,3}(?:office|fax|phone|mobile|cell|home|work)\b/i;
const DATE = /^(?:(?:19|20)\d\d[-/. ]\d\d?[-/. ]\d\d?|\d\d?[-/. ]\d\d?[-/. ](?:19|20)?\d\d)(?!\d)(?![-.]\d)/;

/** A number at the first group of the span, or nothing. */
export function phoneAt(text: string, span: NumberSpan): Candidate | undefined {
  const first = span.groups[0]?.[0] ?? 0;
  if (span.groups.length > 4 && shapeAt(span, 1, 4) === SINGLES) return undefined;
  const isParenthesised = text[first - 1] === '(';
  const start = isParenthesised ? first - 1 : first;
  if (text[start - 1] === '+') return internationalAt(text, span, start - 1);
  const before = text.charCodeAt(start - 1);
  if (isWord(before) || /[-#./]/.test(text[start - 1] ?? '')) return undefined;
  return northAmericanAt(text, span, start, isParenthesised) ?? labelledAt(text, span, start);
}

function candidate(start: number, end: number, score: number, reason: string): Candidate {
  return { type: 'PHONE', start, end, score, reason };
}

function internationalAt(text: string, span: NumberSpan, start: number): Candidate | undefined {
  if (/[\w+/=]/.test(text[start - 1] ?? '')) return undefined;
  let digits = '';
  let best: number | undefined;
  for (const [i, [from, to]] of span.groups.entries()) {
    digits += text.slice(from, to);
    if (digits.length > 15) break;
    if (isE164(digits)) best = to;
    if (digits.length === 11 && digits.startsWith('1')) break;
    if ((span.gaps[i]?.length ?? 0) > 1 && !/[()]/.test(span.gaps[i] ?? '')) break;
  }
  if (best === undefined || !endsAt(text, best)) return undefined;
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

function northAmericanAt(
  text: string,
  span: NumberSpan,
  start: number,
  isParenthesised: boolean,
): Candidate | undefined {
  const lead = digitsOf(text, span, 1);
  const skip = lead === '1' || lead === '001' ? 1 : 0;
  const isSplitOnce = isParenthesised && shapeAt(span, skip, 2) === PAREN;
  const count = shapeAt(span, skip, 3) === GROUPED ? skip + 3 : isSplitOnce ? skip + 2 : 0;
  if (count === 0) return undefined;
  const digits = digitsOf(text, span, count).slice(skip ? lead.length : 0);
  const end = span.groups[count - 1]?.[1] ?? 0;
  const gaps = span.gaps.slice(skip, count - 1);
  if (
    !isNorthAmerican(digits) ||
    (!endsAt(text, text[end] === 'x' ? end + 1 : end) && !hasExtension(text, end))
  )
    return undefined;
  const isTelling = gaps.some((gap) => gap !== ' ') && !gaps.some((gap) => gap === ' -' || gap === '- ');
  if (!isTelling && !isLabelled(text, start, LABEL) && !isLabelled(text, start, LOOSE_LABEL))
    return undefined;
  return candidate(start, withExtension(text, end), CONFIDENCE.prefix, 'a North American phone number');
}

function labelledAt(text: string, span: NumberSpan, start: number): Candidate | undefined {
  let count = 0;
  let digits = 0;
  for (const [from, to] of span.groups) {
    if (digits + to - from > 15) break;
    digits += to - from;
    count++;
  }
  const end = span.groups[count - 1]?.[1] ?? 0;
  if (digits < 6 || digits < 2 * count || (!hasLabelBefore(text, start) && !hasLabelAfter(text, end)))
    return undefined;
  if (DATE.test(text.slice(start, start + 12)) || (!endsAt(text, end) && !hasExtension(text, end)))
    return undefined;
  const isNamed = isLabelled(text, start, LABEL) || LABEL_AFTER.test(text.slice(end, end + 12));
  const isGrouped = count > 1 && digits > 6;
  const isLoose = isGrouped || (digits === 10 && isNorthAmerican(digitsOf(text, span, count)));
  const isLabelledLoosely = isLoose && isLabelled(text, start, LOOSE_LABEL);
  if (!isLabelledLoosely && !(isNamed && (isGrouped || digits > 6))) return undefined;
  return candidate(
    start,
    withExtension(text, end),
    CONFIDENCE.contextual,
    'a number labelled as a phone number',
  );
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
