/**
 * Names of people that one has to do with: after "an appointment with", "booked under", "people call me", before ", can
 * you …". What stands there decides; a given name, or two words written as names are, decides what the name is.
 */
import type { Candidate } from '../candidate.ts';
import { CONFIDENCE } from '../overlaps.ts';
import { isGivenName } from './label-words.ts';
import { isMixedCase, isNoSurname } from './given-name.ts';
import { isNameWord, nameAt } from './person.ts';

const REASON = 'a name of somebody one has to do with';

const ENDS =
  /^(?:[,.!?;:)"\u201d]|'s\b|\s*$|\r?\n| (?:and|or|as|at|in|on|of|from|to|by|for|his|her|their|my|our|who|is|was|will|has|about|again|next|tomorrow|today|because|but|when|while|over|said|says)\b)/;

/** What follows these has a name too where it is a thing. */
const MAY_BE_THINGS = /^(?:with|under|called|says|said)$/i;

/** After a word that is followed by a person: a given name and what belongs to it, or two to four words in capitals. */
export function dealtWithAt(text: string, wordStart: number, wordEnd: number): Candidate | undefined {
  const [gap = ''] =
    /^(?:,| of| my [a-z]{3,10},?)? (?:(?:mr|mrs|ms|dr)\.? )?/i.exec(text.slice(wordEnd, wordEnd + 20)) ?? [];
  const start = wordEnd + gap.length;
  if (gap === '' || !isMixedCase(text, start)) return undefined;
  const name = nameAt(text, start);
  if (!name || name.words > 4 || !ENDS.test(text.slice(name.end, name.end + 10))) return undefined;
  const words = text.slice(start, name.end).split(' ');
  if (isNoSurname(words.at(-1) ?? '')) return undefined;
  const isNamed = isGivenName(words[0] ?? '');
  if (!isNamed && (words.length < 2 || MAY_BE_THINGS.test(text.slice(wordStart, wordEnd)))) return undefined;
  return { type: 'PERSON', start, end: name.end, score: CONFIDENCE.contextual, reason: REASON };
}

const OWNER =
  /(?:^|[^\w. ] ?|\b(?!the|an?|our|this|that|every)[a-z]+ )((?:[A-Z]'?)?[A-Z][a-z-]{1,20}(?: [A-Z]\.?)?(?: (?:[A-Z]'?)?[A-Z][a-z-]{1,20}){1,2})(?:'s(?: [a-z]{2,10})?)? $/;

/** Right before a word that says of a person where it lives, or what is its own: two or three words in capitals. */
export function dealtWithBefore(text: string, wordStart: number): Candidate | undefined {
  const from = Math.max(0, wordStart - 60);
  const found = OWNER.exec(text.slice(from, wordStart));
  const name = found?.[1];
  if (!found || name === undefined) return undefined;
  const words = name.split(' ');
  if (isNoSurname(words.at(-1) ?? '') || !words.every(isNameWord)) return undefined;
  const start = from + found.index + found[0].indexOf(name);
  return { type: 'PERSON', start, end: start + name.length, score: CONFIDENCE.heuristic, reason: REASON };
}

const ADDRESSED =
  /^, (?:can|could|would|will|may|do|did|are|have|please|what|where|when|how|thanks|thank you|i (?:need|want|have|am|would|will|can)|let (?:me|us))\b/i;

/** "Cora, can I …": who is spoken to, at the start of a line. */
export const isAddressed = (text: string, end: number): boolean =>
  text.charCodeAt(end) === 0x2c && ADDRESSED.test(text.slice(end, end + 16));

const SMALL = /^([a-z]{2,16})(?: ([a-z]{2,16}))?(?=[.,!?;\n]|$)/;

/** A name in small letters where nothing else can stand, as people write in a chat: "my name is marie lund". */
export function smallNameAt(text: string, start: number): Candidate | undefined {
  const [whole, first = ''] = SMALL.exec(text.slice(start, start + 34)) ?? [];
  if (whole === undefined || !isGivenName(first)) return undefined;
  return {
    type: 'PERSON',
    start,
    end: start + whole.length,
    score: CONFIDENCE.heuristic,
    reason: 'a name after an introduction',
  };
}
