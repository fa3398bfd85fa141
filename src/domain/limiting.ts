/** What a caller is held to: the scopes, the tier, the guardrails' actions, looked up once a credential. */
import { BoundedMap } from '../base/bounded-map.ts';
import { Refusal } from '../base/errors.ts';
import type { ScreenPolicy } from '../guardrails/screening.ts';
import { screenPolicy, type GuardrailsSettings } from '../guardrails/settings.ts';
import type { Scope } from '../ports/ledger.ts';
import type { Caller } from './caller.ts';
import { scopesOf, type ScopeSettings } from './scopes.ts';
import type { Tier } from './tiers.ts';

/** Answers without I/O, and the same object for the same credential and version. */
export interface Limiting {
  /** @throws auth.invalid for a tier that is no longer configured */
  tier(caller: Caller): Tier;
  scopes(caller: Caller): readonly Scope[];
  screenPolicy(caller: Caller): ScreenPolicy;
  refusalsPerMinute(caller: Caller): number;
}

interface Held {
  readonly tier: Tier;
  readonly scopes: readonly Scope[];
}

const CALLERS_MAX = 10_000;

/** At most 10,000 credentials are held; the oldest are worked out again. */
export function createLimiting(settings: ScopeSettings, guardrails: GuardrailsSettings): Limiting {
  const held = new BoundedMap<string, Held>(CALLERS_MAX);
  const policies = new Map<string, ScreenPolicy>();
  /** Spares the name of those who were just asked about: authentication gives the same caller for the same record. */
  const ofCaller = new WeakMap<Caller, Held>();

  function find(caller: Caller): Held {
    let found = ofCaller.get(caller);
    if (found === undefined) ofCaller.set(caller, (found = findByName(caller)));
    return found;
  }

  function findByName(caller: Caller): Held {
    const name = `${caller.credential}@${caller.key?.version ?? 0}:${caller.user}:${caller.team ?? ''}:${caller.tier}`;
    let found = held.get(name);
    if (found) return found;
    const tier = settings.tiers[caller.tier];
    if (!tier) throw new Refusal('auth.invalid', { detail: 'the tier of the caller is not configured' });
    found = { tier, scopes: scopesOf(caller, settings) };
    held.set(name, found);
    return found;
  }

  return {
    tier: (caller) => find(caller).tier,
    scopes: (caller) => find(caller).scopes,
    refusalsPerMinute(caller) {
      const perMinute = find(caller).scopes.find((scope) => scope.kind === 'user')?.requestsPerMinute;
      return 10 * (perMinute ?? 60);
    },
    screenPolicy(caller) {
      let policy = policies.get(caller.tier);
      if (!policy) {
        policy = screenPolicy(guardrails, find(caller).tier.guardrails);
        policies.set(caller.tier, policy);
      }
      return policy;
    },
  };
}
