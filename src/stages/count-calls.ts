/**
 * Counts the calls that models make for a user, in the ledger and so over all processes: one trip for each, where
 * `tools.callsPerMinute` bounds them. Takes no money; what was counted is not given back.
 */
import { hash } from 'node:crypto';
import { Refusal } from '../base/errors.ts';
import type { Exchange } from '../domain/exchange.ts';
import type { Ledger } from '../ports/ledger.ts';

/** Who counts, and how many are allowed in any minute. */
export interface CallCounting {
  readonly ledger: Pick<Ledger, 'admit' | 'settle'>;
  readonly perMinute: number;
}

/** @throws tool.calls_per_minute, ledger.unavailable */
export async function countCall(
  { ledger, perMinute }: CallCounting,
  exchange: Exchange,
  nth: number,
): Promise<void> {
  const reservationId = `${exchange.id}:call:${nth}`;
  // A scope beside the user's own: no name of a user is this long a digest.
  const id = `calls:${hash('sha256', `calls of ${exchange.userId}`)}`;
  const scopes = [{ kind: 'user', id, requestsPerMinute: perMinute } as const];
  const taken = await ledger.admit({ reservationId, scopes, tokens: 0, nano: 0 });
  if (!taken.admitted) throw new Refusal('tool.calls_per_minute');
  void ledger.settle({ reservationId, tokens: 0, nano: 0 });
}

/** Counts those of a whole answer that the policy lets through. @throws tool.calls_per_minute, ledger.unavailable */
export async function countCalls(counting: CallCounting, exchange: Exchange): Promise<void> {
  let calls = 0;
  for (const { allowed = 0 } of exchange.answer.tools?.values() ?? []) calls += allowed;
  for (let nth = 0; nth < calls; nth++) await countCall(counting, exchange, nth);
}
