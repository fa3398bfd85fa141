/**
 * One scope's counters in this process: how they are kept, moved on in time, taken from and given back. The
 * twin of ledger/scope.lua; both must give the same answers, which test/contracts/ledger.ts decides.
 */
import type { WindowsMs } from './ledger-windows.ts';

/** Slots of a window. It counts the current one and this many before: 1/128 more than its length at most. */
export const SLOTS = 128;

/** Position in `windows`: requests by minute, hour and day, and the one that counts tokens. */
export const TOKENS_MINUTE = 3;

export interface Window {
  /** Milliseconds of one slot; need not be whole. */
  readonly width: number;
  slot: number;
  /** Counted in `slot`. */
  current: number;
  /** Sum of the ring: the slots before it that still count. */
  older: number;
  ring: Float64Array | undefined;
}

export interface Counters {
  seen: number;
  open: number;
  /** Days since 1970, UTC; -1 before the first. */
  day: number;
  daySettled: number;
  dayReserved: number;
  dayRequests: number;
  dayTokens: number;
  /** Months since 1970, UTC. */
  month: number;
  monthSettled: number;
  monthReserved: number;
  /** What each day of the month has settled, at its number modulo 32; undefined: nothing yet. */
  settledByDay: Float64Array | undefined;
  readonly windows: readonly [Window, Window, Window, Window];
}

function newWindow(lengthMs: number): Window {
  return { width: lengthMs / SLOTS, slot: 0, current: 0, older: 0, ring: undefined };
}

export function newCounters({ minute, hour, day }: WindowsMs): Counters {
  return {
    seen: 0,
    open: 0,
    day: -1,
    daySettled: 0,
    dayReserved: 0,
    dayRequests: 0,
    dayTokens: 0,
    month: -1,
    monthSettled: 0,
    monthReserved: 0,
    settledByDay: undefined,
    windows: [newWindow(minute), newWindow(hour), newWindow(day), newWindow(minute)],
  };
}

/** Calendar month of a day since 1970, as one rising number. */
export function monthOf(day: number): number {
  const date = new Date(day * 86_400_000);
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}

/**
 * Moves a window on. Those slots that leave have just the ring positions of those that enter, so each
 * position on the way is taken off and replaced: the slot that was current first, then empty ones.
 */
function rollWindow(window: Window, now: number): void {
  const slot = Math.floor(now / window.width);
  const { slot: last, current, older } = window;
  const gap = slot - last;
  if (gap <= 0) return;
  window.slot = slot;
  window.current = 0;
  if (current === 0 && older === 0) return;
  if (gap > SLOTS) {
    window.ring?.fill(0);
    window.older = 0;
    return;
  }
  const ring = (window.ring ??= new Float64Array(SLOTS));
  const from = (last % SLOTS) | 0; // an integer from here on: slots are too large for fast remainders
  let left = older + current;
  for (let moved = 0; moved < gap; moved++) {
    const position = (from + moved) % SLOTS;
    left -= ring[position] ?? 0;
    ring[position] = moved === 0 ? current : 0;
  }
  window.older = left;
}

/** Moves a scope on to `now`, which never goes back: a new day and month begin with nothing spent. */
export function roll(counters: Counters, now: number, dayMs: number): void {
  counters.seen = now;
  const day = Math.floor(now / dayMs);
  if (day > counters.day) {
    counters.day = day;
    counters.daySettled = counters.dayReserved = counters.dayRequests = counters.dayTokens = 0;
    const month = monthOf(day);
    if (month > counters.month) {
      counters.month = month;
      counters.monthSettled = counters.monthReserved = 0;
      counters.settledByDay?.fill(0);
    }
  }
  for (const window of counters.windows) rollWindow(window, now);
}

/** Of a reservation that was made on that day of the month. */
export function settleInMonth(counters: Counters, day: number, nano: number): void {
  counters.monthSettled += nano;
  if (nano === 0) return;
  const byDay = (counters.settledByDay ??= new Float64Array(32));
  byDay[day % 32] = (byDay[day % 32] ?? 0) + nano;
}

/** What was settled by that day of the month, it included. */
export function settledThrough({ settledByDay }: Counters, day: number): number {
  if (!settledByDay) return 0;
  const month = monthOf(day);
  let settled = 0;
  for (let one = day; monthOf(one) === month; one--) settled += settledByDay[one % 32] ?? 0;
  return settled;
}

/** Corrects what was counted at time `at` by `amount`, if that slot is still in the window. */
export function correct(window: Window, at: number, amount: number): void {
  if (amount === 0) return;
  const slot = Math.floor(at / window.width);
  if (slot >= window.slot) {
    window.current += amount;
  } else if (slot >= window.slot - SLOTS) {
    window.ring ??= new Float64Array(SLOTS);
    window.ring[slot % SLOTS] = (window.ring[slot % SLOTS] ?? 0) + amount;
    window.older += amount;
  }
}

export function usedIn(window: Window): number {
  return window.current + window.older;
}

/** Milliseconds until `amount` fits under `limit`, from the oldest slot on; the length if it never will. */
export function retryAfter(window: Window, limit: number, amount: number, now: number): number {
  const { width, slot, ring } = window;
  if (amount > limit) return Math.ceil(width * SLOTS);
  let over = usedIn(window) + amount - limit;
  for (let k = 0; k < SLOTS; k++) {
    over -= ring?.[((slot % SLOTS) + k) % SLOTS] ?? 0;
    if (over <= 0) return Math.max(1, Math.ceil((slot + k + 1) * width - now));
  }
  return Math.max(1, Math.ceil((slot + SLOTS + 1) * width - now));
}

/** Milliseconds until the window is empty if nothing more comes. */
export function resetOf(window: Window, now: number): number {
  if (usedIn(window) <= 0) return 0;
  return Math.ceil((window.slot + SLOTS + 1) * window.width - now);
}
