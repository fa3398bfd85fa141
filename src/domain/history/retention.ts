/** How long what is kept is kept, and of whom nothing may be deleted: the section `retention`, and holds that people put. */
import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import { Refusal } from '../../base/errors.ts';
import type { Store } from '../../ports/store.ts';
import { isUserName } from '../callers/caller.ts';
import { SEALED_MS } from '../objects/objects.ts';

const days = z.int().min(1).max(3650);

/** The section `retention` of the configuration. */
export const retentionSchema = z.strictObject({
  historyDays: days.default(30),
  logDays: days.min(2).default(90),
  /** How long values behind placeholders are kept for calls that go on from others; 0: not at all. */
  piiDays: z.int().min(0).max(7).default(7),
  /** How long files of the audit log are kept compressed after they left it; 0: not at all. */
  archiveDays: z.int().min(0).max(3650).default(0),
  /** Legal holds: users of whom nothing is deleted, or `all`. */
  hold: z.array(z.string().refine(isUserName, 'must be a user, or all')).max(1000).default([]),
});
/** As configured. */
export type RetentionSettings = z.infer<typeof retentionSchema>;

/** Everybody. */
export const ALL = 'all';
const PREFIX = 'hold:';
const DAY_MS = 86_400_000;

/** Of whom nothing may be deleted. */
export type Held = typeof ALL | readonly string[];

/** A legal hold. */
export interface Hold {
  /** A user, or `all`. */
  readonly user: string;
  /** Milliseconds since 1970; left out for one of the configuration. */
  readonly since?: number | undefined;
}

/** Legal holds, of the configuration and of the store. Everything may throw `store.unavailable`. */
export interface Holds {
  list(): Promise<readonly Hold[]>;
  held(): Promise<Held>;
  /** Again changes nothing. */
  put(user: string): Promise<Hold>;
  /** False where there was none; one of the configuration stays. */
  lift(user: string): Promise<boolean>;
  /** @throws retention.held */
  refuseIfHeld(user: string): Promise<void>;
}

export function createHolds(
  store: Pick<Store, 'getSetting' | 'putSetting' | 'listSettings' | 'changeSetting'>,
  configured: readonly string[],
  clock: Clock,
): Holds {
  const list = async (): Promise<readonly Hold[]> => {
    const kept = await store.listSettings(PREFIX);
    const own = [...kept].map(([name, since]) => ({ user: name.slice(PREFIX.length), since: Number(since) }));
    return [...configured.map((user) => ({ user })), ...own];
  };
  const held = async (): Promise<Held> => {
    const users = (await list()).map(({ user }) => user);
    return users.includes(ALL) ? ALL : [...new Set(users)];
  };
  return {
    list,
    held,
    async put(user) {
      const known = await store.getSetting(PREFIX + user);
      const since = known === undefined ? clock.now() : Number(known);
      if (known === undefined) await store.putSetting(PREFIX + user, String(since));
      return { user, since };
    },
    async lift(user) {
      const known = await store.getSetting(PREFIX + user);
      return known !== undefined && (await store.changeSetting(PREFIX + user, known, undefined));
    },
    async refuseIfHeld(user) {
      const now = await held();
      if (now === ALL || now.includes(user)) throw new Refusal('retention.held');
    },
  };
}

/** Before which times what is kept is deleted, milliseconds since 1970. */
export interface CutOffs {
  readonly history: number;
  /** Never later than this month's start, UTC: the ledgers read a month's spending from the entries. */
  readonly log: number;
  /** Digests of what upstream sealed. */
  readonly sealed: number;
}

export function cutOffs(
  { historyDays, logDays }: Pick<RetentionSettings, 'historyDays' | 'logDays'>,
  now: number,
): CutOffs {
  const date = new Date(now);
  const month = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  const log = Math.min(now - logDays * DAY_MS, month);
  return { history: now - historyDays * DAY_MS, log, sealed: now - SEALED_MS };
}
