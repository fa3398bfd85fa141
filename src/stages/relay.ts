/**
 * Relays one answer: an error of upstream's becomes a refusal, a JSON answer is read whole and sent in one write, a
 * stream event by event, bytes as they come. Slow callers slow upstream down; nothing is gathered for them.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { asRefusal, Refusal } from '../base/errors.ts';
import type { AskPage } from '../domain/objects/object-lists.ts';
import { locatedId, upstreamRequestId, type AnswerHeaders } from '../domain/answers/answer-headers.ts';
import type { Exchange } from '../domain/exchange.ts';
import { upstreamRefusal } from '../domain/upstreams/upstream-errors.ts';
import type { UpstreamControl } from '../ports/upstream.ts';
import { createJsonAnswer } from './answer-json.ts';
import { createRawAnswer } from './answer-raw.ts';
import { createResultsAnswer } from './answer-results.ts';
import { createStreamAnswer } from './answer-stream.ts';
import type { OwnObjects } from './own-objects.ts';
import { createTextAnswer } from './answer-text.ts';
import type { Reply } from './reply.ts';
import { type AnswerScreening, hasScreening } from './screen-answer.ts';

/** One way of relaying, chosen by the head of the answer. `end` may take its time. */
export interface Answer {
  data(chunk: Buffer): void;
  /** Upstream said the answer is whole. */
  end(): void | Promise<void>;
  /** The answer broke off after its head: says so in the form of the answer. */
  fail(refusal: Refusal): void;
}

/** What each way of relaying works with: one call, its caller, the headers that may go down. */
export interface AnswerContext {
  readonly exchange: Exchange;
  readonly reply: Reply;
  readonly headers: Record<string, string>;
  readonly ownObjects: OwnObjects;
  readonly screening: AnswerScreening;
  /** For lists: a further page of upstream's. */
  readonly askPage: AskPage;
  pause(): void;
  resume(): void;
  /** Ends the answer and the call upstream, out of turn. */
  breakOff(refusal: Refusal): void;
}

type Settle = (refusal?: Refusal) => void;

/** One answer under way. `settle` is called once, with the refusal if nothing was answered yet. */
export interface Relay {
  control: UpstreamControl | undefined;
  head(status: number, headers: IncomingHttpHeaders): void;
  data(chunk: Buffer): void;
  end(settle: Settle): void;
  fail(refusal: Refusal, settle: Settle): void;
}

const ERROR_BYTES_MAX = 65_536;

/** Gathers an error body of upstream's, and refuses with it. */
function createErrorAnswer(status: number, headers: IncomingHttpHeaders): Answer {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return {
    data(chunk) {
      if (bytes < ERROR_BYTES_MAX) chunks.push(chunk.subarray(0, ERROR_BYTES_MAX - bytes));
      bytes += chunk.length;
    },
    end() {
      throw upstreamRefusal(status, headers, Buffer.concat(chunks));
    },
    fail() {},
  };
}

function choose(status: number, headers: IncomingHttpHeaders, context: AnswerContext): Answer {
  const { exchange } = context;
  if (status < 200 || status >= 300) return createErrorAnswer(status, headers);
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    throw new Refusal('upstream.invalid_answer', { detail: 'encoded' });
  const type = typeOf(headers);
  if (type === 'text/event-stream') return createStreamAnswer(status, context);
  if (exchange.endpoint.results && hasScreening(context.screening, exchange))
    return createResultsAnswer(status, context);
  // Whatever upstream calls it.
  const isText = exchange.endpoint.answer === 'text' && type !== 'application/json';
  if (isText && hasScreening(context.screening, exchange)) return createTextAnswer(status, context);
  const isJson = exchange.endpoint.answer === 'json' || type === 'application/json';
  if (!isJson || exchange.endpoint.answer === 'binary') return createRawAnswer(status, context);
  // A page, or whatever else stands in the way of upstream, is no answer of upstream's.
  if (type !== 'application/json' && type !== '')
    throw new Refusal('upstream.invalid_answer', { detail: 'another type than JSON' });
  return createJsonAnswer(status, context);
}

/** Without its parameters; '' where there is none. @throws upstream.invalid_answer for more than one */
function typeOf(headers: IncomingHttpHeaders): string {
  const type: unknown = headers['content-type'] ?? '';
  if (typeof type !== 'string') throw new Refusal('upstream.invalid_answer', { detail: 'two content types' });
  return (type.split(';')[0] ?? '').trim().toLowerCase();
}

/** An object whose id stands in no body. */
function recordLocated(exchange: Exchange, headers: IncomingHttpHeaders, ownObjects: OwnObjects): void {
  const id = locatedId(exchange.endpoint, headers);
  if (id !== undefined) void ownObjects.record(exchange, { id });
}

/** A relay for one answer; whatever it throws ends the exchange. */
export function createRelay(
  exchange: Exchange,
  reply: Reply,
  answerHeaders: AnswerHeaders,
  own: Pick<AnswerContext, 'ownObjects' | 'askPage' | 'screening' | 'breakOff'>,
): Relay {
  let answer: Answer | undefined;
  let over = false;
  const pause = (): void => relay.control?.pause();
  const resume = (): void => relay.control?.resume();
  const relay: Relay = {
    control: undefined,
    head(status, headers) {
      exchange.firstByteAt = performance.now();
      exchange.answer.status = status;
      exchange.answer.upstreamRequestId = upstreamRequestId(headers);
      if (exchange.endpoint.locates && status < 300) recordLocated(exchange, headers, own.ownObjects);
      const shown = answerHeaders(exchange, headers);
      answer = choose(status, headers, { ...own, exchange, reply, headers: shown, pause, resume });
    },
    data(chunk) {
      if (over) return;
      exchange.answer.bytes += chunk.length;
      answer?.data(chunk);
    },
    end(settle) {
      if (over) return;
      over = true;
      exchange.answer.complete = true;
      const pending = answer?.end();
      if (pending)
        pending.then(
          () => settle(),
          (error: unknown) => settle(asRefusal(error)),
        );
      else settle();
    },
    fail(refusal, settle) {
      if (!over && exchange.answer.complete) {
        // Its last event has come: who leaves or breaks off now has cut nothing.
        relay.end(settle);
        return;
      }
      const first = !over || exchange.answer.complete;
      over = true;
      if (!first) return;
      if (reply.headSent) {
        exchange.refusal ??= refusal;
        answer?.fail(refusal);
        settle();
      } else settle(refusal);
    },
  };
  return relay;
}
