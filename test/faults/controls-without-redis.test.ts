/**
 * Controls that count on Redis fire on it, over two processes that share it, and are not silent while it is away: that is a
 * check of its own. Shown false by taking out what is said elsewhere (`SAID_ELSEWHERE`), and, for the house that goes on
 * without Redis, by not asking whether a call was admitted as degraded.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { admin } from '../support/admin.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { entriesOf } from '../support/money.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';
import { until } from '../support/until.ts';

const SECRET = randomBytes(32).toString('hex');
let redis: TestRedis;
let proxy: FaultProxy;
let upstream: Upstream;
let gateways: readonly Gateway[];

function start(onFailure: 'closed' | 'open'): Promise<Gateway> {
  return startGateway({
    upstream,
    key: null,
    env: { REDIS_URL: `redis://127.0.0.1:${proxy.port}`, SALLYPORT_SECRET: SECRET },
    config: {
      liveness: { everySeconds: 1 },
      ledger: { kind: 'redis', url: 'env:REDIS_URL', namespace: 'tried', onFailure },
    },
  });
}

beforeAll(async () => {
  redis = await startRedis({ own: true });
  proxy = await startFaultProxy({ port: redis.port });
  upstream = await startUpstream();
  gateways = await Promise.all([start('closed'), start('open')]);
});
afterAll(async () => {
  await Promise.all((gateways ?? []).map((gateway) => gateway.stop()));
  await upstream?.close();
  await proxy?.close();
  await redis?.stop();
});

const guardsSchema = z.object({
  data: z.array(
    z.object({
      control: z.string(),
      result: z.string(),
      reason: z.string().optional(),
      firedAt: z.string().optional(),
    }),
  ),
});
async function guards(gateway: Gateway) {
  return guardsSchema.parse((await admin(gateway, 'GET', '/admin/guards')).body).data;
}
const guard = async (gateway: Gateway, name: string) =>
  (await guards(gateway)).find(({ control }) => control === name);

/** Waits for so many more runs. */
async function runs(gateway: Gateway, count: number): Promise<void> {
  const times = new Set<string>();
  await until(
    async () => times.add((await guard(gateway, 'credentials'))?.firedAt ?? '').size,
    (seen) => seen > count,
  );
}

const COUNTED = ['rate-limit', 'token-limit', 'budget', 'revoked-keys'];

test('fire on one Redis, in two processes', async () => {
  for (const gateway of gateways)
    expect((await guards(gateway)).filter(({ result }) => result !== 'fired' && result !== 'off')).toEqual(
      [],
    );
  expect(upstream.requests).toEqual([]);
});

test('are untried while it is away, and fire again once it is back', async () => {
  await proxy.set({ refuse: true });
  const told = 'could not be tried: ledger.unavailable';
  for (const gateway of gateways) {
    await until(
      () => guard(gateway, 'budget'),
      (seen) => seen?.reason === told,
    );
  }
  // As many runs as would make a control silent that nobody else speaks for.
  await Promise.all(gateways.map((gateway) => runs(gateway, 4)));
  for (const gateway of gateways) {
    const counted = (await guards(gateway)).filter(({ control }) => COUNTED.includes(control));
    expect(counted.map(({ result }) => result)).toEqual(COUNTED.map(() => 'fired'));
    expect((await guard(gateway, 'budget'))?.reason).toBe(told);
    expect((await guard(gateway, 'credentials'))?.reason).toBeUndefined();
  }
  await proxy.set({});
  for (const gateway of gateways) {
    await until(
      () => guard(gateway, 'budget'),
      (seen) => seen?.result === 'fired' && seen.reason === undefined,
    );
    const actions = (await entriesOf(gateway)).map(({ action }) => action);
    expect(actions.filter((action) => action.startsWith('guard.'))).toEqual([]);
  }
});
