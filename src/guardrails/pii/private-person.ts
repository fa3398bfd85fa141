/**
 * Whose name it is: somebody one knows, or somebody of a story or of history. What stands beside a name tells the first;
 * a text that gives the model a part to play tells the second, where names count only beside other personal data.
 */
import type { Candidate } from '../candidate.ts';
import { OWN_BIRTHDAY } from './birth-date.ts';
import { isKnownToAll, isStage, speaksOfFame } from './known-people.ts';
import { isLatinLetter } from '../units.ts';
import { WordSet } from '../word-set.ts';

/** What may stand right before a name: the words that it ends with, and all of it, a space behind it. */
type Ending = readonly [last: string, phrase: string];

const KIN =
  'friend|wife|husband|son|daughter|brother|sister|mother|father|mom|mum|dad|boss|manager|supervisor|colleague|co-?worker|partner|client|patient|customer|neighbou?r|roommate|doctor|cousin|uncle|aunt|fiancee?|boyfriend|girlfriend|child|kid|teacher|lawyer|landlord|assistant|nephew|niece|account|name|nurse|dentist|therapist|secretary|tenant|employee|accountant|agent';
const KIN_WORDS = KIN.replace('co-?worker', 'coworker|worker')
  .replace('neighbou?r', 'neighbour|neighbor')
  .replace('fiancee?', 'fiance|fiancee');
