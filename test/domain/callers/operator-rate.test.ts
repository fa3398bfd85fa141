/** Of one credential never more than the limit in any minute, and others are not slowed. Shown false by a window that forgets the minute before. */
import { expect, test } from 'vitest';
import { OperatorRate } from '../../../src/domain/callers/operator-rate.ts';

test('the limit holds over the turn of a minute, and is had again', () => {
  let now = 0;
  const rate = new OperatorRate({ now: () => now }, 10);
  const taken = (credential: string, tries: number): number => {
    let done = 0;
    for (let i = 0; i < tries; i++)
      try {
        rate.take(credential);
        done += 1;
      } catch {
        // Refused: counted by what is missing.
      }
    return done;
  };
  now = 59_000;
  expect(taken('a', 20)).toBe(10);
  now = 61_000;
  expect(taken('a', 20)).toBe(0);
  expect(taken('b', 20)).toBe(10);
  now = 90_000;
  expect(taken('a', 20)).toBe(5);
  now = 300_000;
  expect(taken('a', 20)).toBe(10);
  expect(() => rate.take('a')).toThrow(expect.objectContaining({ code: 'rate.requests' }));
});
