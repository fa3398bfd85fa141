/**
 * Screens a text that comes in pieces, one channel of an answer: what cannot be a part of anything any more leaves at
 * once, the rest waits. Where it is cut follows from the text alone, never from how it was split on its way, so that
 * every split gives the same result. Looks back, never ahead: rules that need what comes later do not hold here.
 */
import type { Finding } from '../base/finding.ts';
import { isDigit, isLetter } from './units.ts';

/** Units of what left already that finders still see: a label and more. */
const CONTEXT = 256;
/** What waits is at most this long; what was found and goes on beyond is masked to its end. */
const HELD_MAX = 512;
/** A private key in armour ends at its end line, or here. */
const ARMOUR_MAX = 16_384;
/** Words of such kinds that a number waits for: `12 Main Street`, `5 de mayo de 1990`. */
const CAPITALS_MAX = 4;

/** Small words inside of numbers and dates: "ext.", "14 juillet 1992", "5th of May". */
const WITHIN_NUMBERS =
  /^(?:ext|extension|of|de|del|jan|feb|f[eé]v|mar|märz|apr|avr|abr|ma[iyj]|mei|jun|jui|jul|aug|ao[uû]|ago|sep|set|oct|okt|ott|out|nov|dec|d[eé]c|dez|dic|giu|lug)[a-zû]{0,8}[.,]?$/;

/** What is masked, where in the whole text; half-open, UTF-16 units. */
export interface StreamFinding extends Finding {
  /** The next piece of the finding before it: nothing stands for it. */
  readonly isRest?: true;
}

export interface StreamScreenOptions {
  /** Findings of a piece of the channel, by start. The first `border` units of it are of the text that was before. */
  readonly find: (text: string, border: number) => readonly Finding[];
  /** What stands for a finding; the text itself where it may pass. */
  readonly replace: (finding: Finding, text: string) => string;
  /** What a piece must hold that anything can be found in; left out: whatever is no small letter. */
  readonly hints?: RegExp;
  /** What another text ended with, and this one goes on: finders see it. */
  readonly before?: string | undefined;
}

