/** Lengths of the windows, for both ledger engines. */

/** Milliseconds; shorter ones than the default are for tests. `day` is also the budget's day, counted from 1970. */
export interface WindowsMs {
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
}

export const WINDOWS_MS: WindowsMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
