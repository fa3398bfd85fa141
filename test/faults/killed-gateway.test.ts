/**
 * I3, I12, I13, I20: what a killed process had open is charged at its reservation, once, by the others or by its
 * next start; its slots come back, its budget does not. Shown false by leaving out the charge in beat.lua, or what
 * `domain/limits/restoring` makes of an intent without an outcome.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createKey, usageAs } from '../support/admin.ts';
import { unbalanced } from '../support/audit.ts';
import { startGateway, startGateways, type GatewayProcess, type GatewayOptions } from '../support/gateway.ts';
import {
  chat,
  entriesOf,
  INPUT_NANO,
  MONEY_ONLY,
  openChat,
  OUTPUT_NANO,
  outcomeOf,
  recorded,
} from '../support/money.ts';
import { capOf, chatAnswer } from '../support/openai-answer.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';

const CAP = 100;
const BUDGET_USD = 0.001;
const BUDGET_NANO = 1_000_000;
const tokenNano = { inputNano: INPUT_NANO, outputNano: OUTPUT_NANO };
const plain = { max_completion_tokens: CAP };
const stream = { ...plain, stream: true };
/** Longer than a lease and a beat, by what a busy machine may add. */
const LEASE = { timeout: 12_000, interval: 20 };

/** Of one house: a Redis is made with one secret. */
const SALLYPORT_SECRET = randomBytes(32).toString('hex');
let redis: TestRedis;
let upstream: Upstream;
const running: GatewayProcess[] = [];
beforeAll(async () => {
  redis = await startRedis({ own: true });
  upstream = await startUpstream({ script: halfway });
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((gateway) => gateway.stop('SIGKILL')));
  upstream.clear();
  upstream.script = halfway;
});
afterAll(async () => {
  await upstream?.close();
  await redis?.stop();
});

/** Streams stop in the middle and stay open; whatever else comes is answered at its full cap. */
function halfway(seen: Parameters<Upstream['script']>[0]) {
  return seen.body.includes('"stream":true')
    ? chatAnswer(seen, { outputTokens: 20, inputTokens: 40 }, { ending: 'stall', stopAfterBytes: 2000 })
    : chatAnswer(seen, { outputTokens: capOf(seen) ?? 0, inputTokens: 40 });
}

/** With the same secrets at each start. */
function house(more: object, env: Record<string, string> = {}): GatewayOptions {
  return {
    upstream,
    env: {
      SALLYPORT_ADMIN_KEY: `sp-admin-${randomBytes(24).toString('hex')}`,
      SALLYPORT_SECRET,
      ...env,
    },
    config: { ...MONEY_ONLY, ...more },
  };
}

async function begin(options: GatewayOptions): Promise<GatewayProcess> {
  const gateway = await startGateway(options);
  running.push(gateway);
  return gateway;
}

/** Open and under way: its first event is there. */
async function openStreams(
  gateway: GatewayProcess,
  count: number,
  fields: object = stream,
): Promise<Response[]> {
  const answers = await Promise.all(Array.from({ length: count }, () => openChat(gateway, fields)));
  await Promise.all(
    answers.map(async (answer) => {
      expect(answer.status).toBe(200);
      const reader = answer.body?.getReader();
      await reader?.read();
      reader?.releaseLock();
    }),
  );
  return answers;
}

/** What the log says that exchanges cost: at their end, or what was reserved where nobody saw it. */
async function chargedBy(gateway: GatewayProcess, user: string): Promise<number> {
  const outcomes = await recorded(gateway, 'exchange.outcome');
  return outcomes
    .filter(({ userId }) => userId === user)
    .reduce(
      (sum, { metadata }) =>
        sum + Number(metadata[metadata['outcome'] === 'unknown' ? 'reservedNano' : 'settledNano']),
      0,
    );
}

async function unknownOnes(gateway: GatewayProcess): Promise<number> {
  const outcomes = await recorded(gateway, 'exchange.outcome');
  return outcomes.filter(({ metadata }) => metadata['outcome'] === 'unknown').length;
}

test('one of two processes: charged by the other, once; slots back; the logs say the same sums', async () => {
  const four = { tiers: { four: { concurrency: 4, dailyBudgetUsd: 10 } } };
  const ledger = { kind: 'redis', url: 'env:REDIS_URL' };
  const key = { user: 'ada', tier: 'four' };
  const options = { ...house({ ...four, ledger }, { REDIS_URL: redis.url }), key };
  const [killed, other] = await startGateways(2, options);
  running.push(killed, other);
  await openStreams(killed, 3);
  const [left] = await openStreams(other, 1);
  expect((await chat(other, plain)).code).toBe('rate.concurrency');

  await killed.kill9();
  await expect.poll(async () => (await chat(other, plain)).status, LEASE).toBe(200);
  const intents = await recorded(killed, 'exchange.intent');
  const reserved = intents.reduce((sum, { metadata }) => sum + Number(metadata['reservedNano']), 0);
  expect(intents).toHaveLength(3);
  await left?.body?.cancel();
  await outcomeOf(other, left?.headers.get('x-request-id') ?? '');

  const again = await begin({ ...options, key: null, dataDir: killed.dataDir });
  expect(await unknownOnes(again)).toBe(3);
  expect(await chargedBy(again, 'ada')).toBe(reserved);
  for (const gateway of [again, other]) {
    await expect.poll(async () => unbalanced(await entriesOf(gateway))).toEqual([]);
  }
  const charged = reserved + (await chargedBy(other, 'ada'));
  await expect.poll(() => usageAs(other, 'ada')).toMatchObject({ settledNano: charged, reservedNano: 0 });
  expect(upstream.tally(tokenNano).nano).toBeLessThanOrEqual(charged);
});

