/** OpenAI's `x-ratelimit-*` headers: on every admitted answer and every 429. */
import type { WindowState } from '../../ports/ledger.ts';

/** As OpenAI writes durations, which is as Go does: `0s`, `120ms`, `1s`, `6m0s`, `1h0m5s`; from a second on in whole ones. */
function duration(exactMs: number): string {
  const ms = Math.max(0, Math.ceil(exactMs));
  if (ms > 0 && ms < 1000) return `${ms}ms`;
  const s = Math.ceil(ms / 1000);
  if (s < 60) return `${s}s`;
  const m = Math.floor(s / 60);
  return m < 60 ? `${m}m${s % 60}s` : `${Math.floor(m / 60)}h${m % 60}m${s % 60}s`;
}

/** The windows of a minute of who calls; one that has no limit is left out. */
export interface Windows {
  readonly requests?: WindowState | undefined;
  readonly tokens?: WindowState | undefined;
}

/** @param ageMs how long ago the windows were told */
export function rateLimitHeaders({ requests, tokens }: Windows, ageMs = 0): Record<string, string> {
  const headers: Record<string, string> = {};
  // Every answer has them: their names are not put together anew.
  if (requests) {
    headers['x-ratelimit-limit-requests'] = String(requests.limit);
    headers['x-ratelimit-remaining-requests'] = String(Math.max(0, requests.remaining));
    headers['x-ratelimit-reset-requests'] = duration(requests.resetMs - ageMs);
  }
  if (tokens) {
    headers['x-ratelimit-limit-tokens'] = String(tokens.limit);
    headers['x-ratelimit-remaining-tokens'] = String(Math.max(0, tokens.remaining));
    headers['x-ratelimit-reset-tokens'] = duration(tokens.resetMs - ageMs);
  }
  return headers;
}
