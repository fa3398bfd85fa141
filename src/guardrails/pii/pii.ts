/**
 * Personal data: one pass over the text that stops at trigger characters only (`@`, digits, `:`) and looks around
 * them within fixed bounds. A kind of data is a probe; probes that need labels or libraries join here.
 */
import type { Finding } from '../../base/finding.ts';
import { canonicalise, type View } from '../canonical.ts';
import { type Candidate, toFindings } from '../candidate.ts';
import { codeUnits } from '../code-units.ts';
import type { Guardrail } from '../guardrail.ts';
import { CONFIDENCE } from '../overlaps.ts';
import { isDigit, isLatinLetter, isWord } from '../units.ts';
import { suffixedStreetAt, townAt } from './address.ts';
import { birthDateAt } from './birth-date.ts';
import { hasLuhnDigit, isCardGrouping, isIssued } from './card.ts';
import { WALLET_MAX, WALLET_MIN, walletAt } from './crypto-wallet.ts';
import { onWord } from './cues.ts';
import { emailAt } from './email.ts';
import { ibanAt } from './iban.ts';
import { identityAt, tokenStart } from './identity-number.ts';
import { ipv4At, ipv6At } from './ip.ts';
import { mayBeLabel, nextHash, unspacedLabelAt } from './label-words.ts';
import type { LabelKind } from './labels-table.ts';
import { digitsOf, endOf, endsAt, isGap, lengthAt, type NumberSpan, numberSpanAt } from './number-span.ts';
import { isInnerGroup, mayBeginNumber } from './number-start.ts';
import { Pass } from './pass.ts';
import { namedBefore } from './person.ts';
import { phoneAt } from './phone.ts';
import { withoutCharacters } from './private-person.ts';
import { ssnAt } from './ssn.ts';
import { urlAt } from './url.ts';

/** What a unit may begin: 1 a word, 2 a number, 3 a mark. */
const KIND = new Uint8Array(0x10000).fill(1, 0xc0);
for (let unit = 0x41; unit <= 0x5a; unit++) KIND[unit] = KIND[unit | 0x20] = 1;
for (let unit = 0x30; unit <= 0x39; unit++) KIND[unit] = 2;
KIND[0x40] = KIND[0x3a] = 3;

/** Findings in a view, in places of its source; sorted, not overlapping. */
export function findPii(view: View): Finding[] {
  const { text } = view;
  const { length } = text;
  const units = codeUnits(text);
  const pass = new Pass(text, units);
  for (let at = 0; at < length; ) {
    let unit = units[at] ?? 0;
    const kind = KIND[unit];
    if (kind === 1) {
      const start = at;
      const first = unit;
      let hash = 0;
      let last: number;
      do {
        hash = nextHash(hash, unit);
        last = unit;
        unit = units[++at] ?? 0;
      } while (KIND[unit] === 1 && (unit >= 0x61 || last < 0x61));
      if (mayBeLabel(hash, first)) onWord(pass, start, at);
    } else if (kind === 2) {
      at = numbersFrom(pass, at);
    } else {
      if (kind === 3) onMark(pass, at, unit);
      at++;
    }
  }
  return pass.found.length + pass.weak.length === 0
    ? []
    : toFindings('pii', view, withoutCharacters(text, pass.found, pass.weak));
}

function onMark(pass: Pass, at: number, unit: number): void {
  const { text } = pass;
  if (unit === 0x40) onAt(pass, at);
  else if (text.charCodeAt(at + 1) === 0x2f) pass.add(urlAt(text, at, pass.labelOf(at - 5) === 'URL'));
  else pass.add(ipv6At(text, at));
}

/** An address, and the name that is written before it: `Jane Roe <jane@…>`. */
function onAt(pass: Pass, at: number): void {
  const email = emailAt(pass.text, at);
  if (!email) return;
  pass.add(email);
  pass.add(namedBefore(pass.text, email.start));
}

/** Probes the digits at `at`; returns where to go on: behind what was found, else behind these digits. */
function numbersFrom(pass: Pass, at: number): number {
  const { text } = pass;
  let end = at + 1;
  while (isDigit(text.charCodeAt(end))) end++;
  const isInWord = isLatinLetter(text.charCodeAt(at - 1)) || isLatinLetter(text.charCodeAt(end));
  const candidate = isInWord ? (inWord(pass, at, end) ?? inSpan(pass, at, end)) : inSpan(pass, at, end);
  if (!candidate) return isInWord ? endOfRun(text, end) : end;
  pass.add(candidate);
  pass.prolong(candidate.start, candidate.end);
  return Math.max(end, candidate.end);
}
/** Where the letters and digits around a place end; at most 160 units on. */
function endOfRun(text: string, from: number): number {
  let end = from;
  while (end - from < 160 && isAlphanumeric(text.charCodeAt(end))) end++;
  return end;
}

const isAlphanumeric = (unit: number): boolean => isDigit(unit) || isLatinLetter(unit);

/** Digits that touch letters: account numbers, wallets, and what an identity label stands before. */
function inWord(pass: Pass, at: number, end: number): Candidate | undefined {
  const { text } = pass;
  let start = at;
  while (start > 0 && at - start < WALLET_MAX && isAlphanumeric(text.charCodeAt(start - 1))) start--;
  const isIban = end - at >= 2 && (at - start === 2 || (at - start === 6 && text.startsWith('IBAN', start)));
  const iban = isIban ? ibanAt(text, at) : undefined;
  if (iban) return iban;
  const runEnd = endOfRun(text, end);
  if (runEnd - start < WALLET_MIN || runEnd - start > WALLET_MAX) return undefined;
  if (isWord(text.charCodeAt(start - 1)) || isWord(text.charCodeAt(runEnd))) return undefined;
  return walletAt(text, start, runEnd, pass.labelOf(start) === 'CRYPTO_WALLET');
}

