/**
 * I10, I11, I19: two processes at one Redis spend one budget, of any scope, but for less than one reservation, and
 * keep one rate. Upstream's books are what counts. Shown false by leaving what is reserved out of the sum in
 * admit.lua, or by settling callers who left at 0 (stages/admit, stages/settle, stages/shed-load).
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createKey, type NewKey } from '../support/admin.ts';
import { startGateways, type Gateway } from '../support/gateway.ts';
import { chat, entriesOf, INPUT_NANO, MONEY_ONLY, openChat, OUTPUT_NANO } from '../support/money.ts';
import { capOf, chatAnswer } from '../support/openai-answer.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';

const BUDGET_USD = 0.002;
const BUDGET_NANO = 2_000_000;
const HOUSE_NANO = 12_000_000;
const CAP = 100;
const CALLERS = 200;
/** What a call of these reserves at most: 100 bytes of text with twice as many for what is around it, and the cap. */
const RESERVED_NANO = 300 * INPUT_NANO + CAP * OUTPUT_NANO;
const tokenNano = { inputNano: INPUT_NANO, outputNano: OUTPUT_NANO };
/** So many that nobody is held for asking again and again. */
const rates = { requestsPerMinute: 100_000, requestsPerHour: 1_000_000, requestsPerDay: 10_000_000 };

let redis: TestRedis;
let upstream: Upstream;
let gateways: Gateway[];
/** Upstream's books of the tests that are over. */
let spentBefore = 0;

beforeAll(async () => {
  redis = await startRedis({ own: true });
  upstream = await startUpstream();
  gateways = await startGateways(2, {
    upstream,
    key: null,
    env: { REDIS_URL: redis.url },
    config: {
      ...MONEY_ONLY,
      ledger: { kind: 'redis', url: 'env:REDIS_URL' },
      house: { dailyBudgetUsd: HOUSE_NANO / 1e9 },
      teams: { blue: { dailyBudgetUsd: BUDGET_USD } },
      tiers: {
        tight: { ...rates, dailyBudgetUsd: BUDGET_USD },
        wide: { ...rates, dailyBudgetUsd: 50 },
        pro: { requestsPerMinute: 60 },
      },
    },
  });
});
beforeEach(() => {
  spentBefore += upstream.tally(tokenNano).nano;
  upstream.clear();
  upstream.script = (seen) =>
    chatAnswer(seen, { outputTokens: capOf(seen) ?? 0, inputTokens: 40 }, { waitMs: 10, gapMs: 1 });
});
afterAll(async () => {
  await Promise.all((gateways ?? []).map((gateway) => gateway.stop()));
  await upstream?.close();
  await redis?.stop();
});

const PASSING = new Set(['rate.held', 'ledger.unavailable', 'audit.unavailable']);

type Door = Pick<Gateway, 'baseUrl' | 'callerKey'>;

/** A key of this holder's on each process. */
function doors(holder: Partial<NewKey>): Promise<Door[]> {
  return Promise.all(
    gateways.map(async (gateway) => ({
      baseUrl: gateway.baseUrl,
      callerKey: (await createKey(gateway, holder)).key,
    })),
  );
}

/** Calls until the budget is said to be spent; returns how often it was answered. */
async function spend(call: () => Promise<{ status: number; code: string }>): Promise<number> {
  for (let answered = 0; ; ) {
    const { status, code } = await call();
    if (code === 'budget.exceeded') return answered;
    if (status === 200) answered += 1;
    // A machine that is too busy to answer in time refuses, which spends nothing.
    else if (!PASSING.has(code)) throw new Error(`${status} ${code}`);
    else await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** All at once, on both processes. */
async function spendAll(
  open: readonly Door[],
  call: (door: Door, caller: number) => ReturnType<typeof chat>,
) {
  const callers = Array.from({ length: CALLERS }, (_, caller) => {
    const door = open[caller % open.length];
    if (!door) throw new Error('no door');
    return spend(() => call(door, caller));
  });
  return (await Promise.all(callers)).reduce((sum, answered) => sum + answered, 0);
}

const capped = (door: Door) => chat(door, { max_completion_tokens: CAP });

describe('I19: of 60 requests a minute', () => {
  test('60 are admitted over both processes, the rest is told when to come back', async () => {
    const open = await doors({ user: 'finn', tier: 'pro' });
    const calls = Array.from({ length: 120 }, (_, call) => {
      const door = open[call % 2];
      if (!door) throw new Error('no door');
      return chat(door, { max_completion_tokens: 1 });
    });
    const answers = await Promise.all(calls);
    const admitted = answers.filter(({ status }) => status === 200);
    const refused = answers.filter(({ code }) => code === 'rate.requests');
    expect(admitted.length + refused.length).toBe(120);
    expect(admitted).toHaveLength(60);
    expect(upstream.requests).toHaveLength(60);

    const remaining = admitted.map(({ headers }) => Number(headers.get('x-ratelimit-remaining-requests')));
    expect(remaining.sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, left) => left));
    for (const { headers, status, text } of refused) {
      expect(status).toBe(429);
      expect(JSON.parse(text)).toMatchObject({ error: { code: 'rate_limit_exceeded' } });
      expect(headers.get('retry-after')).toMatch(/^[1-9]\d?$/);
      // Those too that were refused without a trip to the ledger.
      expect(headers.get('x-ratelimit-limit-requests')).toBe('60');
      expect(headers.get('x-ratelimit-remaining-requests')).toBe('0');
      expect(headers.get('x-ratelimit-reset-requests')).toMatch(/^(?:1m)?\d+s$/);
    }
  });
});

