/** The words of a view that the lexicon knows, by one scan that hashes as it goes and makes no strings for others. */
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
}

interface Entry {
  readonly word: string;
  readonly hash: number;
  readonly senses: number;
  readonly cues: number;
}

const TABLE_SIZE = 1 << 14;
const table = new Int32Array(TABLE_SIZE);
const entries: Entry[] = [{ word: '', hash: 0, senses: 0, cues: 0 }];

/** FNV-1a over code units, 32 bits. */
const SEED = 0x811c9dc5;
const step = (hash: number, unit: number): number => Math.imul(hash ^ unit, 0x01000193);
const slotOf = (hash: number): number => (hash ^ (hash >>> 15)) & (TABLE_SIZE - 1);

for (const word of new Set([...LEXICON.keys(), ...CUES.keys()])) {
  let hash = SEED;
  for (let i = 0; i < word.length; i++) hash = step(hash, word.charCodeAt(i));
  let slot = slotOf(hash);
  while (table[slot]) slot = (slot + 1) & (TABLE_SIZE - 1);
  table[slot] = entries.push({ word, hash, senses: LEXICON.get(word) ?? 0, cues: CUES.get(word) ?? 0 }) - 1;
}

/** 0: between words; 1: letter or digit; 2: apostrophe, left out; 3: ends a sentence. Above ASCII see `kindOf`. */
const KIND = new Uint8Array(128);
for (let unit = 0; unit < 128; unit++) {
  const char = String.fromCharCode(unit);
  KIND[unit] = /[A-Za-z0-9]/.test(char) ? 1 : char === "'" ? 2 : /[.!?]/.test(char) ? 3 : 0;
}

function kindOf(unit: number): number {
  if (unit < 128) return KIND[unit] ?? 0;
  if (unit < 0xc0 || (unit >= 0x2000 && unit < 0x2c00) || (unit >= 0xd800 && unit < 0xf900)) return 0;
  return unit >= 0x3000 && unit < 0x3040 ? (unit === 0x3002 ? 3 : 0) : unit === 0x0964 ? 3 : 1;
}

/** Longer words are no words of the lexicon. */
const WORD_MAX = 24;

/** All known words, left to right; linear. */
export function scanWords(text: string): Words {
  const hits: Hit[] = [];
  let cues = 0;
  let ordinal = 0;
  for (let at = 0; at < text.length; ) {
    const kind = kindOf(text.charCodeAt(at));
    if (kind !== 1) {
      if (kind === 3) ordinal += 2;
      at++;
      continue;
    }
    const start = at;
    let hash = SEED;
    let digits = 0;
    for (; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      const inside = kindOf(unit);
      if (inside === 1) {
        hash = step(hash, unit >= 0x41 && unit <= 0x5a ? unit | 0x20 : unit);
        if (unit < 0x3a) digits++;
      } else if (inside !== 2) break;
    }
    ordinal++;
    if (at - start > WORD_MAX || digits === at - start) continue;
    const entry = digits === 0 ? lookUp(text, start, at, hash) : lookUpLeet(text, start, at);
    if (!entry) continue;
    cues |= entry.cues;
    if (entry.senses !== 0) hits.push({ senses: entry.senses, start, end: at, ordinal });
  }
  return { hits, cues };
}

function lookUp(text: string, start: number, end: number, hash: number): Entry | undefined {
  for (let slot = slotOf(hash); ; slot = (slot + 1) & (TABLE_SIZE - 1)) {
    const entry = entries[table[slot] ?? 0];
    if (!entry?.word) return undefined;
    if (entry.hash === hash && entry.word === text.slice(start, end).toLowerCase().replaceAll("'", ''))
      return entry;
  }
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
    const unit = word.charCodeAt(i);
    hash = step(hash, unit >= 0x41 && unit <= 0x5a ? unit | 0x20 : unit);
  }
  return lookUp(word, 0, word.length, hash);
}

/** Whether the word has a sense. */
export function means(hit: Hit, sense: keyof typeof SENSE): boolean {
  return (hit.senses & SENSE[sense]) !== 0;
}