const ENDINGS: readonly Ending[] = [
  [`${KIN_WORDS}|name|is`, `(?:my|our) (?:[a-z]{2,12} )?(?:${KIN})(?:'s)?(?: name)?(?: is)?,?`],
  ['patient|client|customer|employee|tenant', 'patient|client|customer|employee|tenant'],
  ['beneficiary|applicant|candidate', 'beneficiary|applicant|candidate'],
  ['attn|attn:', 'attn:?'],
  ['o', 'c/o'],
  ['of', 'on behalf of|in the name of|account of'],
  ['name', 'under the name'],
  ['contact|email|mail|invite|remind', 'contact|email|e-mail|invite|remind'],
  ['with', '(?:meeting|appointment|call|lunch|interview|chat|session|follow up|spoke|speak|met) with'],
  [
    'for',
    '(?:account|appointment|reservation|booking|table|ticket|prescription|invoice|package|parcel|message|cheque|check) for',
  ],
  [
    'to',
    '(?:spoke|speak|talk|talked|reach out|belongs|issued|registered|addressed|assigned|forwarded|sent|it) to',
  ],
  ['by', '(?:signed|submitted|prepared|reported|reviewed|approved|sent|requested|assigned|written|owned) by'],
  ['me', '(?:call|calls|called|named) me'],
  ['is', '(?:name|this) is'],
  ['was', '(?:maiden|middle|last|first|full) name was'],
  ['add', '(?:want to|please) add'],
  ['dear|hello|hi|hey|geehrter|geehrte', 'dear|hello|hi|hey|geehrter?'],
  ['liebe|lieber|liebes|estimado|estimada', 'liebe[rs]?|estimad[oa]'],
  ['cher|chere|caro|cara', 'cher|chere|car[oa]'],
  ['cc:|bcc:|from:|to:|by:|user:', 'cc:|bcc:|from:|to:|by:|user:'],
  ['sincerely|regards|cheers|thanks|yours|love', 'sincerely,?|regards,?|cheers,|thanks,|yours,|love,'],
  ['under', "(?:it|it's|its|reserved|booked|filed|listed) under"],
  ['am|m', "i am|i'm"],
];
const PRIVATE_AFTER =
  /(?:'s (?:account|address|phone|number|email|e-mail|mail|card|credit card|ssn|birthday|passport|daughter|son|wife|husband|appointment|date|dob|license|office|desk|contract|salary|prescription|calendar|records?)|,? (?:aged? \d|born (?:on|in)|lives (?:at|in|on)|resides|can be reached|has an account|as (?:a )?(?:beneficiary|guardian)|is (?:a )?\d+[- ]year[- ](?!s)|\(?d\.?o\.?b)|, \d\d,| (?:will (?:be (?:talking|joining|attending|speaking|out|away|on leave)|call you|contact you|join us)|works (?:at|for) [A-Z]|is on leave|is out of office|called (?:about|to say|yesterday|today)))/iy;

/** By the last letters of what may stand before a name, a `:` behind them included. */
const BY_LAST = new Map<string, RegExp[]>();
for (const [last, phrase] of ENDINGS) {
  const pattern = new RegExp(`(?<=\\b(?:${phrase}) )`, 'iy');
  for (const word of last.split('|')) BY_LAST.set(word, [...(BY_LAST.get(word) ?? []), pattern]);
}
const LAST_WORDS = new WordSet(BY_LAST.keys());

/** What is looked at of the word before a name. */
const LAST_MAX = 18;

function isAfterPrivate(text: string, start: number): boolean {
  const end = start - 1;
  if (text.charCodeAt(end) !== 0x20) return false;
  const mark = text.charCodeAt(end - 1);
  let to = mark === 0x2c ? end - 1 : end;
  if ((text.charCodeAt(to - 1) | 0x20) === 0x73 && text.charCodeAt(to - 2) === 0x27) to -= 2;
  let from = mark === 0x3a ? to - 1 : to;
  while (end - from < LAST_MAX && isLatinLetter(text.charCodeAt(from - 1))) from--;
  if (!LAST_WORDS.has(text, from, to)) return false;
  const patterns = BY_LAST.get(text.slice(from, to).toLowerCase()) ?? [];
  return patterns.some((pattern) => isBehind(pattern, text, start)) && standsAlone(text, from, end);
}

function isBehind(pattern: RegExp, text: string, start: number): boolean {
  pattern.lastIndex = start;
  return pattern.test(text);
}

/** Whether no other letters belong to the word that begins at `from`: `x.customer` is a name in code. */
function standsAlone(text: string, from: number, end: number): boolean {
  let at = from;
  while (at > 0 && end - at < LAST_MAX - 1 && !isGap(text.charCodeAt(at - 1))) at--;
  return at === from || /^[^a-z]*(?:c\/|e-|co-|i')?$/i.test(text.slice(at, from));
}
const isGap = (unit: number): boolean => unit === 0x20 || unit === 0x0a;

function isBeforePrivate(text: string, end: number): boolean {
  if (!isSign(text.charCodeAt(end))) return false;
  PRIVATE_AFTER.lastIndex = end;
  return PRIVATE_AFTER.test(text);
}

/** Whether the words beside a name speak of somebody one knows, not of somebody famous. */
export function isPrivate(
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
): boolean {
  return isAfterPrivate(text, start) || isBeforePrivate(text, end) || isAboveAddress(text, start, end);
}

/** After a given name and a surname: what is said of people one deals with, and of some who are known to all. */
const FULL_AFTER =
  /(?:,? (?:is|was|who is) (?:an? )?\d{1,3}[- ]years?[- ]|,? (?:told|asked|reported|complained|emailed|texted|phoned|testified|requested|presented (?:to|with)|presents|complains|denies|underwent|joins|submitted|signed|shouted|replied|applied|purchased|ordered|paid|explained|said|says|resides|requests|can be|has (?:requested|applied|an appointment|a history|called|been (?:registered|admitted|scheduled|diagnosed|referred|added|assigned|transferred|referring))|may be reached|is (?:from|scheduled|our|my|listed|the (?:new|contact|account|manager|applicant|patient|keynote))|was (?:admitted|seen|diagnosed|served|discharged|hired|referred|prescribed|charged|evaluated|treated))\b| ?\((?:dob|d\.o\.b|age|aged|\+?\d{2,4}[- ).]\d|[\w.+-]{2,40}@|spouse|wife|husband|son|daughter|mother|father|brother|sister|emergency|manager)|,? (?:residing|DOB|domicili|wohnhaft|geb\.|residente|con domicilio|wonende|hereinafter)|, (?:Senior|Lead|Chief|Head|Director|Manager|VP|Vice President|Product|Project|HR|Sales|Account|Assistant|Software|Data|Site|General|Managing|Marketing|Office|Loan|Branch)[A-Za-z ]{0,24}(?: at| of| for|\.|,|$)|'s (?:account|address|phone|number|email|file|record|chart|case|claim|lab|results?|team|manager|contract|salary|application|resume|policy)\b| v\.? |,? (?:MD|M\.D\.|PhD|Ph\.D\.?|RN|NP|DDS|Esq|CPA|JD|LPN|PA-C|DO)\b)/y;
/** Before such a name, enough by itself: roles of everyday life, and what one asks to be done for somebody. */
const FULL_BEFORE =
  /(?<=(?:\b(?:tenant|witness|student|spokes(?:man|woman|person)|plaintiff|defendant|account holder|parole officer|case manager|teacher|colleague|landlord|borrower|consultant|analyst|guardian|guest|passenger|caller|executor|trustee|remind|notify|welcome|e-?mail|draft (?:an? )?(?:letter|e-?mail|note|message|memo) to|write (?:an? )?(?:e-?mail|message|memo) to|send (?:it|this|that|them|an? [a-z]{3,12}|the [a-z]{3,12}) to|(?:balance|letter|e-?mail|message|password|profile|record|file|claim|contract|visa|flight|refund|payment|transfer) (?:for|of|to)|(?:scheduled|registered|enrolled|hired|assigned|admitted|discharged|referred)(?: for| to)?|case of|in re:?|that|whether|als Kunde|Kunde|Kundin|Patientin?|Herr|Frau|monsieur|madame|signor|signora|senor|senora|heer|mevrouw|paziente|paciente|inquilino)|\/s\/) )/iy;

/** The last letters of what FULL_BEFORE knows. */
const FULL_LAST = new WordSet(
  'tenant witness student spokesman spokeswoman spokesperson plaintiff defendant holder officer manager teacher colleague landlord borrower consultant analyst guardian guest passenger caller executor trustee remind notify welcome email mail to for of re that whether kunde kundin patientin patienti herr frau monsieur madame signor signora senor senora heer mevrouw paziente paciente inquilino scheduled registered enrolled hired assigned admitted discharged referred'.split(
    ' ',
  ),
);

/** FULL_BEFORE, asked only where it may end. */
function isAfterRole(text: string, start: number): boolean {
  const unit = text.charCodeAt(start - 2);
  if (text.charCodeAt(start - 1) !== 0x20) return false;
  // Behind `/s/` and two spaces.
  if (unit !== 0x2f && unit !== 0x20) {
    const end = unit === 0x3a ? start - 2 : start - 1;
    let from = end;
    while (end - from < LAST_MAX && isLatinLetter(text.charCodeAt(from - 1))) from--;
    if (!FULL_LAST.has(text, from, end)) return false;
  }
  FULL_BEFORE.lastIndex = start;
  return FULL_BEFORE.test(text);
}

/** PRIVATE_AFTER begins so, and FULL_AFTER, which may begin with a bracket as well. */
const isSign = (unit: number): boolean => unit === 0x20 || unit === 0x2c || unit === 0x27;

/** Why such a name counts; of others it says nothing. */
export const SPOKEN_OF = 'a name of somebody spoken of';

/** Whether a given name with a surname stands where people one deals with are spoken of. */
export function isSpokenOf(
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
): boolean {
  const name = text.slice(start, end);
  if (!name.includes(' ')) return false;
  FULL_AFTER.lastIndex = end;
  const unit = text.charCodeAt(end);
  const isSaid = ((isSign(unit) || unit === 0x28) && FULL_AFTER.test(text)) || isAfterRole(text, start);
  return isSaid && !isKnownToAll(name);
}

const NEXT_LINES =
  /^ ?\r?\n(?:[> \t]{0,6}[^\n]{0,40}\n){0,2}[> \t]{0,6}(?:\d{1,6}[a-z]?,? [\p{Lu}\d]|\p{Lu}[\p{L}.'-]{2,30}(?: [\p{L}.'-]{2,20}){0,2},? \d{1,4}[a-z]?(?:,| ?\r?\n|$))/u;

/** A name alone in its line, over a line that begins as an address does, one or two lines below at most. */
function isAboveAddress(text: string, start: number, end: number): boolean {
  if (!endsLine(text, end)) return false;
  return (
    /(?:^|\n)[> \t]{0,6}$/.test(text.slice(Math.max(0, start - 8), start)) &&
    NEXT_LINES.test(text.slice(end, end + 140))
  );
}

/** A line's end, a space before it or not. */
function endsLine(text: string, end: number): boolean {
  const at = text.charCodeAt(end) === 0x20 ? end + 1 : end;
  const unit = text.charCodeAt(at);
  return unit === 0x0a || (unit === 0x0d && text.charCodeAt(at + 1) === 0x0a);
}

/** What makes a text one about a person somebody knows, not about somebody known to all. */
function isEvidence({ type, reason }: Candidate): boolean {
  return (
    reason === OWN_BIRTHDAY ||
    !(isPassing(type) || reason === SPOKEN_OF || (type === 'ADDRESS' && !/labelled/.test(reason)))
  );
}

const isPassing = (type: string): boolean => type === 'IP' || type === 'URL' || type === 'DATE_OF_BIRTH';

const asSpokenOf = (name: Candidate): Candidate => ({ ...name, reason: SPOKEN_OF });

/** A message, a line or two of a letter: articles and code are longer, and speak of people that others know. */
const SHORT_MAX = 400;
const isShortProse = (text: string): boolean =>
  text.length <= SHORT_MAX &&
  !/[{}<>=|`\\]/.test(text) &&
  (!/[?;]\s*$/.test(text) || /\b(?:I|I'm|my|me|we|our|us|your?)\b/.test(text)) &&
  !speaksOfFame(text) &&
  !isStage(text);

/** Two or three words, the last one in mixed case: `Ada Moreau`, never `Travis CI`. */
const isWhole = (name: string): boolean =>
  /^[^ ]{2,}(?: [^ ]+)? (?:[A-Z]['\u2019]|[a-z]{2,3} )?[A-Z][a-z'-]{2,}$/.test(name) && !isKnownToAll(name);

const LISTED = /^(?:, |,? (?:and|&|und|et|e|y|en) )$/;
const LIST_MIN = 4;

/**
 * Given names that stand alone in a row, as those of everyday life do: "Ann, Ben, Carl and Dora". Lists of full names are of
 * books, and of people known to all.
 */
function listed(text: string, weak: readonly Candidate[]): Candidate[] {
  const isLone = ({ start, end }: Candidate): boolean => !text.slice(start, end).includes(' ');
  const lone = weak.filter(isLone);
  const found: Candidate[] = [];
  for (let from = 0, to = 1; from < lone.length; from = to, to++) {
    while (to < lone.length && LISTED.test(text.slice(lone[to - 1]?.end, lone[to]?.start).slice(0, 8))) to++;
    if (to - from >= LIST_MIN) found.push(...lone.slice(from, to).map(asSpokenOf));
  }
  return found;
}

/** Names that prove nothing alone stand where the text speaks of a person; on a stage only beside what is no name. */
export function withoutCharacters(
  text: string,
  found: readonly Candidate[],
  weak: readonly Candidate[],
): Candidate[] {
  const isCast = found.some(({ type }) => type === 'PERSON') || weak.length > 0;
  if (isCast && !found.some(isHard)) {
    if (isStage(text)) return found.filter(({ type }) => type !== 'PERSON');
    if (found.some(({ type, start, end }) => type === 'PERSON' && isKnownToAll(text.slice(start, end))))
      return found.filter(({ type }) => type !== 'PERSON');
  }
  if (weak.length === 0) return [...found];
  if (found.some(isEvidence)) return [...found, ...weak];
  const plain = isShortProse(text) ? weak.filter((name) => isWhole(text.slice(name.start, name.end))) : [];
  return [...found, ...(plain.length > 0 ? plain.map(asSpokenOf) : listed(text, weak))];
}

/** Personal data that no story tells. */
const isHard = ({ type }: Candidate): boolean => type !== 'PERSON' && type !== 'ADDRESS' && !isPassing(type);
