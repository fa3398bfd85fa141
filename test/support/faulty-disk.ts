/** A real disk with a switch at its edge: calls are traced, and any of them may fail, hang or do half its work. */
import { truncate } from 'node:fs/promises';
import { localDisk, type DiskFile, type DiskPort } from '../../src/engines/audit/audit-disk.ts';

export type DiskCall =
  | 'makeDir'
  | 'create'
  | 'append'
  | 'datasync'
  | 'sync'
  | 'close'
  | 'remove'
  | 'freeBytes';

/** Throws or rejects to fail the call, stays pending to hang it. */
export type Fault = (call: DiskCall, count: number) => Promise<void> | void;

export class DiskError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(`${code} (injected)`);
    this.code = code;
  }
}

export class FaultyDisk implements DiskPort {
  /** Calls as they began (`+append`) and ended (`-append`), in order. */
  readonly trace: string[] = [];
  /** Calls that failed by our doing. */
  injected = 0;
  fault: Fault = () => {};
  freeBytesNow = Number.MAX_SAFE_INTEGER;
  /** Whether what was written since the last good datasync is lost when one fails. */
  losesUnsynced = false;
  readonly #disk: DiskPort;
  #count = 0;

  constructor(disk: DiskPort = localDisk) {
    this.#disk = disk;
  }

  async #call<T>(call: DiskCall, work: () => Promise<T>, onFault?: () => Promise<void>): Promise<T> {
    this.trace.push(`+${call}`);
    this.#count += 1;
    try {
      await this.fault(call, this.#count);
    } catch (error) {
      this.injected += 1;
      await onFault?.();
      this.trace.push(`!${call}`);
      throw error;
    }
    const result = await work();
    this.trace.push(`-${call}`);
    return result;
  }

  makeDir(path: string): Promise<void> {
    return this.#call('makeDir', () => this.#disk.makeDir(path));
  }

  sync(path: string): Promise<void> {
    return this.#call('sync', () => this.#disk.sync(path));
  }

  remove(path: string): Promise<void> {
    return this.#call('remove', () => this.#disk.remove(path));
  }

  freeBytes(): Promise<number> {
    return this.#call('freeBytes', () => Promise.resolve(this.freeBytesNow));
  }

  async create(path: string): Promise<DiskFile> {
    const file = await this.#call('create', () => this.#disk.create(path));
    let written = 0;
    let synced = 0;
    const half = async (bytes: Buffer, offset: number): Promise<void> => {
      written += await file.append(bytes.subarray(0, offset + ((bytes.length - offset) >> 1)), offset);
    };
    return {
      append: (bytes, offset) =>
        this.#call(
          'append',
          async () => {
            const taken = await file.append(bytes, offset);
            written += taken;
            return taken;
          },
          () => half(bytes, offset),
        ),
      datasync: () =>
        this.#call(
          'datasync',
          async () => {
            await file.datasync();
            synced = written;
          },
          async () => {
            if (this.losesUnsynced) await truncate(path, synced);
          },
        ),
      close: () =>
        this.#call(
          'close',
          () => file.close(),
          () => file.close(),
        ),
    };
  }
}

/** Takes everything and syncs nothing: for many small logs whose durability is not the question. */
export const unsyncedDisk: DiskPort = {
  ...localDisk,
  sync: () => Promise.resolve(),
  create: async (path) => ({ ...(await localDisk.create(path)), datasync: () => Promise.resolve() }),
};
