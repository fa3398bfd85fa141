/** A Redis that lost its data is not used until an operator adopts it; what was spent stays spent (I14, I46). */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { admin } from '../support/admin.ts';
import { runCommand } from '../support/command.ts';
import type { Gateway } from '../support/gateway.ts';
import { openGateway } from '../support/open-gateway.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';
import { until } from '../support/until.ts';

let redis: TestRedis;
let upstream: Upstream;
let gateway: Gateway;
beforeAll(async () => {
  redis = await startRedis({ own: true });
  upstream = await startUpstream();
  const config = { ledger: { kind: 'redis', url: 'env:REDIS_URL' } };
  gateway = await openGateway({ upstream, config, env: { REDIS_URL: redis.url } });
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([redis.stop(), upstream.close()]);
});

async function call(): Promise<{ status: number; code: string | null }> {
  const answer = await fetch(`${gateway.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.callerKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] }),
  });
  await answer.arrayBuffer();
  return { status: answer.status, code: answer.headers.get('x-sallyport-code') };
}

async function readiness(): Promise<{ status: number; body: any }> {
  const answer = await fetch(`${gateway.adminUrl}/readyz`);
  return { status: answer.status, body: await answer.json() };
}
const warnings = async (): Promise<any> =>
  (await admin(gateway, 'GET', '/admin/audit?action=gateway.warning')).body;
const usage = async (): Promise<any> => (await admin(gateway, 'GET', '/admin/usage?user=tester')).body;

// Shown false by an inspection that nobody reads, as it was.
test('that Redis keeps nothing on disk is said, in the log and on record', async () => {
  const KEEPS_NOTHING = 'Redis keeps nothing on disk: a restart loses the ledger';
  await until(
    () => gateway.logs(),
    (logs) => logs.includes(KEEPS_NOTHING),
  );
  const said = ({ metadata }: { metadata: { warning: string } }) => metadata.warning === KEEPS_NOTHING;
  const { data } = await until(warnings, (list) => list.data.some(said));
  expect(data.filter(said)).toHaveLength(1);
});

test('not ready and why, nothing admitted, adopted on record, and no money given back', async () => {
  for (let calls = 0; calls < 3; calls++) expect(await call()).toMatchObject({ status: 200 });
  const spent = await until(usage, ({ settledUsd, reservedUsd }) => settledUsd > 0 && reservedUsd === 0);

  await redis.command('FLUSHALL');
  const lost = await until(readiness, ({ status }) => status === 503);
  expect(lost.body).toMatchObject({ ready: false, checks: { ledger: false, auditLog: true, store: true } });
  const told = await until(readiness, ({ body }) => /ledger adopt/.test(body.reasons?.ledger));
  expect(told.status).toBe(503);
  const seen = upstream.requests.length;
  expect(await call()).toEqual({ status: 503, code: 'ledger.unavailable' });
  expect(upstream.requests).toHaveLength(seen);
  await until(
    () => gateway.logs(),
    (logs) => /ledger not usable/.test(logs) && /ledger adopt/.test(logs),
  );

  const env = { ADMIN_PORT: new URL(gateway.adminUrl).port, SALLYPORT_ADMIN_KEY: gateway.adminKey };
  const adopted = await runCommand(['ledger', 'adopt'], { env });
  expect(adopted).toMatchObject({ code: 0, out: '{\n  "adopted": true\n}\n' });
  await until(readiness, ({ status }) => status === 200);
  expect((await usage()).settledUsd).toBeCloseTo(spent.settledUsd, 9);
  expect(await call()).toMatchObject({ status: 200 });
  expect((await admin(gateway, 'POST', '/admin/ledger/adopt', {})).body).toEqual({ adopted: false });

  const query = '/admin/audit?action=admin.ledger.adopt&limit=10';
  const { body } = await until(
    () => admin(gateway, 'GET', query),
    (answer: any) => answer.body.data.length === 4,
  );
  expect(body).toMatchObject({ data: [{ status: 'success' }, { status: 'pending' }, {}, {}] });
});
