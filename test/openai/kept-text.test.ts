/** The text of a stream is kept whole, in order, up to a bound; what is over it is counted high. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeptText } from '../../src/openai/kept-text.ts';

const textOf = (kept: KeptText): string => Buffer.from(kept.copy()).toString();

test('whatever comes is kept as it came', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 50 }), (pieces) => {
      const kept = new KeptText();
      for (const piece of pieces) kept.append(piece);
      expect(textOf(kept)).toBe(pieces.join(''));
      expect(kept.tokensLeftOutMax).toBe(0);
    }),
  );
});

test('a text without end takes no memory without end, and none of it is forgotten', () => {
  const kept = new KeptText();
  for (let piece = 0; piece < 3000; piece++) kept.append('x'.repeat(1000));
  const { length } = kept.copy();
  expect(length).toBeLessThanOrEqual(256 * 1024);
  expect(length + kept.tokensLeftOutMax).toBeGreaterThanOrEqual(3_000_000);
});
