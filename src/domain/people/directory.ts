/**
 * People as the company's directory tells of them. Who has left is out within a second: a ban, which every process looks at a
 * few times a second and which ends open streams, and at the same time the sessions and every key, for good. What somebody's group gave
 * them ends with it. Whoever calls this has put it on record.
 */
import { z } from 'zod';
import { Refusal } from '../../base/errors.ts';
import type { Store } from '../../ports/store.ts';
import { createEndings, type Ended, type EndingsDeps, without } from './endings.ts';
import type { Access } from './people.ts';

const PREFIX = 'person.';
const PEOPLE_MAX = 20_000;
/** Others change the same person meanwhile. */
const TRIES_MAX = 5;

const memberSchema = z.object({
  user: z.string(),
  userName: z.string(),
  externalId: z.string().optional(),
  active: z.boolean(),
  groups: z.array(z.string()).optional(),
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
  /** What the directory says they are in, where it is asked. */
  readonly groups?: readonly string[] | undefined;
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
   * @param leaving they are out whatever was known: shutting them out begins at once
   * @returns the member, and how many sessions and keys have ended
   * @throws request.too_complex where there are 20,000 people, or too many bans (whose keys and sessions end all the
   * same), and what `step` throws
   */
  put(user: string, step: MemberStep, leaving?: boolean): Promise<{ member: Member } & Ended>;
  /** They are in a group now that opens this, or nothing: own keys and sessions of another one end. */
  regroup(user: string, access: Access | undefined): Promise<Ended>;
  /** Whether nothing says that they have left. */
  mayEnter(user: string): Promise<boolean>;
}

/** What it takes. */
export interface DirectoryDeps extends EndingsDeps {
  readonly store: Pick<Store, 'getSetting' | 'changeSetting' | 'listSettings'>;
  /** What groups open; undefined where the directory is not asked for them. */
  readonly accessOf?: ((groups: readonly string[]) => Access | undefined) | undefined;
}

export function createDirectory(deps: DirectoryDeps): Directory {
  const { store, change, clock, accessOf } = deps;
  const endings = createEndings(deps);
  const find = async (user: string): Promise<Member | undefined> =>
    memberFrom((await store.getSetting(PREFIX + user)) ?? '');

  /** Unless they have left again meanwhile. */
  async function letIn(user: string): Promise<void> {
    await change((state) => ({ state: without(state, user), result: true }));
    if ((await find(user))?.active === false) await endings.shutOut(user);
  }

  return {
    find,
    list: () => listFrom(store),
    async put(user, step, leaving = false) {
      const out = leaving ? endings.shutOut(user) : undefined;
      // Told below, once the row is written or cannot be.
      out?.catch(() => undefined);
      const { member, before } = await keep({ store, clock }, user, step);
      if (!member.active) return { member, ...(await (out ?? endings.shutOut(user))) };
      if (out || before?.active === false) await letIn(user);
      const { groups } = member;
      const ended = groups && accessOf ? await endings.regroup(user, accessOf(groups)) : NOTHING;
      return { member, ...ended };
    },
    regroup: (user, access) => endings.regroup(user, access),
    mayEnter: async (user) => (await find(user))?.active !== false,
  };
}

const NOTHING: Ended = { sessions: 0, keys: 0 };

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

function memberFrom(text: string): Member | undefined {
  return text === '' ? undefined : memberSchema.safeParse(JSON.parse(text)).data;
}
