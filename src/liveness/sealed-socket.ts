/** Both ends of a live socket that is not there: the probe says one event, upstream answers what it was given to say. */
import type { Connected, Handshake, SocketEnd, SocketListener, SocketUpstream } from '../ports/socket.ts';

/** Upstream's end; for one call at a time. */
export class SealedSocketUpstream implements SocketUpstream {
  readonly basePath = '/v1';
  #events: readonly string[] = [];
  #onSent: () => void = () => undefined;
  /** The events that reached it, a line each, once one has. */
  received: string | undefined;

  /** For the next socket. @param onSent called when an event reaches it, before it answers */
  begin(events: readonly string[], onSent: () => void): void {
    this.#events = events;
    this.#onSent = onSent;
    this.received = undefined;
  }

  async connect(_request: unknown, listener: SocketListener): Promise<Connected> {
    const closed = (): void => void setImmediate(() => listener.closed(1000));
    const send = (text: string | Uint8Array): boolean => {
      const isFirst = this.received === undefined;
      this.received = `${this.received ?? ''}${String(asBuffer(text))}\n`;
      this.#onSent();
      if (isFirst) for (const event of this.#events) setImmediate(() => listener.text(Buffer.from(event)));
      return true;
    };
    return { kind: 'open', end: endOf(send, closed) };
  }
}

/** What ends a call, of Responses or of Realtime; nothing comes after. */
const LAST = /"type":"(?:error|response\.(?:completed|failed|incomplete|done))"/;
const WHOLE = /"type":"response\.(?:completed|done)"/;

/** The caller's end: says its event, and leaves once it was answered. */
export class SealedSocketCaller implements Handshake {
  readonly #event: string;
  /** All that it was told, an event a line. */
  told = '';
  status = 0;

  constructor(event: object) {
    this.#event = JSON.stringify(event);
  }

  check(): void {}

  accept(listener: SocketListener): SocketEnd {
    let isOver = false;
    const leave = (): void => {
      if (!isOver) setImmediate(() => listener.closed(1000));
      isOver = true;
    };
    setImmediate(() => listener.text(Buffer.from(this.#event)));
    const send = (text: string | Uint8Array): boolean => {
      const event = String(asBuffer(text));
      this.told += `${event}\n`;
      if (WHOLE.test(event)) this.status = 200;
      if (LAST.test(event)) leave();
      return true;
    };
    return endOf(send, leave);
  }
}

function endOf(send: SocketEnd['send'], closed: () => void): SocketEnd {
  return { send, pause() {}, resume() {}, close: closed, destroy: closed };
}

function asBuffer(text: string | Uint8Array): Buffer {
  return typeof text === 'string'
    ? Buffer.from(text)
    : Buffer.from(text.buffer, text.byteOffset, text.byteLength);
}
