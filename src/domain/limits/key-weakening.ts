/** Whether a key that is to be made opens more than there was: more money for a user who has keys, or the house to one more person. */
import { usdFromNano } from '../../base/money.ts';
import type { KeyRecord } from '../../ports/store.ts';
import { isLive, type NewKey } from '../callers/keys.ts';
import type { Tiers } from './tiers.ts';

type Bounds = Pick<KeyRecord, 'tier' | 'dailyBudgetNano'>;

/**
 * Why, in a few words; undefined where it does not. What somebody gets with their first key is what their tier has, and no more
 * than before.
 * @param keys all there are
 */
export function opensMore(
  wanted: NewKey,
  keys: readonly KeyRecord[],
  tiers: Tiers,
  nowMs: number,
): string | undefined {
  const own = keys.filter((key) => key.user === wanted.user && isLive(key, nowMs));
  if (administersHouse(wanted) && !own.some(administersHouse)) return 'one more administrator of the house';
  if (own.length === 0) return undefined;
  const isMore = (['day', 'month'] as const).some((span) => {
    const most = Math.max(...own.map((key) => dollarsOf(key, tiers)[span]));
    return dollarsOf(wanted, tiers)[span] > most;
  });
  return isMore ? 'more money for the user' : undefined;
}

function administersHouse({ role, administers }: Pick<KeyRecord, 'role' | 'administers'>): boolean {
  return role === 'admin' && administers === undefined;
}

/** What a bearer may spend; Infinity where nothing bounds it. A tier that is gone gives nothing. */
function dollarsOf({ tier, dailyBudgetNano }: Bounds, tiers: Tiers): { day: number; month: number } {
  const bounds = Object.hasOwn(tiers, tier) ? tiers[tier] : undefined;
  if (!bounds) return { day: 0, month: 0 };
  const { dailyBudgetUsd = Infinity, monthlyBudgetUsd = Infinity } = bounds;
  const ofKey = dailyBudgetNano === undefined ? Infinity : usdFromNano(dailyBudgetNano);
  return { day: Math.min(dailyBudgetUsd, ofKey), month: monthlyBudgetUsd };
}
