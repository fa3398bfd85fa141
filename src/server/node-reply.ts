/** The caller's side of an answer on Node's own response: what the stages write to. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Reply } from '../stages/reply.ts';

/** A refused body is read on to this size and for this long, so that its sender sees the answer instead of a reset. */
const DRAIN_BYTES_MAX = 16 * 1024 * 1024;
const DRAIN_MS_MAX = 2000;
/** A caller who takes nothing for this long has left. */
const STALLED_MS_MAX = 300_000;
/** What is announced to be this small is as good as there: its connection is kept. */
const KEPT_BYTES_MAX = 16 * 1024;

/** A reply on Node's own response. Writes after the caller left go nowhere and throw nothing. */
export class NodeReply implements Reply {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #own: Readonly<Record<string, string>>;
  /** The connection closes behind this answer, once the rest of the body is there. */
  #closing = false;

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
    const left = bodyBytesLeft(this.#request);
    this.#closing = left > KEPT_BYTES_MAX;
    this.#response.writeHead(status, this.#headerList(headers));
    if (left > 0) this.#drain();
  }
  write(chunk: Uint8Array | string): boolean {
    return this.#response.destroyed || this.#response.write(chunk);
  }
  drained(listener: () => void): void {
    const response = this.#response;
    // Nobody else times a caller who has stopped reading: upstream is paused for them.
    const timer = setTimeout(() => response.destroy(), STALLED_MS_MAX).unref();
    response.once('drain', () => {
      clearTimeout(timer);
      listener();
    });
    response.once('close', () => clearTimeout(timer));
  }
  end(body?: Uint8Array | string): void {
    if (this.#response.destroyed) return;
    if (!this.#closing || this.#request.complete) {
      this.#response.end(body);
      return;
    }
    // Who still writes would be reset by the closing, and never read the answer.
    if (body !== undefined) this.#response.write(body);
    this.#request.once('end', () => this.#response.end());
  }
  destroy(): void {
    this.#response.destroy();
  }

  /** Names and values in turn: the form that costs nothing to make. Our own hold over any others. */
  #headerList(headers: Readonly<Record<string, string>>): string[] {
    const list = this.#closing && headers['connection'] === undefined ? ['connection', 'close'] : [];
    for (const name in headers) if (!(name in this.#own)) list.push(name, headers[name] ?? '');
    for (const name in this.#own) list.push(name, this.#own[name] ?? '');
    return list;
  }

  #drain(): void {
    let bytes = 0;
    const request = this.#request;
    const timer = setTimeout(() => request.destroy(), DRAIN_MS_MAX).unref();
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      // No reset yet: a sender that is held up has time to read.
      if (bytes > DRAIN_BYTES_MAX) request.pause();
    });
    const done = (): void => clearTimeout(timer);
    request.once('end', done).once('close', done);
    request.resume();
  }
}

/** What may still come of the body; Infinity where it does not say its length. */
function bodyBytesLeft({ complete, headers }: IncomingMessage): number {
  if (complete) return 0;
  if (headers['transfer-encoding'] !== undefined) return Infinity;
  return Number(headers['content-length'] ?? 0);
}
