/**
 * I51 over processes: asked in one, seen in a second, decided in a third, on one PostgreSQL; by the admin API and the
 * command line. What asks is this process, over the same store with the same secret. Shown
 * false by waits that only hear of their own process.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { createSeal } from '../../src/base/seal.ts';
import { deriveKey, Secret } from '../../src/base/secret.ts';
import { ApprovalDesk } from '../../src/domain/approvals/approval-desk.ts';
import { approvalsSchema, maskFor } from '../../src/domain/approvals/approval-settings.ts';
import { openPostgresStore } from '../../src/engines/store/store-postgres.ts';
import { guardrailsSchema } from '../../src/guardrails/settings.ts';
import type { AuditLog } from '../../src/ports/audit-log.ts';
import type { Store } from '../../src/ports/store.ts';
import { admin } from '../support/admin.ts';
import { runCommand } from '../support/command.ts';
import { startGateways, type Gateway } from '../support/gateway.ts';
import { ownClock, turnOf } from '../support/own-clock.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';
import { openUnhurriedLog } from '../support/audit.ts';

const SALLYPORT_SECRET = 'e'.repeat(64);
const folder = mkdtempSync(join(tmpdir(), 'sallyport-approvals-'));
const signal = new AbortController().signal;
let postgres: Postgres;
let upstream: Upstream;
let gateways: readonly Gateway[] = [];
let store: Store;
let auditLog: AuditLog;
let desk: ApprovalDesk;

beforeAll(async () => {
  [postgres, upstream] = await Promise.all([startPostgres(), startUpstream()]);
  gateways = await startGateways(2, {
    upstream,
    env: { SALLYPORT_SECRET, DATABASE_URL: postgres.url },
    config: { store: { kind: 'postgres', url: 'env:DATABASE_URL' } },
    key: null,
  });
  const secret = new Secret(SALLYPORT_SECRET);
  store = openPostgresStore({ url: postgres.url, waitMsMax: 10_000 });
  const chainKey = deriveKey(secret, 'chain');
  auditLog = await openUnhurriedLog({
    dir: folder,
    chainKey,
    checkpointKey: deriveKey(secret, 'checkpoint'),
  });
  const settings = approvalsSchema.parse({});
  desk = new ApprovalDesk({
    store: store.approvals,
    auditLog,
    seal: createSeal({ present: secret }),
    clock: systemClock,
    settings,
    mask: maskFor(settings, guardrailsSchema.parse({})),
  });
});
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  await auditLog?.close();
  await store?.close();
  await upstream?.close();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const call = (text: string) => ({
  user: 'ada',
  tool: 'send_email',
  arguments: JSON.stringify({ text }),
  policyVersion: '0123456789abcdef',
});
const ask = (text: string) => desk.ask({ ...call(text), credential: 'k00000000001', exchange: 'exchange-1' });
const at = (index: number): Gateway => {
  const gateway = gateways[index];
  if (!gateway) throw new Error('two were asked for');
  return gateway;
};

test('asked here, decided at one gateway: known here within a second, used once, seen at the other', async () => {
  const asked = await ask('hello from afar');
  const waiting = desk.wait(asked, signal);
  const { body } = await admin(at(1), 'GET', `/admin/approvals/${asked.id}`);
  expect(body).toMatchObject({
    state: 'pending',
    text: expect.stringContaining('"text": "hello from afar"'),
  });
  const { seen } = Object(body);
  const clock = ownClock(turnOf(at(0)));
  const decided = await admin(at(0), 'POST', `/admin/approvals/${asked.id}`, { decision: 'approve', seen });
  expect(decided.status).toBe(200);
  expect(await waiting).toBe('approved');
  expect(clock.stop()).toBeLessThan(1500);
  const taken = await Promise.all([1, 2, 3].map(() => desk.take(asked.id, call('hello from afar'))));
  expect(taken.filter(Boolean)).toHaveLength(1);
  const { body: after } = await admin(at(1), 'GET', '/admin/approvals?state=used');
  expect(Object(after).data).toEqual([expect.objectContaining({ id: asked.id, decidedBy: 'admin' })]);
});

test('two people decide at once at two gateways: one is told that he came late', async () => {
  const { id } = await ask('a race');
  const answers = await Promise.all(
    [0, 1].map((index) => admin(at(index), 'POST', `/admin/approvals/${id}`, { decision: 'deny' })),
  );
  expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 400]);
});

test('by the command line: seen, and decided with what was seen', async () => {
  const { id } = await ask('by hand');
  const waiting = desk.wait({ id, expiresAt: Date.now() + 60_000 }, signal);
  const { adminUrl, adminKey } = at(1);
  const env = { ADMIN_PORT: new URL(adminUrl).port, SALLYPORT_ADMIN_KEY: adminKey };
  const cli = (...args: string[]) => runCommand(['approvals', ...args], { env });
  const [shown, listed] = await Promise.all([cli('show', id), cli('list', '--state', 'pending')]);
  expect(shown.out).toContain('"text": "by hand"');
  expect(JSON.parse(listed.out).data).toEqual([expect.objectContaining({ id, tool: 'send_email' })]);
  const seen = shown.out.trim().split('\n').at(-1) ?? '';
  const refused = await cli('approve', id, '--seen', '0'.repeat(64));
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('approval.seen') });
  const denied = await cli('deny', id, '--seen', seen, '--note', 'no');
  expect(denied).toMatchObject({ code: 0, out: expect.stringContaining('"state": "denied"') });
  expect(await waiting).toBe('denied');
});

test('at rest nobody reads what was asked or answered', async () => {
  const { id } = await ask('what only people may see');
  const body = Buffer.from('{"answer":"what only the caller may see"}');
  const answer = { status: 200, contentType: 'application/json', headers: {}, body, operation: 'x' };
  await desk.park([id], answer, { user: 'ada', requestDigest: 'd'.repeat(64) });
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  const { rows } = await client.query('select * from sallyport_approvals');
  const { rows: parked } = await client.query('select * from sallyport_parked_answers');
  await client.end();
  expect(rows.length).toBeGreaterThan(0);
  expect(parked).toHaveLength(1);
  const stored = [...rows, ...parked].flatMap((row) => Object.values(Object(row)).map(String));
  const opened = stored.map((text) => text + Buffer.from(text, 'base64').toString('latin1')).join('\n');
  expect(opened).not.toMatch(/what only|hello from afar/);
});
