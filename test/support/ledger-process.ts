/**
 * A process of its own with the Redis ledger, driven by its parent: a task in, then `go`, a tally out. Run by
 * test/faults/redis-race.test.ts.
 */
import { randomUUID } from 'node:crypto';
import { asRefusal } from '../../src/base/errors.ts';
import type { Scope } from '../../src/ports/ledger.ts';
import { openRedisLedger, usable } from './redis-ledger.ts';

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
  /** Why, of each that was neither admitted nor refused. */
  readonly failed: readonly string[];
  readonly reasons: Readonly<Record<string, number>>;
}

async function run(task: Task): Promise<Tally> {
  const { url, namespace, scopes, nano } = task;
  const ledger = await openRedisLedger({ url, namespace });
  process.send?.('ready');
  await new Promise((resolve) => process.once('message', resolve));
  // Its parent, or the machine, may have kept it waiting for longer than it holds itself for heard of.
  await usable(ledger);
  const tally = { admitted: 0, failed: [] as string[], reasons: {} as Record<string, number> };
  const one = async () => {
    const reservationId = randomUUID();
    try {
      const answer = await ledger.admit({ reservationId, scopes, tokens: 0, nano });
      if (!answer.admitted) tally.reasons[answer.reason] = (tally.reasons[answer.reason] ?? 0) + 1;
      else tally.admitted++;
      if (answer.admitted && task.settleNano !== undefined) {
        await ledger.settle({ reservationId, tokens: 0, nano: task.settleNano });
      }
    } catch (error) {
      tally.failed.push(asRefusal(error).message);
    }
  };
  await Promise.all(Array.from({ length: task.admissions }, one));
  return tally;
}

process.once('message', (task: Task) => {
  void run(task).then((tally) => process.send?.(tally));
});
