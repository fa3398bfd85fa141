/**
 * Every refusal leaves an entry: also of calls that are turned away unread, and of a key at a wrong address, in the name
 * of its user. Shown false by leaving out the edge's own count, and the refusal's subject.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKey } from '../support/admin.ts';
import { allEntries } from '../support/audit.ts';
import { sse } from '../support/behaviour.ts';
import { startGateway, type GatewayProcess } from '../support/gateway.ts';
import { CHAT_BODY, CHAT_LINE, CHAT_STREAM } from '../support/journey.ts';
import { rawCall, requestBytes } from '../support/raw-call.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';

const CALLS = 30;
const SINGLY = 20;
const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-edge-'));
let upstream: Upstream;
let gateway: GatewayProcess;
beforeAll(async () => {
  upstream = await startUpstream();
  const config = { server: { exchangesMax: 1 } };
  gateway = await startGateway({ upstream, config, dataDir, key: { tier: 'internal' } });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function ask(key: string, body = CHAT_BODY) {
  const headers = [`Authorization: Bearer ${key}`, 'Content-Type: application/json'];
  const { answers } = await rawCall(gateway.port, requestBytes(CHAT_LINE, headers, body));
  const [answer] = answers;
  return { code: answer?.code, id: answer?.headers['x-request-id'], body: answer?.body };
}

test('full, about to end, and at a wrong address', async () => {
  const release = Promise.withResolvers<void>();
  upstream.script = async () => {
    await release.promise;
    return sse(['data: [DONE]\n\n']);
  };
  const bound = await createKey(gateway, { user: 'ada', tier: 'internal', ips: ['192.0.2.0/24'] });
  const far = await ask(bound.key);
  expect(far.code).toBe('access.address');
  expect(far.body).not.toMatch(new RegExp(`ada|${bound.id}`));
  const open = ask(gateway.callerKey, CHAT_STREAM);
  await upstream.waitFor(1);
  const busy = await Promise.all(Array.from({ length: CALLS }, () => ask('sk-nobody')));
  expect(new Set(busy.map(({ code }) => code))).toEqual(new Set(['edge.busy']));
  // Of those who were turned away nobody failed.
  process.kill(gateway.pid, 'SIGTERM');
  while ((await fetch(`${gateway.adminUrl}/readyz`)).ok);
  const late = await ask(gateway.callerKey);
  expect(late.code).toBe('edge.draining');
  release.resolve();
  await open;
  expect(await gateway.exited).toBe(0);
  expect(upstream.requests).toHaveLength(1);

  const entries = await allEntries(join(dataDir, 'audit'));
  const of = (code: string) => entries.filter(({ metadata }) => metadata['code'] === code);
  expect(of('access.address')).toMatchObject([
    { userId: 'ada', action: 'exchange.refused', metadata: { exchange: far.id, credential: bound.id } },
  ]);
  const told = [...of('edge.busy'), ...of('edge.draining')];
  const counted = entries.filter(({ action }) => action === 'access.refused');
  const sum = counted.reduce((total, { metadata }) => total + Number(metadata['attempts']), 0);
  // A minute may have ended in between.
  expect(told.length).toBeGreaterThanOrEqual(SINGLY);
  expect(told.length + sum).toBe(CALLS + 1);
  expect(told[0]).toMatchObject({ userId: 'anonymous', action: 'exchange.refused', status: 'failure' });
  expect(busy.map(({ id }) => id)).toContain(told[0]?.metadata['exchange']);
});
