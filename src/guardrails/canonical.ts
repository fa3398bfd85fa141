/**
 * The view of a text that detectors read: NFKC, accents off Latin letters, invisible characters gone, look-alikes
 * inside Latin words made Latin, `\uXXXX` read as what it stands for, since texts hold JSON (arguments of tools, files);
 * every place of it maps back to the text that came. Never changes what is sent.
 */
import { textOfUnits } from './code-units.ts';
import { fold, LOOK_ALIKE } from './look-alikes.ts';
import { isLatinLetter } from './units.ts';

/** Where the units of a view come from, half-open, in UTF-16 units of the source. */
interface Origin {
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/** A text as detectors see it: ASCII keeps its case, everything else is in lower case. */
export interface View {
  readonly text: string;
  /** Left out where the view is the source. */
  readonly origin?: Origin;
  /**
   * What invisible characters spell, and where they stand: tags (U+E0020 to U+E007E; those of flags left out), and
   * variation selectors that count as bytes (U+E0110 to U+E016E, printable ASCII).
   */
  readonly tags?: { readonly text: string; readonly start: number; readonly end: number };
}

/** The part of the source that a half-open, non-empty part of the view stands for. */
export function sourceRange(view: View, start: number, end: number): readonly [number, number] {
  const { origin } = view;
  return origin ? [origin.starts[start] ?? 0, origin.ends[end - 1] ?? 0] : [start, end];
}

/** Linear in the text; for ASCII it costs one look. */
export function canonicalise(source: string): View {
  // oxlint-disable-next-line no-control-regex
  const isPlain = !/[^\u0000-\u007f]/.test(source) && !source.includes(ESCAPE);
  return isPlain ? { text: source } : new Folding(source).run();
}

/** How JSON and many languages write a UTF-16 unit in ASCII: these two, then four hexadecimal digits. */
const ESCAPE = '\\u';
const ESCAPE_LENGTH = 6;
const BACKSLASH = 0x5c;

/** The unit that an escape at this place stands for; -1 for what is none. */
function escapedUnit(source: string, at: number): number {
  if (!source.startsWith(ESCAPE, at)) return -1;
  const digits = source.slice(at + ESCAPE.length, at + ESCAPE_LENGTH);
  return /^[0-9a-f]{4}$/i.test(digits) ? Number.parseInt(digits, 16) : -1;
}

/** The code point that an escape stands for, or the two of a surrogate pair, and where it ends. */
function escapedPoint(source: string, at: number): { codePoint: number; end: number } | undefined {
  const unit = escapedUnit(source, at);
  if (unit < 0) return undefined;
  const end = at + ESCAPE_LENGTH;
  const low = unit >= 0xd800 && unit <= 0xdbff ? escapedUnit(source, end) : -1;
  if (low < 0xdc00 || low > 0xdfff) return { codePoint: unit, end };
  return { codePoint: 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00), end: end + ESCAPE_LENGTH };
}

/** More that is spelled invisibly is not read: it has been seen by then. */
const TAGS_MAX = 8192;

/** The byte that U+E0100 stands for where selectors spell bytes; the sixteen before it are in the BMP. */
const VARIATION_FIRST = 16;

function twice<T extends Uint16Array | Uint32Array>(room: T, filled: T): T {
  room.set(filled);
  return room;
}

/** One pass over a text that has characters above ASCII. */
class Folding {
  readonly #source: string;
  #units: Uint16Array;
  #starts: Uint32Array;
  #ends: Uint32Array;
  #length = 0;
  #wordStart = 0;
  #hasLatin = false;
  #hasLookAlike = false;
  #isAfterFlag = false;
  #tags = { text: '', start: 0, end: 0 };

  constructor(source: string) {
    const room = source.length + 32;
    this.#source = source;
    this.#units = new Uint16Array(room);
    this.#starts = new Uint32Array(room);
    this.#ends = new Uint32Array(room);
  }

  run(): View {
    const source = this.#source;
    for (let i = 0; i < source.length; ) {
      let codePoint = source.codePointAt(i) ?? 0;
      let end = i + (codePoint > 0xffff ? 2 : 1);
      const escaped = codePoint === BACKSLASH ? escapedPoint(source, i) : undefined;
      if (escaped) ({ codePoint, end } = escaped);
      if (codePoint < 0x80) this.#unit(codePoint, i, end);
      else this.#beyondAscii(codePoint, i, end);
      i = end;
    }
    this.#endWord();
    const origin = {
      starts: this.#starts.subarray(0, this.#length),
      ends: this.#ends.subarray(0, this.#length),
    };
    const view = { text: this.#string(), origin };
    return this.#tags.text ? { ...view, tags: this.#tags } : view;
  }

  #beyondAscii(codePoint: number, start: number, end: number): void {
    if (codePoint >= 0xe0000 && codePoint <= 0xe016e) this.#tag(codePoint, start, end);
    else this.#isAfterFlag = codePoint === 0x1f3f4;
    const folded = fold(codePoint);
    for (let i = 0; i < folded.length; i++) this.#unit(folded.charCodeAt(i), start, end);
  }

  #tag(codePoint: number, start: number, end: number): void {
    const unit = codePoint < 0xe0100 ? codePoint - 0xe0000 : codePoint - 0xe0100 + VARIATION_FIRST;
    if (this.#isAfterFlag || unit < 0x20 || unit > 0x7e || this.#tags.text.length >= TAGS_MAX) return;
    if (!this.#tags.text) this.#tags.start = start;
    this.#tags.end = end;
    this.#tags.text += String.fromCharCode(unit);
  }

  #unit(unit: number, start: number, end: number): void {
    if (this.#length === this.#units.length) this.#grow();
    this.#units[this.#length] = unit;
    this.#starts[this.#length] = start;
    this.#ends[this.#length++] = end;
    if (isLatinLetter(unit)) this.#hasLatin = true;
    else if (unit < 0x80) this.#endWord();
    else if (LOOK_ALIKE.has(unit)) this.#hasLookAlike = true;
  }

  /** Look-alikes become Latin only in a word that has a Latin letter: Russian and Greek stay what they are. */
  #endWord(): void {
    if (this.#hasLatin && this.#hasLookAlike) {
      for (let i = this.#wordStart; i < this.#length; i++) {
        const unit = this.#units[i] ?? 0;
        this.#units[i] = LOOK_ALIKE.get(unit) ?? unit;
      }
    }
    this.#hasLatin = false;
    this.#hasLookAlike = false;
    this.#wordStart = this.#length;
  }

  #grow(): void {
    this.#units = twice(new Uint16Array(2 * this.#length), this.#units);
    this.#starts = twice(new Uint32Array(2 * this.#length), this.#starts);
    this.#ends = twice(new Uint32Array(2 * this.#length), this.#ends);
  }

  #string(): string {
    const units = this.#units.subarray(0, this.#length);
    let seen = 0;
    for (const unit of units) seen |= unit;
    return textOfUnits(units, seen);
  }
}
