/** United States social security numbers (SSA, "Meaning of the social security number", and its 2011 randomisation). */
import type { Candidate } from '../candidate.ts';
import { CONFIDENCE } from '../overlaps.ts';
import { isWord } from '../units.ts';
import type { LabelKind } from './labels-table.ts';
import { digitsOf, endOf, endsAt, type NumberSpan, shapeAt, shapeOf } from './number-span.ts';

const DASHED = shapeOf([3, 2, 4]);

/** Area, group and serial are never all zero; area 666 and 900 to 999 were never given. */
function isIssuable(digits: string): boolean {
  return /^(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}$/.test(digits);
}

/** Beside a label only: nine to thirteen digits in other groups, as the numbers of other countries are. */
function otherwiseGrouped(text: string, span: NumberSpan): Candidate | undefined {
  const { count } = span;
  const start = span.starts[0] ?? 0;
  const end = endOf(span, count);
  const digits = digitsOf(text, span, count);
  if (digits.length < 9 || digits.length > 13 || /^(?:19|20)\d{6}/.test(digits) || !endsAt(text, end))
    return undefined;
  if (isWord(text.charCodeAt(start - 1)) || /[-./+$]/.test(text[start - 1] ?? '')) return undefined;
  return {
    type: 'SSN',
    start,
    end,
    score: CONFIDENCE.contextual,
    reason: 'a number labelled as that of social security',
  };
}

/** `123-45-6789` stands alone; any other way of writing it, and bare digits, only beside a label. */
export function ssnAt(text: string, span: NumberSpan, label: LabelKind | undefined): Candidate | undefined {
  const start = span.starts[0] ?? 0;
  const count = shapeAt(span, 0, 1) === 9 ? 1 : shapeAt(span, 0, 3) === DASHED ? 3 : 0;
  const end = endOf(span, count);
  if (count === 0) return label === 'SSN' ? otherwiseGrouped(text, span) : undefined;
  if (!isIssuable(digitsOf(text, span, count)) || !endsAt(text, end)) return undefined;
  if (isWord(text.charCodeAt(start - 1)) || /[-./]/.test(text[start - 1] ?? '')) return undefined;
  const isDashed = span.gaps[0] === '-' && span.gaps[1] === '-' && count === 3;
  const isUniform = count === 1 || span.gaps[0] === span.gaps[1];
  if (!isDashed && !(isUniform && label === 'SSN')) return undefined;
  const score = isDashed ? CONFIDENCE.prefix : CONFIDENCE.contextual;
  return { type: 'SSN', start, end, score, reason: 'a US social security number' };
}
