/** What the embedded ledger refuses and in which order; the twin of `refusal` in ledger/admit.lua. */
import type { AdmitRequest, NotAdmitted, RefusalReason, Scope, WindowState } from '../../ports/ledger.ts';
import {
  type Counters,
  monthOf,
  resetOf,
  retryAfter,
  TOKENS_MINUTE,
  usedIn,
} from './ledger-embedded-scope.ts';
import type { WindowsMs } from './ledger-windows.ts';

/** A scope of this call with its counters, rolled to `now`. */
export interface Held {
  readonly scope: Scope;
  readonly counters: Counters;
}

/** Until another reservation may have closed. */
const HELD_RETRY_MS = 1000;

function limitOf(scope: Scope, window: number): number | undefined {
  switch (window) {
    case 0:
      return scope.requestsPerMinute;
    case 1:
      return scope.requestsPerHour;
    case 2:
      return scope.requestsPerDay;
    default:
      return scope.tokensPerMinute;
  }
}

function refused(scope: Scope, reason: RefusalReason, retryAfterMs: number): NotAdmitted {
  return { admitted: false, reason, scope: scope.kind, retryAfterMs: Math.max(1, Math.ceil(retryAfterMs)) };
}

function spent({ scope, counters }: Held, nano: number, now: number, dayMs: number): NotAdmitted | undefined {
  const { dailyBudgetNano: daily, monthlyBudgetNano: monthly } = scope;
  if (monthly !== undefined && counters.monthSettled + nano > monthly) {
    let day = counters.day + 1;
    while (monthOf(day) === counters.month) day++;
    return refused(scope, 'budget', day * dayMs - now);
  }
  if (daily !== undefined && counters.daySettled + nano > daily) {
    return refused(scope, 'budget', (counters.day + 1) * dayMs - now);
  }
  return undefined;
}

function full({ scope, counters }: Held, request: AdmitRequest, now: number): NotAdmitted | undefined {
  for (const [index, window] of counters.windows.entries()) {
    const limit = limitOf(scope, index);
    const amount = index === TOKENS_MINUTE ? request.tokens : 1;
    if (limit !== undefined && usedIn(window) + amount > limit) {
      const reason = index === TOKENS_MINUTE ? 'tokens' : 'requests';
      return refused(scope, reason, retryAfter(window, limit, amount, now));
    }
  }
  const { concurrency, dailyBudgetNano: daily, monthlyBudgetNano: monthly } = scope;
  if (concurrency !== undefined && counters.open + 1 > concurrency) {
    return refused(scope, 'concurrency', HELD_RETRY_MS);
  }
  const { daySettled, dayReserved, monthSettled, monthReserved } = counters;
  const held =
    (daily !== undefined && daySettled + dayReserved + request.nano > daily) ||
    (monthly !== undefined && monthSettled + monthReserved + request.nano > monthly);
  return held ? refused(scope, 'held', HELD_RETRY_MS) : undefined;
}

/** The first thing in the way: spent money before all else, because waiting does not help; then by scope. */
export function refusalOf(
  held: readonly Held[],
  request: AdmitRequest,
  now: number,
  { day: dayMs }: WindowsMs,
): NotAdmitted | undefined {
  for (const one of held) {
    const refusal = spent(one, request.nano, now, dayMs);
    if (refusal) return refusal;
  }
  for (const one of held) {
    const refusal = full(one, request, now);
    if (refusal) return refusal;
  }
  return undefined;
}

/** Of the windows of a minute those that have least left, from the user's down; what has no limit is left out. */
export function windowsTold(
  held: readonly Held[],
  now: number,
): { requests?: WindowState | undefined; tokens?: WindowState | undefined } {
  const told = (index: 0 | 3): WindowState | undefined => {
    let tightest: WindowState | undefined;
    for (const { scope, counters } of held) {
      const isOthers = scope.kind === 'house' || scope.kind === 'team';
      const limit = isOthers ? undefined : limitOf(scope, index);
      if (limit === undefined) continue;
      const window = counters.windows[index];
      const remaining = Math.max(0, limit - usedIn(window));
      if (!tightest || remaining < tightest.remaining)
        tightest = { limit, remaining, resetMs: resetOf(window, now) };
    }
    return tightest;
  };
  return { requests: told(0), tokens: told(TOKENS_MINUTE) };
}
