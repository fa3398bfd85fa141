/** The caller's side of an answer on Node's own response: what the stages write to. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Reply } from '../stages/reply.ts';

/** A refused body is read on to this size, so that its sender sees the answer instead of a reset. */
const DRAIN_BYTES_MAX = 1024 * 1024;
const DRAIN_MS_MAX = 2000;

export class NodeReply implements Reply {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #own: Readonly<Record<string, string>>;

  /** @param own headers on every answer: the request id, the security headers */
  constructor(request: IncomingMessage, response: ServerResponse, own: Readonly<Record<string, string>>) {
    this.#request = request;
    this.#response = response;
    this.#own = own;
  }
  get headSent(): boolean {
    return this.#response.headersSent;
  }
  head(status: number, headers: Readonly<Record<string, string>>): void {
    const unread = !this.#request.complete;
    this.#response.writeHead(status, {
      ...headers,
      ...this.#own,
      ...(unread ? { connection: 'close' } : {}),
    });
    if (unread) this.#drain();
  }
  write(chunk: Uint8Array | string): boolean {
    return this.#response.destroyed || this.#response.write(chunk);
  }
  drained(listener: () => void): void {
    this.#response.once('drain', listener);
  }
  end(body?: Uint8Array | string): void {
    if (!this.#response.destroyed) this.#response.end(body);
  }
  destroy(): void {
    this.#response.destroy();
  }

  #drain(): void {
    let bytes = 0;
    const request = this.#request;
    const stop = (): void => void request.destroy();
    const timer = setTimeout(stop, DRAIN_MS_MAX).unref();
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > DRAIN_BYTES_MAX) stop();
    });
    request.once('close', () => clearTimeout(timer));
    request.resume();
  }
}
