/** The operators' listener: admin API, console, metrics, liveness and readiness. Never on the callers' port. */
import fastify, { type FastifyInstance } from 'fastify';
import helmet from '@fastify/helmet';
import { uuidv7 } from 'uuidv7';
import { asRefusal, errorBody, errorHeaders, Refusal } from '../base/errors.ts';
import { registerAdmin, type AdminDeps } from '../admin/admin.ts';
import { registerConsole } from '../admin/console.ts';
import type { Telemetry } from './telemetry.ts';

export interface AdminServerOptions {
  readonly admin: AdminDeps;
  readonly telemetry: Telemetry;
  /** Every check by name; ready means all of them. */
  readonly checks: () => Readonly<Record<string, boolean>>;
  readonly trustProxy: readonly string[];
}

export function createAdminServer(options: AdminServerOptions): FastifyInstance {
  const app = fastify({
    logger: false,
    genReqId: () => uuidv7(),
    exposeHeadRoutes: false,
    bodyLimit: 65_536,
    forceCloseConnections: true,
    trustProxy: options.trustProxy.length > 0 ? [...options.trustProxy] : false,
  });
  void app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'connect-src': ["'self'"],
        'img-src': ["'self'"],
        'base-uri': ["'none'"],
        'form-action': ["'none'"],
        'frame-ancestors': ["'none'"],
      },
    },
  });
  app.addHook('onSend', (request, reply, _payload, done) => {
    reply.header('x-request-id', request.id).header('cache-control', 'no-store');
    done();
  });
  app.get('/livez', () => ({ live: true }));
  app.get('/readyz', (_request, reply) => {
    const checks = options.checks();
    const ready = Object.values(checks).every(Boolean);
    return reply.code(ready ? 200 : 503).send({ ready, checks });
  });
  app.get('/metrics', async (_request, reply) => {
    const { body, contentType } = await options.telemetry.render();
    return reply.type(contentType).send(body);
  });
  registerAdmin(app, options.admin);
  registerConsole(app);
  app.setNotFoundHandler((_request, reply) => {
    const refusal = new Refusal('access.not_found');
    return reply.code(404).headers(errorHeaders(refusal)).send(errorBody(refusal));
  });
  app.setErrorHandler((error, _request, reply) => {
    const status = (error as { statusCode?: number }).statusCode ?? 500;
    const refusal =
      status >= 400 && status < 500 && !(error instanceof Refusal) ? bodyFault(status) : asRefusal(error);
    return reply.code(refusal.status).headers(errorHeaders(refusal)).send(errorBody(refusal));
  });
  return app;
}

/** Fastify's own refusals of a body, in our catalogue. */
function bodyFault(status: number): Refusal {
  if (status === 413) return new Refusal('request.too_large');
  return new Refusal(status === 415 ? 'request.media_type' : 'request.invalid_json');
}
