/**
 * Text written character by character: HTML entities, `\u0069`, `\x69`, numbers for characters, binary, Morse, hex
 * in pairs. Each is tried only where a sign of it shows; every repetition is bounded, and so is what comes out.
 */
import type { Hidden } from './decode.ts';
import type { Signs } from './words.ts';

/** Only the first part of a longer text is decoded so, in units. */
const CHARS_MAX = 24_576;
/** Pieces a reading may have been made of. */
const RUNS_MAX = 16;

const IN_PLACE = [
  { coding: 'HTML entities', cue: '&#', pattern: /&#(x?)([0-9a-f]{1,6});?/gi },
  { coding: 'character escapes', cue: '\\u', pattern: /\\u(\{?)(?:0{0,2})([0-9a-f]{2,5})\}?/gi },
  { coding: 'character escapes', cue: '\\x', pattern: /\\(x)([0-9a-f]{2})/gi },
] as const;

/** What is left when every escape is read where it stands; three at least, or it is no disguise. */
export function unescaped(text: string): Hidden[] {
  const found: Hidden[] = [];
  for (const { coding, cue, pattern } of IN_PLACE) {
    const start = text.indexOf(cue);
    if (start < 0) continue;
    let count = 0;
    let end = start;
    const part = text.slice(0, CHARS_MAX);
    const plain = part.replaceAll(pattern, (escape, sign: string, digits: string, at: number) => {
      count++;
      end = at + escape.length;
      return character(digits, cue === '&#' && sign === '' ? 10 : 16);
    });
    if (count >= 3 && start < end) found.push({ text: plain, start, end, coding });
  }
  return found;
}

/** Spans that hold nothing but codes of characters. */
const SPANS: readonly {
  readonly coding: string;
  readonly shows: (text: string, signs: Signs) => boolean;
  readonly pattern: RegExp;
  readonly read: (span: string) => string;
}[] = [
  {
    coding: 'binary',
    shows: (_, { numbers }) => numbers >= 4,
    pattern: /(?:[01]{7,8}[\s,]{1,2}){4,2048}[01]{7,8}/g,
    read: (span) => codes(span, 2),
  },
  {
    coding: 'character codes',
    shows: (_, { numbers }) => numbers >= 8,
    pattern: /(?:\d{2,3}[\s,;]{1,2}){8,2048}\d{2,3}/g,
    read: (span) => codes(span, 10),
  },
  {
    coding: 'hex',
    shows: (_, { numbers, mixed }) => numbers + mixed >= 4,
    pattern: /(?:(?:0x)?[0-9a-f]{2}[\s,:]{1,2}){8,2048}(?:0x)?[0-9a-f]{2}/gi,
    read: (span) => codes(span.replaceAll(/0x/gi, ''), 16),
  },
  {
    coding: 'Morse code',
    shows: (text) => text.includes('-.') || text.includes('.-'),
    pattern: /(?:[.-]{1,6}(?: {1,3}|\n| ?\/ ?)){8,2048}[.-]{1,6}/g,
    read: fromMorse,
  },
];

/** Runs of codes, decoded; what does not come out as letters is nothing. */
export function spelled(text: string, signs: Signs): Hidden[] {
  const found: Hidden[] = [];
  for (const { coding, shows, pattern, read } of SPANS) {
    if (!shows(text, signs)) continue;
    for (const match of text.slice(0, CHARS_MAX).matchAll(pattern)) {
      const plain = read(match[0]);
      const letters = plain.match(/[\p{L}\p{N}\s]/gu)?.length ?? 0;
      if (letters < 0.75 * plain.length || letters < 8) continue;
      found.push({ text: plain, start: match.index, end: match.index + match[0].length, coding });
      if (found.length >= RUNS_MAX) return found;
    }
  }
  return found;
}

function codes(span: string, radix: number): string {
  return span
    .split(/[\s,;:]+/)
    .map((digits) => character(digits, radix))
    .join('');
}

function character(digits: string, radix: number): string {
  const code = Number.parseInt(digits, radix);
  return code > 8 && code < 0x11_0000 && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : ' ';
}

const MORSE: ReadonlyMap<string, string> = new Map(
  (
    '.- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --.. ' +
    '----- .---- ..--- ...-- ....- ..... -.... --... ---.. ----.'
  )
    .split(' ')
    .map((sign, at) => [sign, 'abcdefghijklmnopqrstuvwxyz0123456789'.charAt(at)] as const),
);

function fromMorse(span: string): string {
  const words = span.split(/ {2,3}| ?\/ ?|\n/);
  return words
    .map((word) =>
      word
        .split(' ')
        .map((sign) => MORSE.get(sign) ?? '')
        .join(''),
    )
    .join(' ');
}
