/**
 * I2 of the whole gateway, with faults that the kernel makes: while the audit log cannot be written, calls end as
 * `audit.unavailable`, upstream sees nothing and nobody is charged; service returns with the disk. Seen red with
 * the refusal swallowed in record-intent.ts, and with pino's own destination for a log of the process on that disk.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { usageAs } from '../support/admin.ts';
import { unbalanced } from '../support/audit.ts';
import {
  chainFiles,
  failCalls,
  limitFiles,
  traceable,
  type Failing,
  type Fault,
} from '../support/failing-disk.ts';
import { startGateway, type GatewayProcess } from '../support/gateway.ts';
import { chat, entriesOf, INPUT_NANO, MONEY_ONLY, OUTPUT_NANO, recorded } from '../support/money.ts';
import { ownClock, turnOf } from '../support/own-clock.ts';
import { until } from '../support/until.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';

const WAIT_MS_MAX = 250;
/** Longer than a record waits by what else there is to do. */
const ENDS_WITHIN_MS = 750;
const BACK = { interval: 20 };

const folder = mkdtempSync(join(tmpdir(), 'sallyport-outage-'));
let upstream: Upstream;
let gateway: GatewayProcess;

beforeAll(async () => {
  upstream = await startUpstream();
  const config = { ...MONEY_ONLY, tiers: { open: {} }, audit: { waitMsMax: WAIT_MS_MAX } };
  // Its log on the same disk, as where it is sent to a file.
  const command = [...traceable(), 'sh', '-c', `exec "$0" "$@" > ${join(folder, 'log')}`];
  gateway = await startGateway({ upstream, config, key: { tier: 'open' }, command });
});
afterAll(async () => {
  await gateway?.stop();
  await upstream?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What came of a call in time. */
async function outcome(stream: boolean): Promise<string> {
  const clock = ownClock(turnOf(gateway));
  const { status, code, headers } = await chat(gateway, { stream });
  const ms = clock.stop();
  if (ms > ENDS_WITHIN_MS) return `${status} ${code} after ${ms} ms`;
  return `${status} ${code} ${headers.get('retry-after') ?? ''}`.trim();
}

/** A call that is served: on a crowded machine a record may be late though the disk is well, and the call is refused. */
const served = (stream: boolean) =>
  until(
    () => chat(gateway, { stream }),
    ({ status }) => status === 200,
  );

async function readiness(): Promise<{ ready: boolean; why: unknown }> {
  const answer = await fetch(`${gateway.adminUrl}/readyz`);
  const { reasons } = Object(await answer.json());
  return { ready: answer.status === 200, why: reasons?.auditLog };
}

const inFiles = (fault: Fault) => () =>
  failCalls(gateway.pid, { ...fault, files: chainFiles(join(gateway.dataDir, 'audit')) });

async function noRoom(): Promise<Failing> {
  limitFiles(gateway.pid, 1);
  return {
    async stop() {
      limitFiles(gateway.pid);
      // Not to be counted: that the kernel refused is in the reason.
      return 1;
    },
  };
}

/** What is wrong, what the gateway gives as its reason, and how it is brought about. */
const FAULTS: readonly (readonly [string, string, () => Promise<Failing>])[] = [
  ['has no room, not even for the log of the process', 'the disk refuses: EFBIG', noRoom],
  ['is full', 'the disk refuses: ENOSPC', inFiles({ calls: 'write', how: 'error=ENOSPC' })],
  ['fails to sync', 'the disk refuses: EIO', inFiles({ calls: 'fdatasync', how: 'error=EIO' })],
  ['is read-only', 'the disk refuses: EROFS', inFiles({ calls: 'write,openat', how: 'error=EROFS' })],
  [
    'hangs, below the log',
    'the disk does not answer',
    inFiles({ calls: 'fdatasync', how: 'delay_enter=60s' }),
  ],
  [
    'hangs, below log and store',
    'the disk does not answer',
    () => failCalls(gateway.pid, { calls: 'fdatasync,fsync', how: 'delay_enter=60s' }),
  ],
];

describe('I2: the disk', () => {
  test.each(FAULTS)('%s', async (_, expected, begin) => {
    await served(false);
    const seen = upstream.requests.length;
    const fault = await begin();
    const outcomes = await Promise.all(Array.from({ length: 8 }, (__, n) => outcome(n % 2 === 0)));
    expect(new Set(outcomes)).toEqual(new Set(['503 audit.unavailable 1']));
    expect(await outcome(false)).toBe('503 audit.unavailable 1');
    expect(await readiness()).toEqual({ ready: false, why: expected });
    expect((await fetch(`${gateway.adminUrl}/livez`)).status).toBe(200);
    expect(upstream.requests).toHaveLength(seen);
    expect(await fault.stop()).toBeGreaterThan(0);
    await expect.poll(async () => (await readiness()).ready, BACK).toBe(true);
    await served(true);
    expect(upstream.requests).toHaveLength(seen + 1);
  });

  test('left nothing behind but entries: nobody was charged, each intent has one outcome', async () => {
    const { nano } = upstream.tally({ inputNano: INPUT_NANO, outputNano: OUTPUT_NANO });
    expect(await usageAs(gateway, 'tester')).toMatchObject({ settledNano: nano, reservedNano: 0 });
    await expect.poll(async () => unbalanced(await entriesOf(gateway)), BACK).toEqual([]);
    const completed = await recorded(gateway, 'exchange.outcome');
    const ends = completed.map(({ metadata }) => metadata['outcome']);
    expect(ends.filter((end) => end === 'completed')).toHaveLength(upstream.requests.length);
  });
});
