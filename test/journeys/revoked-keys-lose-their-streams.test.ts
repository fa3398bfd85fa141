/**
 * I24: what a revoked key has open ends within 2 s on every process, with an error both SDKs raise on, and is
 * charged; nobody else's ends. Shown false by taking away the listener and the look of `jobs/end-revoked`.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { admin, createKey, type MadeKey } from '../support/admin.ts';
import { startGateways, type GatewayProcess } from '../support/gateway.ts';
import { chat, INPUT_NANO, MONEY_ONLY, openChat, OUTPUT_NANO, outcomeOf, post } from '../support/money.ts';
import { chatAnswer, responsesAnswer } from '../support/openai-answer.ts';
import { ownClock, turnOf } from '../support/own-clock.ts';
import { startPostgres, type Postgres } from '../support/postgres.ts';
import { reading, type Reading } from '../support/reading.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';

/** 2 s, and what a busy machine may add. */
const ENDS_WITHIN_MS = 3000;
const stream = { stream: true, max_completion_tokens: 3000 };

let redis: TestRedis;
let postgres: Postgres;
let upstream: Upstream;
let one: GatewayProcess;
let other: GatewayProcess;

beforeAll(async () => {
  [redis, postgres, upstream] = await Promise.all([startRedis(), startPostgres(), startUpstream()]);
  upstream.script = (seen) =>
    (seen.target.endsWith('/responses') ? responsesAnswer : chatAnswer)(
      seen,
      { outputTokens: 2000, inputTokens: 40 },
      { gapMs: 5 },
    );
  [one, other] = await startGateways(2, {
    upstream,
    env: { REDIS_URL: redis.url, DATABASE_URL: postgres.url },
    key: { tier: 'wide', user: 'twin' },
    config: {
      ...MONEY_ONLY,
      ledger: { kind: 'redis', url: 'env:REDIS_URL', namespace: 'revoked' },
      store: { kind: 'postgres', url: 'env:DATABASE_URL' },
      tiers: { wide: { dailyBudgetUsd: 50 } },
    },
  });
});
afterAll(async () => {
  await Promise.all([one?.stop('SIGKILL'), other?.stop('SIGKILL')]);
  await upstream?.close();
  await postgres?.stop();
  await redis?.stop();
});

/** What the gateways broke off. */
const cut = () => upstream.requests.filter((seen) => seen.abortedAt !== undefined);

const chatOn = (gateway: GatewayProcess, { key }: Pick<MadeKey, 'key'>): Promise<Reading> =>
  reading((signal) => openChat({ ...gateway, callerKey: key }, stream, signal));

test('revoked at one process: open streams end on both, those of others go on', async () => {
  const made = await createKey(one, { user: 'hal', tier: 'wide' });
  const responses = { model: 'gpt-4o-mini', input: 'Tell me.', stream: true, max_output_tokens: 3000 };
  const mine = await Promise.all([
    chatOn(one, made),
    chatOn(other, made),
    reading((signal) => post({ ...other, callerKey: made.key }, '/responses', responses, signal)),
  ]);
  const twin = await chatOn(other, { key: other.callerKey });
  const clock = ownClock(turnOf(one), turnOf(other), () => redis.command('PING'));
  expect((await admin(one, 'DELETE', `/admin/keys/${made.id}`)).status).toBe(200);

  const ends = await Promise.all(mine.map(({ ended }) => ended));
  expect(clock.stop()).toBeLessThan(ENDS_WITHIN_MS);
  for (const { text } of ends) {
    expect(text).toContain('invalid_api_key');
    expect(text).not.toContain('[DONE]');
  }
  expect((await mine[2]?.ended)?.text).toMatch(/event: error\ndata: \{"type":"error"/);
  for (const gateway of [one, other]) {
    expect((await chat({ ...gateway, callerKey: made.key })).code).toBe('auth.invalid');
  }
  for (const [index, gateway] of [one, other, other].entries()) {
    const outcome = await outcomeOf(gateway, mine[index]?.id ?? '');
    expect(outcome).toMatchObject({ outcome: 'aborted', code: 'auth.invalid' });
    expect(outcome['settledNano']).toBeGreaterThan(40 * INPUT_NANO + 10 * OUTPUT_NANO);
  }
  // Upstream heard of the end of three, and still talks to the fourth.
  await expect.poll(cut).toHaveLength(3);
  twin.leave.abort();
  await expect.poll(cut).toHaveLength(4);
});

/** A stream that is open before its key ends. A crowded machine may need longer than that: then of a key that lasts longer. */
async function chatOnExpiring(ms: number): Promise<Reading> {
  const endsAt = Date.now() + ms;
  try {
    const expiresAt = new Date(endsAt).toISOString();
    return await chatOn(one, await createKey(one, { user: 'ida', tier: 'wide', expiresAt }));
  } catch (error) {
    if (Date.now() < endsAt) throw error;
    return await chatOnExpiring(ms * 2);
  }
}

test('rotated, a key keeps its streams; expired, it loses them without anybody telling', async () => {
  upstream.clear();
  upstream.script = (seen) => chatAnswer(seen, { outputTokens: 2000 }, { gapMs: 5 });
  const rotated = await createKey(one, { user: 'ivy', tier: 'wide' });
  const stays = await chatOn(other, rotated);
  const ends = await chatOnExpiring(2500);
  expect((await admin(one, 'POST', `/admin/keys/${rotated.id}/rotate`, { overlapSeconds: 60 })).status).toBe(
    200,
  );
  expect((await ends.ended).text).toContain('invalid_api_key');
  await expect.poll(cut).toHaveLength(1);
  stays.leave.abort();
});
