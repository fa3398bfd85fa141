/**
 * The strict JSON parser: a text has exactly one reading here (RFC 8259), or it is refused.
 * One pass, linear in the text; never repairs, never guesses, never lets a later key win over an earlier one.
 */
import { isUtf8 } from 'node:buffer';
import { type Code, Refusal } from '../base/errors.ts';
import type { JsonBody, Leaf, Place } from './body.ts';
import { ANSWER, DEPTH_MAX, type JsonBounds, REQUEST } from './json-bounds.ts';
import { decodeString } from './json-string.ts';

/** Up to here the keys of an object are compared one by one; beyond, a Set is faster. */
const FEW_KEYS = 8;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;
const ARRAY = 0x5b;
const ARRAY_END = 0x5d;
const ZERO = 0x30;

/** What no string may hold as it is. */
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f]/;

const POWERS: readonly number[] = Array.from({ length: 16 }, (_, n) => 10 ** n);

/**
 * The body as the one value it stands for, with every string located, in the order of the text.
 * Bounds: json-bounds.ts. Keys are compared decoded. An escaped lone surrogate is
 * not JSON here, since UTF-8 cannot carry it; a number is refused only where it overflows to infinity.
 * @throws request.invalid_utf8 request.invalid_json request.duplicate_key request.too_deep request.number
 * @throws request.too_complex
 * @param member as if the text were the value of this member of an object that nobody wrote
 */
export function parseJson(bytes: Buffer, member?: string): JsonBody {
  if (!isUtf8(bytes)) throw new Refusal('request.invalid_utf8');
  const source = bytes.toString('utf8');
  const reader = new Reader(source, REQUEST);
  const { leaves } = reader;
  if (member === undefined) return { kind: 'json', source, value: reader.document(), leaves };
  const value = { [member]: reader.document({ parent: undefined, key: member }) };
  return { kind: 'json', source, value, leaves };
}

/**
 * What upstream sent, with every string located. The same reading, within wider bounds, and a string may hold half of
 * a surrogate pair.
 * @throws request.* as above
 */
export function parseAnswer(source: string): JsonBody {
  const reader = new Reader(source, ANSWER);
  return { kind: 'json', source, value: reader.document(), leaves: reader.leaves };
}

class Reader {
  readonly leaves: Leaf[] = [];
  private readonly source: string;
  /** Where the next character is read. */
  private at = 0;
  private depth = 0;
  private values = 0;
  private nodes = 0;
  private readonly names = new Set<string>();
  /** The keys of every open object, the innermost last. */
  private readonly keys: string[] = [];
  /** No control character anywhere, not even between values: as SDKs write their bodies. */
  private readonly plain: boolean;
  /** The first backslash from some place before `at` on. */
  private slash = -1;
  private readonly bounds: JsonBounds;

  constructor(source: string, bounds: JsonBounds) {
    this.source = source;
    this.bounds = bounds;
    this.plain = !CONTROL.test(source);
  }

  document(place?: Place): unknown {
    this.blank();
    const value = this.value(place);
    if (this.blank() >= 0) this.refuse();
    return value;
  }

  /** Skips white space; the character that follows, -1 at the end. */
  private blank(): number {
    const { source } = this;
    for (let i = this.at; i < source.length; i++) {
      const c = source.charCodeAt(i);
      if (c > 0x20 || (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09)) {
        this.at = i;
        return c;
      }
    }
    this.at = source.length;
    return -1;
  }

  private value(place: Place | undefined): unknown {
    if (++this.values > this.bounds.valuesMax) this.refuse('request.too_complex');
    const start = this.at;
    switch (this.source.charCodeAt(start)) {
      case QUOTE: {
        const value = this.string();
        this.leaves.push({ at: place, isKey: false, value, start, end: this.at });
        return value;
      }
      case OBJECT:
        return this.object(place);
      case ARRAY:
        return this.array(place);
      case 0x74:
        return this.word('true', true);
      case 0x66:
        return this.word('false', false);
      case 0x6e:
        return this.word('null', null);
      default:
        return this.number();
    }
  }

  private object(place: Place | undefined): Record<string, unknown> {
    this.open();
    const object: Record<string, unknown> = {};
    const first = this.keys.length;
    let many: Set<string> | undefined;
    let c = this.blank();
    while (c !== OBJECT_END) {
      const start = this.at;
      const key = this.key(c);
      many = this.unseen(key, first, many);
      const at: Place = { parent: place, key };
      this.leaves.push({ at, isKey: true, value: key, start, end: this.at });
      if (this.blank() !== COLON) this.refuse();
      this.at++;
      this.blank();
      const value = this.value(at);
      if (key === '__proto__') define(object, key, value);
      else object[key] = value;
      c = this.next(OBJECT_END);
    }
    this.keys.length = first;
    this.close();
    return object;
  }

