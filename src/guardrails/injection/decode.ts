/**
 * Hidden text made readable: runs of base64, hex and URL coding, invisible characters, text spelled by codes of its
 * characters (escapes.ts), other readings of all of it (disguises.ts). Bounded in runs, bytes and depth. Decoded text
 * is inspected, never sent or logged.
 */
import type { View } from '../canonical.ts';
import { isWord } from '../units.ts';
import { readings } from './disguises.ts';
import { spelled, unescaped } from './escapes.ts';
import type { Words } from './words.ts';

/** Text that stood in another text in disguise. */
export interface Hidden {
  readonly text: string;
  /** Half-open range, in units of the view it stood in. */
  readonly start: number;
  readonly end: number;
  /** Half-open range in the source, for what is not in the view at all. */
  readonly source?: readonly [start: number, end: number] | undefined;
  /** For people: `base64`, `hex`, `URL coding`, `invisible characters`, `leet`… */
  readonly coding: string;
  /** Another reading of all that is there, by signs that honest text may have: no evidence in itself. */
  readonly isReading?: true;
}

const RUNS_MAX = 64;
const BYTES_MAX = 65_536;
const RUN_MIN = 16;
/** Units of URL coding that are read in one text. */
const CODED_MAX = 24_576;

/** What one look at a text with these words finds; nested codings need another look. */
export function findHidden(text: string, words: Words): Hidden[] {
  const found: Hidden[] = readings(text, words).map((reading) => ({
    ...reading,
    start: 0,
    end: text.length,
    isReading: true as const,
  }));
  found.push(...unescaped(text), ...spelled(text, words.signs));
  const budget = { bytes: BYTES_MAX };
  for (const [start, end] of runsOf(text)) {
    if (found.length >= RUNS_MAX || budget.bytes <= 0) break;
    const run = text.slice(start, Math.min(end, start + budget.bytes));
    budget.bytes -= run.length;
    for (const { coding, decode } of DECODERS) {
      const decoded = decode(run);
      if (decoded === undefined || !isReadable(decoded)) continue;
      found.push({ text: decoded, start, end, coding });
      break;
    }
  }
  if (text.includes('%')) found.push(...percentCoded(text));
  return found;
}

/** What invisible tag characters spell, from four of them on. */
export function taggedText({ tags }: View): Hidden[] {
  if (!tags || tags.text.length < 4) return [];
  return [
    { text: tags.text, start: 0, end: 0, source: [tags.start, tags.end], coding: 'invisible characters' },
  ];
}

/** 1: base64, also URL-safe; hex and its spaces are a part of it. */
const IN_RUN = new Uint8Array(128);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=')
  IN_RUN[char.charCodeAt(0)] = 1;

/** Runs of at least 16, found by looking at each 16th unit; a line break inside long runs belongs to them. */
function* runsOf(text: string): Generator<readonly [number, number]> {
  for (let probe = RUN_MIN - 1; probe < text.length; probe += RUN_MIN) {
    if (IN_RUN[text.charCodeAt(probe)] !== 1) continue;
    let start = probe;
    while (start > 0 && IN_RUN[text.charCodeAt(start - 1)] === 1) start--;
    let end = probe + 1;
    for (; end < text.length; end++) {
      if (IN_RUN[text.charCodeAt(end)] === 1) continue;
      if (text[end] !== '\n' || end - start < RUN_MIN || IN_RUN[text.charCodeAt(end + 1)] !== 1) break;
    }
    if (end - start >= RUN_MIN) yield [start, end];
    probe = Math.max(probe, end - 1);
  }
}

const DECODERS: readonly { readonly coding: string; readonly decode: (run: string) => string | undefined }[] =
  [
    { coding: 'binary', decode: fromBinary },
    { coding: 'hex', decode: fromHex },
    { coding: 'base64', decode: fromBase64 },
  ];

function fromBinary(run: string): string | undefined {
  if (run.length % 8 !== 0 || !/^[01]{32,}$/.test(run)) return undefined;
  return Buffer.from(run.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []).toString('utf8');
}

function fromHex(run: string): string | undefined {
  const digits = run.replace(/^(?:0x|=)|[\n-]/g, '');
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]+$/.test(digits)) return undefined;
  return Buffer.from(digits, 'hex').toString('utf8');
}

function fromBase64(run: string): string | undefined {
  const body = run.replace(/^[=-]+/, '');
  const isWordlike =
    /^[a-z]+(?:[-_/][a-z]+)*$/i.test(body) && (/^[A-Z]?[a-z/_-]+$/.test(body) || /^[A-Z/_-]+$/.test(body));
  return isWordlike ? undefined : Buffer.from(body, 'base64').toString('utf8');
}

/** Mostly letters and spaces, nothing that is not text. */
function isReadable(text: string): boolean {
  if (text.length < 8 || text.includes('\ufffd')) return false;
  let letters = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 && (unit < 9 || unit > 13)) return false;
    if (unit === 0x20 || isWord(unit)) letters++;
  }
  return letters >= 0.7 * text.length;
}

/** Words with at least three `%41`, each decoded whole; at most 64. */
function percentCoded(text: string): Hidden[] {
  const found: Hidden[] = [];
  let units = 0;
  for (const match of text.matchAll(/[^\s]{0,2048}/g)) {
    const [word] = match;
    if (word.length < 9 || !/%[0-9a-f]{2}[^%]{0,64}%[0-9a-f]{2}[^%]{0,64}%[0-9a-f]{2}/i.test(word)) continue;
    const bytes = word.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    const decoded = Buffer.from(bytes, 'latin1').toString('utf8');
    found.push({
      text: decoded.replaceAll('+', ' '),
      start: match.index,
      end: match.index + word.length,
      coding: 'URL coding',
    });
    units += word.length;
    if (found.length >= RUNS_MAX || units > CODED_MAX) break;
  }
  return found;
}
