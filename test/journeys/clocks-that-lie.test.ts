/**
 * I14, I17: processes whose clocks are days off spend the same budget of the same day, Redis's; and a lost ledger does
 * not begin anew because a process takes today for tomorrow. Shown false by asking the process for the day in
 * `assemble/lost-ledger`.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { usageAs } from '../support/admin.ts';
import { startGateway, type GatewayProcess, type ProcessOptions } from '../support/gateway.ts';
import { chat, INPUT_NANO, MONEY_ONLY, OUTPUT_NANO, outcomeOf, recorded } from '../support/money.ts';
import { capOf, chatAnswer } from '../support/openai-answer.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';

const DAY_MS = 86_400_000;
const BUDGET_NANO = 1_000_000;
const CAP = 100;
const call = { max_completion_tokens: CAP };
const preload = join(import.meta.dirname, '../support/shifted-clock.ts');
const secrets = {
  SALLYPORT_ADMIN_KEY: `sp-admin-${randomBytes(24).toString('hex')}`,
  SALLYPORT_SECRET: randomBytes(32).toString('hex'),
};

let redis: TestRedis;
let upstream: Upstream;
const running: GatewayProcess[] = [];
beforeAll(async () => {
  redis = await startRedis({ own: true });
  upstream = await startUpstream({
    script: (seen) => chatAnswer(seen, { outputTokens: capOf(seen) ?? 0, inputTokens: 40 }),
  });
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((gateway) => gateway.stop()));
});
afterAll(async () => {
  await upstream?.close();
  await redis?.stop();
});

async function begin(offMs: number, more: ProcessOptions = {}): Promise<GatewayProcess> {
  const gateway = await startGateway({
    upstream,
    key: { user: 'ada', tier: 'tight' },
    config: {
      ...MONEY_ONLY,
      ledger: { kind: 'redis', url: 'env:REDIS_URL' },
      tiers: { tight: { dailyBudgetUsd: BUDGET_NANO / 1e9 } },
    },
    env: {
      ...secrets,
      REDIS_URL: redis.url,
      NODE_OPTIONS: `--import ${preload}`,
      CLOCK_OFF_MS: String(offMs),
    },
    ...more,
  });
  running.push(gateway);
  return gateway;
}

test('days behind and days ahead: one budget, one day', async () => {
  const doors = await Promise.all([begin(-1.5 * DAY_MS), begin(0), begin(1.5 * DAY_MS)]);
  let refused = 0;
  for (let turn = 0; refused < doors.length; turn++) {
    const door = doors[turn % doors.length];
    if (!door) throw new Error('no door');
    const { status, code, id } = await chat(door, call);
    refused = code === 'budget.exceeded' ? refused + 1 : 0;
    expect(status === 200 || code === 'budget.exceeded').toBe(true);
    await outcomeOf(door, id);
  }
  const { nano, requests } = upstream.tally({ inputNano: INPUT_NANO, outputNano: OUTPUT_NANO });
  expect(nano).toBeLessThanOrEqual(BUDGET_NANO);
  expect(nano).toBeGreaterThan(BUDGET_NANO - 150_000);
  expect(requests).toBeGreaterThan(2 * doors.length);
  for (const door of doors) {
    expect(await usageAs(door, 'ada')).toMatchObject({ settledNano: nano });
    const days = (await recorded(door, 'exchange.intent')).map(({ metadata }) => metadata['day']);
    expect(new Set(days)).toEqual(new Set([new Date().toISOString().slice(0, 10)]));
  }
});

test('lost data stay lost for a process that takes today for tomorrow', async () => {
  await redis.command('FLUSHALL');
  const first = await begin(0);
  expect((await chat(first, call)).status).toBe(200);
  await first.kill9();
  await redis.command('FLUSHALL');

  const again = await begin(1.5 * DAY_MS, { ready: false, dataDir: first.dataDir });
  const readiness = () =>
    fetch(`${again.adminUrl}/readyz`).then(
      async (answer) => ({ status: answer.status, text: await answer.text() }),
      () => undefined,
    );
  await expect.poll(readiness).toMatchObject({ status: 503 });
  expect((await readiness())?.text).toContain('lost');
});
