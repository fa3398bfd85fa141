/**
 * Who is held back while little is left upstream, where and how long. Shown false by a share of nothing, by a name without
 * the model, by a guard that asks for no team, and by a 429 that tells nothing.
 */
import { expect, test } from 'vitest';
import { asRefusal } from '../../src/base/errors.ts';
import { UpstreamPressure } from '../../src/domain/upstreams/upstream-pressure.ts';
import { holdBack } from '../../src/stages/hold-back.ts';
import { ADA, chatBody, prepared } from '../support/exchange.ts';

const teams = { night: { priority: 'low' }, day: {} } as const;

function told(what: object, status = 200) {
  let now = 1000;
  const pressure = new UpstreamPressure({ now: () => now });
  pressure.observe(undefined, 'gpt-4o-mini', { status, headers: { ...what } });
  return { pressure, later: (ms: number) => (now += ms) };
}
const headers = (remaining: number, reset: string, of = 'requests') => ({
  'x-ratelimit-limit-requests': '1000',
  'x-ratelimit-remaining-requests': '1000',
  [`x-ratelimit-limit-${of}`]: '1000',
  [`x-ratelimit-remaining-${of}`]: String(remaining),
  [`x-ratelimit-reset-${of}`]: reset,
});

test.each([
  ['ten of a hundred are enough', headers(100, '30s'), 0],
  ['less is little', headers(99, '30s'), 30_000],
  ['of tokens too', headers(0, '1m2s', 'tokens'), 60_000],
  ['parts of a second', headers(0, '120ms'), 120],
  ['fractions', headers(0, '1.5s'), 1500],
  ['no duration is a second', headers(0, 'soon'), 1000],
  ['numbers that are none', headers(Number.NaN, '30s'), 0],
  ['nothing told', {}, 0],
])('%s', (_what, what, ms) => {
  const { pressure } = told(what);
  expect(pressure.holdMs(undefined, 'gpt-4o-mini')).toBe(ms);
  expect(pressure.holdMs('eu', 'gpt-4o-mini')).toBe(0);
  expect(pressure.holdMs(undefined, 'gpt-4o')).toBe(0);
});

test.each([
  [{}, 1000],
  [{ 'retry-after': '7' }, 7000],
  [{ 'retry-after': '7', ...headers(0, '30s') }, 30_000],
  [{ 'retry-after': '900' }, 60_000],
  [{ 'retry-after': 'Fri, 01 Jan 2027 00:00:00 GMT' }, 1000],
])('a refusal (429) says that nothing is left: %j', (what, ms) => {
  expect(told(what, 429).pressure.holdMs(undefined, 'gpt-4o-mini')).toBe(ms);
});

test('the newest answer counts, and what it told ends', () => {
  const { pressure, later } = told(headers(0, '30s'));
  later(29_000);
  expect(pressure.holdMs(undefined, 'gpt-4o-mini')).toBe(1000);
  later(1000);
  expect(pressure.holdMs(undefined, 'gpt-4o-mini')).toBe(0);
  pressure.observe(undefined, 'gpt-4o-mini', { status: 200, headers: headers(0, '30s') });
  pressure.observe(undefined, 'gpt-4o-mini', { status: 200, headers: headers(900, '1s') });
  expect(pressure.holdMs(undefined, 'gpt-4o-mini')).toBe(0);
});

test('teams of low priority wait, the others do not', async () => {
  const { pressure } = told(headers(0, '1500ms'));
  const guard = holdBack(pressure, teams);
  const codes = await Promise.all(
    ['night', 'day', undefined].map(async (team) => {
      const exchange = await prepared({ body: chatBody() }, { ...ADA, team });
      try {
        void guard(exchange);
        return 'ok';
      } catch (error) {
        const { code, options } = asRefusal(error);
        return `${code} ${options.retryAfterS}`;
      }
    }),
  );
  expect(codes).toEqual(['rate.upstream 2', 'ok', 'ok']);
});
