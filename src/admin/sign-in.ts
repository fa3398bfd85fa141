/**
 * Signing in and out at the company's identity provider: out to it, back from it, and what it says when somebody logged
 * out there. Every session is on record before it opens; a session's id is new each time, and never taken from a browser.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { asRefusal, errorHeaders, Refusal } from '../base/errors.ts';
import { nameFrom } from '../domain/callers/caller.ts';
import { type Person, personOf } from '../domain/people/people.ts';
import type { Identity, SignInChecks } from '../ports/identity-provider.ts';
import type { EntryDraft } from '../ports/audit-log.ts';
import type { AdminDeps } from './admin.ts';
import { type People, refuseOthers } from './people.ts';
import { answerRefusal } from './refusals.ts';

/** What signing in works with. */
export type SignInDeps = Pick<AdminDeps, 'auditLog' | 'failedAttempts' | 'operatorRate' | 'clock' | 'people'>;

/** How long somebody may take at the provider. */
const PENDING_S = 600;
const FORM_BYTES_MAX = 16_384;
/** Pages of ours, and of what is linked to: nothing else is gone to afterwards. */
const PAGE = /^\/console(?:\/[a-z]{1,20})?(?:#[0-9a-f-]{36})?$/;
const SEALED = ['sign-in'];

const pendingSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  to: z.string().regex(PAGE),
  until: z.number(),
});

/** Adds `/console/session`, `/console/sign-in`, its way back, `/console/sign-out` and the provider's own way to end sessions. */
export function registerSignIn(app: FastifyInstance, deps: SignInDeps): void {
  const { people } = deps;
  if (people === undefined) {
    app.get('/console/session', () => ({ people: false, signedIn: false }));
    return;
  }
  void app.register(
    async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser(
        'application/x-www-form-urlencoded',
        { parseAs: 'string', bodyLimit: FORM_BYTES_MAX },
        (_request, body, done) => done(null, body),
      );
      const door = new SignInDoor(deps, people);
      scope.get('/session', (request) => door.tell(request));
      scope.get('/sign-in', (request, reply) => door.leave(request, reply));
      scope.get('/callback', (request, reply) => door.comeBack(request, reply));
      scope.post('/sign-out', (request, reply) => door.signOut(request, reply));
      scope.post('/backchannel-logout', (request, reply) => door.loggedOut(request, reply));
    },
    { prefix: '/console' },
  );
}

class SignInDoor {
  readonly #deps: SignInDeps;
  readonly #people: People;

  constructor(deps: SignInDeps, people: People) {
    this.#deps = deps;
    this.#people = people;
  }

  /** What a page has to know before it offers anything. */
  async tell({ headers }: FastifyRequest): Promise<{ people: true; signedIn: boolean }> {
    const { cookies, sessions } = this.#people;
    const id = cookies.session.read(headers.cookie);
    return { people: true, signedIn: id !== undefined && (await sessions.find(id)) !== undefined };
  }

  async leave(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { provider, cookies } = this.#people;
    try {
      const { url, checks } = await provider.begin();
      reply.header('set-cookie', cookies.pending.set(this.#sealed(checks, pageOf(request)), PENDING_S));
      return await reply.redirect(url, 303);
    } catch (error) {
      return await this.#refuse(request, reply, error);
    }
  }

  async comeBack(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { provider, cookies, settings } = this.#people;
    // Used once, whatever comes of it.
    reply.header('set-cookie', cookies.pending.clear());
    try {
      const pending = this.#opened(cookies.pending.read(request.headers.cookie));
      const identity = await provider.finish(queryOf(request), pending);
      const id = await this.#begin(request, await this.#admitted(identity), identity);
      const seconds = Math.floor(settings.sessionHours * 3600);
      reply.header('set-cookie', cookies.session.set(id, seconds));
      return await reply.redirect(pending.to, 303);
    } catch (error) {
      return await this.#refuse(request, reply, error);
    }
  }

  async signOut(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { cookies, sessions, settings, provider } = this.#people;
    try {
      refuseOthers(request, settings.baseUrl);
      const id = cookies.session.read(request.headers.cookie);
      const session = id === undefined ? undefined : await sessions.find(id);
      if (id !== undefined && session !== undefined) {
        await this.#onRecord(request, 'admin.session.end', session.user, () => sessions.end(id));
      }
      reply.header('set-cookie', cookies.session.clear());
      const url = await provider.endSessionUrl().catch(() => undefined);
      await reply.send({ url: url ?? null });
    } catch (error) {
      await answerRefusal(reply, asRefusal(error));
    }
  }

  /** 200 where it holds, else 400, as OpenID Connect Back-Channel Logout 1.0 has it (section 2.8). */
  async loggedOut(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { provider, sessions } = this.#people;
    try {
      const token =
        new URLSearchParams(typeof request.body === 'string' ? request.body : '').get('logout_token') ?? '';
      const { subject, session } = await provider.loggedOut(token);
      await this.#onRecord(request, 'admin.session.end', 'system', async () => {
        // A session of theirs where it is named, else all of the person's.
        await sessions.endAll(({ at, subject: whose }) =>
          session === undefined ? whose === subject : at === session && (subject ?? whose) === whose,
        );
      });
      await reply.code(200).send();
    } catch (error) {
      const refusal = asRefusal(error);
      this.#noteRefused(request, refusal);
      await answerRefusal(reply, refusal, refusal.code === 'auth.sign_in' ? { status: 400 } : {});
    }
  }

