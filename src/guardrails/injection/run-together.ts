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

/** The letters of a word are a path from the root; by 26 times the node and the letter the next one, 0 for none. */
let next = new Uint16Array(26 * 1024);
let nodes = 1;
/** Nodes at which a word ends. */
const isEnd = new Uint8Array(0x10000);
for (const word of SHORT) put(word);
for (const word of DICTIONARY) if (word.length > 2 && word.length <= WORD_MAX) put(word);

function put(word: string): void {
  let node = 0;
  for (let i = 0; i < word.length; i++) {
    const at = 26 * node + word.charCodeAt(i) - 0x61;
    if (next[at] === 0) {
      next[at] = nodes++;
      if (26 * nodes >= next.length) next = twice(next);
    }
    node = next[at] ?? 0;
  }
  isEnd[node] = 1;
}

function twice(from: Uint16Array): Uint16Array<ArrayBuffer> {
  const room = new Uint16Array(2 * from.length);
  room.set(from);
  return room;
}

/** Longer runs than a word has: what they say is read even in a text of words. */
const LONG_MIN = 18;
/** Of a name with capitals in it, as documents are full of: an order in so few letters has none, `ignoreAllPreviousInstructions` has. */
const IDENTIFIER_MIN = 29;

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
    if (run.length >= (isIdentifier(run) ? IDENTIFIER_MIN : LONG_MIN)) long.push(words);
    return words;
  });
  return { whole, long, share: cut / Math.max(1, text.match(/[a-z]/gi)?.length ?? 0) };
}

/** Capitals tell its words apart: a name of something, as code has. */
function isIdentifier(run: string): boolean {
  const capitals = run.match(/(?<=[a-z])[A-Z](?=[a-z])/g)?.length ?? 0;
  return capitals > 0 && (capitals + 1) * IDENTIFIER_WORD <= run.length;
}
/** Letters that a word of an identifier has, on the average, at the least. */
const IDENTIFIER_WORD = 3;

/** Known words that a run of letters is made of, by the fewest letters left over; undefined if too many are. */
function segmented(run: string): string | undefined {
  const letters = run.toLowerCase();
  const { length } = letters;
  const costs = new Float64Array(length + 1).fill(Number.POSITIVE_INFINITY, 1);
  const sizes = new Uint8Array(length + 1);
  for (let start = 0; start < length; start++) {
    const cost = (costs[start] ?? 0) + WORD_COST;
    let node = 0;
    for (let end = start; end < length; ) {
      node = next[26 * node + letters.charCodeAt(end++) - 0x61] ?? 0;
      if (node === 0) break;
      if (isEnd[node] === 1 && cost <= (costs[end] ?? 0)) [costs[end], sizes[end]] = [cost, end - start];
    }
    const alone = (costs[start] ?? 0) + LETTER_COST;
    if (alone <= (costs[start + 1] ?? 0)) [costs[start + 1], sizes[start + 1]] = [alone, 0];
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
