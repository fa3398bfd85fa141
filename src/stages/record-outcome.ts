/** Closing: an outcome for every intent, an entry for every refusal. Last, so that it knows the charge. */
import type { FailedAttempts } from '../domain/callers/failed-attempts.ts';
import { countRefusal, type Floods } from '../domain/limits/floods.ts';
import { outcomeEntry, overReservationEntry, refusalEntry } from '../domain/records/records.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { Closing } from './stage.ts';

/** Exactly one entry a call, two where upstream used more than was reserved; nobody waits for them. */
export function recordOutcome(auditLog: AuditLog, floods: Floods, failedAttempts: FailedAttempts): Closing {
  return function recordOutcome(exchange) {
    if (exchange.intentTried) {
      auditLog.note(outcomeEntry(exchange));
      if (exchange.charge?.over) auditLog.note(overReservationEntry(exchange));
      return;
    }
    // The approvals' own entries say what was handed out.
    if (exchange.released) return;
    const known = (exchange.caller as unknown) !== undefined;
    if (known) countRefusal(floods, exchange.caller, exchange.refusal?.code);
    if (known || failedAttempts.count(exchange.arrival.source)) auditLog.note(refusalEntry(exchange));
  };
}
