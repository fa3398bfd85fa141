/**
 * Postal addresses: a number and a kind of street, in the order of English, Romance, German and Nordic languages, or
 * whatever starts with a number behind a label. What follows them in the same line (flat, town, code) belongs to them.
 */
import type { Candidate } from '../candidate.ts';
import { CONFIDENCE } from '../overlaps.ts';
import { isDigit, isLatinLetter } from '../units.ts';

const STATE =
  '(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AIT]|W[AIVY]|A[AEP]|AB|BC|MB|NB|NL|NS|NT|NU|ON|PE|QC|SK|YT|NSW|VIC|QLD|TAS|ACT)';
const DIRECTION =
  '(?:[NSEW]\\.?|[NS][EW]\\.?|[NS]\\.[EW]\\.|North|South|East|West|North[ew]est|South[ew]est|Northeast|Southeast)';
const UNIT =
  '(?:[,.]{0,2}\\s{1,3}(?:#\\s?\\w{1,5}|(?:Apt|Apartment|Suite|Ste|Unit|Floor|Fl|Room|Rm|Bldg|Building|Flat|Lot|Box|Dept|P\\.?O\\.? Box)\\.?\\s?#?\\s?[\\w-]{1,6}|\\d{1,2}(?:st|nd|rd|th) (?:Floor|Fl)))';
const WORD = "(?:(?:St|Ft|Mt)\\.|[A-Z][\\w'-]{1,20})";
const CITY = `${WORD}(?:(?: (?:de|do|da|dos|del|di))? ${WORD}){0,3}`;
const CODE =
  '(?:\\d{5}(?:-\\d{4})?|[A-Z]\\d[A-Z] ?\\d[A-Z]\\d|[A-Z]{1,2}\\d[A-Z\\d]? ?\\d[A-Z]{2}|\\d\\d-\\d{3}|\\d{3} \\d\\d|\\d{6}|\\d{4}(?: ?[A-Z]{2}(?= [A-Z]))?)';
