/**
 * When guardrails stop much more than before. Shown false by a rate over calls instead of keys (one key sent everybody back), by
 * a baseline that forgets callers outside, and by a window that never forgets.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import { BlockRate } from '../../../src/domain/rollout/block-rate.ts';
import { rolloutSchema } from '../../../src/guardrails/rollout-settings.ts';

let now = 0;
let rate: BlockRate;
const made = (more: object = {}) => {
  const backToObserve = { windowS: 50, baselineS: 600, minCalls: 20, minKeys: 4, overPercent: 20, ...more };
  const settings = rolloutSchema.parse({ enforce: {}, backToObserve }).backToObserve;
  if (!settings) throw new Error('there are settings');
  return new BlockRate(settings, { now: () => now });
};
beforeEach(() => {
  now = 1_000_000;
  rate = made();
});

/** Of each key so many calls, of which some are stopped; whether it jumped at any of them. */
function calls(keys: readonly string[], each: number, stopped: number, isInside = true): boolean {
  let jumped = false;
  for (let i = 0; i < each; i++)
    for (const key of keys) {
      const isStopped = i >= each - stopped;
      if (rate.count({ key, isInside, isStopped })) jumped = true;
    }
  return jumped;
}
const TEN = Array.from({ length: 10 }, (_, i) => `k${i}`);

describe('a jump', () => {
  test('is told with what it was, once the keys are stopped that it takes', () => {
    for (const key of TEN.slice(0, 3)) expect(calls([key], 10, 10)).toBe(false);
    calls(TEN.slice(3, 9), 10, 0);
    const jump = rate.count({ key: 'k9', isInside: true, isStopped: true });
    expect(jump).toEqual({ at: now, rate: 0.4, baseline: 0, calls: 91, keys: 4 });
  });

  test('needs calls enough', () => {
    rate = made({ minCalls: 41 });
    expect(calls(TEN, 4, 4)).toBe(false);
    expect(rate.count({ key: 'k0', isInside: true, isStopped: true })).toBeDefined();
  });

  test('is nobody’s to make with a few keys, however often they call', () => {
    calls(TEN, 5, 0);
    expect(calls(['e1', 'e2', 'e3'], 5000, 5000)).toBe(false);
    expect(
      calls(
        Array.from({ length: 30 }, (_, i) => `honest${i}`),
        1,
        0,
      ),
    ).toBe(false);
    // A fourth key is enough keys, and 4 of 44 are under the share.
    expect(calls(['e4'], 5000, 5000)).toBe(false);
  });

  test('is over the time before, in which callers outside count as well', () => {
    calls(TEN, 10, 2, false);
    now += 100_000;
    // A fifth as before: thrice that it is not.
    expect(calls(TEN, 10, 2)).toBe(false);
    now += 100_000;
    expect(calls(TEN, 10, 7)).toBe(true);
  });

  test('is not made of what is outside, nor of what is long ago', () => {
    expect(calls(TEN, 10, 10, false)).toBe(false);
    rate = made();
    calls(TEN.slice(0, 3), 10, 10);
    now += 51_000;
    expect(calls(TEN.slice(3), 10, 0)).toBe(false);
    expect(rate.count({ key: 'k3', isInside: true, isStopped: true })).toBeUndefined();
  });
});

test('a year of silence, and a clock that goes back, end nothing', () => {
  calls(TEN, 10, 0);
  now += 365 * 86_400_000;
  expect(calls(TEN, 10, 10)).toBe(true);
  now -= 1_000_000;
  rate.count({ key: 'k', isInside: true, isStopped: false });
  now += 2_000_000;
  rate.count({ key: 'k', isInside: true, isStopped: false });
});
