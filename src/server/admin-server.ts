/** The operators' listener: admin API, console, metrics, liveness and readiness. Never on the callers' port. */
import type { IncomingMessage, RequestListener } from 'node:http';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import helmet from '@fastify/helmet';
import { uuidv7 } from 'uuidv7';
import { asRefusal, errorBody, errorHeaders, Refusal } from '../base/errors.ts';
import { registerAdmin, type AdminDeps } from '../admin/admin.ts';
import { registerConsole } from '../admin/console.ts';
import type { Presented } from '../domain/callers/authentication.ts';
import { registerScim } from '../admin/scim.ts';
import { registerSignIn } from '../admin/sign-in.ts';
import { type InClear, type OnInClear, UPGRADE_HEADERS } from './in-clear.ts';
import { NO_SCHEMAS } from './no-schemas.ts';
import type { Telemetry } from './telemetry.ts';
import { createStrictServer } from './strict-server.ts';
import type { Secured } from './tls.ts';

/** For a request with its body, which is small. */
const BODY_MS_MAX = 30_000;

/** What the second port serves. */
export interface AdminServerOptions {
  readonly admin: AdminDeps;
  readonly telemetry: Telemetry;
  /** Every check by name; ready means all of them. */
  readonly checks: () => Readonly<Record<string, boolean>>;
  /** Of checks that fail: why, and what to do; no addresses, no secrets. */
  readonly reasons: () => Readonly<Record<string, string | undefined>>;
  readonly trustProxy: readonly string[];
  /** TLS alone, if given. */
  readonly tls: Pick<Secured, 'settings' | 'onCertificate'> | undefined;
  /** Which requests are refused for having travelled in clear; undefined: none. */
  readonly inClear: InClear | undefined;
  readonly onInClear: OnInClear;
}

/** Ready to listen: administration, health, metrics, the console. Callers' calls are unknown here. */
export function createAdminServer(options: AdminServerOptions): FastifyInstance {
  const { tls, inClear, onInClear } = options;
  const app = fastify({
    logger: false,
    schemaController: NO_SCHEMAS,
    genReqId: () => uuidv7(),
    exposeHeadRoutes: false,
    bodyLimit: 65_536,
    // Users have names of up to 128 characters.
    routerOptions: { maxParamLength: 512 },
    forceCloseConnections: true,
    trustProxy: options.trustProxy.length > 0 ? [...options.trustProxy] : false,
    // The server below answers these itself.
    clientErrorHandler: () => undefined,
    serverFactory: (listener: RequestListener) => {
      const secured = tls && { ...tls, onPlain: plainWith(listener, onInClear) };
      return createStrictServer(listener, () => undefined, secured, BODY_MS_MAX);
    },
    // A path that cannot be read names nothing; Fastify's own words would repeat it.
    frameworkErrors: (_error, _request, reply) => void answer(reply, new Refusal('access.not_found')),
  });
  void app.register(helmet, { contentSecurityPolicy: { useDefaults: false, directives: OWN_FILES_ONLY } });
  app.addHook('onSend', (request, reply, _payload, done) => {
    reply.header('x-request-id', request.id).header('cache-control', 'no-store');
    done();
  });
  if (inClear) {
    app.addHook('onRequest', async (request, reply) => {
      if (HEALTH.has(request.routeOptions.url ?? '') || !inClear(request)) return;
      void onInClear(shownBy(request.raw, request.ip), request.id);
      const { status, headers, body } = refusedInClear(request.raw, request.host);
      await reply.code(status).headers(headers).send(body);
    });
  }
  registerHealth(app, options);
  registerAdmin(app, options.admin);
  registerConsole(app);
  registerSignIn(app, options.admin);
  registerScim(app, options.admin);
  app.setNotFoundHandler((_request, reply) => answer(reply, new Refusal('access.not_found')));
  app.setErrorHandler((error, _request, reply) => answer(reply, refusalOf(error)));
  return app;
}

/** Nothing from elsewhere, nothing inline. */
const OWN_FILES_ONLY = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'connect-src': ["'self'"],
  'img-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
};

/** Of no use to who listens on the way. */
const HEALTH = new Set(['/livez', '/readyz', '/metrics']);
/** A name or an address, and a port. */
const HOST = /^(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

/** A page is sent to where it is safe, before anybody types a key into it; the API is not: its key is out already. */
function refusedInClear({ method, url = '' }: IncomingMessage, host: string) {
  if (method === 'GET' && /^\/console(?:[/?]|$)/.test(url) && HOST.test(host))
    return { status: 308, headers: { location: `https://${host}/console` }, body: '' };
  const refusal = new Refusal('edge.https_required');
  const headers = { ...UPGRADE_HEADERS, ...errorHeaders(refusal) };
  return { status: refusal.status, headers, body: errorBody(refusal) };
}

function shownBy({ rawHeaders, url = '', method = '' }: IncomingMessage, source: string): Presented {
  return { rawHeaders, target: url, source, method };
}

/** Of a port with TLS, for what comes in clear: probes of the machine itself know no certificate. */
const plainWith =
  (listener: RequestListener, onInClear: OnInClear): RequestListener =>
  (request, response) => {
    if (HEALTH.has(request.url ?? '')) {
      listener(request, response);
      return;
    }
    const id = uuidv7();
    void onInClear(shownBy(request, request.socket.remoteAddress ?? 'unknown'), id);
    const { status, headers, body } = refusedInClear(request, request.headers.host ?? '');
    response.writeHead(status, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-request-id': id,
      ...headers,
    });
    response.end(body && JSON.stringify(body));
  };

/** What probes and scrapers read; no key needed, nothing about callers in it. */
function registerHealth(app: FastifyInstance, options: AdminServerOptions): void {
  const { checks, reasons, telemetry } = options;
  // Some probes ask for the head alone.
  const asked = { exposeHeadRoute: true };
  app.get('/livez', asked, () => ({ live: true }));
  app.get('/readyz', asked, (_request, reply) => {
    const now = checks();
    const ready = Object.values(now).every(Boolean);
    return reply.code(ready ? 200 : 503).send({ ready, checks: now, ...(!ready && { reasons: reasons() }) });
  });
  app.get('/metrics', async (_request, reply) => {
    const { body, contentType } = await telemetry.render();
    return reply.type(contentType).send(body);
  });
}

function answer(reply: FastifyReply, refusal: Refusal): FastifyReply {
  return reply.code(refusal.status).headers(errorHeaders(refusal)).send(errorBody(refusal));
}

function refusalOf(error: unknown): Refusal {
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  return status >= 400 && status < 500 && !(error instanceof Refusal) ? bodyFault(status) : asRefusal(error);
}

/** Fastify's own refusals of a body, in our catalogue. */
function bodyFault(status: number): Refusal {
  if (status === 413) return new Refusal('request.too_large');
  return new Refusal(status === 415 ? 'request.media_type' : 'request.invalid_json');
}
