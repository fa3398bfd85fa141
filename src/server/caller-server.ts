/**
 * The callers' listener: whatever comes goes its one way (the pipeline's, or that of tools), which knows what is an
 * operation; what callers see of themselves (`/me/…`) beside it. Fastify's only edge to callers.
 */
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import cors from '@fastify/cors';
import { asRefusal, errorBody, errorHeaders, Refusal } from '../base/errors.ts';
import type { Presented } from '../domain/callers/authentication.ts';
import type { Arrival } from '../domain/exchange.ts';
import type { OpenCall } from '../domain/open-call.ts';
import type { SocketDoor } from '../realtime/door.ts';
import { sendRefusal } from '../stages/refuse.ts';
import type { Reply } from '../stages/reply.ts';
import { NodeReply } from './node-reply.ts';
import { type InClear, type OnInClear, UPGRADE_HEADERS } from './in-clear.ts';
import { NO_SCHEMAS } from './no-schemas.ts';
import { readBody } from './read-body.ts';
import { requestId } from './request-id.ts';
import { createStrictServer } from './strict-server.ts';
import type { Secured } from './tls.ts';
import { handshakeOf, isUpgrade } from './upgrades.ts';
import { watchCaller } from './watch-caller.ts';

/** @param id the `x-request-id` of the answer */
export type OnRefused = (source: string, refusal: Refusal, id: string) => void;

/** Where calls go. */
export interface Way {
  /** Runs one call to its end; never rejects. The reply is answered, or broken off where its caller is gone. */
  handle(arrival: Arrival, reply: Reply, onCall: (call: OpenCall) => void): Promise<void>;
}

/** What the first port serves, and its bounds in milliseconds and bytes. */
export interface CallerServerOptions {
  readonly way: Way;
  readonly sockets?: SocketDoor | undefined;
  /** What callers see of themselves, by path. @throws auth.*, request.*, access.permission, *.unavailable */
  readonly own: Readonly<Record<string, (arrival: Arrival) => Promise<unknown>>>;
  readonly trustProxy: readonly string[];
  readonly cors: readonly string[];
  readonly bodyMsMax: number;
  readonly exchangesMax: number;
  /** A request that was refused before its way, or beside it: counted by source. */
  readonly onUnreadable: OnRefused;
  /** A call that was turned away unread: the gateway is full, or about to end. */
  readonly onTurnedAway: OnRefused;
  /** TLS alone, if given. */
  readonly tls: Pick<Secured, 'settings' | 'onCertificate'> | undefined;
  /** Which calls are refused for having travelled in clear; undefined: none. */
  readonly inClear: InClear | undefined;
  /** Told of each of them. */
  readonly onInClear: OnInClear;
}

/** The callers' side, and the calls under way. */
export interface CallerServer {
  readonly app: FastifyInstance;
  /** Calls that have not ended. */
  open(): ReadonlySet<OpenCall>;
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

/** What scripts of other origins may read beside the body. */
const EXPOSED_HEADERS = [
  'x-request-id',
  'x-upstream-request-id',
  'x-sallyport-code',
  'x-sallyport-approval',
  'x-sallyport-output-cap',
  'x-sallyport-parameters',
  'x-should-retry',
  'retry-after',
  ...['limit', 'remaining', 'reset'].flatMap((what) =>
    ['requests', 'tokens'].map((of) => `x-ratelimit-${what}-${of}`),
  ),
];

/** Ready to listen; every call goes that way, but for one's own usage. */
export function createCallerServer(options: CallerServerOptions): CallerServer {
  const open = new Set<OpenCall>();
  let draining = false;
  const refusalNow = (request: FastifyRequest): Refusal | undefined => {
    if (options.inClear?.(request)) {
      void options.onInClear(presentedBy(request.raw, sourceOf(request)), request.id);
      return new Refusal('edge.https_required');
    }
    if (draining) return new Refusal('edge.draining');
    return open.size >= options.exchangesMax ? new Refusal('edge.busy') : undefined;
  };

  // Taken over before Fastify would look at a body: its way reads it, and nothing is paid for that is not used.
  const take = (request: FastifyRequest, reply: FastifyReply): void => {
    reply.hijack();
    const cross = options.cors.length > 0 ? corsHeaders(reply) : undefined;
    const nodeReply = new NodeReply(request.raw, reply.raw, {
      ...cross,
      ...SECURITY_HEADERS,
      'x-request-id': request.id,
    });
    const refusal = refusalNow(request);
    if (refusal) {
      options.onTurnedAway(sourceOf(request), refusal, request.id);
      const upgrade = refusal.code === 'edge.https_required' && UPGRADE_HEADERS;
      sendRefusal(nodeReply, refusal, { connection: 'close', ...upgrade });
      return;
    }
    const arrival = arrivalOf(request, options.bodyMsMax);
    const { sockets } = options;
    if (sockets && isUpgrade(request.raw)) handleSocket(sockets, open, arrival, nodeReply, reply.raw);
    else handle(options.way, open, arrival, nodeReply, reply.raw);
  };
  const app = createApp(options, take);
  return {
    app,
    open: () => open,
    drain: () => {
      draining = true;
      options.sockets?.drain();
    },
    abortAll: () => {
      for (const call of open) call.abort(new Refusal('edge.draining'));
    },
  };
}

type Take = (request: FastifyRequest, reply: FastifyReply) => void;

function createApp(options: CallerServerOptions, take: Take): FastifyInstance {
  const app = fastify({
    logger: false,
    schemaController: NO_SCHEMAS,
    genReqId: () => requestId(),
    exposeHeadRoutes: false,
    return503OnClosing: false,
    forceCloseConnections: true,
    trustProxy: options.trustProxy.length > 0 ? [...options.trustProxy] : false,
    // The server below answers these itself.
    clientErrorHandler: () => undefined,
    serverFactory: (listener) => listenerFor(options, listener),
    frameworkErrors: (_error, request, reply) => take(request, reply),
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 4096 },
  });
  if (options.cors.length > 0) registerCors(app, options.cors);
  registerRoutes(app, options, take);
  return app;
}

