/** Whose limits a call is held to, and where each number comes from. */
import { describe, expect, test } from 'vitest';
import { Refusal } from '../../../src/base/errors.ts';
import type { Caller } from '../../../src/domain/callers/caller.ts';
import { type ScopeSettings, scopesOf } from '../../../src/domain/limits/scopes.ts';
import type { KeyRecord } from '../../../src/ports/store.ts';

const settings: ScopeSettings = {
  tiers: {
    free: { requestsPerMinute: 10, maxTokensPerRequest: 1000, dailyBudgetUsd: 0.1 },
    internal: { dailyBudgetUsd: 50, monthlyBudgetUsd: 500, concurrency: 5, tokensPerMinute: 9 },
  },
  house: { dailyBudgetUsd: 100, requestsPerMinute: 1000 },
  teams: { red: { dailyBudgetUsd: 20 } },
  defaults: { requestsPerMinute: 60, requestsPerHour: 1000, requestsPerDay: 10_000 },
};
const caller: Caller = { user: 'ann', tier: 'free', role: 'user', credential: 'k1' };
const key: KeyRecord = {
  id: 'k1',
  version: 1,
  user: 'ann',
  tier: 'free',
  role: 'user',
  secretDigest: '',
  createdAt: 0,
  requestsPerMinute: 3,
  tokensPerMinute: 4,
  concurrency: 5,
  dailyBudgetNano: 6,
};
const kinds = (who: Caller) => scopesOf(who, settings).map((scope) => `${scope.kind} ${scope.id}`);
const of = (who: Caller, kind: string, by = settings) =>
  scopesOf(who, by).find((scope) => scope.kind === kind);

test('house, team, user, key, as far as there are such', () => {
  expect(kinds(caller)).toEqual(['house house', 'user ann']);
  expect(kinds({ ...caller, team: 'red', key })).toEqual(['house house', 'team red', 'user ann', 'key k1']);
});

describe('the numbers', () => {
  test("the tier's belong to the user, and what it leaves open is filled in", () => {
    expect(of(caller, 'user')).toMatchObject({
      requestsPerMinute: 10,
      requestsPerHour: 1000,
      requestsPerDay: 10_000,
      dailyBudgetNano: 100_000_000,
    });
    expect(of(caller, 'user')?.tokensPerMinute).toBeUndefined();
    expect(of({ ...caller, tier: 'internal' }, 'user')).toMatchObject({
      requestsPerMinute: 60,
      concurrency: 5,
      tokensPerMinute: 9,
      monthlyBudgetNano: 500_000_000_000,
    });
  });
  test('without defaults, what a tier leaves open is open', () => {
    expect(of(caller, 'user', { ...settings, defaults: {} })?.requestsPerHour).toBeUndefined();
  });
  test("house and team have their own; the defaults are nobody's but the user's", () => {
    expect(of({ ...caller, team: 'red' }, 'house')).toMatchObject({
      requestsPerMinute: 1000,
      dailyBudgetNano: 100e9,
    });
    expect(of({ ...caller, team: 'red' }, 'team')).toMatchObject({ dailyBudgetNano: 20e9 });
    expect(of({ ...caller, team: 'red' }, 'team')?.requestsPerMinute).toBeUndefined();
  });
  test("the key's are the key's", () => {
    expect(of({ ...caller, key }, 'key')).toEqual({
      kind: 'key',
      id: 'k1',
      requestsPerMinute: 3,
      tokensPerMinute: 4,
      concurrency: 5,
      dailyBudgetNano: 6,
    });
  });
  test('a scope without limits is there to be counted', () => {
    for (const team of ['blue', '__proto__', 'constructor']) {
      expect(of({ ...caller, team }, 'team')).toEqual({ kind: 'team', id: team });
    }
    expect(of(caller, 'house', { tiers: settings.tiers, defaults: {} })).toEqual({
      kind: 'house',
      id: 'house',
    });
  });
});

test('a tier that is not configured is no tier', () => {
  for (const tier of ['gone', 'constructor', '__proto__']) {
    expect(() => scopesOf({ ...caller, tier }, settings)).toThrow(Refusal);
  }
});
