/**
 * Other readings of a text whose letters were tampered with: leet, letters set apart, words run together, one word a
 * line, reversed, rot13, pig latin. Each is tried only where its sign shows in the scan of words, so that honest text
 * costs nothing; each is linear. A reading stands for the whole text: its words have other places.
 */
import { CODED_WORDS, LEXICON } from './lexicon.ts';
import type { Words } from './words.ts';

/** A text read in another way. */
export interface Reading {
  readonly text: string;
  /** For people: `leet`, `letters set apart`… */
  readonly coding: string;
}

/** Longer texts are read so in their first part only; their other parts are read as they are. */
const CHARS_MAX = 8192;
/** So many one-letter words in a row are a word set apart. */
const APART_MIN = 5;

/** At most one reading a disguise. */
export function readings(text: string, { signs }: Words): Reading[] {
  if (signs.codings === 0 && signs.mixed < 2 && signs.apart < APART_MIN && !signs.isRunTogether) {
    return isOneWordALine(text) ? [{ text: text.replaceAll(/\s+/g, ' '), coding: 'one word a line' }] : [];
  }
  const part = text.length > CHARS_MAX ? text.slice(0, CHARS_MAX) : text;
  const found: Reading[] = [];
  const add = (coding: string, reading: string | undefined): void => {
    if (reading !== undefined && reading !== part) found.push({ text: reading, coding });
  };
  if (signs.mixed >= 2) add('leet', fromLeet(part));
  if (signs.apart >= APART_MIN) add('letters set apart', fromApart(part));
  if (signs.isRunTogether) add('words run together', fromRunTogether(part));
  for (const [coding, { bit, decode }] of Object.entries(CODINGS)) {
    if ((signs.codings & bit) !== 0) add(coding, decode(part));
  }
  return found;
}

const reversed = (text: string): string => Array.from(text).reverse().join('');

/** Upside down, and what the look-alikes left of it: letters that are each other turned round. */
const turned = (text: string): string =>
  reversed(text).replaceAll(/[nupdbq]/g, (char) => 'undpqb'.charAt('nupdbq'.indexOf(char)));

const rot13 = (text: string): string =>
  text.replaceAll(/[a-z]/gi, (char) => {
    const base = char <= 'Z' ? 65 : 97;
    return String.fromCharCode(((char.charCodeAt(0) - base + 13) % 26) + base);
  });

/** Sounds that move together; of others only the last letter moved. */
const PIG_LATIN =
  /^([a-z]{1,20}?)(str|spr|scr|thr|shr|spl|[cpstw]h|[bcfgps]l|[bcdfgpt]r|s[ckmnptw]|tw|qu|[b-df-hj-np-tv-z])ay$/i;

const fromPigLatin = (text: string): string =>
  text.replaceAll(/[a-z]{3,24}/gi, (word) => {
    if (/way$/i.test(word)) return word.slice(0, -3);
    const [, stem, moved] = PIG_LATIN.exec(word) ?? [];
    return stem !== undefined && moved !== undefined ? moved + stem : word;
  });

const toPigLatin = (word: string): string => {
  const [, start = '', rest = ''] = /^([^aeiou]*)(.*)$/.exec(word) ?? [];
  return start === '' ? `${rest}way` : `${rest}${start}ay`;
};

/** Codings of letters that leave words words; the scan knows a few words of orders in each. */
export const CODINGS: Readonly<
  Record<
    string,
    {
      readonly bit: number;
      readonly encode: (word: string) => string;
      readonly decode: (text: string) => string;
    }
  >
> = {
  'reversed letters': { bit: 1, encode: reversed, decode: reversed },
  rot13: { bit: 2, encode: rot13, decode: rot13 },
  'pig latin': { bit: 4, encode: toPigLatin, decode: fromPigLatin },
  'upside-down letters': { bit: 16, encode: turned, decode: turned },
  'reversed words': { bit: 8, encode: reversed, decode: (text) => text.replaceAll(/\S+/g, reversed) },
};

/** Word → bits of the codings in which it is a word of orders. */
export const CODED: ReadonlyMap<string, number> = collectCoded();

function collectCoded(): Map<string, number> {
  const bits = new Map<string, number>();
  for (const word of CODED_WORDS) {
    for (const { bit, encode } of Object.values(CODINGS)) {
      const coded = encode(word);
      bits.set(coded, (bits.get(coded) ?? 0) | bit);
    }
  }
  return bits;
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

/** Letters with one sign or emoji between each become words; where the gaps tell no words apart, they run together. */
function fromApart(text: string): string {
  const joined = text.replaceAll(
    /(?<![\p{L}\p{N}])\p{L}(?:[^\p{L}\p{N}\s]{1,4} ?| )(?:\p{L}(?:[^\p{L}\p{N}\s]{1,4} ?| )){0,400}\p{L}(?![\p{L}\p{N}])/gu,
    (letters) => letters.replaceAll(/[^\p{L}]/gu, ''),
  );
  return joined.replaceAll(/[a-z]{12,400}/gi, (run) => segmented(run) ?? run);
}

/** Letters that are cut into words in one text: it is the dearest of the readings. */
const LETTERS_MAX = 1200;

/** The runs alone: the text around them is read as it is. */
function fromRunTogether(text: string): string | undefined {
  let letters = 0;
  const runs: string[] = [];
  for (const [run] of text.matchAll(/[a-z]{18,400}/gi)) {
    letters += run.length;
    if (letters > LETTERS_MAX) break;
    const words = segmented(run);
    if (words !== undefined) runs.push(words);
  }
  return runs.length > 0 ? runs.join('. ') : undefined;
}

/** Words that stand between those of the lexicon. */
const FILLERS = new Set(
  'the a an and or to of in on for with me my i is it this that these those do what then please just only from at as be was were have has not so if by here there word words'.split(
    ' ',
  ),
);
const WORD_MAX = 14;

/** Known words that a run of letters is made of, by the fewest letters left over; undefined if too many are. */
function segmented(run: string): string | undefined {
  const letters = run.toLowerCase();
  const costs = new Float64Array(letters.length + 1);
  const sizes = new Uint8Array(letters.length + 1);
  for (let end = 1; end <= letters.length; end++) {
    costs[end] = (costs[end - 1] ?? 0) + 1.2;
    for (let size = 1; size <= Math.min(WORD_MAX, end); size++) {
      const word = letters.slice(end - size, end);
      if (!FILLERS.has(word) && (size < 3 || !LEXICON.has(word))) continue;
      const cost = (costs[end - size] ?? 0) + 0.4;
      if (cost < (costs[end] ?? 0)) [costs[end], sizes[end]] = [cost, size];
    }
  }
  if ((costs[letters.length] ?? 0) > 0.35 * letters.length) return undefined;
  const words: string[] = [];
  let rest = '';
  for (let end = letters.length; end > 0; ) {
    const size = sizes[end] ?? 0;
    if (size === 0) rest = letters.charAt(--end) + rest;
    else {
      if (rest) words.push(rest);
      rest = '';
      words.push(letters.slice(end - size, end));
      end -= size;
    }
  }
  if (rest) words.push(rest);
  return words.reverse().join(' ');
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
