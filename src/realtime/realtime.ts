/**
 * Realtime over a socket: each event of the caller's is screened, each answer is a call of its own, asked for or not; all
 * that upstream says is one stream, for the socket's life. Sound goes both ways unread, bounded and counted.
 */
import { asRefusal, Refusal } from '../base/errors.ts';
import type { Exchange } from '../domain/exchange.ts';
import { upstreamRefusal } from '../domain/upstreams/upstream-errors.ts';
import type { ChainPlaceholders } from '../guardrails/placeholders.ts';
import { child } from '../openai/child.ts';
import { isKnownEvent } from '../openai/realtime-facts.ts';
import { usageFromAnswer } from '../openai/usage.ts';
import { createStreamAnswer } from '../stages/answer-stream.ts';
import type { Answer } from '../stages/relay.ts';
import type { Dialect, DialectWays } from './dialect.ts';
import { realtimeError } from './endings.ts';
import { asEvent, EventReply, type EventHead, headOf, parsed } from './event-stream.ts';
import { FoundBefore } from './found-before.ts';
import { LiveState } from './live-state.ts';
import { Unasked } from './unasked.ts';

/** Answers at a time; beside that of the conversation, those that were asked for out of it. */
const ANSWERS_MAX = 16;
/** An event that holds sound and nothing else, as every client writes it: its base64 is never read. */
const SOUND =
  /^\{\s*(?:"event_id"\s*:\s*"[\w-]{1,64}"\s*,\s*)?"type"\s*:\s*"input_audio_buffer\.append"\s*,\s*(?:"event_id"\s*:\s*"[\w-]{1,64}"\s*,\s*)?"audio"\s*:\s*"([A-Za-z0-9+/]*={0,2})"\s*\}$/;
/** OpenAI takes no more at once. */
const SOUND_CHARS_MAX = 20 * 1024 * 1024;
/** After these upstream may begin to answer. */
const DUE = new Set([
  'input_audio_buffer.committed',
  'input_audio_buffer.speech_stopped',
  'input_audio_buffer.timeout_triggered',
]);

export function createRealtime(ways: DialectWays): Dialect {
  return new Realtime(ways);
}

class Realtime implements Dialect {
  readonly #ways: DialectWays;
  readonly #state = new LiveState();
  readonly #found = new FoundBefore();
  readonly #unasked: Unasked;
  /** All that upstream says. */
  readonly #answer: Answer;
  /** Being checked; it has not gone up. */
  #pending: Exchange | undefined;
  /** Asked for; upstream has not begun. */
  #asked: Exchange | undefined;
  /** By the id of the answer. */
  readonly #answers = new Map<string, Exchange>();
  /** What stands for whose values in this session. */
  #chain: ChainPlaceholders | undefined;
  #eventId: string | undefined;
  #isOver = false;

