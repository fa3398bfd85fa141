/**
 * Texts that are JSON are read behind their escapes: `\n` before a name is no letter of it, `\u0040` is an `@`. Places
 * map back to the text as it is written, so that what is replaced there leaves valid JSON.
 */
import { canonicalise, type View } from './canonical.ts';
import { type Part, type Plain, replaced } from './replaced.ts';

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
  let plain: Plain | undefined;
  // A quote behind a backslash: a string within this one has escapes of its own.
  for (let level = 0, isDeeper = true; level < LEVELS_MAX && isDeeper; level++) {
    const text = plain?.text ?? source;
    isDeeper = text.includes('\\"') || text.includes('\\\\u');
    plain = replaced(text, escapesIn(text), plain) ?? plain;
  }
  if (!plain) return canonicalise(source);
  const view = canonicalise(plain.text);
  const origin = through(view, plain);
  const { tags } = view;
  if (!tags) return { text: view.text, origin };
  const at = { start: plain.starts[tags.start] ?? 0, end: plain.ends[tags.end - 1] ?? 0 };
  return { text: view.text, origin, tags: { ...tags, ...at } };
}

/** A piece of such a text as it reads. */
export function unescapedPiece(piece: string): string {
  return replaced(piece, escapesIn(piece))?.text ?? piece;
}

/** One level of escapes. */
function escapesIn(text: string): readonly Part[] {
  const parts: Part[] = [];
  for (let at = text.indexOf('\\'); at >= 0; ) {
    const width = escapeWidth(text, at);
    if (width > 0) parts.push([at, at + width, unitOf(text, at, width)]);
    at = text.indexOf('\\', at + Math.max(1, width));
  }
  return parts;
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

/** The places of a view of this text, in the text that it was made of. */
export function through({ text, origin }: View, plain: Plain): NonNullable<View['origin']> {
  if (!origin) return plain;
  const { length } = text;
  const starts = new Uint32Array(length);
  const ends = new Uint32Array(length);
  for (let i = 0; i < length; i++) {
    starts[i] = plain.starts[origin.starts[i] ?? 0] ?? 0;
    ends[i] = plain.ends[(origin.ends[i] ?? 1) - 1] ?? 0;
  }
  return { starts, ends };
}
