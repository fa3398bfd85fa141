/** What a user has used today, in the terms people read: dollars and counts. */
import { usdFromNano } from '../../base/money.ts';
import type { Ledger } from '../../ports/ledger.ts';
import type { Caller } from '../callers/caller.ts';
import type { Tiers } from './tiers.ts';

/** What a user is shown of themselves. Dollars, exact up to a million. */
export interface UsageView {
  /** UTC, `YYYY-MM-DD`. */
  readonly day: string;
  readonly user: string;
  /** Digest of whom these are the numbers of, where it is an end user. */
  readonly endUser?: string | undefined;
  readonly requests: number;
  readonly tokens: number;
  readonly settledUsd: number;
  /** Held by calls that are under way. */
  readonly reservedUsd: number;
  /** A day; null: no bound. */
  readonly budgetUsd: number | null;
}

/** Of an end user, where they have limits of their own; else nothing is counted of them. @throws ledger.unavailable */
export async function usageOf(
  { ledger, tiers }: { readonly ledger: Pick<Ledger, 'usage'>; readonly tiers: Tiers },
  { user, endUser, tier }: Pick<Caller, 'user' | 'endUser'> & { readonly tier?: string | undefined },
): Promise<UsageView> {
  const limits = tier === undefined ? undefined : tiers[tier];
  const { day, requests, tokens, settledNano, reservedNano } = await (endUser === undefined
    ? ledger.usage('user', user)
    : ledger.usage('endUser', endUser));
  const budget = endUser === undefined ? limits?.dailyBudgetUsd : limits?.perEndUser?.dailyBudgetUsd;
  return {
    day,
    user,
    endUser,
    requests,
    tokens,
    settledUsd: usdFromNano(settledNano),
    reservedUsd: usdFromNano(reservedNano),
    budgetUsd: budget ?? null,
  };
}
