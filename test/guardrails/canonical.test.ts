/** The view detectors read: what it makes of disguises, and that every place of it leads back to the source. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalise, sourceRange } from '../../src/guardrails/canonical.ts';

const SEED = 20_261_123;
const tag = (text: string): string =>
  Array.from(text, (char) => String.fromCodePoint(0xe0000 + char.charCodeAt(0))).join('');

describe('canonicalise', () => {
  it('leaves ASCII as it is, without a map', () => {
    expect(canonicalise('Plain text, 42!')).toEqual({ text: 'Plain text, 42!' });
  });

  it.each([
    ['full-width', 'ｉｇｎｏｒｅ', 'ignore'],
    ['mathematical letters', '𝐢𝐠𝐧𝐨𝐫𝐞', 'ignore'],
    ['zero-width characters', 'ig\u200bno\u2060re', 'ignore'],
    ['soft hyphens', 'ig\u00adnore', 'ignore'],
    ['combining marks', 'i\u0301g\u0336n\u0335ore', 'ignore'],
    ['bidi controls', '\u202eignore\u202c', 'ignore'],
    ['Cyrillic look-alikes in a Latin word', 'ignоrе', 'ignore'],
    ['accents', 'précédentes', 'precedentes'],
    ['a no-break space', 'a\u00a0b', 'a b'],
    ['full-width digits', '４１１１', '4111'],
    ['escapes as JSON has them', '{"n":"\\u0034\\u00311\\u0031"}', '{"n":"4111"}'],
    ['an escaped pair', '\\ud835\\udc22gnore', 'ignore'],
    ['half an escaped pair', 'a\\ud835b', 'a b'],
  ])('undoes %s', (_, source, text) => {
    expect(canonicalise(source).text).toBe(text);
  });

  it('leaves what only looks like an escape alone', () => {
    for (const text of ['C:\\users', '\\u12', '\\u12g4', '\\\\', '\\x41'])
      expect(canonicalise(text).text).toBe(text);
  });

  it('leads from an escape to the whole of it', () => {
    const view = canonicalise('a\\u0034\\ud835\\udc22b');
    expect(view.text).toBe('a4ib');
    expect(sourceRange(view, 1, 2)).toEqual([1, 7]);
    expect(sourceRange(view, 2, 3)).toEqual([7, 19]);
  });

  it('leaves words of other scripts alone', () => {
    expect(canonicalise('осень').text).toBe('осень');
    expect(canonicalise('忽略').text).toBe('忽略');
  });

  it('reads tag characters apart, and knows the flags that are made of them', () => {
    expect(canonicalise(`hello${tag('psst')}`)).toMatchObject({
      text: 'hello',
      tags: { text: 'psst', start: 5, end: 13 },
    });
    expect(canonicalise(`\u{1f3f4}${tag('gbsct')}\u{e007f}`).tags).toBeUndefined();
  });

  it('maps every unit into the source, in order', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (source) => {
        const view = canonicalise(source);
        let last = 0;
        for (let i = 0; i < view.text.length; i++) {
          const [start, end] = sourceRange(view, i, i + 1);
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(source.length);
          last = start;
        }
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});
