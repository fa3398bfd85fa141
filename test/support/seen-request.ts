/** One request as the fake upstream saw it, byte for byte. */
import type { IncomingMessage } from 'node:http';
import type { Executed } from './behaviour.ts';

/** One request as it came in over the wire. Times are `performance.now()` in milliseconds. */
export interface SeenRequest {
  /** 0, 1, 2… in the order the heads came. */
  readonly index: number;
  /** Which connection it came on, from 0. */
  readonly connection: number;
  readonly method: string;
  /** The raw target, as on the request line. */
  readonly target: string;
  /** Names and values as sent, in order. */
  readonly rawHeaders: readonly (readonly [string, string])[];
  /** Lower-case names; several values joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** Every byte the connection brought from the end of the request before to the end of this one. */
  readonly raw: Buffer;
  readonly body: Buffer;
  /** The body as JSON; undefined if it is none. */
  readonly json: unknown;
  readonly startedAt: number;
  /** When the whole body was there; undefined until then. */
  readonly receivedAt: number | undefined;
  /** When the other side left before the answer was complete. */
  readonly abortedAt: number | undefined;
  readonly sentBytes: number;
  readonly sentPieces: number;
  /** What it cost, so far. Nothing says the caller is told the same. */
  readonly executed: Executed;
  /** Resolves when the exchange is over, whichever way. */
  readonly over: Promise<void>;
}

/** The upstream's own hold on it, while the exchange is under way. */
export type OpenRequest = { -readonly [K in keyof SeenRequest]: SeenRequest[K] };

/** From the head alone; body, raw bytes and times come later. */
export function seenOf(
  request: IncomingMessage,
  index: number,
  connection: number,
  over: Promise<void>,
): OpenRequest {
  const rawHeaders = Array.from(
    { length: request.rawHeaders.length / 2 },
    (_, at) => [request.rawHeaders[at * 2] ?? '', request.rawHeaders[at * 2 + 1] ?? ''] as const,
  );
  const headers: Record<string, string> = {};
  for (const [name, value] of rawHeaders) {
    const key = name.toLowerCase();
    headers[key] = key in headers ? `${headers[key]}, ${value}` : value;
  }
  return {
    index,
    connection,
    method: request.method ?? '',
    target: request.url ?? '',
    rawHeaders,
    headers,
    raw: Buffer.alloc(0),
    body: Buffer.alloc(0),
    json: undefined,
    startedAt: performance.now(),
    receivedAt: undefined,
    abortedAt: undefined,
    sentBytes: 0,
    sentPieces: 0,
    executed: { inputTokens: 0, outputTokens: 0 },
    over,
  };
}
