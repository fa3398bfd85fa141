/** The store follows the audit log, from wherever this data directory had come. */
import { readEntries } from '../engines/audit/audit-read.ts';
import { shipEntries, type ShipEntries } from '../jobs/ship-entries.ts';
import type { Log } from '../server/log.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { Store } from '../ports/store.ts';

/** The log, where it is, the name of its data directory among those that share a store, and that store. */
export interface Shipped {
  readonly auditLog: AuditLog;
  readonly auditDir: string;
  /** Stays when processes and machines change. */
  readonly place: string;
  readonly store: Store;
}

/** Some hundred entries, parsed in less than a millisecond: callers come first. */
const CHUNK_BYTES = 65_536;

/** Of the setting that says how far a data directory has come. */
export const cursorNameOf = (place: string): string => `audit.cursor:${place}`;

/** Begins at once, and never stops a caller. */
export function startShipping({ auditLog, auditDir, place, store }: Shipped, log: Log): ShipEntries {
  return shipEntries({
    auditLog,
    store,
    cursorName: cursorNameOf(place),
    readAfter: (after) => readEntries(auditDir, { after, chunkBytes: CHUNK_BYTES }),
    onFailure: (err) => log.debug({ err }, 'the store does not take audit entries; they wait'),
  });
}