  private array(place: Place | undefined): unknown[] {
    this.open();
    const array: unknown[] = [];
    let c = this.blank();
    while (c !== ARRAY_END) {
      // Only strings, and what may hold them, need a place.
      const placed = c === QUOTE || c === OBJECT || c === ARRAY;
      array.push(this.value(placed ? { parent: place, key: array.length } : undefined));
      c = this.next(ARRAY_END);
    }
    this.close();
    return array;
  }

  /** After an element: the end of the container, or what follows its comma, which is never the end. */
  private next(end: number): number {
    let c = this.blank();
    if (c === end) return c;
    if (c !== COMMA) this.refuse();
    this.at++;
    c = this.blank();
    if (c === end) this.refuse();
    return c;
  }

  private open(): void {
    if (++this.depth > DEPTH_MAX) this.refuse('request.too_deep');
    this.count();
    this.at++;
  }

  private close(): void {
    this.depth--;
    this.at++;
  }

  private key(c: number): string {
    if (c !== QUOTE) this.refuse();
    const key = this.string();
    if (this.names.add(key).size > this.bounds.namesMax) this.refuse('request.too_complex');
    return key;
  }

  /** Takes a key of the object whose keys begin at `first`; `many` holds them once they are more than a few. */
  private unseen(key: string, first: number, many: Set<string> | undefined): Set<string> | undefined {
    const { keys } = this;
    if (many) {
      if (many.size === many.add(key).size) this.refuse('request.duplicate_key');
      return many;
    }
    for (let i = first; i < keys.length; i++) {
      if (keys[i] === key) this.refuse('request.duplicate_key');
    }
    keys.push(key);
    return keys.length - first > FEW_KEYS ? new Set(keys.slice(first)) : undefined;
  }

  /** The engine looks for the end: in a long text forty times as fast as a loop. */
  private string(): string {
    this.count();
    const { source, at } = this;
    const end = source.indexOf('"', at + 1);
    if (end < 0) this.refuse();
    if (this.slash < at) {
      const slash = source.indexOf('\\', at);
      this.slash = slash < 0 ? source.length : slash;
    }
    if (this.slash < end) return this.escaped(this.slash);
    this.at = end + 1;
    const text = source.slice(at + 1, end);
    if (!this.plain && CONTROL.test(text)) this.refuse();
    return text;
  }

  private escaped(slash: number): string {
    const { source, at } = this;
    let i = slash;
    for (let c = BACKSLASH; c !== QUOTE; c = source.charCodeAt(i)) {
      i += c === BACKSLASH ? 2 : 1;
      if (i >= source.length) this.refuse();
    }
    const text = decodeString(source, at, i + 1, this.bounds.halves);
    if (text === undefined) this.refuse();
    this.at = i + 1;
    return text;
  }

  private word<T>(word: string, value: T): T {
    if (!this.source.startsWith(word, this.at)) this.refuse();
    this.at += word.length;
    return value;
  }

  private number(): number {
    const { source, at: start } = this;
    const negative = source.charCodeAt(start) === 0x2d;
    if (negative) this.at++;
    const whole = this.at;
    let sum = this.digits(0);
    if (this.at > whole + 1 && source.charCodeAt(whole) === ZERO) this.refuse();
    let scale = 0;
    if (source.charCodeAt(this.at) === 0x2e) {
      const point = ++this.at;
      sum = this.digits(sum);
      scale = this.at - point;
    }
    const exponent = (source.charCodeAt(this.at) | 0x20) === 0x65;
    // Up to 15 digits, sum and power are below 2^53, so that the quotient is the nearest double: no token is made.
    if (!exponent && this.at - whole <= 15) {
      const value = scale === 0 ? sum : sum / (POWERS[scale] ?? 1);
      return negative ? -value : value;
    }
    if (exponent) {
      const sign = source.charCodeAt(++this.at);
      if (sign === 0x2b || sign === 0x2d) this.at++;
      this.digits(0);
    }
    this.count();
    const value = Number(source.slice(start, this.at));
    if (!Number.isFinite(value)) this.refuse('request.number');
    return value;
  }

  /** Reads one digit or more, and adds them to the number so far. */
  private digits(sum: number): number {
    const { source, at } = this;
    let i = at;
    for (; i < source.length; i++) {
      const c = source.charCodeAt(i);
      if (c < ZERO || c > 0x39) break;
      sum = sum * 10 + c - ZERO;
    }
    if (i === at) this.refuse();
    this.at = i;
    return sum;
  }

  private count(): void {
    if (++this.nodes > this.bounds.nodesMax) this.refuse('request.too_complex');
  }

  private refuse(code: Code = 'request.invalid_json'): never {
    throw new Refusal(code, { detail: `${code} near ${this.at}` });
  }
}

/** An own property like any other, where an assignment would set the prototype. */
function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}
