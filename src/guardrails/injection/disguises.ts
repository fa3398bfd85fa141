/**
 * Other readings of a text whose letters were tampered with: leet, letters set apart, words run together, one word a
 * line, codings of letters. Each is tried only where its sign shows in the scan of words, so that honest text
 * costs nothing; each is linear. A reading stands for the whole text: its words have other places.
 */
import { codeUnits, textOfUnits } from '../code-units.ts';
import { isSpace } from '../units.ts';
import { CODINGS } from './codings.ts';
import { cutApart } from './run-together.ts';
import type { Signs, Words } from './words.ts';

/** A text read in another way. */
export interface Reading {
  readonly text: string;
  /** For people: `leet`, `letters set apart`… */
  readonly coding: string;
}

/** Of longer texts only so much is read so, from a bit before the first sign on; the rest is read as it is. */
const CHARS_MAX = 8192;
const BEFORE = 2048;
/** So many one-letter words in a row are a word set apart. */
const APART_MIN = 5;

/** At most one reading a disguise. */
export function readings(text: string, { signs }: Words): Reading[] {
  if (signs.codings === 0 && signs.mixed < 2 && signs.apart < APART_MIN && !signs.isRunTogether) {
    return isOneWordALine(text) ? [{ text: inOneLine(text), coding: 'one word a line' }] : [];
  }
  const part = partOf(text, signs);
  const found: Reading[] = [];
  const add = (coding: string, reading: string | undefined): void => {
    if (reading !== undefined && reading !== part) found.push({ text: reading, coding });
  };
  if (signs.mixed >= 2) add('leet', fromLeet(text.length > CHARS_MAX ? text.slice(0, CHARS_MAX) : text));
  if (signs.apart >= APART_MIN) add('letters set apart', fromApart(part));
  if (signs.isRunTogether) add('words run together', fromRunTogether(part));
  for (const [coding, { bit, decode }] of Object.entries(CODINGS)) {
    if ((signs.codings & bit) !== 0) add(coding, decode(part));
  }
  return found;
}

function partOf(text: string, { oddAt }: Signs): string {
  if (text.length <= CHARS_MAX) return text;
  const from = Math.max(0, Math.min(oddAt - BEFORE, text.length - CHARS_MAX));
  return text.slice(from, from + CHARS_MAX);
}

/** What stands in for a letter, by letter; 1 and | are i or l. */
const LEET: Readonly<Record<string, string>> = {
  '0': 'o',
  '2': 'z',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '6': 'g',
  '7': 't',
  '8': 'b',
  '9': 'g',
  '@': 'a',
  $: 's',
  '!': 'i',
  '+': 't',
  '€': 'e',
};
const MIXED = /[a-z][0-9@$!+€|]{1,2}[a-z]|(?<![a-z0-9])[0-9@$!+€|]{1,2}[a-z]{2}/gi;

/** The text with letters for what stands in for them, if at least every sixth word is spelled so. */
export function fromLeet(text: string): string | undefined {
  const mixed = text.match(MIXED)?.length ?? 0;
  if (mixed < 2 || mixed * 6 < text.split(' ').length) return undefined;
  return text.replaceAll(/[a-z0-9@$!+€|]{2,40}/gi, (word) =>
    /[a-z]/i.test(word)
      ? word.replaceAll(/[0-9@$!+€|]/g, (sign, at: number) => LEET[sign] ?? iOrL(word, at))
      : word,
  );
}

/** `ru1es` and `a1l`, but `1gnore` and `instruct1ons`. */
function iOrL(word: string, at: number): string {
  return /[aeoul03491|@€]/i.test(word[at - 1] ?? '') ? 'l' : 'i';
}

/** A sign between two letters that stands between more of them than not is taken out; gaps are left as they are. */
const BETWEEN = /(?<=[\p{L}\p{N}])([^\p{L}\p{N}\s]{1,4})(?=[\p{L}\p{N}])/gu;
const LETTER = /[\p{L}\p{N}]/gu;

/** Letters with one sign, emoji or blank between each become words; where the gaps tell no words apart, they run together. */
function fromApart(text: string): string {
  const counts = new Map<string, number>();
  for (const [sign] of text.matchAll(BETWEEN)) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  const [sign, count] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? ['', 0];
  const isSigned = 2 * count > (text.match(LETTER)?.length ?? 0);
  const joined = isSigned ? text.replaceAll(sign, '') : text.replaceAll(APART, joinedLetters);
  return cutApart(joined).whole.replaceAll(/[^\S\n]{2,}/g, ' ');
}

const APART =
  /(?<![\p{L}\p{N}])[\p{L}\p{N}](?:[^\p{L}\p{N}\s]{1,4} ?| )(?:[\p{L}\p{N}](?:[^\p{L}\p{N}\s]{1,4} ?| )){0,400}[\p{L}\p{N}](?![\p{L}\p{N}])/gu;

const joinedLetters = (row: string): string => row.replaceAll(/[^\p{L}\p{N}]/gu, '');

/** A text that is nothing but runs is read as a whole; of others only the long runs are. */
function fromRunTogether(text: string): string | undefined {
  const { whole, long, share } = cutApart(text);
  if (share > 0.5) return whole;
  return long.length > 0 ? long.join('. ') : undefined;
}

/** At least four lines, and hardly a line of two words. */
function isOneWordALine(text: string): boolean {
  const first = text.indexOf('\n');
  if (first < 0 || first > 40) return false;
  const lines = text
    .slice(0, CHARS_MAX)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return lines.length >= 4 && lines.filter((line) => line.includes(' ')).length * 8 <= lines.length;
}

/** One space for each row of white space. */
function inOneLine(text: string): string {
  const units = codeUnits(text).subarray(0, text.length);
  let filled = 0;
  let seen = 0;
  let isBehindSpace = false;
  for (const unit of units) {
    const isGap = isSpace(unit);
    if (!isGap || !isBehindSpace) seen |= units[filled++] = isGap ? 0x20 : unit;
    isBehindSpace = isGap;
  }
  return textOfUnits(units.slice(0, filled), seen);
}
