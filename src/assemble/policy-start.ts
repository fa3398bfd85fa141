/** What a start compares with what held before it, and the setup in which that goes on holding. Decides nothing. */
import { checkRules } from '../config-rules.ts';
import { ConfigError, policyOf, type Setup } from '../config.ts';
import type { LastPolicy } from '../domain/policy/last-policies.ts';
import { POLICY_SECTIONS } from '../domain/policy/policy.ts';
import type { Weakening } from '../domain/weakening/weakening.ts';
import type { PolicyTree } from '../domain/weakening/weakening-rules.ts';
import { limitDefaults, type Fault } from '../environment.ts';
import { PRODUCT } from './product.ts';

/** What is compared for what is weaker; of tiers also what holds where they say nothing. */
export function comparedOf({ config, environment }: Setup): PolicyTree {
  return { ...policyOf(config), defaults: limitDefaults(environment) };
}

/** At a start also what only a start can change; no secret. */
export function comparedAtStart(setup: Setup): PolicyTree {
  const { detector, history, liveness, incidents, containment, policy } = setup.config;
  const modes = Object.entries(incidents.rules).map(([name, { mode }]) => [name, { mode }] as const);
  return {
    ...comparedOf(setup),
    ...(detector && { detector: { action: detector.action, onFailure: detector.onFailure } }),
    history: { enabled: history.enabled },
    liveness: { everySeconds: liveness.everySeconds },
    incidents: { rules: Object.fromEntries(modes) },
    containment: { release: containment.release },
    policy,
  };
}

/** As it was before this start, whose files may say otherwise. */
export const weakerStartOf = ({ compared }: LastPolicy): unknown => Object(compared['policy']).weakerStart;

/** Rules of another version, or nothing but what only a start can change, cannot go on holding. */
export function canHold({ product }: LastPolicy, weaker: readonly Weakening[]): boolean {
  return product === PRODUCT.version && weaker.some(({ pointer }) => isOfPolicy(pointer));
}

function isOfPolicy(pointer: string): boolean {
  return POLICY_SECTIONS.some((name) => pointer === `/${name}` || pointer.startsWith(`/${name}/`));
}

/**
 * The setup of this start with the policy that held before; what threads and histories were made by is this start's.
 * @throws ConfigError where the rest of the configuration does not go with it
 */
export function holding(setup: Setup, { compared }: LastPolicy): Setup {
  const { config } = setup;
  // Kept as it was read, by a gateway of the same version.
  const sections = POLICY_SECTIONS.map((name) => [name, compared[name]] as const);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what `policyOf` gave
  const kept = Object.fromEntries(sections) as unknown as ReturnType<typeof policyOf>;
  const { workers, timeoutMs } = config.guardrails;
  const tiers = Object.entries(kept.tiers).map(([name, tier]) => {
    const history = Object.hasOwn(config.tiers, name) ? config.tiers[name]?.history : undefined;
    return [name, { ...tier, history }] as const;
  });
  const next = {
    ...config,
    ...kept,
    tiers: Object.fromEntries(tiers),
    guardrails: { ...kept.guardrails, workers, timeoutMs },
  };
  const faults: Fault[] = [];
  checkRules(setup.environment, next, faults);
  if (faults.length > 0) throw new ConfigError(faults);
  return { ...setup, config: next };
}
