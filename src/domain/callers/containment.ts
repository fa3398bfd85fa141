/**
 * What is shut at the moment, and for whom: the kill switch (all, tiers, users, keys, models, tools, until it is released),
 * bans (a user, a key, an address, an end user, for a time), and users and keys that are held to a lower tier for a time.
 * Rules alone; who keeps the state is `jobs/watch-containment`.
 */
import { isIP } from 'node:net';
import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import { Refusal } from '../../base/errors.ts';
import { USER_NAME, type Caller } from './caller.ts';
import { END_USER_DIGEST } from './end-users.ts';

/** Names that one call may put in the place of a list. */
const ASKED_MAX = 1000;
/** Users, and keys, that can be shut at a time, by calls and by rules one after the other. */
const SHUT_MAX = 10_000;
/** More than there are people whom the directory may tell of: all of them may have left. */
const BANS_MAX = 30_000;
const LOWERINGS_MAX = 10_000;

const name = z.string().regex(USER_NAME);
const names = z.array(name).max(ASKED_MAX).default([]);
const shutNames = z.array(name).max(SHUT_MAX).default([]);
const reason = z.string().max(500).default('');

/** What the kill switch is told to shut. */
export const lockdownSchema = z.strictObject({
  /** Every call, of whomever. */
  all: z.boolean().default(false),
  tiers: names,
  users: names,
  /** Ids of keys. */
  keys: names,
  /** Names of models, or with a `*` at their end. */
  models: z
    .array(z.string().regex(/^[A-Za-z0-9._:/-]{1,127}[A-Za-z0-9._:/*-]$/))
    .max(1000)
    .default([]),
  /** Names of functions and types of tools, or with a `*` at their end. */
  tools: z.array(z.string().min(1).max(128)).max(1000).default([]),
  reason,
});
/** After the schema. */
export type Lockdown = z.infer<typeof lockdownSchema>;
/** What it has come to shut, name by name. */
export const shutSchema = lockdownSchema.extend({ users: shutNames, keys: shutNames });

const banSchema = z.strictObject({
  id: name,
  kind: z.enum(['user', 'key', 'address', 'endUser']),
  value: z.string().max(128),
  /** Milliseconds since 1970, as all times here. */
  until: z.int(),
  at: z.int(),
  by: z.string(),
  reason,
});
/** Somebody is shut out until then. */
export type Ban = z.infer<typeof banSchema>;

const loweringSchema = banSchema.extend({
  kind: z.enum(['user', 'key']),
  value: name,
  /** Its name in the section `tiers`. */
  tier: name,
});
/** Somebody is held to a lower tier until then. */
export type Lowering = z.infer<typeof loweringSchema>;

/** As it is kept; by whom and when the kill switch was last changed. */
export const containmentSchema = z.strictObject({
  lockdown: shutSchema.extend({ by: z.string(), at: z.int() }).optional(),
  bans: z.array(banSchema).max(BANS_MAX),
  /** Left out where there are none. */
  lowerings: z.array(loweringSchema).max(LOWERINGS_MAX).optional(),
});
/** After the schema. */
export type ContainmentState = z.infer<typeof containmentSchema>;

/** Nothing is shut. */
export const NOTHING_SHUT: ContainmentState = { bans: [] };
/** Name of the state in the store. */
export const CONTAINMENT = 'containment';

/** The same state with these in the place of the lowerings it has; those that have ended are left out. */
export function withLowerings(
  state: ContainmentState,
  lowerings: readonly Lowering[],
  now: number,
): ContainmentState {
  const { lockdown, bans } = state;
  const held = lowerings.filter(({ until }) => until > now);
  return { ...(lockdown && { lockdown }), bans, ...(held.length > 0 && { lowerings: held }) };
}

/** Whether the state is still one that every process can read. */
export function fits({ lockdown, bans, lowerings = [] }: ContainmentState): boolean {
  const { users = [], keys = [] } = lockdown ?? {};
  return (
    Math.max(users.length, keys.length) <= SHUT_MAX &&
    bans.length <= BANS_MAX &&
    lowerings.length <= LOWERINGS_MAX
  );
}

/** Whether the kill switch shuts anything at all. */
export function shutsAnything(lockdown: Lockdown): boolean {
  const { all, tiers, users, keys, models, tools } = lockdown;
  return all || [tiers, users, keys, models, tools].some((list) => list.length > 0);
}

/** Whether `next` leaves something open that `before` shuts. */
export function releases(before: Lockdown | undefined, next: Lockdown): boolean {
  if (!before) return false;
  if (next.all) return false;
  const lists = ['tiers', 'users', 'keys', 'models', 'tools'] as const;
  const opens = (list: (typeof lists)[number]): boolean => {
    const stay = new Set(next[list]);
    return before[list].some((entry) => !stay.has(entry));
  };
  return before.all || lists.some(opens);
}

/** What this process holds everybody to, without I/O. */
export interface Containment {
  /** False: nothing is shut, and nothing else need be asked. */
  readonly isActive: boolean;
  /**
   * @param asPerson at the admin API, which has to stay open to those who release: only what names them counts
   * @throws access.locked_down, access.banned
   */
  checkCaller(caller: Caller, asPerson?: boolean): void;
  /** @throws access.locked_down */
  checkModel(model: string | undefined): void;
  /** Tiers that this one is held to, in the order in which that was said; mostly none. */
  tiersFor(caller: Caller): readonly string[];
  /** Denied as by policy, whatever that allows. */
  readonly deniedTools: readonly string[];
  /** Of who shows no valid credential. */
  isBannedAddress(address: string): boolean;
  /** As it was given. */
  readonly state: ContainmentState;
  /** Replaces all of it. @param local somebody at this machine has shut everything */
  replace(state: ContainmentState, local: boolean): void;
  /** Called after every change: open calls are checked again. */
  onChanged(listener: () => void): void;
}

/** The state, as it is asked. */
interface Index {
  readonly lockdown: Lockdown | undefined;
  readonly tiers: ReadonlySet<string>;
  readonly users: ReadonlySet<string>;
  readonly keys: ReadonlySet<string>;
  /** When the ban of it ends, by kind and value. */
  readonly bans: ReadonlyMap<string, number>;
  readonly lowerings: readonly Lowering[];
}

function indexOf({ lockdown, bans, lowerings = [] }: ContainmentState): Index {
  const ends = new Map<string, number>();
  for (const { kind, value, until } of bans) {
    const ban = `${kind} ${value}`;
    ends.set(ban, Math.max(until, ends.get(ban) ?? 0));
  }
  return {
    lockdown,
    tiers: new Set(lockdown?.tiers),
    users: new Set(lockdown?.users),
    keys: new Set(lockdown?.keys),
    bans: ends,
    lowerings,
  };
}

const NO_TOOLS: readonly string[] = [];
const NO_TIERS: readonly string[] = [];

/** Nothing is shut yet. */
export function createContainment(clock: Clock): Containment {
  return new Held(clock);
}

class Held implements Containment {
  readonly #clock: Clock;
  readonly #listeners: (() => void)[] = [];
  #index = indexOf(NOTHING_SHUT);
  #local = false;
  state = NOTHING_SHUT;
  isActive = false;
  deniedTools = NO_TOOLS;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  replace(state: ContainmentState, local: boolean): void {
    this.state = state;
    this.#local = local;
    this.#index = indexOf(state);
    const { bans, lockdown, lowerings = [] } = state;
    this.isActive = local || bans.length > 0 || lockdown !== undefined || lowerings.length > 0;
    this.deniedTools = state.lockdown?.tools ?? NO_TOOLS;
    for (const listener of this.#listeners) listener();
  }

  onChanged(listener: () => void): void {
    this.#listeners.push(listener);
  }

  checkCaller(caller: Caller, asPerson = false): void {
    if (!this.isActive) return;
    const { user, tier, key, credential, endUser, endUserBefore } = caller;
    const { lockdown, tiers, users, keys } = this.#index;
    const isShut = this.#local || lockdown?.all === true || tiers.has(tier);
    if ((isShut && !asPerson) || users.has(user) || (key && keys.has(key.id)))
      throw new Refusal('access.locked_down', { subject: { user, credential } });
    const isBanned =
      this.#isBanned(`user ${user}`) ||
      (key && this.#isBanned(`key ${key.id}`)) ||
      (endUser && this.#isBanned(`endUser ${endUser}`)) ||
      (endUserBefore && this.#isBanned(`endUser ${endUserBefore}`));
    if (isBanned) throw new Refusal('access.banned', { subject: { user, credential } });
  }

  checkModel(model: string | undefined): void {
    const models = this.#index.lockdown?.models;
    if (!models || model === undefined) return;
    const isShut = models.some((entry) =>
      entry.endsWith('*') ? model.startsWith(entry.slice(0, -1)) : entry === model,
    );
    if (isShut) throw new Refusal('access.locked_down', { param: 'model' });
  }

  tiersFor({ user, key }: Caller): readonly string[] {
    const { lowerings } = this.#index;
    if (lowerings.length === 0) return NO_TIERS;
    const now = this.#clock.now();
    const held = lowerings.filter(
      ({ kind, value, until }) => value === (kind === 'user' ? user : key?.id) && until > now,
    );
    return held.map(({ tier }) => tier);
  }

  isBannedAddress(address: string): boolean {
    if (!this.isActive) return false;
    // As a socket for both families shows IPv4.
    const plain = address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
    return this.#isBanned(`address ${address}`) || this.#isBanned(`address ${plain}`);
  }

  #isBanned(ban: string): boolean {
    return (this.#index.bans.get(ban) ?? 0) > this.#clock.now();
  }
}

/** Loopback is this machine, and a proxy's address is everybody's: a ban of either would shut others out. */
export function mayBan(kind: Ban['kind'], value: string, isTrusted: (address: string) => boolean): boolean {
  if (kind === 'endUser') return END_USER_DIGEST.test(value);
  if (kind !== 'address') return USER_NAME.test(value);
  return isIP(value) !== 0 && !/^(?:127\.|::1$|::ffff:127\.)/.test(value) && !isTrusted(value);
}