/** Shown false by not looking at what the ledger answers to a settlement. */
test('one that stood still beyond its lease: the charge of the others stays, and its log says that it came late', async () => {
  const ledger = { kind: 'redis', url: 'env:REDIS_URL' };
  const key = { user: 'still', tier: 'four' };
  const four = { tiers: { four: { concurrency: 4, dailyBudgetUsd: 10 } } };
  const [frozen, other] = await startGateways(2, {
    ...house({ ...four, ledger }, { REDIS_URL: redis.url }),
    key,
  });
  running.push(frozen, other);
  const [open] = await openStreams(frozen, 1);
  const exchange = open?.headers.get('x-request-id') ?? '';
  process.kill(frozen.pid, 'SIGSTOP');
  try {
    await expect.poll(async () => (await usageAs(other, 'still')).reservedNano, LEASE).toBe(0);
  } finally {
    process.kill(frozen.pid, 'SIGCONT');
  }
  const { settledNano } = await usageAs(other, 'still');
  await open?.body?.cancel();
  await expect.poll(() => recorded(frozen, 'exchange.outcome', exchange), LEASE).toHaveLength(1);
  const outcome = await outcomeOf(frozen, exchange);
  await expect
    .poll(() => recorded(frozen, 'exchange.settled_late', exchange), LEASE)
    .toMatchObject([{ metadata: { reservedNano: settledNano, settledNano: outcome['settledNano'] } }]);
  expect(Number(outcome['settledNano'])).toBeLessThan(settledNano);
  expect(await usageAs(other, 'still')).toEqual({ settledNano, reservedNano: 0 });
});

describe('the only process', () => {
  const key = { user: 'bea', tier: 'tight' };
  const tiers = { tight: { dailyBudgetUsd: BUDGET_USD } };

  test('starts again with its budget as it was, and recovers each open call once', async () => {
    const options = { ...house({ tiers }), key };
    const first = await begin(options);
    for (let call = 0; call < 4; call++) expect((await chat(first, plain)).status).toBe(200);
    await openStreams(first, 2);
    await first.kill9();

    const second = await begin({ ...options, dataDir: first.dataDir });
    expect(await unknownOnes(second)).toBe(2);
    const before = await chargedBy(second, 'bea');
    expect(await usageAs(second, 'bea')).toMatchObject({ settledNano: before, reservedNano: 0 });
    await second.kill9();

    const third = await begin({ ...options, dataDir: first.dataDir });
    let code = '';
    while (code === '') ({ code } = await chat(third, plain));
    expect(code).toBe('budget.exceeded');
    expect(await unknownOnes(third)).toBe(2);
    await expect.poll(async () => unbalanced(await entriesOf(third))).toEqual([]);
    expect(await chargedBy(third, 'bea')).toBeLessThanOrEqual(BUDGET_NANO);
    expect(upstream.tally(tokenNano).nano).toBeLessThanOrEqual(BUDGET_NANO);
    expect(upstream.tally(tokenNano).requests).toBeGreaterThan(6);
  });

  test('charges what was admitted, with the cap that the budget had shortened, and not what was refused', async () => {
    const options = { ...house({ tiers: { tight: { ...tiers.tight, requestsPerHour: 6 } } }), key };
    const first = await begin(options);
    const refused = { ...first, callerKey: (await createKey(first, { user: 'rex', tier: 'tight' })).key };
    for (let call = 0; call < 6; call++) {
      const { code, id } = await chat(refused, { max_completion_tokens: 5000 });
      expect(code).toBe('budget.exceeded');
      expect(await outcomeOf(first, id)).toMatchObject({ outcome: 'refused', released: true });
    }
    const [answer] = await openStreams(first, 1, { stream: true });
    const cap = Number(answer?.headers.get('x-sallyport-output-cap'));
    await first.kill9();

    const second = await begin({ ...options, dataDir: first.dataDir });
    const { settledNano } = await usageAs(second, 'bea');
    expect(settledNano).toBeGreaterThanOrEqual(cap * OUTPUT_NANO);
    expect(settledNano).toBeLessThanOrEqual(BUDGET_NANO);
    expect(await chargedBy(second, 'bea')).toBe(settledNano);
    expect((await chat({ ...second, callerKey: refused.callerKey }, plain)).status).toBe(200);
  });
});
