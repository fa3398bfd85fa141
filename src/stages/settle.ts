/** Closing: replaces the reservation by what was used, exactly once, on every ending. */
import { charge } from '../domain/limits/charges.ts';
import type { Exchange } from '../domain/exchange.ts';
import { lateSettlementEntry } from '../domain/records/records.ts';
import type { Encoding } from '../openai/price-table.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Closing } from './stage.ts';

/** The ledger, who is told where it goes by another charge, and who counts text where no usage was reported. */
export interface SettleDeps {
  readonly ledger: Ledger;
  readonly auditLog: Pick<AuditLog, 'note'>;
  /** Off the event loop. @throws guardrail.busy, guardrail.failed */
  readonly countTokens: (text: Uint8Array<ArrayBuffer>, encoding: Encoding) => Promise<number>;
}

/**
 * Says what the call is charged (`exchange.charge`) and tells the ledger, without waiting for it: where the reservation
 * was charged in full before, as of a process that was held up beyond its lease, an entry says so. Never rejects.
 */
export function settle(deps: SettleDeps): Closing {
  return function settle(exchange) {
    if (!exchange.admissionTried) return undefined;
    const { text } = exchange.answer;
    const encoding = exchange.prepared.quote?.price?.encoding;
    if (!text || !encoding || !exchange.sentUpstream) return close(deps, exchange);
    // A stream that ended without a report is charged by its text; uncounted, by the characters of it.
    return deps.countTokens(text.copy(), encoding).then(
      (tokens) => close(deps, exchange, tokens + text.tokensLeftOutMax),
      () => close(deps, exchange),
    );
  };
}

function close({ ledger, auditLog }: SettleDeps, exchange: Exchange, contentTokens?: number): void {
  const { answer, prepared, match } = exchange;
  const charged = charge({
    endpoint: match.endpoint,
    facts: prepared.facts,
    quote: prepared.quote,
    outcome: {
      sentUpstream: exchange.sentUpstream,
      complete: answer.complete,
      upstreamStatus: answer.status,
      usage: answer.usage,
      streamed: answer.streamed,
      contentEvents: answer.contentEvents,
      contentChars: answer.contentChars,
      contentTokens,
    },
  });
  exchange.charge = charged;
  // Nobody waits for it: the ledger retries until it holds, and a lease covers the end of this process.
  const { tokens, nano, release } = charged;
  void ledger
    .settle({ reservationId: exchange.id, tokens, nano, release })
    .then((result) => (result === 'late' ? auditLog.note(lateSettlementEntry(exchange)) : undefined));
}
