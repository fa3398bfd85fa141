/** The operators' listener: admin API, console, metrics, liveness and readiness. Never on the callers' port. */
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import helmet from '@fastify/helmet';
import { uuidv7 } from 'uuidv7';
import { asRefusal, errorBody, errorHeaders, Refusal } from '../base/errors.ts';
import { registerAdmin, type AdminDeps } from '../admin/admin.ts';
import { registerConsole } from '../admin/console.ts';
import type { Telemetry } from './telemetry.ts';

/** What the second port serves. */
export interface AdminServerOptions {
  readonly admin: AdminDeps;
  readonly telemetry: Telemetry;
  /** Every check by name; ready means all of them. */
  readonly checks: () => Readonly<Record<string, boolean>>;
  /** Of checks that fail: why, and what to do; no addresses, no secrets. */
  readonly reasons: () => Readonly<Record<string, string | undefined>>;
  readonly trustProxy: readonly string[];
}

/** Ready to listen: administration, health, metrics, the console. Callers' calls are unknown here. */
export function createAdminServer(options: AdminServerOptions): FastifyInstance {
  const app = fastify({
    logger: false,
    genReqId: () => uuidv7(),
    exposeHeadRoutes: false,
    bodyLimit: 65_536,
    forceCloseConnections: true,
    trustProxy: options.trustProxy.length > 0 ? [...options.trustProxy] : false,
    // A path that cannot be read names nothing; Fastify's own words would repeat it.
    frameworkErrors: (_error, _request, reply) => void answer(reply, new Refusal('access.not_found')),
  });
  void app.register(helmet, { contentSecurityPolicy: { useDefaults: false, directives: OWN_FILES_ONLY } });
  app.addHook('onSend', (request, reply, _payload, done) => {
    reply.header('x-request-id', request.id).header('cache-control', 'no-store');
    done();
  });
  registerHealth(app, options);
  registerAdmin(app, options.admin);
  registerConsole(app);
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

/** What probes and scrapers read; no key needed, nothing about callers in it. */
function registerHealth(app: FastifyInstance, options: AdminServerOptions): void {
  const { checks, reasons, telemetry } = options;
  app.get('/livez', () => ({ live: true }));
  app.get('/readyz', (_request, reply) => {
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