/** Node's server below Fastify: in clear, or with TLS and a certificate that is followed. */
function listenerFor(options: CallerServerOptions, listener: RequestListener): Server {
  const { tls, onUnreadable } = options;
  if (tls === undefined) return createStrictServer(listener, onUnreadable);
  const onPlain: RequestListener = (request, response) => {
    const id = requestId();
    const source = request.socket.remoteAddress ?? 'unknown';
    const refusal = new Refusal('edge.https_required');
    void options.onInClear(presentedBy(request, source), id);
    options.onTurnedAway(source, refusal, id);
    const reply = new NodeReply(request, response, { ...SECURITY_HEADERS, 'x-request-id': id });
    sendRefusal(reply, refusal, UPGRADE_HEADERS);
  };
  return createStrictServer(listener, onUnreadable, { ...tls, onPlain });
}

/** Nothing of it for other origins: their preflights are calls without a credential. */
function registerCors(app: FastifyInstance, configured: readonly string[]): void {
  const origins = new Set(configured.map((url) => new URL(url).origin));
  void app.register(cors, {
    origin: (origin, decide) => decide(null, origin !== undefined && origins.has(origin) ? origin : false),
    methods: ['GET', 'POST', 'DELETE'],
    exposedHeaders: EXPOSED_HEADERS,
    strictPreflight: false,
    maxAge: 600,
  });
}

function registerRoutes(app: FastifyInstance, options: CallerServerOptions, take: Take): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  // Behind the hooks of CORS.
  void app.after(() => {
    app.addHook('onRequest', (request, reply, done) => {
      if (!Object.hasOwn(options.own, request.routeOptions.url ?? '') || options.inClear?.(request)) {
        take(request, reply);
        return;
      }
      void reply.headers({ ...SECURITY_HEADERS, 'x-request-id': request.id });
      done();
    });
  });
  app.all('/v1/*', () => undefined);
  for (const [path, answer] of Object.entries(options.own))
    app.get(path, (request) => answer(arrivalOf(request, options.bodyMsMax)));
  app.setNotFoundHandler(() => undefined);
  app.setErrorHandler((error, request, reply) => {
    const refusal = asRefusal(error);
    options.onUnreadable(sourceOf(request), refusal, request.id);
    void reply.code(refusal.status).headers(errorHeaders(refusal)).send(errorBody(refusal));
  });
}

/** A socket is open until it is over and on record. */
function handleSocket(
  sockets: SocketDoor,
  open: Set<OpenCall>,
  arrival: Arrival,
  nodeReply: NodeReply,
  response: ServerResponse,
): void {
  let call: OpenCall | undefined;
  const handshake = handshakeOf(response.req, response);
  const opened = sockets.open({ ...arrival, method: 'WEBSOCKET' }, handshake, nodeReply, (made) => {
    call = made;
    open.add(made);
  });
  void opened.then(() => call && open.delete(call));
}

/** Runs a call, which is open until it is answered and on record, whichever is last. */
function handle(
  way: Way,
  open: Set<OpenCall>,
  arrival: Arrival,
  nodeReply: NodeReply,
  response: ServerResponse,
): void {
  let call: OpenCall | undefined;
  let ends = 0;
  const end = (): void => {
    ends += 1;
    if (ends === 2 && call) open.delete(call);
  };
  const handled = way.handle(arrival, nodeReply, (made) => {
    call = made;
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

/** The caller's address, or what a trusted proxy says it is, if that is one. */
function sourceOf(request: FastifyRequest): string {
  const { ip } = request;
  return isIP(ip) === 0 ? (request.raw.socket.remoteAddress ?? 'unknown') : ip;
}

function presentedBy(request: IncomingMessage, source: string): Presented {
  const { rawHeaders, url = '', method = '' } = request;
  return { rawHeaders, target: url, source, method: isUpgrade(request) ? 'WEBSOCKET' : method };
}

function arrivalOf(request: FastifyRequest, bodyMsMax: number): Arrival {
  const { raw } = request;
  return {
    id: request.id,
    method: raw.method ?? '',
    target: raw.url ?? '',
    source: sourceOf(request),
    headers: raw.headers,
    rawHeaders: raw.rawHeaders,
    readBody: (bytesMax) => readBody(raw, bytesMax, bodyMsMax),
  };
}
