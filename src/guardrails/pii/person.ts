/**
 * Names of people by what stands before them: a title, a greeting, a label, a closing line. A given name alone proves
 * nothing: it counts where the text speaks of a person elsewhere too.
 */
import type { Candidate } from '../candidate.ts';
import { CONFIDENCE } from '../overlaps.ts';
import { isDigit, isLatinLetter, isLetter, isSpace } from '../units.ts';
import { WordSet } from '../word-set.ts';

const WORDS_MAX = 5;
const WORD_MAX = 24;

/** Between the parts of a name, in lower case. */
const PARTICLES = new Set(
  'de da do dos das del della di du la le van von vom zu zur der den ter ten al el bin ibn binti bint af av y e san'.split(
    ' ',
  ),
);
/** Words that stand where a name would, and are none. */
const NOT_NAMES = new WordSet(
  'team sir madam all everyone everybody customer customers support hiring manager world there friend friends ladies gentlemen doctor guest user users member members colleague colleagues sirs god lord valued applicant candidate recruiter committee editor editors reader readers students student parents class folks guys buddy assistant chatgpt gpt claude ai bot santa diary you mom dad mum boss sales service department hr admin administrator the this that these those a an my our your his her their its we i it he she they what when where who why how which if in on at to for from with and or but not no yes please thank thanks dear hello hi hey good herr frau herren damen mr mrs ms miss dr prof none null unknown anonymous undefined true false n na tbd name id email phone address date number first last full street city state zip country january february march april may june july august september october november december monday tuesday wednesday thursday friday saturday sunday english german french spanish italian american british chinese japanese indian google microsoft amazon apple facebook twitter linkedin github openai inc llc ltd corp gmbh company university bank street road avenue new north south east west united mister zusammen alle allerseits tous todos tutti leute kollegen interessenten is are was were be just not sorry also here now very so glad happy writing calling looking trying going interested based located born currently from working sure afraid about seeking error test example sample value string placeholder default dob ssn re fwd subject best kind regards sincerely cheers warm chat chatgtp dan dude stan wizard detective agent captain king queen your majesty xxx here said reviewer reviewers human resources recruiting marketing accounts billing payroll operator'.split(
    ' ',
  ),
);

const isUpper = (unit: number): boolean => unit >= 0x41 && unit <= 0x5a;

export interface Name {
  readonly start: number;
  readonly end: number;
  /** Words and initials that begin with a capital. */
  readonly words: number;
}

/**
 * The name that begins at `start`: words with a capital, initials, particles between them, and before them where `mayLead`; at
 * most 5 words.
 */
export function nameAt(text: string, start: number, mayLead = false): Name | undefined {
  let at = start;
  let end = start;
  let words = 0;
  let hasWord = false;
  for (let i = 0; i < WORDS_MAX + 2 && words < WORDS_MAX; i++) {
    const wordEnd = endOfWord(text, at);
    if (wordEnd === at) break;
    // Of another script: the sentence goes on.
    if (words > 0 && text.charCodeAt(at) > 0x7f !== text.charCodeAt(start) > 0x7f) break;
    const isInitial = wordEnd - at === 1 && isUpper(text.charCodeAt(at));
    if (isInitial || isName(text, at, wordEnd)) {
      words++;
      if (!isInitial) hasWord = true;
      end = isInitial && text[wordEnd] === '.' ? wordEnd + 1 : wordEnd;
    } else if ((words === 0 && !mayLead) || !PARTICLES.has(text.slice(at, wordEnd))) break;
    at = skipBlank(text, Math.max(end, wordEnd));
    if (at === Math.max(end, wordEnd)) break;
  }
  if (!hasWord) return undefined;
  return { start, end, words };
}

function skipBlank(text: string, at: number): number {
  return text.charCodeAt(at) === 0x20 ? at + 1 : at;
}

