/** People at the operators' door: who acts by a session, and that no page of elsewhere acts for them. */
import type { FastifyRequest } from 'fastify';
import { Refusal } from '../base/errors.ts';
import type { Seal } from '../base/seal.ts';
import type { Containment } from '../domain/callers/containment.ts';
import type { Directory } from '../domain/people/directory.ts';
import { type PeopleSettings, teamAdminBy } from '../domain/people/people.ts';
import type { PersonSession, Sessions } from '../domain/people/sessions.ts';
import type { IdentityProvider } from '../ports/identity-provider.ts';
import type { Cookies } from './cookies.ts';
import type { Actor } from './route.ts';

/** What signing in takes; left out where nobody does. */
export interface People {
  readonly settings: PeopleSettings;
  readonly provider: IdentityProvider;
  readonly sessions: Sessions;
  readonly directory: Directory;
  readonly cookies: Cookies;
  readonly containment: Pick<Containment, 'checkCaller'>;
  /** Of what the browser keeps between the way out and the way back. */
  readonly seal: Seal;
  /** Of digests of names that cannot stand in the audit log. */
  readonly digestKey: Buffer;
}

/** Whom the session speaks for. */
export function actorFrom({ user, access }: PersonSession): Actor {
  const { role } = access;
  return { user, role, credential: `person:${user}`, teamAdmin: teamAdminBy(access), person: access };
}

/**
 * Who acts by the cookie that came along; undefined where none did, or its session is over.
 * @throws access.origin, auth.several, access.banned, access.locked_down, store.unavailable
 */
export async function personActing(request: FastifyRequest, people: People): Promise<Actor | undefined> {
  const id = people.cookies.session.read(request.headers.cookie);
  if (id === undefined) return undefined;
  refuseOthers(request, people.settings.baseUrl);
  const session = await people.sessions.find(id);
  if (session === undefined) return undefined;
  const actor = actorFrom(session);
  const { team, tier, role } = session.access;
  people.containment.checkCaller({ user: actor.user, team, tier, role, credential: actor.credential }, true);
  return actor;
}

/**
 * A cookie comes along whoever asked for the request. Browsers say who did: of what changes something always, by its
 * `Origin`; of the rest where they say it at all.
 * @throws access.origin
 */
export function refuseOthers({ method, headers }: FastifyRequest, baseUrl: string): void {
  const isChange = method !== 'GET' && method !== 'HEAD';
  const site = headers['sec-fetch-site'] ?? 'same-origin';
  const isOwn = headers.origin === undefined ? !isChange : headers.origin === baseUrl;
  if (!isOwn || (site !== 'same-origin' && site !== 'none')) throw new Refusal('access.origin');
}
