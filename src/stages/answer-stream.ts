/** A streamed answer, event by event: counted, bounded, and byte for byte what upstream sent unless it must change. */
import { asRefusal, Refusal, errorBody } from '../base/errors.ts';
import { countsText, streamOverran } from '../domain/limits/charges.ts';
import { streamedObjects, type StreamedObjects } from '../domain/objects/streamed-objects.ts';
import type { Exchange } from '../domain/exchange.ts';
import { cleanEvent } from '../domain/upstreams/upstream-errors.ts';
import { FrameSplitter, isNamedError, tidied, withData, type Frame } from '../openai/frames.ts';
import { KeptText } from '../openai/kept-text.ts';
import { withoutNullUsage } from '../openai/null-usage.ts';
import { StreamUsage } from '../openai/usage-stream.ts';
import type { Answer, AnswerContext } from './relay.ts';
import { hasScreening } from './screen-answer.ts';
import { StreamScreening } from './screen-stream.ts';
import { takenUp } from './taken-up.ts';

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
  /** Undefined where nothing is looked for and nothing to be put back. */
  readonly #screening: StreamScreening | undefined;
  readonly #takenUp: ReturnType<typeof takenUp>;
  /** Undefined where its events are no objects by themselves. */
  readonly #objects: StreamedObjects | undefined;
  /** The caller is slow; much is being screened. */
  #held = false;
  #isFull = false;
  /** `[DONE]` has come: clients hear nothing behind it. */
  #isDone = false;
  #lastData = '';

  constructor(status: number, context: AnswerContext) {
    const { exchange, reply, screening } = context;
    this.#context = context;
    this.#takenUp = takenUp(exchange.match);
    this.#objects = streamedObjects(exchange.endpoint);
    this.#usage = new StreamUsage(exchange.endpoint, textToKeep(exchange), exchange.heard?.text);
    if (hasScreening(screening, exchange)) this.#screening = this.#screeningOf(context);
    exchange.answer.streamed = true;
    reply.head(status, { ...context.headers, 'cache-control': 'no-cache' });
  }

  #screeningOf(context: AnswerContext): StreamScreening {
    const { exchange, screening } = context;
    exchange.answer.isScreened = screening.policy !== undefined;
    const write = (events: readonly Buffer[]): void => {
      this.#write(events);
      this.#pace();
    };
    const breakOff = (refusal: Refusal): void => context.breakOff(refusal);
    return new StreamScreening({ exchange, screening, breakOff, write });
  }

  data(chunk: Buffer): void {
    let frames: Frame[];
    try {
      frames = this.#splitter.push(chunk);
    } catch {
      throw new Refusal('upstream.overran', { detail: 'one event over 32 MiB' });
    }
    if (frames.length === 0) return;
    const leaving: Buffer[] = [];
    for (const frame of frames) this.#lookTidied(frame, leaving);
    this.#bound();
    this.#write(leaving);
    this.#pace();
  }

  /** What stands in no event of OpenAI's goes no further; nor what comes behind the last one, which is counted alone. */
  #lookTidied(frame: Frame, leaving: Buffer[]): void {
    if (this.#isDone) {
      if (frame.data !== undefined) this.#usage.event(frame.data);
      this.#count();
      return;
    }
    const tidy = frame.isOdd ? tidied(frame.raw) : frame;
    if (tidy) this.#look(tidy, leaving);
  }

  /** Counts an event, and adds what leaves with it: nothing of what exists only since the gateway asked for it. */
  #look(frame: Frame, leaving: Buffer[]): void {
    const { raw, data } = frame;
    const screening = this.#screening;
    if (data === undefined) {
      add(leaving, screening ? screening.silent(raw, false) : [raw]);
      return;
    }
    this.#lastData = data;
    const alike = screening?.recognise(data);
    if (alike && screening) {
      const { pattern, text } = alike;
      if (pattern.isContent) this.#usage.text(text);
      this.#count();
      const { hideUsage } = this.#context.exchange.prepared;
      add(leaving, screening.piece(frame, alike, hideUsage && pattern.hasNullUsage));
      return;
    }
    this.#lookCloser(frame, data, leaving);
  }

  #lookCloser({ raw, data: came }: Frame, data: string, leaving: Buffer[]): void {
    const { exchange } = this.#context;
    const { made, contentChars } = this.#usage;
    this.#usage.event(data);
    this.#count();
    if (this.#objects) void this.#context.ownObjects.recordShown(exchange, this.#objects(data));
    else if (made !== this.#usage.made) this.#recordObject(this.#usage.made);
    const isError = this.#usage.error || isNamedError(raw);
    const clean = isError ? cleanEvent(data) : data;
    const hides = exchange.prepared.hideUsage && !isError;
    if (!hides || !this.#usage.isUsageOnly(data)) {
      const shown = clean === came ? raw : withData(raw, clean);
      if (!this.#screening) leaving.push(hides ? withoutNullUsage(shown, clean) : shown);
      else if (isSilent(data)) add(leaving, this.#screening.silent(raw, true));
      else {
        const counted = isError ? undefined : this.#usage.contentChars - contentChars;
        add(leaving, this.#screening.event({ raw: shown, data: clean }, hides, counted));
      }
    }
    // Behind the screening: what it stops is not whole.
    if (isLast(data)) exchange.answer.complete = true;
    this.#isDone = data.trim() === DONE;
  }

  #count(): void {
    const { answer } = this.#context.exchange;
    answer.usage = this.#usage.usage;
    answer.contentEvents = this.#usage.contentEvents;
    answer.contentChars = this.#usage.contentChars;
    answer.text = this.#usage.kept;
  }

  /** When its id is seen, when all of it is, and at the end, however it ends, when it is known what it holds. */
  #recordObject(made: unknown): void {
    const { exchange, ownObjects } = this.#context;
    void ownObjects.record(exchange, made);
  }

  #recordEnd(): void {
    const { made } = this.#usage;
    if (!this.#objects) this.#recordObject(made && { id: made.id });
  }

  /** No honest answer is longer than what was asked for. */
  #bound(): void {
    const { answer, prepared } = this.#context.exchange;
    if (prepared.quote && streamOverran(prepared.quote, answer.contentEvents, answer.contentChars)) {
      throw new Refusal('upstream.overran');
    }
  }

  #write(screened: readonly Buffer[]): void {
    const { reply } = this.#context;
    const events = this.#takenUp ? this.#takenUp.left(screened) : screened;
    const [first] = events;
    const isTaken = first === undefined || reply.write(events.length === 1 ? first : Buffer.concat(events));
    if (isTaken || this.#held) return;
    this.#held = true;
    this.#context.pause();
    reply.drained(() => {
      this.#held = false;
      if (!this.#isFull) this.#context.resume();
    });
  }

  /** Upstream waits while much of its answer is being screened. */
  #pace(): void {
    const isFull = this.#screening?.isFull ?? false;
    if (isFull === this.#isFull) return;
    this.#isFull = isFull;
    if (isFull) this.#context.pause();
    else if (!this.#held) this.#context.resume();
  }

  end(): void | Promise<void> {
    const leaving: Buffer[] = [];
    const rest = this.#splitter.end();
    if (rest) this.#lookTidied(rest, leaving);
    this.#write(leaving);
    if (!this.#screening) this.#close([]);
    else
      return this.#screening.end().then(
        (events) => this.#close(events),
        (error: unknown) => {
          const refusal = asRefusal(error);
          this.#context.exchange.refusal ??= refusal;
          this.fail(refusal);
        },
      );
  }

  #close(events: readonly Buffer[]): void {
    this.#write(events);
    this.#recordEnd();
    this.#context.reply.end();
  }

  /** One error event in the form of the endpoint, no `[DONE]`: both official SDKs raise on it. */
  fail(refusal: Refusal): void {
    const { exchange, reply } = this.#context;
    if (this.#screening) this.#write(this.#screening.brokenOff(refusal));
    this.#recordEnd();
    const { error } = errorBody(refusal);
    if (exchange.endpoint.shape === 'realtime') {
      reply.end(`data: ${JSON.stringify({ type: 'error', event_id: `event_${exchange.id}`, error })}\n\n`);
      return;
    }
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

/** No event of JSON: the last one, or one that keeps the connection alive. */
function isSilent(data: string): boolean {
  const text = data.trim();
  return text === DONE || text === '';
}
const DONE = '[DONE]';

function add(leaving: Buffer[], events: readonly Buffer[]): void {
  for (const event of events) leaving.push(event);
}

/** Only where the text is what is charged, should the stream end without a report. */
function textToKeep({ endpoint, prepared: { facts, quote } }: Exchange): KeptText | undefined {
  return quote && countsText(endpoint, facts, quote) ? new KeptText() : undefined;
}

/** Clients hang up on it without waiting for the end of the connection, and have the whole answer. */
function isLast(data: string): boolean {
  return data === DONE || /^\{\s*"type"\s*:\s*"response\.(?:completed|incomplete|failed)"/.test(data);
}
