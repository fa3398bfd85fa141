/**
 * The user of the probe. Its name has a letter that no key and no token can carry, and what it shows is no text: the very
 * list of headers that this process made for the call, so that nothing anybody sends can be taken for it.
 */
import type { Authenticator } from '../domain/callers/authentication.ts';
import type { Caller } from '../domain/callers/caller.ts';
import type { Limiting } from '../domain/limits/limiting.ts';
import type { ScreenPolicy } from '../guardrails/screening.ts';
import type { KeyRecord } from '../ports/store.ts';
import type { Scope } from '../ports/ledger.ts';

/** Not of `USER_NAME`. */
export const PROBE_USER = '@probe';
/** Id of the key of which a newer version is known. */
export const STALE_KEY = `${PROBE_USER}:stale`;

/** Whose limits a call of the probe is held to; never the house's. */
export type Held = 'none' | 'rate' | 'tokens' | 'size' | 'budget' | 'stale';

const LIMITS: Readonly<Record<Held, Partial<Scope>>> = {
  none: {},
  rate: { requestsPerMinute: 1 },
  tokens: { tokensPerMinute: 1 },
  size: {},
  // No call costs so little.
  budget: { dailyBudgetNano: 1 },
  stale: {},
};

/** @param tier one that is configured: its guardrails are what the call is screened by */
export function probeCaller(held: Held, tier: string): Caller {
  const caller = { user: PROBE_USER, tier, role: 'user', credential: `${PROBE_USER}:${held}` } as const;
  if (held !== 'stale') return caller;
  const key: KeyRecord = { ...caller, id: STALE_KEY, version: 1, secretDigest: '', createdAt: 0 };
  return { ...caller, key };
}

/** Whose call is made at the moment. */
export interface Admitted {
  /** Undefined: a stranger's. */
  readonly caller: Caller | undefined;
  readonly rawHeaders: readonly string[];
}

/** Knows the call that is made at the moment; everybody else is the house's to know. */
export function sealedAuthenticator(house: Authenticator, now: Admitted): Authenticator {
  return {
    authenticate: (presented, asPerson) =>
      now.caller !== undefined && presented.rawHeaders === now.rawHeaders
        ? now.caller
        : house.authenticate(presented, asPerson),
    authenticateWithin: (granted, source) => house.authenticateWithin(granted, source),
  };
}

/** Guardrails are the house's, by tier; limits the probe's own. */
export function probeLimiting(house: Pick<Limiting, 'screenPolicy'>): Limiting {
  return {
    tier: ({ credential }) => (credential === `${PROBE_USER}:size` ? { maxTokensPerRequest: 1 } : {}),
    scopes: ({ credential }) => [{ kind: 'user', id: credential, ...limitsOf(credential) }],
    screenPolicy: (caller) => enforced(house.screenPolicy(caller)),
    isSpared: () => false,
    parameters: () => undefined,
    refusalsPerMinute: () => Infinity,
  };
}

/** As it holds for who is inside of a roll-out, however far that is. */
function enforced(policy: ScreenPolicy): ScreenPolicy {
  return policy.isTrial ? { ...policy, isTrial: false } : policy;
}

function limitsOf(credential: string): Partial<Scope> {
  const found = Object.entries(LIMITS).find(([held]) => credential === `${PROBE_USER}:${held}`);
  return found?.[1] ?? {};
}
