/** Bounds of input: never under what a tokenizer counts in one go, near it for prose, linear for noise. */
import { createRequire } from 'node:module';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { audioSeconds, byteBound, countTokens, inputTokensBound } from '../../src/openai/tokens.ts';

const require = createRequire(import.meta.url);
type Counter = { countTokens: (text: string, options: object) => number };
const oracles: Record<'o200k_base' | 'cl100k_base', Counter> = {
  o200k_base: require('gpt-tokenizer/cjs/encoding/o200k_base'),
  cl100k_base: require('gpt-tokenizer/cjs/encoding/cl100k_base'),
};
const whole = (text: string, encoding: keyof typeof oracles) =>
  oracles[encoding].countTokens(text, { disallowedSpecial: new Set() });

const PROSE = 'The quick brown fox jumps over the lazy dog, and nobody in the village was surprised. ';

describe('counting', () => {
  test('prose counts within 2 % of exact', () => {
    const text = PROSE.repeat(100);
    const exact = whole(text, 'o200k_base');
    expect(countTokens([text])).toBeGreaterThanOrEqual(exact);
    expect(countTokens([text])).toBeLessThanOrEqual(exact * 1.03);
  });
  test.each(['o200k_base', 'cl100k_base'] as const)('%s: a cut inside a word hides no token', (encoding) => {
    for (const word of ['rrrrois', 'aaesertinooi']) {
      for (let at = 1; at < word.length; at += 1) {
        const text = '1\n'.repeat(128).slice(at) + word;
        expect(countTokens([text], encoding)).toBeGreaterThanOrEqual(whole(text, encoding));
      }
    }
  });
  test('texts add up; none is none', () => {
    expect(countTokens([])).toBe(0);
    expect(countTokens(['', ''])).toBe(0);
    expect(countTokens(['a b', 'c'])).toBe(countTokens(['a b']) + countTokens(['c']));
  });
  test('a mark of the vocabulary is text', () => {
    expect(countTokens(['<|endoftext|>'])).toBeGreaterThan(1);
  });
  test.each(['o200k_base', 'cl100k_base'] as const)(
    '%s: never under the count of the whole text',
    (encoding) => {
      const piece = fc.oneof(
        fc.string({ maxLength: 400 }),
        fc.string({ unit: 'binary', maxLength: 400 }),
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        fc.constantFrom(
          PROSE,
          ' '.repeat(300),
          '\n'.repeat(300),
          'aaaa'.repeat(100),
          '漢字'.repeat(150),
          '👩‍👩‍👧‍👦'.repeat(40),
        ),
      );
      fc.assert(
        fc.property(fc.array(piece, { maxLength: 4 }), (pieces) => {
          const text = pieces.join('');
          expect(countTokens([text], encoding)).toBeGreaterThanOrEqual(whole(text, encoding));
          expect(byteBound(Buffer.byteLength(text))).toBeGreaterThanOrEqual(whole(text, encoding));
        }),
        { seed: Date.now() & 0x7fffffff, numRuns: 150 },
      );
    },
  );
});

describe('bounds', () => {
  const none = { images: 0, audioBytes: 0, fileBytes: 0, messages: 1 };
  const price = { imageTokensMax: 1445 };
  test('each part adds to the bound', () => {
    const base = inputTokensBound(100, none, price);
    expect(base).toBe(124);
    expect(inputTokensBound(100, { ...none, messages: 11 }, price)).toBe(base + 80);
    expect(inputTokensBound(100, { ...none, images: 2 }, price)).toBe(base + 2890);
    expect(inputTokensBound(100, { ...none, audioBytes: 7_501 }, price)).toBe(base + 110);
    expect(inputTokensBound(100, { ...none, fileBytes: 1_025 }, price)).toBe(base + 1_025 + 2 * 1445);
  });
  test('sound: a second of it has at least so many bytes', () => {
    expect(audioSeconds(0, 750)).toBe(0);
    expect(audioSeconds(1, 750)).toBe(1);
    expect(audioSeconds(16_000 * 60, 16_000)).toBe(60);
  });
});
