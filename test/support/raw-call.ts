/** Calls over a bare socket: the bytes a test wrote go out as they are, and come back as they came. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** One answer as it stood on the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  /** Lower-case names; the last one wins. */
  readonly headers: Readonly<Record<string, string>>;
  /** Out of its chunks. */
  readonly body: string;
  /** The catalogue's code; empty on a success. */
  readonly code: string;
  /** False: it broke off. */
  readonly whole: boolean;
}

export interface RawExchange {
  /** Interim answers (1xx) left out. */
  readonly answers: readonly RawAnswer[];
  /** The gateway closed the connection. */
  readonly closed: boolean;
  readonly bytes: Buffer;
}

export interface RawOptions {
  /** Answers after which the socket is left; 1 unless said otherwise. `Infinity` waits for the gateway to close. */
  readonly answers?: number;
  /** The answers are to HEAD: none has a body, whatever it says. */
  readonly head?: boolean;
  /** The address called from; any of 127.0.0.0/8. */
  readonly from?: string;
}

/** Writes the parts in order and reads until so many answers are whole, or the gateway closes. Never rejects. */
export async function rawCall(
  port: number,
  parts: string | Buffer | readonly (string | Buffer)[],
  { answers = 1, head = false, from = '127.0.0.1' }: RawOptions = {},
): Promise<RawExchange> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from });
  const chunks: Buffer[] = [];
  const over = Promise.withResolvers<boolean>();
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    if (readAnswers(Buffer.concat(chunks), head).filter(({ whole }) => whole).length >= answers)
      over.resolve(false);
  });
  socket.on('error', () => over.resolve(true));
  socket.on('close', () => over.resolve(true));
  socket.on('end', () => over.resolve(true));
  for (const part of [parts].flat()) socket.write(part);
  const closed = await over.promise;
  socket.destroy();
  const bytes = Buffer.concat(chunks);
  return { answers: readAnswers(bytes, head), closed, bytes };
}

/** A connection that is open and has said so much. */
export async function openSocket(port: number, bytes: string | Buffer = ''): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  if (bytes.length > 0) socket.write(bytes);
  return socket;
}

/** A request's bytes: Host and Content-Length of its own unless given, then the headers as they are. */
export function requestBytes(
  line: string,
  headers: readonly string[] = [],
  body: string | Buffer = '',
): Buffer {
  const bytes = Buffer.from(body);
  const named = (name: string): boolean => headers.some((header) => header.toLowerCase().startsWith(name));
  const own = [
    ...(named('host:') ? [] : ['Host: gateway']),
    ...headers,
    ...(bytes.length > 0 && !named('content-length:') && !named('transfer-encoding:')
      ? [`Content-Length: ${bytes.length}`]
      : []),
  ];
  return Buffer.concat([Buffer.from(`${line}\r\n${own.join('\r\n')}\r\n\r\n`, 'latin1'), bytes]);
}

/** Answers as RFC 9112, section 6, frames them; `bare`: without bodies. */
function readAnswers(bytes: Buffer, bare: boolean): RawAnswer[] {
  const found: RawAnswer[] = [];
  let rest = bytes;
  for (;;) {
    const at = rest.indexOf('\r\n\r\n');
    if (at < 0 || !rest.subarray(0, 5).equals(Buffer.from('HTTP/'))) return found;
    const head = rest.subarray(0, at).toString('latin1');
    rest = rest.subarray(at + 4);
    const [line = '', ...lines] = head.split('\r\n');
    const status = Number(line.split(' ')[1]);
    if (status < 200) continue;
    const headers = Object.fromEntries(
      lines.map((text) => [
        text.slice(0, text.indexOf(':')).toLowerCase(),
        text.slice(text.indexOf(':') + 1).trim(),
      ]),
    );
    const { body, taken, whole } = bare ? { body: '', taken: 0, whole: true } : readBody(headers, rest);
    rest = rest.subarray(taken);
    const code = headers['x-sallyport-code'] ?? '';
    found.push({ status, head, headers, body, code, whole });
    if (!whole) return found;
  }
}

function readBody(headers: Record<string, string>, rest: Buffer) {
  if (headers['transfer-encoding'] === 'chunked') return readChunks(rest);
  const length = Number(headers['content-length'] ?? 0);
  const body = rest.subarray(0, length);
  return { body: body.toString(), taken: body.length, whole: body.length === length };
}

function readChunks(rest: Buffer) {
  const parts: Buffer[] = [];
  const broken = () => ({ body: Buffer.concat(parts).toString(), taken: rest.length, whole: false });
  for (let at = 0; ; ) {
    const end = rest.indexOf('\r\n', at);
    if (end < 0) return broken();
    const size = Number.parseInt(rest.subarray(at, end).toString(), 16);
    if (rest.length < end + 2 + size + 2) return broken();
    if (size === 0) return { body: Buffer.concat(parts).toString(), taken: end + 4, whole: true };
    parts.push(rest.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}
