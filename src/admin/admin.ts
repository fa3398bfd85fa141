/**
 * The operators' door in HTTP: who acts, which row, how it is answered. Bodies are read only from who has shown a
 * credential; refusals have the shape and the headers they have on the callers' side.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { asRefusal, Refusal } from '../base/errors.ts';
import { equalInConstantTime } from '../base/secret.ts';
import { type Authenticator, readCredential } from '../domain/callers/authentication.ts';
import type { FailedAttempts } from '../domain/callers/failed-attempts.ts';
import type { OperatorRate } from '../domain/callers/operator-rate.ts';
import { teamAdminOf } from '../domain/people/team-admins.ts';
import { parseJson } from '../openai/json.ts';
import { adminOpenApi } from './openapi.ts';
import { type People, personActing } from './people.ts';
import { perform } from './perform.ts';
import { answerRefusal, refusalFrom } from './refusals.ts';
import type { Actor, AdminTools, Route } from './route.ts';
import { ADMIN_ROUTES } from './routes.ts';

export interface AdminDeps extends AdminTools {
  /** SALLYPORT_ADMIN_KEY: 32 to 256 printable characters. */
  readonly adminKey: string;
  /** For issued keys and tokens, whose role decides. */
  readonly authenticator: Authenticator;
  readonly failedAttempts: FailedAttempts;
  /** Left out where nobody is too fast. */
  readonly operatorRate?: OperatorRate | undefined;
  /** Left out where nobody signs in but by key or token. */
  readonly people?: People | undefined;
}

const bodyBytesMax = 65_536;

/** Adds `/admin/*`: the table's routes and their description; everything else there is 404 `access.not_found`. */
export function registerAdmin(app: FastifyInstance, deps: AdminDeps): void {
  void app.register(
    async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser(
        'application/json',
        { parseAs: 'buffer', bodyLimit: bodyBytesMax },
        (_request, body, done) => done(null, body),
      );
      scope.setErrorHandler((error, _request, reply) => answerRefusal(reply, refusalFrom(error)));
      scope.setNotFoundHandler((_request, reply) => answerRefusal(reply, new Refusal('access.not_found')));
      let description: object | undefined;
      scope.get('/openapi.json', () => (description ??= adminOpenApi()));
      for (const route of ADMIN_ROUTES) register(scope, route, deps);
    },
    { prefix: '/admin' },
  );
}

function register(scope: FastifyInstance, route: Route, deps: AdminDeps): void {
  const actors = new WeakMap<FastifyRequest, Actor>();
  scope.route<{ Params: { id?: string } }>({
    method: route.method,
    url: route.path.slice('/admin'.length),
    onRequest: async (request) => {
      actors.set(request, await actorOf(request, deps, route));
    },
    handler: async (request, reply) => {
      const actor = actors.get(request);
      if (actor === undefined) throw new Refusal('auth.missing');
      const { id, ip: source } = request;
      const target = request.params.id ?? '';
      const body = await perform(deps, { route, actor, id, source, target, input: () => inputOf(request) });
      const textType = route.mediaTypes?.find((type) => type !== 'application/json');
      if (textType && typeof body === 'string') reply.type(`${textType}; charset=utf-8`);
      return reply.code(route.status).send(body);
    },
  });
}

/** @throws auth.*, access.address, rate.source, rate.requests, store.unavailable */
async function actorOf(request: FastifyRequest, deps: AdminDeps, { urgent }: Route): Promise<Actor> {
  const { rawHeaders, url = '' } = request.raw;
  const source = request.ip;
  try {
    // A credential that is shown is meant; a cookie comes along.
    const isShown = request.headers.authorization !== undefined;
    const person = deps.people && !isShown ? await personActing(request, deps.people) : undefined;
    const actor = person ?? (await bearerActing({ rawHeaders, target: url, source }, deps));
    if (!urgent) deps.operatorRate?.take(actor.credential);
    return actor;
  } catch (error) {
    const { code, options } = asRefusal(error);
    if (deps.failedAttempts.count(source)) {
      deps.auditLog.note({
        userId: options.subject?.user ?? 'anonymous',
        action: 'admin.refused',
        resource: 'admin',
        status: 'failure',
        metadata: { request: request.id, source, code, credential: options.subject?.credential },
      });
    }
    throw error;
  }
}

async function bearerActing(
  shown: { readonly rawHeaders: readonly string[]; readonly target: string; readonly source: string },
  { adminKey, authenticator }: AdminDeps,
): Promise<Actor> {
  if (equalInConstantTime(readCredential(shown.rawHeaders, shown.target), adminKey))
    return { user: 'admin', role: 'admin', credential: 'admin-key' };
  const caller = await authenticator.authenticate(shown, true);
  const { user, role, credential } = caller;
  return { user, role, credential, teamAdmin: teamAdminOf(caller) };
}

/** The query of a GET, the body of a POST or PUT; what a method does not take must not be there. */
function inputOf({ method, query, body, headers }: FastifyRequest): unknown {
  if (headers['content-encoding'] !== undefined) throw new Refusal('request.media_type');
  if (method !== 'POST' && method !== 'PUT') {
    if (Buffer.isBuffer(body) && body.length > 0) throw new Refusal('request.unknown_field');
    return query;
  }
  if (Object.keys(query ?? {}).length > 0) throw new Refusal('request.query');
  return parseJson(Buffer.isBuffer(body) ? body : Buffer.alloc(0)).value;
}
