/** Letters that stand without gaps, cut into the words they are made of. Bounded: it is the dearest of all readings. */
import { DICTIONARY } from './dictionary.ts';

/** Letters that are cut into words in one text. */
const LETTERS_MAX = 1200;
const WORD_MAX = 15;
/** What a word costs, and a letter that is in none: the fewest and longest words win. */
const WORD_COST = 0.4;
const LETTER_COST = 1.2;
/** A run that costs more a letter is no row of words. */
const COST_MAX = 0.4;

/** Short ones are words only if they are these. */
const SHORT = new Set(
  'a i an am as at be by do go he if in is it me my no of on or so to up us we ai id ok'.split(' '),
);

/** By the first two letters: a bit for each length that words have, so that few letters have to be looked up. */
const LENGTHS = new Uint16Array(26 * 26);
for (const word of [...DICTIONARY, ...SHORT]) if (word.length > 1 && word.length <= WORD_MAX) put(word);

function put(word: string): void {
  const prefix = prefixAt(word, 0);
  LENGTHS[prefix] = (LENGTHS[prefix] ?? 0) | (1 << word.length);
}

function prefixAt(letters: string, at: number): number {
  return 26 * (letters.charCodeAt(at) - 0x61) + letters.charCodeAt(at + 1) - 0x61;
}

/** Longer runs than a word has: what they say is read even in a text of words. */
const LONG_MIN = 18;

export interface Cut {
  /** The text with words for its runs of eight letters and more. */
  readonly whole: string;
  /** The words of each long run. */
  readonly long: readonly string[];
  /** How much of the letters stood in runs that were cut, 0 to 1. */
  readonly share: number;
}

export function cutApart(text: string): Cut {
  let looked = 0;
  let cut = 0;
  const long: string[] = [];
  const whole = text.replaceAll(/[a-z]{8,400}/gi, (run) => {
    looked += run.length;
    const words = looked > LETTERS_MAX ? undefined : segmented(run);
    if (words === undefined) return run;
    cut += run.length;
    if (run.length >= LONG_MIN) long.push(words);
    return words;
  });
  return { whole, long, share: cut / Math.max(1, text.match(/[a-z]/gi)?.length ?? 0) };
}

/** Known words that a run of letters is made of, by the fewest letters left over; undefined if too many are. */
function segmented(run: string): string | undefined {
  const letters = run.toLowerCase();
  const costs = new Float64Array(letters.length + 1);
  const sizes = new Uint8Array(letters.length + 1);
  for (let end = 1; end <= letters.length; end++) {
    costs[end] = (costs[end - 1] ?? 0) + LETTER_COST;
    for (let size = 1; size <= Math.min(WORD_MAX, end); size++) {
      const start = end - size;
      if (size > 1 && ((LENGTHS[prefixAt(letters, start)] ?? 0) & (1 << size)) === 0) continue;
      if (!(size < 3 ? SHORT : DICTIONARY).has(letters.slice(start, end))) continue;
      const cost = (costs[start] ?? 0) + WORD_COST;
      if (cost < (costs[end] ?? 0)) [costs[end], sizes[end]] = [cost, size];
    }
  }
  return (costs[letters.length] ?? 0) > COST_MAX * letters.length ? undefined : wordsOf(letters, sizes);
}

function wordsOf(letters: string, sizes: Uint8Array): string {
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
