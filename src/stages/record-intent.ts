/** Puts the call on record, durably, before anything of it leaves the house. */
import { intentEntry } from '../domain/records.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Guard } from './stage.ts';
import type { Limiting } from '../domain/limiting.ts';

/** @throws audit.unavailable */
export function recordIntent(auditLog: AuditLog, ledger: Ledger, limiting: Limiting): Guard {
  return async function recordIntent(exchange) {
    const entry = intentEntry(exchange, ledger.day(), limiting.scopes(exchange.caller));
    exchange.intentTried = true;
    await auditLog.record(entry);
  };
}
