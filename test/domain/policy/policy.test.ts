/** What may change while calls are under way. Shown false by comparing sections as a whole, and by no FIXED. */
import { expect, test } from 'vitest';
import { policyChange, policyDigest, shownPaths } from '../../../src/domain/policy/policy.ts';

const HOUSE = {
  environment: { PORT: 1 },
  upstream: { baseUrl: 'https://a' },
  tiers: { free: { requestsPerMinute: 10 } },
  guardrails: { pii: { action: 'redact' }, timeoutMs: 2000, workers: { threads: 1 } },
  tools: { deny: ['a', 'b'] },
};

test('the paths that differ, and which of them need a start', () => {
  const after = {
    environment: { PORT: 2 },
    upstream: { baseUrl: 'https://b' },
    tiers: { pro: {}, free: { requestsPerMinute: 10 } },
    guardrails: { pii: { action: 'block' }, timeoutMs: 3000, workers: { threads: 2 } },
    tools: { deny: ['b', 'a'] },
  };
  expect(policyChange(HOUSE, after)).toEqual({
    changed: ['guardrails.pii.action', 'tiers.pro', 'tools.deny'],
    needRestart: [
      'environment.PORT',
      'guardrails.timeoutMs',
      'guardrails.workers.threads',
      'upstream.baseUrl',
    ],
  });
  expect(policyChange(HOUSE, structuredClone(HOUSE))).toEqual({ changed: [], needRestart: [] });
});

test('a version is of the rules alone, whatever order they were written in', () => {
  const version = policyDigest(HOUSE);
  expect(version).toMatch(/^[0-9a-f]{64}$/);
  expect(policyDigest({ ...HOUSE, upstream: { baseUrl: 'https://b' } })).toBe(version);
  expect(policyDigest(Object.fromEntries(Object.entries(HOUSE).reverse()))).toBe(version);
  expect(policyDigest({ ...HOUSE, tools: { deny: ['a'] } })).not.toBe(version);
});

test('a long list of paths is cut, and says so', () => {
  const shown = shownPaths(Array.from({ length: 103 }, (_, i) => `tiers.${i}`));
  expect([shown.length, shown.at(-1)]).toEqual([101, 'and 3 more']);
});
