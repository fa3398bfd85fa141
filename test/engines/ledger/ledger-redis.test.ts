import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RedisLedger } from '../../../src/engines/ledger/ledger-redis.ts';
import type { RedisLedgerOptions } from '../../../src/engines/ledger/ledger-redis-options.ts';
import { RedisTime } from '../../../src/engines/ledger/ledger-redis-time.ts';
import { ledgerContract } from '../../contracts/ledger.ts';
import { ledgerHistories } from '../../contracts/ledger-histories.ts';
import { ledgerTime } from '../../contracts/ledger-time.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';
import { records } from '../../support/recovery.ts';
import { openRedisLedger, usable } from '../../support/redis-ledger.ts';

/** A day of a century, so that no test meets midnight. */
const LONG = { minute: 60_000, hour: 3_600_000, day: 36_525 * 86_400_000 };
const SHORT = { minute: 800, hour: 24_000, day: 1_500 };

let redis: TestRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

const opened: RedisLedger[] = [];
async function open(options: Partial<RedisLedgerOptions> = {}): Promise<RedisLedger> {
  const ledger = await openRedisLedger({
    url: redis.url,
    namespace: randomUUID(),
    windowsMs: LONG,
    ...options,
  });
  opened.push(ledger);
  return ledger;
}
afterAll(async () => {
  for (const ledger of opened) await ledger.close();
});

// One ledger for all histories: each has scopes of its own, and no time goes by.
let shared: Promise<RedisLedger> | undefined;
ledgerHistories(
  'Redis',
  async () => {
    shared ??= open();
    return { ledger: await shared, lengths: LONG, advance: (ms) => pause(ms), close: async () => undefined };
  },
  { numRuns: 15 },
);

const SLACK_MS = 5;
const start = async (lengths = LONG) => {
  const ledger = await open({ windowsMs: lengths });
  // The server's time goes by only by itself.
  return { ledger, lengths, advance: (ms: number) => pause(ms + SLACK_MS), close: () => ledger.close() };
};
ledgerContract('Redis', start);
ledgerTime('Redis', start, SHORT);

const admission = (more: object = {}) => ({
  reservationId: randomUUID(),
  scopes: [{ kind: 'user', id: 'ann' }] as const,
  tokens: 0,
  nano: 0,
  ...more,
});

describe('Redis: joining', () => {
  test('another house secret is a start-up error; the same one is let in', async () => {
    const namespace = randomUUID();
    await open({ namespace });
    await open({ namespace });
    await expect(open({ namespace, fingerprints: ['theirs'] })).rejects.toThrow(/SALLYPORT_SECRET/);
  });

  test('an unused ledger is not initialised without leave, until it is adopted, with what was spent', async () => {
    const ledger = await open({ recovery: records([], 'money was spent') });
    expect(ledger.health()).toMatchObject({ usable: false });
    expect(ledger.needsAdoption()).toBe(true);
    await expect(ledger.admit(admission())).rejects.toMatchObject({ code: 'ledger.unavailable' });
    await ledger.adopt([{ kind: 'user', id: 'ann', dayNano: 40, monthNano: 60 }]);
    const scopes = [{ kind: 'user', id: 'ann', dailyBudgetNano: 100, monthlyBudgetNano: 100 }] as const;
    await expect.poll(() => ledger.health().usable).toBe(true);
    expect(await ledger.admit(admission({ scopes, nano: 41 }))).toMatchObject({ reason: 'budget' });
    expect(await ledger.admit(admission({ scopes, nano: 40 }))).toMatchObject({ admitted: true });
  });

  test('I24: a new version of a key is pushed to every process', async () => {
    const namespace = randomUUID();
    const [here, there] = [await open({ namespace }), await open({ namespace })];
    const seen: string[] = [];
    for (const ledger of [here, there]) ledger.onKeyChanged((id, version) => seen.push(`${id} ${version}`));
    await here.setKeyVersion('k', 2);
    await expect.poll(() => seen).toEqual(['k 2', 'k 2']);
  });
});

