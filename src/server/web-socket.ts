/**
 * One end of a WebSocket on the package ws: bounded in what it buffers, and dead if it gives no sign for a minute.
 * Compression stays off: it would make sizes, and what they tell, depend on what both sides say.
 */
import { WebSocket } from 'ws';
import type { SocketEnd, SocketListener } from '../ports/socket.ts';

/** Both sides of the gateway alike. Pings are answered here, within bounds. */
export const SOCKET_OPTIONS = {
  perMessageDeflate: false,
  autoPong: false,
  maxFragments: 1024,
  maxBufferedChunks: 16_384,
} as const;

/** More is not buffered before the other side is held up. */
const WAITING_BYTES_MAX = 1024 * 1024;
/** Pongs queue up behind what waits: who reads nothing and pings on is gone. */
const PONG_BYTES_MAX = 64 * 1024;
const BEAT_MS = 30_000;
/** How long a goodbye is waited for. */
const GOODBYE_MS_MAX = 2_000;

/** A socket that is open. From here on its events go to the listener. */
export function socketEnd(socket: WebSocket, listener: SocketListener): SocketEnd {
  return new OpenSocket(socket, listener);
}

class OpenSocket implements SocketEnd {
  readonly #socket: WebSocket;
  readonly #listener: SocketListener;
  #isAlive = true;
  #isFull = false;
  #beat: NodeJS.Timeout;

  constructor(socket: WebSocket, listener: SocketListener) {
    this.#socket = socket;
    this.#listener = listener;
    this.#beat = setInterval(() => this.#check(), BEAT_MS).unref();
    socket.on('message', (data, isBinary) => {
      this.#isAlive = true;
      if (isBinary) listener.binary();
      else listener.text(bytesOf(data));
    });
    socket.on('ping', (data) => {
      this.#isAlive = true;
      if (socket.bufferedAmount > PONG_BYTES_MAX) socket.terminate();
      else if (socket.readyState === WebSocket.OPEN) socket.pong(data);
    });
    socket.on('pong', () => {
      this.#isAlive = true;
    });
    // What is wrong closes it too.
    socket.on('error', () => undefined);
    socket.once('close', (code) => {
      clearInterval(this.#beat);
      listener.closed(code);
    });
  }

  send(text: string | Uint8Array): boolean {
    const socket = this.#socket;
    if (socket.readyState !== WebSocket.OPEN) return true;
    socket.send(text, { binary: false }, () => this.#taken());
    if (socket.bufferedAmount > WAITING_BYTES_MAX) this.#isFull = true;
    return !this.#isFull;
  }
  pause(): void {
    this.#socket.pause();
  }
  resume(): void {
    this.#isAlive = true;
    this.#socket.resume();
  }
  close(code: number, reason: string): void {
    this.#socket.resume();
    this.#socket.close(code, reason);
    const late = setTimeout(() => this.#socket.terminate(), GOODBYE_MS_MAX).unref();
    this.#socket.once('close', () => clearTimeout(late));
  }
  destroy(): void {
    this.#socket.terminate();
  }

  #taken(): void {
    if (!this.#isFull || this.#socket.bufferedAmount > WAITING_BYTES_MAX / 2) return;
    this.#isFull = false;
    this.#listener.drained();
  }

  /** Of who is held up no answer can be read. */
  #check(): void {
    const socket = this.#socket;
    if (socket.isPaused || socket.readyState !== WebSocket.OPEN) return;
    if (!this.#isAlive) {
      socket.terminate();
      return;
    }
    this.#isAlive = false;
    socket.ping();
  }
}

function bytesOf(data: Buffer | ArrayBuffer | Buffer[]): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
