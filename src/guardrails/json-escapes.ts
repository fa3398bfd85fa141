/**
 * Texts that are JSON are read behind their escapes: `\n` before a name is no letter of it, `\u0040` is an `@`. Places
 * map back to the text as it is written, so that what is replaced there leaves valid JSON.
 */
import { canonicalise, type View } from './canonical.ts';

/** Strings within strings: arguments that pass JSON on, and once more. */
const LEVELS_MAX = 3;
const SHORT: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  '"': '"',
  '/': '/',
  '\\': '\\',
};

/** Whether a text is written as JSON is, with at least one escape; a look at its first characters. */
export function isEscapedJson(text: string): boolean {
  return /^\s{0,64}[[{"]/.test(text) && text.includes('\\');
}

/** The view of a text, behind the escapes where it is JSON. Linear. */
export function viewOf(source: string): View {
  if (!isEscapedJson(source)) return canonicalise(source);
  let text = source;
  let starts: Uint32Array | undefined;
  let ends: Uint32Array | undefined;
  // A quote behind a backslash: a string within this one has escapes of its own.
  for (let level = 0, isDeeper = true; level < LEVELS_MAX && isDeeper; level++) {
    isDeeper = text.includes('\\"') || text.includes('\\\\u');
    ({ text, starts, ends } = unescaped(text, starts, ends));
  }
  const view = canonicalise(text);
  if (!starts || !ends) return view;
  const origin = through(view, starts, ends);
  const { tags } = view;
  if (!tags) return { text: view.text, origin };
  const at = { start: starts[tags.start] ?? 0, end: ends[tags.end - 1] ?? 0 };
  return { text: view.text, origin, tags: { ...tags, ...at } };
}

/** A piece of such a text as it reads. */
export function unescapedPiece(piece: string): string {
  return piece.includes('\\') ? unescaped(piece).text : piece;
}

interface Plain {
  readonly text: string;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/** One level of escapes off, each unit with its place in the source of all levels. */
function unescaped(text: string, fromStarts?: Uint32Array, fromEnds?: Uint32Array): Plain {
  const pieces: string[] = [];
  const starts = new Uint32Array(text.length);
  const ends = new Uint32Array(text.length);
  let length = 0;
  let from = 0;
  const place = (start: number, end: number): void => {
    starts[length] = fromStarts?.[start] ?? start;
    ends[length++] = fromEnds?.[end - 1] ?? end;
  };
  for (let at = 0; at < text.length; ) {
    const width = text.charCodeAt(at) === 0x5c ? escapeWidth(text, at) : 0;
    if (width > 0) pieces.push(text.slice(from, at), unitOf(text, at, width));
    place(at, at + Math.max(1, width));
    at += Math.max(1, width);
    if (width > 0) from = at;
  }
  pieces.push(text.slice(from));
  return { text: pieces.join(''), starts: starts.subarray(0, length), ends: ends.subarray(0, length) };
}

/** Units of the escape at `at`; 0 where it is none. */
function escapeWidth(text: string, at: number): number {
  const next = text.charAt(at + 1);
  if (next === 'u') return /^[0-9a-fA-F]{4}$/.test(text.slice(at + 2, at + 6)) ? 6 : 0;
  return next in SHORT && next !== '' ? 2 : 0;
}

function unitOf(text: string, at: number, width: number): string {
  if (width === 6) return String.fromCharCode(Number.parseInt(text.slice(at + 2, at + 6), 16));
  return SHORT[text.charAt(at + 1)] ?? '';
}

/** The places of a view of the unescaped text, in the text as it is written. */
export function through(view: View, starts: Uint32Array, ends: Uint32Array): NonNullable<View['origin']> {
  const { length } = view.text;
  const toStarts = new Uint32Array(length);
  const toEnds = new Uint32Array(length);
  for (let i = 0; i < length; i++) {
    toStarts[i] = starts[view.origin?.starts[i] ?? i] ?? 0;
    toEnds[i] = ends[(view.origin?.ends[i] ?? i + 1) - 1] ?? 0;
  }
  return { starts: toStarts, ends: toEnds };
}
