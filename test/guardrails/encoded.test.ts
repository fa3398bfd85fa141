import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodedRuns } from '../../src/guardrails/encoded.ts';
import { type ScreenPolicy, screen } from '../../src/guardrails/screening.ts';

const SEED = 20_261_125;
const CARD = 'the card is 4111 1111 1111 1111, thanks';
const KEY = `the key is ${['ghp', 'aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY1zA2'].join('_')}`;
const policy: ScreenPolicy = { injection: 'off', pii: 'redact', secrets: 'redact', reversible: false };
const sent = (text: string) => {
  const { rewrites } = screen([{ text, trust: 'user', class: 'prose' }], policy);
  return rewrites[0]?.text ?? text;
};
const percent = (text: string) =>
  text.replace(/[^a-z]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`);

/** RFC 4648, section 6. */
function base32(text: string): string {
  const bits = Array.from(Buffer.from(text), (byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.charAt(Number.parseInt(five.padEnd(5, '0'), 2)))
    .join('');
}

const CODINGS: readonly (readonly [string, (text: string) => string])[] = [
  ['base64', (text) => Buffer.from(text).toString('base64')],
  ['base64url', (text) => Buffer.from(text).toString('base64url')],
  ['hex', (text) => Buffer.from(text).toString('hex')],
  ['HEX', (text) => Buffer.from(text).toString('hex').toUpperCase()],
  ['URL coding', percent],
  ['base32', base32],
];

describe('a run that says something', () => {
  it.each(CODINGS)('in %s is read, and goes as a whole', (_coding, code) => {
    const run = code(CARD).replace(/=+$/, '');
    expect(sent(`Look: ${run} !`)).toBe('Look: [REDACTED] !');
    expect(sent(`{"a":"${code(KEY)}"}`)).toMatch(/^\{"a":"\[REDACTED_SECRET\]=*"\}$/);
    expect(sent(`ünï ${run}`)).toBe('ünï [REDACTED]');
  });

  it.each(CODINGS)('in %s that is harmless stays', (_coding, code) => {
    const text = `Look: ${code('nothing to see here, move along')} !`;
    expect(sent(text)).toBe(text);
  });

  it('is found with its place', () => {
    const run = Buffer.from(CARD).toString('base64');
    const [found] = encodedRuns(`a ${run} b`);
    expect(found).toMatchObject({ text: CARD, start: 2, coding: 'base64' });
  });
});

describe('what is no text', () => {
  it('is left alone: words, names, pictures, digests', () => {
    for (const text of [
      'internationalization_of_everything',
      'src/guardrails/injection/lexicon',
      `data:image/png;base64,${Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...Array.from({ length: 99 }, (_, i) => i)]).toString('base64')}`,
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      '100%25 of %20',
    ])
      expect(encodedRuns(text)).toEqual([]);
  });

  it('bytes of any kind are bounded in runs, and throw nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 15, maxLength: 60 }), { maxLength: 100 }), (pieces) => {
        const text = pieces.map((piece) => Buffer.from(piece).toString('base64')).join(' ');
        expect(encodedRuns(text).length).toBeLessThanOrEqual(64);
      }),
      { seed: SEED, numRuns: 200 },
    );
  });
});

/** Milliseconds of the processor's. */
const ms = (text: string) => {
  const before = process.cpuUsage();
  encodedRuns(text);
  return process.cpuUsage(before).user / 1000;
};

/** Shown false by an expression that began to read at each place: 1.4 s for these, against 30 ms for prose. */
it('reads a long word before a coded octet once', () => {
  const length = 512 * 1024;
  const prose = 'some words '.repeat(length / 11);
  ms(prose);
  expect(ms(`${'a'.repeat(length)} %41%42%43abcdef`)).toBeLessThan(20 * ms(prose) + 60);
  expect(sent(`q=${'a'.repeat(300)}${percent(CARD)}`)).not.toContain('4111');
});
