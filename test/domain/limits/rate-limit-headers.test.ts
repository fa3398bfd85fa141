import { expect, test } from 'vitest';
import { rateLimitHeaders } from '../../../src/domain/limits/rate-limit-headers.ts';

const reset = (resetMs: number) =>
  rateLimitHeaders({ requests: { limit: 1, remaining: 0, resetMs } })['x-ratelimit-reset-requests'];

test('each window that there is, and no other', () => {
  const requests = { limit: 60, remaining: 59, resetMs: 1000 };
  const tokens = { limit: 4000, remaining: -7, resetMs: 6 };
  expect(rateLimitHeaders({})).toEqual({});
  expect(rateLimitHeaders({ requests })).toEqual({
    'x-ratelimit-limit-requests': '60',
    'x-ratelimit-remaining-requests': '59',
    'x-ratelimit-reset-requests': '1s',
  });
  expect(rateLimitHeaders({ requests, tokens })).toMatchObject({
    'x-ratelimit-limit-tokens': '4000',
    'x-ratelimit-remaining-tokens': '0',
    'x-ratelimit-reset-tokens': '6ms',
  });
});

test.each([
  [-5, '0s'],
  [0, '0s'],
  [0.2, '1ms'],
  [999, '999ms'],
  [999.5, '1s'],
  [1000, '1s'],
  [1001, '2s'],
  [59_000, '59s'],
  [59_001, '1m0s'],
  [360_000, '6m0s'],
  [3_605_000, '1h0m5s'],
])('%d ms are told as %s, never too early', (ms, told) => {
  expect(reset(ms)).toBe(told);
});
