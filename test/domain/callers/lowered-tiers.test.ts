/**
 * Promise 47, of lowered tiers: who is held to one has less in everything or keeps what they have, for as long as was said.
 * Shown false by taking the named tier without comparing, by leaving the roll-out out, and by an end that is not looked at.
 */
import { expect, test } from 'vitest';
import type { Caller } from '../../../src/domain/callers/caller.ts';
import { createContainment, type Lowering } from '../../../src/domain/callers/containment.ts';
import { createLoweredTiers, isBelow } from '../../../src/domain/callers/lowered-tiers.ts';
import type { Tiers } from '../../../src/domain/limits/tiers.ts';
import { withKey } from '../../support/exchange.ts';

const tiers: Tiers = {
  free: { requestsPerMinute: 10, dailyBudgetUsd: 0.1 },
  pro: { requestsPerMinute: 60, dailyBudgetUsd: 5, endUsers: 'required', history: { enabled: true } },
  internal: { dailyBudgetUsd: 50 },
  listed: { requestsPerMinute: 60, dailyBudgetUsd: 5, models: ['gpt-4o*'] },
  strict: { requestsPerMinute: 60, dailyBudgetUsd: 5, guardrails: { pii: 'block' } },
  dear: { requestsPerMinute: 5, dailyBudgetUsd: 6 },
};
const guardrails = { pii: { action: 'redact' } };
const policy = { tiers, guardrails, defaults: { requestsPerMinute: 60 } };

const caller = (tier: string, id = 'k1'): Caller => ({ ...withKey({ id, tier }), tier });

function house() {
  let now = 1_000_000;
  const containment = createContainment({ now: () => now });
  const lowered = createLoweredTiers(containment, () => policy);
  const common = { id: 'l1', at: now, by: 'system', reason: '' };
  return {
    lowered: (one: Caller) => lowered.lowered(one),
    hold: (...some: Partial<Lowering>[]) =>
      containment.replace(
        {
          bans: [],
          lowerings: some.map((one) => ({
            ...common,
            kind: 'user',
            value: 'ada',
            tier: 'free',
            until: now + 1000,
            ...one,
          })),
        },
        false,
      ),
    pass: (ms: number) => void (now += ms),
  };
}

test.each([
  ['free', 'pro', true],
  ['free', 'internal', true],
  ['pro', 'free', false],
  ['free', 'free', false],
  ['free', 'listed', false],
  ['listed', 'pro', true],
  ['pro', 'strict', false],
  ['strict', 'pro', true],
  ['dear', 'pro', false],
  ['pro', 'dear', false],
  ['none', 'pro', false],
  ['__proto__', 'pro', false],
  ['free', 'none', false],
] as const)('%s is below %s: %s', (tier, than, is) => {
  expect(isBelow(policy, tier, than)).toBe(is);
});

const rolledOut = (names: readonly string[]) => ({
  ...policy,
  guardrails: { ...guardrails, rollout: { enforce: { tiers: names } } },
});

test('guardrails that are enforced for a tier by name stay enforced', () => {
  expect(isBelow(rolledOut(['pro']), 'free', 'pro')).toBe(false);
  expect(isBelow(rolledOut(['pro', 'free']), 'free', 'pro')).toBe(true);
});

test('whom it names, for its time; nobody is raised; the same caller each time', () => {
  const { lowered, hold, pass } = house();
  const [pro, free, internal] = ['pro', 'free', 'internal'].map((tier) => caller(tier));
  if (!pro || !free || !internal) throw new Error('three were made');
  expect(lowered(pro)).toBe(pro);
  hold({});
  expect(lowered(pro)).toEqual({ ...pro, tier: 'free' });
  expect(lowered(pro)).toBe(lowered(pro));
  expect(lowered(free)).toBe(free);
  expect(lowered({ ...pro, user: 'bob' }).tier).toBe('pro');
  hold({ kind: 'key', value: 'k2' });
  expect(lowered(pro)).toBe(pro);
  expect(lowered(caller('pro', 'k2')).tier).toBe('free');
  hold({ tier: 'pro' });
  expect(lowered(free)).toBe(free);
  hold({ tier: 'none' });
  expect(lowered(pro)).toBe(pro);
  hold({}, { id: 'l2', kind: 'key', value: 'k1', tier: 'pro' });
  expect(lowered(internal).tier).toBe('free');
  pass(1000);
  expect(lowered(internal)).toBe(internal);
});
