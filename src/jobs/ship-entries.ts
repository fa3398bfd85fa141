/**
 * Ships the audit log to the store: at least once, in order, resumable by a cursor. The log is the truth and the
 * store follows it: an outage here never reaches a caller and loses nothing.
 */
import type { AuditLog, Entry } from '../ports/audit-log.ts';
import type { Store } from '../ports/store.ts';

export interface Cursor {
  readonly chain: string;
  readonly sequence: number;
}

export interface ShipEntriesOptions {
  readonly auditLog: AuditLog;
  readonly store: Store;
  /** Name of the cursor in the store: one a data directory. */
  readonly cursorName: string;
  /** Entries on disk after the cursor, in batches. */
  readonly readAfter: (cursor: Cursor | undefined) => AsyncIterable<readonly Entry[]>;
  readonly onFailure: (error: unknown) => void;
  readonly intervalMs?: number;
}

export interface ShipEntries {
  /** Ships what is left, as far as the store takes it, and stops. */
  stop(): Promise<void>;
}

const QUEUE_MAX = 20_000;
const BATCH_MAX = 1000;

export function shipEntries(options: ShipEntriesOptions): ShipEntries {
  const { auditLog, store, cursorName, intervalMs = 250 } = options;
  let queue: Entry[] = [];
  /** The queue does not hold everything after the cursor: read the files. */
  let behind = true;
  let running: Promise<void> | undefined;
  let stopped = false;

  auditLog.follow((entries) => {
    if (behind && !running) return;
    if (queue.length + entries.length > QUEUE_MAX) {
      queue = [];
      behind = true;
    } else queue.push(...entries);
  });

  async function ship(entries: readonly Entry[]): Promise<void> {
    for (let start = 0; start < entries.length; start += BATCH_MAX) {
      const batch = entries.slice(start, start + BATCH_MAX);
      const last = batch.at(-1);
      if (!last) return;
      await store.appendEntries(batch);
      await store.putSetting(cursorName, JSON.stringify({ chain: last.chain, sequence: last.sequence }));
    }
  }

  async function catchUp(): Promise<void> {
    const text = await store.getSetting(cursorName);
    const cursor = text === undefined ? undefined : (JSON.parse(text) as Cursor);
    behind = false;
    try {
      for await (const batch of options.readAfter(cursor)) await ship(batch);
    } catch (error) {
      behind = true;
      throw error;
    }
  }

  async function turn(): Promise<void> {
    if (behind) await catchUp();
    while (queue.length > 0) {
      const batch = queue.slice(0, BATCH_MAX);
      await ship(batch);
      queue.splice(0, batch.length);
    }
  }

  function tick(): Promise<void> {
    running ??= turn()
      .catch(options.onFailure)
      .finally(() => {
        running = undefined;
      });
    return running;
  }

  const timer = setInterval(() => {
    if (!stopped && (behind || queue.length > 0)) void tick();
  }, intervalMs);

  return {
    async stop() {
      stopped = true;
      clearInterval(timer);
      await running;
      await tick();
    },
  };
}
