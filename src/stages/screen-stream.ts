/**
 * Screens the events of a streamed answer before they leave, and puts the caller's values back. Text waits for what may
 * still become a finding and no longer; whoever waits is told that the connection lives.
 */
import { asRefusal, Refusal } from '../base/errors.ts';
import type { ChannelOptions, ToldFinding } from '../domain/answers/answer-channel.ts';
import {
  type AnswerJob,
  type AnswerRules,
  joinedTexts,
  noteScreened,
  screenEvent,
} from '../domain/answers/answer-screening.ts';
import { EarlierTexts } from '../domain/answers/joined-texts.ts';
import { StandingStrings } from '../domain/answers/standing-strings.ts';
import type { Exchange } from '../domain/exchange.ts';
import { upstreamFault } from '../domain/upstreams/upstream-errors.ts';
import { Restorer } from '../guardrails/placeholders-restoring.ts';
import type { AnswerEvent } from '../openai/answer-texts.ts';
import { EventPattern } from '../openai/event-pattern.ts';
import type { Frame } from '../openai/frames.ts';
import { parseAnswer } from '../openai/json.ts';
import { AnswerChannels, type ChannelKind } from './answer-channels.ts';
import type { CallsSaid } from './chat-calls.ts';
import { type HeldEvent, HeldEvents, type PlacedPiece } from './held-events.ts';
import { type AnswerScreening, streamRules, toolRulesOf } from './screen-answer.ts';
import { StreamCalls } from './stream-calls.ts';
import { bodyAsTold, NO_EDITS, type Recognised, readEvent, recognised, silent } from './stream-event.ts';

/** What StreamScreening works with. */
export interface StreamWays {
  readonly exchange: Exchange;
  readonly screening: AnswerScreening;
  /** Events that leave between two that came: after a while, or from another thread. */
  write(events: readonly Buffer[]): void;
  /** The answer may not go on. */
  breakOff(refusal: Refusal): void;
}

const PATTERNS_MAX = 8;
/** A plain word waits for one to two. */
const TICK_MS = 50;
const KEEP_ALIVE_TICKS = 100;
const KEEP_ALIVE = Buffer.from(': keep-alive\n\n');

export class StreamScreening {
  readonly #ways: StreamWays;
  readonly #rules: AnswerRules;
  /** Undefined where no call of a tool is judged. */
  readonly #calls: StreamCalls | undefined;
  readonly #held: HeldEvents;
  readonly #channels: AnswerChannels;
  readonly #earlier = new EarlierTexts();
  readonly #standing = new StandingStrings();
  #patterns: EventPattern[] = [];
  #timer: NodeJS.Timeout | undefined;
  #waitingFor: HeldEvent | undefined;
  #ticks = 0;
  #away = 0;
  #isOver = false;
  #failure: Refusal | undefined;
  #whenBack: (() => void) | undefined;

  constructor(ways: StreamWays) {
    this.#ways = ways;
    const { screening, exchange } = ways;
    const tools = toolRulesOf(screening, exchange);
    this.#rules = streamRules(exchange, screening);
    if (tools) {
      const decided = this.#settled.bind(this);
      this.#calls = new StreamCalls({ ...screening, exchange, rules: tools, decided });
    }
    this.#held = new HeldEvents(this.#calls);
    this.#channels = new AnswerChannels((kind) => this.#channelOptions(kind));
  }

  /** No more should come for now. */
  get isFull(): boolean {
    return this.#held.isFull;
  }

  /** The event as one that is like another before it, but for its text; undefined for any other. */
  recognise(data: string): Recognised | undefined {
    return recognised(this.#patterns, data);
  }

  /** Takes an event that was recognised. @throws guardrail.answer */
  piece({ raw, data }: Frame, { pattern, text, start, end }: Recognised, hidesUsage: boolean): Buffer[] {
    const channel = this.#channels.of(pattern);
    noteScreened(this.#ways.exchange, this.#standing.again(pattern, this.#rules.policy));
    const piece = channel.push(text);
    const placed = { piece, channel, start, end, isEcho: false };
    const calls = this.#calls?.piece(pattern, placed);
    return this.#add({
      raw,
      data,
      pieces: [placed],
      edits: NO_EDITS,
      isAway: false,
      told: undefined,
      hidesUsage,
      calls,
    });
  }

