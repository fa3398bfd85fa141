/**
 * When guardrails stop much more than before. Shown false by a rate over calls instead of keys (one key sent everybody back), by
 * a baseline that forgets callers outside, by a window that never forgets, and against the model by a step that is not taken off
 * when it leaves; the last test by a walk over the keys of the window at each call.
 */
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { BlockRate, type SeenCall } from '../../../src/domain/rollout/block-rate.ts';
import { rolloutSchema } from '../../../src/guardrails/rollout-settings.ts';
import { random } from '../../support/random.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
console.info(`block-rate.test.ts: SEED=${seed}`);

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

/** The rate of each key. */
function ratesOf(calls: readonly SeenCall[]): number[] {
  const keys = Map.groupBy(calls, ({ key }) => key);
  return [...keys.values()].map((own) => own.filter(({ isStopped }) => isStopped).length / own.length);
}
const sum = (rates: readonly number[]): number => rates.reduce((all, one) => all + one, 0);

/** What is promised, written plainly: all calls are kept, and looked through at each. */
function modelRate(settings: { windowS: number; baselineS: number }, start: number) {
  const stepMs = (settings.windowS * 1000) / 5;
  const seen: (SeenCall & { step: number })[] = [];
  return (call: SeenCall) => {
    const step = Math.floor((now - start) / stepMs);
    seen.push({ ...call, step });
    const window = seen.filter((one) => one.isInside && one.step > step - 5);
    const before = seen.filter(
      (one) => one.step <= step - 5 && one.step > step - 5 - settings.baselineS / (stepMs / 1000),
    );
    const steps = [...new Set(before.map((one) => one.step))].map((at) =>
      ratesOf(before.filter((one) => one.step === at)),
    );
    const rates = ratesOf(window);
    const keys = sum(steps.map((one) => one.length));
    return {
      rate: sum(rates) / rates.length,
      baseline: keys === 0 ? 0 : sum(steps.map(sum)) / keys,
      calls: window.length,
      keys: rates.filter((one) => one > 0).length,
    };
  };
}

test('is what a model of it says, at every call that was stopped', () => {
  const chances = random(seed);
  const settings = { windowS: 10, baselineS: 600, minCalls: 1, minKeys: 1, overPercent: 0, timesBaseline: 1 };
  rate = made(settings);
  const model = modelRate(settings, now);
  let compared = 0;
  for (let i = 0; i < 1500; i++) {
    now += chances.chance(0.05) ? chances.below(400_000) : chances.below(1500);
    const call = {
      key: `k${chances.below(6)}`,
      isInside: chances.chance(0.8),
      isStopped: chances.chance(0.3),
    };
    const told = rate.count(call);
    const meant = model(call);
    if (!told) continue;
    compared += 1;
    expect({ ...told, at: 0 }, `call ${i}`).toEqual({
      at: 0,
      calls: meant.calls,
      keys: meant.keys,
      rate: expect.closeTo(meant.rate, 5),
      baseline: expect.closeTo(meant.baseline, 5),
    });
  }
  expect(compared).toBeGreaterThan(100);
});

test('walks over no keys at a call, however many there are', () => {
  rate = made({ windowS: 3600, minCalls: 1_000_000 });
  for (let step = 0; step < 5; step++) {
    for (let i = 0; i < 10_000; i++) rate.count({ key: `${step}-${i}`, isInside: true, isStopped: false });
    if (step < 4) now += 720_000;
  }
  const walks = ([Symbol.iterator, 'values', 'keys', 'entries', 'forEach'] as const).map((way) =>
    vi.spyOn(Map.prototype, way),
  );
  for (let i = 0; i < 2000; i++) rate.count({ key: `4-${i}`, isInside: true, isStopped: true });
  const walked = walks.map((walk) => walk.mock.calls.length);
  for (const walk of walks) walk.mockRestore();
  expect(walked).toEqual([0, 0, 0, 0, 0]);
});
