/**
 * Runs of base64, base32, hex and URL coding that are text once they are decoded, so that personal data and secrets are found in
 * them as well. Two levels deep, bounded in runs and bytes; what is decoded is inspected, never sent or logged.
 */

export interface EncodedRun {
  /** What it says. */
  readonly text: string;
  /** Half-open range in the text it stands in. */
  readonly start: number;
  readonly end: number;
  /** For people. */
  readonly coding: 'base64' | 'base32' | 'hex' | 'URL coding';
}

const RUNS_MAX = 64;
const BYTES_MAX = 65_536;
/** Shorter runs hold no card number, address or token. */
const RUN_MIN = 15;

/** 1: both alphabets of base64; hex is a part of them. */
const IN_RUN = new Uint8Array(128);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_')
  IN_RUN[char.charCodeAt(0)] = 1;
/** From the first coded octet of a word on, to its end. */
const CODED = /%[0-9A-Fa-f]{2}[^\s"'<>]{6,2048}/g;
/** What ends a word on its way back from there; looked at once a unit, since the words found do not overlap. */
const WORD_ENDS = /[\s"'<>%]/;
const BEFORE_MAX = 256;
const HEX = /^(?:[0-9a-fA-F]{2})+$/;
/** Words with marks between them, which decode to anything. */
const WORDLIKE = /^(?:[A-Z]?[a-z]+|[A-Z]+)(?:[-_/]+(?:[A-Z]?[a-z]+|[A-Z]+))*$/;

/** The runs of a text that decode to text; linear. */
export function encodedRuns(text: string): EncodedRun[] {
  const runs = runsIn(text, BYTES_MAX);
  let bytes = BYTES_MAX;
  const nested = runs.flatMap((run) => {
    bytes -= run.text.length;
    return runsIn(run.text, bytes).map((inner) => ({ ...run, text: inner.text }));
  });
  return nested.length > 0 ? [...runs, ...nested] : runs;
}

function runsIn(text: string, bytesMax: number): EncodedRun[] {
  if (text.length < RUN_MIN) return [];
  const found: EncodedRun[] = [];
  let bytes = bytesMax;
  for (const [start, end] of [...joinedLines(text), ...runsOf(text)]) {
    if (found.length >= RUNS_MAX || bytes <= 0) break;
    const decoded = decode(text.slice(start, Math.min(end, start + bytes)).replace(/[\s:]+/g, ''));
    if (!decoded) continue;
    bytes -= end - start;
    found.push({ ...decoded, start, end });
  }
  if (!text.includes('%')) return found;
  let last = 0;
  for (const { 0: rest, index } of text.matchAll(CODED)) {
    if (found.length >= RUNS_MAX) break;
    const start = wordStart(text, index, Math.max(last, index - BEFORE_MAX));
    last = index + rest.length;
    const plain = readable(octets(text.slice(start, last)));
    if (plain !== undefined) found.push({ text: plain, start, end: last, coding: 'URL coding' });
  }
  return found;
}

/** Base64 that was broken into lines, as mail is: from the start of its first line on. */
const LINES = /[A-Za-z0-9+/]{16,128}(?:\r?\n[ \t]{0,4}[A-Za-z0-9+/]{2,128}){1,512}/y;
const LINE_MIN = 16;
const LINE_MAX = 128;
const IN_LINE = new Uint8Array(128);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')
  IN_LINE[char.charCodeAt(0)] = 1;
/** Hex in pairs. */
const PAIRS = /(?<![0-9A-Fa-f])[0-9A-Fa-f]{2}(?:[ :][0-9A-Fa-f]{2}){9,2048}(?![0-9A-Fa-f])/g;

function joinedLines(text: string): (readonly [start: number, end: number])[] {
  const found: (readonly [start: number, end: number])[] = [];
  let last = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', Math.max(last, at + 1))) {
    const start = lineBefore(text, at);
    if (start < last) continue;
    LINES.lastIndex = start;
    if (LINES.test(text)) found.push([start, (last = LINES.lastIndex)]);
  }
  for (const { 0: run, index } of text.matchAll(PAIRS)) found.push([index, index + run.length]);
  return found;
}

/** Where the run of base64 begins that the line's end at `at` stands behind; -1 where it is none of a line. */
function lineBefore(text: string, at: number): number {
  const end = text.charCodeAt(at - 1) === 0x0d ? at - 1 : at;
  let start = end;
  while (end - start <= LINE_MAX && IN_LINE[text.charCodeAt(start - 1)] === 1) start--;
  return end - start < LINE_MIN || end - start > LINE_MAX ? -1 : start;
}

function wordStart(text: string, from: number, least: number): number {
  let start = from;
  while (start > least && !WORD_ENDS.test(text.charAt(start - 1))) start--;
  return start;
}

/** Found by a look at each 20th unit. */
function* runsOf(text: string): Generator<readonly [start: number, end: number]> {
  for (let probe = RUN_MIN - 1; probe < text.length; probe += RUN_MIN) {
    if (IN_RUN[text.charCodeAt(probe)] !== 1) continue;
    let start = probe;
    while (start > 0 && IN_RUN[text.charCodeAt(start - 1)] === 1) start--;
    let end = probe + 1;
    while (end < text.length && IN_RUN[text.charCodeAt(end)] === 1) end++;
    if (end - start >= RUN_MIN) yield [start, end];
    probe = Math.max(probe, end - 1);
  }
}

function decode(run: string): Pick<EncodedRun, 'text' | 'coding'> | undefined {
  if (WORDLIKE.test(run)) return undefined;
  const digits = run.startsWith('0x') ? run.slice(2) : run;
  if (HEX.test(digits)) {
    const text = readable(Buffer.from(digits, 'hex'));
    if (text !== undefined) return { text, coding: 'hex' };
  }
  if (BASE32.test(digits)) {
    const text = readable(fromBase32(digits));
    if (text !== undefined) return { text, coding: 'base32' };
  }
  // Pictures and keys say so at their very start.
  if (readable(Buffer.from(run.slice(0, RUN_MIN), 'base64')) === undefined) return undefined;
  const text = readable(Buffer.from(run, 'base64'));
  return text === undefined ? undefined : { text, coding: 'base64' };
}

const BASE32 = /^[A-Z2-7]{16,2048}$/;

/** RFC 4648, section 6, without padding. */
function fromBase32(run: string): Buffer {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (let i = 0; i < run.length; i++) {
    const unit = run.charCodeAt(i);
    held = ((held << 5) | (unit >= 0x41 ? unit - 0x41 : unit - 0x32 + 26)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 0xff);
  }
  return Buffer.from(bytes);
}

function octets(word: string): Buffer {
  const plain = word.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(plain, 'latin1');
}

const TAB = 0x09;
const RETURN = 0x0d;
const SPACE = 0x20;
const DELETE = 0x7f;

/** The bytes as text, if nothing in them is a control character or no UTF-8; a character that is cut at the end is left out. */
function readable(bytes: Buffer): string | undefined {
  for (const byte of bytes) {
    if ((byte < SPACE && (byte < TAB || byte > RETURN)) || byte === DELETE) return undefined;
  }
  const text = bytes.toString('utf8').replace(/\ufffd$/, '');
  return text.includes('\ufffd') ? undefined : text;
}
