/** PostgreSQL away, at the start and later: live, not ready or served from what is known, and no entry lost or doubled. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readEntries } from '../../src/engines/audit/audit-read.ts';
import { createKey } from '../support/admin.ts';
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.ts';
import { startGateway, type GatewayProcess } from '../support/gateway.ts';
import { CHAT_BODY } from '../support/journey.ts';
import { startPostgres, type Postgres } from '../support/postgres.ts';
import { until } from '../support/until.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-store-'));
const dataDir = join(folder, 'data');
let postgres: Postgres;
let proxy: FaultProxy;
let upstream: Upstream;
let gateway: GatewayProcess | undefined;
let env: Record<string, string>;
beforeAll(async () => {
  [postgres, upstream] = await Promise.all([startPostgres(), startUpstream()]);
  const { hostname, port } = new URL(postgres.url);
  proxy = await startFaultProxy({ host: hostname, port: Number(port || 5432) });
  const through = new URL(postgres.url);
  through.host = `127.0.0.1:${proxy.port}`;
  env = { DATABASE_URL: through.href, SALLYPORT_SECRET: 's'.repeat(40), SALLYPORT_ADMIN_KEY: 'a'.repeat(40) };
});
afterAll(async () => {
  await gateway?.stop();
  await Promise.all([proxy.close(), upstream.close()]);
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

const start = (): Promise<GatewayProcess> =>
  startGateway({
    upstream,
    dataDir,
    env,
    config: { store: { kind: 'postgres', url: 'env:DATABASE_URL' } },
    ready: false,
  });

async function get(url: string): Promise<{ status: number; body: any }> {
  const answer = await fetch(url);
  return { status: answer.status, body: await answer.json() };
}

async function call(key: string): Promise<{ status: number; code: string | null }> {
  const answer = await fetch(`${gateway?.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: CHAT_BODY,
  });
  await answer.arrayBuffer();
  return { status: answer.status, code: answer.headers.get('x-sallyport-code') };
}

/** By chain and sequence, sorted. */
async function onDisk(): Promise<string[]> {
  const names: string[] = [];
  for await (const batch of readEntries(join(dataDir, 'audit'))) {
    names.push(...batch.map(({ chain, sequence }) => `${chain} ${sequence}`));
  }
  return names.sort();
}

async function inStore(): Promise<string[]> {
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  try {
    const { rows } = await client.query("select chain || ' ' || sequence as name from sallyport_entries");
    return rows.map(({ name }) => String(name)).sort();
  } finally {
    await client.end();
  }
}

const KEY = /sk-sp-[A-Za-z0-9-]+/;
let key = '';

test('away at the start: it listens, lives, is not ready, and says why; calls are told', async () => {
  await proxy.set({ refuse: true });
  gateway = await start();
  const { adminUrl } = gateway;
  const ready = await until(
    () => get(`${adminUrl}/readyz`),
    ({ status }) => status === 503,
  );
  expect(ready.body.checks).toMatchObject({ store: false, auditLog: true, ledger: true });
  expect(await get(`${adminUrl}/livez`)).toMatchObject({ status: 200 });
  const unknown = 'sk-sp-0123456789ab-0000000000000000000000000000000000000000';
  const { status, code } = await call(unknown);
  expect([401, 503]).toContain(status);
  expect(['auth.invalid', 'store.unavailable']).toContain(code);
  expect(gateway.logs()).not.toMatch(KEY);
  expect(upstream.requests).toEqual([]);
});

test('started late: ready without a restart, and the local start says its key then', async () => {
  await proxy.set({});
  const { adminUrl } = gateway ?? { adminUrl: '' };
  await until(
    () => get(`${adminUrl}/readyz`),
    ({ status }) => status === 200,
  );
  await until(
    () => gateway?.logs() ?? '',
    (logs) => KEY.test(logs),
  );
  ({ key } = await createKey({ adminUrl, adminKey: env['SALLYPORT_ADMIN_KEY'] ?? '' }, { tier: 'internal' }));
  expect(await call(key)).toEqual({ status: 200, code: null });
  const [disk, stored] = await until(
    async () => [await onDisk(), await inStore()] as const,
    ([files, rows]) => files.length > 0 && files.length === rows.length,
  );
  expect(stored).toEqual(disk);
});

test('away later: who is known is served; what happened arrives when it is back, over a restart too', async () => {
  await proxy.set({ refuse: true });
  const before = (await inStore()).length;
  for (let calls = 0; calls < 5; calls++) expect(await call(key)).toEqual({ status: 200, code: null });
  await gateway?.kill9();
  expect((await inStore()).length).toBe(before);

  gateway = await start();
  const { adminUrl } = gateway;
  await until(
    () => get(`${adminUrl}/readyz`),
    ({ status }) => status === 503,
  );
  await proxy.set({});
  await until(
    () => get(`${adminUrl}/readyz`),
    ({ status }) => status === 200,
  );
  // A black hole in the middle of it: answers that never come may or may not have been written.
  await proxy.set({ blackHole: true });
  await call(key);
  await proxy.set({});
  await until(
    () => call(key),
    ({ status }) => status === 200,
  );
  expect(await gateway.stop()).toBe(0);
  const [disk, stored] = await Promise.all([onDisk(), inStore()]);
  // The log goes on for a moment after the store has what there was: its own last words.
  expect(disk.filter((name) => !stored.includes(name)).length).toBeLessThanOrEqual(3);
  expect(new Set(stored).size).toBe(stored.length);
  expect(stored.filter((name) => !disk.includes(name))).toEqual([]);

  gateway = await start();
  const [files, rows] = await until(
    async () => [await onDisk(), await inStore()] as const,
    ([known, arrived]) => known.length === arrived.length,
  );
  expect(rows).toEqual(files);
  expect(proxy.counts.refused).toBeGreaterThan(0);
});
