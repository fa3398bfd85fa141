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

interface Own {
  calls: number;
  stopped: number;
}

/** Calls of some time by key. */
class Step {
  readonly keys = new Map<string, Own>();

  add(key: string, calls: number, stopped: number): void {
    let own = this.keys.get(key);
    if (!own) {
      if (this.keys.size === KEYS_MAX) return;
      this.keys.set(key, (own = { calls: 0, stopped: 0 }));
    }
    own.calls += calls;
    own.stopped += stopped;
  }

  /** Their rates, added up. */
  sum(): number {
    let sum = 0;
    for (const { calls, stopped } of this.keys.values()) sum += stopped / calls;
    return sum;
  }
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
  #inside: Step[] = [new Step()];
  #all: Step[] = [new Step()];
  /** Sums and numbers of keys of the steps before, the oldest first. */
  #past: { readonly sum: number; readonly keys: number }[] = [];
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
    this.#all.at(-1)?.add(key, 1, isStopped ? 1 : 0);
    if (!isInside) return undefined;
    this.#inside.at(-1)?.add(key, 1, isStopped ? 1 : 0);
    return isStopped ? this.#jump() : undefined;
  }

  #jump(): Fallback | undefined {
    const { minCalls, minKeys, overPercent, timesBaseline } = this.#settings;
    const window = new Step();
    for (const step of this.#inside)
      for (const [key, { calls, stopped }] of step.keys) window.add(key, calls, stopped);
    let calls = 0;
    let keys = 0;
    for (const own of window.keys.values()) {
      calls += own.calls;
      if (own.stopped > 0) keys += 1;
    }
    if (calls < minCalls || keys < minKeys) return undefined;
    const rate = window.sum() / window.keys.size;
    const baseline = this.#baseline();
    const isJump = rate * 100 >= overPercent && rate >= timesBaseline * baseline;
    return isJump ? { at: this.#clock.now(), rate, baseline, calls, keys } : undefined;
  }

  #baseline(): number {
    let sum = 0;
    let keys = 0;
    for (const step of this.#past) {
      sum += step.sum;
      keys += step.keys;
    }
    return keys === 0 ? 0 : sum / keys;
  }

  #advance(): void {
    const now = this.#clock.now();
    if (now < this.#stepEnd) return;
    const passed = Math.floor((now - this.#stepEnd) / this.#stepMs) + 1;
    this.#stepEnd += passed * this.#stepMs;
    const pastMax = Math.ceil((this.#settings.baselineS * 1000) / this.#stepMs);
    // What is older than all that is remembered need not be stepped through.
    for (let i = Math.min(passed, pastMax + STEPS); i > 0; i--) {
      this.#inside = [...this.#inside, new Step()].slice(-STEPS);
      this.#all = [...this.#all, new Step()];
      if (this.#all.length <= STEPS) continue;
      const left = this.#all.shift();
      if (left) this.#past.push({ sum: left.sum(), keys: left.keys.size });
      if (this.#past.length > pastMax) this.#past.shift();
    }
  }
}
