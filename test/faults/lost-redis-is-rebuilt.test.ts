/**
 * I14, I10, I11: a Redis that loses everything under load is rebuilt from the store by the processes themselves, and no
 * budget is overshot by it: upstream's books are what counts. Shown false in assemble/ledger-recovery by books that
 * begin with nothing (`spent`: 32,604,000 of 20,000,000 nano-dollars spent), or by not waiting for who has not told yet (`unheard`).
 * Charges that are told are the ledger's: shown false by a book that does not hear of what was settled late.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { admin, createKey, usageAs } from '../support/admin.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { startGateway, startGateways, type GatewayProcess } from '../support/gateway.ts';
import {
  chat,
  entriesOf,
  INPUT_NANO,
  MONEY_ONLY,
  openChat,
  OUTPUT_NANO,
  recorded,
  spendAll,
} from '../support/money.ts';
import { capOf, chatAnswer } from '../support/openai-answer.ts';
import { startPostgres, type Postgres } from '../support/postgres.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';

/** Each starts several processes. */
vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

const CAP = 100;
const BUDGET_NANO = 20_000_000;
const RESERVED_NANO = 300 * INPUT_NANO + CAP * OUTPUT_NANO;
const CALLERS = 24;
/** Its shipping falls behind by some hundred entries. */
const STORE_LATENCY_MS = 100;
const tokenNano = { inputNano: INPUT_NANO, outputNano: OUTPUT_NANO };
const rates = { requestsPerMinute: 1e6, requestsPerHour: 1e7, requestsPerDay: 1e8 };

let postgres: Postgres;
let upstream: Upstream;
let redis: TestRedis;
let gateways: GatewayProcess[] = [];
beforeAll(async () => {
  upstream = await startUpstream();
});
beforeEach(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), startRedis({ own: true, appendOnly: true })]);
  upstream.clear();
  upstream.script = (seen) =>
    chatAnswer(seen, { outputTokens: capOf(seen) ?? 0, inputTokens: 40 }, { waitMs: 10, gapMs: 1 });
});
afterEach(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop('SIGKILL')));
  await Promise.all([postgres.stop(), redis.stop()]);
});
afterAll(async () => {
  await upstream?.close();
});

const secrets = {
  SALLYPORT_ADMIN_KEY: `sp-admin-${randomBytes(24).toString('hex')}`,
  SALLYPORT_SECRET: randomBytes(32).toString('hex'),
};
const options = (budget: object) => ({
  upstream,
  env: { ...secrets, REDIS_URL: redis.url, DATABASE_URL: postgres.url },
  key: { user: 'ada', tier: 'tight' },
  config: {
    ...MONEY_ONLY,
    ledger: { kind: 'redis', url: 'env:REDIS_URL' },
    store: { kind: 'postgres', url: 'env:DATABASE_URL' },
    tiers: { tight: { ...rates, ...budget } },
  },
});

function portOf(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port || 5432) };
}

/** Once upstream has seen this many. */
const seen = (requests: number) =>
  until(
    () => upstream.requests.length,
    (count) => count >= requests,
  );

async function readiness(gateway: GatewayProcess): Promise<{ status: number; body: any }> {
  const answer = await fetch(`${gateway.adminUrl}/readyz`);
  return { status: answer.status, body: await answer.json() };
}
const ready = (gateway: GatewayProcess) =>
  until(
    () => readiness(gateway),
    ({ status }) => status === 200,
  );
const settled = (gateway: GatewayProcess) =>
  until(
    () => usageAs(gateway, 'ada'),
    ({ reservedNano }) => reservedNano === 0,
  );

async function loseData(): Promise<void> {
  await redis.command('FLUSHALL');
}

async function beEmptyAgain(): Promise<void> {
  await redis.command('FLUSHALL');
  await redis.kill();
  await redis.restart();
}

/** How long each time until calls are admitted again, in milliseconds. */
async function loseFourTimes(): Promise<number[]> {
  const back: number[] = [];
  for (const [requests, lose] of [
    [100, loseData],
    [200, beEmptyAgain],
    [320, loseData],
    [330, loseData],
  ] as const) {
    await seen(requests);
    await lose();
    const lostAt = performance.now();
    const before = upstream.requests.length;
    // What was admitted before is on its way; so many are not.
    await seen(before + CALLERS + 1);
    back.push(Math.round(performance.now() - lostAt));
  }
  return back;
}

