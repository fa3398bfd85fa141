/**
 * A fake upstream for sockets: real WebSockets on loopback, with or without TLS. Keeps what each handshake and each frame
 * said, byte for byte, and does with them what the test's script says.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { selfSigned, type SelfSigned } from './self-signed.ts';
import { until } from './until.ts';

export type Event = Readonly<Record<string, unknown>>;

/** One connection, and what came over it. */
export interface UpstreamConnection {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  /** As they came. */
  readonly frames: readonly string[];
  readonly events: readonly Event[];
  closedWith: number | undefined;
  /** Sends each as a frame of its own; objects as JSON. */
  send(...events: readonly (Event | string)[]): void;
  /** What the TCP connection is, for what no honest peer does. */
  readonly wire: Socket;
}

export interface SocketUpstream {
  readonly baseUrl: string;
  readonly certificate: SelfSigned | undefined;
  readonly connections: readonly UpstreamConnection[];
  /** Handshakes that came, refused ones too. */
  readonly handshakes: readonly IncomingMessage[];
  /** What happens with each event; nothing until a test says so. */
  script: (connection: UpstreamConnection, event: Event) => void | Promise<void>;
  /** Said by itself when a socket opens. */
  greeting: readonly Event[];
  /** The whole answer to a handshake, instead of a socket. */
  refusal: string | undefined;
  /** The last connection with so many frames. */
  waitFor(frames: number): Promise<UpstreamConnection>;
  clear(): void;
  close(): Promise<void>;
}

class Connection implements UpstreamConnection {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  readonly frames: string[] = [];
  readonly events: Event[] = [];
  closedWith: number | undefined;
  constructor(socket: WebSocket, request: IncomingMessage) {
    this.socket = socket;
    this.request = request;
  }
  get wire(): Socket {
    return this.request.socket;
  }
  send(...events: readonly (Event | string)[]): void {
    for (const event of events) this.socket.send(typeof event === 'string' ? event : JSON.stringify(event));
  }
}

/** Listens on loopback. */
export async function startSocketUpstream(options: { readonly tls?: boolean } = {}): Promise<SocketUpstream> {
  const certificate = options.tls ? selfSigned() : undefined;
  const server = certificate ? createTlsServer(certificate) : createServer();
  const fake = new FakeUpstream(server, certificate);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return fake;
}

class FakeUpstream implements SocketUpstream {
  readonly certificate: SelfSigned | undefined;
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 * 1024 });
  connections: Connection[] = [];
  handshakes: IncomingMessage[] = [];
  script: SocketUpstream['script'] = () => undefined;
  greeting: readonly Event[] = [];
  refusal: string | undefined;

  constructor(server: Server, certificate: SelfSigned | undefined) {
    this.#server = server;
    this.certificate = certificate;
    server.on('upgrade', (request: IncomingMessage, wire: Duplex, head: Buffer) => {
      this.handshakes.push(request);
      wire.on('error', () => undefined);
      if (this.refusal !== undefined) wire.end(this.refusal);
      else this.#accept(request, wire, head);
    });
  }

  get baseUrl(): string {
    const address = this.#server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    return `${this.certificate ? 'https' : 'http'}://127.0.0.1:${port}/v1`;
  }

  async waitFor(frames: number): Promise<UpstreamConnection> {
    const last = () => this.connections.at(-1);
    const found = await until(last, (one) => (one?.frames.length ?? 0) >= frames);
    if (!found) throw new Error('no connection');
    return found;
  }

  clear(): void {
    for (const { socket } of this.connections) socket.terminate();
    this.connections = [];
    this.handshakes = [];
    this.script = () => undefined;
    this.greeting = [];
    this.refusal = undefined;
  }

  async close(): Promise<void> {
    for (const { socket } of this.connections) socket.terminate();
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #accept(request: IncomingMessage, wire: Duplex, head: Buffer): void {
    this.#sockets.handleUpgrade(request, wire, head, (socket) => {
      const connection = new Connection(socket, request);
      this.connections.push(connection);
      listen(connection, this);
    });
  }
}

function listen(connection: Connection, fake: SocketUpstream): void {
  const { socket } = connection;
  socket.on('error', () => undefined);
  socket.on('close', (code) => {
    connection.closedWith = code;
  });
  socket.on('message', (data) => {
    const frame = Buffer.isBuffer(data) ? data.toString('utf8') : '';
    connection.frames.push(frame);
    const event: Event = JSON.parse(frame);
    connection.events.push(event);
    void fake.script(connection, event);
  });
  connection.send(...fake.greeting);
}
