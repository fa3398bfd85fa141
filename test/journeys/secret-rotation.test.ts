/**
 * I52: the house secret is changed, process by process, and nothing that it closed is lost: keys, the chain, what
 * processes share. Shown false by a second digest that never gets into the store
 * (a record of the next version, which `amendKey` refuses): the list of keys goes on telling of it.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { admin, createKey } from '../support/admin.ts';
import { runCommand } from '../support/command.ts';
import { startGateway, type GatewayProcess } from '../support/gateway.ts';
import { chat, entriesOf, MONEY_ONLY } from '../support/money.ts';
import { startPostgres, type Postgres } from '../support/postgres.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const folder = mkdtempSync(join(tmpdir(), 'sallyport-rotation-'));
const [OLD, NEW] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')];
const SALLYPORT_ADMIN_KEY = 'a'.repeat(40);

let postgres: Postgres;
let redis: TestRedis;
let upstream: Upstream;
const running = new Set<GatewayProcess>();
beforeAll(async () => {
  [postgres, redis, upstream] = await Promise.all([
    startPostgres(),
    startRedis({ own: true }),
    startUpstream(),
  ]);
});
afterAll(async () => {
  await Promise.all([...running].map((gateway) => gateway.stop('SIGKILL')));
  await Promise.all([postgres.stop(), redis.stop(), upstream.close()]);
  rmSync(folder, { recursive: true, force: true });
});

async function start(place: string, secrets: Record<string, string>, key: object | null = null) {
  const gateway = await startGateway({
    upstream,
    dataDir: join(folder, place),
    key,
    env: { SALLYPORT_ADMIN_KEY, REDIS_URL: redis.url, DATABASE_URL: postgres.url, ...secrets },
    config: {
      ...MONEY_ONLY,
      ledger: { kind: 'redis', url: 'env:REDIS_URL' },
      store: { kind: 'postgres', url: 'env:DATABASE_URL' },
    },
  });
  running.add(gateway);
  return gateway;
}
async function stop(gateway: GatewayProcess): Promise<void> {
  running.delete(gateway);
  await gateway.stop();
}

const verify = (env: Record<string, string>) =>
  runCommand(['audit', 'verify', join(folder, 'one', 'audit')], { env });

/** Users whose keys end with the secret before. */
async function underPreviousSecret(gateway: GatewayProcess): Promise<string[]> {
  const { body }: { body: any } = await admin(gateway, 'GET', '/admin/keys');
  return body.data.flatMap((each: any) => (each.underPreviousSecret ? [each.user] : []));
}

const answers = (gateway: GatewayProcess, callerKey: string) =>
  until(
    async () => (await chat({ ...gateway, callerKey }, { max_completion_tokens: 5 })).status,
    (status) => status === 200,
  );

test('old, then both, then new: keys open all along, and both secrets verify the log', async () => {
  const rolling = { SALLYPORT_SECRET: NEW, SALLYPORT_SECRET_PREVIOUS: OLD };
  let [one, other] = [
    await start('one', { SALLYPORT_SECRET: OLD }, {}),
    await start('other', { SALLYPORT_SECRET: OLD }),
  ];
  const key = one.callerKey;
  const unused = await createKey(one, { user: 'ben' });
  for (const gateway of [one, other]) await answers(gateway, key);

  await stop(one);
  one = await start('one', rolling);
  // Both are up, one knows the new secret as well; what each makes or uses opens at the other.
  for (const gateway of [one, other, one, other]) await answers(gateway, key);

  await stop(other);
  other = await start('other', rolling);
  for (const gateway of [one, other]) await answers(gateway, key);
  // Not before it was used with both known.
  const told = await until(
    () => underPreviousSecret(one),
    (users) => !users.includes('tester'),
  );
  expect(told).toContain('ben');

  for (const gateway of [one, other]) await stop(gateway);
  one = await start('one', { SALLYPORT_SECRET: NEW });
  await answers(one, key);
  expect((await chat({ ...one, callerKey: unused.key })).status).toBe(401);
  const opened = (await entriesOf(one)).filter(({ action }) => action === 'audit.open');
  expect(new Set(opened.map(({ metadata }) => metadata['keyId'])).size).toBe(2);
  expect(new Set(opened.map(({ metadata }) => metadata['checkpointKeyId'])).size).toBe(2);
  await stop(one);

  expect((await verify(rolling)).code).toBe(0);
  expect((await verify({ SALLYPORT_SECRET: NEW })).code).toBe(1);
  // Whoever knows the old one alone is not of this house any more.
  await expect(start('one', { SALLYPORT_SECRET: OLD })).rejects.toThrow(/another SALLYPORT_SECRET/);
});
