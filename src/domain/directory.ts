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
/** Others change the same person meanwhile. */
const TRIES_MAX = 5;

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

/** What becomes of what was known, which may be nothing. */
export type MemberStep = (known: Member | undefined) => Omit<Member, 'user' | 'changedAt'>;

/** Everything may throw `store.unavailable`. */
export interface Directory {
  find(user: string): Promise<Member | undefined>;
  /** By user. */
  list(): Promise<readonly Member[]>;
  /**
   * Keeps what the directory says. Again is no fault: what was left undone is done.
   * @param step sees what was known, and may be asked again
   * @returns the member, and how many sessions and keys have ended
   * @throws request.too_complex where there are 20,000 people, or too many bans (whose keys and sessions end all the
   * same), and what `step` throws
   */
  put(user: string, step: MemberStep): Promise<{ member: Member; sessions: number; keys: number }>;
  /** Whether nothing says that they have left. */
  mayEnter(user: string): Promise<boolean>;
}

/** What it takes. */
export interface DirectoryDeps {
  readonly store: Pick<Store, 'getSetting' | 'changeSetting' | 'listSettings'>;
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

  const list = (): Promise<readonly Member[]> => listFrom(store);

  /** The ban first: it is one write, and the widest; where it cannot be, the rest ends all the same. */
  async function shutOut(user: string): Promise<{ sessions: number; keys: number }> {
    const [ban] = await Promise.allSettled([
      change((state) => ({ state: banned(state, user, clock.now()), result: true })),
    ]);
    const ended = await sessions.endAll((session) => session.user === user);
    const live = (await keys.list()).filter((key) => key.user === user && isLive(key, clock.now()));
    await Promise.all(live.map(({ id }) => keys.revoke(id)));
    if (ban.status === 'rejected') throw ban.reason;
    return { sessions: ended, keys: live.length };
  }

  /** Unless they have left again meanwhile. */
  async function letIn(user: string): Promise<void> {
    await change((state) => ({ state: without(state, user), result: true }));
    if ((await find(user))?.active === false) await shutOut(user);
  }

  return {
    find,
    list,
    async put(user, step) {
      const { member, before } = await keep({ store, clock }, user, step);
      if (!member.active) return { member, ...(await shutOut(user)) };
      if (before?.active === false) await letIn(user);
      return { member, sessions: 0, keys: 0 };
    },
    mayEnter: async (user) => (await find(user))?.active !== false,
  };
}

/** By what stands there when it is written. @throws request.too_complex, store.unavailable, and what `step` throws */
async function keep(
  { store, clock }: Pick<DirectoryDeps, 'store' | 'clock'>,
  user: string,
  step: MemberStep,
): Promise<{ member: Member; before: Member | undefined }> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const text = await store.getSetting(PREFIX + user);
    const before = memberFrom(text ?? '');
    const member = { ...step(before), user, changedAt: clock.now() };
    if (text === undefined && (await listFrom(store)).length >= PEOPLE_MAX)
      throw new Refusal('request.too_complex');
    if (await store.changeSetting(PREFIX + user, text, JSON.stringify(member))) return { member, before };
  }
  throw new Refusal('store.unavailable', { detail: 'the person is being changed by others' });
}

async function listFrom(store: DirectoryDeps['store']): Promise<readonly Member[]> {
  return [...(await store.listSettings(PREFIX)).values()].flatMap((text) => memberFrom(text) ?? []);
}

const banId = (user: string): string => `left_${hash('sha256', user).slice(0, 24)}`;

function without(state: ContainmentState, user: string): ContainmentState {
  return { ...state, bans: state.bans.filter(({ id }) => id !== banId(user)) };
}

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
  return { ...state, bans: [...without(state, user).bans.filter(({ until }) => until > at), ban] };
}

function memberFrom(text: string): Member | undefined {
  return text === '' ? undefined : memberSchema.safeParse(JSON.parse(text)).data;
}