  /** Takes what holds no text: comments, `[DONE]`. */
  silent(raw: Buffer, isLast: boolean): Buffer[] {
    if (isLast) this.#endAll();
    return this.#add(silent(raw));
  }

  /**
   * Takes any other event.
   * @param contentChars counted in it; undefined where others may not be taken for events like it
   * @throws guardrail.answer, upstream.invalid_answer
   */
  event({ raw, data = '' }: Frame, hidesUsage: boolean, contentChars: number | undefined): Buffer[] {
    const event = readEvent(data);
    if (!event.isKnown && this.#ways.screening.unknownEvents === 'block')
      throw new Refusal('guardrail.answer', { detail: 'an event of an unknown type' });
    const pieces = event.texts.flatMap((text): PlacedPiece[] => {
      const isEcho = text.kind === 'echo';
      if ((text.kind !== 'piece' && !isEcho) || text.leaf.value === '') return [];
      const channel = this.#channels.of({ ...text, isEcho });
      const { start, end, at } = text.leaf;
      return [{ piece: channel.push(text.leaf.value), channel, start, end, isEcho, at }];
    });
    noteScreened(this.#ways.exchange, this.#standing.hear(event, this.#rules.policy));
    for (const name of event.ends) this.#channels.end(name);
    const said = this.#calls?.hear(event.body, pieces);
    const before = this.#earlier.next(joinedTexts(event.texts, event.body));
    const rules = before ? { ...this.#rules, before } : this.#rules;
    const calls = said?.touched;
    const held = { raw, data, pieces, edits: NO_EDITS, isAway: false, told: undefined, hidesUsage, calls };
    if (pieces.length === 0 && this.#isLarge(event)) return this.#sendAway(held, rules, said);
    const { edits, ...screened } = screenEvent(event, rules);
    noteScreened(this.#ways.exchange, screened);
    if (said) this.#calls?.settle(said, () => bodyAsTold(event, edits));
    if (contentChars !== undefined && screened.findings.length === 0) this.#learn(event, contentChars, said);
    return this.#add({ ...held, edits });
  }

  /** All events came: what is still held leaves; waits for what is looked at elsewhere. @throws guardrail.* */
  async end(): Promise<Buffer[]> {
    this.#endAll();
    if (this.#calls?.isAsking) this.#endWhenGone();
    while (this.#isWaiting && !this.#failure)
      await new Promise<void>((resolve) => (this.#whenBack = resolve));
    if (this.#failure) throw this.#failure;
    return this.#close();
  }

  /** The answer broke off: what was whole before leaves, unless it may not leave at all. */
  brokenOff(refusal: Refusal): Buffer[] {
    if (this.#isOver || refusal.code.startsWith('guardrail.')) {
      this.#stop();
      return [];
    }
    try {
      this.#channels.end('');
      return this.#close();
    } catch {
      return [];
    }
  }

  #close(): Buffer[] {
    this.#stop();
    return this.#held.leaving();
  }

  get #isWaiting(): boolean {
    return this.#away > 0 || (this.#calls?.isAsking ?? false);
  }

  /** All of it came, and a person is asked: who leaves now has no call upstream to break off. */
  #endWhenGone(): void {
    const { exchange } = this.#ways;
    exchange.whenAborted(() => {
      exchange.answer.complete = false;
      this.#settled(exchange.abortedWith ?? upstreamFault('aborted'));
    });
  }

  #stop(): void {
    this.#isOver = true;
    this.#calls?.stop();
    clearTimeout(this.#timer);
  }

  #add(event: HeldEvent): Buffer[] {
    this.#held.add(event);
    const leaving = this.#held.leaving();
    if (!this.#held.isEmpty) this.#timer ??= setTimeout(() => this.#tick(), TICK_MS);
    return leaving;
  }

  /** An event like this one need not be parsed again: all of it but its one piece is known to hold nothing. */
  #learn(event: AnswerEvent, contentChars: number, said: CallsSaid | undefined): void {
    const pattern = EventPattern.of(event, contentChars);
    if (!pattern) return;
    this.#standing.learned(pattern);
    this.#patterns = [pattern, ...this.#patterns.slice(0, PATTERNS_MAX - 1)];
    if (said) this.#calls?.learned(pattern, said.touched);
  }

  #channelOptions({ isJson, isRendered, isEcho }: ChannelKind): ChannelOptions {
    const { policy, placeholders, prints } = this.#rules;
    return {
      policy,
      restorer: placeholders.length > 0 && !isEcho ? new Restorer(placeholders, isJson) : undefined,
      isJson,
      isRendered,
      prints: isEcho ? undefined : prints,
      onFinding: (finding) => this.#found(finding, isEcho),
    };
  }

  /** What an echo says was counted where it was said first. */
  #found(finding: ToldFinding, isEcho: boolean): void {
    const block = finding.outcome === 'blocked' ? finding.guardrail : undefined;
    noteScreened(this.#ways.exchange, { findings: isEcho ? [] : [finding], block });
  }

  #endAll(): void {
    this.#channels.end('');
    this.#calls?.end();
  }

  #isLarge({ texts }: AnswerEvent): boolean {
    let chars = 0;
    for (const { kind, leaf } of texts) if (kind === 'text') chars += leaf.value.length;
    return chars > this.#ways.screening.inlineCharsMax;
  }

  #sendAway(event: HeldEvent, rules: AnswerRules, said: CallsSaid | undefined): Buffer[] {
    event.isAway = true;
    this.#away++;
    void this.#whileAway(event, { answer: event.data ?? '', kind: 'json', rules }, said);
    return this.#add(event);
  }

  /** Never rejects. */
  async #whileAway(event: HeldEvent, job: AnswerJob, said: CallsSaid | undefined): Promise<void> {
    const { screening, exchange } = this.#ways;
    try {
      const screened = await screening.large(job);
      noteScreened(exchange, screened);
      if (said) this.#calls?.settle(said, () => parseAnswer(screened.text));
      if (screened.text !== job.answer) event.told = screened.text;
      event.isAway = false;
    } catch (error) {
      this.#failure ??= asRefusal(error);
    }
    this.#away--;
    this.#settled();
  }

  /** Something that events waited for is known now. */
  #settled(refusal?: Refusal): void {
    this.#failure ??= refusal;
    if (this.#whenBack) this.#whenBack();
    else if (this.#failure) this.#ways.breakOff(this.#failure);
    else if (!this.#isOver) this.#ways.write(this.#held.leaving());
  }

  /** Words that wait since the last tick go; whoever waits long hears that there is something. */
  #tick(): void {
    this.#timer = undefined;
    if (this.#isOver) return;
    try {
      const { first } = this.#held;
      this.#ticks = first === this.#waitingFor ? this.#ticks + 1 : 0;
      this.#waitingFor = first;
      const isHeld = this.#held.waitsForCall;
      if (this.#ticks > 0 && !isHeld) this.#channels.relent();
      const leaving = this.#held.leaving();
      if (leaving.length === 0 && this.#ticks > 0 && this.#ticks % KEEP_ALIVE_TICKS === 0)
        leaving.push(KEEP_ALIVE);
      if (leaving.length > 0) this.#ways.write(leaving);
      if (!this.#held.isEmpty) this.#timer = setTimeout(() => this.#tick(), TICK_MS);
    } catch (error) {
      this.#ways.breakOff(asRefusal(error));
    }
  }
}
