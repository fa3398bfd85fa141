/** What callers see of themselves, beside their calls: by path. */
import { Refusal } from '../base/errors.ts';
import type { Arrival } from '../domain/exchange.ts';
import { historyQuerySchema, type HistoryQuery } from '../domain/history-view.ts';
import { permit } from '../domain/permissions.ts';
import { usageOf } from '../domain/usage.ts';
import type { Rules } from './doors.ts';
import type { Engines } from './engines.ts';
import type { Policy } from './policy.ts';

type OwnPage = (arrival: Arrival) => Promise<unknown>;

/** Of both kinds of process. */
export function ownPages(
  policy: Policy,
  { ledger }: Engines,
  { authenticator, history }: Rules,
): Readonly<Record<string, OwnPage>> {
  return {
    '/me/usage': async (arrival) =>
      usageOf({ ledger, tiers: policy.setup.config.tiers }, await authenticator.authenticate(arrival)),
    '/me/history': async (arrival) => {
      const { user, role } = await authenticator.authenticate(arrival);
      permit(role, 'view_history');
      return await history(user, queryOf(arrival.target));
    },
  };
}

/** @throws request.invalid_field, request.unknown_field */
function queryOf(target: string): HistoryQuery {
  const at = target.indexOf('?');
  const given = [...new URLSearchParams(at < 0 ? '' : target.slice(at + 1))];
  if (new Set(given.map(([name]) => name)).size !== given.length) throw new Refusal('request.query');
  const read = historyQuerySchema.safeParse(Object.fromEntries(given));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  if (issue?.code === 'unrecognized_keys') throw new Refusal('request.unknown_field');
  throw new Refusal('request.invalid_field', { param: issue?.path.join('.') ?? '' });
}
