/** Tells the caller why, in OpenAI's shape, so that every SDK raises its usual class. */
import { errorBody, errorHeaders, type Refusal } from '../base/errors.ts';
import type { Exchange } from '../domain/exchange.ts';
import { rateLimitHeaders } from '../domain/limits/rate-limit-headers.ts';
import type { Reply } from './reply.ts';

/** The refusal as a whole answer. */
export function sendRefusal(
  reply: Reply,
  refusal: Refusal,
  more: Readonly<Record<string, string>> = {},
): void {
  const body = JSON.stringify(errorBody(refusal));
  reply.head(refusal.status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    ...more,
    ...errorHeaders(refusal),
  });
  reply.end(body);
}

/** Answers with the exchange's refusal, unless its answer has begun: that one can only be broken off. */
export function refuse(exchange: Exchange, reply: Reply): void {
  if (exchange.callerGone || !exchange.refusal) return;
  if (reply.headSent) {
    reply.destroy();
    return;
  }
  const { upstreamRequestId } = exchange.answer;
  sendRefusal(reply, exchange.refusal, {
    ...(exchange.admitted ? rateLimitHeaders(exchange.admitted) : {}),
    ...(upstreamRequestId === undefined ? {} : { 'x-upstream-request-id': upstreamRequestId }),
  });
}
