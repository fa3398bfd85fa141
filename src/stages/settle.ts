/** Closing: replaces the reservation by what was used, exactly once, on every ending. */
import { charge } from '../domain/limits/charges.ts';
import type { Exchange } from '../domain/exchange.ts';
import type { Encoding } from '../openai/price-table.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Closing } from './stage.ts';

/** The ledger, and who counts text where no usage was reported. */
export interface SettleDeps {
  readonly ledger: Ledger;
  /** Off the event loop. @throws guardrail.busy, guardrail.failed */
  readonly countTokens: (text: Uint8Array<ArrayBuffer>, encoding: Encoding) => Promise<number>;
}

/**
 * Says what the call is charged (`exchange.charge`) and tells the ledger, without waiting for it. Never
 * rejects.
 */
export function settle({ ledger, countTokens }: SettleDeps): Closing {
  return function settle(exchange) {
    if (!exchange.admissionTried) return undefined;
    const { text } = exchange.answer;
    const encoding = exchange.prepared.quote?.price?.encoding;
    if (!text || !encoding || !exchange.sentUpstream) return close(ledger, exchange);
    // A stream that ended without a report is charged by its text; uncounted, by the characters of it.
    return countTokens(text.copy(), encoding).then(
      (tokens) => close(ledger, exchange, tokens + text.tokensLeftOutMax),
      () => close(ledger, exchange),
    );
  };
}

function close(ledger: Ledger, exchange: Exchange, contentTokens?: number): void {
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
  void ledger.settle({
    reservationId: exchange.id,
    tokens: charged.tokens,
    nano: charged.nano,
    release: charged.release,
  });
}
