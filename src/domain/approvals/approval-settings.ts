/** The section `approvals` of the configuration, and what it makes of the guardrails' settings for what people see. */
import { z } from 'zod';
import { type GuardrailsSettings, screenPolicy } from '../../guardrails/settings.ts';
import type { ScreenPolicy } from '../../guardrails/screening.ts';

const seconds = z.int().min(10).max(86_400);

/** The section `approvals`. */
export const approvalsSchema = z.strictObject({
  /** A question that nobody has decided by then is refused. */
  decideWithinS: seconds.default(900),
  /** From the decision on: so long may an approved call, or the answer that was parked, be fetched. */
  useWithinS: seconds.default(900),
  /** Questions that may be pending, of all users and of one; beyond, calls are refused. */
  pendingMax: z.int().min(1).max(100_000).default(1000),
  pendingPerUserMax: z.int().min(1).max(10_000).default(20),
  /** Questions of one user in a minute. */
  askedPerMinuteMax: z.int().min(1).max(10_000).default(30),
  /** Whether people who decide see personal data in arguments; secrets they never see. */
  personalData: z.enum(['mask', 'show']).default('mask'),
});
/** The section after its schema. */
export type ApprovalsSettings = z.infer<typeof approvalsSchema>;

/** What is hidden from people who decide: by the house's own patterns and allow-lists. */
export function maskFor({ personalData }: ApprovalsSettings, guardrails: GuardrailsSettings): ScreenPolicy {
  return {
    ...screenPolicy(guardrails),
    injection: 'off',
    pii: personalData === 'mask' ? 'redact' : 'off',
    secrets: 'redact',
    reversible: false,
  };
}
