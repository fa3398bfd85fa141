/**
 * Promise 46 in a real process: a control that stops firing while it runs is named by /readyz, is an incident, an entry and a
 * metric, and all of it ends when it fires again. The negative control is the process itself: its `screen` is changed as it is
 * loaded, and lets everything pass while a file is there.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { admin } from '../support/admin.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { entriesOf, openChat, read } from '../support/money.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';
import { until } from '../support/until.ts';

const JWT_SECRET = 'a secret of at least thirty-two bytes, for HS256';
const folder = mkdtempSync(join(tmpdir(), 'sallyport-liveness-'));
const broken = join(folder, 'broken');
const overlay = join(folder, 'overlay.yaml');

/** Lets everything pass that a guardrail stops, while the file is there. */
const HOOK = `
import { registerHooks } from 'node:module';
const stop = 'if (prepared.blockedBy)';
registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    if (!url.endsWith('/src/stages/screen.ts')) return loaded;
    const source = String(loaded.source);
    if (!source.includes(stop)) throw new Error('there is nothing to break');
    const changed = source.replace(stop, \`if (prepared.blockedBy && !existsSync(\${JSON.stringify(process.env.BROKEN)}))\`);
    return { ...loaded, source: "import { existsSync } from 'node:fs';" + changed };
  },
});`;

const BASE = {
  liveness: { everySeconds: 1 },
  endpoints: { allow: ['chat.completions', 'files.create', 'sockets'] },
};
const write = (config: object): void => writeFileSync(overlay, JSON.stringify({ ...BASE, ...config }));

let upstream: Upstream;
let gateway: Gateway;
beforeAll(async () => {
  upstream = await startUpstream();
  write({});
  const hook = join(folder, 'hook.mjs');
  writeFileSync(hook, HOOK);
  const env = {
    NODE_OPTIONS: `--import=${hook}`,
    BROKEN: broken,
    JWT_SECRET,
  };
  // From the sources, as one of them is changed.
  gateway = await startGateway({ upstream, env, configFile: overlay, program: ['src/main.ts'] });
});
afterAll(async () => {
  await gateway?.stop();
  await upstream?.close();
  rmSync(folder, { recursive: true, force: true });
});

const readySchema = z.object({
  ready: z.boolean(),
  checks: z.record(z.string(), z.boolean()),
  reasons: z.record(z.string(), z.string()).optional(),
});
const readiness = async () => readySchema.parse(await (await fetch(`${gateway.adminUrl}/readyz`)).json());
const metric = async (name: string): Promise<number> => {
  const text = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(name));
  return Number(line?.split(' ').at(-1) ?? Number.NaN);
};

const guardsSchema = z.object({
  data: z.array(
    z.object({
      control: z.string(),
      promises: z.string(),
      result: z.string(),
      reason: z.string().optional(),
      triedAt: z.string().optional(),
      firedAt: z.string().optional(),
    }),
  ),
});
async function guard(name: string) {
  const { body } = await admin(gateway, 'GET', '/admin/guards');
  return guardsSchema.parse(body).data.find(({ control }) => control === name);
}

const incidentsSchema = z.object({
  data: z.array(z.object({ rule: z.string(), severity: z.string(), contained: z.array(z.unknown()) })),
});
async function incidents() {
  const { body } = await admin(gateway, 'GET', '/admin/incidents?rule=silent-guard');
  return incidentsSchema.parse(body).data;
}

test('all fire as shipped, and nothing but that is to be seen of it', async () => {
  expect((await readiness()).checks['guards']).toBe(true);
  const { body } = await admin(gateway, 'GET', '/admin/guards');
  const { data } = guardsSchema.parse(body);
  expect(data.filter(({ result }) => result !== 'fired')).toMatchObject([
    { control: 'detector', result: 'off', reason: 'none is configured' },
  ]);
  expect(await metric('sallyport_guard_silent{control="injection"}')).toBe(0);
  expect(await metric('sallyport_guard_probes_total{control="budget",result="fired"}')).toBeGreaterThan(0);
  // Metrics of calls, the log, upstream and the books know nothing of it.
  expect(await metric('sallyport_requests_total')).toBeNaN();
  expect(upstream.requests).toEqual([]);
  const actions = (await entriesOf(gateway)).map(({ action }) => action);
  expect(actions.filter((action) => action.startsWith('exchange.'))).toEqual([]);
  expect(await incidents()).toEqual([]);
});

