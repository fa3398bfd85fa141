/** Puts the call on record, durably, before anything of it leaves the house. */
import type { Exchange } from '../domain/exchange.ts';
import { intentEntry } from '../domain/records/records.ts';
import { type AuditLog, NotKept } from '../ports/audit-log.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Guard } from './stage.ts';
import type { Limiting } from '../domain/limits/limiting.ts';

/**
 * Records what is prepared, once; again if it was prepared anew since, and then the last intent is what holds.
 * @throws audit.unavailable
 */
export function recordIntent(auditLog: AuditLog, ledger: Ledger, limiting: Limiting): Guard {
  return function recordIntent(exchange) {
    if (exchange.recorded === exchange.prepared) return undefined;
    const { intentTried } = exchange;
    exchange.intentTried = true;
    exchange.recorded = exchange.prepared;
    return record(exchange, intentTried);
  };

  async function record(exchange: Exchange, hasEarlier: boolean): Promise<void> {
    try {
      await auditLog.record(intentEntry(exchange, ledger.day(), limiting.scopes(exchange.caller)));
    } catch (error) {
      // What is not in the log is owed no outcome there.
      if (error instanceof NotKept && error.isLost) exchange.intentTried = hasEarlier;
      throw error;
    }
  }
}
