/** Given names that no label stands before, and what makes such a word a part of a place, a firm, a street or of code. */
import type { Candidate } from '../candidate.ts';
import { CONFIDENCE } from '../overlaps.ts';
import { isDigit, isLatinLetter, isLower, isWord } from '../units.ts';
import { WordSet } from '../word-set.ts';
import { nameAt, person } from './person.ts';

const NOT_SURNAMES = new Set(
  'Street St Road Rd Avenue Ave Lane Drive Boulevard Court Place Square Park University College School Hospital Hotel Inc Ltd LLC Corp Company Foundation Institute Museum Airport River Lake Island County City Center Centre Award Cup Bridge Church Cathedral Station Stadium Theatre Theater Bank Group Day Prize Society Band Railway Cups Associates Partners Systems Hall Library League Series Show Tower Building Flat Flats Bypass Lodge Stanley Club Rink Railroad Corporation Trail Magazine Tour Team Hockey Football Association Republican Republicans Democrat Democrats Coast Islands Party Times News Press Chronicle Insurance Holdings Logistics Industries Solutions Technologies Services Consulting Capital Ventures Motors Airlines Media Records Studio Studios Gaming Stone Beach Bay Valley Mountain Mount And Or The In On At Is Was Has Will To For From With'.split(
    ' ',
  ),
);

/** Whether a word with a capital is the last one of what is no person's name. */
export const isNoSurname = (word: string): boolean => NOT_SURNAMES.has(word);

const MAYBE_NO_SURNAME = new WordSet([...NOT_SURNAMES].map((word) => word.toLowerCase()));

/** Whether one of the words from `start` to `end`, a space between each two, is such a one. */
function holdsNoSurname(text: string, start: number, end: number): boolean {
  for (let from = start, at = start; at <= end; at++) {
    if (at < end && text.charCodeAt(at) !== 0x20) continue;
    if (MAYBE_NO_SURNAME.has(text, from, at) && isNoSurname(text.slice(from, at))) return true;
    from = at + 1;
  }
  return false;
}

/** These are asked at a place, backwards from it: a slice would be searched from each of its units. */
const PLACE_BEFORE =
  /(?<=\b(?:St|Saint|San|Santa|Los|Las|Lake|Mount|Fort|Port|Cape|University of|Hotel|Via|Rue|Calle|Rua|Vila|Avenida|Avenue|Praca|Plaza|Piazza|Viale|Corso|ul)\.? |\d[a-z]? |[\w/.@#&$-])/iy;
/** A house number behind it: a street. */
const HOUSE_AFTER = /(?: and P\.? ?O\.? Box| and [\w. ]{2,24} \d|,? \d{1,4}[a-z]?(?![\d\w./:-]| \d))/iy;

const PLACE_WORDS = new WordSet(
  'st saint san santa los las lake mount fort port cape of hotel via rue calle rua vila avenida avenue praca plaza piazza viale corso ul'.split(
    ' ',
  ),
);

/** PLACE_BEFORE, asked only where the unit before, or the word, may be of one. */
function isOfPlace(text: string, start: number): boolean {
  const before = text.charCodeAt(start - 1);
  if (before !== 0x20) return IN_PLACE[before] === 1;
  const end = text.charCodeAt(start - 2) === 0x2e ? start - 2 : start - 1;
  let from = end;
  while (end - from < PLACE_WORD_MAX && isLatinLetter(text.charCodeAt(from - 1))) from--;
  if (end - from === PLACE_WORD_MAX) return false;
  if (!PLACE_WORDS.has(text, from, end) && !isDigit(text.charCodeAt(from - 1))) return false;
  PLACE_BEFORE.lastIndex = start;
  return PLACE_BEFORE.test(text);
}
/** 1: right before a name, it makes that a part of something else. */
const IN_PLACE = new Uint8Array(0x80);
for (let unit = 0; unit < 0x80; unit++)
  IN_PLACE[unit] = /[\w/.@#&$-]/.test(String.fromCharCode(unit)) ? 1 : 0;
/** One more letter than such words have. */
const PLACE_WORD_MAX = 8;

/** `Ada(`, `Ada_`, `Ada.x`, `Ada=`. */
function isOfCode(text: string, end: number): boolean {
  const unit = text.charCodeAt(end);
  if (unit === 0x2e) return isWord(text.charCodeAt(end + 1)) && text.charCodeAt(end + 1) < 0x80;
  return unit === 0x5f || unit === 0x40 || unit === 0x28 || unit === 0x3d || isDigit(unit);
}

function isBeforeHouse(text: string, end: number): boolean {
  const unit = text.charCodeAt(end);
  if (unit !== 0x20 && unit !== 0x2c && !isDigit(unit)) return false;
  const next = text.charCodeAt(end + 1);
  if (unit === 0x20 && !isDigit(next) && (next | 0x20) !== 0x61) return false;
  HOUSE_AFTER.lastIndex = end;
  return HOUSE_AFTER.test(text);
}

/** A given name, the names after it included; nothing where it is a part of a place or of code. */
export function givenNameAt(text: string, start: number, wordsMin = 1): Candidate | undefined {
  if (isOfPlace(text, start)) return undefined;
  const name = nameAt(text, start);
  if (!name || name.words < wordsMin) return undefined;
  if (holdsNoSurname(text, start, name.end) || isOfCode(text, name.end) || isBeforeHouse(text, name.end))
    return undefined;
  return person(name, CONFIDENCE.heuristic, 'a given name in a text about a person');
}

/** Whether a letter of the name's first word is small: `JOHN` may be anything, `John` is written as names are. */
export const isMixedCase = (text: string, start: number): boolean => isLower(text.charCodeAt(start + 1));
