/** What to look for at a label word: each kind of label has its own probe, or is remembered for the numbers after it. */
import type { LabelKind } from './labels-table.ts';
import { labelsAt } from './label-words.ts';
import { boxAt, hasDigitAfter, labelledAddressAt, streetAt, streetFirstAt } from './address.ts';
import { dealtWithAt, dealtWithBefore, isAddressed, smallNameAt } from './dealt-with.ts';
import { spelledEmailAt } from './email.ts';
import { birthDateBefore } from './birth-date.ts';
import { statedBefore } from './identity-number.ts';
import { givenNameAt, isMixedCase } from './given-name.ts';
import type { Candidate } from '../candidate.ts';
import type { Pass } from './pass.ts';
import {
  asPerson,
  calledAt,
  greetedAt,
  isCivil,
  namedAt,
  plainlyNamedAt,
  signedAt,
  signedInLineAt,
  startsLine,
  titledAt,
} from './person.ts';
import { isPrivate, isSpokenOf, SPOKEN_OF } from './private-person.ts';

/** Acts on the word from `start` to `end`, which may be a label. */
export function onWord(pass: Pass, start: number, end: number): void {
  for (const kind of labelsAt(pass.text, start, end)) {
    if (COLUMNS.has(kind)) pass.addTable(end);
    onLabel(pass, kind, start, end);
  }
}

/** Kinds of labels that may stand above a column. */
const COLUMNS: ReadonlySet<LabelKind> = new Set([
  'name',
  'person-name',
  'PHONE',
  'SSN',
  'DATE_OF_BIRTH',
  'PASSPORT',
  'DRIVER_LICENSE',
  'NATIONAL_ID',
  'ADDRESS',
]);

function onLabel(pass: Pass, kind: LabelKind, start: number, end: number): void {
  const { text } = pass;
  switch (kind) {
    case 'given-name':
    case 'given-name-word':
      onGivenName(pass, start, kind === 'given-name' ? 1 : 2);
      return;
    case 'title':
      onTitle(pass, start, end);
      return;
    case 'greeting':
      onGreeting(pass, start, end);
      return;
    case 'closing':
      pass.add(signedAt(text, end) ?? signedInLine(text, end));
      return;
    case 'person-name':
      pass.add(namedAt(text, end) ?? statedSmall(text, end));
      return;
    case 'name':
      onPlainName(pass, end);
      return;
    case 'called':
      onIntroduction(pass, start, end);
      return;
    case 'at':
      pass.add(spelledEmailAt(text, start, end));
      return;
    case 'dealt-with':
      pass.add(dealtWithAt(text, start, end));
      return;
    case 'is-of':
      pass.add(dealtWithBefore(text, start));
      return;
    case 'street':
      pass.add(streetAt(text, start, end));
      return;
    case 'street-first':
      pass.add(streetFirstAt(text, start, end));
      return;
    case 'box':
      pass.add(boxAt(text, start, end));
      return;
    case 'number':
      onNumber(pass, start, end);
      return;
    default:
      onTypeLabel(pass, kind, start, end);
  }
}

/** "My number is": a phone's, unless a label stands right before it, as in "my passport number is". */
function onNumber(pass: Pass, start: number, end: number): void {
  if (start - pass.labelEnd > 3 || pass.labelKind === undefined || pass.labelKind === 'CALL')
    pass.label('PHONE', end);
}

/** Labels of types: remembered, and looked behind for a value that was told before its label. */
function onTypeLabel(pass: Pass, kind: LabelKind, start: number, end: number): void {
  const { text } = pass;
  if (kind === 'ADDRESS' || kind === 'sent-to') {
    if (hasDigitAfter(text, end)) pass.add(labelledAddressAt(text, end, kind === 'sent-to'));
    return;
  }
  // An identity card is no payment card.
  if (kind === 'CREDIT_CARD' && start - pass.labelEnd <= 2 && pass.labelKind === 'NATIONAL_ID') return;
  pass.label(kind, end);
  if (kind === 'PASSPORT' || kind === 'DRIVER_LICENSE' || kind === 'NATIONAL_ID')
    pass.add(statedBefore(text, start, kind));
  else if (kind === 'DATE_OF_BIRTH') pass.add(birthDateBefore(text, start));
}

