/** A caller's end of a socket, below any SDK: what it sends is sent as it is, what it gets is kept as it came. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type ClientOptions, WebSocket } from 'ws';
import type { Event } from './socket-upstream.ts';
import { until } from './until.ts';

export interface SocketClient {
  readonly socket: WebSocket;
  readonly frames: readonly string[];
  readonly events: readonly Event[];
  /** What errors were told of, by code. */
  errors(): unknown[];
  /** Undefined while it is open. */
  closedWith: number | undefined;
  send(...events: readonly (Event | string | Buffer)[]): void;
  /** The first event of this type from the nth on. */
  waitFor(type: string, from?: number): Promise<Event>;
  /** The code that it was closed with. */
  closed(): Promise<number>;
}

/** What a handshake that was refused was answered with. */
export interface Refused {
  readonly status: number;
  readonly code: string;
  readonly body: unknown;
  readonly headers: IncomingMessage['headers'];
}

interface Door {
  readonly port: number;
  readonly callerKey: string;
}

export interface DialOptions extends ClientOptions {
  readonly path?: string;
  readonly protocols?: readonly string[];
}

const RESPONSES = '/v1/responses';

function dial({ port, callerKey }: Door, options: DialOptions): WebSocket {
  const { path = RESPONSES, protocols = [], ...rest } = options;
  const headers = options.headers ?? { authorization: `Bearer ${callerKey}` };
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, [...protocols], { ...rest, headers });
  socket.on('error', () => undefined);
  return socket;
}

/** @throws Error if it is not opened */
export async function openSocket(door: Door, options: DialOptions = {}): Promise<SocketClient> {
  const socket = dial(door, options);
  const client = clientOf(socket);
  await once(socket, 'open');
  return client;
}

/** @throws Error if it is opened */
export async function refusedSocket(door: Door, options: DialOptions = {}): Promise<Refused> {
  const socket = dial(door, options);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    socket.once('unexpected-response', (_request, answer) => resolve(answer));
    socket.once('open', () => {
      socket.terminate();
      reject(new Error('the socket was opened'));
    });
  });
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  const { statusCode: status = 0, headers } = response;
  const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  return { status, code: String(headers['x-sallyport-code']), body, headers };
}

function clientOf(socket: WebSocket): SocketClient {
  const frames: string[] = [];
  const events: Event[] = [];
  const client: SocketClient = {
    socket,
    frames,
    events,
    closedWith: undefined,
    errors: () =>
      events.flatMap(({ error }) =>
        typeof error === 'object' && error && 'code' in error ? [error.code] : [],
      ),
    send(...sent) {
      for (const one of sent)
        socket.send(typeof one === 'string' || Buffer.isBuffer(one) ? one : JSON.stringify(one));
    },
    async waitFor(type, from = 0) {
      const find = () => events.slice(from).find((event) => event['type'] === type);
      const found = await until(
        () => find() ?? { seen: events.map((event) => event['type']), closed: client.closedWith },
        (event) => 'type' in event,
      );
      return found;
    },
    closed: async () =>
      (await until(
        () => client.closedWith,
        (code) => code !== undefined,
      )) ?? 0,
  };
  socket.on('message', (data) => {
    const frame = Buffer.isBuffer(data) ? data.toString('utf8') : '';
    frames.push(frame);
    const event: Event = JSON.parse(frame);
    events.push(event);
  });
  socket.on('close', (code) => {
    client.closedWith = code;
  });
  return client;
}
