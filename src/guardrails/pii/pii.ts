/**
 * Personal data: one pass over the text that stops at trigger characters only (`@`, digits, `:`) and looks around
 * them within fixed bounds. A kind of data is a probe; probes that need labels or libraries join here.
 */
import type { Finding } from '../../base/finding.ts';
import { canonicalise, type View } from '../canonical.ts';
import { type Candidate, toFindings } from '../candidate.ts';
import type { Guardrail } from '../guardrail.ts';
import { CONFIDENCE } from '../overlaps.ts';
import { isDigit, isLatinLetter, isWord } from '../units.ts';
import { hasLuhnDigit, isCardGrouping, isIssued } from './card.ts';
import { emailAt } from './email.ts';
import { ibanAt } from './iban.ts';
import { ipv4At, ipv6At } from './ip.ts';
import { digitsOf, endsAt, isLabelled, type NumberSpan, numberSpanAt } from './number-span.ts';
import { phoneAt } from './phone.ts';
import { ssnAt } from './ssn.ts';

/** Findings in a view, in places of its source; sorted, not overlapping. */
export function findPii(view: View): Finding[] {
  const { text } = view;
  const found: Candidate[] = [];
  for (let at = 0; at < text.length; ) {
    const unit = text.charCodeAt(at);
    if (unit > 0x40 || unit < 0x30) {
      at++;
    } else if (isDigit(unit)) {
      at = numbersFrom(text, at, found);
    } else {
      const candidate = unit === 0x40 ? emailAt(text, at) : unit === 0x3a ? ipv6At(text, at) : undefined;
      if (candidate) found.push(candidate);
      at = Math.max(at + 1, candidate?.end ?? 0);
    }
  }
  return found.length === 0 ? [] : toFindings('pii', view, found);
}

/** Probes the digits at `at`; returns where to go on: behind what was found, else behind this group. */
function numbersFrom(text: string, at: number, found: Candidate[]): number {
  let end = at + 1;
  while (isDigit(text.charCodeAt(end))) end++;
  let candidate: Candidate | undefined;
  if (isLatinLetter(text.charCodeAt(at - 1))) candidate = end - at >= 2 ? ibanAt(text, at) : undefined;
  else if (end - at <= 19) candidate = inSpan(text, numberSpanAt(text, at));
  if (candidate) found.push(candidate);
  return Math.max(end, candidate?.end ?? 0);
}

/** Units of the shortest number that is anyone's. */
const SHORTEST = 7;

function inSpan(text: string, span: NumberSpan): Candidate | undefined {
  const [first] = span.groups;
  const last = span.groups.at(-1);
  if (!first || !last || last[1] - first[0] < SHORTEST) return undefined;
  return ipv4At(text, span) ?? cardAt(text, span) ?? ssnAt(text, span) ?? phoneAt(text, span);
}

const CARD_LABEL = /\b(?:card|cc|visa|mastercard|amex|maestro|debit)\b[^0-9]{0,24}$/i;

/** A card number in one group, or in groups of one separator as cards print them. */
function cardAt(text: string, span: NumberSpan): Candidate | undefined {
  const { groups, gaps } = span;
  const start = groups[0]?.[0] ?? 0;
  const before = text.charCodeAt(start - 1);
  if (isWord(before) || ((before === 0x2d || before === 0x2e) && isDigit(text.charCodeAt(start - 2))))
    return undefined;
  for (let i = 0; i < groups.length; i++) {
    const to = groups[i]?.[1] ?? 0;
    if (i > 0 && (gaps[i - 1] !== gaps[0] || !isCardGap(gaps[0]))) return undefined;
    const isWhole = i === 0 ? !isWord(text.charCodeAt(to)) : endsAt(text, to);
    if (to - start < CARD_MIN || !isWhole || !isCardGrouping(span, i + 1)) continue;
    if (!hasLuhnDigit(text, start, to)) continue;
    if (isIssued(digitsOf(text, span, i + 1))) return { ...CARD, start, end: to };
    if (isLabelled(text, start, CARD_LABEL)) return { ...CARD, start, end: to, score: CONFIDENCE.contextual };
  }
  return undefined;
}

const CARD_MIN = 12;
const isCardGap = (gap: string | undefined): boolean => gap === ' ' || gap === '-' || gap === '.';
const CARD = { type: 'CREDIT_CARD', score: CONFIDENCE.validated, reason: 'a payment card number' };

/** What makes two spellings one value: `Ann@x.org` and `ann@X.org`, `(415) 555-0100` and `415.555.0100`. */
export function canonicalValue(type: string, spelling: string): string {
  const value = canonicalise(spelling).text;
  if (type === 'EMAIL' || type === 'IP') return value.toLowerCase();
  if (type === 'IBAN') return value.replace(/[ -]/g, '').toUpperCase();
  return type === 'PHONE' || type === 'SSN' || type === 'CREDIT_CARD' ? value.replace(/\D/g, '') : value;
}

/** The guardrail as others see it; the request's join calls the finder on a view it has already. */
export const piiGuardrail: Guardrail = { id: 'pii', inspect: (text) => findPii(canonicalise(text)) };
