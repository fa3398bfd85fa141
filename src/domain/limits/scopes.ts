/** Whose limits a call is held to: house, team, user, key, end user, each with its own numbers. */
import { nanoFromUsd } from '../../base/money.ts';
import { Refusal } from '../../base/errors.ts';
import type { Scope } from '../../ports/ledger.ts';
import type { KeyRecord } from '../../ports/store.ts';
import type { Caller } from '../callers/caller.ts';
import type { ParameterPolicy } from './parameters.ts';
import type { Limits, Team, Tiers } from './tiers.ts';

/** The numbers of the configuration that limits are made of. */
export interface ScopeSettings {
  readonly tiers: Tiers;
  readonly house?: Limits | undefined;
  readonly teams?: Readonly<Record<string, Team>> | undefined;
  /** Of the house. */
  readonly parameters?: ParameterPolicy | undefined;
  /** Requests a user may make where the tier leaves it open: `RATE_LIMIT_PER_MINUTE` and its like. */
  readonly defaults: {
    readonly requestsPerMinute?: number | undefined;
    readonly requestsPerHour?: number | undefined;
    readonly requestsPerDay?: number | undefined;
  };
}

function scope(kind: Scope['kind'], id: string, limits: Limits = {}): Scope {
  return {
    kind,
    id,
    requestsPerMinute: limits.requestsPerMinute,
    requestsPerHour: limits.requestsPerHour,
    requestsPerDay: limits.requestsPerDay,
    tokensPerMinute: limits.tokensPerMinute,
    concurrency: limits.concurrency,
    dailyBudgetNano: limits.dailyBudgetUsd === undefined ? undefined : nanoFromUsd(limits.dailyBudgetUsd),
    monthlyBudgetNano:
      limits.monthlyBudgetUsd === undefined ? undefined : nanoFromUsd(limits.monthlyBudgetUsd),
  };
}

function keyScope(key: KeyRecord): Scope {
  const { id, requestsPerMinute, tokensPerMinute, concurrency, dailyBudgetNano } = key;
  return { kind: 'key', id, requestsPerMinute, tokensPerMinute, concurrency, dailyBudgetNano };
}

/**
 * The scopes of a caller, house first. Rates and budget of the tier belong to the user, summed over all keys; the
 * tier of the credential presented gives the numbers. A scope without limits is there all the same: it is counted.
 * @throws auth.invalid for a tier that is not configured
 */
export function scopesOf(caller: Caller, settings: ScopeSettings): readonly Scope[] {
  const { tiers, teams, defaults } = settings;
  const tier = Object.hasOwn(tiers, caller.tier) ? tiers[caller.tier] : undefined;
  if (!tier) throw new Refusal('auth.invalid', { detail: 'the tier of the caller is not configured' });
  const scopes = [scope('house', 'house', settings.house)];
  if (caller.team !== undefined) {
    scopes.push(
      scope('team', caller.team, teams && Object.hasOwn(teams, caller.team) ? teams[caller.team] : {}),
    );
  }
  scopes.push(
    scope('user', caller.user, {
      ...tier,
      requestsPerMinute: tier.requestsPerMinute ?? defaults.requestsPerMinute,
      requestsPerHour: tier.requestsPerHour ?? defaults.requestsPerHour,
      requestsPerDay: tier.requestsPerDay ?? defaults.requestsPerDay,
    }),
  );
  if (caller.key) scopes.push(keyScope(caller.key));
  // Without limits nothing is counted: there may be any number of them.
  if (caller.endUser !== undefined && tier.perEndUser)
    scopes.push(scope('endUser', caller.endUser, tier.perEndUser));
  return scopes;
}
