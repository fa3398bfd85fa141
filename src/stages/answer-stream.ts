/** A streamed answer, event by event: counted, bounded, and byte for byte what upstream sent unless it must change. */
import { Refusal, errorBody } from '../base/errors.ts';
import { countsText, streamOverran } from '../domain/charges.ts';
import type { Exchange } from '../domain/exchange.ts';
import { FrameSplitter, type Frame } from '../openai/frames.ts';
import { KeptText } from '../openai/kept-text.ts';
import { StreamUsage } from '../openai/usage-stream.ts';
import type { Answer, AnswerContext } from './relay.ts';

const EVENT_BYTES_MAX = 32 * 1024 * 1024;

/**
 * Relays server-sent events, each once it is whole; holds one unfinished event of at most 32 MiB. Sends the
 * head at once.
 */
export function createStreamAnswer(status: number, context: AnswerContext): Answer {
  return new StreamAnswer(status, context);
}

class StreamAnswer implements Answer {
  readonly #context: AnswerContext;
  readonly #splitter = new FrameSplitter(EVENT_BYTES_MAX);
  readonly #usage: StreamUsage;
  #held = false;
  #lastData = '';

  constructor(status: number, context: AnswerContext) {
    this.#context = context;
    this.#usage = new StreamUsage(context.exchange.endpoint, textToKeep(context.exchange));
    context.exchange.answer.streamed = true;
    context.reply.head(status, { ...context.headers, 'cache-control': 'no-cache' });
  }

  data(chunk: Buffer): void {
    let frames: Frame[];
    try {
      frames = this.#splitter.push(chunk);
    } catch {
      throw new Refusal('upstream.overran', { detail: 'one event over 32 MiB' });
    }
    if (frames.length === 0) return;
    const kept = frames.filter((frame) => this.#look(frame));
    this.#bound();
    const [first] = kept;
    if (!first) return;
    const whole = kept.length === 1 ? first.raw : Buffer.concat(kept.map((frame) => frame.raw));
    this.#write(whole);
  }

  /** Counts an event; false: it exists only since the gateway asked for it. */
  #look(frame: Frame): boolean {
    if (frame.data === undefined) return true;
    const { exchange } = this.#context;
    this.#lastData = frame.data;
    const known = this.#usage.made;
    this.#usage.event(frame.data);
    if (!known && this.#usage.made) this.#recordObject();
    exchange.answer.usage = this.#usage.usage;
    exchange.answer.contentEvents = this.#usage.contentEvents;
    exchange.answer.contentChars = this.#usage.contentChars;
    exchange.answer.text = this.#usage.kept;
    if (isLast(frame.data)) exchange.answer.complete = true;
    return !(exchange.prepared.hideUsage && this.#usage.isUsageOnly(frame.data));
  }

  /** Once when its id is seen, once more at the end, however it ends, when it is known what it holds. */
  #recordObject(): void {
    const { exchange, ownObjects } = this.#context;
    void ownObjects.record(exchange, this.#usage.made);
  }

  /** No honest answer is longer than what was asked for. */
  #bound(): void {
    const { answer, prepared } = this.#context.exchange;
    if (prepared.quote && streamOverran(prepared.quote, answer.contentEvents, answer.contentChars)) {
      throw new Refusal('upstream.overran');
    }
  }

  #write(bytes: Buffer): void {
    const { reply } = this.#context;
    if (reply.write(bytes) || this.#held) return;
    this.#held = true;
    this.#context.pause();
    reply.drained(() => {
      this.#held = false;
      this.#context.resume();
    });
  }

  end(): void {
    const rest = this.#splitter.end();
    if (rest && this.#look(rest)) this.#write(rest.raw);
    this.#recordObject();
    this.#context.reply.end();
  }

  /** One error event in the form of the endpoint, no `[DONE]`: both official SDKs raise on it. */
  fail(refusal: Refusal): void {
    const { exchange, reply } = this.#context;
    this.#recordObject();
    const { error } = errorBody(refusal);
    if (exchange.endpoint.shape !== 'responses') {
      reply.end(`data: ${JSON.stringify({ error })}\n\n`);
      return;
    }
    const last = /"sequence_number"\s*:\s*(\d{1,15})/.exec(this.#lastData)?.[1];
    const event = {
      type: 'error',
      code: error.code,
      message: error.message,
      param: error.param,
      sequence_number: last === undefined ? 0 : Number(last) + 1,
      error,
    };
    reply.end(`event: error\ndata: ${JSON.stringify(event)}\n\n`);
  }
}

/** Only where the text is what is charged, should the stream end without a report. */
function textToKeep({ endpoint, prepared: { facts, quote } }: Exchange): KeptText | undefined {
  return quote && countsText(endpoint, facts, quote) ? new KeptText() : undefined;
}

/** Clients hang up on it without waiting for the end of the connection, and have the whole answer. */
function isLast(data: string): boolean {
  return data === '[DONE]' || /^\{\s*"type"\s*:\s*"response\.(?:completed|incomplete|failed)"/.test(data);
}
