/**
 * Refuses at once while the ledger or the audit log is known to be away: neither is tried then, so that no intent is
 * written of a call that cannot go. Asks nobody: it goes by what the last attempts showed.
 */
import { Refusal } from '../base/errors.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { Ledger } from '../ports/ledger.ts';

/** @throws ledger.unavailable, audit.unavailable */
export function lookAhead(
  ledger: Pick<Ledger, 'health'>,
  auditLog: Pick<AuditLog, 'health'>,
): () => undefined {
  return function lookAhead() {
    const { usable, reason: noLedger } = ledger.health();
    if (!usable) throw away('ledger.unavailable', noLedger);
    const { writable, reason: noLog } = auditLog.health();
    if (!writable) throw away('audit.unavailable', noLog);
    return undefined;
  };
}

function away(code: 'ledger.unavailable' | 'audit.unavailable', detail: string | undefined): Refusal {
  return new Refusal(code, detail === undefined ? {} : { detail });
}
