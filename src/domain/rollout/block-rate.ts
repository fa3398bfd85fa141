/**
 * Tells when guardrails begin to stop much more than before. The rate is that of each key in the mean over all keys, so that
 * nobody moves it by calling often; both what was stopped and what would have been make up the time before.
 */
import type { Clock } from '../../base/clock.ts';
import type { BackToObserve } from '../../guardrails/rollout-settings.ts';
import type { Fallback } from './rollout.ts';

/** Of a window: each is looked at and forgotten in so many steps. */
const STEPS = 5;
/** Of one step; calls of further ones are not counted. */
const KEYS_MAX = 10_000;
/** Rates are added up in whole millionths, so that what is taken off again leaves nothing behind. */
const ONE = 1e6;

interface Own {
  calls: number;
  stopped: number;
}

/** Calls of some time by key, and what they come to, which costs the same however many keys there are. */
class Tally {
  readonly keys = new Map<string, Own>();
  calls = 0;
  /** Keys of which something was stopped. */
  stoppedKeys = 0;
  /** The rates of all keys, added up, in millionths. */
  rates = 0;

  /** Negative numbers take off what was added before. */
  add(key: string, calls: number, stopped: number): void {
    let own = this.keys.get(key);
    if (!own) this.keys.set(key, (own = { calls: 0, stopped: 0 }));
    this.#count(own, -1);
    own.calls += calls;
    own.stopped += stopped;
    this.#count(own, 1);
    this.calls += calls;
    if (own.calls === 0) this.keys.delete(key);
  }

  #count({ calls, stopped }: Own, sign: 1 | -1): void {
    if (stopped === 0) return;
    this.stoppedKeys += sign;
    this.rates += sign * Math.round((stopped / calls) * ONE);
  }
}

/** Whether a call of this key is counted there. */
function hasRoom({ keys }: Tally, key: string): boolean {
  return keys.size < KEYS_MAX || keys.has(key);
}

/** One call that guardrails have looked at. */
export interface SeenCall {
  /** Public id of its credential. */
  readonly key: string;
  /** It was to be stopped, and not only told. */
  readonly isInside: boolean;
  readonly isStopped: boolean;
}

/** Of one process, since its start. */
export class BlockRate {
  readonly #settings: BackToObserve;
  readonly #clock: Clock;
  readonly #stepMs: number;
  /** The newest last; of callers inside, and of all. */
  #inside: Tally[] = [new Tally()];
  #all: Tally[] = [new Tally()];
  /** All of `#inside` together. */
  readonly #window = new Tally();
  /** Of the steps before in which anybody called, the oldest first. */
  readonly #past: { readonly step: number; readonly rates: number; readonly keys: number }[] = [];
  /** All of `#past` together. */
  readonly #before = { rates: 0, keys: 0 };
  /** The number of the present step, and its end. */
  #step = 0;
  #stepEnd: number;

  constructor(settings: BackToObserve, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    this.#stepMs = (settings.windowS * 1000) / STEPS;
    this.#stepEnd = clock.now() + this.#stepMs;
  }

  /** What happened, if with this call the rate has jumped. */
  count({ key, isInside, isStopped }: SeenCall): Fallback | undefined {
    this.#advance();
    const stopped = isStopped ? 1 : 0;
    const all = this.#all.at(-1);
    if (all && hasRoom(all, key)) all.add(key, 1, stopped);
    const inside = this.#inside.at(-1);
    if (!isInside || !inside) return undefined;
    if (hasRoom(inside, key)) {
      inside.add(key, 1, stopped);
      this.#window.add(key, 1, stopped);
    }
    return isStopped ? this.#jump() : undefined;
  }

  #jump(): Fallback | undefined {
    const { minCalls, minKeys, overPercent, timesBaseline } = this.#settings;
    const { calls, stoppedKeys, rates, keys } = this.#window;
    if (calls < minCalls || stoppedKeys < minKeys) return undefined;
    const rate = rates / ONE / keys.size;
    const baseline = this.#before.keys === 0 ? 0 : this.#before.rates / ONE / this.#before.keys;
    const isJump = rate * 100 >= overPercent && rate >= timesBaseline * baseline;
    return isJump ? { at: this.#clock.now(), rate, baseline, calls, keys: stoppedKeys } : undefined;
  }

  #advance(): void {
    const now = this.#clock.now();
    if (now < this.#stepEnd) return;
    const passed = Math.floor((now - this.#stepEnd) / this.#stepMs) + 1;
    this.#stepEnd += passed * this.#stepMs;
    // After a window of silence the window is empty: more steps would do nothing more.
    for (let i = 1; i <= Math.min(passed, STEPS); i++) this.#next(this.#step + i - STEPS);
    this.#step += passed;
    this.#forget(this.#step - STEPS - Math.ceil((this.#settings.baselineS * 1000) / this.#stepMs));
  }

  /** One step is over, and the one of this number leaves the window. */
  #next(step: number): void {
    if (this.#inside.push(new Tally()) > STEPS)
      for (const [key, { calls, stopped }] of this.#inside.shift()?.keys ?? [])
        this.#window.add(key, -calls, -stopped);
    const left = this.#all.push(new Tally()) > STEPS ? this.#all.shift() : undefined;
    if (!left || left.keys.size === 0) return;
    const { rates, keys } = left;
    this.#past.push({ step, rates, keys: keys.size });
    this.#before.rates += rates;
    this.#before.keys += keys.size;
  }

  /** Steps up to this one are no longer compared with. */
  #forget(last: number): void {
    const kept = this.#past.findIndex(({ step }) => step > last);
    for (const { rates, keys } of this.#past.splice(0, kept === -1 ? this.#past.length : kept)) {
      this.#before.rates -= rates;
      this.#before.keys -= keys;
    }
  }
}