function endOfWord(text: string, at: number): number {
  let end = at;
  while (end - at <= WORD_MAX) {
    const unit = text.charCodeAt(end);
    if (isLetter(unit)) end++;
    else if ((unit === 0x27 || unit === 0x2d) && end > at && isLatinLetter(text.charCodeAt(end + 1))) {
      if (unit === 0x27 && /^'s(?![a-z])/i.test(text.slice(end, end + 3))) break;
      end++;
    } else break;
  }
  return end - at > WORD_MAX ? at : end;
}

/** A word with a capital and small letters, or in capitals alone; of scripts without case any word. */
function isName(text: string, start: number, end: number): boolean {
  const first = text.charCodeAt(start);
  if (end - start < 2) return first >= 0x3000;
  return first > 0x7f || (isUpper(first) && !NOT_NAMES.has(text, start, end));
}

/** A word with a capital that is not one of those which only stand where names stand. */
export const isNameWord = (word: string): boolean =>
  word.charCodeAt(0) < 0x80 && isName(word, 0, word.length);

export function person(name: Name | undefined, score: number, reason: string): Candidate | undefined {
  return name && { type: 'PERSON', start: name.start, end: name.end, score, reason };
}

/** After `Mr.`, `Dr `, `Frau `. */
export function titledAt(text: string, titleStart: number, titleEnd: number): Candidate | undefined {
  const isShort = titleEnd - titleStart <= 4;
  const hasDot = text[titleEnd] === '.';
  const isTitleCase = isUpper(text.charCodeAt(titleStart)) && !isUpper(text.charCodeAt(titleEnd - 1));
  if (!isTitleCase && !(isShort && hasDot)) return undefined;
  let at = titleEnd + (hasDot ? 1 : 0);
  if (text.charCodeAt(at) === 0x20) at++;
  else if (!hasDot) return undefined;
  if (
    isShort &&
    !hasDot &&
    /\d [A-Z][\w.]* $|[A-Z][a-z]+ (?:[A-Z]\w* )?$/.test(text.slice(Math.max(0, titleStart - 24), titleStart))
  )
    return undefined;
  const first = text.slice(at, endOfWord(text, at));
  if (/^(?:mr|mrs|ms|dr|prof|med|rer|nat|phil|ing)$/i.test(first)) return undefined;
  return person(nameAt(text, at), CONFIDENCE.contextual, 'a name after a title');
}

/** `Mr`, `Frau`: a title that says nothing of what somebody does. */
export const isCivil = (text: string, start: number, end: number): boolean =>
  /^(?:mrs?|ms|mx|miss|herrn?|frau|monsieur|madame|mme|mlle|senora?|sra?|srta|signora?|sig|dhr|mevr|mevrouw|heer|meneer|shri|smt|kumari|pani?)$/i.test(
    text.slice(start, end),
  );

/** After `Dear`, `Hi`; a comma, a line's end or a mark must close it, so that "Hello World program" is none. */
export function greetedAt(text: string, wordStart: number, wordEnd: number): Name | undefined {
  const gap = /^,? /.exec(text.slice(wordEnd, wordEnd + 2))?.[0].length ?? 0;
  if (gap === 0 || !(isUpper(text.charCodeAt(wordStart)) || startsLine(text, wordStart))) return undefined;
  const name = nameAt(text, wordEnd + gap);
  if (!name || name.words > 4) return undefined;
  return /^(?:[,!:;?]|\.(?:\s|$)|\s*$|\r?\n| -|\.\.)/.test(text.slice(name.end, name.end + 3))
    ? name
    : undefined;
}

/** Nothing but white space or a mark of quotation before it in its line. */
export function startsLine(text: string, at: number): boolean {
  let start = at;
  while (start > 0 && at - start < 8 && isIndent(text.charCodeAt(start - 1))) start--;
  return start === 0 || text[start - 1] === '\n';
}

/** White space within a line, `>`, a mark of quotation. */
const isIndent = (unit: number): boolean =>
  unit === 0x3e || unit === 0x22 || unit === 0x27 || (unit !== 0x0a && isSpace(unit));

export const asPerson = (name: Name, reason: string): Candidate => ({
  type: 'PERSON',
  start: name.start,
  end: name.end,
  score: CONFIDENCE.contextual,
  reason,
});

/** On the line after `Sincerely,`, `Best regards`, `Mit freundlichen Grüßen`. */
export function signedAt(text: string, wordEnd: number): Candidate | undefined {
  const gap = /^[,.!]?(?: ?-{1,2} ?|[ \t]{0,4}(?:\r?\n[ \t]{0,8}){1,3})/.exec(
    text.slice(wordEnd, wordEnd + 24),
  );
  if (!gap) return undefined;
  const name = nameAt(text, wordEnd + gap[0].length);
  if (
    !name ||
    name.words > 4 ||
    !/^(?:[ \t]*$|[ \t]*\r?\n|,|\.| \(|[ \t]*\|)/.test(text.slice(name.end, name.end + 4))
  )
    return undefined;
  return person(name, CONFIDENCE.contextual, 'a name under a letter');
}

const SIGNED_IN_LINE = /^, (?=[A-Z])/;

/** "Best, Jane Roe Product Manager": a letter whose lines were joined; two words, of which the first is a given name. */
export function signedInLineAt(text: string, wordEnd: number): Name | undefined {
  if (!SIGNED_IN_LINE.test(text.slice(wordEnd, wordEnd + 3))) return undefined;
  const name = nameAt(text, wordEnd + 2);
  if (!name || name.words < 2) return undefined;
  const [first = '', second = ''] = text.slice(name.start, name.end).split(' ');
  return { ...name, words: 2, end: name.start + first.length + 1 + second.length };
}

const FIELD_GAP =
  /^(?:["']|\*\*|<\/(?:b|td|th|strong|dt|label|span)>|\])?(?: ?\([a-z ]{1,16}\))?[ \t]{0,4}(?:[:=|>]|=>|:=|,(?=")|\?|\(["']|\.{3,12}|\s{0,8}<(?:td|dd|span)[^<>]{0,40}>)(?:\*\*|<\/(?:b|strong)>)?[ \t]{0,12}(?:\r?\n {0,4})?["'[]{0,2}/i;
const STATED_GAP =
  /^s?[ ,]{1,2}(?:is|es|ist|est|e|on|era|was|are|jest|er|ar) ["'*]{0,2}(?:(?:mr|mrs|ms|dr)\.? )?/i;

/** After a label that is only a person's: `first_name: …`, "my name is …". */
export function namedAt(text: string, labelEnd: number): Candidate | undefined {
  const after = text.slice(labelEnd, labelEnd + 40);
  const gap = FIELD_GAP.exec(after) ?? STATED_GAP.exec(after);
  const start = labelEnd + (gap?.[0].length ?? 1);
  if (!gap && text[labelEnd] !== ' ') return undefined;
  return person(nameAt(text, start, true), CONFIDENCE.contextual, 'a name beside a label');
}

/** After `name:`, which things have too: two to four words, one of which may be seen to be a given name. */
export function plainlyNamedAt(
  text: string,
  labelEnd: number,
): (Candidate & { readonly words: number }) | undefined {
  const after = text.slice(labelEnd, labelEnd + 40);
  const gap = FIELD_GAP.exec(after) ?? STATED_GAP.exec(after);
  if (!gap) return undefined;
  const name = nameAt(text, labelEnd + gap[0].length);
  if (!name || isDigit(text.charCodeAt(name.end)) || /[_(/.-]/.test(text[name.end] ?? '')) return undefined;
  return { ...name, type: 'PERSON', score: CONFIDENCE.contextual, reason: 'a name beside a label' };
}

/** After "me llamo", "ich heiße", "this is", "I'm": the name must end where a name can end. */
export function calledAt(text: string, wordEnd: number, isSure: boolean): Candidate | undefined {
  if (text.charCodeAt(wordEnd) !== 0x20) return undefined;
  const name = nameAt(text, wordEnd + 1);
  if (
    !name ||
    (!isSure &&
      !/^(?:[,.!?;]|\s*$|\r?\n| (?:and|from|calling|speaking|here|with|again|at|of)\b)/.test(
        text.slice(name.end, name.end + 10),
      ))
  )
    return undefined;
  return person(name, isSure ? CONFIDENCE.contextual : CONFIDENCE.heuristic, 'a name after an introduction');
}

const BEFORE_EMAIL =
  /(?<=(?:^|[^\w@.])([A-Z][a-z'-]{1,20}(?: [A-Z]\.)?(?: [A-Z][A-Za-z'-]{1,20}){1,2})["']? ?(?:at |[(<|,:] ?))/y;

/** Whether `at `, or `(`, `<`, `|`, `,`, `:` with or without a space, stands before an address. */
function isJoint(text: string, start: number): boolean {
  const isApart = text.charCodeAt(start - 1) === 0x20;
  const last = text.charCodeAt(isApart ? start - 2 : start - 1);
  const isMark = last === 0x28 || last === 0x3c || last === 0x7c || last === 0x2c || last === 0x3a;
  return isMark || (isApart && last === 0x74);
}

/** Two or three words with capitals right before an e-mail address: `Jane Roe <`, "Jane Roe at ". */
export function namedBefore(text: string, emailStart: number): Candidate | undefined {
  if (!isJoint(text, emailStart)) return undefined;
  BEFORE_EMAIL.lastIndex = emailStart;
  const name = BEFORE_EMAIL.exec(text)?.[1];
  if (name === undefined || name.split(' ').some((word) => NOT_NAMES.has(word, 0, word.length)))
    return undefined;
  const start = text.lastIndexOf(name, emailStart);
  return person({ start, end: start + name.length, words: 2 }, CONFIDENCE.heuristic, 'a name beside a label');
}
