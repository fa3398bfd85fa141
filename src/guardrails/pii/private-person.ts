/**
 * Whose name it is: somebody one knows, or somebody of a story or of history. What stands beside a name tells the first;
 * a text that gives the model a part to play tells the second, where names count only beside other personal data.
 */
import type { Candidate } from '../candidate.ts';

const KIN =
  '(?:friend|wife|husband|son|daughter|brother|sister|mother|father|mom|mum|dad|boss|manager|supervisor|colleague|co-?worker|partner|client|patient|customer|neighbou?r|roommate|doctor|cousin|uncle|aunt|fiancee?|boyfriend|girlfriend|child|kid|teacher|lawyer|landlord|assistant|nephew|niece|account|name|nurse|dentist|therapist|secretary|tenant|employee|accountant|agent)';
const PRIVATE_BEFORE = new RegExp(
  `\\b(?:(?:my|our) (?:[a-z]{2,12} )?${KIN}(?:'s)?(?: name)?(?: is)?,?|patient|client|customer|employee|tenant|beneficiary|applicant|candidate|attn:?|c/o|on behalf of|in the name of|under the name|account of|account for|contact|email|e-mail|invite|remind|(?:meeting|appointment|call|lunch|interview|chat|session) with|(?:appointment|reservation|booking|table|ticket|prescription|invoice|package|parcel|message|cheque|check) for|follow up with|spoke (?:with|to)|speak (?:with|to)|talk(?:ed)? to|met with|reach out to|(?:signed|submitted|prepared|reported|reviewed|approved|sent|requested|assigned|written) by|(?:call|calls|called|named) me|(?:maiden|middle|last|first|full) name (?:is|was)|belongs to|owned by|issued to|registered to|addressed to|assigned to|forwarded to|sent to|want to add|please add|dear|hello|hi|hey|geehrter?|liebe[rs]?|estimad[oa]|cher|chere|car[oa]|cc:|bcc:|from:|to:|by:|user:|sincerely,?|regards,?|cheers,|thanks,|yours,|love,|it to|(?:it|it's|its|reserved|booked|filed|listed) under|this is|i am|i'm|name is) $`,
  'i',
);
const PRIVATE_AFTER =
  /^(?:'s (?:account|address|phone|number|email|e-mail|mail|card|credit card|ssn|birthday|passport|daughter|son|wife|husband|appointment|date|dob|license|office|desk|contract|salary|prescription|calendar|records?)|,? (?:aged? \d|born (?:on|in)|lives (?:at|in|on)|resides|can be reached|has an account|as (?:a )?(?:beneficiary|guardian)|is (?:a )?\d+[- ]year[- ](?!s)|\(?d\.?o\.?b)|, \d\d,| (?:will (?:be (?:talking|joining|attending|speaking|out|away|on leave)|call you|contact you|join us)|works (?:at|for) [A-Z]|is on leave|is out of office|called (?:about|to say|yesterday|today)))/i;

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

/** Whether the words beside a name speak of somebody one knows, not of somebody famous. */
export function isPrivate(
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
): boolean {
  return (
    (mayEndPrivately(text, start) && PRIVATE_BEFORE.test(text.slice(Math.max(0, start - 48), start))) ||
    PRIVATE_AFTER.test(text.slice(end, end + 32)) ||
    isAboveAddress(text, start, end)
  );
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

/** A text that gives the model a part, asks for a story, or tells one to reckon with. */
const STAGE =
  /\b(?:[Hh]ow (?:many|much|old)\b|[Yy]ou(?: are|'re| were) (?:now )?(?:an?|the|[A-Z])|(?:[Aa]ct|acting|[Ss]peak|[Aa]nswer|[Rr]espond|pretend|[Pp]ose) as|[Pp]retend (?:to be|you|that)|[Ii]magine (?:you|that|an?|being|yourself)|[Rr]ole-? ?[Pp]lay(?:ing)?|(?:[Ii]n|[Tt]ake on|[Pp]lay|[Aa]ssume) the (?:role|part|style|voice|shoes) of|play the (?:role|part)|[Cc]haracters?\b|the famous|[Ff]ictional|[Dd]etective|[Ww]izard|[Kk]ingdom|[Ss]uperhero|[Aa]s (?:an? )?[A-Z]?[a-z]+(?:'s)? [A-Z][a-z]+, )/;
const STAGE_CHARS = 800;

/** Who is known to all, by the last word of the name; beside nobody's other data a name of theirs is nobody's. */
const KNOWN_TO_ALL = new Set(
  'holmes einstein shakespeare hitler curie tesla edison mozart beethoven picasso gogh napoleon bonaparte caesar cleopatra plato socrates aristotle athena zeus gandhi mandela churchill obama trump biden putin musk zuckerberg bezos dumbledore gandalf frodo vader skywalker spock batman superman juliet romeo hamlet macbeth frankenstein dracula austen dickens hemingway tolkien rowling orwell goodall galileo copernicus columbus antoinette presley vinci michelangelo gaia sherlock lovelace turing hawking freud nietzsche marx lenin stalin machiavelli'.split(
    ' ',
  ),
);

const isKnownToAll = (name: string): boolean =>
  KNOWN_TO_ALL.has(name.slice(name.lastIndexOf(' ') + 1).toLowerCase());

/** What makes a text one about a person somebody knows, not about somebody known to all. */
function isEvidence({ type, reason }: Candidate): boolean {
  if (isPassing(type)) return false;
  return (type !== 'PERSON' && type !== 'ADDRESS') || /beside a label|greeting|letter|labelled/.test(reason);
}

const isPassing = (type: string): boolean => type === 'IP' || type === 'URL' || type === 'DATE_OF_BIRTH';

/** Names that prove nothing alone stand where the text speaks of a person; on a stage only beside what is no name. */
export function withoutCharacters(
  text: string,
  found: readonly Candidate[],
  weak: readonly Candidate[],
): Candidate[] {
  const isCast = found.some(({ type }) => type === 'PERSON') || weak.length > 0;
  if (isCast && !found.some(isHard)) {
    if (STAGE.test(text.slice(0, STAGE_CHARS))) return found.filter(({ type }) => type !== 'PERSON');
    if (found.some(({ type, start, end }) => type === 'PERSON' && isKnownToAll(text.slice(start, end))))
      return found.filter(({ type }) => type !== 'PERSON');
  }
  return weak.length > 0 && found.some(isEvidence) ? [...found, ...weak] : [...found];
}

/** Personal data that no story tells. */
const isHard = ({ type }: Candidate): boolean => type !== 'PERSON' && type !== 'ADDRESS' && !isPassing(type);
