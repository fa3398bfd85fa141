/**
 * Who is inside of a roll-out: for everybody else what would stop a call is only told. Which keys a percentage takes is
 * the same in every process and each time; with more percent it takes those and others.
 */
import { z } from 'zod';
import { keyedDigest } from '../../base/secret.ts';
import type { FindingCounts } from '../../base/finding.ts';
import type { RolloutSettings } from '../../guardrails/rollout-settings.ts';
import type { Caller } from '../callers/caller.ts';
import type { Exchange } from '../exchange.ts';

/** As guardrails ask it; without a roll-out nobody does. */
export interface Rollout {
  /** The same for a credential as long as the settings are. */
  includes(caller: Caller): boolean;
  /** Guardrails have gone back to observing for everybody. */
  readonly isFallenBack: boolean;
}

const SHARES = 2 ** 32;

/** @param key of the house, for this purpose or for digests */
export function isInside({ enforce }: RolloutSettings, caller: Caller, key: Buffer): boolean {
  const { teams, tiers, percent } = enforce;
  if (caller.team !== undefined && teams.includes(caller.team)) return true;
  if (tiers.includes(caller.tier)) return true;
  if (percent === 0) return false;
  const share = Number.parseInt(keyedDigest(key, `rollout ${caller.credential}`).slice(0, 8), 16);
  return share < (percent / 100) * SHARES;
}

const fallbackSchema = z.strictObject({
  /** Milliseconds since 1970. */
  at: z.int(),
  /** 0 to 1: of the window, and of the time before. */
  rate: z.number(),
  baseline: z.number(),
  calls: z.int(),
  keys: z.int(),
});
/** Why guardrails went back to observing. */
export type Fallback = z.infer<typeof fallbackSchema>;

/** As it is kept for all processes. */
export const rolloutStateSchema = z.strictObject({ fallback: fallbackSchema.optional() });
/** After the schema. */
export type RolloutState = z.infer<typeof rolloutStateSchema>;
/** Name of the state in the store. */
export const ROLLOUT = 'rollout';

/** What stopped a call, or would have: of the request, of what a detector said, of the answer. */
export function stopsOf({ prepared, detected, answer }: Exchange): FindingCounts | undefined {
  // Asked of calls that were not read, too.
  const read = prepared as Exchange['prepared'] | undefined;
  if (!read?.stops && !detected?.stops && !answer.stops) return undefined;
  return { ...read?.stops, ...detected?.stops, ...answer.stops };
}

/** Refusals for what was found. A guardrail that failed found nothing. */
export const FOUND_CODES: ReadonlySet<string> = new Set([
  'guardrail.injection',
  'guardrail.pii',
  'guardrail.secrets',
  'guardrail.detector',
  'guardrail.answer',
]);
