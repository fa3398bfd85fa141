/**
 * I14, I22: whatever is wrong with Redis, a call through the whole gateway ends soon and as configured, nothing
 * reaches upstream that was not admitted, all is normal soon after; data that are lost make nothing spendable.
 * Shown false by catching the refusal of the ledger in stages/admit; by leaving stages/look-ahead out of the pipeline;
 * and, for a Redis that was loading, by waiting as long as it says that it takes (`maxLoadingRetryTime` left out).
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createKey } from '../support/admin.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { type Answered, chat, entriesOf, MONEY_ONLY, outcomeOf } from '../support/money.ts';
import { ownClock, turnOf } from '../support/own-clock.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';

const WAIT_MS_MAX = 250;
/** That, and what else there is to do. */
const ENDS_WITHIN_MS = 800;
const LOADED_WITHIN_MS = 2000;
const RECOVERY = { interval: 50 };
/** So many keys, at so many microseconds and what a sleep costs beside: Redis loads for many seconds, unless it is let off. */
const [LOADED_KEYS, LOAD_DELAY_US] = [30_000, 200];

let redis: TestRedis;
let proxy: FaultProxy;
let upstream: Upstream;
/** Fails closed, as it ships; fails open, as an operator may choose. */
let closed: Gateway;
let open: Gateway;

function start(namespace: string, more: object = {}): Promise<Gateway> {
  return startGateway({
    upstream,
    env: { REDIS_URL: `redis://127.0.0.1:${proxy.port}` },
    key: { tier: 'wide' },
    config: {
      ...MONEY_ONLY,
      ledger: { kind: 'redis', url: 'env:REDIS_URL', namespace, waitMsMax: WAIT_MS_MAX, ...more },
      tiers: { wide: { dailyBudgetUsd: 50 }, three: { requestsPerMinute: 3, dailyBudgetUsd: 50 } },
    },
  });
}

beforeAll(async () => {
  const settings = ['--key-load-delay', String(LOAD_DELAY_US)];
  redis = await startRedis({ own: true, appendOnly: true, settings });
  proxy = await startFaultProxy({ port: redis.port });
  upstream = await startUpstream();
  [closed, open] = await Promise.all([start('closed'), start('open', { onFailure: 'open' })]);
});
afterEach(async () => {
  await proxy.set({});
  await isNormalAgain();
});
afterAll(async () => {
  await Promise.all([closed?.stop(), open?.stop()]);
  await upstream?.close();
  await proxy?.close();
  await redis?.stop();
});

async function timed(gateway: Gateway): Promise<Answered & { readonly tookMs: number }> {
  const clock = ownClock(turnOf(gateway));
  return { ...(await chat(gateway)), tookMs: clock.stop() };
}

/** Three calls at once are refused, soon, and upstream hears of none; who may go on says that it is degraded. */
async function isAway(): Promise<void> {
  upstream.clear();
  for (const { status, code, headers, tookMs } of await Promise.all([1, 2, 3].map(() => timed(closed)))) {
    expect({ status, code }).toEqual({ status: 503, code: 'ledger.unavailable' });
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(tookMs).toBeLessThan(ENDS_WITHIN_MS);
  }
  expect(upstream.requests).toHaveLength(0);
  const { status, id, tookMs } = await timed(open);
  expect(status).toBe(200);
  expect(tookMs).toBeLessThan(ENDS_WITHIN_MS);
  expect(await outcomeOf(open, id)).toMatchObject({ outcome: 'completed', ledgerDegraded: true });
}

async function isNormalAgain(): Promise<void> {
  await expect.poll(async () => (await chat(closed)).status, RECOVERY).toBe(200);
}

async function readiness(gateway: Gateway): Promise<number> {
  return (await fetch(`${gateway.adminUrl}/readyz`)).status;
}

