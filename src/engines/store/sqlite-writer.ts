/**
 * Writes of the embedded store, on a thread of their own: a disk that is slow or hangs holds that thread and never
 * the event loop. A write that takes too long is refused, and so is every other until the disk has answered.
 */
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

export interface Write {
  readonly id: number;
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

export interface Written {
  readonly id: number;
  readonly rows?: readonly unknown[];
  readonly error?: string;
}

interface Waiter {
  resolve(rows: readonly unknown[]): void;
  reject(error: Error): void;
  readonly timer: NodeJS.Timeout;
}

const WRITE_MS_MAX = 2000;
const CLOSE_MS_MAX = 3000;
/** `.ts` in the sources, `.js` once built. */
const THREAD = new URL(import.meta.url.replace(/sqlite-writer(?=\.[jt]s$)/, 'sqlite-writer-thread'));

export class SqliteWriter {
  readonly #file: string;
  readonly #waiting = new Map<number, Waiter>();
  #thread: Worker | undefined;
  #count = 0;
  #overdue = false;

  constructor(file: string) {
    this.#file = file;
  }

  /**
   * Rows that the statement returns; it is on disk then. In the order of the calls.
   * @throws Error of the driver, or after 2 s: then it may yet be done
   */
  write(sql: string, parameters: readonly unknown[]): Promise<readonly unknown[]> {
    if (this.#overdue) return Promise.reject(new Error('the disk does not answer'));
    const thread = (this.#thread ??= this.#start());
    const id = ++this.#count;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#giveUp(id), WRITE_MS_MAX);
      this.#waiting.set(id, { resolve, reject, timer });
      thread.ref();
      thread.postMessage({ id, sql, parameters } satisfies Write, []);
    });
  }

  /** After the last write; one that hangs is left behind. */
  async close(): Promise<void> {
    const thread = this.#thread;
    if (!thread) return;
    const ended = once(thread, 'exit').catch(() => undefined);
    thread.ref();
    thread.postMessage('close', []);
    await Promise.race([ended, pause(CLOSE_MS_MAX, undefined, { ref: false })]);
    void thread.terminate();
  }

  #start(): Worker {
    const thread = new Worker(THREAD, { workerData: { file: this.#file } });
    thread.on('message', (written: Written) => this.#take(written));
    thread.on('error', (error: Error) => {
      this.#thread = undefined;
      this.#overdue = false;
      for (const id of this.#waiting.keys()) this.#settle(id)?.reject(error);
    });
    return thread;
  }

  #take({ id, rows = [], error }: Written): void {
    this.#overdue = false;
    const waiter = this.#settle(id);
    if (error === undefined) waiter?.resolve(rows);
    else waiter?.reject(new Error(error));
  }

  #giveUp(id: number): void {
    this.#overdue = true;
    this.#settle(id)?.reject(new Error('the disk does not answer'));
  }

  #settle(id: number): Waiter | undefined {
    const waiter = this.#waiting.get(id);
    clearTimeout(waiter?.timer);
    this.#waiting.delete(id);
    // A process may end while nobody waits.
    if (this.#waiting.size === 0) this.#thread?.unref();
    return waiter;
  }
}
