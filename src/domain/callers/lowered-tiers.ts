/**
 * Callers who are held to a lower tier for a time: the tier that counts for them is that one, never one that would give them
 * more in anything, never one that is not configured. Then they keep what they have.
 */
import { BoundedMap } from '../../base/bounded-map.ts';
import type { Caller } from './caller.ts';
import type { Containment } from './containment.ts';
import { weakenings } from '../weakening/weakening.ts';
import { isTree, type PolicyTree } from '../weakening/weakening-rules.ts';

/** Tells who somebody counts as. */
export interface LoweredTiers {
  /** The same caller where nothing lowers their tier. */
  lowered(caller: Caller): Caller;
}

/** The policy in force, and what holds where a tier says nothing (`defaults`); the same object while it is the same. */
export type PolicyInForce = () => PolicyTree;

const CALLERS_MAX = 10_000;

/** @param containment who is held to which tier */
export function createLoweredTiers(
  containment: Pick<Containment, 'tiersFor'>,
  policyOf: PolicyInForce,
): LoweredTiers {
  let known = new Known(policyOf());
  return {
    lowered(caller) {
      const names = containment.tiersFor(caller);
      if (names.length === 0) return caller;
      const policy = policyOf();
      if (known.policy !== policy) known = new Known(policy);
      let { tier } = caller;
      for (const name of names) if (known.isBelow(name, tier)) tier = name;
      return tier === caller.tier ? caller : known.heldTo(caller, tier);
    },
  };
}

/** Under one policy. */
class Known {
  readonly policy: PolicyTree;
  readonly #below = new BoundedMap<string, boolean>(CALLERS_MAX);
  /** One a caller and tier, so that what is known of it is kept with it. */
  readonly #held = new WeakMap<Caller, Map<string, Caller>>();

  constructor(policy: PolicyTree) {
    this.policy = policy;
  }

  heldTo(caller: Caller, tier: string): Caller {
    const own = this.#held.get(caller) ?? new Map<string, Caller>();
    this.#held.set(caller, own);
    const found = own.get(tier) ?? { ...caller, tier };
    own.set(tier, found);
    return found;
  }

  isBelow(tier: string, than: string): boolean {
    const pair = `${tier} ${than}`;
    const found = this.#below.get(pair) ?? isBelow(this.policy, tier, than);
    this.#below.set(pair, found);
    return found;
  }
}

/** What of a tier says whom its callers may name, and what is kept of them: not how much they may have. */
const ASIDE = new Set(['endUsers', 'perEndUser', 'history', 'refusalsPerMinute']);

/** Whether who has tier `than` would have less, and nothing more, in `tier`; false for a tier that is not there. */
export function isBelow(policy: PolicyTree, tier: string, than: string): boolean {
  const { tiers, guardrails, defaults } = policy;
  if (!isTree(tiers) || tier === than || !Object.hasOwn(tiers, tier) || !Object.hasOwn(tiers, than))
    return false;
  const rolledOut = rolledOutTo(guardrails);
  if (rolledOut.includes(than) && !rolledOut.includes(tier)) return false;
  const only = (name: string): PolicyTree => ({
    guardrails,
    defaults,
    tiers: { one: compared(tiers[name]) },
  });
  return weakenings(only(than), only(tier)).length === 0;
}

/** Tiers that guardrails are enforced for by name; mostly none, and all are by another rule. */
function rolledOutTo(guardrails: unknown): readonly unknown[] {
  const rollout = isTree(guardrails) ? guardrails['rollout'] : undefined;
  const enforce = isTree(rollout) ? rollout['enforce'] : undefined;
  const names = isTree(enforce) ? enforce['tiers'] : undefined;
  return Array.isArray(names) ? names : [];
}

function compared(tier: unknown): PolicyTree {
  return isTree(tier) ? Object.fromEntries(Object.entries(tier).filter(([name]) => !ASIDE.has(name))) : {};
}
