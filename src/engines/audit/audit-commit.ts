/**
 * Group commit: one write and one fdatasync cover all drafts that are queued, and while those run the next group
 * gathers. Nothing else touches the disk meanwhile, and nobody is told "kept" before the disk has said so.
 */
import type { Clock } from '../../base/clock.ts';
import { type Entry, type EntryDraft, NotKept } from '../../ports/audit-log.ts';
import { DraftQueue, type Pending } from './audit-queue.ts';
import type { ChainWriter } from './audit-writer.ts';
import { COMPANY_MS, Crowd } from '../crowd.ts';

export interface CommitOptions {
  readonly writer: ChainWriter;
  readonly clock: Clock;
  /** From the start of a flush until those who wait for it are told that it failed. */
  readonly waitMsMax: number;
  /** Durable entries, in order; after those who wait for them were told. */
  readonly onDurable: (entries: readonly Entry[]) => void;
  /** These became durable after their waiters were told that they failed. */
  readonly onLate: (sequences: readonly number[]) => void;
  /** `trouble` may have changed. */
  readonly onTrouble: () => void;
}

/** Longest time a note waits for a record to share its flush with. */
const NOTE_MS_MAX = 20;
const RETRY_MS_MAX = 1000;

export class GroupCommit {
  readonly #options: CommitOptions;
  readonly #queue = new DraftQueue();
  readonly #crowd = new Crowd();
  #trouble: string | undefined = 'the audit log is being opened';
  #failures = 0;
  #stalled = false;
  #scheduled = false;
  #crowded = false;
  #ended = false;
  #second = Number.NaN;
  /** `2026-11-23T10:20:30.` */
  #secondText = '';
  #noteTimer: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;
  #wake: (() => void) | undefined;

  constructor(options: CommitOptions) {
    this.#options = options;
  }

  /** Why records are refused at once; undefined while the disk answers. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  /** A call to the disk is over time and still runs. */
  get stalled(): boolean {
    return this.#stalled;
  }

  /** @throws audit.unavailable at once in trouble, else at the latest `waitMsMax` after its flush began */
  record(draft: EntryDraft): Promise<Entry> {
    if (this.#trouble !== undefined) return Promise.reject(new NotKept(this.#trouble, true));
    this.#crowded = this.#crowd.arrive();
    return new Promise((resolve, reject) => {
      const kept = this.#queue.push(draft, this.#timestamp(), { resolve, reject });
      if (kept) this.#kick();
      else reject(new NotKept('too many entries wait for the disk', true));
    });
  }

  /** Kept until durable, or counted as dropped. */
  note(draft: EntryDraft): void {
    if (!this.#queue.push(draft, this.#timestamp())) this.#queue.countDropped(draft.action);
    if (this.#working || this.#noteTimer) return;
    this.#noteTimer = setTimeout(() => void this.start(), NOTE_MS_MAX);
  }

  countDropped(action: string): void {
    this.#queue.countDropped(action);
  }

  takeDropped(): Record<string, number> | undefined {
    return this.#queue.takeDropped();
  }

  /** Works until the queue is empty; resolves then. While the disk is away that lasts as long. */
  start(): Promise<void> {
    clearTimeout(this.#noteTimer);
    this.#noteTimer = undefined;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
      if (this.#queue.size > 0 && !this.#ended) this.#kick();
    });
    return this.#working;
  }

  /** Empties the queue. False if that took longer than `ms`: what is left is given up, nothing is retried. */
  async drain(ms: number): Promise<boolean> {
    const overAt = performance.now() + ms;
    const deadline = later(ms);
    this.#crowded = false;
    while ((this.#queue.size > 0 || this.#working) && performance.now() < overAt) {
      await Promise.race([this.start(), deadline]);
    }
    const drained = this.#queue.size === 0 && !this.#working;
    this.#ended = true;
    this.#wake?.();
    clearTimeout(this.#noteTimer);
    this.#refuse(this.#queue.takeWaiting());
    return drained;
  }

  /** Milliseconds are written behind a second that is known: a date costs a microsecond. */
  #timestamp(): string {
    const ms = this.#options.clock.now();
    const second = Math.floor(ms / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#secondText = new Date(second * 1000).toISOString().slice(0, -4);
    }
    return `${this.#secondText}${String(ms - second * 1000).padStart(3, '0')}Z`;
  }

  /** Records that arrive in one turn of the event loop share a flush. */
  #kick(): void {
    if (this.#working || this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.start();
    });
  }

  async #work(): Promise<void> {
    const { writer, onDurable } = this.#options;
    while (!this.#ended) {
      try {
        if (!writer.ready) onDurable(await writer.begin());
        if (this.#queue.size === 0) return this.#settle();
        if (this.#crowded) await this.#pause(COMPANY_MS);
        await this.#flush();
      } catch (error) {
        await this.#fail(error);
      }
    }
  }

  async #flush(): Promise<void> {
    const { writer, onDurable, waitMsMax } = this.#options;
    const group = this.#queue.take();
    const stopWatching = watched(waitMsMax, () => this.#stall(group));
    try {
      if (writer.full) onDurable(await writer.begin());
      this.#durable(group, await writer.append(group));
    } catch (error) {
      this.#trouble = reasonOf(error);
      this.#refuse(group, false);
      this.#queue.giveBack(group);
      throw error;
    } finally {
      stopWatching();
    }
  }

  #durable(group: readonly Pending[], entries: readonly Entry[]): void {
    const late: number[] = [];
    for (const [i, entry] of entries.entries()) {
      const { waiter, isLate } = group[i] ?? {};
      if (isLate || (waiter && this.#stalled)) late.push(entry.sequence);
      waiter?.resolve(entry);
    }
    this.#stalled = false;
    if (late.length > 0) this.#options.onLate(late);
    this.#settle();
    this.#options.onDurable(entries);
  }

  /** The disk has not answered in time. Its call still runs: another would only hold one more thread. */
  #stall(group: readonly Pending[]): void {
    this.#stalled = true;
    this.#trouble = 'the disk does not answer';
    this.#refuse(group, false);
    this.#refuse(this.#queue.takeWaiting());
    this.#options.onTrouble();
  }

  async #fail(error: unknown): Promise<void> {
    this.#stalled = false;
    this.#failures += 1;
    this.#trouble = reasonOf(error);
    this.#refuse(this.#queue.takeWaiting());
    this.#options.onTrouble();
    await this.#pause(Math.min(RETRY_MS_MAX, 25 * 2 ** Math.min(this.#failures, 10)));
  }

  /** The disk took everything it was given. */
  #settle(): void {
    this.#failures = 0;
    if (this.#trouble === undefined) return;
    this.#trouble = undefined;
    this.#options.onTrouble();
  }

  #refuse(group: readonly Pending[], isLost = true): void {
    const reason = this.#trouble ?? 'the audit log is closed';
    for (const { waiter } of group) waiter?.reject(new NotKept(reason, isLost));
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      const wake = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.#wake = wake;
    });
  }
}

/**
 * Calls `stall` after `ms`, unless it is stopped before. An event loop that is late itself first looks at what the disk
 * has answered meanwhile, for as long as it was late: that answer did not come too late.
 */
function watched(ms: number, stall: () => void): () => void {
  const dueAt = performance.now() + ms;
  let timer = setTimeout(() => {
    timer = setTimeout(stall, Math.min(ms, performance.now() - dueAt));
  }, ms);
  return () => clearTimeout(timer);
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  return `the disk refuses: ${code ?? (error instanceof Error ? error.message : 'unknown')}`;
}

/** Does not keep the process alive. */
export function later(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
