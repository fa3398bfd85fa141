/**
 * Another policy holds from the next call on, whole or not at all, and is on record before it does. Shown false by not
 * replacing the way, by applying what may change beside what may not, by leaving SIGHUP to what ends the process,
 * by a held call that does not ask whether its rules still hold, and by calls judged by the rules they began with.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { admin } from '../support/admin.ts';
import { sse } from '../support/behaviour.ts';
import { CALLED, callPart, DONE } from '../support/call-streams.ts';
import { startGateway, type GatewayProcess } from '../support/gateway.ts';
import { chat, entriesOf, openChat, read, recorded } from '../support/money.ts';
import { chatAnswer } from '../support/openai-answer.ts';
import { create, saying } from '../support/socket-answers.ts';
import { openSocket } from '../support/socket-client.ts';
import { startSocketUpstream, type SocketUpstream } from '../support/socket-upstream.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-policy-'));
const BASE = {
  tiers: { wide: {} },
  endpoints: { allow: ['chat.completions', 'sockets'] },
  models: { projectServiceTier: 'default' },
  guardrails: { pii: { action: 'redact', reversible: false } },
};

/** A gateway that reads a file of its own. */
async function houseWith(name: string, upstreamOf: { readonly baseUrl: string }) {
  const file = join(folder, `${name}.yaml`);
  const write = (config: object | string): void =>
    writeFileSync(file, typeof config === 'string' ? config : JSON.stringify(config));
  write(BASE);
  return {
    write,
    gateway: await startGateway({
      upstream: upstreamOf,
      configFile: file,
      key: { tier: 'wide', user: 'ada' },
    }),
  };
}

let upstream: Upstream;
let sockets: SocketUpstream;
let gateway: GatewayProcess;
let write: (config: object | string) => void;
let other: Awaited<ReturnType<typeof houseWith>>;
beforeAll(async () => {
  [upstream, sockets] = await Promise.all([startUpstream(), startSocketUpstream()]);
  [{ gateway, write }, other] = await Promise.all([
    houseWith('calls', upstream),
    houseWith('sockets', sockets),
  ]);
});
afterAll(async () => {
  await Promise.all([gateway?.stop(), other?.gateway.stop()]);
  await Promise.all([upstream?.close(), sockets?.close()]);
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  upstream.script = (seen) => chatAnswer(seen, { outputTokens: 2 });
  write(BASE);
  await reload();
  upstream.clear();
});

const reload = (of: GatewayProcess = gateway) => admin(of, 'POST', '/admin/policy/reload', {});
const shape = z.looseObject({ version: z.string() });
const policy = async () => shape.parse((await admin(gateway, 'GET', '/admin/policy')).body);
const mail = { messages: [{ role: 'user', content: 'Write to ada@example.com' }] };
const blocking = { ...BASE, guardrails: { ...BASE.guardrails, pii: { action: 'block' } } };
const noModels = { ...BASE, tiers: { wide: { models: [] } } };

test('what is redacted is blocked from the next call on, and on record before', async () => {
  const before = await policy();
  expect((await chat(gateway, mail)).status).toBe(200);
  expect(String(upstream.requests[0]?.body)).not.toContain('ada@example.com');
  write(blocking);
  const { status, body } = await reload();
  expect(status).toBe(200);
  const after = await policy();
  expect(body).toEqual(after);
  expect(after.version).not.toBe(before.version);
  expect(after).toMatchObject({ policy: { guardrails: { pii: { action: 'block' } } } });
  const refused = await chat(gateway, mail);
  expect([refused.status, refused.code]).toEqual([400, 'guardrail.pii']);
  expect(upstream.requests).toHaveLength(1);
  const applied = (await recorded(gateway, 'policy.applied')).at(-1);
  expect(applied).toMatchObject({
    userId: 'admin',
    metadata: { version: after.version, previous: before.version },
  });
  expect(applied?.metadata['changed']).toContain('guardrails.pii.action');
  expect(JSON.stringify(after)).not.toMatch(/sk-proj|canary/);
});

