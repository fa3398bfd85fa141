/**
 * Administrators of one team: keys with `administers: team`. They see and manage what is their team's, and give nobody
 * more than they have themselves: no other team, role, tier, list or number. What is not theirs does not exist for them.
 */
import { Refusal } from '../../base/errors.ts';
import { nanoFromUsd } from '../../base/money.ts';
import type { KeyRecord } from '../../ports/store.ts';
import type { Caller } from '../callers/caller.ts';
import type { NewKey } from '../callers/keys.ts';
import type { Team } from '../limits/tiers.ts';

/** What the configuration says of teams. */
export type Teams = Readonly<Record<string, Team>>;

/** Undefined for everybody else: administrators of the house among them. */
export function teamAdminOf({ key, team }: Pick<Caller, 'key' | 'team'>): TeamAdmin | undefined {
  // No key is of the team of no name.
  return key?.administers === 'team' ? { team: team ?? '', key } : undefined;
}

const LISTS = ['models', 'endpoints', 'tools', 'ips'] as const;
const NUMBERS = [
  'dailyBudgetNano',
  'requestsPerMinute',
  'tokensPerMinute',
  'maxTokensPerRequest',
  'concurrency',
  'expiresAt',
] as const;

/** Whom a key of this kind stands for; its bounds, or those of the person. */
export interface TeamAdmin {
  readonly team: string;
  readonly key: Pick<
    KeyRecord,
    'role' | 'tier' | 'upstream' | (typeof LISTS)[number] | (typeof NUMBERS)[number]
  >;
}

/**
 * The key as it may be made: in the administrator's team, whatever was left out.
 * @param keys all there are: a user of the house's own, or of another team, is nobody's to take
 * @throws access.permission; `param` names the field that is more than they have
 */
export function grantOf(admin: TeamAdmin, wanted: NewKey, teams: Teams, keys: readonly KeyRecord[]): NewKey {
  const granted = { ...wanted, team: wanted.team ?? admin.team };
  checkWithin(admin, granted, teams);
  if (!isOfTeam(admin, granted.user, keys, teams)) throw more('user');
  return granted;
}

/**
 * Whether they may end this key, or have its text.
 * @throws access.not_found for another team's; access.permission for one that may do more than theirs
 */
export function checkManages(admin: TeamAdmin, record: KeyRecord | undefined, teams: Teams): void {
  if (record?.team !== admin.team) throw new Refusal('access.not_found');
  checkWithin(admin, record, teams);
}

/** Keys that they see. */
export function keysOf(admin: TeamAdmin, keys: readonly KeyRecord[]): readonly KeyRecord[] {
  return keys.filter(({ team }) => team === admin.team);
}

/**
 * Whether a user is the team's alone: has keys in it and none elsewhere, or none at all and a name that begins with the
 * team's, and with no longer one of another. Rates, money and objects go by the user's name, so who may use any name is in
 * every team.
 */
export function isOfTeam(
  { team }: TeamAdmin,
  user: string,
  keys: readonly KeyRecord[],
  teams: Teams,
): boolean {
  const own = keys.filter((key) => key.user === user);
  if (own.length > 0) return own.every((key) => key.team === team);
  const others = [...Object.keys(teams), ...keys.map((key) => key.team ?? '')];
  const isWithin = (name: string): boolean => name.length > team.length && user.startsWith(`${name}.`);
  return user.startsWith(`${team}.`) && !others.some(isWithin);
}

function checkWithin({ team, key }: TeamAdmin, wanted: NewKey, teams: Teams): void {
  if (wanted.team !== team) throw more('team');
  // Every other role sees the whole house.
  if (wanted.role !== 'user' && wanted.administers !== 'team') throw more('role');
  if (wanted.role === 'admin' && key.role !== 'admin') throw more('role');
  const limits = Object.hasOwn(teams, team) ? teams[team] : undefined;
  if (!(limits?.tiers ?? [key.tier]).includes(wanted.tier)) throw more('tier');
  if (wanted.upstream !== key.upstream) throw more('upstream');
  for (const field of LISTS) {
    const own = key[field];
    if (own && !wanted[field]?.every((entry) => own.includes(entry))) throw more(field);
  }
  for (const field of NUMBERS) {
    if ((wanted[field] ?? Infinity) > (key[field] ?? Infinity)) throw more(field);
  }
  const budget = limits?.dailyBudgetUsd;
  if (budget !== undefined && (wanted.dailyBudgetNano ?? 0) > nanoFromUsd(budget))
    throw more('dailyBudgetNano');
}

function more(field: string): Refusal {
  const param = field === 'dailyBudgetNano' ? 'dailyBudgetUsd' : field;
  return new Refusal('access.permission', { param, detail: `more than the administrator of a team has` });
}
