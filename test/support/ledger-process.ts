/**
 * A process of its own with the Redis ledger, driven by its parent: a task in, then `go`, a tally out. Run by
 * test/faults/redis-race.test.ts.
 */
import { randomUUID } from 'node:crypto';
import { createRedisLedger } from '../../src/engines/ledger/ledger-redis.ts';
import type { Scope } from '../../src/ports/ledger.ts';
import { records } from './recovery.ts';

export interface Task {
  readonly url: string;
  readonly namespace: string;
  /** Admissions asked for, all at once. */
  readonly admissions: number;
  readonly scopes: readonly Scope[];
  readonly nano: number;
  /** Settles each at once with this much; leaves them open if undefined. */
  readonly settleNano?: number;
}

export interface Tally {
  readonly admitted: number;
  readonly failed: number;
  readonly reasons: Readonly<Record<string, number>>;
}

/** What is tried is who gets what, not how soon: a process that a crowded machine lets wait is no outage. */
const WAIT_MS_MAX = 10_000;

async function run(task: Task): Promise<Tally> {
  const { url, namespace, scopes, nano } = task;
  const ledger = createRedisLedger({
    url,
    namespace,
    fingerprints: ['ours'],
    recovery: records(),
    waitMsMax: WAIT_MS_MAX,
  });
  await ledger.open();
  process.send?.('ready');
  await new Promise((resolve) => process.once('message', resolve));
  const tally = { admitted: 0, failed: 0, reasons: {} as Record<string, number> };
  const one = async () => {
    const reservationId = randomUUID();
    try {
      const answer = await ledger.admit({ reservationId, scopes, tokens: 0, nano });
      if (!answer.admitted) tally.reasons[answer.reason] = (tally.reasons[answer.reason] ?? 0) + 1;
      else tally.admitted++;
      if (answer.admitted && task.settleNano !== undefined) {
        await ledger.settle({ reservationId, tokens: 0, nano: task.settleNano });
      }
    } catch {
      tally.failed++;
    }
  };
  await Promise.all(Array.from({ length: task.admissions }, one));
  return tally;
}

process.once('message', (task: Task) => {
  void run(task).then((tally) => process.send?.(tally));
});
