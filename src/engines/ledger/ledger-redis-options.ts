/** How a ledger in Redis is set up. Bounds and lengths have defaults that fit production. */
import type { LedgerRecovery } from '../../ports/ledger.ts';
import type { RedisServers } from './ledger-redis-settings.ts';
import type { WindowsMs } from './ledger-windows.ts';

export interface RedisLedgerOptions extends RedisServers {
  /** Houses that share a server have different ones; `[a-z0-9-]`. */
  readonly namespace?: string;
  /** Digests that tell one house secret from another: of the present one, then of the one before it, if that counts. */
  readonly fingerprints: readonly string[];
  /** Stable name of this process's place, held by a lock; random if there is none. */
  readonly processName?: string;
  /** Where there are no books that can be trusted. */
  readonly recovery: LedgerRecovery;
  /** Longest a call takes before it is `ledger.unavailable`. */
  readonly waitMsMax?: number;
  readonly beatMs?: number;
  readonly leaseMs?: number;
  /** Other lengths than a minute, an hour and a day are for tests. */
  readonly windowsMs?: WindowsMs;
}