test('calls under way end on the rules they began with', async () => {
  upstream.script = (seen) => chatAnswer(seen, { outputTokens: 60 }, { gapMs: 10 });
  const open = await openChat(gateway, { stream: true, max_completion_tokens: 100 });
  write(noModels);
  expect((await reload()).status).toBe(200);
  expect((await chat(gateway)).code).toBe('access.model');
  expect((await read(open)).text).toContain('[DONE]');
});

test('but for tools: a call is judged by what holds when it is complete', async () => {
  const denied = Promise.withResolvers<void>();
  const call = [callPart(0, '', 'search'), callPart(0, '{}'), CALLED, DONE];
  upstream.script = async () => sse(call, { hold: { piece: 2, until: denied.promise } });
  const open = await openChat(gateway, { stream: true });
  write({ ...BASE, tools: { deny: ['search'] } });
  expect((await reload()).status).toBe(200);
  denied.resolve();
  const { text } = await read(open);
  expect(text).toContain('"code":"tool.denied"');
  expect(text).not.toContain('[DONE]');
});

test('a file that is not usable changes nothing', async () => {
  const { version } = await policy();
  write({ ...noModels, tirs: {}, endpoints: { allow: ['nothing'] } });
  const { status, body } = await reload();
  expect([status, body]).toMatchObject([
    400,
    { error: { code: 'policy.invalid', param: 'tirs, endpoints.allow' } },
  ]);
  write('tiers: {');
  expect((await reload()).status).toBe(400);
  expect((await chat(gateway)).status).toBe(200);
  expect(await policy()).toMatchObject({
    version,
    refused: { paths: [expect.stringContaining('calls.yaml')] },
  });
  const [refusal] = (await recorded(gateway, 'policy.refused')).slice(-2);
  expect(refusal).toMatchObject({ status: 'failure', metadata: { code: 'policy.invalid', version } });
});

test('what needs a restart refuses the whole, by its path', async () => {
  write({
    ...noModels,
    server: { drainMsMax: 7 },
    guardrails: { ...BASE.guardrails, workers: { threads: 2 } },
  });
  const { status, body } = await reload();
  expect([status, body]).toMatchObject([
    400,
    { error: { code: 'policy.needs_restart', param: 'guardrails.workers.threads, server.drainMsMax' } },
  ]);
  expect((await chat(gateway)).status).toBe(200);
});

test('a call that waits for a person is not let through once other rules for tools hold', async () => {
  const toolCalls = [{ name: 'send_email', arguments: '{}' }];
  upstream.script = (seen) => chatAnswer(seen, { toolCalls });
  const held = chat(gateway, { stream: true });
  const list = async () => Object((await admin(gateway, 'GET', '/admin/approvals?state=pending')).body).data;
  const [{ id }] = await until(list, (waiting) => waiting.length > 0);
  write({ ...BASE, tools: { deny: ['send_email'] } });
  expect((await reload()).status).toBe(200);
  expect((await admin(gateway, 'POST', `/admin/approvals/${id}`, { decision: 'approve' })).status).toBe(200);
  const { text } = await held;
  expect(text).toContain('tool.approval_expired');
  expect(text).not.toContain('send_email');
});

test('a signal does the same, and ends nothing', async () => {
  write(noModels);
  process.kill(gateway.pid, 'SIGHUP');
  await until(
    async () => (await chat(gateway)).code,
    (code) => code === 'access.model',
  );
  const entries = await entriesOf(gateway);
  expect(entries.findLast(({ action }) => action === 'policy.applied')?.userId).toBe('system');
  expect(entries.filter(({ action }) => action === 'gateway.start')).toMatchObject([
    { metadata: { policy: expect.stringMatching(/^[0-9a-f]{64}$/) } },
  ]);
});

test('a socket ends with its call, and the next is on the new rules', async () => {
  sockets.script = saying(['Good day.']);
  const door = { port: other.gateway.port, callerKey: other.gateway.callerKey };
  const idle = await openSocket(door);
  idle.send(create('Hello'));
  await idle.waitFor('response.completed');
  other.write(noModels);
  expect((await reload(other.gateway)).status).toBe(200);
  await idle.closed();
  const next = await openSocket(door);
  next.send(create('Hello'));
  await until(
    async () => next.errors(),
    (codes) => codes.includes('model_not_found'),
  );
  next.socket.close();
});
