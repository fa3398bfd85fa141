/**
 * Threads for what would hold up the event loop: a bounded queue before them, a time-out on each job, and a thread
 * that hangs or dies is replaced. Never lets a job through unanswered: a fault is a refusal.
 *
 * A job that is out of time is refused, but its thread may end it: on a machine with much to do the first large texts
 * take long because the thread has to compile for them, and one that is put away for it leaves the next as cold. So with
 * one that is still loading: where each is put away in the midst of it, none is ever ready.
 */
import { type Transferable, Worker } from 'node:worker_threads';
import { Refusal } from '../base/errors.ts';
import type { Reply } from './worker.ts';

export interface PoolOptions {
  /** A module whose default export is the job, synchronous: input in, output out. It may throw a Refusal. */
  readonly entry: URL;
  /** Started one by one as jobs come. */
  readonly threads: number;
  /** Jobs that wait for a thread. */
  readonly queueMax: number;
  /** For the job itself; also the longest wait for a thread. Loading the module does not count. */
  readonly timeoutMs: number;
  /** How long a job waits for its thread to load the module; 10 s where left out, or `timeoutMs` if that is longer. */
  readonly loadMsMax?: number;
}

export interface Pool<I, O> {
  /**
   * The job's output. What is in `transfer` is gone from this thread afterwards.
   * @throws guardrail.busy the queue is full, the wait was too long, or the pool is closed
   * @throws guardrail.failed the job threw, ran out of time, or its thread died
   * @throws any Refusal the job threw
   */
  run(input: I, transfer?: readonly Transferable[]): Promise<O>;
  /** Jobs waiting and running. */
  readonly depth: number;
  /** Ends the threads; what runs or waits is refused. */
  close(): Promise<void>;
}

/** A module beside the caller's, under the ending the caller itself has: `.ts` in the sources, `.js` once built. */
export function moduleBeside(importMetaUrl: string, name: string): URL {
  return new URL(`${name}${importMetaUrl.endsWith('.ts') ? '.ts' : '.js'}`, importMetaUrl);
}

const WORKER = moduleBeside(import.meta.url, './worker');
/** Enough for a body of 50 MiB; beyond it the thread dies, not the process. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 64, stackSizeMb: 4 };
const LOAD_MS_MAX = 10_000;
/** Times the bound that a thread may go on with what nobody waits for any more. */
const FINISH = 4;

interface Job<I, O> {
  readonly input: I;
  readonly transfer: readonly Transferable[];
  readonly resolve: (output: O) => void;
  readonly reject: (refusal: Refusal) => void;
  waiting?: NodeJS.Timeout;
}

export function createPool<I, O>(options: PoolOptions): Pool<I, O> {
  return new ThreadPool<I, O>(options);
}

