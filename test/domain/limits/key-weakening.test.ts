/** When a new key opens more than there was: money of one user, the house to one more. Shown false by the least bound of the user's keys. */
import { expect, test } from 'vitest';
import { opensMore } from '../../../src/domain/limits/key-weakening.ts';
import type { NewKey } from '../../../src/domain/callers/keys.ts';
import type { KeyRecord } from '../../../src/ports/store.ts';

const TIERS = {
  free: { dailyBudgetUsd: 0.1 },
  pro: { dailyBudgetUsd: 5, monthlyBudgetUsd: 100 },
  monthly: { dailyBudgetUsd: 5 },
  open: {},
};
const NOW = 1_000_000;
const wanted = (more: Partial<NewKey>): NewKey => ({ user: 'ada', tier: 'pro', role: 'user', ...more });
const had = (more: Partial<KeyRecord>): KeyRecord => ({
  ...wanted({}),
  id: 'k',
  version: 1,
  secretDigest: '',
  createdAt: 0,
  ...more,
});
const USD = 1_000_000_000;

test.each([
  ['a first key', {}, [], undefined],
  ['the same again', {}, [had({})], undefined],
  ['less', { tier: 'free', dailyBudgetNano: 1 }, [had({ tier: 'free' })], undefined],
  ['as much as the largest of several', {}, [had({ tier: 'free' }), had({})], undefined],
  ['another user’s are not theirs', {}, [had({ user: 'bob', tier: 'free' })], undefined],
  [
    'one that ended does not count',
    {},
    [had({ tier: 'free' }), had({ revokedAt: 1 })],
    'more money for the user',
  ],
  ['a dearer tier', {}, [had({ tier: 'free' })], 'more money for the user'],
  ['more in a month', { tier: 'monthly' }, [had({})], 'more money for the user'],
  ['no bound at all', { tier: 'open' }, [had({})], 'more money for the user'],
  [
    'a bound of the key that is higher',
    { dailyBudgetNano: 2 * USD },
    [had({ dailyBudgetNano: USD })],
    'more money for the user',
  ],
  ['a bound beyond the tier’s', { dailyBudgetNano: 9 * USD }, [had({})], undefined],
  ['an administrator', { role: 'admin' }, [had({})], 'one more administrator of the house'],
  ['another key of an administrator', { role: 'admin' }, [had({ role: 'admin' })], undefined],
  ['of one team', { role: 'admin', administers: 'team', team: 'red' }, [had({})], undefined],
  [
    'the house after a team',
    { role: 'admin' },
    [had({ role: 'admin', administers: 'team' })],
    'one more administrator of the house',
  ],
] as const)('%s', (_, more, keys, why) => {
  expect(opensMore(wanted(more), keys, TIERS, NOW)).toBe(why);
});
