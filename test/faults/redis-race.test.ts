/**
 * I10, I11, I12, I19, I20: two real processes at one budget and one limit. Shown false by leaving what is
 * reserved out of the sum in admit.lua: the budget is overspent at once.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { RedisLedger } from '../../src/engines/ledger/ledger-redis.ts';
import type { Scope } from '../../src/ports/ledger.ts';
import type { Tally, Task } from '../support/ledger-process.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { openRedisLedger } from '../support/redis-ledger.ts';

const PROGRAM = new URL('../support/ledger-process.ts', import.meta.url);

let redis: TestRedis;
const children: ChildProcess[] = [];
beforeAll(async () => {
  redis = await startRedis();
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => redis.stop());

/** Starts the processes, waits until all are joined, lets them go at once. */
async function start(
  count: number,
  task: Omit<Task, 'url'>,
): Promise<{ children: ChildProcess[]; tallies: Promise<Tally[]> }> {
  const started = Array.from({ length: count }, () => fork(PROGRAM, { stdio: 'inherit' }));
  children.push(...started);
  const ready = started.map((child) => once(child, 'message'));
  for (const child of started) child.send({ ...task, url: redis.url });
  await Promise.all(ready);
  const tallies = Promise.all(
    started.map(async (child): Promise<Tally> => (await once(child, 'message'))[0]),
  );
  for (const child of started) child.send('go');
  return { children: started, tallies };
}

const look = (namespace: string): Promise<RedisLedger> => openRedisLedger({ url: redis.url, namespace });

const scope = (limits: Partial<Scope>): Scope => ({ kind: 'user', id: 'ann', ...limits });

describe('two processes', () => {
  test('I10, I11: 300 admissions at one budget spend exactly all of it', async () => {
    const namespace = randomUUID();
    const scopes = [{ kind: 'house', id: 'house' } as const, scope({ dailyBudgetNano: 1000 })];
    const { tallies } = await start(2, { namespace, admissions: 150, scopes, nano: 7 });
    const [one, other] = await tallies;
    expect(one?.failed).toEqual([]);
    expect(other?.failed).toEqual([]);
    expect((one?.admitted ?? 0) + (other?.admitted ?? 0)).toBe(Math.floor(1000 / 7));
    const ledger = await look(namespace);
    expect((await ledger.usage('user', 'ann')).reservedNano).toBe(Math.floor(1000 / 7) * 7);
    await ledger.close();
  });

  test('I12: what is settled is the sum of what was admitted, to the unit', async () => {
    const namespace = randomUUID();
    const { tallies } = await start(2, {
      namespace,
      admissions: 150,
      scopes: [scope({ dailyBudgetNano: 1000 })],
      nano: 7,
      settleNano: 3,
    });
    const admitted = (await tallies).reduce((sum, tally) => sum + tally.admitted, 0);
    const ledger = await look(namespace);
    const { settledNano, reservedNano, requests } = await ledger.usage('user', 'ann');
    expect({ settledNano, reservedNano, requests }).toEqual({
      settledNano: admitted * 3,
      reservedNano: 0,
      requests: admitted,
    });
    await ledger.close();
  });

  test('I19: a limit of requests is met exactly', async () => {
    const { tallies } = await start(2, {
      namespace: randomUUID(),
      admissions: 120,
      scopes: [scope({ requestsPerMinute: 100 })],
      nano: 0,
    });
    expect((await tallies).reduce((sum, tally) => sum + tally.admitted, 0)).toBe(100);
  });

  test('I12, I20: one that is killed is charged at its reservations, and its slots come back', async () => {
    const namespace = randomUUID();
    const { children: running, tallies } = await start(2, {
      namespace,
      admissions: 5,
      scopes: [scope({ concurrency: 10 })],
      nano: 11,
    });
    expect(await tallies).toMatchObject([
      { admitted: 5, failed: [] },
      { admitted: 5, failed: [] },
    ]);
    const ledger = await look(namespace);
    running[0]?.kill('SIGKILL');
    await expect
      .poll(async () => (await ledger.usage('user', 'ann')).settledNano, { interval: 100 })
      .toBe(55);
    expect((await ledger.usage('user', 'ann')).reservedNano).toBe(55);
    const request = { scopes: [scope({ concurrency: 6 })], tokens: 0, nano: 0 };
    expect(await ledger.admit({ ...request, reservationId: 'one' })).toMatchObject({ admitted: true });
    expect(await ledger.admit({ ...request, reservationId: 'two' })).toMatchObject({ reason: 'concurrency' });
    await ledger.close();
  });
});
