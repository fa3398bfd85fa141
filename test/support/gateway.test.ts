/** The harness itself: real processes come up with a key that works, stop by signal, and are gone when killed. */
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startGateway, startGateways, UPSTREAM_KEY } from './gateway.ts';
import { openaiClient } from './sdk.ts';
import { startUpstream, type Upstream } from './upstream.ts';

const call = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: 'Hi' }] };
let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream();
});
beforeEach(() => upstream.clear());
afterAll(async () => await upstream.close());

test('one call goes through to the fake upstream, and the process stops cleanly', async () => {
  const gateway = await startGateway({ upstream, key: { tier: 'enterprise', user: 'ada' } });
  const { client, attempts } = openaiClient(gateway);
  const answer = await client.chat.completions.create(call);
  expect(answer.choices[0]?.message.content).toBe('Hello from upstream.');
  expect(attempts.map((attempt) => attempt.status)).toEqual([200]);
  expect(upstream.requests[0]?.headers['authorization']).toBe(`Bearer ${UPSTREAM_KEY}`);
  expect(upstream.requests[0]?.raw.includes(gateway.callerKey)).toBe(false);
  expect(await gateway.stop()).toBe(0);
  expect(existsSync(gateway.dataDir)).toBe(false);
});

test('two processes with stores of their own each have a key; a killed one is gone', async () => {
  const [one, two] = await startGateways(2, { upstream });
  expect(one.adminKey).toBe(two.adminKey);
  await openaiClient(two).client.chat.completions.create(call);
  await one.kill9();
  expect(() => process.kill(one.pid, 0)).toThrow('ESRCH');
  await openaiClient(two).client.chat.completions.create(call);
  expect(upstream.requests).toHaveLength(2);
  await Promise.all([one.stop(), two.stop()]);
});

test('a configuration that cannot be used is told with the logs', async () => {
  const start = startGateway({ upstream, config: { nonsense: true } });
  await expect(start).rejects.toThrow(/ended \(1\) before it was ready[^]*nonsense/);
});