  constructor(ways: DialectWays) {
    this.#ways = ways;
    this.#unasked = new Unasked(ways, this.#state, this.#found);
    this.#answer = createStreamAnswer(200, {
      exchange: ways.session,
      reply: new EventReply(ways),
      headers: {},
      ownObjects: ways.ownObjects,
      screening: ways.screening,
      askPage: () => Promise.reject(new Refusal('gateway.fault')),
      pause: () => ways.pause(),
      resume: () => ways.resume(),
      breakOff: (refusal) => ways.end(refusal),
    });
  }

  get isIdle(): boolean {
    return this.#pending === undefined && this.#asked === undefined && this.#answers.size === 0;
  }

  told(refusal: Refusal): string {
    return realtimeError(refusal, this.#ways.session.id, this.#eventId);
  }

  async fromCaller(message: Buffer): Promise<Uint8Array | undefined> {
    this.#eventId = undefined;
    const sound = SOUND.exec(message.toString('latin1'))?.[1];
    if (sound !== undefined && sound.length <= SOUND_CHARS_MAX) return this.#sound(message, sound.length);
    const exchange = this.#ways.exchangeFor(message, {
      earlier: this.#chain,
      tokens: Math.ceil(this.#state.tokens),
      cap: this.#state.cap,
    });
    this.#pending = exchange;
    try {
      await this.#check(exchange);
    } catch (error) {
      exchange.refusal = asRefusal(error);
    }
    this.#pending = undefined;
    if (exchange.refusal || exchange.aborted || this.#isOver) {
      this.#eventId = eventIdOf(message);
      await this.#ways.steps.close(exchange);
      if (exchange.refusal) throw exchange.refusal;
      return undefined;
    }
    return this.#begin(exchange);
  }

  async #sound(message: Buffer, chars: number): Promise<Uint8Array | undefined> {
    this.#state.soundWentUp(chars);
    return (await this.#isCovered()) ? message : undefined;
  }

  /** Upstream may answer to what goes up by itself: paid for before, or the socket ends. */
  async #isCovered(): Promise<boolean> {
    if (!this.#state.answersItself) return true;
    try {
      await this.#unasked.ensure();
    } catch (error) {
      this.#ways.end(asRefusal(error));
    }
    return !this.#isOver;
  }

  async #check(exchange: Exchange): Promise<void> {
    const { steps } = this.#ways;
    await steps.arrive(exchange);
    await steps.read(exchange);
    if (exchange.callerGone || exchange.prepared.facts.event !== 'response.create') return;
    if (this.#asked) throw new Refusal('rate.concurrency', { detail: 'a response was asked for' });
    this.#found.giveTo(exchange);
    await steps.take(exchange);
  }

  async #begin(exchange: Exchange): Promise<Uint8Array | undefined> {
    const { prepared } = exchange;
    const { facts, quote } = prepared;
    const before = facts.chained.length > 0 ? Math.ceil(this.#state.tokens) : 0;
    this.#keep(exchange);
    if (facts.event === 'response.create') {
      exchange.sentUpstream = true;
      exchange.sentAt = performance.now();
      this.#asked = exchange;
    } else this.#found.add(prepared);
    if (facts.event === 'session.update') this.#state.cap = quote?.outputTokens;
    this.#state.wentUp(facts.event, Math.max(0, (quote?.inputTokens ?? 0) - before));
    if (facts.audioBytes > 0) this.#state.hasSound = true;
    const mayAnswer = facts.audioBytes > 0 || !isKnownEvent(facts.event) || this.#isRaised(facts.event);
    if (mayAnswer && !(await this.#isCovered())) return undefined;
    return prepared.bytes;
  }

  /** Settings may make upstream answer sound that it has, or say more than was reserved. */
  #isRaised(event: string | undefined): boolean {
    return event === 'session.update' && this.#state.hasSound;
  }

  /** What this event has brought holds for all that comes down from here on. */
  #keep({ prepared }: Exchange): void {
    const { session } = this.#ways;
    const { chain, tainted, prints } = prepared;
    if (chain) this.#chain = chain;
    const isSame = !tainted && !prints?.length && (chain?.entries.length ?? 0) === 0;
    if (isSame) return;
    session.prepared = {
      ...session.prepared,
      placeholders: this.#chain?.entries ?? [],
      tainted: session.prepared.tainted || tainted,
      prints: prints?.length ? prints : session.prepared.prints,
    };
  }

  fromUpstream(message: Buffer): void | Promise<void> {
    const head = headOf(message);
    const { type } = head;
    this.#ways.session.answer.bytes += message.length;
    if (type === 'response.created') return this.#began(message, head);
    if (type === 'session.created' || type === 'session.updated')
      this.#state.settings(parsed(head.text), message.length);
    else if (DUE.has(type)) this.#state.isDue = this.#state.answersItself;
    const over = type === 'response.done' ? this.#ended(head) : undefined;
    this.#answer.data(asEvent(message));
    if (over) return this.#settle(over);
    return type === 'error' ? this.#refused(head) : undefined;
  }

  /** An answer that nobody asked for is paid for before its first event is told. */
  async #began(message: Buffer, { text }: EventHead): Promise<void> {
    const id = child(child(parsed(text), 'response'), 'id');
    if (typeof id !== 'string' || this.#answers.has(id) || this.#answers.size >= ANSWERS_MAX)
      throw new Refusal('upstream.invalid_answer', { detail: 'an answer without an id of its own' });
    this.#state.began();
    const asked = this.#asked;
    this.#asked = undefined;
    const exchange = asked ?? (await this.#unasked.use());
    if (exchange) {
      exchange.sentUpstream = true;
      exchange.answer.status = 200;
      exchange.firstByteAt = performance.now();
      this.#answers.set(id, exchange);
    }
    this.#answer.data(asEvent(message));
  }

  /** @returns the call whose answer it was */
  #ended({ text }: EventHead): Exchange | undefined {
    const response = child(parsed(text), 'response');
    const id = child(response, 'id');
    const exchange = typeof id === 'string' ? this.#answers.get(id) : undefined;
    if (!exchange || typeof id !== 'string')
      throw new Refusal('upstream.invalid_answer', { detail: 'the end of what never began' });
    this.#answers.delete(id);
    exchange.answer.usage = usageFromAnswer(exchange.endpoint, response);
    exchange.answer.complete = true;
    this.#state.ended(response);
    // It closes with the socket, should what it says end that.
    this.#answers.set(ENDED, exchange);
    return exchange;
  }

  async #settle(exchange: Exchange): Promise<void> {
    this.#answers.delete(ENDED);
    await this.#ways.steps.close(exchange);
    if (this.#state.hasSound) await this.#isCovered();
  }

  /** Upstream's own refusal was told as it came, cleaned. What was asked for and did not begin is what it refused. */
  async #refused({ error }: EventHead): Promise<void> {
    const exchange = this.#asked;
    if (!exchange) return;
    this.#asked = undefined;
    exchange.answer.status = 400;
    exchange.refusal = upstreamRefusal(400, {}, Buffer.from(JSON.stringify({ error })));
    await this.#ways.steps.close(exchange);
  }

  async close(refusal: Refusal | undefined): Promise<boolean> {
    this.#isOver = true;
    this.#pending?.abort(refusal);
    const { session, steps } = this.#ways;
    const open = [...this.#answers.values(), ...(this.#asked ? [this.#asked] : [])];
    this.#answers.clear();
    this.#asked = undefined;
    for (const exchange of open) {
      exchange.refusal ??= exchange.answer.complete ? undefined : refusal;
      exchange.callerGone = session.callerGone;
      if (session.aborted || session.callerGone) exchange.abort(refusal);
      await steps.close(exchange);
    }
    const unused = await this.#unasked.close();
    if (unused) await steps.close(unused);
    this.#found.close(session);
    if (!refusal && !session.callerGone) await this.#answer.end();
    else this.#answer.fail(refusal ?? new Refusal('upstream.broken'));
    return refusal !== undefined;
  }
}

/** No id of upstream's is empty. */
const ENDED = '';

function eventIdOf(message: Buffer): string | undefined {
  const id = child(parsed(message.toString('utf8')), 'event_id');
  return typeof id === 'string' && /^[\w-]{1,64}$/.test(id) ? id : undefined;
}
