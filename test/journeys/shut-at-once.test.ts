/**
 * Promise 47: what operators shut is shut in every process within a second, open streams included, also with Redis down
 * and from the machine itself; what they do not name goes on; nobody is banned by another's doing. Shown false by not
 * looking at open calls, by not reading the file, by a signal that throws where the file cannot be made, by counting
 * the ban of an address against valid keys, by no rules for tools where all may be called, and by calls that stay what they were
 * judged first.
 */
import { existsSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { admin, createKey, type MadeKey } from '../support/admin.ts';
import { sse } from '../support/behaviour.ts';
import { CALLED, callPart, chatCall, chunkOf, DONE } from '../support/call-streams.ts';
import { startGateways, type GatewayProcess } from '../support/gateway.ts';
import { CHAT_BODY, CHAT_LINE } from '../support/journey.ts';
import { chat, MONEY_ONLY, openChat, outcomeOf } from '../support/money.ts';
import { chatAnswer } from '../support/openai-answer.ts';
import { ownClock, turnOf } from '../support/own-clock.ts';
import { startPostgres, type Postgres } from '../support/postgres.ts';
import { rawCall, requestBytes } from '../support/raw-call.ts';
import { reading } from '../support/reading.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';
import { until } from '../support/until.ts';

/** A second, and what a busy machine may add. */
const SHUT_WITHIN_MS = 4000;
const PROXY = '127.0.0.7';

let redis: TestRedis;
let postgres: Postgres;
let upstream: Upstream;
let one: GatewayProcess;
let other: GatewayProcess;
/** Key of another administrator. */
let second: string;

beforeAll(async () => {
  [redis, postgres, upstream] = await Promise.all([startRedis(), startPostgres(), startUpstream()]);
  [one, other] = await startGateways(2, {
    upstream,
    env: { REDIS_URL: redis.url, DATABASE_URL: postgres.url },
    key: { tier: 'wide', user: 'ada' },
    config: {
      ...MONEY_ONLY,
      ledger: { kind: 'redis', url: 'env:REDIS_URL', namespace: 'shut' },
      store: { kind: 'postgres', url: 'env:DATABASE_URL' },
      tiers: { wide: { dailyBudgetUsd: 50 } },
      tools: { allow: ['*'], deny: [], needsApproval: [], taintNeedsApproval: [] },
      server: { trustProxy: [PROXY] },
      containment: { release: 'two' },
    },
  });
  second = (await createKey(one, { user: 'second', role: 'admin', tier: 'wide' })).key;
});
afterAll(async () => {
  await Promise.all([one?.stop('SIGKILL'), other?.stop('SIGKILL')]);
  await upstream?.close();
  await postgres?.stop();
  await redis?.stop();
});
beforeEach(() => {
  upstream.script = (seen) => chatAnswer(seen, { outputTokens: 2000 }, { gapMs: 5 });
});

const lockdown = (gateway: GatewayProcess, shut: object) => admin(gateway, 'PUT', '/admin/lockdown', shut);
const codeOn = async (
  gateway: GatewayProcess,
  { key }: Pick<MadeKey, 'key'>,
): Promise<string | undefined> => {
  upstream.script = (seen) => chatAnswer(seen, { outputTokens: 2 });
  return (await chat({ ...gateway, callerKey: key })).code;
};
const streamOn = (gateway: GatewayProcess, { key }: Pick<MadeKey, 'key'>) =>
  reading((signal) =>
    openChat({ ...gateway, callerKey: key }, { stream: true, max_completion_tokens: 3000 }, signal),
  );
/** By a second administrator, as who shut may not open. */
async function release(): Promise<void> {
  const { status } = await lockdown({ ...one, adminKey: second }, {});
  expect(status).toBe(200);
  // The other process has it from here on as well.
  expect((await admin(other, 'GET', '/admin/lockdown')).body).toMatchObject({ active: false });
}

test('everything: both processes, open streams too, and opened by a second person alone', async () => {
  const ada = { key: one.callerKey };
  const streams = await Promise.all([streamOn(one, ada), streamOn(other, ada)]);
  const clock = ownClock(turnOf(one), turnOf(other), () => redis.command('PING'));
  const shut = await lockdown(one, { all: true, reason: 'a key has leaked' });
  expect(shut).toMatchObject({ status: 200, body: { active: true, all: true, by: 'admin' } });
  const ends = await Promise.all(streams.map(({ ended }) => ended));
  expect(clock.stop()).toBeLessThan(SHUT_WITHIN_MS);
  for (const [index, { id }] of streams.entries()) {
    expect(ends[index]?.text).not.toContain('[DONE]');
    expect(await outcomeOf(index === 0 ? one : other, id)).toMatchObject({
      outcome: 'aborted',
      code: 'access.locked_down',
    });
  }
  for (const gateway of [one, other]) expect(await codeOn(gateway, ada)).toBe('access.locked_down');

  expect(await lockdown(one, {})).toMatchObject({ status: 403 });
  // More may be shut by whoever shut it.
  expect((await lockdown(one, { all: true, models: ['gpt-*'] })).status).toBe(200);
  await release();
  for (const gateway of [one, other])
    await until(
      () => codeOn(gateway, ada),
      (code) => code === undefined || code === '',
    );
});

test.each([
  ['users', 'ada'],
  ['tiers', 'wide'],
  ['models', 'gpt-4o*'],
] as const)('%s alone: others go on', async (what, value) => {
  const ada = { key: one.callerKey };
  const bob = await createKey(one, { user: 'bob', tier: what === 'tiers' ? 'pro' : 'wide' });
  expect((await lockdown(one, { [what]: [value] })).status).toBe(200);
  await until(
    () => codeOn(other, ada),
    (code) => code === 'access.locked_down',
  );
  // The model is everybody's.
  await until(
    () => codeOn(other, bob),
    (code) => (code === 'access.locked_down') === (what === 'models'),
  );
  await release();
});

test('a tool, whatever the policy allows', async () => {
  expect((await lockdown(one, { tools: ['search'] })).status).toBe(200);
  const tools = [{ type: 'function', function: { name: 'search' } }];
  upstream.script = (seen) => chatAnswer(seen, { outputTokens: 2 });
  await until(
    async () => (await chat(other, { tools })).code,
    (code) => code === 'tool.denied',
  );
  await release();
});

test.each([
  ['arguments are still coming', [callPart(0, '', 'search'), callPart(0, '{"q":')], [callPart(0, '1}')]],
  [
    'nothing of the call has come',
    [chunkOf({ role: 'assistant', content: 'Let me see. ' })],
    chatCall(0, 'search', ['{}']),
  ],
])('a tool in the middle of an answer, under a policy that allows all: %s', async (_, before, behind) => {
  const shut = Promise.withResolvers<void>();
  upstream.script = async () =>
    sse([...before, ...behind, CALLED, DONE], { hold: { piece: before.length, until: shut.promise } });
  const shown = await Promise.all(
    [one, other].map((gateway) => reading((signal) => openChat(gateway, { stream: true }, signal))),
  );
  expect((await lockdown(one, { tools: ['search'] })).status).toBe(200);
  await until(
    async () => (await admin(other, 'GET', '/admin/lockdown')).body,
    (body) => Object(body).active === true,
  );
  shut.resolve();
  for (const { ended } of shown) {
    const { text } = await ended;
    expect(text).toContain('"code":"tool.denied"');
    expect(text).not.toMatch(/DONE|"1\}|\{\}"/);
  }
  await release();
});

test('a user that is switched off is off everywhere, and on again', async () => {
  const hal = await createKey(one, { user: 'hal', tier: 'wide', role: 'admin' }, second);
  const stream = await streamOn(other, hal);
  expect((await admin(one, 'POST', '/admin/users/hal/disable', {})).body).toEqual({
    user: 'hal',
    disabled: true,
  });
  await stream.ended;
  expect(await codeOn(other, hal)).toBe('access.locked_down');
  expect((await admin({ ...other, adminKey: hal.key }, 'GET', '/admin/keys')).status).toBe(403);
  await admin({ ...one, adminKey: second }, 'POST', '/admin/users/hal/enable', {});
  await until(
    () => codeOn(other, hal),
    (code) => code !== 'access.locked_down',
  );
});

/** Banned for so long, and the other process goes by it. A ban that was over before a crowded machine had looked is set again. */
async function banBriefly(made: MadeKey, seconds: number): Promise<void> {
  const overAt = Date.now() + seconds * 1000;
  const body = { key: made.id, seconds, reason: 'too fast' };
  expect((await admin(one, 'POST', '/admin/bans', body)).status).toBe(201);
  const seen = await until(
    () => codeOn(other, made),
    (code) => code === 'access.banned' || Date.now() > overAt,
  );
  if (seen !== 'access.banned') await banBriefly(made, seconds * 2);
}

test('a ban ends by itself, or when it is lifted; one of an address leaves valid keys alone', async () => {
  const made = z.object({ id: z.string() });
  const cid = await createKey(one, { user: 'cid', tier: 'wide' });
  await banBriefly(cid, 2);
  await until(
    () => codeOn(other, cid),
    (code) => code !== 'access.banned',
  );
  const long = await admin(one, 'POST', '/admin/bans', { user: 'cid' });
  await until(
    () => codeOn(other, cid),
    (code) => code === 'access.banned',
  );
  const { id } = made.parse(long.body);
  expect((await admin(one, 'DELETE', `/admin/bans/${id}`)).status).toBe(200);
  await until(
    () => codeOn(other, cid),
    (code) => code !== 'access.banned',
  );

  const from = '198.51.100.9';
  expect((await admin(one, 'POST', '/admin/bans', { address: from })).status).toBe(201);
  const asked = async (key: string) => {
    const headers = [
      `Authorization: Bearer ${key}`,
      'Content-Type: application/json',
      `X-Forwarded-For: ${from}`,
    ];
    const { answers } = await rawCall(other.port, requestBytes(CHAT_LINE, headers, CHAT_BODY), {
      from: PROXY,
    });
    return answers[0]?.code;
  };
  await until(
    () => asked('sk-sp-nobody'),
    (code) => code === 'rate.source',
  );
  expect(await asked(cid.key)).toBe('');
  for (const address of ['127.0.0.1', '::1', PROXY, 'nowhere'])
    expect((await admin(one, 'POST', '/admin/bans', { address })).status).toBe(400);
  for (const body of [{}, { user: 'a', key: 'b' }, { user: 'a', seconds: 0 }])
    expect((await admin(one, 'POST', '/admin/bans', body)).status).toBe(400);
});

test('from the machine itself, by a signal, with Redis down; until the file is removed', async () => {
  const ada = { key: one.callerKey };
  const stream = await streamOn(one, ada);
  await redis.kill();
  const file = join(one.dataDir, 'lockdown');
  // As a disk that takes nothing more.
  symlinkSync(join(one.dataDir, 'nowhere', 'lockdown'), file);
  process.kill(one.pid, 'SIGUSR2');
  await stream.ended;
  expect(existsSync(file)).toBe(false);
  expect(await codeOn(one, ada)).toBe('access.locked_down');
  rmSync(file);
  await until(() => existsSync(file), Boolean);
  expect(await codeOn(one, ada)).toBe('access.locked_down');
  await redis.restart();
  rmSync(file);
  await until(
    () => codeOn(one, ada),
    (code) => code !== 'access.locked_down',
  );
});
