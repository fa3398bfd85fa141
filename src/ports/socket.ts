/** What one end of a live socket must promise: whole messages in order, backpressure both ways, and exactly one end. */
import type { IncomingHttpHeaders } from 'node:http';
import type { UpstreamFault } from './upstream.ts';

/** May be used at any time and any number of times; after its end it does nothing. */
export interface SocketEnd {
  /** False: enough waits to be taken, and `drained` will be told. */
  send(text: string | Uint8Array): boolean;
  pause(): void;
  resume(): void;
  /** Says goodbye and waits a moment for the answer. @param code of RFC 6455, section 7.4 */
  close(code: number, reason: string): void;
  destroy(): void;
}

/** Told in order; `closed` once, last, whatever happened. What it throws is nobody's to catch. */
export interface SocketListener {
  /** A whole text message, valid UTF-8. */
  text(message: Buffer): void;
  /** A message that is no text; none of the APIs has any. */
  binary(): void;
  /** What had to wait was taken. */
  drained(): void;
  /** @param code 1006 where nobody said goodbye */
  closed(code: number): void;
}

/** What came of a handshake. `detail` is for the log alone. */
export type Connected =
  | { readonly kind: 'open'; readonly end: SocketEnd }
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      readonly body: Buffer;
    }
  | { readonly kind: 'failed'; readonly fault: UpstreamFault; readonly detail: string };

/** A handshake as it goes up, complete but for what the protocol itself needs. */
export interface SocketRequest {
  /** Built from the matched route; begins with `/`. */
  readonly path: string;
  /** Lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly protocols: readonly string[];
}

/** The way to one configured upstream, and to no other host. */
export interface SocketUpstream {
  /** Tries once: no redirects. Never rejects. */
  connect(request: SocketRequest, listener: SocketListener, signal: AbortSignal): Promise<Connected>;
  /** Path of the base URL, without a slash at its end. */
  readonly basePath: string;
}

/** The caller's side of a handshake that has not been answered. */
export interface Handshake {
  /** Whether it is one that can be accepted. @throws request.framing */
  check(): void;
  /** Answers it; messages may come from now on. Undefined: the caller is gone. */
  accept(listener: SocketListener): SocketEnd | undefined;
}
