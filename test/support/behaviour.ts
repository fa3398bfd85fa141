/** What the fake upstream does with one request: data alone, so that a test can say exactly what went wrong. */

/** Tokens a request really cost upstream, whatever upstream says in its answer. */
export interface Executed {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** One write to the socket, and the output tokens it stands for. */
export interface Piece {
  readonly bytes: Buffer;
  readonly outputTokens: number;
}

/**
 * How it ends once the pieces are written. `close`: FIN without the end of the body; `reset`: RST; `stall`:
 * nothing more, ever, until the other side leaves.
 */
export type Ending = 'end' | 'close' | 'reset' | 'stall';

export interface Behaviour {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly pieces: readonly Piece[];
  /** Before the status line. */
  readonly waitMs?: number;
  /** Between pieces. */
  readonly gapMs?: number;
  /** The piece of this index is written only then. */
  readonly hold?: { readonly piece: number; readonly until: Promise<void> };
  /** Byte offsets of the body at which to split it anew, ascending; gaps are then between these parts. */
  readonly splitAt?: readonly number[];
  /** Body bytes after which the ending comes early. */
  readonly stopAfterBytes?: number;
  readonly ending?: Ending;
  /** The ending comes before the status line: nothing is answered at all. */
  readonly silent?: true;
  /** The pieces are the whole answer, status line and headers included. */
  readonly raw?: true;
  /** Cost beyond what the pieces stand for: the input, and the output of an answer that is not streamed. */
  readonly executed?: Executed;
}

export type More = Partial<Omit<Behaviour, 'pieces'>>;

export function pieceOf(data: string | Buffer, outputTokens = 0): Piece {
  return { bytes: typeof data === 'string' ? Buffer.from(data) : data, outputTokens };
}

/** A JSON answer with its length; strings and Buffers go out as they are. */
export function json(body: unknown, more: More = {}): Behaviour {
  const bytes = Buffer.isBuffer(body)
    ? body
    : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const headers = {
    'content-type': 'application/json',
    'content-length': String(bytes.length),
    ...more.headers,
  };
  return { ...more, headers, pieces: [pieceOf(bytes)] };
}

/** Any bytes, in chunked encoding unless a length is among the headers. */
export function bytes(pieces: readonly (string | Buffer)[], more: More = {}): Behaviour {
  return { ...more, pieces: pieces.map((piece) => pieceOf(piece)) };
}

/** Server-sent events: an object becomes `data: <JSON>`, a string goes out as it is. */
export function sse(events: readonly unknown[], more: More = {}): Behaviour {
  const headers = { 'content-type': 'text/event-stream; charset=utf-8', ...more.headers };
  return { ...more, headers, pieces: events.map((event) => pieceOf(eventText(event))) };
}

/** `data: …`, with an `event:` line where the data has a type, as OpenAI's Responses events have. */
export function eventText(event: unknown): string {
  if (typeof event === 'string') return event;
  const type = typeof event === 'object' && event !== null && 'type' in event ? event.type : undefined;
  const name = typeof type === 'string' ? `event: ${type}\n` : '';
  return `${name}data: ${JSON.stringify(event)}\n\n`;
}

/** An error in OpenAI's shape. */
export function openaiError(
  status: number,
  code: string | null,
  message = 'Upstream says no.',
  more: More = {},
) {
  const type = status >= 500 ? 'server_error' : 'invalid_request_error';
  return json({ error: { message, type, param: null, code } }, { ...more, status });
}

export function redirect(location: string, status = 307): Behaviour {
  return json({}, { status, headers: { location } });
}

/** Accepts the request and never says a word. */
export function stall(): Behaviour {
  return { pieces: [], silent: true, ending: 'stall' };
}

/** Cuts the connection before the status line. */
export function reset(ending: 'reset' | 'close' = 'reset'): Behaviour {
  return { pieces: [], silent: true, ending };
}

/** A body of so many bytes in pieces of 64 KiB, valid JSON as a whole. */
export function huge(bodyBytes: number, more: More = {}): Behaviour {
  const pieces: Buffer[] = [Buffer.from('{"data":"')];
  for (let left = bodyBytes - 11; left > 0; left -= 65_536)
    pieces.push(Buffer.alloc(Math.min(left, 65_536), 'x'));
  pieces.push(Buffer.from('"}'));
  return bytes(pieces, { ...more, headers: { 'content-type': 'application/json', ...more.headers } });
}

/** The body's pieces as they are to be written: split anew, cut short. */
export function piecesToWrite({ pieces, splitAt, stopAfterBytes }: Behaviour): readonly Piece[] {
  let written = pieces;
  if (splitAt) {
    const body = Buffer.concat(pieces.map((piece) => piece.bytes));
    const bounds = [0, ...splitAt.filter((at) => at > 0 && at < body.length), body.length];
    const outputTokens = pieces.reduce((sum, piece) => sum + piece.outputTokens, 0) / (bounds.length - 1);
    written = bounds
      .slice(1)
      .map((end, index) => ({ bytes: body.subarray(bounds[index], end), outputTokens }));
  }
  if (stopAfterBytes === undefined) return written;
  let left = stopAfterBytes;
  return written.flatMap((piece) => {
    const kept = piece.bytes.subarray(0, Math.max(0, left));
    left -= piece.bytes.length;
    return kept.length > 0 ? [{ ...piece, bytes: kept }] : [];
  });
}