describe('I10, I11: 200 callers on two processes spend all of one budget and no more', () => {
  test.each<[string, Partial<NewKey>]>([
    ['of a user', { user: 'ada', tier: 'tight' }],
    ['of a team', { user: 'bea', tier: 'wide', team: 'blue' }],
  ])('%s', async (_scope, holder) => {
    const answered = await spendAll(await doors(holder), capped);
    const { requests, nano } = upstream.tally(tokenNano);
    expect(requests).toBe(answered);
    expect(nano).toBeLessThanOrEqual(BUDGET_NANO);
    expect(nano).toBeGreaterThanOrEqual(BUDGET_NANO - RESERVED_NANO);
  });

  test('of a key', async () => {
    const [door] = await doors({ user: 'cleo', tier: 'wide', dailyBudgetUsd: BUDGET_USD });
    if (!door) throw new Error('no door');
    await spendAll([door], capped);
    const { nano } = upstream.tally(tokenNano);
    expect(nano).toBeLessThanOrEqual(BUDGET_NANO);
    expect(nano).toBeGreaterThanOrEqual(BUDGET_NANO - RESERVED_NANO);
  });

  test('with streams that every second caller leaves', async () => {
    await spendAll(await doors({ user: 'dora', tier: 'tight' }), async (door, caller) => {
      const leave = new AbortController();
      const answer = await openChat(door, { stream: true, max_completion_tokens: CAP }, leave.signal);
      const { status, headers } = answer;
      const code = headers.get('x-sallyport-code') ?? '';
      const id = headers.get('x-request-id') ?? '';
      if (caller % 2 === 0 || status !== 200) return { status, code, headers, id, text: await answer.text() };
      await answer.body?.getReader().read();
      leave.abort();
      return { status, code, headers, id, text: '' };
    });
    await Promise.all(upstream.requests.map((seen) => seen.over));
    expect(upstream.requests.filter((seen) => seen.abortedAt !== undefined).length).toBeGreaterThan(0);
    expect(upstream.tally(tokenNano).nano).toBeLessThanOrEqual(BUDGET_NANO);
    // Who left pays a margin as well, so that the charges tell whether all was spent.
    const entries = (await Promise.all(gateways.map(entriesOf))).flat();
    const charged = entries
      .filter(({ action, userId }) => action === 'exchange.outcome' && userId === 'dora')
      .reduce((sum, { metadata }) => sum + Number(metadata['settledNano']), 0);
    expect(charged).toBeLessThanOrEqual(BUDGET_NANO);
    expect(charged).toBeGreaterThanOrEqual(BUDGET_NANO - RESERVED_NANO);
  });

  test('of the house, by all of them together', async () => {
    await spendAll(await doors({ user: 'eve', tier: 'wide' }), capped);
    expect(spentBefore + upstream.tally(tokenNano).nano).toBeLessThanOrEqual(HOUSE_NANO);
    const entries = (await Promise.all(gateways.map(entriesOf))).flat();
    const charged = entries
      .filter(({ action }) => action === 'exchange.outcome')
      .reduce((sum, { metadata }) => sum + Number(metadata['settledNano']), 0);
    expect(charged).toBeGreaterThanOrEqual(HOUSE_NANO - RESERVED_NANO);
    expect(charged).toBeLessThanOrEqual(HOUSE_NANO);
  });
});
