/** Keys as the admin API takes and shows them: dollars and ISO times. A digest is never shown. */
import { z } from 'zod';
import { utcDay } from '../base/clock.ts';
import { Refusal } from '../base/errors.ts';
import { nanoFromUsd, usdFromNano } from '../base/money.ts';
import { isAddressRange } from '../domain/callers/authentication.ts';
import { isUserName, USER_NAME } from '../domain/callers/caller.ts';
import type { KeyUses } from '../domain/callers/key-use.ts';
import { BREAK_GLASS_SECONDS_MAX } from '../domain/policy/policy-proposals.ts';
import { isOld, type NewKey } from '../domain/callers/keys.ts';
import type { Tiers } from '../domain/limits/tiers.ts';
import { DEFAULT_UPSTREAM } from '../domain/upstreams/upstreams.ts';
import { unknownNames } from '../openai/endpoints/index.ts';
import type { KeyRecord } from '../ports/store.ts';
import { iso } from './period.ts';
import { breakGlassReason } from './route.ts';

export const userName = z.string().regex(USER_NAME).refine(isUserName);
/** None at all would be a key that opens nothing, and reads like one without a limit. */
const count = z.int().min(1).max(1_000_000_000);
/** What the process of the tools does, in the list of a key's operations. */
const TOOLS = 'tools';
const list = (pattern: RegExp) => z.array(z.string().regex(pattern)).max(200);

/** `POST /admin/keys`. */
export const newKeySchema = z.strictObject({
  user: userName,
  tier: z.string().regex(/^[A-Za-z0-9._:-]{1,64}$/),
  role: z.enum(['user', 'developer', 'admin']),
  team: userName.optional(),
  /** With a team, and a role that opens this API: its bearer sees and manages that team's alone. */
  administers: z.literal('team').optional(),
  name: z
    .string()
    .regex(/^[^\p{Cc}\p{Cs}]{1,128}$/u)
    .optional(),
  expiresAt: z.iso.datetime({ offset: true }).optional(),
  models: list(/^[A-Za-z0-9._:/*-]{1,128}$/).optional(),
  endpoints: list(/^[A-Za-z0-9._*-]{1,128}$/).optional(),
  tools: list(/^[A-Za-z0-9._:*-]{1,128}$/).optional(),
  ips: z.array(z.string().max(64).refine(isAddressRange)).max(200).optional(),
  dailyBudgetUsd: z.number().min(0).max(9_000_000).optional(),
  requestsPerMinute: count.optional(),
  tokensPerMinute: count.optional(),
  maxTokensPerRequest: count.optional(),
  concurrency: count.optional(),
  /** A name of the section `upstreams`, or `default`. */
  upstream: z
    .string()
    .regex(/^[a-z0-9._-]{1,64}$/)
    .optional(),
  /** What takes two administrators is done alone: `expiresAt` is within four hours. */
  breakGlass: breakGlassReason,
});

/** `POST /admin/keys/:id/rotate`: how long the present secret stays valid; 30 days at most, 0 ends it at once. */
export const rotateSchema = z.strictObject({ overlapSeconds: z.int().min(0).max(2_592_000) });

/** @throws request.invalid_field for a tier or an upstream that is not configured, an operation that nobody knows, or a time that is over */
export function newKeyFrom(
  input: z.infer<typeof newKeySchema>,
  {
    tiers,
    upstreams = new Set(),
  }: { readonly tiers: Tiers; readonly upstreams?: ReadonlySet<string> | undefined },
  nowMs: number,
): NewKey {
  const { expiresAt, dailyBudgetUsd, breakGlass: alone, ...same } = input;
  const { upstream = DEFAULT_UPSTREAM } = input;
  if (upstream !== DEFAULT_UPSTREAM && !upstreams.has(upstream))
    throw new Refusal('request.invalid_field', { param: 'upstream' });
  if (unknownNames(input.endpoints ?? []).some((name) => name !== TOOLS))
    throw new Refusal('request.invalid_field', { param: 'endpoints' });
  if (!Object.hasOwn(tiers, input.tier)) throw new Refusal('request.invalid_field', { param: 'tier' });
  if (input.administers !== undefined && (input.team === undefined || input.role === 'user')) {
    throw new Refusal('request.invalid_field', { param: 'administers' });
  }
  if (alone !== undefined && expiresAt === undefined)
    throw new Refusal('request.invalid_field', { param: 'expiresAt' });
  const endsAt = expiresAt === undefined ? undefined : Date.parse(expiresAt);
  const latest = alone === undefined ? Infinity : nowMs + BREAK_GLASS_SECONDS_MAX * 1000;
  if (endsAt !== undefined && (endsAt <= nowMs || endsAt > latest)) {
    throw new Refusal('request.invalid_field', { param: 'expiresAt' });
  }
  return {
    ...same,
    ...(endsAt !== undefined && { expiresAt: endsAt }),
    ...(dailyBudgetUsd !== undefined && { dailyBudgetNano: nanoFromUsd(dailyBudgetUsd) }),
  };
}

/**
 * What anybody who may manage keys sees of one.
 * @param nowMs tells which secrets are over 90 days old
 * @param pepperId of the present house secret: a key that has no digest with it is told, as it ends with the one before
 * @param uses tells on which day it was last used
 */
export function keyView(
  record: KeyRecord,
  pepperId?: string,
  nowMs?: number,
  uses?: KeyUses,
): Record<string, unknown> {
  const usedOn = uses?.lastUsed.get(record.id);
  const { secretDigest: _, secondDigest: __, previousDigest: ___, pepperId: own, ...shown } = record;
  const { createdAt, rotatedAt, expiresAt, revokedAt, exposedAt, ...rest } = shown;
  const { previousUntil, dailyBudgetNano, ...same } = rest;
  return {
    ...same,
    createdAt: iso(createdAt),
    rotatedAt: iso(rotatedAt),
    lastUsedOn: usedOn === undefined ? undefined : utcDay(usedOn),
    old: (nowMs !== undefined && revokedAt === undefined && isOld(record, nowMs)) || undefined,
    expiresAt: iso(expiresAt),
    revokedAt: iso(revokedAt),
    exposedAt: iso(exposedAt),
    previousValidUntil: iso(previousUntil),
    underPreviousSecret: (pepperId !== undefined && own !== pepperId) || undefined,
    dailyBudgetUsd: dailyBudgetNano === undefined ? undefined : usdFromNano(dailyBudgetNano),
  };
}
