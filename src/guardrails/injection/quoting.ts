/**
 * Orders that a text quotes while it speaks of attacks: papers, documentation of guards, reports of scanners. What is in
 * marks of quotation there weighs little, and what the heads hear there less. Looked at only where something was found; linear.
 */
import { isWord } from '../units.ts';
import type { Signal } from './signal.ts';

/** What is left of the weight of a quoted order. */
const QUOTED_SHARE = 0.25;
/** So many different ones of these words make a text one about attacks, and one of those that mean nothing else. */
const WORDS_MIN = 2;
const SURE = /^(?:injec|jail|attac)/i;
/** From so many on it is about nothing else, and a head has to be surer there. */
const MANY = 4;
const HEARD_SHARE = 0.7;
const ABOUT =
  /\b(?:injections?|jail ?break(?:s|ing)?|guard ?rails?|adversarial|attack(?:s|er|ers)?|malicious|exploits?|vulnerab(?:le|ility|ilities)|owasp|red[ -]team(?:ing)?|detect(?:s|ed|or|ors|ion)?|scan(?:s|ned|ner|ners)?|payloads?|classifiers?|moderation|saniti[sz]ers?|threats?|security|defen[cs]es?|blocked|mitigations?|bypass(?:es)?|phishing|spoofing)\b/gi;
const UNITS_MAX = 16_384;

/** The signals with what is quoted or told in a text about attacks made light, and what a head hears in one lighter. */
export function withQuotedLight(text: string, signals: readonly Signal[]): readonly Signal[] {
  if (signals.length === 0) return signals;
  const open = signals.filter((signal) => !isTemplate(text, signal) && !isForbidden(text, signal));
  if (!open.some((signal) => signal.rule === 'head' || isReported(text, signal))) return open;
  const about = aboutAttacks(text);
  if (about < WORDS_MIN) return open;
  return open.map((signal) => {
    if (isReported(text, signal)) return { ...signal, rule: 'quoted', weight: QUOTED_SHARE * signal.weight };
    return signal.rule === 'head' && about >= MANY
      ? { ...signal, weight: HEARD_SHARE * signal.weight }
      : signal;
  });
}

const PLACEHOLDER =
  /^(?:system|user|assistant|model)?[>\]|]{0,2}\s{0,4}(?:(?:Task|Human Question|Question|Input): ?)?(?:\{\{|\{%|\$\{|\.\.\.)/;

/** A turn that holds a place for text and no text is one of a template. */
const isTemplate = (text: string, { type, source, end }: Signal): boolean =>
  type === 'role_marker' && !source && PLACEHOLDER.test(text.slice(end, end + 40));

const FORBIDDING =
  /\b(?:should|must|may|shall|can|does|do)(?: not|n't|not) (?:be )?(?:asks?|try|tries|attempt|contain|instruct|tell|request)(?:ed|ing)?(?: (?:you|it|the \w+))?(?: to)? [^.!?\n]{0,24}$/i;

/** What a text says that others must not ask. */
const isForbidden = (text: string, { source, start }: Signal): boolean =>
  !source && FORBIDDING.test(text.slice(Math.max(0, start - 48), start));

/** Quoted, or told of somebody: "it asks you to …", "phrases such as …". */
const isReported = (text: string, signal: Signal): boolean =>
  isQuoted(text, signal) ||
  (!signal.source &&
    (TOLD.test(text.slice(Math.max(0, signal.start - 64), signal.start)) ||
      NAMED.test(text.slice(signal.end, signal.end + 16))));

const NAMED = /^["')]{0,2} (?:attacks?|prompts?|jailbreaks?|techniques?|exploits?|payloads?|patterns?)\b/i;

const TOLD =
  /\b(?:(?:asks?|asking|tries|trying|attempts?|attempting|tells?|telling|instructs?|instructing|wants?|urges?|tricks?|tricking|convinces?|convincing|coaxes|coaxing)(?: (?:you|it|them|the \w+|an? \w+|models?|users?))?(?: to| into)?|for example|e\.g\.|such as|phrases? like|(?:attacks?|attempts?|prompts?|examples?|jailbreaks?|injections?|patterns?|techniques?) (?:like|of))[^.!?\n]{0,20}$/i;

/** How many words about attacks there are, by their first four letters; no more are counted than matter. */
function aboutAttacks(text: string): number {
  const stems = new Set<string>();
  let isSure = false;
  for (const [word] of text.slice(0, UNITS_MAX).matchAll(ABOUT)) {
    stems.add(word.slice(0, 4).toLowerCase());
    isSure ||= SURE.test(word);
    if (stems.size >= MANY) break;
  }
  return isSure ? Math.max(WORDS_MIN, stems.size) : stems.size;
}

const MARKS = '"`\u201c\u201d\u201e\u00ab\u00bb';
/** Units a quotation has on either side of what was found in it. */
const SIDE_MAX = 160;

/** Whether it lies in marks of quotation, all in one line; a step of it may lie before the first or behind the last. */
function isQuoted(text: string, { start, end, source }: Signal): boolean {
  if (source) return false;
  // An apostrophe before or behind a word was read as a part of it.
  const from = text.charAt(start) === "'" ? start : start - 1;
  const to = text.charAt(end - 1) === "'" ? end - 1 : end;
  const inner = innerMark(text, start, to);
  const before = markFrom(text, from, -1);
  const behind = markFrom(text, to, 1);
  return inner < 0 ? before >= 0 && behind >= 0 : before >= 0 || behind >= 0;
}

/** The first mark within it that no letter stands on both sides of; -1 where there is none. */
function innerMark(text: string, start: number, end: number): number {
  for (let at = start + 1; at < end - 1; at++) if (MARKS.includes(text.charAt(at))) return at;
  return -1;
}

/** An apostrophe is a mark where no letter stands on its outer side. */
const isOuter = (text: string, at: number, step: 1 | -1): boolean => !isWord(text.charCodeAt(at + step));

/** The nearest mark of the line on one side; -1 where there is none near. */
function markFrom(text: string, from: number, step: 1 | -1): number {
  for (let at = from, left = SIDE_MAX; at >= 0 && at < text.length && left > 0; at += step, left--) {
    const char = text.charAt(at);
    if (char === '\n') return -1;
    if (MARKS.includes(char) || (char === "'" && isOuter(text, at, step))) return at;
  }
  return -1;
}
