/**
 * A name that was found once is a name wherever the request says it again: in full, or a part of it standing alone.
 * Bounded: so many names, so many places a text.
 */
import type { Candidate } from '../candidate.ts';
import { CONFIDENCE } from '../overlaps.ts';
import { isWord } from '../units.ts';
import { isNameWord } from './person.ts';

const NAMES_MAX = 64;
const PLACES_MAX = 256;

/** What to look for, given names as they were spelled: each of them, and each of their words of three letters or more. */
export function knownNames(spellings: Iterable<string>): readonly string[] {
  const names = new Set<string>();
  for (const spelling of spellings) {
    if (names.size >= NAMES_MAX) break;
    names.add(spelling);
    for (const word of spelling.split(/\s+/)) if (word.length >= 3 && isNameWord(word)) names.add(word);
  }
  return [...names].sort((a, b) => b.length - a.length);
}

/** Where the names stand as whole words; places of the text itself. */
export function namesIn(text: string, names: readonly string[]): Candidate[] {
  const found: Candidate[] = [];
  for (const name of names) {
    for (
      let at = text.indexOf(name);
      at >= 0 && found.length < PLACES_MAX;
      at = text.indexOf(name, at + name.length)
    ) {
      const end = at + name.length;
      if (isWord(text.charCodeAt(at - 1)) || isWord(text.charCodeAt(end))) continue;
      found.push({
        type: 'PERSON',
        start: at,
        end,
        score: CONFIDENCE.heuristic,
        reason: 'a name that was seen elsewhere',
      });
    }
  }
  return found;
}
