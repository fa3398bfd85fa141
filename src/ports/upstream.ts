/** What the way upstream must promise: one request, its answer in pieces, with backpressure, abortable at any time. */
import type { IncomingHttpHeaders } from 'node:http';

/** A request as it goes up, complete: nothing is added on the way but what HTTP needs. */
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

/** Told in order: `sent`, `head`, `data`…, then `end` or `failed`, after which nothing more is told. */
export interface UpstreamListener {
  /** The request is about to be written: from here on it counts as sent. */
  sent(): void;
  head(status: number, headers: IncomingHttpHeaders): void;
  data(chunk: Buffer): void;
  end(): void;
  /** Instead of `end`; never after it. `detail` is for the log alone. */
  failed(fault: UpstreamFault, detail: string): void;
}

/** May be used at any time and any number of times; after the end it does nothing. */
export interface UpstreamControl {
  abort(): void;
  pause(): void;
  resume(): void;
}

/** The way to one configured upstream, and to no other host. */
export interface Upstream {
  /** Sends once: no retries, no redirects. Calls the listener until `end` or `failed`, exactly one of them. */
  send(request: UpstreamRequest, listener: UpstreamListener): UpstreamControl;
  /** Path of the base URL, without a slash at its end. */
  readonly basePath: string;
  close(): Promise<void>;
}
