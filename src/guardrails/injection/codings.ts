/**
 * Codings of letters that leave words words: rot13, reversed, pig latin, upside down, no vowels. The scan of words knows what
 * orders and the most frequent words become in each, and so tells at no cost which of them a text may be in.
 */
import { codeUnits, textOfUnits } from '../code-units.ts';
import { isLatinLetter, isSpace } from '../units.ts';
import { BY_SKELETON, COMMON, DICTIONARY, skeleton } from './dictionary.ts';
import { CODED_WORDS, LEXICON, type Sense, SENSE } from './lexicon.ts';

interface Coding {
  readonly bit: number;
  readonly encode: (word: string) => string;
  readonly decode: (text: string) => string;
}

const reversed = (text: string): string => unitsOf(text, (units) => turnRound(units, 0, units.length));

/** A word of the tables: so short, adding its letters one by one costs less than a copy of its units. */
function reversedWord(word: string): string {
  let turned = '';
  for (let at = word.length - 1; at >= 0; at--) turned += word.charAt(at);
  return turned;
}

/** Each word by itself, where it stands. */
const reversedWords = (text: string): string =>
  unitsOf(text, (units) => {
    for (let start = 0, at = 0; at <= units.length; at++) {
      if (at < units.length && !isSpace(units[at] ?? 0)) continue;
      turnRound(units, start, at);
      start = at + 1;
    }
  });

/** The characters from `start` to `end` in the other order; the two units of one stay as they are. */
function turnRound(units: Uint16Array, start: number, end: number): void {
  units.subarray(start, end).reverse();
  for (let at = start; at + 1 < end; at++) {
    const low = units[at] ?? 0;
    const high = units[at + 1] ?? 0;
    if ((low & 0xfc00) !== 0xdc00 || (high & 0xfc00) !== 0xd800) continue;
    units[at++] = high;
    units[at] = low;
  }
}

/** The text of its own units, changed in place. */
function unitsOf(text: string, change: (units: Uint16Array) => void): string {
  const units = codeUnits(text).slice(0, text.length);
  change(units);
  let seen = 0;
  for (const unit of units) seen |= unit;
  return textOfUnits(units, seen);
}

/** Upside down, and what the look-alikes left of it: letters that are each other turned round. */
const turned = (reversed: string): string =>
  reversed.replaceAll(/[nupdbq]/g, (char) => 'undpqb'.charAt('nupdbq'.indexOf(char)));

const rot13 = (text: string): string =>
  unitsOf(text, (units) => {
    for (let at = 0; at < units.length; at++) {
      const unit = units[at] ?? 0;
      if (isLatinLetter(unit)) units[at] = unit + ((unit & 0x1f) > 13 ? -13 : 13);
    }
  });

/** Letters that may have moved to the end of a word, the most first. */
const MOVED_MAX = 4;
/** Of no known word: sounds that move together; else only the last letter moved. */
const SOUND =
  /(?:str|spr|scr|thr|shr|spl|[cpstw]h|[bcfgps]l|[bcdfgpt]r|s[ckmnptw]|tw|qu|[b-df-hj-np-tv-z])$/i;

const fromPigLatin = (text: string): string =>
  text.replaceAll(/[a-z]{1,22}(?:way|ay)(?![a-z])/gi, (word) => {
    const stem = word.slice(0, /way$/i.test(word) ? -3 : -2);
    if (DICTIONARY.has(stem.toLowerCase())) return stem;
    for (let moved = Math.min(MOVED_MAX, stem.length); moved > 0; moved--) {
      const read = stem.slice(-moved) + stem.slice(0, -moved);
      if (DICTIONARY.has(read.toLowerCase())) return read;
    }
    const sound = SOUND.exec(stem)?.[0] ?? '';
    return sound + stem.slice(0, stem.length - sound.length);
  });

const toPigLatin = (word: string): string => {
  const [, start = '', rest = ''] = /^([^aeiou]*)(.*)$/.exec(word) ?? [];
  return start === '' ? `${rest}way` : `${rest}${start}ay`;
};

const withVowels = (text: string): string =>
  text.replaceAll(/[a-z]{2,24}/gi, (word) => BY_SKELETON.get(word.toLowerCase()) ?? word);

/** What is shown to people → its bit, and both ways. */
export const CODINGS: Readonly<Record<string, Coding>> = {
  'reversed letters': { bit: 1, encode: reversedWord, decode: reversed },
  rot13: { bit: 2, encode: rot13, decode: rot13 },
  'pig latin': { bit: 4, encode: toPigLatin, decode: fromPigLatin },
  'reversed words': { bit: 8, encode: reversedWord, decode: reversedWords },
  'upside-down letters': {
    bit: 16,
    encode: (word) => turned(reversedWord(word)),
    decode: (text) => turned(reversed(text)),
  },
  'no vowels': { bit: 32, encode: skeleton, decode: withVowels },
};
/** Short words without their vowels look like what people shorten anyway: one more of them is asked for. */
export const NO_VOWELS = 32;
/** Where hints begin in a number that has both. */
export const HINT_SHIFT = 8;

/** Words that orders are made of, in all languages of the lexicon. */
const OF_ORDERS: readonly Sense[] = ['drop', 'rules', 'prior', 'reveal', 'inner', 'prompt', 'safety'];
/** Shorter ones are words, names or abbreviations too often. */
const HINT_MIN = 3;
/** What programs and people shorten. */
const SHORTENED = new Set(
  'str src ptr cnt msg cmd btn txt pwd lst tmp cfg db fn pls th nd st dr mr ms vs ltd tbl img fmt cm pm sm bt nt wk yr yrs hr hrs mn mns lbs mgmt dpt pct'.split(
    ' ',
  ),
);

/**
 * Word → bits of the codings in which it is a word of English orders, and, shifted, of those in which it is a word of
 * any order or a frequent one. One of the first is a sign, of the others some that stand together.
 */
export const CODED: ReadonlyMap<string, number> = collectCoded();

function collectCoded(): Map<string, number> {
  const bits = new Map<string, number>();
  const put = (coded: string, bit: number): void => void bits.set(coded, (bits.get(coded) ?? 0) | bit);
  const masks = OF_ORDERS.reduce((mask, sense) => mask | SENSE[sense], 0);
  const orders = [...LEXICON].flatMap(([word, senses]) => ((senses & masks) === 0 ? [] : [word]));
  for (const { bit, encode } of Object.values(CODINGS)) {
    if (bit !== NO_VOWELS) for (const word of CODED_WORDS) put(encode(word), bit);
    for (const word of new Set([...COMMON, ...CODED_WORDS, ...orders])) {
      const coded = encode(word);
      const least = bit === 2 || bit === NO_VOWELS ? HINT_MIN : HINT_MIN + 1;
      const isWord = coded === word || DICTIONARY.has(coded) || LEXICON.has(coded) || SHORTENED.has(coded);
      if (coded.length >= least && !isWord) put(coded, bit << HINT_SHIFT);
    }
  }
  return bits;
}
