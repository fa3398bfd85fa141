/** The callers' listener: `/v1/*` into the pipeline, `/me/usage`; everything else is 404. Fastify's only edge to callers. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import cors from '@fastify/cors';
import { uuidv7 } from 'uuidv7';
import { asRefusal, errorBody, errorHeaders, Refusal } from '../base/errors.ts';
import type { Arrival, Exchange } from '../domain/exchange.ts';
import type { Pipeline } from '../pipeline.ts';
import { sendRefusal } from '../stages/refuse.ts';
import { NodeReply } from './node-reply.ts';
import { readBody } from './read-body.ts';

export interface CallerServerOptions {
  readonly pipeline: Pipeline;
  /** `GET /me/usage`. @throws auth.*, ledger.unavailable */
  readonly meUsage: (arrival: Arrival) => Promise<unknown>;
  readonly trustProxy: readonly string[];
  readonly cors: readonly string[];
  readonly bodyMsMax: number;
  readonly exchangesMax: number;
  /** A request that could not even be read: counted by source. */
  readonly onUnreadable: (source: string, code: string) => void;
}

export interface CallerServer {
  readonly app: FastifyInstance;
  /** Exchanges that have not ended. */
  open(): ReadonlySet<Exchange>;
  /** From now on every new request is refused; connections close after their answer. */
  drain(): void;
  /** Breaks off what is still open. */
  abortAll(): void;
}

/** On every answer; the API serves no page, so nothing may be sniffed, framed or cached. */
const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'strict-transport-security': 'max-age=31536000',
};

export function createCallerServer(options: CallerServerOptions): CallerServer {
  const open = new Set<Exchange>();
  let draining = false;
  const app = createApp(options);
  const refusalNow = (): Refusal | undefined => {
    if (draining) return new Refusal('edge.draining');
    return open.size >= options.exchangesMax ? new Refusal('edge.busy') : undefined;
  };

  // Taken over before Fastify would look at a body: the pipeline reads it, and nothing is paid for that is not used.
  const take = (request: FastifyRequest, reply: FastifyReply): void => {
    reply.hijack();
    const cross = options.cors.length > 0 ? corsHeaders(reply) : undefined;
    const nodeReply = new NodeReply(request.raw, reply.raw, {
      ...cross,
      ...SECURITY_HEADERS,
      'x-request-id': request.id,
    });
    const refusal = refusalNow();
    if (refusal) {
      sendRefusal(nodeReply, refusal, { connection: 'close' });
      return;
    }
    handle(options.pipeline, open, arrivalOf(request, options.bodyMsMax), nodeReply, reply.raw);
  };
  app.all('/v1/*', { onRequest: (request, reply, _done) => take(request, reply) }, () => undefined);
  app.get('/me/usage', (request) => options.meUsage(arrivalOf(request, options.bodyMsMax)));
  app.setNotFoundHandler((request, reply) =>
    sendBare(reply, new Refusal('access.unknown_operation'), request.id),
  );
  app.setErrorHandler((error, request, reply) => sendBare(reply, asRefusal(error), request.id));

  return {
    app,
    open: () => open,
    drain: () => {
      draining = true;
    },
    abortAll: () => {
      for (const exchange of open) exchange.abort(new Refusal('edge.draining'));
    },
  };
}

function createApp(options: CallerServerOptions): FastifyInstance {
  const app = fastify({
    logger: false,
    genReqId: () => uuidv7(),
    exposeHeadRoutes: false,
    return503OnClosing: false,
    trustProxy: options.trustProxy.length > 0 ? [...options.trustProxy] : false,
    // A slow head ends in 10 s; bodies have a time of their own, answers none.
    http: {
      headersTimeout: 10_000,
      requestTimeout: 0,
      keepAliveTimeout: 75_000,
      connectionsCheckingInterval: 2000,
    },
    clientErrorHandler: (error, socket) => answerUnreadable(error, socket, options),
    frameworkErrors: (_error, request, reply) => sendBare(reply, new Refusal('request.path'), request.id),
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 4096 },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  if (options.cors.length > 0) {
    void app.register(cors, {
      origin: [...options.cors],
      exposedHeaders: ['x-request-id', 'x-sallyport-code', 'retry-after'],
    });
  }
  return app;
}

/** Runs a call, which is open until it is answered and on record, whichever is last. */
function handle(
  pipeline: Pipeline,
  open: Set<Exchange>,
  arrival: Arrival,
  nodeReply: NodeReply,
  response: ServerResponse,
): void {
  let exchange: Exchange | undefined;
  let ends = 0;
  const end = (): void => {
    ends += 1;
    if (ends === 2 && exchange) open.delete(exchange);
  };
  const handled = pipeline.handle(arrival, nodeReply, (made) => {
    exchange = made;
    open.add(made);
    watchCaller(made, response, end);
  });
  void handled.then(end);
}

/** What @fastify/cors set on a reply that is about to be taken over. */
function corsHeaders(reply: FastifyReply): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined && (name.startsWith('access-control-') || name === 'vary'))
      found[name] = String(value);
  }
  return found;
}

function arrivalOf(request: FastifyRequest, bodyMsMax: number): Arrival {
  const { raw } = request;
  return {
    id: request.id,
    method: raw.method ?? '',
    target: raw.url ?? '',
    source: request.ip,
    headers: raw.headers,
    rawHeaders: raw.rawHeaders,
    readBody: (bytesMax) => readBody(raw, bytesMax, bodyMsMax),
  };
}

/** `close` of the raw response is the one event that always comes: before its end, the caller has left. */
function watchCaller(exchange: Exchange, response: ServerResponse, onClose: () => void): void {
  response.once('close', () => {
    onClose();
    if (response.writableFinished) return;
    exchange.callerGone = true;
    exchange.abort();
  });
}

function sendBare(reply: FastifyReply, refusal: Refusal, id: string): void {
  void reply
    .code(refusal.status)
    .headers({ ...SECURITY_HEADERS, ...errorHeaders(refusal), 'x-request-id': id })
    .send(errorBody(refusal));
}

/** What Node's parser refused: ambiguous framing, oversized heads, slow heads. The connection is closed. */
function answerUnreadable(
  error: Error & { code?: string },
  socket: Socket,
  options: CallerServerOptions,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const refusal = new Refusal(
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'request.too_slow' : 'request.framing',
  );
  options.onUnreadable(socket.remoteAddress ?? 'unknown', refusal.code);
  const body = JSON.stringify(errorBody(refusal));
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
    ...errorHeaders(refusal),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 400 Bad Request\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}
