/**
 * I22, I23: whatever is wrong with Redis, a call ends as `ledger.unavailable`, all is normal afterwards, and nothing
 * stays taken that a caller was told had failed. Shown false by taking away what gives back (`#abandon`): a lost
 * reply leaves its reservation; then the deadline of admit.lua too: a black hole and a frozen server do; or the
 * nonce of settle.lua: a settlement whose reply was lost is told that it was late.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { asRefusal } from '../../src/base/errors.ts';
import { createRedisLedger, type RedisLedger } from '../../src/engines/ledger/ledger-redis.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { ownClock } from '../support/own-clock.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { records } from '../support/recovery.ts';
import { openRedisLedger, usable } from '../support/redis-ledger.ts';
import { until } from '../support/until.ts';

const WAIT_MS_MAX = 250;
/** That, and what else there is to do, by this process's own clock. */
const ENDS_WITHIN_MS = 600;
const RECOVERY = { interval: 20 };

let redis: TestRedis;
let proxy: FaultProxy;
let ledger: RedisLedger;
let user: string;
let namespace: string;
/** Why the records do not tell what was spent. */
let withheld: string | undefined;

beforeAll(async () => {
  redis = await startRedis({ own: true, appendOnly: true });
  await mayEnter();
});
afterAll(() => redis.stop());

/** Users are not kept by a server that is killed. */
async function mayEnter(): Promise<void> {
  await redis.command('ACL', 'SETUSER', 'gateway', 'on', '>right', '~*', '&*', '+@all');
}

beforeEach(async () => {
  proxy = await startFaultProxy({ port: redis.port });
  [user, namespace] = [randomUUID(), randomUUID()];
  withheld = undefined;
  ledger = createRedisLedger({
    url: `redis://gateway:right@127.0.0.1:${proxy.port}`,
    namespace,
    fingerprints: ['ours'],
    recovery: { ...records(), known: (day) => records([], withheld).known(day) },
    waitMsMax: WAIT_MS_MAX,
  });
  await ledger.open();
  await isNormalAgain(0);
});
afterEach(async () => {
  await proxy.set({});
  await ledger.close();
  await proxy.close();
});

/** One call, as its caller sees it; told if it takes longer than it may. */
async function admit(nano = 1): Promise<string> {
  const scopes = [{ kind: 'user', id: user, dailyBudgetNano: 1_000_000 }] as const;
  const clock = ownClock();
  const outcome = await ledger.admit({ reservationId: randomUUID(), scopes, tokens: 0, nano }).then(
    (answer) => (answer.admitted ? 'admitted' : answer.reason),
    (error: unknown) => asRefusal(error).code,
  );
  const ms = clock.stop();
  return ms > ENDS_WITHIN_MS ? `${outcome} after ${ms} ms` : outcome;
}

/** What is taken, seen past the proxy. */
async function requests(): Promise<number> {
  return (await ledger.usage('user', user)).requests;
}

/** Calls are admitted, and no more is taken than that. One whose process or Redis stood still is refused, and given back. */
async function isNormalAgain(taken: number): Promise<void> {
  await expect.poll(() => ledger.health().usable, RECOVERY).toBe(true);
  // What was given back is on its way.
  await expect.poll(requests, RECOVERY).toBe(taken);
  await expect.poll(() => admit(), RECOVERY).toBe('admitted');
  await expect.poll(requests, RECOVERY).toBe(taken + 1);
}

