/**
 * A small document that every process of the house goes by: in the store, looked at four times a second, and as a copy in the
 * data directory, as a process that starts without its store must not forget what it last knew. Needs no ledger.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { Refusal } from '../base/errors.ts';
import type { Store } from '../ports/store.ts';

const LOOK_MS = 250;
const TRIES_MAX = 5;

/** Where it is kept, and how it is read. */
export interface SharedStateOptions<State> {
  readonly store: Pick<Store, 'getSetting' | 'changeSetting'>;
  /** Its name in the store. */
  readonly name: string;
  /** Of the copy. */
  readonly file: string;
  /** What holds until somebody has said something. */
  readonly nothing: State;
  /** @throws for what is not ours */
  readonly read: (json: unknown) => State;
  /** What was found, or changed here, that is new; once it holds. */
  readonly onChange: (state: State) => void;
  readonly onFailure: (error: unknown) => void;
}

/** At work until stopped; begins with the copy. */
export class SharedState<State> {
  readonly #options: SharedStateOptions<State>;
  readonly #timer: NodeJS.Timeout;
  /** As the store last had it. */
  #text: string;
  #state: State;
  /** As the file has it. */
  #copied: string;
  #looking = false;

  constructor(options: SharedStateOptions<State>) {
    this.#options = options;
    this.#text = existsSync(options.file) ? readFileSync(options.file, 'utf8') : '';
    this.#state = this.#stateOf(this.#text);
    this.#copied = this.#text;
    this.#timer = setInterval(() => void this.#look(), LOOK_MS).unref();
    void this.#look();
  }

  /** As this process last knew it. */
  get state(): State {
    return this.#state;
  }

  /** What the store has now, which holds here from now on. @throws store.unavailable */
  async newest(): Promise<State> {
    await this.#read();
    return this.#state;
  }

  /**
   * Changes it for every process, and in this one at once. `step` sees the newest, and may be asked again.
   * @throws request.too_complex for what could not be read again, store.unavailable, and what `step` throws
   */
  async change<T>(step: (state: State) => { readonly state: State; readonly result: T }): Promise<T> {
    const { store, name } = this.#options;
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const from = await store.getSetting(name);
      const { state, result } = step(this.#stateOf(from ?? ''));
      const to = JSON.stringify(state);
      this.#checkReadable(to);
      if (await store.changeSetting(name, from, to)) {
        this.#adopt(to);
        return result;
      }
    }
    throw new Refusal('store.unavailable', { detail: `${name} is being changed by others` });
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      await this.#read();
      this.#keepCopy();
    } catch (error) {
      this.#options.onFailure(error);
    } finally {
      this.#looking = false;
    }
  }

  async #read(): Promise<void> {
    const { store, name } = this.#options;
    const before = this.#text;
    const found = (await store.getSetting(name)) ?? '';
    // Changed here meanwhile: what was read may be older.
    if (before === this.#text) this.#adopt(found);
  }

  #adopt(text: string): void {
    if (text === this.#text) return;
    const state = this.#stateOf(text);
    this.#text = text;
    this.#state = state;
    this.#options.onChange(state);
    try {
      this.#keepCopy();
    } catch (error) {
      // A disk that is full keeps nothing from holding; the next look tries again.
      this.#options.onFailure(error);
    }
  }

  /** Whole, or as it was. @throws the system's errors */
  #keepCopy(): void {
    if (this.#copied === this.#text) return;
    const { file } = this.#options;
    writeFileSync(`${file}.new`, this.#text, { mode: 0o600 });
    renameSync(`${file}.new`, file);
    this.#copied = this.#text;
  }

  /** What no process can read would end the looking of all of them. @throws request.too_complex */
  #checkReadable(text: string): void {
    try {
      this.#stateOf(text);
    } catch (cause) {
      throw new Refusal('request.too_complex', {
        cause,
        detail: `${this.#options.name} would not be readable`,
      });
    }
  }

  #stateOf(text: string): State {
    return text === '' ? this.#options.nothing : this.#options.read(JSON.parse(text));
  }
}