/** Units of the shortest number that is anyone's. */
const SHORTEST = 7;

/** What a label says of the number, else what the number says of itself. */
function inSpan(pass: Pass, at: number, end: number): Candidate | undefined {
  const { text } = pass;
  const label = pass.relabel(unspacedLabelAt(text, at), at) ?? pass.labelOf(at);
  const labelled = label === undefined ? undefined : labelledAt(pass, at, label);
  if (labelled) return labelled;
  if (end - at > 19 || isLatinLetter(text.charCodeAt(at - 1))) return undefined;
  const mayBegin = label !== undefined || !isInnerGroup(text, at) || mayBeginNumber(text, at, end);
  const number = mayBegin ? numberOf(pass, at, end, label) : undefined;
  return number ?? suffixedStreetAt(text, at, end) ?? townAt(text, at, end);
}

function numberOf(pass: Pass, at: number, end: number, label: LabelKind | undefined): Candidate | undefined {
  if (end - at < SHORTEST && !isGap(pass.units[end] ?? 0)) return undefined;
  const span = numberSpanAt(pass, at);
  return endOf(span, span.count) - at < SHORTEST ? undefined : numberAt(pass, span, label);
}

function numberAt(
  { text, labelEnd }: Pass,
  span: NumberSpan,
  kind: LabelKind | undefined,
): Candidate | undefined {
  return (
    ipv4At(text, span) ??
    cardAt(text, span, kind) ??
    ssnAt(text, span, kind) ??
    phoneAt(text, span, { kind, end: labelEnd })
  );
}

/** What stands behind the name of a field; of prose that is a word. */
const isField = (text: string, labelEnd: number): boolean =>
  /^(?:[_ -](?:date|day))?["'*\])]{0,3}\s?[:=>|]/i.test(text.slice(labelEnd, labelEnd + 12));

function labelledAt({ text, labelEnd }: Pass, at: number, label: LabelKind): Candidate | undefined {
  if (label === 'DATE_OF_BIRTH') return birthDateAt(text, at, isField(text, labelEnd));
  const isIdentity = label === 'PASSPORT' || label === 'DRIVER_LICENSE' || label === 'NATIONAL_ID';
  if (!isIdentity || text[at - 1] === '+') return undefined;
  const start = tokenStart(text, at, labelEnd);
  return start >= labelEnd ? identityAt(text, start, label) : undefined;
}

/** A card number in one group, or in groups of one separator as cards print them. */
function cardAt(text: string, span: NumberSpan, label: LabelKind | undefined): Candidate | undefined {
  const { count, gaps } = span;
  const start = span.starts[0] ?? 0;
  const before = text.charCodeAt(start - 1);
  if (before === 0x2b) return undefined;
  if (isWord(before) || ((before === 0x2d || before === 0x2e) && isDigit(text.charCodeAt(start - 2))))
    return undefined;
  let shape = 0;
  let digits = 0;
  for (let i = 0; i < count; i++) {
    shape = 32 * shape + lengthAt(span, i);
    digits += lengthAt(span, i);
    if (i > 0 && (gaps[i - 1] !== gaps[0] || !isCardGap(gaps[0]))) return undefined;
    if (digits > CARD_MAX) return undefined;
    if (digits < CARD_MIN || !(i === 0 || isCardGrouping(shape))) continue;
    const to = endOf(span, i + 1);
    if (!(i === 0 ? !isWord(text.charCodeAt(to)) : endsAt(text, to)) || !hasLuhnDigit(text, start, to))
      continue;
    if (isIssued(digitsOf(text, span, i + 1))) return { ...CARD, start, end: to };
    if (label === 'CREDIT_CARD') return { ...CARD, start, end: to, score: CONFIDENCE.contextual };
  }
  return undefined;
}

const CARD_MIN = 12;
const CARD_MAX = 19;
const isCardGap = (gap: string | undefined): boolean =>
  gap === ' ' || gap === '-' || gap === '.' || gap === '  ';
const CARD = { type: 'CREDIT_CARD', score: CONFIDENCE.validated, reason: 'a payment card number' };

/** What makes two spellings one value: `Ann@x.org` and `ann@X.org`, `(415) 555-0100` and `415.555.0100`. */
export function canonicalValue(type: string, spelling: string): string {
  const value = canonicalise(spelling).text;
  if (type === 'EMAIL' || type === 'IP') return value.toLowerCase();
  if (type === 'IBAN' || IDENTITIES.has(type)) return value.replace(/[^A-Za-z0-9]/g, '').toUpperCase();
  if (type === 'PERSON' || type === 'ADDRESS')
    return value
      .replace(/[\s,.]+/g, ' ')
      .trim()
      .toLowerCase();
  return type === 'PHONE' || type === 'SSN' || type === 'CREDIT_CARD' ? value.replace(/\D/g, '') : value;
}

const IDENTITIES = new Set(['PASSPORT', 'DRIVER_LICENSE', 'NATIONAL_ID']);

/** The guardrail as others see it; the request's join calls the finder on a view it has already. */
export const piiGuardrail: Guardrail = { id: 'pii', inspect: (text) => findPii(canonicalise(text)) };