class ThreadPool<I, O> implements Pool<I, O> {
  readonly #options: PoolOptions;
  readonly #threads = new Set<Thread<I, O>>();
  readonly #queue: Job<I, O>[] = [];
  #isClosed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get depth(): number {
    return this.#queue.length + [...this.#threads].filter((thread) => thread.isBusy).length;
  }

  run(input: I, transfer: readonly Transferable[] = []): Promise<O> {
    return new Promise((resolve, reject) => {
      const job: Job<I, O> = { input, transfer, resolve, reject };
      if (this.#isClosed) reject(new Refusal('guardrail.busy', { detail: 'pool closed' }));
      else if (!this.#start(job)) this.#enqueue(job);
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const job of this.#queue.splice(0)) {
      clearTimeout(job.waiting);
      job.reject(new Refusal('guardrail.busy', { detail: 'pool closed' }));
    }
    await Promise.all([...this.#threads].map((thread) => thread.end('pool closed')));
  }

  /** On an idle thread, or on a new one where there may be one more. */
  #start(job: Job<I, O>): boolean {
    let thread = [...this.#threads].find((candidate) => !candidate.isBusy);
    if (!thread) {
      const late = [...this.#threads].filter((other) => other.isLate).length;
      const { threads } = this.#options;
      if (this.#threads.size - late >= threads || this.#threads.size >= 2 * threads) return false;
      thread = new Thread<I, O>(this.#options, (self) => this.#onFree(self));
      this.#threads.add(thread);
    }
    thread.take(job);
    return true;
  }

  #enqueue(job: Job<I, O>): void {
    if (this.#queue.length >= this.#options.queueMax) {
      job.reject(new Refusal('guardrail.busy', { detail: 'screening queue full' }));
      return;
    }
    this.#queue.push(job);
    job.waiting = setTimeout(() => {
      this.#queue.splice(this.#queue.indexOf(job), 1);
      job.reject(new Refusal('guardrail.busy', { detail: 'waited too long for a thread' }));
    }, this.#options.timeoutMs);
  }

  #onFree(thread: Thread<I, O>): void {
    if (thread.isDead) this.#threads.delete(thread);
    const next = this.#isClosed ? undefined : this.#queue.shift();
    if (next) {
      clearTimeout(next.waiting);
      this.#start(next);
    } else if (this.#threads.size > this.#options.threads) {
      // Who came in the place of this one has learnt less.
      void [...this.#threads].find((other) => other !== thread && !other.isBusy)?.end('one too many');
    }
  }
}

/** One worker and the one job it has, if any. */
class Thread<I, O> {
  readonly #worker: Worker;
  readonly #timeoutMs: number;
  readonly #loadMsMax: number;
  readonly #onFree: (self: Thread<I, O>) => void;
  #job: Job<I, O> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isReady = false;
  isDead = false;
  /** At work on a job that was refused for it, or still loading for one. */
  isLate = false;

  constructor(options: PoolOptions, onFree: (self: Thread<I, O>) => void) {
    const { entry, timeoutMs, loadMsMax = Math.max(LOAD_MS_MAX, timeoutMs) } = options;
    this.#timeoutMs = timeoutMs;
    this.#loadMsMax = loadMsMax;
    this.#onFree = onFree;
    this.#worker = new Worker(WORKER, { workerData: { entry: entry.href }, resourceLimits: RESOURCE_LIMITS });
    this.#worker.on('message', (reply: Reply<O>) => this.#onReply(reply));
    this.#worker.on('messageerror', (error) => void this.end(error.message));
    this.#worker.on('error', (error) => void this.end(String(error)));
    this.#worker.on('exit', () => void this.end('the thread ended'));
  }

  get isBusy(): boolean {
    return this.#job !== undefined || this.isLate;
  }

  take(job: Job<I, O>): void {
    this.#job = job;
    this.#worker.ref();
    this.#limit(this.#boundMs);
    try {
      this.#worker.postMessage(job.input, job.transfer);
    } catch (error) {
      this.#settle((job) =>
        job.reject(new Refusal('guardrail.failed', { detail: 'input cannot be sent', cause: error })),
      );
    }
  }

  /** The job is refused, the worker ends; once. */
  async end(detail: string): Promise<void> {
    if (this.isDead) return;
    this.isDead = true;
    this.#settle((job) => job.reject(new Refusal('guardrail.failed', { detail })));
    await this.#worker.terminate();
  }

  get #boundMs(): number {
    return this.#isReady ? this.#timeoutMs : this.#loadMsMax;
  }

  #limit(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#runOut(), ms);
  }

  #runOut(): void {
    if (this.isLate) return void this.end('the job ran out of time');
    this.isLate = true;
    this.#settle((job) => job.reject(new Refusal('guardrail.failed', { detail: 'the job ran out of time' })));
    this.#limit(FINISH * this.#boundMs);
  }

  #onReply(reply: Reply<O>): void {
    if (reply.kind === 'ready') {
      this.#isReady = true;
      if (this.isBusy) this.#limit(this.isLate ? FINISH * this.#timeoutMs : this.#timeoutMs);
      return;
    }
    this.isLate = false;
    this.#settle((job) => {
      if (reply.kind === 'output') job.resolve(reply.output);
      else if (reply.kind === 'refusal') job.reject(new Refusal(reply.code, reply.options));
      else job.reject(new Refusal('guardrail.failed', { detail: reply.message }));
    });
  }

  #settle(answer: (job: Job<I, O>) => void): void {
    clearTimeout(this.#timer);
    const job = this.#job;
    this.#job = undefined;
    if (!this.isDead) this.#worker.unref();
    if (job) answer(job);
    this.#onFree(this);
  }
}
