/**
 * stages/count-calls: what models call for one user in a minute is bounded over all processes, streamed or not; others are
 * not held to it, and a call more than that never reaches the program. Shown false by counting nothing in streams.
 */
import OpenAI, { APIError } from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKey } from '../support/admin.ts';
import { startGateways, type GatewayProcess } from '../support/gateway.ts';
import { chatAnswer } from '../support/openai-answer.ts';
import { startPostgres, type Postgres } from '../support/postgres.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';
import { OPEN_HOUSE } from './open-house.ts';

let redis: TestRedis;
let postgres: Postgres;
let upstream: Upstream;
let one: GatewayProcess;
let other: GatewayProcess;
beforeAll(async () => {
  [redis, postgres, upstream] = await Promise.all([startRedis(), startPostgres(), startUpstream()]);
  [one, other] = await startGateways(2, {
    upstream,
    env: { REDIS_URL: redis.url, DATABASE_URL: postgres.url },
    key: { tier: 'open', user: 'ada' },
    config: {
      ...OPEN_HOUSE,
      ledger: { kind: 'redis', url: 'env:REDIS_URL', namespace: 'calls' },
      store: { kind: 'postgres', url: 'env:DATABASE_URL' },
      tools: { callsPerMinute: 5 },
    },
  });
});
afterAll(async () => {
  await Promise.all([one?.stop('SIGKILL'), other?.stop('SIGKILL')]);
  await upstream?.close();
  await postgres?.stop();
  await redis?.stop();
});

const chat = {
  model: 'gpt-4o-mini',
  messages: [{ role: 'user' as const, content: 'Hi' }],
  max_completion_tokens: 99,
};
const SEARCH = { name: 'search', arguments: '{"q":"cats"}' };
const clientOf = ({ baseUrl: baseURL }: GatewayProcess, apiKey: string) =>
  new OpenAI({ apiKey, baseURL, maxRetries: 0 });
const outcome = async (work: Promise<OpenAI.ChatCompletion>): Promise<unknown> =>
  await work.then(
    ({ choices }) => choices[0]?.message.tool_calls?.length ?? 0,
    (error: unknown) => (error instanceof APIError ? error.code : error),
  );

test('five a minute, at whichever process and however they are asked for; text is not held to it', async () => {
  upstream.script = (seen) => chatAnswer(seen, { toolCalls: [SEARCH, SEARCH] });
  const [here, there] = [clientOf(one, one.callerKey), clientOf(other, one.callerKey)];
  expect(await outcome(here.chat.completions.create(chat))).toBe(2);
  expect(await outcome(there.chat.completions.stream(chat).finalChatCompletion())).toBe(2);
  // Four were made: of two more, one is too many.
  expect(await outcome(here.chat.completions.create(chat))).toBe('tool.calls_per_minute');
  expect(await outcome(there.chat.completions.stream(chat).finalChatCompletion())).toBe(
    'tool.calls_per_minute',
  );
  const bob = await createKey(one, { user: 'bob', tier: 'open' });
  expect(await outcome(clientOf(other, bob.key).chat.completions.create(chat))).toBe(2);
  upstream.script = (seen) => chatAnswer(seen, { outputTokens: 3 });
  expect(await outcome(here.chat.completions.create(chat))).toBe(0);
});
