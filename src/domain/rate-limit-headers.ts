/** OpenAI's `x-ratelimit-*` headers: on every admitted answer and every 429. */
import type { WindowState } from '../ports/ledger.ts';

/** OpenAI writes durations as `1s`, `6m0s`, `120ms`. */
function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.ceil(ms))}ms`;
  const s = Math.ceil(ms / 1000);
  return s < 60 ? `${s}s` : `${Math.floor(s / 60)}m${s % 60}s`;
}

/** The windows of a minute of who calls; one that has no limit is left out. */
export interface Windows {
  readonly requests?: WindowState | undefined;
  readonly tokens?: WindowState | undefined;
}

/** @param ageMs how long ago the windows were told */
export function rateLimitHeaders(windows: Windows, ageMs = 0): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of ['requests', 'tokens'] as const) {
    const window = windows[name];
    if (!window) continue;
    headers[`x-ratelimit-limit-${name}`] = String(window.limit);
    headers[`x-ratelimit-remaining-${name}`] = String(Math.max(0, window.remaining));
    headers[`x-ratelimit-reset-${name}`] = duration(window.resetMs - ageMs);
  }
  return headers;
}
