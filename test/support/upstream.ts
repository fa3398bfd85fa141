/**
 * The fake upstream: the oracle of every test of the whole gateway. Real sockets; it keeps the raw bytes of each
 * request and its own books of what was executed, and does to each request what the test's script says.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Behaviour, Executed } from './behaviour.ts';
import { honest } from './openai-answer.ts';
import { perform } from './perform.ts';
import { seenOf, type OpenRequest, type SeenRequest } from './seen-request.ts';
import { selfSigned, type SelfSigned } from './self-signed.ts';

export type Script = (seen: SeenRequest) => Behaviour | Promise<Behaviour>;

export interface Tally extends Executed {
  readonly requests: number;
  /** By the prices given, in nano-dollars. */
  readonly nano: number;
}

export interface Upstream {
  /** `http://127.0.0.1:PORT/v1`, or https. */
  readonly baseUrl: string;
  readonly port: number;
  /** In the order they came; those whose body is under way included. */
  readonly requests: readonly SeenRequest[];
  /** TCP connections accepted so far. */
  readonly connections: number;
  /** What happens to a request once its body is there; honest answers until a test sets it. */
  script: Script;
  /** Asked when the head is there, for answers that do not wait for the body. */
  early: ((seen: SeenRequest) => Behaviour | undefined) | undefined;
  readonly certificate: SelfSigned | undefined;
  /** Resolves with the requests once that many bodies are there since the last `clear`. */
  waitFor(count: number): Promise<readonly SeenRequest[]>;
  /** Upstream's own books over the requests that pass `where`. */
  tally(options?: { where?: (seen: SeenRequest) => boolean; inputNano?: number; outputNano?: number }): Tally;
  /** Forgets requests and books; the script goes back to honest. */
  clear(): void;
  close(): Promise<void>;
}

export interface UpstreamOptions {
  readonly port?: number;
  readonly tls?: boolean;
  readonly script?: Script;
}

/** Listens on loopback; a free port unless one is given. */
export async function startUpstream(options: UpstreamOptions = {}): Promise<Upstream> {
  const certificate = options.tls ? selfSigned() : undefined;
  const server: Server = certificate ? createTlsServer(certificate) : createServer();
  const fake = new FakeUpstream(server, certificate, options.script ?? honest);
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  return fake;
}

class FakeUpstream implements Upstream {
  readonly certificate: SelfSigned | undefined;
  readonly #server: Server;
  readonly #sockets = new Map<Socket, { id: number; chunks: Buffer[] }>();
  #waiting: { count: number; resolve: (seen: readonly SeenRequest[]) => void }[] = [];
  #seen: OpenRequest[] = [];
  #count = 0;
  script: Script;
  early: Upstream['early'];

  constructor(server: Server, certificate: SelfSigned | undefined, script: Script) {
    this.#server = server;
    this.certificate = certificate;
    this.script = script;
    server.keepAliveTimeout = 60_000;
    server.on(certificate ? 'secureConnection' : 'connection', (socket: Socket) => this.#listen(socket));
    server.on('request', (request, reply) => void this.#serve(request, reply));
    server.on('checkContinue', (request, reply) => void this.#serve(request, reply));
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }
  get baseUrl(): string {
    return `${this.certificate ? 'https' : 'http'}://127.0.0.1:${this.port}/v1`;
  }
  get requests(): readonly SeenRequest[] {
    return this.#seen;
  }
  get connections(): number {
    return this.#count;
  }

  async waitFor(count: number): Promise<readonly SeenRequest[]> {
    const { promise, resolve } = Promise.withResolvers<readonly SeenRequest[]>();
    this.#waiting.push({ count, resolve });
    this.#wake();
    return await promise;
  }

  tally({ where = () => true, inputNano = 0, outputNano = 0 }: Parameters<Upstream['tally']>[0] = {}): Tally {
    let [requests, inputTokens, outputTokens] = [0, 0, 0];
    for (const seen of this.#seen.filter(where)) {
      requests += 1;
      inputTokens += seen.executed.inputTokens;
      outputTokens += seen.executed.outputTokens;
    }
    const nano = inputTokens * inputNano + outputTokens * outputNano;
    return { requests, inputTokens, outputTokens, nano };
  }

  clear(): void {
    this.#seen = [];
    this.script = honest;
    this.early = undefined;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets.keys()) socket.destroy();
    await closed;
  }

  #listen(socket: Socket): void {
    const kept = { id: this.#count++, chunks: [] as Buffer[] };
    this.#sockets.set(socket, kept);
    socket.prependListener('data', (chunk: Buffer) => kept.chunks.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
  }

  #wake(): void {
    if (this.#waiting.length === 0) return;
    const received = this.#seen.filter((seen) => seen.receivedAt !== undefined);
    const due = this.#waiting.filter((waiter) => waiter.count <= received.length);
    this.#waiting = this.#waiting.filter((waiter) => waiter.count > received.length);
    for (const waiter of due) waiter.resolve(received);
  }

  async #serve(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const over = Promise.withResolvers<void>();
    const kept = this.#sockets.get(request.socket);
    const seen = seenOf(request, this.#seen.length, kept?.id ?? -1, over.promise);
    this.#seen.push(seen);
    const gone = new AbortController();
    const ours = { ended: false };
    reply.once('close', () => {
      if (!reply.writableFinished && !ours.ended) seen.abortedAt = performance.now();
      gone.abort();
      over.resolve();
    });
    try {
      const early = this.early?.(seen);
      if (!early) await this.#read(request, seen, kept?.chunks ?? []);
      await perform(early ?? (await this.script(seen)), reply, seen, ours, gone.signal);
    } catch (error) {
      if (!gone.signal.aborted) reply.destroy(error instanceof Error ? error : undefined);
    }
  }

  async #read(request: IncomingMessage, seen: OpenRequest, chunks: Buffer[]): Promise<void> {
    const body: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) body.push(chunk);
    seen.body = Buffer.concat(body);
    seen.raw = Buffer.concat(chunks.splice(0));
    try {
      seen.json = JSON.parse(seen.body.toString('utf8'));
    } catch {
      seen.json = undefined;
    }
    seen.receivedAt = performance.now();
    this.#wake();
  }
}
