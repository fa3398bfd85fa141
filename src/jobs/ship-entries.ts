/**
 * Ships the audit log to the store: at least once, in order, resumable by a cursor. The log is the truth and the
 * store follows it: an outage here never reaches a caller and loses nothing, and a busy process ships less.
 */
import { performance, type EventLoopUtilization } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { AuditLog, Entry } from '../ports/audit-log.ts';
import type { Store } from '../ports/store.ts';

const cursorSchema = z.object({ chain: z.string(), sequence: z.int() });
/** The last entry that the store has, with all before it. */
export type Cursor = z.infer<typeof cursorSchema>;

/** The log, its files, and the store that follows them. */
export interface ShipEntriesOptions {
  readonly auditLog: Pick<AuditLog, 'follow'>;
  readonly store: Pick<Store, 'appendEntries' | 'getSetting' | 'putSetting'>;
  /** Name of the cursor in the store: one a data directory. */
  readonly cursorName: string;
  /** Entries on disk after the cursor, in batches. */
  readonly readAfter: (cursor: Cursor | undefined) => AsyncIterable<readonly Entry[]>;
  readonly onFailure: (error: unknown) => void;
  readonly intervalMs?: number;
}

/** A shipper at work. At most 20,000 entries wait in memory; the files hold the rest. */
export interface ShipEntries {
  /**
   * Ships what is there now, as far as the store takes it, or up to this entry, however much is added meanwhile; false
   * if that did not all arrive.
   */
  flush(upTo?: Cursor): Promise<boolean>;
  /** Ships what is left, as far as the store takes it, and stops. */
  stop(): Promise<void>;
}

/** Entries kept in memory; beyond it the files are read. */
const QUEUE_MAX = 20_000;
/** Stored at once, in about a millisecond, and the pause after it: a backlog is never felt by a caller. */
const BATCH_MAX = 100;
const PAUSE_MS = 10;
/** Where somebody waits for it. */
const HURRIED_BATCH_MAX = 500;
/** A process that is this busy ships one batch a turn, so that callers come first. */
const BUSY = 0.5;

/** Begins where the cursor stands; tries again every `intervalMs` (250) while the store is away. */
export function shipEntries(options: ShipEntriesOptions): ShipEntries {
  return new Shipper(options);
}

class Shipper implements ShipEntries {
  readonly #options: ShipEntriesOptions;
  readonly #timer: NodeJS.Timeout;
  #queue: Entry[] = [];
  /** The queue does not hold everything after the cursor: read the files. */
  #behind = true;
  /** The files, read up to here, while they are being caught up with. */
  #reading: AsyncIterator<readonly Entry[]> | undefined;
  /** The last one that arrived. */
  #shipped: Cursor | undefined;
  #running: Promise<void> | undefined;
  #failed = false;
  /** Nobody waits for more than this. */
  #upTo: Cursor | undefined;
  /** Somebody waits for all of it: no pauses. */
  #hurried = false;
  #seen: EventLoopUtilization = performance.eventLoopUtilization();

  constructor(options: ShipEntriesOptions) {
    this.#options = options;
    options.auditLog.follow((entries) => this.#take(entries));
    this.#timer = setInterval(() => void this.#tick(), options.intervalMs ?? 250);
  }

  async flush(upTo?: Cursor): Promise<boolean> {
    this.#hurried = true;
    this.#upTo = upTo;
    await this.#running;
    this.#failed = false;
    await this.#tick(true);
    this.#hurried = false;
    this.#upTo = undefined;
    return !this.#failed;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
    await this.#reading?.return?.();
  }

  #take(entries: readonly Entry[]): void {
    // While the files are still to be read, they hold these as well; after an overflow only they do.
    if (this.#behind) return;
    if (this.#queue.length + entries.length > QUEUE_MAX) {
      this.#queue = [];
      this.#behind = true;
    } else this.#queue.push(...entries);
  }

  /** @param all however busy the process is */
  #tick(all = false): Promise<void> {
    this.#running ??= this.#turn(all)
      .catch((error: unknown) => {
        // What was in hand may or may not have arrived: the cursor knows.
        this.#queue = [];
        this.#stopReading();
        this.#behind = true;
        this.#failed = true;
        this.#options.onFailure(error);
      })
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  async #turn(all: boolean): Promise<void> {
    const once = this.#isBusy() && !all;
    if (this.#behind) this.#reading ??= await this.#readFiles();
    while (this.#reading) {
      const { done, value } = await this.#reading.next();
      if (done) this.#reading = undefined;
      else await this.#ship(value);
      if (once || this.#isEnough()) return;
    }
    while (this.#queue.length > 0) {
      const batch = this.#queue.slice(0, this.#batchMax());
      await this.#ship(batch.filter((entry) => !this.#hasArrived(entry)));
      this.#queue.splice(0, batch.length);
      if (once || this.#isEnough()) return;
    }
  }

  /** An iterator that is only left has its file open until it is collected. */
  #stopReading(): void {
    this.#reading?.return?.().catch(() => undefined);
    this.#reading = undefined;
  }

  /** The files, read to catch up, had it already: the cursor must not go back. */
  #hasArrived({ chain, sequence }: Cursor): boolean {
    return chain === this.#shipped?.chain && sequence <= this.#shipped.sequence;
  }

  #isEnough(): boolean {
    return this.#upTo !== undefined && this.#hasArrived(this.#upTo);
  }

  #batchMax(): number {
    return this.#hurried ? HURRIED_BATCH_MAX : BATCH_MAX;
  }

  #isBusy(): boolean {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#seen);
    this.#seen = now;
    return utilization > BUSY;
  }

  /** From here on the queue takes what comes; what is in both is stored once. */
  async #readFiles(): Promise<AsyncIterator<readonly Entry[]>> {
    const text = await this.#options.store.getSetting(this.#options.cursorName);
    this.#behind = false;
    const cursor = text === undefined ? undefined : cursorSchema.parse(JSON.parse(text));
    return this.#options.readAfter(cursor)[Symbol.asyncIterator]();
  }

  async #ship(entries: readonly Entry[]): Promise<void> {
    const { store, cursorName } = this.#options;
    const most = this.#batchMax();
    for (let start = 0; start < entries.length; start += most) {
      const batch = entries.slice(start, start + most);
      const last = batch.at(-1);
      if (!last) return;
      await store.appendEntries(batch);
      const cursor: Cursor = { chain: last.chain, sequence: last.sequence };
      await store.putSetting(cursorName, JSON.stringify(cursor));
      this.#shipped = cursor;
      if (!this.#hurried) await pause(PAUSE_MS);
    }
  }
}
