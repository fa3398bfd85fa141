/** What callers see of themselves, beside their calls: by path. */
import { z } from 'zod';
import { Refusal } from '../base/errors.ts';
import { fieldName } from '../base/field-name.ts';
import type { Caller } from '../domain/callers/caller.ts';
import type { Arrival } from '../domain/exchange.ts';
import { historyQuerySchema } from '../domain/history/history-view.ts';
import { permit } from '../domain/callers/permissions.ts';
import type { Tier } from '../domain/limits/tiers.ts';
import { usageOf } from '../domain/limits/usage.ts';
import { callerSpeaking } from '../stages/assert-end-user.ts';
import type { Rules } from './doors.ts';
import type { Engines } from './engines.ts';
import type { Policy } from './policy.ts';

type OwnPage = (arrival: Arrival) => Promise<unknown>;

/** Of both kinds of process. */
export function ownPages(
  policy: Policy,
  { ledger }: Engines,
  { authenticator, history, endUsers, containing: { containment } }: Rules,
): Readonly<Record<string, OwnPage>> {
  const limiting = { tier: ({ tier }: Caller): Tier => policy.setup.config.tiers[tier] ?? {} };
  const asking = async (arrival: Arrival): Promise<Caller> => {
    const caller = await authenticator.authenticate(arrival);
    return callerSpeaking({ endUsers, limiting, containment }, caller, arrival.headers);
  };
  return {
    '/me/usage': async (arrival) => {
      const caller = await asking(arrival);
      queryOf(arrival.target, nothing);
      return await usageOf({ ledger, tiers: policy.setup.config.tiers }, caller);
    },
    '/me/history': async (arrival) => {
      const { user, role, endUser, endUserBefore } = await asking(arrival);
      permit(role, 'view_history');
      const own = [endUser, endUserBefore].filter((digest) => digest !== undefined);
      const query = queryOf(arrival.target, historyQuerySchema);
      return await history({ user, endUsers: own.length > 0 ? own : undefined }, query);
    },
  };
}

const nothing = z.strictObject({});

/** @throws request.query, request.invalid_field, request.unknown_field */
function queryOf<Query>(target: string, schema: z.ZodType<Query>): Query {
  const at = target.indexOf('?');
  const given = [...new URLSearchParams(at < 0 ? '' : target.slice(at + 1))];
  if (new Set(given.map(([name]) => name)).size !== given.length) throw new Refusal('request.query');
  const read = schema.safeParse(Object.fromEntries(given));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  if (issue?.code === 'unrecognized_keys') throw new Refusal('request.unknown_field');
  throw new Refusal('request.invalid_field', { param: fieldName(issue?.path ?? []) });
}