/** Characters and public figures have titles too: a family name behind one counts in a text about a person. */
function onTitle(pass: Pass, start: number, end: number): void {
  const name = titledAt(pass.text, start, end);
  if (!name) return;
  pass.nameEnd = name.end;
  const isFull = pass.text.slice(name.start, name.end).includes(' ');
  if (isPrivate(pass.text, { start, end: name.end }) || (isFull && isCivil(pass.text, start, end)))
    pass.add(name);
  else if (isCivil(pass.text, start, end) || isSpokenOf(pass.text, name))
    pass.add({ ...name, reason: SPOKEN_OF });
  else pass.weak.push(name);
}

function onGivenName(pass: Pass, start: number, wordsMin: number): void {
  const first = pass.text.charCodeAt(start);
  if (start < pass.nameEnd || first > 0x5a || !isMixedCase(pass.text, start)) return;
  const name = givenNameAt(pass.text, start, wordsMin);
  if (!name) return;
  pass.nameEnd = name.end;
  const isMet =
    isPrivate(pass.text, name) || (startsLine(pass.text, start) && isAddressed(pass.text, name.end));
  if (isMet) pass.add(name);
  else if (isSpokenOf(pass.text, name)) pass.add({ ...name, reason: SPOKEN_OF });
  else pass.weak.push(name);
}

const IS = /^['"]?(?: is|'s|:|\?) /;

function statedSmall(text: string, labelEnd: number): Candidate | undefined {
  const [gap] = IS.exec(text.slice(labelEnd, labelEnd + 6)) ?? [];
  return gap === undefined ? undefined : smallNameAt(text, labelEnd + gap.length);
}

/** In the middle of a line, as in a title, only what is known to be a given name is greeted. */
function onGreeting(pass: Pass, start: number, end: number): void {
  const name = greetedAt(pass.text, start, end);
  if (name && (startsLine(pass.text, start) || beginsWithGivenName(pass.text, name)))
    pass.add(asPerson(name, 'a name after a greeting'));
}

function signedInLine(text: string, end: number): Candidate | undefined {
  const name = signedInLineAt(text, end);
  return name && beginsWithGivenName(text, name) ? asPerson(name, 'a name under a letter') : undefined;
}

function beginsWithGivenName(
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
): boolean {
  const space = text.slice(start, end).indexOf(' ');
  return labelsAt(text, start, space < 0 ? end : start + space).includes('given-name');
}

/** `name: Jane Roe` is a person's if one of its words is a given name; else it is kept for where persons are. */
function onPlainName(pass: Pass, end: number): void {
  const name = plainlyNamedAt(pass.text, end);
  if (!name) return;
  const { words, ...candidate } = name;
  const isGiven = beginsWithGivenName(pass.text, candidate);
  if (isGiven && words > 1) pass.add(candidate);
  else if (words > 1 || isGiven) pass.weak.push(candidate);
}

/** "People call me Marit": not what one would say of a thing. */
const isCalledMe = (text: string, start: number, end: number): boolean =>
  /^me$/i.test(text.slice(start, end)) &&
  isMixedCase(text, end + 1) &&
  /\b(?:people|they|friends|everyone|everybody|all|can|just) (?:call|calls|called) $/i.test(
    text.slice(Math.max(0, start - 24), start),
  );

/** "Hello, I am": nobody goes on with what they are like. */
const HELLO =
  /(?:^|\W)(?:hello|hi|hey|hallo|good (?:morning|day|afternoon|evening))(?: there)?[,.!] I(?: |['\u2019])$/i;

function onIntroduction(pass: Pass, start: number, end: number): void {
  const isVerb = end - start <= 2;
  const isMine = /name['’]? ?$/i.test(pass.text.slice(Math.max(0, start - 6), start));
  const isSure =
    isMine ||
    !isVerb ||
    HELLO.test(pass.text.slice(Math.max(0, start - 16), start)) ||
    isCalledMe(pass.text, start, end);
  const name = calledAt(pass.text, end, isSure);
  if (!name) {
    if (isSure) pass.add(smallNameAt(pass.text, end + 1));
    return;
  }
  if (isSure) {
    pass.add(name);
    return;
  }
  // "I am Jane" and "I am Spanish" differ only in what is known of the word.
  if (beginsWithGivenName(pass.text, name)) pass.add(name);
}
