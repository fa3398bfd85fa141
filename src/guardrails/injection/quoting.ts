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

/** The signals with what is quoted in a text about attacks made light, and what a head hears in one lighter. */
export function withQuotedLight(text: string, signals: readonly Signal[]): readonly Signal[] {
  if (!signals.some((signal) => signal.rule === 'head' || isQuoted(text, signal))) return signals;
  const about = aboutAttacks(text);
  if (about < WORDS_MIN) return signals;
  return signals.map((signal) => {
    if (isQuoted(text, signal)) return { ...signal, weight: QUOTED_SHARE * signal.weight };
    return signal.rule === 'head' && about >= MANY
      ? { ...signal, weight: HEARD_SHARE * signal.weight }
      : signal;
  });
}

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

/** Whether a mark opens before it and one closes behind it, all in one line. */
function isQuoted(text: string, { start, end, source }: Signal): boolean {
  if (source) return false;
  // An apostrophe before or behind a word was read as a part of it.
  const from = text.charAt(start) === "'" ? start : start - 1;
  const to = text.charAt(end - 1) === "'" ? end - 1 : end;
  return markFrom(text, from, -1) >= 0 && markFrom(text, to, 1) >= 0;
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
