/** The one place that asks the machine for the time, so that tests can set it. */

/** The machine's time; for lengths of time use a monotonic clock. */
export interface Clock {
  /** Wall clock, milliseconds since 1970. */
  now(): number;
}

/** May go back when the machine is set. */
export const systemClock: Clock = { now: () => Date.now() };

const DAY_MS = 86_400_000;
/** Asked several times a call, and nearly always of the same day. */
let lastDay = Number.NaN;
let lastText = '';

/** `2026-11-23`, in UTC. */
export function utcDay(ms: number): string {
  const day = Math.floor(ms / DAY_MS);
  if (day !== lastDay) {
    lastText = new Date(ms).toISOString().slice(0, 10);
    lastDay = day;
  }
  return lastText;
}

/** `2026-11`, in UTC. */
export function utcMonth(ms: number): string {
  return new Date(ms).toISOString().slice(0, 7);
}
