/** Whether this process is ready, check by check, and why not. */
import type { WatchGuards } from '../jobs/watch-guards.ts';
import type { Engines } from './engines.ts';

/** Ready means all of them. */
export function checksOf(
  { auditLog, ledger, storeOpened }: Engines,
  guards?: WatchGuards,
): Readonly<Record<string, boolean>> {
  return {
    configuration: true,
    auditLog: auditLog.health().writable,
    ledger: ledger.health().usable,
    store: storeOpened(),
    ...(guards && { guards: guards.reason() === undefined }),
  };
}

/** No addresses, no secrets; undefined where a check holds. */
export function reasonsOf(
  { auditLog, ledger }: Engines,
  guards?: WatchGuards,
): Readonly<Record<string, string | undefined>> {
  return {
    auditLog: auditLog.health().reason,
    ledger: ledger.health().reason,
    ...(guards && { guards: guards.reason() }),
  };
}
