/** What ends for a person: everything when they leave, and what a group gave once they are in another one. Nothing of it waits for anything else. */
import { hash } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { KeyRecord } from '../../ports/store.ts';
import type { Ban, ContainmentState } from '../callers/containment.ts';
import type { KeyRing } from '../callers/key-ring.ts';
import { isLive } from '../callers/keys.ts';
import type { Access } from './people.ts';
import type { Sessions } from './sessions.ts';

/** Tokens of the provider's, which nobody here can revoke, do not live longer. */
const BAN_MS = 30 * 86_400_000;

/** How many have ended. */
export interface Ended {
  readonly sessions: number;
  readonly keys: number;
}

/** What it takes. */
export interface EndingsDeps {
  readonly keys: Pick<KeyRing, 'list' | 'revoke'>;
  readonly sessions: Pick<Sessions, 'endAll'>;
  /** Of the bans, for all processes. */
  readonly change: (
    step: (state: ContainmentState) => { readonly state: ContainmentState; readonly result: boolean },
  ) => Promise<boolean>;
  readonly clock: Clock;
}

/** Everything may throw `store.unavailable`. Again is no fault. */
export interface Endings {
  /** A ban, which is one write and the widest, every session, every key. @throws request.too_complex where there are too many bans */
  shutOut(user: string): Promise<Ended>;
  /** Own keys and sessions of another group than what opens this; of any where nothing is open. */
  regroup(user: string, access: Access | undefined): Promise<Ended>;
}

export function createEndings({ keys, sessions, change, clock }: EndingsDeps): Endings {
  async function endKeys(isOne: (key: KeyRecord) => boolean): Promise<number> {
    const live = (await keys.list()).filter((key) => isOne(key) && isLive(key, clock.now()));
    await Promise.all(live.map(({ id }) => keys.revoke(id)));
    return live.length;
  }

  return {
    async shutOut(user) {
      const [ban, ended, revoked] = await Promise.allSettled([
        change((state) => ({ state: banned(state, user, clock.now()), result: true })),
        sessions.endAll((session) => session.user === user),
        endKeys((key) => key.user === user),
      ]);
      // Where one cannot be, the rest has ended all the same.
      for (const one of [ban, ended, revoked]) if (one.status === 'rejected') throw one.reason;
      return { sessions: settled(ended), keys: settled(revoked) };
    },
    async regroup(user, access) {
      const [ended, revoked] = await Promise.all([
        sessions.endAll((session) => session.user === user && !isSame(session.access, access)),
        endKeys(
          ({ own, user: whose, team, tier }) =>
            own === true && whose === user && (team !== access?.team || tier !== access?.tier),
        ),
      ]);
      return { sessions: ended, keys: revoked };
    },
  };
}

const settled = (one: PromiseSettledResult<number>): number => (one.status === 'fulfilled' ? one.value : 0);

function isSame(one: Access, other: Access | undefined): boolean {
  return (['team', 'tier', 'role', 'administers'] as const).every((name) => one[name] === other?.[name]);
}

const banId = (user: string): string => `left_${hash('sha256', user).slice(0, 24)}`;

/** The bans, but for that of who had left. */
export function without(state: ContainmentState, user: string): ContainmentState {
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