/** Each spends a budget of its own, and says so in its calls. */
const SPENDERS = [
  { user: 'ada', tier: 'daily', seed: 1 },
  { user: 'bea', tier: 'monthly', seed: 2 },
];

test('two processes, one of them far from the store, spend budgets of a day and of a month through four losses, and are back by themselves', {
  timeout: 90_000,
}, async () => {
  const proxy = await startFaultProxy(portOf(postgres.url));
  const far = new URL(postgres.url);
  far.port = String(proxy.port);
  const budget = BUDGET_NANO / 1e9;
  const tiers = {
    daily: { ...rates, dailyBudgetUsd: budget },
    monthly: { ...rates, monthlyBudgetUsd: budget },
  };
  const house = { ...options({}), key: null };
  const own = { ...house, config: { ...house.config, tiers } };
  const farEnv = { ...own.env, DATABASE_URL: far.href };
  gateways = await Promise.all([startGateway(own), startGateway({ ...own, env: farEnv })]);
  const [near] = gateways;
  const keys = await Promise.all(
    SPENDERS.map(async ({ user, tier }) => near && (await createKey(near, { user, tier })).key),
  );
  await proxy.set({ latencyMs: STORE_LATENCY_MS });
  const spending = Promise.all(
    SPENDERS.map(({ seed }, index) => {
      const doors = gateways.map(({ baseUrl }) => ({ baseUrl, callerKey: keys[index] ?? '' }));
      return spendAll(doors, CALLERS / SPENDERS.length, { max_completion_tokens: CAP, seed });
    }),
  );
  const back = await loseFourTimes();
  await spending;
  await proxy.close();
  const callers = CALLERS / SPENDERS.length;
  // Who was open when the books were written is charged in full, unless its outcome was known by then.
  const blurred = back.length * callers * (RESERVED_NANO - 40 * INPUT_NANO - CAP * OUTPUT_NANO);
  for (const { seed } of SPENDERS) {
    const where = ({ body }: { body: Buffer }) => body.includes(`"seed":${seed}`);
    const { nano } = upstream.tally({ ...tokenNano, where });
    expect(nano).toBeLessThanOrEqual(BUDGET_NANO);
    expect(nano).toBeGreaterThanOrEqual(BUDGET_NANO - RESERVED_NANO - blurred);
  }
  expect(Math.max(...back)).toBeLessThan(20_000);
  for (const gateway of gateways) {
    const actions = new Set((await entriesOf(gateway)).map(({ action }) => action));
    expect(actions).toContain('ledger.lost');
    expect(actions).toContain('ledger.joined');
  }
});

/** An answer; a machine that is too busy to admit in time is asked again. */
const callOnce = (door: GatewayProcess) =>
  until(
    () => chat(door, { max_completion_tokens: CAP }),
    ({ status }) => status === 200,
  );

/** So many answers of each. */
async function callAll(times: number, ...doors: GatewayProcess[]): Promise<void> {
  await Promise.all(doors.flatMap((door) => Array.from({ length: times }, () => callOnce(door))));
}

describe('who died and has not told what it spent', () => {
  let folder: string;
  let staying: GatewayProcess;
  let dying: GatewayProcess;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-lost-'));
    const wide = { ...options({ dailyBudgetUsd: BUDGET_NANO / 1e9 }), dataDir: join(folder, 'data') };
    [staying, dying] = await Promise.all([
      startGateway({ ...wide, dataDir: join(folder, 'staying') }),
      startGateway({ ...wide, key: null }),
    ]);
    gateways = [staying, dying];
    Object.assign(dying, { callerKey: staying.callerKey });
    await callAll(5, staying, dying);
    // Open when it dies.
    const open = await openChat(dying, { max_completion_tokens: CAP, stream: true });
    await open.body?.getReader().read();
    await dying.kill9();
    await redis.command('FLUSHALL');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const refusal = async () => (await chat(staying, { max_completion_tokens: CAP })).code;
  const waitsFor = (why: RegExp) =>
    until(
      () => readiness(staying),
      ({ status, body }) => status === 503 && why.test(body.reasons?.ledger),
    );

  test('is waited for, and counts when it is started again', async () => {
    await waitsFor(/rebuilt when 1 more/);
    expect(await refusal()).toBe('ledger.unavailable');
    const again = await startGateway({
      ...options({ dailyBudgetUsd: BUDGET_NANO / 1e9 }),
      key: null,
      dataDir: dying.dataDir,
    });
    gateways.push(again);
    await ready(staying);
    const actual = 10 * (40 * INPUT_NANO + CAP * OUTPUT_NANO);
    expect((await settled(again)).settledNano).toBeGreaterThan(actual);
    expect((await usageAs(staying, 'ada')).settledNano).toBeLessThanOrEqual(actual + RESERVED_NANO);
  });

  test("is left behind at an operator's word", async () => {
    await waitsFor(/ledger adopt/);
    expect(await admin(staying, 'POST', '/admin/ledger/adopt', {})).toMatchObject({
      body: { adopted: true },
    });
    await ready(staying);
    expect(await refusal()).toBe('');
    await redis.command('FLUSHALL');
    // Nobody is waited for any more.
    await until(refusal, (code) => code === '');
  });
});

