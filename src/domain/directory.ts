/**
 * People as the company's directory tells of them. Who has left is out within a second: a ban, which every process looks at
 * twice a second and which ends open streams, then the sessions, then every key, for good. Whoever calls this has put it on record.
 */
import { hash } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import { Refusal } from '../base/errors.ts';
import type { Store } from '../ports/store.ts';
import type { Ban, ContainmentState } from './containment.ts';
import type { KeyRing } from './key-ring.ts';
import { isLive } from './keys.ts';
import type { Sessions } from './sessions.ts';

const PREFIX = 'person.';
const PEOPLE_MAX = 20_000;
/** Tokens of the provider's, which nobody here can revoke, do not live longer. */
const BAN_MS = 30 * 86_400_000;
const BANS_MAX = 10_000;

const memberSchema = z.object({
  user: z.string(),
  userName: z.string(),
  externalId: z.string().optional(),
  active: z.boolean(),
  deleted: z.literal(true).optional(),
  /** Milliseconds since 1970. */
  changedAt: z.number(),
});

/** What is kept of a person: what the directory calls them, and whether they are still here. */
export interface Member {
  readonly user: string;
  readonly userName: string;
  readonly externalId?: string | undefined;
  readonly active: boolean;
  /** Not there any more for the directory, and still shut out here. */
  readonly deleted?: true | undefined;
  readonly changedAt: number;
}

/** Everything may throw `store.unavailable`. */
export interface Directory {
  find(user: string): Promise<Member | undefined>;
  /** By user. */
  list(): Promise<readonly Member[]>;
  /**
   * Keeps what the directory says. Again is no fault: what was left undone is done.
   * @returns the member, and how many sessions and keys have ended
   * @throws request.too_complex where there are 20,000 people, or 10,000 bans
   */
  put(member: Omit<Member, 'changedAt'>): Promise<{ member: Member; sessions: number; keys: number }>;
  /** Whether nothing says that they have left. */
  mayEnter(user: string): Promise<boolean>;
}

/** What it takes. */
export interface DirectoryDeps {
  readonly store: Pick<Store, 'getSetting' | 'putSetting' | 'listSettings'>;
  readonly keys: Pick<KeyRing, 'list' | 'revoke'>;
  readonly sessions: Pick<Sessions, 'endAll'>;
  /** Of the bans, for all processes. */
  readonly change: (
    step: (state: ContainmentState) => { readonly state: ContainmentState; readonly result: boolean },
  ) => Promise<boolean>;
  readonly clock: Clock;
}

export function createDirectory({ store, keys, sessions, change, clock }: DirectoryDeps): Directory {
  const find = async (user: string): Promise<Member | undefined> =>
    memberFrom((await store.getSetting(PREFIX + user)) ?? '');

  const list = async (): Promise<readonly Member[]> =>
    [...(await store.listSettings(PREFIX)).values()].flatMap((text) => memberFrom(text) ?? []);

  /** The ban first: it is one write, and the widest. */
  async function shutOut(user: string): Promise<{ sessions: number; keys: number }> {
    await change((state) => ({ state: banned(state, user, clock.now()), result: true }));
    const ended = await sessions.endAll((session) => session.user === user);
    const live = (await keys.list()).filter((key) => key.user === user && isLive(key, clock.now()));
    await Promise.all(live.map(({ id }) => keys.revoke(id)));
    return { sessions: ended, keys: live.length };
  }

  return {
    find,
    list,
    async put(given) {
      const known = await find(given.user);
      if (known === undefined && (await list()).length >= PEOPLE_MAX)
        throw new Refusal('request.too_complex');
      const member = { ...given, changedAt: clock.now() };
      await store.putSetting(PREFIX + given.user, JSON.stringify(member));
      if (!given.active) return { member, ...(await shutOut(given.user)) };
      if (known?.active === false)
        await change((state) => ({ state: without(state, given.user), result: true }));
      return { member, sessions: 0, keys: 0 };
    },
    mayEnter: async (user) => (await find(user))?.active !== false,
  };
}

const banId = (user: string): string => `left_${hash('sha256', user).slice(0, 24)}`;

function without(state: ContainmentState, user: string): ContainmentState {
  return { ...state, bans: state.bans.filter(({ id }) => id !== banId(user)) };
}

/** @throws request.too_complex */
function banned(state: ContainmentState, user: string, at: number): ContainmentState {
  const ban: Ban = {
    id: banId(user),
    kind: 'user',
    value: user,
    until: at + BAN_MS,
    at,
    by: 'directory',
    reason: 'has left',
  };
  const bans = [...without(state, user).bans.filter(({ until }) => until > at), ban];
  if (bans.length > BANS_MAX) throw new Refusal('request.too_complex');
  return { ...state, bans };
}

function memberFrom(text: string): Member | undefined {
  return text === '' ? undefined : memberSchema.safeParse(JSON.parse(text)).data;
}
