/**
 * Events of a socket as the stream of events that they would be elsewhere, and back: so that the rules of streamed answers
 * hold here as they stand. What was not changed is told byte for byte, but for line ends between values.
 */
import { child } from '../openai/child.ts';
import { FrameSplitter } from '../openai/frames.ts';
import type { Reply } from '../stages/reply.ts';

const EVENT_BYTES_MAX = 64 * 1024 * 1024;
const START = Buffer.from('data: ');
const END = Buffer.from('\n\n');

/** One message as an event of a stream. */
export function asEvent(message: Buffer): Buffer {
  const isOneLine = !message.includes(10) && !message.includes(13);
  const lines = isOneLine
    ? message
    : Buffer.from(message.toString('utf8').replaceAll(/\r\n|\r|\n/g, '\ndata: '));
  return Buffer.concat([START, lines, END]);
}

export interface EventReplyWays {
  /** One event for the caller. False: enough waits to be taken. */
  send(event: string): boolean;
  /** Once what waits was taken. */
  whenDrained(listener: () => void): void;
}

/** An answer whose events go to the caller as messages; comments go nowhere. Ending it ends no socket. */
export class EventReply implements Reply {
  readonly #ways: EventReplyWays;
  readonly #splitter = new FrameSplitter(EVENT_BYTES_MAX);

  constructor(ways: EventReplyWays) {
    this.#ways = ways;
  }
  get headSent(): boolean {
    return true;
  }
  head(): void {}
  write(chunk: Uint8Array | string): boolean {
    let isTaken = true;
    for (const { data } of this.#splitter.push(
      typeof chunk === 'string' ? Buffer.from(chunk) : asBuffer(chunk),
    ))
      if (data !== undefined) isTaken = this.#ways.send(data);
    return isTaken;
  }
  drained(listener: () => void): void {
    this.#ways.whenDrained(listener);
  }
  end(body?: Uint8Array | string): void {
    if (body !== undefined) this.write(body);
  }
  destroy(): void {}
}

function asBuffer(chunk: Uint8Array): Buffer {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

/** What is known of an event before it is read. `status` and `error` are of errors. */
export interface EventHead {
  readonly type: string;
  readonly status: number;
  readonly error: unknown;
  readonly text: string;
}

/** What decides where an event belongs. A message that is no JSON has no type, and is refused where it is read. */
export function headOf(message: Buffer): EventHead {
  const text = message.toString('utf8');
  const known = /^\{"type":"((?!error)[a-z_.]{1,80})"[,}]/.exec(text)?.[1];
  if (known !== undefined) return { type: known, status: 200, error: undefined, text };
  const event = parsed(text);
  const type = child(event, 'type');
  const error = child(event, 'error') ?? event;
  const status = child(event, 'status') ?? child(event, 'status_code');
  const isStatus = typeof status === 'number' && Number.isInteger(status) && status >= 400 && status < 600;
  return { type: typeof type === 'string' ? type : '', status: isStatus ? status : 500, error, text };
}

/** Undefined for what is no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