/** What may follow a street in an address. */
const REST = new RegExp(
  `(?:\\.?,? ${DIRECTION}(?![\\w]))?(?:${UNIT}){0,2}(?:(?:[,.]{0,2}[ \\n]{1,3}(?:${CITY}))?[,.]{0,2}[ \\n]{1,3}(?:${STATE}|${CITY})\\.?,?[ \\n]{1,3}${CODE}(?!\\w)|[,.]{0,2}[ \\n]{1,3}(?:${CODE})(?!\\w)(?: ${CITY})?|[,.]{0,2}[ \\n]{1,2}${CITY},? ${STATE}(?!\\w)|, ${CITY}(?:, ${CITY}){0,2})?`,
  'y',
);
const REST_LOWER = new RegExp(
  `(?:(?:[,.]{0,2} [a-z.#]{1,14}| \\d{1,5}){0,5} (?:${STATE})\\.?,? \\d{5}(?:-\\d{4})?(?!\\w))`,
  'iy',
);
const BEFORE_STREET = new RegExp(
  `^\\d{1,6}(?:-\\d{1,6})?(?:[A-Z]| ?1/2)?,? (?:${DIRECTION} )?(?:(?:[A-Z][\\w.'-]{0,20}|\\d{1,4}(?:st|nd|rd|th)|of|the|de|la|del) ){1,5}$`,
);
const BEFORE_LOWER = /^\d{1,6} (?:[nsew]\.? )?(?:[a-z][a-z.'-]{0,20} |\d{1,4}(?:st|nd|rd|th) ){1,4}$/;

/** Where the number of the house may stand that the name of a street follows: at most 7 words and 72 units back. */
function houseNumberBefore(text: string, from: number): number | undefined {
  let words = 0;
  for (let at = from - 1; at >= 0 && from - at <= 72; at--) {
    const unit = text.charCodeAt(at);
    if (unit === 0x20 && ++words > 7) return undefined;
    if (unit === 0x0a || unit === 0x21 || unit === 0x3f || unit === 0x3a) return undefined;
    if (
      !isDigit(unit) ||
      isDigit(text.charCodeAt(at - 1)) ||
      /\d{1,4}(?:st|nd|rd|th)\b/y.test(text.slice(at, at + 8))
    )
      continue;
    const isRange = text[at - 1] === '-' && isDigit(text.charCodeAt(at - 2));
    if (!isRange) return /[\w.$€£#/-]/.test(text[at - 1] ?? '') ? undefined : at;
  }
  return undefined;
}

function address(text: string, start: number, streetEnd: number, score: number): Candidate {
  REST.lastIndex = streetEnd;
  const end = streetEnd + (REST.exec(text)?.[0].length ?? 0);
  return { type: 'ADDRESS', start, end: trimEnd(text, start, end), score, reason: 'a postal address' };
}

function trimEnd(text: string, start: number, to: number): number {
  let end = to;
  while (end > start && /[\s,.;:]/.test(text[end - 1] ?? '')) end--;
  return end;
}

/** `12 Main Street …`: the kind of street stands at `start` to `end`, its number at most 72 units before. */
export function streetAt(text: string, start: number, end: number): Candidate | undefined {
  if (text.charCodeAt(start - 1) !== 0x20) return undefined;
  const from = houseNumberBefore(text, start);
  if (from === undefined) return undefined;
  const before = text.slice(from, start);
  if (text.charCodeAt(start) < 0x61 && BEFORE_STREET.test(before)) {
    if (
      /^\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December) $/i.test(
        before,
      )
    )
      return undefined;
    const found = address(text, from, end, CONFIDENCE.contextual);
    // `2007 Orange Park` may be a year, `1200 Elm Street, Reno` is none.
    const isVague = /^(?:19|20)\d\d,? /.test(before);
    return isVague && found.end <= end + 1 ? undefined : found;
  }
  if (!BEFORE_LOWER.test(before)) return undefined;
  REST_LOWER.lastIndex = text[end] === '.' ? end + 1 : end;
  const rest = REST_LOWER.exec(text)?.[0];
  if (rest === undefined) return undefined;
  return {
    type: 'ADDRESS',
    start: from,
    end: REST_LOWER.lastIndex || end + rest.length,
    score: CONFIDENCE.contextual,
    reason: 'a postal address',
  };
}

const STREET_NAME =
  /^\.? (?:(?:de|du|des|de la|la|le|del|della|dei|da|do|dos|das|di|y|e|San|St\.) ?|l'|d')*[A-Z][\w.'-]{1,20}(?:,? (?:(?:de|du|des|la|le|del|della|da|do|dos|di|y|e) )*[A-Z][\w.'-]{1,20}){0,4}/;
const NUMBER_AFTER =
  /^,? (?:n[°ºo.]{0,2} ?|nr\.? ?|#)?\d{1,5}(?:[A-Za-z]|\/\d+|-\d+)?(?!\w|[.,]\d)|^,? s\/n/i;
const NUMBER_BEFORE = /(?:^|[^\w.$€£#/-])(\d{1,5}(?: ?(?:bis|ter|[A-Z]))?,? )$/;

/** `12 rue de la Paix`, `Via Roma 12`, `Calle Mayor, 3`: the kind of street comes first. */
export function streetFirstAt(text: string, start: number, end: number): Candidate | undefined {
  const name = STREET_NAME.exec(text.slice(end, end + 90))?.[0];
  const before = NUMBER_BEFORE.exec(text.slice(Math.max(0, start - 12), start))?.[1];
  if (name === undefined) {
    const isBox = /^post(?:fach)$/i.test(text.slice(start, end));
    const box = isBox ? /^ \d{1,6}/.exec(text.slice(end, end + 8))?.[0] : undefined;
    return box === undefined ? undefined : address(text, start, end + box.length, CONFIDENCE.contextual);
  }
  const nameEnd = end + name.length;
  const after = before === undefined ? NUMBER_AFTER.exec(text.slice(nameEnd, nameEnd + 14))?.[0] : undefined;
  if (before === undefined && after === undefined) return undefined;
  return address(text, start - (before?.length ?? 0), nameEnd + (after?.length ?? 0), CONFIDENCE.contextual);
}

/** `P.O. Box 12`, `PSC 12, Box 34`. */
export function boxAt(text: string, start: number, end: number): Candidate | undefined {
  const lead = /(?:p\.? ?o\.?|post office|unit \d{1,5}|psc \d{1,5},?) ?$/i.exec(
    text.slice(Math.max(0, start - 16), start),
  );
  const number = /^ ?#? ?\d{1,6}/.exec(text.slice(end, end + 9));
  if (!lead || !number) return undefined;
  return address(text, start - lead[0].length, end + number[0].length, CONFIDENCE.contextual);
}

const SUFFIXED =
  /(?:^|[^\w.-])((?:[A-Z][\w'-]{1,20}[ -]){0,2}(?:[A-Z][\w-]{0,24}|[A-Z][\w-]{1,24} )(?:[Ss]tr(?:asse)?\.?|[Ww]eg|[Pp]latz|[Aa]llee|[Gg]asse|[Dd]amm|[Uu]fer|steig|chaussee|markt|stieg|straat|laan|plein|gracht|kade|singel|dreef|dijk|plantsoen|gatan|[Gg]ata|vagen|[Vv]ag|vej|gade|veien|vegen|gaten|katu|kuja|polku|utca|stigen|braut|gotu|straede|parken|bakken|toften) ?)$/;

/** `Hauptstraße 12, 10115 Berlin`: the number's group at `start` to `end`, the street before it. */
export function suffixedStreetAt(text: string, start: number, end: number): Candidate | undefined {
  if (end - start > 4 || text.charCodeAt(start - 1) !== 0x20) return undefined;
  const last = text.charCodeAt(start - 2);
  if (!(isLatinLetter(last) || last === 0x2e) || isYear(text, start, end)) return undefined;
  if (!SUFFIX_ENDS.has(text.slice(start - 4, start - 1).toLowerCase())) return undefined;
  const street = SUFFIXED.exec(text.slice(Math.max(0, start - 56), start))?.[1];
  if (street === undefined) return undefined;
  const letter = /^[a-hA-H](?!\w)| ?[a-h](?=,|$|\n)|[-/]\d{1,3}(?!\d)/.exec(text.slice(end, end + 4));
  const to = letter?.index === 0 ? end + letter[0].length : end;
  return address(text, start - street.length, to, CONFIDENCE.contextual);
}
/** 1900 to 2099. */
function isYear(text: string, start: number, end: number): boolean {
  return end - start === 4 && /^(?:19|20)/.test(text.slice(start, start + 2));
}
/** How such names end, by their last three letters: cheap, before the pattern is tried. */
const SUFFIX_ENDS = new Set(
  'sse tr. str oen vag weg atz lee amm fer eig see rkt ieg aat aan ein cht ade gel eef ijk tan ata gen vej ien atu uja lku cia tca aut otu ede ken ten gade'.split(
    ' ',
  ),
);

const ZIP = new RegExp(`(?:^|[^\\w])(${WORD}(?: ${WORD}){0,2},? ${STATE}\\.?,? )$`);

/** `Springfield, IL 62704`: five digits at `start` behind a town and its state. */
export function townAt(text: string, start: number, end: number): Candidate | undefined {
  if (end - start !== 5 || text.charCodeAt(start - 1) !== 0x20) return undefined;
  const before = text.charCodeAt(start - 2);
  const isState = (before >= 0x41 && before <= 0x5a) || before === 0x2c || before === 0x2e;
  if (!isState) return undefined;
  const town = ZIP.exec(text.slice(Math.max(0, start - 64), start))?.[1];
  if (town === undefined) return undefined;
  const plus = /^-\d{4}(?!\d)/.exec(text.slice(end, end + 6))?.[0].length ?? 0;
  return {
    type: 'ADDRESS',
    start: start - town.length,
    end: end + plus,
    score: CONFIDENCE.heuristic,
    reason: 'a town with its postal code',
  };
}

const FREE_LOWER =
  /^\d{1,6} (?:[a-z0-9.'-]{1,20},? ){1,5}(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|blvd|boulevard|court|ct|place|pl|pkwy|parkway|hwy|highway|way|circle|cir|terrace|ter|trail|loop|square|plaza)\b\.?(?:,? (?:(?:apt|suite|ste|unit|floor|bldg|rm|room|#)\.? ?#? ?\w{1,6}))?/i;
const LABEL_GAP =
  /^(?:s)?(?:["']|\*\*)?(?:[ _-]?(?:line|street|1|2|one|two)){0,2}["']?(?: ?(?:is|es|ist|est|e|are|now|at|in|on|to|en|a|auf|von|under|:|=|=>|of [A-Z][\w' ]{1,30} is))*[ \t]{0,4}[:=]?[ \t]{0,12}(?:\*\*)?["'(]?(?:\r?\n[ \t]{0,8}){0,2}/;
const FREE =
  /^(?:\d{1,6}[A-Za-z]?(?:[-/]\d{1,6})?,? (?:[A-Z0-9#][\w.'#/-]{0,22}|of|de|la|du|the|del|da|st|nd)(?:,? (?:[A-Z0-9#][\w.'#/-]{0,22}|of|de|la|du|del|da|rd|st|nd|th|ave|apt|blvd|dr|ln|street|road|avenue|lane|drive|suite|unit|floor)){1,11}|[A-Z][\w.'-]{1,24}(?: [A-Za-z][\w.'-]{0,24}){0,4},? \d{1,5}[A-Za-z]?(?:,? [A-Z0-9][\w.'-]{0,24}){0,8})/;

/**
 * After `address:`, "lives at": what begins or ends with a number and reads like a street; JSON strings
 * whole. Behind a verb, what begins with one.
 */
export function labelledAddressAt(text: string, labelEnd: number, isVerb: boolean): Candidate | undefined {
  const gap = LABEL_GAP.exec(text.slice(labelEnd, labelEnd + 64));
  if (!gap || gap[0].length === 0) return undefined;
  const start = labelEnd + gap[0].length;
  const isQuoted = /["']$/.test(gap[0]);
  const raw = text.slice(start, start + 160);
  if (isQuoted) {
    const close = raw.search(/["'\n]/);
    const value = close < 0 ? raw : raw.slice(0, close);
    if (
      !/\d/.test(value) ||
      !/[A-Za-z]{2}[\w.]* ?.* |\b[A-Za-z]{3,}/.test(value) ||
      /[@{}<>=\\]|:\/\/|0x|^\d+(?:\.\d+){3}|:\d/.test(value) ||
      value.length < 6 ||
      !value.includes(' ')
    )
      return undefined;
    return {
      type: 'ADDRESS',
      start,
      end: start + value.length,
      score: CONFIDENCE.contextual,
      reason: 'a labelled address',
    };
  }
  const lower = FREE_LOWER.exec(raw)?.[0];
  if (lower !== undefined) {
    REST_LOWER.lastIndex = start + lower.length;
    const rest = REST_LOWER.exec(text)?.[0].length ?? 0;
    if (rest > 0 || /[a-z]/.test(lower.charAt(lower.search(/[A-Za-z]/))))
      return {
        ...address(text, start, start + lower.length + rest, CONFIDENCE.contextual),
        reason: 'a labelled address',
      };
  }
  const free = FREE.exec(raw)?.[0];
  if (free === undefined || free.length < 8) return undefined;
  if (!isDigit(text.charCodeAt(start)) && (isVerb || /(?:19|20)\d\d/.test(free))) return undefined;
  const end = trimEnd(text, start, start + free.length);
  const whole = address(text, start, end, CONFIDENCE.contextual);
  return { ...whole, reason: 'a labelled address' };
}

/** Whether any digit stands in the 40 units after a label: cheap, before any pattern is tried. */
export function hasDigitAfter(text: string, from: number): boolean {
  for (let i = from; i < from + 48; i++) if (isDigit(text.charCodeAt(i))) return true;
  return false;
}
