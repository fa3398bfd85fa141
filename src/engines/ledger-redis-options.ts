/** How a ledger in Redis is set up. Bounds and lengths have defaults that fit production. */
import type { WindowsMs } from './ledger-windows.ts';

export interface RedisLedgerOptions {
  /** `redis://` or `rediss://`, with user, password and database as needed. */
  readonly url: string;
  /** Houses that share a server have different ones; `[a-z0-9-]`. */
  readonly namespace?: string;
  /** Digest that tells one house secret from another. */
  readonly fingerprint: string;
  /** Stable name of this process's place, held by a lock; random if there is none. */
  readonly processName?: string;
  /**
   * Asked where there is no marker: may one be written, because no money was spent that it would forget on this day,
   * which is UTC by the server's clock, `YYYY-MM-DD`?
   */
  readonly mayInitialise: (day: string) => Promise<boolean>;
  /** Longest a call takes before it is `ledger.unavailable`. */
  readonly waitMsMax?: number;
  readonly beatMs?: number;
  readonly leaseMs?: number;
  /** Other lengths than a minute, an hour and a day are for tests. */
  readonly windowsMs?: WindowsMs;
}
