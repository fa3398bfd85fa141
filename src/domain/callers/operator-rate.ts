/** How often a credential may use the operators' door of this process. Slows down who asks too often, and nobody else. */
import { BoundedMap } from '../../base/bounded-map.ts';
import type { Clock } from '../../base/clock.ts';
import { Refusal } from '../../base/errors.ts';

const MINUTE_MS = 60_000;
const CREDENTIALS_MAX = 10_000;

interface Counted {
  minute: number;
  now: number;
  before: number;
}

/** A window of a minute that slides: the minute before counts for as much of it as is still in it. */
export class OperatorRate {
  readonly #clock: Clock;
  readonly #perMinute: number;
  readonly #counts = new BoundedMap<string, Counted>(CREDENTIALS_MAX);

  constructor(clock: Clock, perMinute: number) {
    this.#clock = clock;
    this.#perMinute = perMinute;
  }

  /** One more call. @throws rate.requests */
  take(credential: string): void {
    const now = this.#clock.now();
    const minute = Math.floor(now / MINUTE_MS);
    const known = this.#counts.get(credential);
    const counted = known?.minute === minute ? known : { minute, now: 0, before: beforeOf(known, minute) };
    const left = 1 - (now % MINUTE_MS) / MINUTE_MS;
    if (counted !== known) this.#counts.set(credential, counted);
    if (counted.now + counted.before * left + 1 > this.#perMinute)
      throw new Refusal('rate.requests', { retryAfterS: Math.max(1, Math.ceil(left * 10)) });
    counted.now += 1;
  }
}

function beforeOf(known: Counted | undefined, minute: number): number {
  return known?.minute === minute - 1 ? known.now : 0;
}
