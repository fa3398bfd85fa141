/**
 * What is left of upstream's own rate limits, as its answers tell it, by upstream and model: where little is, callers of low
 * priority are held back first. Never asks upstream, and lets everybody pass where nothing is known.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { BoundedMap } from '../../base/bounded-map.ts';
import type { Clock } from '../../base/clock.ts';

/** Of a limit; below it, what is left belongs to the others. */
const SHARE_MIN = 0.1;
/** What was told longer ago than this holds nobody back. */
const HOLD_MS_MAX = 60_000;
const MODELS_MAX = 1000;

export class UpstreamPressure {
  readonly #clock: Clock;
  /** Until when there is little left. */
  readonly #until = new BoundedMap<string, number>(MODELS_MAX);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What an answer's head tells (`x-ratelimit-*`, a 429), which replaces what the one before told. */
  observe(
    upstream: string | undefined,
    model: string | undefined,
    { status, headers }: { readonly status: number; readonly headers: IncomingHttpHeaders },
  ): void {
    const refusedMs = status === 429 ? retryMs(headers['retry-after']) : -1;
    const left = Math.max(heldMs(headers, 'requests'), heldMs(headers, 'tokens'), refusedMs);
    if (left < 0) return;
    this.#until.set(nameOf(upstream, model), this.#clock.now() + Math.min(left, HOLD_MS_MAX));
  }

  /** How long a caller of low priority had better wait; 0: not at all. */
  holdMs(upstream: string | undefined, model: string | undefined): number {
    return Math.max(0, (this.#until.get(nameOf(upstream, model)) ?? 0) - this.#clock.now());
  }
}

function nameOf(upstream = 'default', model = ''): string {
  return `${upstream} ${model.slice(0, 128)}`;
}

/** How long until the window is full again, if little is left of it; 0 if there is room, -1 where nothing is told. */
function heldMs(headers: IncomingHttpHeaders, what: 'requests' | 'tokens'): number {
  const limit = Number(headers[`x-ratelimit-limit-${what}`]);
  const remaining = Number(headers[`x-ratelimit-remaining-${what}`]);
  if (!(limit > 0) || !(remaining >= 0)) return -1;
  return remaining < limit * SHARE_MIN ? durationMs(headers[`x-ratelimit-reset-${what}`]) : 0;
}

/** A second where nothing that can be read is said; never less. */
function retryMs(after: string | undefined): number {
  const seconds = Number(after);
  return seconds > 1 ? seconds * 1000 : 1000;
}

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** As OpenAI writes durations: `1s`, `6m0s`, `120ms`; a second for what is none. */
function durationMs(text: string | string[] | undefined): number {
  if (typeof text !== 'string' || !/^(?:\d{1,9}(?:\.\d{1,9})?(?:ms|[hms])){1,4}$/.test(text)) return 1000;
  let sum = 0;
  for (const [, number, unit] of text.matchAll(/([\d.]{1,19})(ms|[hms])/g))
    sum += Number(number) * (UNITS[unit ?? ''] ?? 0);
  return sum;
}
