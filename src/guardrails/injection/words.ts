/** The words of a view that the lexicon knows, by one scan that hashes as it goes and makes no strings for others. */
import { codeUnits } from '../code-units.ts';
import { CODED, HINT_SHIFT, NO_VOWELS } from './codings.ts';
import { LEXICON, SENSE } from './lexicon.ts';
import { CUES } from './phrases.ts';

/** A known word. */
export interface Hit {
  readonly senses: number;
  readonly start: number;
  readonly end: number;
  /** Which word of the view it is; the end of a sentence counts as two words more. */
  readonly ordinal: number;
}

/** What one scan over a view gives. */
export interface Words {
  readonly hits: readonly Hit[];
  /** Bits of the phrases of which a cue stands in the view. */
  readonly cues: number;
  /** All senses of all hits. */
  readonly senses: number;
  readonly signs: Signs;
}

/** Signs that letters were tampered with, as disguises.ts reads them. */
export interface Signs {
  /** Words that mix letters and digits. */
  readonly mixed: number;
  /** The longest row of numbers. */
  readonly numbers: number;
  /** The longest row of one-letter words. */
  readonly apart: number;
  /** Whether a word is too long to be one. */
  readonly isRunTogether: boolean;
  /** Bits of codings that words of the text may stand in. */
  readonly codings: number;
  /** Where the first coded word, row of letters or run of words stands. */
  readonly oddAt: number;
}

interface Entry {
  readonly word: string;
  readonly senses: number;
  readonly cues: number;
  readonly codings: number;
}

const TABLE_SIZE = 1 << 15;
const table = new Uint16Array(TABLE_SIZE);
const entries: Entry[] = [{ word: '', senses: 0, cues: 0, codings: 0 }];
/** By entry, in a row: nearly all words of a text are told by them. */
const hashes = new Int32Array(TABLE_SIZE);

/** FNV-1a over code units, 32 bits. */
const SEED = 0x811c9dc5;
const step = (hash: number, unit: number): number => Math.imul(hash ^ unit, 0x01000193);
const slotOf = (hash: number): number => (hash ^ (hash >>> 15)) & (TABLE_SIZE - 1);

for (const word of new Set([...LEXICON.keys(), ...CUES.keys(), ...CODED.keys()])) {
  let hash = SEED;
  for (let i = 0; i < word.length; i++) hash = step(hash, word.charCodeAt(i));
  let slot = slotOf(hash);
  while (table[slot]) slot = (slot + 1) & (TABLE_SIZE - 1);
  const senses = LEXICON.get(word) ?? 0;
  const entry = { word, senses, cues: CUES.get(word) ?? 0, codings: CODED.get(word) ?? 0 };
  hashes[entries.length] = hash;
  table[slot] = entries.push(entry) - 1;
}

/** What a unit is to the scan: a letter or digit in lower case, or one of these. */
const BETWEEN = 0;
const SENTENCE_END = 1;
const LEFT_OUT = 2;

const FOLDED = new Uint8Array(128);
for (let unit = 0; unit < 128; unit++) {
  const char = String.fromCharCode(unit);
  if (/[A-Za-z0-9]/.test(char)) FOLDED[unit] = char.toLowerCase().charCodeAt(0);
  else FOLDED[unit] = char === "'" ? LEFT_OUT : /[.!?]/.test(char) ? SENTENCE_END : BETWEEN;
}

function folded(unit: number): number {
  if (unit < 128) return FOLDED[unit] ?? BETWEEN;
  if (unit === 0x3002 || unit === 0x0964) return SENTENCE_END;
  const isBetween = unit < 0xc0 || (unit >= 0x2000 && unit < 0x2c00) || (unit >= 0xd800 && unit < 0xf900);
  return isBetween || (unit >= 0x3000 && unit < 0x3040) ? BETWEEN : unit;
}

/** Longer words are no words of the lexicon. */
const WORD_MAX = 24;

/** So many letters are more than a word has. */
const RUN_MIN = 18;
/** So many one-letter words in a row are a sign. */
const ODD_ROW = 5;

/** What in a text may be in disguise, and the last words that may be coded: in what, and which words they are. */
class Odd {
  codings = 0;
  isRunTogether = false;
  at = -1;
  #last = 0;
  #before = 0;
  #lastAt = Number.NEGATIVE_INFINITY;
  #beforeAt = Number.NEGATIVE_INFINITY;

  mark(start: number): void {
    if (this.at < 0) this.at = start;
  }

  run(start: number): void {
    this.isRunTogether = true;
    this.mark(start);
  }