const epoch = async () => (await redis.command('HGET', '{sp:main}', 'epoch')).split('\r\n')[1];

const totalOf = (body: unknown) => z.object({ total: z.object({ usd: z.string() }) }).parse(body).total.usd;

/** What has been charged once a call has ended whose process stood still until the other charged it in full. */
async function chargedWhileStill(other: GatewayProcess, still: GatewayProcess): Promise<number> {
  const before = await settled(other);
  const leaving = new AbortController();
  const open = await openChat(still, { max_completion_tokens: CAP, stream: true }, leaving.signal);
  await open.body?.getReader().read();
  process.kill(still.pid, 'SIGSTOP');
  try {
    await settled(other);
  } finally {
    process.kill(still.pid, 'SIGCONT');
  }
  const { settledNano } = await usageAs(other, 'ada');
  leaving.abort();
  const exchange = open.headers.get('x-request-id') ?? '';
  const [late] = await until(
    () => recorded(still, 'exchange.settled_late', exchange),
    (entries) => entries.length === 1,
  );
  const reservedNano = settledNano - before.settledNano;
  expect(late?.metadata).toMatchObject({ reservedNano });
  expect(late?.metadata['settledNano']).toBeLessThan(reservedNano);
  return settledNano;
}

test('one house: Redis is back with all its data, then without the last of them, then with none', async () => {
  const wide = options({ dailyBudgetUsd: BUDGET_NANO / 1e9 });
  const [one, other] = await startGateways(2, wide);
  gateways = [one, other];
  await callAll(5, one, other);
  const [books, first] = [await epoch(), await settled(one)];

  // As it is: nothing is charged twice or in full.
  await redis.kill();
  await redis.restart();
  for (const gateway of gateways) await ready(gateway);
  await callAll(1, one, other);
  expect(await epoch()).toBe(books);
  const actual = 2 * (40 * INPUT_NANO + CAP * OUTPUT_NANO);
  const second = await settled(other);
  expect(second.settledNano).toBe(first.settledNano + actual);

  // What an append-only file looks like that was not synced at the end, or a replica that was behind: rebuilt.
  // By more than the heartbeats that may come before its end make up for.
  await redis.command('HINCRBY', '{sp:main}', 'seq', '-10');
  await redis.command('DEL', `{sp:main}:${books}:s:user:ada`);
  await redis.kill();
  await redis.restart();
  for (const gateway of gateways) await ready(gateway);
  expect(await epoch()).not.toBe(books);
  expect((await usageAs(other, 'ada')).settledNano).toBe(second.settledNano);

  const third = await chargedWhileStill(one, other);
  // Whoever is told what they owe is told what the ledger has.
  const yesterday = new Date(Date.now() - 86_400_000).toISOString();
  await until(
    () => admin(one, 'GET', `/admin/charges?by=user&from=${yesterday}`),
    ({ body }) => totalOf(body) === String(third / 1e9),
  );
  await redis.command('FLUSHALL');
  await expect.poll(async () => (await usageAs(one, 'ada')).settledNano).toBe(third);

  // A house that was stopped finds what it had spent.
  await Promise.all([one.stop(), other.stop()]);
  await redis.command('FLUSHALL');
  gateways = await startGateways(1, { ...wide, key: null });
  const [again] = gateways;
  expect(again && (await usageAs(again, 'ada')).settledNano).toBe(third);
});
