/**
 * The system prompt in what a model says: long runs of the same letters and digits, whatever stands between them and
 * in whichever case. Of the prompt only hashes are kept (Karp and Rabin, 1987); linear in both texts.
 */
import type { Finding } from '../base/finding.ts';

/** Where words stand that an operator put into the prompt for nothing else, in any case; each once. */
export function findCanaries(text: string, words: readonly string[]): Finding[] {
  const lower = text.toLowerCase();
  return words.flatMap((word): Finding[] => {
    const start = lower.indexOf(word.toLowerCase());
    if (start < 0) return [];
    const reason = "a word of the system text's own";
    return [{ guardrail: 'leak', type: 'canary', score: 1, reason, start, end: start + word.length }];
  });
}

/** Letters and digits under one hash; every sixteenth of the prompt's is kept. */
const WINDOW = 32;
const STEP = 16;
/** Letters and digits in a row that are a leak: some 30 words, or 200 characters of prose. */
const RUN_MIN = 160;
/** Of a prompt, letters and digits that are looked for. */
const PROMPT_MAX = 65_536;
const BASE = 0x01000193;
let outgoing = 1;
for (let i = 0; i < WINDOW; i++) outgoing = Math.imul(outgoing, BASE);

/** Half-open, units of the whole text. */
export interface Leak {
  readonly start: number;
  readonly end: number;
  /** Goes on the one before it. */
  readonly isRest: boolean;
}

/** What a prompt is known by: plain data, at most 16 KiB; undefined for one that is too short to leak. */
export function promptPrints(texts: readonly string[]): Uint32Array | undefined {
  let chars = 0;
  for (const text of texts) chars += text.length;
  if (chars < RUN_MIN) return undefined;
  const prints: number[] = [];
  const roll = new Roll();
  for (const text of texts) {
    for (let at = 0; at < text.length && roll.count < PROMPT_MAX; at++) {
      const unit = canonicalUnit(text.charCodeAt(at));
      if (unit > 0 && roll.add(unit, at) && roll.count % STEP === 0) prints.push(roll.hash);
    }
  }
  return roll.count < RUN_MIN ? undefined : Uint32Array.from(prints);
}

/** Looks for a prompt in one text that comes in pieces. */
export class LeakWatch {
  readonly #prints: ReadonlySet<number>;
  readonly #roll = new Roll();
  #length = 0;
  #lastHit = -Infinity;
  #runFrom = 0;
  #runStart = 0;
  /** Where what was told of this run ends. */
  #told: number | undefined;

  constructor(prints: Uint32Array) {
    this.#prints = new Set(prints);
  }

  /** From here on, what came may turn out to go on a leak that was told; Infinity where none is going on. */
  get openFrom(): number {
    return this.#told !== undefined && this.#roll.count - this.#lastHit <= STEP ? this.#told : Infinity;
  }

  /** What of the text so far is a leak, and was not told before. */
  push(text: string): readonly Leak[] {
    const leaks: Leak[] = [];
    const roll = this.#roll;
    for (let i = 0; i < text.length; i++) {
      const unit = canonicalUnit(text.charCodeAt(i));
      const at = this.#length + i;
      if (unit === 0 || !roll.add(unit, at) || !this.#prints.has(roll.hash)) continue;
      if (roll.count - this.#lastHit > STEP) {
        this.#runFrom = roll.count - WINDOW;
        this.#runStart = roll.start;
        this.#told = undefined;
      }
      this.#lastHit = roll.count;
      if (roll.count - this.#runFrom < RUN_MIN) continue;
      leaks.push({ start: this.#told ?? this.#runStart, end: at + 1, isRest: this.#told !== undefined });
      this.#told = at + 1;
    }
    this.#length += text.length;
    return leaks;
  }
}

/** A leak as other findings are told. */
export function asFinding({ start, end, isRest }: Leak): Finding & { readonly isRest?: true } {
  const reason = 'a long run of the system text';
  return {
    guardrail: 'leak',
    type: 'system_prompt',
    start,
    end,
    score: 1,
    reason,
    ...(isRest && { isRest }),
  };
}

/** The hash of the last letters and digits, and where the first of them stood. */
class Roll {
  readonly #units = new Uint16Array(WINDOW);
  readonly #places = new Float64Array(WINDOW);
  #hash = 0;
  count = 0;

  /** Whether there are enough of them. */
  add(unit: number, place: number): boolean {
    const slot = this.count++ % WINDOW;
    this.#hash = (Math.imul(this.#hash, BASE) + unit - Math.imul(outgoing, this.#units[slot] ?? 0)) | 0;
    this.#units[slot] = unit;
    this.#places[slot] = place;
    return this.count >= WINDOW;
  }

  get hash(): number {
    return this.#hash >>> 0;
  }

  get start(): number {
    return this.#places[this.count % WINDOW] ?? 0;
  }
}

/** 0 for what is neither a letter nor a digit. */
function canonicalUnit(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit;
  const lower = unit | 0x20;
  if (lower >= 0x61 && lower <= 0x7a) return lower;
  return unit >= 0xc0 && (unit < 0x2000 || unit > 0x206f) ? unit : 0;
}
