/**
 * Keeps the newest checkpoint of every chain in the store, so that one is beyond the host's disk within a minute. A
 * store that is away is tried again; nobody waits for it, and nothing but the newest is kept in memory.
 */
import { z } from 'zod';
import { checkpointName } from '../domain/records/checkpoints.ts';
import type { Store } from '../ports/store.ts';

const RETRY_MS = 5000;
const statement = z.object({ chain: z.string() });

/** Where they go, and the name of this data directory there. */
export interface KeepCheckpointsOptions {
  readonly store: Pick<Store, 'putSetting'>;
  readonly place: string;
  readonly onFailure: (error: unknown) => void;
  readonly retryMs?: number;
}

/** At work until stopped. */
export interface KeepCheckpoints {
  /** A signed line, newer than all before. */
  keep(line: string): void;
  /** Tries what is left once more. */
  stop(): Promise<void>;
}

/** Writes each as it comes; after a failure, the newest again every `retryMs` (5000). */
export function keepCheckpoints(options: KeepCheckpointsOptions): KeepCheckpoints {
  const { store, place, onFailure, retryMs = RETRY_MS } = options;
  let waiting: string | undefined;
  let writing: Promise<void> | undefined;

  async function write(): Promise<void> {
    while (waiting !== undefined) {
      const line = waiting;
      const { chain } = statement.parse(JSON.parse(line));
      await store.putSetting(checkpointName(place, chain), line);
      if (waiting === line) waiting = undefined;
    }
  }
  function attempt(): Promise<void> {
    writing ??= write()
      .catch(onFailure)
      .finally(() => {
        writing = undefined;
      });
    return writing;
  }
  const timer = setInterval(() => void attempt(), retryMs);
  timer.unref();
  return {
    keep(line) {
      waiting = line;
      void attempt();
    },
    async stop() {
      clearInterval(timer);
      await attempt();
      await attempt();
    },
  };
}
