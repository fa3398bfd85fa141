/** A streamed answer, event by event: counted, bounded, and byte for byte what upstream sent unless it must change. */
import { Refusal, errorBody } from '../base/errors.ts';
import { countsText, streamOverran } from '../domain/charges.ts';
import type { Exchange } from '../domain/exchange.ts';
import { cleanEvent } from '../domain/upstream-errors.ts';
import { FrameSplitter, isNamedError, withData, type Frame } from '../openai/frames.ts';
import { KeptText } from '../openai/kept-text.ts';
import { StreamUsage } from '../openai/usage-stream.ts';
import type { Answer, AnswerContext } from './relay.ts';

const NULL_USAGE = ',"usage":null';
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
    const kept: Buffer[] = [];
    for (const frame of frames) {
      const raw = this.#look(frame);
      if (raw) kept.push(raw);
    }
    this.#bound();
    const [first] = kept;
    if (first) this.#write(kept.length === 1 ? first : Buffer.concat(kept));
  }

  /** Counts an event, and says what of it is relayed: nothing of what exists only since the gateway asked for it. */
  #look({ raw, data }: Frame): Buffer | undefined {
    if (data === undefined) return raw;
    const { exchange } = this.#context;
    this.#lastData = data;
    const known = this.#usage.made;
    this.#usage.event(data);
    if (!known && this.#usage.made) this.#recordObject();
    exchange.answer.usage = this.#usage.usage;
    exchange.answer.contentEvents = this.#usage.contentEvents;
    exchange.answer.contentChars = this.#usage.contentChars;
    exchange.answer.text = this.#usage.kept;
    if (isLast(data)) exchange.answer.complete = true;
    if (this.#usage.error || isNamedError(raw)) return cleaned(raw, data);
    if (!exchange.prepared.hideUsage) return raw;
    return this.#usage.isUsageOnly(data) ? undefined : withoutNullUsage(raw, data);
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
    const raw = rest && this.#look(rest);
    if (raw) this.#write(raw);
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

/** An error of upstream's, in upstream's own words but for whom they name. */
function cleaned(raw: Buffer, data: string): Buffer {
  const clean = cleanEvent(data);
  return clean === data ? raw : withData(raw, clean);
}

/**
 * A chunk as upstream sends it to who did not ask for usage. In place: the bytes are this event's alone, and move by a
 * few. What is written otherwise stays; within a string the quotes would be escaped.
 */
function withoutNullUsage(raw: Buffer, data: string): Buffer {
  const found = data.lastIndexOf(NULL_USAGE);
  if (found < 0) return raw;
  // Usually ASCII stands behind it, and two line feeds.
  const likely = raw.length - 2 - (data.length - found);
  const at = standsAt(raw, NULL_USAGE, likely) ? likely : raw.lastIndexOf(NULL_USAGE);
  raw.copyWithin(at, at + NULL_USAGE.length);
  return raw.subarray(0, raw.length - NULL_USAGE.length);
}

function standsAt(bytes: Buffer, ascii: string, at: number): boolean {
  for (let i = 0; i < ascii.length; i++) if (bytes[at + i] !== ascii.charCodeAt(i)) return false;
  return true;
}

/** Only where the text is what is charged, should the stream end without a report. */
function textToKeep({ endpoint, prepared: { facts, quote } }: Exchange): KeptText | undefined {
  return quote && countsText(endpoint, facts, quote) ? new KeptText() : undefined;
}

/** Clients hang up on it without waiting for the end of the connection, and have the whole answer. */
function isLast(data: string): boolean {
  return data === '[DONE]' || /^\{\s*"type"\s*:\s*"response\.(?:completed|incomplete|failed)"/.test(data);
}
