/** What the way upstream must promise: one request, its answer in pieces, with backpressure, abortable at any time. */
import type { IncomingHttpHeaders } from 'node:http';

export interface UpstreamRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Built from the matched route; begins with `/`. */
  readonly path: string;
  /** Lower case; nothing of the caller's that is not on the list in the map. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

/** `unsent`: no byte of the request left. */
export type UpstreamFault = 'unreachable' | 'timeout' | 'broken' | 'aborted';

export interface UpstreamListener {
  /** The request is about to be written: from here on it counts as sent. */
  sent(): void;
  head(status: number, headers: IncomingHttpHeaders): void;
  data(chunk: Buffer): void;
  end(): void;
  /** Instead of `end`; never after it. `detail` is for the log alone. */
  failed(fault: UpstreamFault, detail: string): void;
}

export interface UpstreamControl {
  abort(): void;
  pause(): void;
  resume(): void;
}

export interface Upstream {
  /** Sends once: no retries, no redirects. Calls the listener until `end` or `failed`, exactly one of them. */
  send(request: UpstreamRequest, listener: UpstreamListener): UpstreamControl;
  /** Path of the base URL, without a slash at its end. */
  readonly basePath: string;
  close(): Promise<void>;
}