/** Whatever no finding is without, but for what is made of words alone: names, addresses, an operator's patterns. */
export const MARKS_AND_DIGITS =
  /[^A-Za-z ,.;!?'"()*\n\u00c0-\u052f\u3040-\u9fff\uac00-\ud7a3\u2013-\u201d\u2026-]|[a-z][A-Z]|[A-Z]{2}[a-z]|[Ww]{3}\./;

export class StreamScreen {
  readonly #options: StreamScreenOptions;
  /** All that was found so far, and nobody took out. */
  readonly findings: StreamFinding[] = [];
  #context = '';
  #held = '';
  /** Where `held` begins in the whole text. */
  #offset = 0;
  /** Units of `held` that were looked at. */
  #seen = 0;
  #wordStart = 0;
  #words: WordState = { isOpen: false, capitals: 0, isArmoured: false };
  #masking: 'token' | 'armour' | undefined;
  #maskedAs: Finding | undefined;
  #masked = 0;
  /** Nothing has left, and another text was before. */
  #goesOn: boolean;

  constructor(options: StreamScreenOptions) {
    this.#options = options;
    this.#context = (options.before ?? '').slice(-CONTEXT);
    this.#goesOn = this.#context !== '';
  }

  /** What may leave of all that came so far. */
  push(chunk: string): string {
    this.#held += chunk;
    let out = '';
    while (this.#seen < this.#held.length) {
      if (this.#masking) {
        this.#skipMasked();
        continue;
      }
      const at = this.#seen++;
      if (this.#mayCutAfter(at)) out += this.#release(at + 1);
      else if (this.#held.length > HELD_MAX && this.#seen >= HELD_MAX) out += this.#releaseFull();
    }
    return out;
  }

  /** The rest; the channel is over. */
  end(): string {
    return this.#release(this.#held.length);
  }

  /** Lets a plain word go that has waited too long, and nothing that a number or a mark could be a part of. */
  relent(): string {
    const waits = this.#masking !== undefined || this.#words.isOpen || this.#words.isArmoured;
    return !waits && isPlainWord(this.#held) ? this.end() : '';
  }

  /** The end of all that came. */
  get tail(): string {
    return (this.#context + this.#held).slice(-CONTEXT);
  }

  /** Where in the whole text begins what still waits. */
  get settled(): number {
    return this.#offset;
  }

  /** Whether nothing that began before can go on behind the unit at `at`. */
  #mayCutAfter(at: number): boolean {
    const unit = this.#held.charCodeAt(at);
    // A script without spaces: each of its letters is a word.
    if (unit >= 0x2e80 && unit < 0xd800) {
      const isPlain = !this.#words.isOpen && this.#wordStart === at;
      if (isPlain) this.#wordStart = at + 1;
      return isPlain;
    }
    if (unit > 0x20) return false;
    const word = this.#held.slice(this.#wordStart, at);
    this.#wordStart = at + 1;
    return word === '' ? !this.#words.isOpen : this.#endsOpen(word);
  }

  /** What a whole word says of what waits: an ordinary small one ends all that was open. */
  #endsOpen(word: string): boolean {
    const words = this.#words;
    if (word.startsWith('-----BEGIN')) words.isArmoured = true;
    if (words.isArmoured) return false;
    if (!isPlainWord(word)) {
      words.isOpen = true;
      words.capitals = 0;
      return false;
    }
    const goesOn = /[A-Z]/.test(word) || WITHIN_NUMBERS.test(word);
    if (words.isOpen && goesOn && ++words.capitals <= CAPITALS_MAX) return false;
    words.isOpen = false;
    words.capitals = 0;
    return true;
  }

  /** All that may wait waits: it leaves, but for what could be cut in two. */
  #releaseFull(): string {
    let end = HELD_MAX;
    const escape = this.#held.lastIndexOf('\\', end - 1);
    if (escape > end - 6) end = escape;
    else if (isHighSurrogate(this.#held.charCodeAt(end - 1))) end--;
    const space = this.#held.lastIndexOf(' ', end - 1);
    const before = this.#context.length;
    const last = this.#find(this.#held.slice(0, end)).at(-1);
    const goesOn = last !== undefined && last.end >= before + end - 1;
    // Behind the last space no value has begun; otherwise the value itself is longer than what may wait.
    const out = this.#release(!goesOn && space > HELD_MAX / 2 ? space + 1 : end);
    if (goesOn) {
      this.#masking = last.type === 'private_key' ? 'armour' : 'token';
      this.#maskedAs = last;
    }
    return out;
  }

  #release(end: number): string {
    const piece = this.#held.slice(0, end);
    const before = this.#context.length;
    let out = '';
    let from = 0;
    const found = this.#goesOn || this.#needsLook(piece) ? this.#find(piece) : [];
    for (const finding of found) {
      const start = Math.max(0, finding.start - before);
      const stop = finding.end - before;
      if (stop <= from) continue;
      this.findings.push({ ...finding, start: this.#offset + start, end: this.#offset + stop });
      out += piece.slice(from, start) + this.#options.replace(finding, piece.slice(start, stop));
      from = stop;
    }
    this.#forget(end, piece);
    return out + piece.slice(from);
  }

  #find(piece: string): readonly Finding[] {
    return this.#options.find(this.#context + piece, Math.max(0, this.#context.length - this.#offset));
  }

  #forget(end: number, piece: string): void {
    if (end > 0) this.#goesOn = false;
    this.#context = (this.#context + piece).slice(-CONTEXT);
    this.#held = this.#held.slice(end);
    this.#offset += end;
    this.#seen = 0;
    this.#wordStart = 0;
    this.#words = { isOpen: false, capitals: 0, isArmoured: false };
  }

  /** Small words alone hold nothing; they are most of what is written. */
  #needsLook(piece: string): boolean {
    return (this.#options.hints ?? /[^a-z ,.;!?'\n]/).test(piece);
  }

  /** Drops units as long as they belong to what was found where all that may wait ended. */
  #skipMasked(): void {
    const isArmour = this.#masking === 'armour';
    const end = isArmour ? this.#armourEnd() : this.#tokenEnd();
    const skipped = this.#held.slice(0, end ?? this.#held.length);
    this.#masked += skipped.length;
    if (this.#maskedAs && skipped.length > 0) {
      const at = { start: this.#offset, end: this.#offset + skipped.length };
      this.findings.push({ ...this.#maskedAs, ...at, isRest: true });
    }
    this.#forget(skipped.length, skipped);
    if (end === undefined && this.#masked < ARMOUR_MAX) return;
    this.#masking = undefined;
    this.#masked = 0;
  }

  #tokenEnd(): number | undefined {
    for (let i = 0; i < this.#held.length; i++) {
      const unit = this.#held.charCodeAt(i);
      if (!isDigit(unit) && !isLetter(unit) && !'_-.+/=%~'.includes(this.#held.charAt(i))) return i;
    }
    return undefined;
  }

  /** Base64 and its line breaks, then the end line; whatever else comes is none of it. */
  #armourEnd(): number | undefined {
    const tail = this.#context.slice(-ARMOUR_LINE_MAX);
    const line = /-----END [A-Z0-9 ]{3,48}-----/.exec(tail + this.#held);
    if (line && line.index + line[0].length > tail.length) return line.index + line[0].length - tail.length;
    for (let i = 0; i < this.#held.length; i++) {
      if (!/[A-Za-z0-9+/=\s\\:,-]/.test(this.#held.charAt(i))) return i;
    }
    return undefined;
  }
}

const ARMOUR_LINE_MAX = 64;

interface WordState {
  /** Something waits that a number, a mark or a capital may still make longer. */
  isOpen: boolean;
  capitals: number;
  isArmoured: boolean;
}

/** Letters, with what punctuation stands around words. */
function isPlainWord(word: string): boolean {
  return /^["'(*]{0,3}[^\W\d_]+(?:['-][^\W\d_]+)*[,.;!?)"'*]{0,3}$/.test(word) || isForeignWord(word);
}

/** The same for letters beyond ASCII. */
function isForeignWord(word: string): boolean {
  for (let i = 0; i < word.length; i++) {
    const unit = word.charCodeAt(i);
    if (!isLetter(unit) && !'\'-,.;!?)("'.includes(word.charAt(i))) return false;
  }
  return word.length > 0 && isLetter(word.charCodeAt(0));
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
