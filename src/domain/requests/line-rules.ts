/**
 * By which rules the lines of a batch's file were judged when it was uploaded: whoever runs it is held to the same, or to
 * others, and then it is uploaded again. Never what the rules are.
 */
import { hash } from 'node:crypto';
import { canonicalJson } from '../../base/canonical-json.ts';
import type { ScreenPolicy } from '../../guardrails/screening.ts';
import type { Caller } from '../callers/caller.ts';
import type { ParameterPolicy } from '../limits/parameters.ts';
import type { Tier } from '../limits/tiers.ts';
import type { ToolPolicy } from '../tools/tools.ts';
import type { RequestRules } from './request-rules.ts';

/** All that a line may be refused, changed or bounded by, beside prices, which its cost was told by. */
export interface LineRules {
  readonly caller: Pick<Caller, 'key'>;
  readonly tier: Tier;
  readonly screening: ScreenPolicy;
  readonly request: RequestRules;
  readonly parameters: readonly ParameterPolicy[] | undefined;
  readonly tools: ToolPolicy;
  /** Operations and hosts that the house allows. */
  readonly endpointsAllow: readonly string[];
  readonly urlAllow: readonly string[];
  /** Models that the kill switch shuts at the moment. */
  readonly shutModels: readonly string[];
}

/** Equal for callers, and times, that lines are judged by the same rules for: SHA-256 of them, 64 hex digits. */
export function lineRulesDigest({ caller: { key }, tier, ...rules }: LineRules): string {
  const { models, maxTokensPerRequest, onOverCap } = tier;
  const own = {
    models: key?.models,
    endpoints: key?.endpoints,
    maxTokensPerRequest: key?.maxTokensPerRequest,
  };
  return hash('sha256', canonicalJson({ ...rules, tier: { models, maxTokensPerRequest, onOverCap }, own }));
}