  /** @throws access.no_group, access.banned, access.locked_down, store.unavailable */
  async #admitted(identity: Identity): Promise<Person> {
    const { settings, digestKey, directory, containment } = this.#people;
    const person = personOf(settings, identity, digestKey);
    if (person === undefined) {
      await this.#leftGroups(identity);
      throw new Refusal('access.no_group');
    }
    const { user, access } = person;
    const subject = { user, credential: `person:${user}` };
    if (!(await directory.mayEnter(user))) throw new Refusal('access.banned', { subject });
    containment.checkCaller({ ...subject, team: access.team, tier: access.tier, role: access.role }, true);
    return person;
  }

  /** What their groups opened before is open no more. */
  async #leftGroups({ claims }: Identity): Promise<void> {
    const { settings, digestKey, directory } = this.#people;
    const user = nameFrom(claims[settings.userClaim], 'sub', digestKey);
    if (user !== undefined) await directory.regroup(user, undefined);
  }

  async #begin(request: FastifyRequest, { user, access }: Person, identity: Identity): Promise<string> {
    const { sessions, directory } = this.#people;
    const { subject, session: at } = identity;
    const { team, role, administers } = access;
    return await this.#onRecord(
      request,
      'admin.session.begin',
      user,
      async () => {
        await directory.regroup(user, access);
        return await sessions.open({ user, subject, at, access });
      },
      { team, role, administers },
    );
  }

  async #onRecord<T>(
    request: FastifyRequest,
    action: string,
    userId: string,
    effect: () => Promise<T>,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<T> {
    const entry = (status: EntryDraft['status'], metadata = {}): EntryDraft => ({
      userId,
      action,
      resource: 'session',
      status,
      metadata: { request: request.id, source: request.ip, ...metadata },
    });
    const { auditLog } = this.#deps;
    await auditLog.record(entry('pending', more));
    try {
      const result = await effect();
      auditLog.note(entry('success'));
      return result;
    } catch (error) {
      auditLog.note(entry('failure', { code: asRefusal(error).code }));
      throw error;
    }
  }

  /** A person is looking: the page says it, in the words of the catalogue. */
  async #refuse(request: FastifyRequest, reply: FastifyReply, error: unknown): Promise<FastifyReply> {
    const refusal = asRefusal(error);
    this.#noteRefused(request, refusal);
    return await reply.headers(errorHeaders(refusal)).redirect(`/console?refused=${refusal.code}`, 303);
  }

  #noteRefused({ id, ip: source }: FastifyRequest, { code, options: { subject } }: Refusal): void {
    const { failedAttempts, auditLog } = this.#deps;
    if (!failedAttempts.count(source)) return;
    auditLog.note({
      userId: subject?.user ?? 'anonymous',
      action: 'admin.refused',
      resource: 'session',
      status: 'failure',
      metadata: { request: id, source, code, credential: subject?.credential },
    });
  }

  #sealed(checks: SignInChecks, to: string): string {
    const until = this.#deps.clock.now() + PENDING_S * 1000;
    return this.#people.seal.seal(JSON.stringify({ ...checks, to, until }), SEALED).toString('base64url');
  }

  /** What this browser left with. @throws auth.sign_in */
  #opened(cookie: string | undefined): z.infer<typeof pendingSchema> {
    const text = cookie && this.#people.seal.open(Buffer.from(cookie, 'base64url'), SEALED)?.toString();
    const pending = text ? pendingSchema.parse(JSON.parse(text)) : undefined;
    if (pending === undefined || this.#deps.clock.now() > pending.until)
      throw new Refusal('auth.sign_in', { detail: 'no sign-in of this browser is under way' });
    return pending;
  }
}

/** Where to go afterwards: a page of the console, whatever was asked for. */
function pageOf({ query }: FastifyRequest): string {
  const to: unknown = Object(query).to;
  return typeof to === 'string' && PAGE.test(to) ? to : '/console';
}

function queryOf({ url }: FastifyRequest): string {
  return url.slice(url.indexOf('?') + 1);
}