describe('I22: Redis', () => {
  test('refuses connections', async () => {
    await proxy.set({ refuse: true });
    await isAway();
    expect(await readiness(closed)).toBe(503);
    expect(await readiness(open)).toBe(200);
  });

  test('is known to be away: a refused call is one entry, and no intent', async () => {
    await proxy.set({ refuse: true });
    await expect.poll(() => readiness(closed), RECOVERY).toBe(503);
    const { id } = await chat(closed);
    const actions = async () => {
      const entries = (await entriesOf(closed)).filter(({ metadata }) => metadata['exchange'] === id);
      return entries.map(({ action, metadata }) => `${action} ${String(metadata['code'])}`);
    };
    await expect.poll(actions, RECOVERY).toEqual(['exchange.refused ledger.unavailable']);
  });

  test('is in a black hole', async () => {
    await proxy.set({ blackHole: true });
    await isAway();
    expect(proxy.counts.held).toBeGreaterThan(0);
  });

  test('is frozen', async () => {
    redis.freeze();
    try {
      await isAway();
      expect(upstream.requests).toHaveLength(1);
    } finally {
      redis.thaw();
    }
  });

  test('is 2 s late', async () => {
    await proxy.set({ replyLatencyMs: 2000 });
    await isAway();
    await expect.poll(() => proxy.counts.delayed, RECOVERY).toBeGreaterThan(0);
  });

  test('says that it is loading its data', async () => {
    // Every write is in its file before its reply: with `everysec` a busy disk may put it off, and books that miss one are lost.
    await redis.command('CONFIG', 'SET', 'appendfsync', 'always');
    const fill = `for i = 1, ${LOADED_KEYS} do redis.call('set', 'filler:' .. i, i) end`;
    await redis.command('EVAL', fill, '0');
    await redis.kill();
    const loaded = redis.restart();
    await expect.poll(() => redis.command('PING').catch(String), RECOVERY).toMatch(/^-LOADING/);
    await isAway();
    expect(await redis.command('PING')).toMatch(/^-LOADING/);
    await redis.command('CONFIG', 'SET', 'key-load-delay', '0');
    await loaded;
    const clock = ownClock(turnOf(closed), () => redis.command('PING'));
    await isNormalAgain();
    expect(clock.stop()).toBeLessThan(LOADED_WITHIN_MS);
    await redis.command('EVAL', `for i = 1, ${LOADED_KEYS} do redis.call('del', 'filler:' .. i) end`, '0');
  });

  test('is away, and each process keeps the rates by itself', async () => {
    const { key } = await createKey(open, { user: 'gil', tier: 'three' });
    await proxy.set({ refuse: true });
    const codes: string[] = [];
    for (let call = 0; call < 4; call++) codes.push((await chat({ ...open, callerKey: key })).code);
    expect(codes).toEqual(['', '', '', 'rate.requests']);
  });
});

describe('I14: data that are lost', () => {
  test('make nothing spendable, and /readyz says so', async () => {
    upstream.clear();
    await redis.command('FLUSHALL');
    expect((await chat(closed)).code).toBe('ledger.unavailable');
    await expect.poll(() => readiness(closed), RECOVERY).toBe(503);
    const { status, text } = await chat(closed);
    expect(status).toBe(503);
    expect(text).not.toContain('redis');
    expect(upstream.requests).toHaveLength(0);
    // The last of the tests: what follows starts anew.
    await closed.stop();
    closed = await start('another');
  });

  test('an eviction policy that may lose them is not ready', async () => {
    await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    const evicting = await startGateway({
      upstream,
      ready: false,
      env: { REDIS_URL: redis.url },
      config: { ledger: { kind: 'redis', url: 'env:REDIS_URL', namespace: 'evicting' } },
    });
    await expect.poll(() => readiness(evicting).catch(() => 0), RECOVERY).toBe(503);
    const body = await (await fetch(`${evicting.adminUrl}/readyz`)).text();
    expect(JSON.parse(body)).toMatchObject({ checks: { ledger: false } });
    await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    await evicting.stop();
  });
});