  /** Adds the codings that a word is surely in, or may be in like those that stand near it. */
  word(codings: number, ordinal: number, start: number): void {
    const hints = codings >> HINT_SHIFT;
    const near = ordinal - this.#lastAt <= NEAR ? hints & this.#last : 0;
    const nearer = ordinal - this.#beforeAt <= NEAR ? near & this.#before : 0;
    if (hints !== 0) {
      [this.#before, this.#beforeAt] = [this.#last, this.#lastAt];
      [this.#last, this.#lastAt] = [hints, ordinal];
    }
    const found = (codings & CODINGS_MASK) | (near & ~NO_VOWELS) | (nearer & NO_VOWELS);
    if (found !== 0) this.mark(start);
    this.codings |= found;
  }
}
const CODINGS_MASK = (1 << HINT_SHIFT) - 1;
/** Words that stand further apart say nothing of each other. */
const NEAR = 8;

/** All known words, left to right; linear. */
export function scanWords(text: string): Words {
  const hits: Hit[] = [];
  const { length } = text;
  const units = codeUnits(text);
  const odd = new Odd();
  let cues = 0;
  let senses = 0;
  let ordinal = 0;
  let mixed = 0;
  let apart = 0;
  let row = 0;
  let numbers = 0;
  let numberRow = 0;
  for (let at = 0; at < length; ) {
    const start = at;
    let hash = SEED;
    let digits = 0;
    let unit = BETWEEN;
    for (; at < length && (unit = folded(units[at] ?? 0)) > SENTENCE_END; at++) {
      if (unit === LEFT_OUT) continue;
      hash = step(hash, unit);
      if (unit < 0x3a) digits++;
    }
    const size = at++ - start;
    if (size > 0) {
      ordinal++;
      row = size === 1 && digits === 0 ? row + 1 : 0;
      if (row > apart) apart = row;
      if (row === ODD_ROW) odd.mark(start);
      numberRow = digits === size ? numberRow + 1 : 0;
      if (numberRow > numbers) numbers = numberRow;
      if (size >= RUN_MIN && digits === 0) odd.run(start);
      if (size <= WORD_MAX && digits < size) {
        if (digits > 0) mixed++;
        const entry = digits ? lookUpLeet(text, start, at - 1) : lookUp(text, start, at - 1, hash);
        if (entry) {
          cues |= entry.cues;
          senses |= entry.senses;
          if (entry.codings !== 0) odd.word(entry.codings, ordinal, start);
          if (entry.senses !== 0) hits.push({ senses: entry.senses, start, end: at - 1, ordinal });
        }
      }
    }
    if (unit === SENTENCE_END) ordinal += 2;
  }
  return { hits, cues, senses, signs: { mixed, numbers, apart, ...signsOf(odd) } };
}

const signsOf = ({
  codings,
  isRunTogether,
  at,
}: Odd): Pick<Signs, 'codings' | 'isRunTogether' | 'oddAt'> => ({
  codings,
  isRunTogether,
  oddAt: at,
});

function lookUp(text: string, start: number, end: number, hash: number): Entry | undefined {
  for (let slot = slotOf(hash); ; slot = (slot + 1) & (TABLE_SIZE - 1)) {
    const index = table[slot] ?? 0;
    if (index === 0) return undefined;
    if (hashes[index] !== hash) continue;
    const entry = entries[index];
    if (entry && isSpelled(text, start, end, entry.word)) return entry;
  }
}

/** Whether the word stands there, in any case, its apostrophes left out. */
function isSpelled(text: string, start: number, end: number, word: string): boolean {
  let nth = 0;
  for (let at = start; at < end; at++) {
    const unit = folded(text.charCodeAt(at));
    if (unit !== LEFT_OUT && unit !== word.charCodeAt(nth++)) return false;
  }
  return nth === word.length;
}

/** Letters that digits stand for, by digit; 1 is i or l. */
const LEET = 'oizeasgtbg';

/** `1gnore`, `ru1es`: a word with digits among its letters. */
function lookUpLeet(text: string, start: number, end: number): Entry | undefined {
  return lookUpAs(text, start, end, 'i') ?? lookUpAs(text, start, end, 'l');
}

function lookUpAs(text: string, start: number, end: number, one: string): Entry | undefined {
  let word = '';
  for (let i = start; i < end; i++) {
    const unit = text.charCodeAt(i);
    word += unit === 0x31 ? one : unit >= 0x30 && unit <= 0x39 ? LEET[unit - 0x30] : text[i];
  }
  let hash = SEED;
  for (let i = 0; i < word.length; i++) {
    const unit = folded(word.charCodeAt(i));
    if (unit !== LEFT_OUT) hash = step(hash, unit);
  }
  return lookUp(word, 0, word.length, hash);
}

/** Whether the word has a sense. */
export function means(hit: Hit, sense: keyof typeof SENSE): boolean {
  return (hit.senses & SENSE[sense]) !== 0;
}
