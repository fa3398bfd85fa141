/** What a user has used today, in the terms people read: dollars and counts. */
import { usdFromNano } from '../base/money.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Caller } from './caller.ts';
import type { Tiers } from './tiers.ts';

/** What a user is shown of themselves. Dollars, exact up to a million. */
export interface UsageView {
  /** UTC, `YYYY-MM-DD`. */
  readonly day: string;
  readonly user: string;
  readonly requests: number;
  readonly tokens: number;
  readonly settledUsd: number;
  /** Held by calls that are under way. */
  readonly reservedUsd: number;
  /** A day; null: no bound. */
  readonly budgetUsd: number | null;
}

/** @throws ledger.unavailable */
export async function usageOf(
  { ledger, tiers }: { readonly ledger: Pick<Ledger, 'usage'>; readonly tiers: Tiers },
  { user, tier }: Pick<Caller, 'user'> & { readonly tier?: string | undefined },
): Promise<UsageView> {
  const { day, requests, tokens, settledNano, reservedNano } = await ledger.usage('user', user);
  return {
    day,
    user,
    requests,
    tokens,
    settledUsd: usdFromNano(settledNano),
    reservedUsd: usdFromNano(reservedNano),
    budgetUsd: (tier === undefined ? undefined : tiers[tier]?.dailyBudgetUsd) ?? null,
  };
}
