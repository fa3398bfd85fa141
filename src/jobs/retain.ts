/**
 * Deletes what is older than it may be: history and entries in the store by one process at a time, files of the audit log
 * by the process whose they are. On record before and after; a legal hold keeps what it holds.
 */
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import { asRefusal } from '../base/errors.ts';
import {
  ALL,
  cutOffs,
  type CutOffs,
  type Holds,
  type RetentionSettings,
} from '../domain/history/retention.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { Store } from '../ports/store.ts';

/** What went of the files of this process, and of their copies. */
export interface PrunedLog {
  readonly files: number;
  readonly entries: number;
  readonly archived: number;
  readonly stoppedBy?: string | undefined;
}

/** What it works with. */
export interface RetainOptions {
  readonly store: Pick<
    Store,
    'getSetting' | 'changeSetting' | 'pruneEntries' | 'pruneOwners' | 'history' | 'incidents'
  >;
  readonly auditLog: Pick<AuditLog, 'record'>;
  readonly holds: Pick<Holds, 'held'>;
  readonly settings: RetentionSettings;
  /**
   * Removes files of this data directory with nothing in them from that time on, one after the other, as long as none of them
   * is held. @throws audit.unavailable, store.unavailable
   */
  readonly pruneLog: (
    before: number,
    more: { readonly signal: AbortSignal; readonly isHeld: () => Promise<boolean> },
  ) => Promise<PrunedLog>;
  readonly clock: Clock;
  /** Told of a store or a log that is away: what is due waits for the next time. */
  readonly onFailure: (error: unknown) => void;
  readonly lookEveryMs?: number;
  readonly againMs?: number;
}

const DAY_MS = 86_400_000;
const LOOK_EVERY_MS = 600_000;
/** After a round that failed. */
const AGAIN_MS = 30_000;
/** A lease outlives a round; both are idempotent, should a clock be wrong. */
const LEASE_MS = 600_000;
const ROUND_MS_MAX = 300_000;
const BATCH = 500;
/** Made with the tables, held by nobody. */
const LEASE = 'retention.lease';
const leaseSchema = z.object({ until: z.number(), done: z.number(), days: z.string().optional() });

/** Looks now, and every ten minutes until stopped, whether a day has passed since the last time; sooner where it failed. */
export function retain(options: RetainOptions): { stop(): Promise<void> } {
  const work = new Retaining(options);
  let running = Promise.resolve();
  let again: NodeJS.Timeout | undefined;
  const look = (): void => {
    running = running.then(() => work.round()).catch(failed);
  };
  const failed = (error: unknown): void => {
    options.onFailure(error);
    clearTimeout(again);
    again = setTimeout(look, options.againMs ?? AGAIN_MS);
    again.unref();
  };
  const timer = setInterval(look, options.lookEveryMs ?? LOOK_EVERY_MS);
  timer.unref();
  look();
  return {
    async stop() {
      clearInterval(timer);
      work.stop();
      await running;
      clearTimeout(again);
    },
  };
}

class Retaining {
  readonly #options: RetainOptions;
  #prunedLogAt = -Infinity;
  readonly #ending = new AbortController();

  constructor(options: RetainOptions) {
    this.#options = options;
  }

  stop(): void {
    this.#ending.abort();
  }

  async round(): Promise<void> {
    const { clock, settings } = this.#options;
    const now = clock.now();
    const before = cutOffs(settings, now);
    await this.#shared(now, before);
    if (now - this.#prunedLogAt < DAY_MS) return;
    await this.#own(before);
    this.#prunedLogAt = now;
  }

  /** What all processes have together, once a day or when the times were changed. */
  async #shared(now: number, before: CutOffs): Promise<void> {
    const { store, settings } = this.#options;
    const known = await store.getSetting(LEASE);
    if (known === undefined) return;
    const lease = leaseSchema.parse(JSON.parse(known));
    const days = `${settings.historyDays}/${settings.logDays}`;
    // Times that are still to come are those of a clock that was off: they hold nobody up.
    const isTaken = lease.until > now && lease.until <= now + LEASE_MS;
    const isDone = lease.done <= now && now - lease.done < DAY_MS && lease.days === days;
    if (isTaken || isDone) return;
    const taken = JSON.stringify({ ...lease, until: now + LEASE_MS });
    if (!(await store.changeSetting(LEASE, known, taken))) return;
    let done = { ...lease, until: 0 };
    try {
      if (await this.#pruneStore(before)) done = { until: 0, done: now, days };
    } finally {
      await store.changeSetting(LEASE, taken, JSON.stringify(done));
    }
  }

  /** False where there is more. */
  async #pruneStore({ history, log, sealed }: CutOffs): Promise<boolean> {
    const { store, holds } = this.#options;
    const held = await holds.held();
    const told = { before: { history: iso(history), log: iso(log) }, held: held === ALL ? ALL : held.length };
    await this.#record('store', 'pending', told);
    if (held === ALL) {
      await this.#record('store', 'success', { ...told, history: 0, entries: 0, incidents: 0 });
      return true;
    }
    const until = performance.now() + ROUND_MS_MAX;
    try {
      const records = await this.#inBatches(until, (except) => store.history.prune(history, BATCH, except));
      const entries = await this.#inBatches(until, (except) => store.pruneEntries(log, BATCH, except));
      const digests = await this.#inBatches(until, () => store.pruneOwners('sealed', sealed, BATCH));
      const incidents = await this.#unlessHeld((except) => store.incidents.pruneClosed(log, except));
      const gone = { history: records.count, entries: entries.count, incidents };
      await this.#record('store', 'success', { ...told, ...gone, digests: digests.count });
      return records.isAll && entries.isAll && digests.isAll;
    } catch (error) {
      await this.#record('store', 'failure', { ...told, code: asRefusal(error).code });
      throw error;
    }
  }

  async #inBatches(until: number, prune: Prune) {
    let count = 0;
    while (!this.#ending.signal.aborted && performance.now() < until) {
      const gone = await this.#unlessHeld(prune);
      count += gone;
      if (gone < BATCH) return { count, isAll: true };
    }
    return { count, isAll: false };
  }

  /** Asked each time: a hold is put while others are being deleted. */
  async #unlessHeld(prune: Prune): Promise<number> {
    const held = await this.#options.holds.held();
    return held === ALL ? 0 : await prune(held);
  }

  /** Entries of everybody stand in one file: while anybody is held, all of them stay. */
  async #own({ log }: CutOffs): Promise<void> {
    const { holds, pruneLog } = this.#options;
    const isHeld = async (): Promise<boolean> => (await holds.held()).length > 0;
    if (await isHeld()) return;
    const { files, entries, archived, stoppedBy } = await pruneLog(log, {
      signal: this.#ending.signal,
      isHeld,
    });
    if (files + archived === 0 && stoppedBy === undefined) return;
    const status = stoppedBy === undefined ? 'success' : 'failure';
    await this.#record('audit', status, { before: { log: iso(log) }, files, entries, archived, stoppedBy });
  }

  async #record(
    resource: 'store' | 'audit',
    status: 'pending' | 'success' | 'failure',
    metadata: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const { auditLog } = this.#options;
    await auditLog.record({ userId: 'system', action: 'retention.pruned', resource, status, metadata });
  }
}

/** @param except of whom nothing goes. @returns how many */
type Prune = (except: readonly string[]) => Promise<number>;

const iso = (ms: number): string => new Date(ms).toISOString();
