/** What the records say, for tests of the engine alone; the house's own is `assemble/ledger-recovery.ts`. */
import type { LedgerRecovery, Spent } from '../../src/ports/ledger.ts';

/** Nothing was ever spent but this; or why that may not be all. */
export function records(spent: readonly Spent[] = [], withheld?: string): LedgerRecovery {
  return {
    shared: false,
    enter: async () => undefined,
    withdraw: async () => undefined,
    gone: async () => undefined,
    known: async () => ({ unheard: 0, withheld, seen: [], spent: async () => spent }),
  };
}
