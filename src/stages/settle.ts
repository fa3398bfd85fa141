/** Closing: replaces the reservation by what was used, exactly once, on every ending. */
import { charge } from '../domain/charges.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Closing } from './stage.ts';

export function settle(ledger: Ledger): Closing {
  return function settle(exchange) {
    if (!exchange.admissionTried) return;
    const { answer, prepared, match } = exchange;
    const charged = charge({
      endpoint: match.endpoint,
      facts: prepared.facts,
      quote: prepared.quote,
      outcome: {
        sentUpstream: exchange.sentUpstream,
        upstreamStatus: answer.status,
        usage: answer.usage,
        streamed: answer.streamed,
        contentEvents: answer.contentEvents,
        contentChars: answer.contentChars,
      },
    });
    exchange.charge = charged;
    // Nobody waits for it: the ledger retries until it holds, and a lease covers the end of this process.
    void ledger.settle({
      reservationId: exchange.id,
      tokens: charged.tokens,
      nano: charged.nano,
      release: charged.release,
    });
  };
}
