/**
 * Events of a stream in the order they came: each leaves when all before it have left and nothing that comes later can
 * change it. What is told instead is spliced into the event as it came. Bounded; holds whole events, never parts.
 */
import { Refusal } from '../base/errors.ts';
import type { AnswerChannel, Piece } from '../domain/answers/answer-channel.ts';
import { withoutEchoes } from '../domain/answers/answer-echoes.ts';
import { readAnswerEvent } from '../openai/answer-texts.ts';
import type { Place } from '../openai/body.ts';
import { withData } from '../openai/frames.ts';
import { type Edit, quote, splice } from '../openai/json-edit.ts';
import { parseAnswer } from '../openai/json.ts';
import { withoutNullUsage } from '../openai/null-usage.ts';

/** A piece, and where its string stands in the data of its event: quotes included. */
export interface PlacedPiece {
  readonly piece: Piece;
  readonly channel: AnswerChannel;
  readonly start: number;
  readonly end: number;
  /** Says again what another text says: it is never told otherwise, but left out. */
  readonly isEcho: boolean;
  /** Where it is in its event; left out where that was recognised. */
  readonly at?: Place | undefined;
}

/** One event on its way. */
export interface HeldEvent {
  readonly raw: Buffer;
  readonly data: string | undefined;
  readonly pieces: readonly PlacedPiece[];
  /** Changes to its whole texts. */
  readonly edits: readonly Edit[];
  /** It is looked at elsewhere. */
  isAway: boolean;
  /** Its data as it came back from there. */
  told: string | undefined;
  /** Without the `"usage":null` that nobody but the gateway asked for. */
  readonly hidesUsage: boolean;
  /** Calls of tools that it is a part of: it leaves when all of them are decided. */
  readonly calls?: readonly { readonly isUndecided: boolean }[] | undefined;
}

/** What becomes of an event that leaves: its data without the calls that were cut; undefined if nothing is left of it. */
export interface LastLook {
  readonly hasCut: boolean;
  cut(data: string): string | undefined;
}

/** More is not held of an answer: its oldest texts are settled as they are. */
const EVENTS_MAX = 512;
const BYTES_MAX = 256 * 1024;
/** Of calls nothing leaves before they are decided: an answer that holds more of them is refused. */
const CALL_BYTES_MAX = 16 * 1024 * 1024;

export class HeldEvents {
  #events: HeldEvent[] = [];
  #bytes = 0;
  readonly #lastLook: LastLook | undefined;

  /** @param lastLook where calls of tools are judged */
  constructor(lastLook?: LastLook) {
    this.#lastLook = lastLook;
  }

  get isEmpty(): boolean {
    return this.#events.length === 0;
  }

  /** Tells one head of the line from another. */
  get first(): HeldEvent | undefined {
    return this.#events[0];
  }

  /** @throws upstream.overran beyond 16 MiB */
  add(event: HeldEvent): void {
    this.#events.push(event);
    this.#bytes += event.raw.length;
    if (this.#bytes > CALL_BYTES_MAX && this.waitsForCall)
      throw new Refusal('upstream.overran', { detail: 'over 16 MiB behind a call' });
  }

  /** Whether the oldest event is of a call that is not decided. */
  get waitsForCall(): boolean {
    const [first] = this.#events;
    return first !== undefined && isCalling(first);
  }

  /** Whether an event is looked at elsewhere, and no more should come for now. */
  get isFull(): boolean {
    return this.#bytes > BYTES_MAX && this.#events.some(({ isAway }) => isAway);
  }

  /** Events that may leave now, as they may leave. */
  leaving(): Buffer[] {
    const leaving: Buffer[] = [];
    do this.#take(leaving);
    while (this.#isOver && !this.waitsForCall && this.#press());
    return leaving;
  }

  get #isOver(): boolean {
    return this.#events.length > EVENTS_MAX || this.#bytes > BYTES_MAX;
  }

  #take(leaving: Buffer[]): void {
    let count = 0;
    for (const event of this.#events) {
      if (event.isAway || isCalling(event) || !event.pieces.every(({ piece }) => piece.isDone)) break;
      count++;
      this.#bytes -= event.raw.length;
      const told = this.#lastLook?.hasCut ? cutAndTold(event, this.#lastLook) : asTold(event);
      if (told) leaving.push(told);
    }
    if (count > 0) this.#events = count === this.#events.length ? [] : this.#events.slice(count);
  }

  /** Settles the oldest text that holds up the line, whatever it may become. */
  #press(): boolean {
    if (this.#events[0]?.isAway) return false;
    for (const { pieces } of this.#events) {
      const open = pieces.filter(({ piece }) => !piece.isDone);
      for (const { channel } of open) channel.end();
      if (open.length > 0) return true;
    }
    return false;
  }
}

function isCalling({ calls }: HeldEvent): boolean {
  return calls !== undefined && calls.some(({ isUndecided }) => isUndecided);
}

/** The event with everything that is told otherwise; byte for byte as it came where that is nothing. */
function asTold(event: HeldEvent): Buffer {
  const { raw, data, hidesUsage } = event;
  if (data === undefined) return raw;
  const changed = changedData(event, data);
  if (changed === undefined) return hidesUsage ? withoutNullUsage(raw, data) : raw;
  const bytes = withData(raw, changed);
  return hidesUsage ? withoutNullUsage(bytes, changed) : bytes;
}

/** The same without calls that were cut; undefined if nothing else is in it. */
function cutAndTold(event: HeldEvent, lastLook: LastLook): Buffer | undefined {
  if (event.data === undefined) return event.raw;
  const data = changedData(event, event.data) ?? event.data;
  const cut = lastLook.cut(data);
  if (cut === undefined) return undefined;
  return cut === data ? asTold(event) : asTold({ ...event, told: cut });
}

/** What its data are told as; undefined where that is as they came. */
function changedData({ pieces, edits, told }: HeldEvent, data: string): string | undefined {
  let isChanged = edits.length > 0 || told !== undefined;
  for (const { piece } of pieces) if (piece.told !== undefined || piece.isCut) isChanged = true;
  return isChanged ? (told ?? spliced(data, pieces, edits)) : undefined;
}

function spliced(data: string, pieces: readonly PlacedPiece[], edits: readonly Edit[]): string {
  const all = [...edits];
  for (const { piece, start, end, isEcho } of pieces) {
    if (piece.told !== undefined && !isEcho) all.push({ start, end, text: quote(piece.told) });
  }
  all.sort((a, b) => a.start - b.start);
  const isCut = pieces.some(({ piece }) => piece.isCut);
  return splice(data, isCut ? withoutEchoes(readAnswerEvent(parseAnswer(data)), all) : all);
}
