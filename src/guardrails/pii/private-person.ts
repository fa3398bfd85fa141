/**
 * Whose name it is: somebody one knows, or somebody of a story or of history. What stands beside a name tells the first;
 * a text that gives the model a part to play tells the second, where names count only beside other personal data.
 */
import type { Candidate } from '../candidate.ts';
import { OWN_BIRTHDAY } from './birth-date.ts';
import { isKnownToAll, isStage, speaksOfFame } from './known-people.ts';

const KIN =
  '(?:friend|wife|husband|son|daughter|brother|sister|mother|father|mom|mum|dad|boss|manager|supervisor|colleague|co-?worker|partner|client|patient|customer|neighbou?r|roommate|doctor|cousin|uncle|aunt|fiancee?|boyfriend|girlfriend|child|kid|teacher|lawyer|landlord|assistant|nephew|niece|account|name|nurse|dentist|therapist|secretary|tenant|employee|accountant|agent)';
const PRIVATE_BEFORE = new RegExp(
  `(?<=\\b(?:(?:my|our) (?:[a-z]{2,12} )?${KIN}(?:'s)?(?: name)?(?: is)?,?|patient|client|customer|employee|tenant|beneficiary|applicant|candidate|attn:?|c/o|on behalf of|in the name of|under the name|account of|account for|contact|email|e-mail|invite|remind|(?:meeting|appointment|call|lunch|interview|chat|session) with|(?:appointment|reservation|booking|table|ticket|prescription|invoice|package|parcel|message|cheque|check) for|follow up with|spoke (?:with|to)|speak (?:with|to)|talk(?:ed)? to|met with|reach out to|(?:signed|submitted|prepared|reported|reviewed|approved|sent|requested|assigned|written) by|(?:call|calls|called|named) me|(?:maiden|middle|last|first|full) name (?:is|was)|belongs to|owned by|issued to|registered to|addressed to|assigned to|forwarded to|sent to|want to add|please add|dear|hello|hi|hey|geehrter?|liebe[rs]?|estimad[oa]|cher|chere|car[oa]|cc:|bcc:|from:|to:|by:|user:|sincerely,?|regards,?|cheers,|thanks,|yours,|love,|it to|(?:it|it's|its|reserved|booked|filed|listed) under|this is|i am|i'm|name is) )`,
  'iy',
);
const PRIVATE_AFTER =
  /(?:'s (?:account|address|phone|number|email|e-mail|mail|card|credit card|ssn|birthday|passport|daughter|son|wife|husband|appointment|date|dob|license|office|desk|contract|salary|prescription|calendar|records?)|,? (?:aged? \d|born (?:on|in)|lives (?:at|in|on)|resides|can be reached|has an account|as (?:a )?(?:beneficiary|guardian)|is (?:a )?\d+[- ]year[- ](?!s)|\(?d\.?o\.?b)|, \d\d,| (?:will (?:be (?:talking|joining|attending|speaking|out|away|on leave)|call you|contact you|join us)|works (?:at|for) [A-Z]|is on leave|is out of office|called (?:about|to say|yesterday|today)))/iy;

/** Words that PRIVATE_BEFORE can end with, marks and all: asked first, as the pattern is long. */
const LAST_WORDS = new Set(
  `${KIN.slice(3, -1)}|patient|attn|attn:|c/o|of|in|name|under|for|contact|email|e-mail|invite|remind|with|to|by|me|is|was|add|beneficiary|applicant|candidate|dear|hello|hi|hey|geehrter|geehrte|liebe|lieber|liebes|estimado|estimada|cher|chere|caro|cara|cc:|bcc:|from:|to:|by:|user:|sincerely|sincerely,|regards|regards,|cheers,|thanks,|yours,|love,|am|i'm`
    .replaceAll('co-?worker', 'co-worker|coworker')
    .replaceAll('neighbou?r', 'neighbour|neighbor')
    .replaceAll('fiancee?', 'fiance|fiancee')
    .split('|'),
);

function mayEndPrivately(text: string, start: number): boolean {
  if (text.charCodeAt(start - 1) !== 0x20) return false;
  const before = text.slice(Math.max(0, start - 18), start - 1);
  const word = before.slice(Math.max(before.lastIndexOf(' '), before.lastIndexOf('\n')) + 1).toLowerCase();
  return LAST_WORDS.has(word) || LAST_WORDS.has(word.replace(/^[^a-z]+|(?:'s)?[,:]?$/g, ''));
}

function isAfterPrivate(text: string, start: number): boolean {
  PRIVATE_BEFORE.lastIndex = start;
  return mayEndPrivately(text, start) && PRIVATE_BEFORE.test(text);
}

function isBeforePrivate(text: string, end: number): boolean {
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
  /(?<=(?:\b(?:tenant|witness|student|spokes(?:man|woman|person)|plaintiff|defendant|account holder|parole officer|case manager|teacher|colleague|landlord|borrower|consultant|analyst|guardian|guest|passenger|caller|executor|trustee|remind|notify|welcome|e-?mail|draft (?:an? )?(?:letter|e-?mail|note|message|memo) to|write (?:an? )?(?:e-?mail|message|memo) to|send (?:it|this|that|them|an? [a-z]{3,12}|the [a-z]{3,12}) to|(?:balance|letter|e-?mail|message|password|profile|record|file|claim|contract|visa|flight|refund|payment|transfer) (?:for|of|to)|(?:scheduled|registered|enrolled|hired|assigned|admitted|discharged|referred) (?:for |to )?|case of|in re:?|that|whether|als Kunde|Kunde|Kundin|Patientin?|Herr|Frau|monsieur|madame|signor|signora|senor|senora|heer|mevrouw|paziente|paciente|inquilino)|\/s\/) )/iy;

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
  FULL_BEFORE.lastIndex = start;
  const isSaid = FULL_AFTER.test(text) || (text.charCodeAt(start - 1) === 0x20 && FULL_BEFORE.test(text));
  return isSaid && !isKnownToAll(name);
}

const NEXT_LINES =
  /^ ?\r?\n(?:[> \t]{0,6}[^\n]{0,40}\n){0,2}[> \t]{0,6}(?:\d{1,6}[a-z]?,? [\p{Lu}\d]|\p{Lu}[\p{L}.'-]{2,30}(?: [\p{L}.'-]{2,20}){0,2},? \d{1,4}[a-z]?(?:,| ?\r?\n|$))/u;

/** A name alone in its line, over a line that begins as an address does, one or two lines below at most. */
function isAboveAddress(text: string, start: number, end: number): boolean {
  if (text.charCodeAt(end) !== 0x0a && !/^ ?\r?\n/.test(text.slice(end, end + 3))) return false;
  return (
    /(?:^|\n)[> \t]{0,6}$/.test(text.slice(Math.max(0, start - 8), start)) &&
    NEXT_LINES.test(text.slice(end, end + 140))
  );
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
