/**
 * Brings the kill switch and the bans to this process: from the store, looked at every half second; from a file of its
 * data directory, which anybody on the machine can make where nothing else works; and from the copy of what it last knew,
 * as a process that starts without its store must not be more open than before. Needs no ledger.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal } from '../base/errors.ts';
import {
  CONTAINMENT,
  type Containment,
  containmentSchema,
  type ContainmentState,
  NOTHING_SHUT,
} from '../domain/containment.ts';
import type { Store } from '../ports/store.ts';

const LOOK_MS = 500;
/** While it is there, everything is shut for this process; SIGUSR2 makes it. */
const LOCAL_FILE = 'lockdown';
const COPY_FILE = 'containment.json';

/** Where the state is kept, and who is held to it. */
export interface WatchContainmentOptions {
  readonly containment: Containment;
  readonly store: Pick<Store, 'getSetting' | 'changeSetting' | 'putSetting'>;
  readonly dataDir: string;
  /** What was found that is new. */
  readonly onChange: (what: { readonly local: boolean; readonly state: ContainmentState }) => void;
  readonly onFailure: (error: unknown) => void;
}

/** At work until stopped. */
export interface WatchContainment {
  /**
   * Changes the state for every process, and in this one at once. `step` sees the newest.
   * @throws store.unavailable, and what `step` throws
   */
  change<T>(
    step: (state: ContainmentState) => { readonly state: ContainmentState; readonly result: T },
  ): Promise<T>;
  /** What the store has now, which holds here from now on. @throws store.unavailable */
  newest(): Promise<ContainmentState>;
  /** Shuts everything in this process, until the file is removed. */
  shutHere(): void;
  stop(): void;
}

const TRIES_MAX = 5;

/** Begins with the copy. */
export function watchContainment(options: WatchContainmentOptions): WatchContainment {
  return new Watch(options);
}

class Watch implements WatchContainment {
  readonly #options: WatchContainmentOptions;
  readonly #localFile: string;
  readonly #copyFile: string;
  readonly #timer: NodeJS.Timeout;
  /** The state as the store last had it. */
  #text: string;
  #local: boolean;
  #looking = false;

  constructor(options: WatchContainmentOptions) {
    this.#options = options;
    this.#localFile = join(options.dataDir, LOCAL_FILE);
    this.#copyFile = join(options.dataDir, COPY_FILE);
    this.#text = existsSync(this.#copyFile) ? readFileSync(this.#copyFile, 'utf8') : '';
    this.#local = existsSync(this.#localFile);
    options.containment.replace(stateOf(this.#text), this.#local);
    this.#timer = setInterval(() => void this.#look(), LOOK_MS).unref();
    void this.#look();
  }

  async newest(): Promise<ContainmentState> {
    const { store, containment } = this.#options;
    this.#adopt((await store.getSetting(CONTAINMENT)) ?? '', this.#local);
    return containment.state;
  }

  async change<T>(
    step: (state: ContainmentState) => { readonly state: ContainmentState; readonly result: T },
  ): Promise<T> {
    const { store } = this.#options;
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const from = await store.getSetting(CONTAINMENT);
      const { state, result } = step(stateOf(from ?? ''));
      const to = JSON.stringify(state);
      if (from === undefined) await store.putSetting(CONTAINMENT, JSON.stringify(NOTHING_SHUT));
      else if (await store.changeSetting(CONTAINMENT, from, to)) {
        this.#adopt(to, this.#local);
        return result;
      }
    }
    throw new Refusal('store.unavailable', { detail: 'containment is being changed by others' });
  }

  shutHere(): void {
    writeFileSync(this.#localFile, '', { mode: 0o600 });
    this.#adopt(this.#text, true);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    this.#adopt(this.#text, existsSync(this.#localFile));
    if (this.#looking) return;
    this.#looking = true;
    const before = this.#text;
    try {
      const found = (await this.#options.store.getSetting(CONTAINMENT)) ?? '';
      // Changed here meanwhile: what was read may be older.
      if (before === this.#text) this.#adopt(found, this.#local);
    } catch (error) {
      this.#options.onFailure(error);
    } finally {
      this.#looking = false;
    }
  }

  #adopt(text: string, local: boolean): void {
    if (text === this.#text && local === this.#local) return;
    const state = stateOf(text);
    if (text !== this.#text) writeFileSync(this.#copyFile, text, { mode: 0o600 });
    this.#text = text;
    this.#local = local;
    this.#options.containment.replace(state, local);
    this.#options.onChange({ local, state });
  }
}

/** What cannot be read shuts nothing that was open: it is not ours. */
function stateOf(text: string): ContainmentState {
  if (text === '') return NOTHING_SHUT;
  return containmentSchema.parse(JSON.parse(text));
}
