/** Dates in the forms people and programs write them. Whose birth a date is, its label says. */
import type { Candidate } from '../candidate.ts';
import { CONFIDENCE } from '../overlaps.ts';
import { isDigit, isWord } from '../units.ts';

const MONTHS =
  'jan(?:uary|uar|vier|v|uari|eiro)?|gen(?:naio)?|ene(?:ro)?|feb(?:ruary|ruar|rero|braio|r|ruari)?|fev(?:rier|ereiro)?|mar(?:ch|zo|s|co|t)?|maerz|marz|maart|mrt|apr(?:il|ile)?|avr(?:il)?|abr(?:il)?|may|mai|mayo|maggio|maio|mei|maj|jun(?:e|i|io|ho)?|juin|giu(?:gno)?|jul(?:y|i|io|ho)?|juillet|lug(?:lio)?|aug(?:ust|ustus|usti)?|aout|ago(?:sto)?|sep(?:t|tember|tembre|tiembre)?|set(?:tembre|embro)?|oct(?:ober|obre|ubre)?|okt(?:ober)?|ott(?:obre)?|out(?:ubro)?|nov(?:ember|embre|iembre|embro)?|dec(?:ember|embre)?|dez(?:ember|embro)?|dic(?:iembre|embre)?';
const DAY = '(?:0?[1-9]|[12]\\d|3[01])';
const MONTH = '(?:0?[1-9]|1[0-2])';
const YEAR = '(?:19|20)\\d\\d';
const NUMERIC = new RegExp(
  `(?:${YEAR}([-/. ]|\\. |\\s[-/]\\s)${MONTH}\\1${DAY}(?:T[\\d:.]{5,12}Z?)?|(?:${DAY}([-/.])${MONTH}|${MONTH}([-/.])${DAY}) ?(?:\\2|\\3) ?(?:${YEAR}|\\d\\d)|${DAY} ${MONTH} ${YEAR}|${YEAR}年 ?${MONTH}月 ?${DAY}日?|${YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])|(?:0[1-9]|[12]\\d|3[01])(?:0[1-9]|1[0-2])${YEAR})(?![\\w])`,
  'y',
);
const SPELLED = new RegExp(
  `${DAY}(?:st|nd|rd|th|er|\\.|º)?(?: de| of)?[ /-](?:${MONTHS})\\.?,?(?: de| del)?[ /-](?:${YEAR}|\\d\\d)(?!\\w)`,
  'iy',
);
const MONTH_FIRST = new RegExp(
  `(?:${MONTHS})\\.?[ /-]${DAY}(?:st|nd|rd|th)?(?:,?[ -]{1,2}${YEAR}|/(?:${YEAR}|\\d\\d))(?!\\w)`,
  'iy',
);
/** `March/64`, `March 1964`: the day left out. */
const MONTH_AND_YEAR = new RegExp(
  `(?:${MONTHS})(?:/(?:${YEAR}|\\d\\d)|,? (?:de |del )?${YEAR})(?!\\w|[-/.]\\d)`,
  'iy',
);
/** Before a date that begins with its month, up to 10 letters. */
const MONTH_BEFORE = new RegExp(`(?:^|[^A-Za-z])((?:${MONTHS})\\.?[ /-])$`, 'i');

/** Why a date is one that is in nobody's biography: the name of a field stands beside it. */
export const OWN_BIRTHDAY = 'a date in a field for that of a birth';

/** The date whose first digit stands at `at`, the name of a month before it included. */
export function birthDateAt(text: string, at: number, isOwn = false): Candidate | undefined {
  const month = MONTH_BEFORE.exec(text.slice(Math.max(0, at - 12), at))?.[1];
  const start = at - (month?.length ?? 0);
  const length =
    month === undefined
      ? (match(NUMERIC, text, at) ?? match(SPELLED, text, at))
      : (match(MONTH_FIRST, text, start) ?? match(MONTH_AND_YEAR, text, start));
  if (length === undefined) return undefined;
  return {
    type: 'DATE_OF_BIRTH',
    start,
    end: start + length,
    score: CONFIDENCE.contextual,
    reason: isOwn ? OWN_BIRTHDAY : 'a date labelled as that of a birth',
  };
}

const STATED_BEFORE =
  /([\w][\w ,./-]{4,22}[\d日]) (?:is|was) (?:(?:my|his|her|their|the|our) )?(?:[a-z]{1,10} ){0,2}$/i;

/** The date that is named after it was told: "4 May 1971 is my birthday"; looks at 56 units before the label. */
export function birthDateBefore(text: string, labelStart: number): Candidate | undefined {
  const from = Math.max(0, labelStart - 56);
  const before = text.slice(from, labelStart);
  const verb = Math.max(before.lastIndexOf(' is '), before.lastIndexOf(' was '));
  if (verb < 6 || !/[\d日]/.test(before.charAt(verb - 1))) return undefined;
  const match = STATED_BEFORE.exec(before);
  if (!match?.[1]) return undefined;
  const end = from + match.index + match[1].length;
  for (let at = from + match.index; at < end; at++) {
    if (!isDigit(text.charCodeAt(at)) || isWord(text.charCodeAt(at - 1))) continue;
    const date = birthDateAt(text, at);
    if (date) return date.end === end ? date : undefined;
  }
  return undefined;
}

function match(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length;
}
