/** Tiers: how much a caller of a tier may have. Fields left out mean no limit. */
import { z } from 'zod';
import { endUsersSchema } from '../callers/end-users.ts';
import { parametersSchema } from './parameters.ts';

const count = z.int().min(0).max(1_000_000_000);
const usd = z.number().min(0).max(9_000_000);

/** Limits that every scope can have (house, team, key), the tier's among them. */
export const limitsSchema = z.strictObject({
  requestsPerMinute: count.optional(),
  requestsPerHour: count.optional(),
  requestsPerDay: count.optional(),
  tokensPerMinute: count.optional(),
  concurrency: count.optional(),
  dailyBudgetUsd: usd.optional(),
  monthlyBudgetUsd: usd.optional(),
});
/** Money in dollars, here alone; scopes hold nano-dollars. */
export type Limits = z.infer<typeof limitsSchema>;

const action = z.enum(['off', 'observe', 'redact', 'block']);

/** What holds for all callers of a team. */
export const teamSchema = limitsSchema.extend({
  parameters: parametersSchema.optional(),
  /** A name of the section `upstreams`, or `default`. */
  upstream: z.string().optional(),
  /** `low`: held back first where little is left of upstream's own limits. */
  priority: z.enum(['normal', 'low']).optional(),
  /** What the administrators of the team may give; their own tier where left out. */
  tiers: z.array(z.string()).optional(),
});
/** A team after its schema. */
export type Team = z.infer<typeof teamSchema>;

/** What one tier may have. `models` entries may end in `*`. */
export const tierSchema = limitsSchema.extend({
  /** Input and output together, a call. */
  maxTokensPerRequest: count.optional(),
  /**
   * Calls of one key that may be refused in a minute, before what it sends is no longer read; 10 times its requests a
   * minute where left out.
   */
  refusalsPerMinute: count.optional(),
  /** What happens to a cap named by the caller that is over the tier's bound. */
  onOverCap: z.enum(['refuse', 'clamp']).optional(),
  models: z.array(z.string()).optional(),
  /** Left out: nobody may speak for others. */
  endUsers: endUsersSchema.optional(),
  /** What each end user may have, beside what holds for the caller. */
  perEndUser: limitsSchema.omit({ monthlyBudgetUsd: true }).optional(),
  parameters: parametersSchema.optional(),
  /** Left out, the section `history` holds. */
  history: z.strictObject({ enabled: z.boolean() }).optional(),
  guardrails: z
    .strictObject({
      injection: action.optional(),
      pii: action.optional(),
      secrets: action.optional(),
      /** Of the section `detector`; without one nobody is asked. */
      detector: z.enum(['off', 'observe', 'block']).optional(),
    })
    .optional(),
});
/** A tier after its schema. */
export type Tier = z.infer<typeof tierSchema>;

/** The section `tiers` of the configuration. */
export const tiersSchema = z.record(z.string().regex(/^[A-Za-z0-9._:-]{1,64}$/), tierSchema);
/** Tiers by name. */
export type Tiers = z.infer<typeof tiersSchema>;
