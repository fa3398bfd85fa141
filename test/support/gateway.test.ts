/**
 * The harness itself: real processes come up with a key that works, stop by signal, and are gone when killed; one that is opened
 * in this process serves as well, and leaves nothing. Shown false by a `stop` that leaves the house open.
 */
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startGateway, startGateways, UPSTREAM_KEY } from './gateway.ts';
import { openGateway } from './open-gateway.ts';
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

test('one that is opened in this process serves alike, and is gone when it is stopped', async () => {
  const gateway = await openGateway({ upstream, key: { tier: 'enterprise', user: 'ada' } });
  const { client } = openaiClient(gateway);
  expect((await client.chat.completions.create(call)).choices[0]?.message.content).toBe(
    'Hello from upstream.',
  );
  expect(upstream.requests[0]?.headers['authorization']).toBe(`Bearer ${UPSTREAM_KEY}`);
  await gateway.stop();
  expect(existsSync(gateway.dataDir)).toBe(false);
  await expect(fetch(`${gateway.adminUrl}/livez`)).rejects.toThrow('fetch failed');
});

test('one that is opened here and cannot be is told as a process tells it', async () => {
  const opening = openGateway({ upstream, config: { nonsense: true } });
  await expect(opening).rejects.toThrow(/configuration is not usable[^]*nonsense/);
});
