/** What a caller is held to: the scopes, the tier, the guardrails' actions, looked up once a credential. */
import { BoundedMap } from '../../base/bounded-map.ts';
import { Refusal } from '../../base/errors.ts';
import type { ScreenPolicy } from '../../guardrails/screening.ts';
import { screenPolicy, type GuardrailsSettings } from '../../guardrails/settings.ts';
import type { Scope } from '../../ports/ledger.ts';
import type { Caller } from '../callers/caller.ts';
import type { ParameterPolicy } from './parameters.ts';
import type { Rollout } from '../rollout/rollout.ts';
import { scopesOf, type ScopeSettings } from './scopes.ts';
import type { Tier } from './tiers.ts';

/** Answers without I/O, and the same object for the same credential and version. */
export interface Limiting {
  /** @throws auth.invalid for a tier that is no longer configured */
  tier(caller: Caller): Tier;
  scopes(caller: Caller): readonly Scope[];
  screenPolicy(caller: Caller): ScreenPolicy;
  /** What would stop their calls is only told. */
  isSpared(caller: Caller): boolean;
  /** Of house, tier and team, in that order; undefined where none has any. */
  parameters(caller: Caller): readonly ParameterPolicy[] | undefined;
  refusalsPerMinute(caller: Caller): number;
}

interface Held {
  readonly tier: Tier;
  readonly scopes: readonly Scope[];
  readonly parameters: readonly ParameterPolicy[] | undefined;
  readonly refusalsPerMinute: number;
  readonly isInside: boolean;
}

const CALLERS_MAX = 10_000;

/**
 * At most 10,000 credentials are held; the oldest are worked out again.
 * @param rollout left out, everybody is inside
 */
export function createLimiting(
  settings: ScopeSettings,
  guardrails: GuardrailsSettings,
  rollout?: Rollout,
): Limiting {
  const held = new BoundedMap<string, Held>(CALLERS_MAX);
  const policyOf = policiesBy(guardrails);
  /** Spares the name of those who were just asked about: authentication gives the same caller for the same record. */
  const ofCaller = new WeakMap<Caller, Held>();

  function find(caller: Caller): Held {
    let found = ofCaller.get(caller);
    if (found === undefined) ofCaller.set(caller, (found = findByName(caller)));
    return found;
  }

  function findByName(caller: Caller): Held {
    const found = findByCredential(caller);
    // Not among those that are held by name: there may be any number of end users.
    return caller.endUser === undefined || !found.tier.perEndUser
      ? found
      : { ...found, scopes: scopesOf(caller, settings) };
  }

  function findByCredential(caller: Caller): Held {
    const name = `${caller.credential}@${caller.key?.version ?? 0}:${caller.user}:${caller.team ?? ''}:${caller.tier}`;
    let found = held.get(name);
    if (found) return found;
    const tier = settings.tiers[caller.tier];
    if (!tier) throw new Refusal('auth.invalid', { detail: 'the tier of the caller is not configured' });
    const parameters = parametersOf(caller, tier, settings);
    const scopes = scopesOf({ ...caller, endUser: undefined }, settings);
    const isInside = rollout?.includes(caller) ?? true;
    found = { tier, scopes, parameters, isInside, refusalsPerMinute: refusalsOf(tier, scopes) };
    held.set(name, found);
    return found;
  }

  const isSpared = (caller: Caller): boolean =>
    rollout !== undefined && (rollout.isFallenBack || !find(caller).isInside);

  return {
    isSpared,
    tier: (caller) => find(caller).tier,
    scopes: (caller) => find(caller).scopes,
    parameters: (caller) => find(caller).parameters,
    refusalsPerMinute: (caller) => find(caller).refusalsPerMinute,
    screenPolicy: (caller) => policyOf(caller.tier, isSpared(caller), find(caller).tier),
  };
}

/** The policy of each tier, and the one that is tried on its callers. */
function policiesBy(guardrails: GuardrailsSettings) {
  const policies = [new Map<string, ScreenPolicy>(), new Map<string, ScreenPolicy>()] as const;
  return (name: string, isTrial: boolean, tier: Tier): ScreenPolicy => {
    const known = policies[isTrial ? 1 : 0];
    let policy = known.get(name);
    if (!policy) {
      const own = screenPolicy(guardrails, tier.guardrails);
      policy = isTrial ? { ...own, isTrial } : own;
      known.set(name, policy);
    }
    return policy;
  };
}

const REFUSALS_A_REQUEST = 10;
/** Where neither tier nor key says how many requests a minute there may be. */
const REQUESTS_PER_MINUTE = 60;

/** Of the user's and the key's own requests a minute the fewer count. */
function refusalsOf({ refusalsPerMinute }: Tier, scopes: readonly Scope[]): number {
  if (refusalsPerMinute !== undefined) return refusalsPerMinute;
  const own = scopes.flatMap(({ kind, requestsPerMinute }) =>
    (kind === 'user' || kind === 'key') && requestsPerMinute !== undefined ? [requestsPerMinute] : [],
  );
  return REFUSALS_A_REQUEST * (own.length > 0 ? Math.min(...own) : REQUESTS_PER_MINUTE);
}

function parametersOf(
  { team }: Caller,
  tier: Tier,
  { parameters, teams = {} }: ScopeSettings,
): readonly ParameterPolicy[] | undefined {
  const ofTeam = team !== undefined && Object.hasOwn(teams, team) ? teams[team]?.parameters : undefined;
  const all = [parameters, tier.parameters, ofTeam].filter((policy) => policy !== undefined);
  return all.length > 0 ? all : undefined;
}