test('nobody can be the user of the probe', async () => {
  const user = { user: '@probe', tier: 'pro', role: 'user' };
  expect((await admin(gateway, 'POST', '/admin/keys', user)).status).toBe(400);
  for (const name of ['@probe', '@probe:none', 'Bearer @probe:none'])
    expect((await openChat({ baseUrl: gateway.baseUrl, callerKey: name })).status).toBe(401);
  const token = await new SignJWT({ sub: '@probe', tier: 'pro' })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer('sallyport')
    .setAudience('sallyport')
    .setExpirationTime('1m')
    .sign(Buffer.from(JWT_SECRET));
  expect((await read(await openChat({ baseUrl: gateway.baseUrl, callerKey: token }))).status).toBe(200);
  const entries = await until(
    () => entriesOf(gateway),
    (all) => all.some(({ action }) => action === 'exchange.outcome'),
  );
  const [outcome] = entries.filter(({ action }) => action === 'exchange.outcome');
  expect(outcome?.userId).toMatch(/^sub:/);
});

test('a control that stops firing is named, an incident, on record, a metric; and fires again', async () => {
  writeFileSync(broken, '');
  const silent = 'did not fire: injection, secrets, large-bodies, uploads, sockets, realtime';
  // A run that was under way saw the end of it alone.
  const { ready, checks } = await until(readiness, ({ reasons }) => reasons?.['guards'] === silent);
  expect(ready).toBe(false);
  expect(Object.entries(checks).filter(([, ok]) => !ok)).toEqual([['guards', false]]);
  expect((await fetch(`${gateway.adminUrl}/livez`)).status).toBe(200);
  expect(await guard('injection')).toMatchObject({ result: 'silent', reason: 'it went upstream' });
  expect((await guard('injection'))?.firedAt).toMatch(/^20/);
  expect(await metric('sallyport_guard_silent{control="injection"}')).toBe(1);
  expect(await metric('sallyport_ready{check="guards"}')).toBe(0);
  expect(await metric('sallyport_guard_probes_total{control="injection",result="silent"}')).toBeGreaterThan(
    0,
  );
  const [incident, ...more] = await until(incidents, (all) => all.length > 0);
  expect(incident).toMatchObject({ severity: 'critical', contained: [] });
  expect(more).toEqual([]);
  rmSync(broken);
  await until(readiness, ({ ready }) => ready);
  expect(await metric('sallyport_guard_silent{control="injection"}')).toBe(0);
  const entries = await until(
    () => entriesOf(gateway),
    (all) => all.some(({ action }) => action === 'guard.recovered'),
  );
  const told = entries.filter(
    ({ action, resource }) => action.startsWith('guard.') && resource === 'injection',
  );
  expect(told[0]).toMatchObject({
    userId: 'system',
    action: 'guard.silent',
    status: 'failure',
    metadata: { reason: 'it went upstream' },
  });
  expect(told.at(-1)).toMatchObject({ action: 'guard.recovered', status: 'success' });
  // The one call of the test before: no probe went there while the way was open.
  expect(upstream.requests.length).toBe(1);
});

test('what the policy switches off is listed as such, and expected again once it is on', async () => {
  write({ guardrails: { injection: { action: 'off' } } });
  expect((await admin(gateway, 'POST', '/admin/policy/reload', {})).status).toBe(200);
  const off = await until(
    () => guard('injection'),
    (seen) => seen?.result === 'off',
  );
  expect(off?.reason).toBe('switched off by the policy');
  expect((await readiness()).ready).toBe(true);
  write({});
  expect((await admin(gateway, 'POST', '/admin/policy/reload', {})).status).toBe(200);
  await until(
    () => guard('injection'),
    (seen) => seen?.result === 'fired',
  );
  expect((await incidents()).length).toBe(1);
});
