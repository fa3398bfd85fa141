/**
 * I5, I9 with two gateways, each with a DATA_DIR of its own, and one PostgreSQL: two chains that verify, every entry
 * of both to be found once, by every filter; and an administrator who gets nothing done off the record.
 * Seen red with `run` before `record` in perform.ts, and with `to` taken as the last moment of the filter.
 */
import * as fc from 'fast-check';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Entry } from '../../src/ports/audit-log.ts';
import { admin, createKey, type MadeKey } from '../support/admin.ts';
import { unbalanced } from '../support/audit.ts';
import { runCommand } from '../support/command.ts';
import { chainFiles, failCalls, traceable } from '../support/failing-disk.ts';
import { startGateways, type GatewayProcess } from '../support/gateway.ts';
import { chat, entriesOf, MONEY_ONLY } from '../support/money.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';
import { until } from '../support/until.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';

const SALLYPORT_SECRET = 'c'.repeat(64);
const CALLS = 240;
const SOON = { interval: 50 };

let postgres: Postgres;
let upstream: Upstream;
let gateways: readonly [GatewayProcess, GatewayProcess];
let key: MadeKey;
/** Every entry before `end`, the newest first: by the files. */
let written: readonly Entry[];
let end: string;

beforeAll(async () => {
  [postgres, upstream] = await Promise.all([startPostgres(), startUpstream()]);
  const [a, b] = await startGateways(2, {
    upstream,
    command: traceable(),
    env: { SALLYPORT_SECRET, DATABASE_URL: postgres.url },
    key: { user: 'ada', tier: 'open' },
    config: {
      ...MONEY_ONLY,
      store: { kind: 'postgres', url: 'env:DATABASE_URL' },
      tiers: { open: {} },
      audit: { segmentBytesMax: 65_536 },
    },
  });
  gateways = [a, b];
  key = await createKey(b, { user: 'bob', tier: 'open' });
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < CALLS) {
      const n = next++;
      const door = n % 2 === 0 ? a : b;
      const callerKey = n % 3 === 0 ? key.key : a.callerKey;
      const model = n % 30 === 1 ? '' : 'gpt-4o-mini';
      await chat({ baseUrl: door.baseUrl, callerKey }, { stream: n % 5 === 0, model });
    }
  };
  await Promise.all(Array.from({ length: 24 }, caller));
  const logs = await until(
    () => Promise.all(gateways.map(entriesOf)),
    (now) => unbalanced(now.flat()).length === 0,
  );
  // Up to here each is whole: what is on disk last was queued last.
  end = logs.map((log) => log.at(-1)?.timestamp ?? '').sort()[0] ?? '';
  const entries = logs.flat().filter(({ timestamp }) => timestamp < end);
  written = entries.sort((x, y) => (orderOf(x) < orderOf(y) ? 1 : -1));
});
afterAll(async () => {
  await Promise.all((gateways ?? []).map((gateway) => gateway.stop()));
  await Promise.all([upstream?.close(), postgres?.stop()]);
});

const orderOf = ({ timestamp, chain, sequence }: Entry): string =>
  `${timestamp} ${chain} ${String(sequence).padStart(9, '0')}`;
const namesOf = (entries: readonly Entry[]): string[] =>
  entries.map(({ chain, sequence }) => `${chain}/${sequence}`);

const maybe = <T>(values: readonly T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });

async function found(
  gateway: GatewayProcess,
  filter: Readonly<Record<string, string | undefined>>,
): Promise<Entry[]> {
  const given = Object.entries(filter).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const { body } = await admin(gateway, 'GET', `/admin/audit?${new URLSearchParams(given).toString()}`);
  return Object(body).data;
}

test('I5: both chains verify, with files that rotated under load', async () => {
  const dirs = gateways.map(({ dataDir }) => join(dataDir, 'audit'));
  const verified = await Promise.all(
    dirs.map((dir) => runCommand(['audit', 'verify', dir], { env: { SALLYPORT_SECRET } })),
  );
  expect(verified.map(({ code }) => code)).toEqual([0, 0]);
  expect(new Set(written.map(({ chain }) => chain)).size).toBe(2);
  const files = dirs.map((dir) => chainFiles(dir).filter((file) => existsSync(file)).length);
  expect(Math.min(...files)).toBeGreaterThan(1);
});

test('I5: every entry of both is found by either, once, as it was written', async () => {
  for (const gateway of gateways) {
    for (const action of ['exchange.intent', 'exchange.outcome', 'exchange.refused']) {
      const own = written.filter((entry) => entry.action === action);
      await expect
        .poll(async () => await found(gateway, { action, to: end, limit: '1000' }), SOON)
        .toEqual(own);
      expect(own.length).toBeGreaterThan(5);
    }
  }
});

test('every filter finds what a look through the files finds, the newest first', async () => {
  const newest = namesOf(written).slice(0, 1000);
  await expect
    .poll(async () => namesOf(await found(gateways[0], { to: end, limit: '1000' })), SOON)
    .toEqual(newest);
  const times = [...new Set(written.map(({ timestamp }) => timestamp))];
  const filter = fc.record({
    user: maybe(['ada', 'bob', 'system', 'anonymous', 'nobody']),
    action: maybe([...new Set(written.map(({ action }) => action))]),
    status: maybe(['success', 'failure', 'pending']),
    from: maybe(times),
    to: fc.constantFrom(end, ...times),
    limit: fc.option(fc.integer({ min: 1, max: 200 }).map(String), { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(filter, fc.constantFrom(...gateways), async (wanted, gateway) => {
      const { user, action, status, from, to, limit = '100' } = wanted;
      const matching = written.filter(
        (entry) =>
          (user === undefined || entry.userId === user) &&
          (action === undefined || entry.action === action) &&
          (status === undefined || entry.status === status) &&
          (from === undefined || entry.timestamp >= from) &&
          entry.timestamp < to,
      );
      expect(namesOf(await found(gateway, wanted))).toEqual(namesOf(matching.slice(0, Number(limit))));
    }),
    { numRuns: 60 },
  );
});

test('I9: with the log unwritable nothing is made, changed or shown; the other gateway sees it as it was', async () => {
  const [broken, whole] = gateways;
  const keys = async (): Promise<unknown> => (await admin(whole, 'GET', '/admin/keys')).body;
  const before = await keys();
  const fault = await failCalls(broken.pid, {
    calls: 'fdatasync',
    how: 'error=EIO',
    files: chainFiles(join(broken.dataDir, 'audit')),
  });
  const tried = [
    ['POST', '/admin/keys', { user: 'eve', tier: 'open', role: 'user' }],
    ['POST', '/admin/keys', { user: 'eve', tier: 'open', role: 'user', unknown: 1 }],
    ['POST', `/admin/keys/${key.id}/rotate`, { overlapSeconds: 0 }],
    ['DELETE', `/admin/keys/${key.id}`],
    ['GET', '/admin/keys'],
    ['GET', '/admin/audit'],
  ] as const;
  const answers = [];
  for (const [method, path, body] of tried) answers.push(await admin(broken, method, path, body));
  expect(answers.map(({ status }) => status)).toEqual(tried.map(() => 503));
  expect(new Set(answers.map(({ body }) => Object(body).error?.code))).toEqual(
    new Set(['audit.unavailable']),
  );
  expect(await keys()).toEqual(before);
  expect(await fault.stop()).toBeGreaterThan(0);
  await expect
    .poll(async () => (await admin(broken, 'DELETE', `/admin/keys/${key.id}`)).status, SOON)
    .toBe(200);
  expect(await keys()).not.toEqual(before);
});
