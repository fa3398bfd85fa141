/**
 * Personal data and secrets that were written character by character are found, with their places in what came; harmless
 * text in the same codings stays. Control tried: without the views and the tags in screening.ts ten are red (entities,
 * escapes, characters set apart, tags); the rest are runs that encoded.ts reads.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ScreenPolicy, screen } from '../../src/guardrails/screening.ts';
import { escapesView, joinedViews } from '../../src/guardrails/written-out.ts';

const policy: ScreenPolicy = { injection: 'off', pii: 'redact', secrets: 'redact', reversible: false };
const sent = (text: string): string =>
  screen([{ text, trust: 'user', class: 'prose' }], policy).rewrites[0]?.text ?? text;

const KEY = ['ghp', 'aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY1zA2'].join('_');
const hexOf = (char: string): string => char.charCodeAt(0).toString(16).padStart(2, '0');
const each =
  (code: (char: string) => string) =>
  (text: string): string =>
    Array.from(text, code).join('');
const apart = (text: string): string => Array.from(text).join(' ');
const CODINGS: readonly (readonly [string, (text: string) => string])[] = [
  ['decimal entities', each((char) => `&#${char.charCodeAt(0)};`)],
  ['hexadecimal entities', each((char) => `&#x${hexOf(char)};`)],
  ['entities in entities', each((char) => `&amp;#${char.charCodeAt(0)};`)],
  ['escapes', each((char) => `\\x${hexOf(char)}`)],
  ['braced escapes', each((char) => `\\u{${hexOf(char)}}`)],
  ['escapes of escapes', each((char) => `\\\\u00${hexOf(char)}`)],
  ['URL coding twice', each((char) => `%25${hexOf(char)}`)],
  ['characters set apart', apart],
  ['characters with bars between', (text) => Array.from(text).join('|')],
  ['base64 twice', (text) => btoa(btoa(`see ${text} there`)).replace(/=+$/, '')],
  [
    'base64 in lines',
    (text) =>
      btoa(`see ${text} and more`)
        .replace(/.{24}(?=.)/g, '$&\n')
        .replace(/=+$/, ''),
  ],
  ['hex in pairs', (text) => Array.from(text, hexOf).join(' ')],
  ['0x', (text) => `0x${Array.from(`see you at ${text}`, hexOf).join('')}`],
];

describe('written in', () => {
  it.each(CODINGS)('%s', (_, code) => {
    for (const value of ['ann.lee@mail.example.org', '4111111111111111', KEY])
      expect(sent(`Look: ${code(value)} !`)).toMatch(/^Look: \[REDACTED\w*\] !$/);
    const harmless = `Look: ${code('nothing to see here')} !`;
    expect(sent(harmless)).toBe(harmless);
  });
});

it('a single escape in the middle does not hide what stands around it', () => {
  expect(sent('card 4&#49;11 1111 1111 1111 ok')).toBe('card [REDACTED] ok');
  expect(sent('mail ann&commat;example.com ok')).toBe('mail [REDACTED] ok');
  expect(sent('a &lt; b &amp;&amp; c &gt; d, 100%25, \\x41')).toBe(
    'a &lt; b &amp;&amp; c &gt; d, 100%25, \\x41',
  );
});

it('words of one character beside characters that were set apart hide nothing', () => {
  expect(sent(`a ${apart('4111111111111111')} b c`)).toBe('a [REDACTED] b c');
  expect(sent(`a ${apart(KEY)}`)).toMatch(/^a \[REDACTED_SECRET\]$/);
  const table = 'x 1 2 3 4 5 6 7 8 9 0 1 2 y';
  expect(sent(table)).toBe(table);
});

it.each([0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0x1fbf0, 0xff10])('digits from U+%s on are digits', (zero) => {
  const card = each((char) => String.fromCodePoint(zero + Number(char)))('4111111111111111');
  expect(sent(`card ${card} ok`)).toBe('card [REDACTED] ok');
});

it('what invisible tags spell is read', () => {
  const tagged = each((char) => String.fromCodePoint(0xe0000 + char.charCodeAt(0)))('ann@example.com');
  expect(sent(`hello${tagged} there`)).toBe('hello[REDACTED] there');
});

it('addresses in words', () => {
  expect(sent('write to ann.lee [at] example [dot] org soon')).toBe('write to [REDACTED] soon');
  expect(sent('write to ann dot lee at example dot org soon')).toBe('write to [REDACTED] soon');
  expect(sent('write to ann(at)example.org soon')).toBe('write to [REDACTED] soon');
  const honest = 'we met at noon (at the station), look at point dot product; array[at] is x.y';
  expect(sent(honest)).toBe(honest);
});

it('every place of a view is one of the source', () => {
  const piece = fc.constantFrom(
    '&#64;',
    '%40',
    '\\x41',
    'a ',
    'b|',
    'ü',
    '\ud83d\ude00',
    '1-',
    'x',
    '%2540',
    ' ',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const source = pieces.join('');
      for (const view of [escapesView(source), ...joinedViews(source)]) {
        const { starts, ends } = view?.origin ?? {};
        for (let i = 0; i < (view?.text.length ?? 0); i++) {
          expect(starts?.[i]).toBeLessThan(ends?.[i] ?? 0);
          expect(ends?.[i]).toBeLessThanOrEqual(source.length);
          expect(starts?.[i]).toBeGreaterThanOrEqual(starts?.[Math.max(0, i - 1)] ?? 0);
        }
      }
    }),
    { seed: 99, numRuns: 300 },
  );
});
