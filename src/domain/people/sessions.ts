/**
 * Sessions of people who signed in: an opaque random id that the browser has, everything else in the store, under a digest
 * of it, so that it holds at every process and who reads the store cannot take one over. Bounded in time and number.
 */
import { hash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import { Refusal } from '../../base/errors.ts';
import type { Store } from '../../ports/store.ts';
import type { Access } from './people.ts';

const PREFIX = 'session.';
const SESSIONS_MAX = 5_000;
/** Of one person: the oldest ends. */
const OWN_MAX = 10;
/** 256 bits. */
const ID = /^[A-Za-z0-9_-]{43}$/;

const sessionSchema = z.object({
  user: z.string(),
  subject: z.string(),
  /** `sid` of the provider's. */
  at: z.string().optional(),
  access: z.object({
    team: z.string(),
    role: z.enum(['user', 'developer', 'admin']),
    tier: z.string(),
    administers: z.literal('team').optional(),
  }),
  /** Milliseconds since 1970. */
  since: z.number(),
  until: z.number(),
});

/** Who signed in, and what it opens until then. */
export interface PersonSession {
  readonly user: string;
  readonly subject: string;
  readonly at?: string | undefined;
  readonly access: Access;
  readonly since: number;
  readonly until: number;
}

/** Everything may throw `store.unavailable`. */
export interface Sessions {
  /** Its id, which is in this answer and nowhere else. @throws edge.busy where there are 5,000 */
  open(session: Omit<PersonSession, 'since' | 'until'>): Promise<string>;
  /** Undefined for whatever is none, or over. */
  find(id: string): Promise<PersonSession | undefined>;
  end(id: string): Promise<void>;
  /** Of all that are like this; how many. */
  endAll(isLike: (session: PersonSession) => boolean): Promise<number>;
}

type SessionStore = Pick<Store, 'getSetting' | 'putSetting' | 'listSettings' | 'changeSetting'>;

/** @param hours how long a session lasts, whatever is done in it */
export function createSessions(store: SessionStore, hours: number, clock: Clock): Sessions {
  const all = async (): Promise<readonly Kept[]> =>
    [...(await store.listSettings(PREFIX))].map(([name, text]) => ({
      name,
      text,
      session: sessionFrom(text, clock.now()),
    }));

  async function drop(kept: readonly Kept[]): Promise<number> {
    const dropped = await Promise.all(
      kept.map(({ name, text }) => store.changeSetting(name, text, undefined)),
    );
    return dropped.filter(Boolean).length;
  }

  return {
    async open(given) {
      await drop(inTheWay(await all(), given.user));
      const id = randomBytes(32).toString('base64url');
      const since = clock.now();
      const session: PersonSession = { ...given, since, until: since + hours * 3_600_000 };
      await store.putSetting(nameOf(id), JSON.stringify(session));
      return id;
    },
    async find(id) {
      if (!ID.test(id)) return undefined;
      return sessionFrom((await store.getSetting(nameOf(id))) ?? '', clock.now());
    },
    async end(id) {
      if (!ID.test(id)) return;
      const text = await store.getSetting(nameOf(id));
      if (text !== undefined) await store.changeSetting(nameOf(id), text, undefined);
    },
    endAll: async (isLike) => drop((await all()).filter(({ session }) => session && isLike(session))),
  };
}

/** Users of live sessions who administer the house. @throws store.unavailable */
export async function signedInAdministrators(
  store: Pick<Store, 'listSettings'>,
  now: number,
): Promise<readonly string[]> {
  const sessions = [...(await store.listSettings(PREFIX)).values()].map((text) => sessionFrom(text, now));
  return sessions.flatMap((session) => {
    const { role, administers } = session?.access ?? {};
    return session && role === 'admin' && !administers ? [session.user] : [];
  });
}

/** A row, and the session in it unless that is over. */
interface Kept {
  readonly name: string;
  readonly text: string;
  readonly session: PersonSession | undefined;
}

/** What has to go for one more of this person: what is over, and the oldest of theirs. @throws edge.busy */
function inTheWay(all: readonly Kept[], user: string): readonly Kept[] {
  const over = all.filter(({ session }) => session === undefined);
  const own = all.filter(({ session }) => session?.user === user);
  own.sort((a, b) => (a.session?.since ?? 0) - (b.session?.since ?? 0));
  const oldest = own.slice(0, Math.max(0, own.length - OWN_MAX + 1));
  if (all.length - over.length - oldest.length >= SESSIONS_MAX) throw new Refusal('edge.busy');
  return [...over, ...oldest];
}

const nameOf = (id: string): string => PREFIX + hash('sha256', id);

/** Undefined where it is over, or not ours. */
function sessionFrom(text: string, now: number): PersonSession | undefined {
  if (text === '') return undefined;
  const { data } = sessionSchema.safeParse(JSON.parse(text));
  return data && now < data.until ? data : undefined;
}
