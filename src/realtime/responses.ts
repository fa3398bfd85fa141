/**
 * Responses over a socket: each `response.create` is a call like any other, one at a time; its events are an answer like
 * any other stream.
 */
import { asRefusal, Refusal } from '../base/errors.ts';
import type { Exchange } from '../domain/exchange.ts';
import { upstreamRefusal } from '../domain/upstreams/upstream-errors.ts';
import { createStreamAnswer } from '../stages/answer-stream.ts';
import type { OwnObjects } from '../stages/own-objects.ts';
import type { Answer } from '../stages/relay.ts';
import type { Dialect, DialectWays } from './dialect.ts';
import { errorEvent } from './endings.ts';
import { asEvent, EventReply, headOf } from './event-stream.ts';

/** One call, from the moment that it goes up. */
interface Call {
  readonly exchange: Exchange;
  readonly answer: Answer;
}

export function createResponses(ways: DialectWays): Dialect {
  return new Responses(ways);
}

class Responses implements Dialect {
  readonly #ways: DialectWays;
  /** What comes while no call is open. */
  readonly #beside: Answer;
  /** Being checked; it has not gone up. */
  #pending: Exchange | undefined;
  #call: Call | undefined;
  /** Owners of what was made, on their way to the store. */
  #recording: Promise<void> | undefined;
  #isOver = false;

  constructor(ways: DialectWays) {
    this.#ways = ways;
    this.#beside = this.#answerOf(ways.session);
  }

  get isIdle(): boolean {
    return this.#call === undefined && this.#pending === undefined;
  }

  readonly told = errorEvent;

  async fromCaller(message: Buffer): Promise<Uint8Array | undefined> {
    const exchange = this.#ways.exchangeFor(message, {});
    this.#pending = exchange;
    try {
      // What the last call made can be gone on with by this one.
      await this.#recording;
      await this.#check(exchange);
    } catch (error) {
      exchange.refusal = asRefusal(error);
    }
    this.#pending = undefined;
    if (exchange.refusal || exchange.aborted || this.#isOver) {
      await this.#ways.steps.close(exchange);
      if (exchange.refusal) throw exchange.refusal;
      return undefined;
    }
    return this.#begin(exchange);
  }

  async #check(exchange: Exchange): Promise<void> {
    const { steps } = this.#ways;
    await steps.arrive(exchange);
    await steps.read(exchange);
    if (this.#call) throw new Refusal('rate.concurrency', { detail: 'a response is under way' });
    if (!exchange.callerGone) await steps.take(exchange);
  }

  #begin(exchange: Exchange): Uint8Array | undefined {
    const { prepared } = exchange;
    exchange.sentUpstream = true;
    exchange.sentAt = performance.now();
    this.#call = { exchange, answer: this.#answerOf(exchange) };
    return prepared.bytes;
  }

  #answerOf(exchange: Exchange): Answer {
    const ways = this.#ways;
    const ownObjects: OwnObjects = {
      ...ways.ownObjects,
      record: (made, answer) => (this.#recording = ways.ownObjects.record(made, answer)),
    };
    return createStreamAnswer(200, {
      exchange,
      reply: new EventReply(ways),
      headers: {},
      ownObjects,
      screening: ways.screening,
      askPage: () => Promise.reject(new Refusal('gateway.fault')),
      pause: () => ways.pause(),
      resume: () => ways.resume(),
      breakOff: (refusal) => ways.end(refusal),
    });
  }

  fromUpstream(message: Buffer): void | Promise<void> {
    const call = this.#call;
    const { type, status, error } = headOf(message);
    if (!call) {
      if (type.startsWith('response.'))
        throw new Refusal('upstream.invalid_answer', { detail: 'a response that nobody asked for' });
      this.#beside.data(asEvent(message));
      return undefined;
    }
    const { exchange, answer } = call;
    if (exchange.firstByteAt === 0) exchange.firstByteAt = performance.now();
    exchange.answer.status = 200;
    exchange.answer.bytes += message.length;
    answer.data(asEvent(message));
    if (type === 'error') return this.#refused(call, status, error);
    return exchange.answer.complete ? this.#completed(call) : undefined;
  }

  async #completed({ exchange, answer }: Call): Promise<void> {
    await answer.end();
    this.#call = undefined;
    await this.#ways.steps.close(exchange);
    if (exchange.refusal) throw exchange.refusal;
  }

  /** Upstream's own refusal was told as it came, cleaned; the socket goes on. */
  async #refused({ exchange, answer }: Call, status: number, error: unknown): Promise<void> {
    exchange.answer.status = status;
    exchange.refusal = upstreamRefusal(status, {}, Buffer.from(JSON.stringify({ error })));
    await answer.end();
    this.#call = undefined;
    await this.#ways.steps.close(exchange);
  }

  async close(refusal: Refusal | undefined): Promise<boolean> {
    this.#isOver = true;
    if (this.#pending) {
      this.#pending.callerGone = true;
      this.#pending.abort(refusal);
    }
    const call = this.#call;
    this.#call = undefined;
    if (!call) return false;
    const { exchange, answer } = call;
    const { session } = this.#ways;
    exchange.refusal ??= refusal;
    exchange.callerGone = session.callerGone;
    if (session.aborted || session.callerGone) exchange.abort(refusal);
    answer.fail(refusal ?? new Refusal('upstream.broken'));
    await this.#ways.steps.close(exchange);
    return true;
  }
}
