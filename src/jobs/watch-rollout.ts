/**
 * Sends guardrails back to observing where they begin to stop much more than before: on record first, here at once, then
 * in every other process, until an administrator lifts it. Never changes what money, tools or keys are held to.
 */
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { BlockRate, type SeenCall } from '../domain/rollout/block-rate.ts';
import { type Fallback, ROLLOUT, type RolloutState, rolloutStateSchema } from '../domain/rollout/rollout.ts';
import type { BackToObserve } from '../guardrails/rollout-settings.ts';
import type { Store } from '../ports/store.ts';
import { SharedState } from './shared-state.ts';

const AGAIN_MS = 1000;

export interface WatchRolloutOptions {
  readonly store: Pick<Store, 'getSetting' | 'changeSetting'>;
  readonly dataDir: string;
  readonly clock: Clock;
  /** Puts it on record, durably where that can be. */
  readonly record: (fallback: Fallback) => Promise<void>;
  /** What holds here from now on; undefined: guardrails are back to what is configured. */
  readonly onChange: (fallback: Fallback | undefined) => void;
  readonly onFailure: (error: unknown) => void;
}

/** At work until stopped. */
export class WatchRollout {
  readonly #options: WatchRolloutOptions;
  readonly #shared: SharedState<RolloutState>;
  #settings: BackToObserve | undefined;
  #rate: BlockRate | undefined;
  /** Happened here, and the others are not told yet. */
  #own: Fallback | undefined;
  #retry: NodeJS.Timeout | undefined;
  #told: Fallback | undefined;

  constructor(options: WatchRolloutOptions) {
    this.#options = options;
    this.#shared = new SharedState({
      ...options,
      name: ROLLOUT,
      file: join(options.dataDir, 'rollout.json'),
      nothing: {},
      read: (json) => rolloutStateSchema.parse(json),
      onChange: () => this.#changed(),
    });
    this.#told = this.fallback;
  }

  /** While it is there, guardrails observe. */
  get fallback(): Fallback | undefined {
    return this.#own ?? this.#shared.state.fallback;
  }

  /** What is counted from now on, by a policy that is about to hold; the same again goes on. */
  follow(settings: BackToObserve | undefined): void {
    if (JSON.stringify(settings) === JSON.stringify(this.#settings)) return;
    this.#settings = settings;
    this.#begin();
  }

  /** A call that guardrails have looked at, once it is over. */
  count(call: SeenCall): void {
    if (this.fallback) return;
    const jump = this.#rate?.count(call);
    if (jump) this.#fallBack(jump);
  }

  /** What the store has now. @throws store.unavailable */
  async newest(): Promise<Fallback | undefined> {
    await this.#shared.newest();
    return this.fallback;
  }

  /** Guardrails are as configured again, everywhere; whether they were not. @throws store.unavailable */
  async lift(): Promise<boolean> {
    const wasOwn = this.#own !== undefined;
    const was = await this.#shared.change((state) => ({ state: {}, result: state.fallback !== undefined }));
    this.#own = undefined;
    this.#changed();
    return was || wasOwn;
  }

  stop(): void {
    clearTimeout(this.#retry);
    this.#shared.stop();
  }

  #begin(): void {
    this.#rate = this.#settings && new BlockRate(this.#settings, this.#options.clock);
  }

  #fallBack(jump: Fallback): void {
    // Counted no further while it is put on record.
    this.#rate = undefined;
    void this.#options
      .record(jump)
      .catch(this.#options.onFailure)
      .then(() => {
        this.#own = jump;
        this.#changed();
        return this.#tell(jump);
      });
  }

  /** The others hear of it; where one was earlier, that is the one that holds. */
  async #tell(jump: Fallback): Promise<void> {
    if (this.#own !== jump) return;
    try {
      await this.#shared.change((state) => ({
        state: { fallback: state.fallback ?? jump },
        result: undefined,
      }));
      if (this.#own === jump) this.#own = undefined;
      this.#changed();
    } catch (error) {
      this.#options.onFailure(error);
      this.#retry = setTimeout(() => void this.#tell(jump), AGAIN_MS).unref();
    }
  }

  #changed(): void {
    const now = this.fallback;
    if ((now === undefined) === (this.#told === undefined)) return;
    this.#told = now;
    this.#begin();
    this.#options.onChange(now);
  }
}