describe('I22, I23: Redis', () => {
  test('refuses connections', async () => {
    await proxy.set({ refuse: true });
    expect(await Promise.all([admit(), admit()])).toEqual(['ledger.unavailable', 'ledger.unavailable']);
    expect(proxy.counts.refused).toBe(1);
    await proxy.set({});
    await isNormalAgain(1);
  });

  test('is in a black hole, and what was held comes out later', async () => {
    await proxy.set({ blackHole: true });
    expect(await Promise.all([admit(), admit()])).toEqual(['ledger.unavailable', 'ledger.unavailable']);
    expect(proxy.counts.held).toBeGreaterThan(0);
    await proxy.set({});
    await isNormalAgain(1);
  });

  test('is frozen, and runs late what it was sent', async () => {
    redis.freeze();
    expect(await Promise.all([admit(), admit()])).toEqual(['ledger.unavailable', 'ledger.unavailable']);
    redis.thaw();
    await isNormalAgain(1);
  });

  // Shown false by a connection that is given up after 800 ms without a reply, whatever calls may wait.
  test('is frozen, and who waits for longer is served once it is not', async () => {
    const patient = await openRedisLedger({ url: redis.url, namespace });
    redis.freeze();
    const scopes = [{ kind: 'user', id: user }] as const;
    const asked = patient.admit({ reservationId: randomUUID(), scopes, tokens: 0, nano: 1 });
    await pause(1500);
    redis.thaw();
    expect(await asked).toMatchObject({ admitted: true });
    await isNormalAgain(2);
    await patient.close();
  });

  test('gets everything 2 s late', async () => {
    await proxy.set({ latencyMs: 2000 });
    expect(await Promise.all([admit(), admit()])).toEqual(['ledger.unavailable', 'ledger.unavailable']);
    await proxy.set({});
    await expect.poll(() => proxy.counts.delayed, RECOVERY).toBeGreaterThan(0);
    await isNormalAgain(1);
  });

  test('answers 2 s late what it has done', async () => {
    await proxy.set({ replyLatencyMs: 2000 });
    expect(await admit()).toBe('ledger.unavailable');
    await proxy.set({});
    await isNormalAgain(1);
  });

  test('loses a reply: nothing stays taken, and it is not sent twice', async () => {
    await proxy.set({ dropReply: 1 });
    expect(await admit()).toBe('ledger.unavailable');
    expect(proxy.counts.dropped).toBe(1);
    await isNormalAgain(1);
  });

  test('breaks off in the middle of a reply', async () => {
    await proxy.set({ resetAfterBytes: 1 });
    await expect.poll(() => proxy.counts.reset, RECOVERY).toBeGreaterThan(0);
    await proxy.set({});
    await isNormalAgain(1);
  });

  test('forgets its scripts', async () => {
    const patient = await openRedisLedger({ url: redis.url, namespace });
    await redis.command('SCRIPT', 'FLUSH');
    const scopes = [{ kind: 'user', id: user }] as const;
    const asked = [1, 2, 3].map(() =>
      patient.admit({ reservationId: randomUUID(), scopes, tokens: 0, nano: 1 }),
    );
    expect(await Promise.all(asked)).toMatchObject([1, 2, 3].map(() => ({ admitted: true })));
    await isNormalAgain(4);
    await patient.close();
  });

  test('is out of memory', async () => {
    await redis.command('CONFIG', 'SET', 'maxmemory', '1');
    expect(await admit()).toBe('ledger.unavailable');
    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
    await isNormalAgain(1);
  });

  test('is a read-only replica', async () => {
    await redis.command('REPLICAOF', '127.0.0.1', '1');
    expect(await admit()).toBe('ledger.unavailable');
    await redis.command('REPLICAOF', 'NO', 'ONE');
    await isNormalAgain(1);
  });

  test('wants another password', async () => {
    await redis.command('ACL', 'SETUSER', 'gateway', 'resetpass', '>changed');
    await proxy.set({ refuse: true });
    await proxy.set({});
    expect(await admit()).toBe('ledger.unavailable');
    await expect.poll(() => redis.command('ACL', 'LOG'), RECOVERY).toContain('gateway');
    expect(ledger.health().usable).toBe(false);
    await redis.command('ACL', 'SETUSER', 'gateway', 'resetpass', '>right');
    await isNormalAgain(1);
  });

  test('is killed and comes back with its data', async () => {
    await redis.kill();
    expect(await admit()).toBe('ledger.unavailable');
    await redis.restart();
    await mayEnter();
    await isNormalAgain(1);
  });

  test('evicts: not usable until it does not', async () => {
    await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    const second = await openRedisLedger({ url: redis.url, namespace: randomUUID() });
    expect(second.health()).toMatchObject({ usable: false, reason: expect.stringContaining('allkeys-lru') });
    await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    await second.close();
  });
});

async function reserve(nano: number): Promise<string> {
  const scopes = [{ kind: 'user', id: user }] as const;
  return await until(
    async () => {
      const reservationId = randomUUID();
      await ledger.admit({ reservationId, scopes, tokens: 0, nano });
      return reservationId;
    },
    () => true,
  );
}
const settledNano = async () => (await ledger.usage('user', user)).settledNano;

describe('I12: a settlement', () => {
  test('outlasts an outage and is made once', async () => {
    const reservationId = await reserve(50);
    await proxy.set({ refuse: true });
    const settled = ledger.settle({ reservationId, tokens: 0, nano: 30 });
    await expect.poll(() => ledger.health().usable, RECOVERY).toBe(false);
    await proxy.set({});
    expect(await settled).toBe('settled');
    expect(await ledger.settle({ reservationId, tokens: 0, nano: 30 })).toBe('late');
    await expect.poll(settledNano).toBe(30);
  });

  test('whose reply was lost is told that it settled, not that it was late', async () => {
    const reservationId = await reserve(50);
    await proxy.set({ dropReply: 1 });
    expect(await ledger.settle({ reservationId, tokens: 0, nano: 30 })).toBe('settled');
    expect(proxy.counts.dropped).toBe(1);
    await expect.poll(settledNano).toBe(30);
  });
});

describe('I13: leases', () => {
  test('an outage of the server kills nobody: who lives through it is not charged', async () => {
    const brief = { url: redis.url, namespace: randomUUID(), beatMs: 100, leaseMs: 300 };
    // Both have something open, whoever of them is heard first afterwards.
    const [one, other] = [await openRedisLedger(brief), await openRedisLedger(brief)];
    const scopes = [{ kind: 'user', id: user }] as const;
    const [mine, theirs] = [randomUUID(), randomUUID()];
    await (await usable(one)).admit({ reservationId: mine, scopes, tokens: 0, nano: 50 });
    await (await usable(other)).admit({ reservationId: theirs, scopes, tokens: 0, nano: 50 });
    redis.freeze();
    await pause(900); // three leases
    redis.thaw();
    await usable(one);
    const usage = await (await usable(other)).usage('user', user);
    expect(usage).toMatchObject({ settledNano: 0, reservedNano: 100 });
    expect(await one.settle({ reservationId: mine, tokens: 0, nano: 20 })).toBe('settled');
    expect(await other.settle({ reservationId: theirs, tokens: 0, nano: 20 })).toBe('settled');
    await one.close();
    await other.close();
  });
});

describe('I14: data that are lost', () => {
  test('make nothing spendable: refused until it is adopted', async () => {
    withheld = 'money was spent';
    await redis.command('FLUSHALL');
    expect(await admit()).toBe('ledger.unavailable');
    await expect.poll(() => ledger.needsAdoption(), RECOVERY).toBe(true);
    expect(ledger.health()).toMatchObject({
      usable: false,
      reason: expect.stringMatching(/lost.*money was spent/),
    });
    expect(await admit()).toBe('ledger.unavailable');
    await ledger.adopt([{ kind: 'user', id: user, dayNano: 999_999, monthNano: 999_999 }]);
    await expect.poll(() => admit(2), RECOVERY).toBe('budget');
    await expect.poll(() => admit(1), RECOVERY).toBe('admitted');
  });
});
