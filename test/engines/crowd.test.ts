/** A crowd is many calls over a while; neither one call, nor a burst, nor what was long ago. */
import { expect, test } from 'vitest';
import { Crowd } from '../../src/engines/crowd.ts';

/** Arrivals every `everyMs` from `from` to `to`; how many of them are told to wait. */
function waiting(crowd: Crowd, from: number, to: number, everyMs: number): number {
  let count = 0;
  for (let at = from; at < to; at += everyMs) if (crowd.arrive(at)) count += 1;
  return count;
}

test('few calls never wait', () => {
  expect(waiting(new Crowd(), 0, 10_000, 1)).toBe(0);
});

test('nobody waits in a burst, however large', () => {
  const crowd = new Crowd();
  expect(waiting(crowd, 0, 1, 0.001)).toBe(0);
  expect(crowd.arrive(100)).toBe(false);
});

test('in a crowd all wait from its second window on, and none after it', () => {
  const crowd = new Crowd();
  expect(waiting(crowd, 0, 16, 0.5)).toBe(0);
  expect(waiting(crowd, 16, 160, 0.5)).toBe(288);
  expect(crowd.arrive(1000)).toBe(false);
});