describe('Redis: leases', () => {
  const brief = { beatMs: 100, leaseMs: 400 };

  test('I13, I20: what a dead process left open is charged in full, once, and its concurrency freed', async () => {
    const namespace = randomUUID();
    // It beats once, then as good as dies: its next beat would come in an hour.
    const dying = await open({ namespace, ...brief, beatMs: 3_600_000 });
    const survivor = await open({ namespace, ...brief });
    const scopes = [{ kind: 'user', id: 'ann', concurrency: 1, dailyBudgetNano: 100 }] as const;
    const request = admission({ scopes, nano: 30 });
    expect(await dying.admit(request)).toMatchObject({ admitted: true });
    expect(await (await usable(survivor)).admit(admission({ scopes }))).toMatchObject({
      reason: 'concurrency',
    });
    await expect.poll(async () => (await survivor.usage('user', 'ann')).settledNano).toBe(30);
    expect(await (await usable(survivor)).admit(admission({ scopes }))).toMatchObject({ admitted: true });
    expect(await dying.settle({ reservationId: request.reservationId, tokens: 1, nano: 1 })).toBe('late');
    const usage = await (await usable(survivor)).usage('user', 'ann');
    expect(usage).toMatchObject({ settledNano: 30, reservedNano: 0 });
    // Given up for dead, it is let in again by its next call.
    expect(await dying.admit(admission({ scopes: [{ kind: 'user', id: 'bob' }] }))).toMatchObject({
      admitted: true,
    });
  });

  test('who is alive is charged nothing', async () => {
    const namespace = randomUUID();
    const [one, other] = [await open({ namespace, ...brief }), await open({ namespace, ...brief })];
    const request = admission({ nano: 30 });
    await (await usable(one)).admit(request);
    await pause(brief.leaseMs * 2);
    const usage = await (await usable(other)).usage('user', 'ann');
    expect(usage).toMatchObject({ settledNano: 0, reservedNano: 30 });
    expect(await one.settle({ reservationId: request.reservationId, tokens: 0, nano: 20 })).toBe('settled');
  });

  test('a predecessor in the same place is dead at once', async () => {
    const namespace = randomUUID();
    const before = await open({ namespace, processName: 'place-1', beatMs: 3_600_000 });
    await before.admit(admission({ nano: 30 }));
    const after = await open({ namespace, processName: 'place-1' });
    expect((await after.usage('user', 'ann')).settledNano).toBe(30);
  });

  test('who leaves charges what it has open', async () => {
    const namespace = randomUUID();
    const [leaving, staying] = [await open({ namespace }), await open({ namespace })];
    for (let i = 0; i < 250; i++) await leaving.admit(admission({ nano: 2 }));
    await leaving.close();
    expect(await staying.usage('user', 'ann')).toMatchObject({ settledNano: 500, reservedNano: 0 });
  });
});

describe('Redis: keys of the server', () => {
  test('all under one hash tag, and all but the marker expire', async () => {
    const namespace = randomUUID();
    const ledger = await open({ namespace, windowsMs: { ...LONG, minute: 128 } });
    const scopes = [{ kind: 'user', id: 'ann', requestsPerMinute: 1000 }] as const;
    for (let i = 0; i < 5; i++) {
      const request = admission({ scopes, tokens: 5, keyId: 'k', keyVersion: 1 });
      await ledger.admit(request);
      await pause(3);
      await ledger.settle({ reservationId: request.reservationId, tokens: 9, nano: 1 });
    }
    const keys = (await redis.command('KEYS', `*${namespace}*`))
      .split('\r\n')
      .filter((line) => line.includes(namespace));
    expect(keys.length).toBeGreaterThan(5);
    const forEver = [];
    for (const key of keys) {
      expect(key.startsWith(`{sp:${namespace}}`)).toBe(true);
      if ((await redis.command('PTTL', key)).startsWith(':-1')) forEver.push(key);
    }
    expect(forEver).toEqual([`{sp:${namespace}}`]);
  });
});

describe("Redis: the server's clock", () => {
  test('is never thought to be later than it is', () => {
    const time = new RedisTime();
    expect(time.at(0)).toBeUndefined();
    time.observe(1_000_000, 0, 80);
    expect(time.at(100)).toBe(1_000_020);
    time.observe(1_000_200, 195, 205);
    expect(time.at(205)).toBe(1_000_200);
    time.observe(1_000_300, 290, 390);
    expect(time.at(390)).toBe(1_000_385);
  });

  test('set back, it is believed at once; an old estimate gives way', () => {
    const time = new RedisTime();
    time.observe(1_000_000, 0, 10);
    time.observe(900_000, 20, 30);
    expect(time.at(30)).toBe(900_000);
    time.observe(910_031, 10_060, 10_061);
    time.observe(920_000, 20_100, 20_110);
    expect(time.at(20_110)).toBeLessThanOrEqual(920_010);
  });
});
