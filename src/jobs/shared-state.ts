/**
 * A small document that every process of the house goes by: in the store, looked at four times a second, and as a copy in the
 * data directory, as a process that starts without its store must not forget what it last knew. Needs no ledger.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../base/errors.ts';
import type { Store } from '../ports/store.ts';

const LOOK_MS = 250;
/** Of one write, while other processes write: some 2 s in all. */
const TRIES_MAX = 20;
const WAIT_MS = 20;

/** Of one who asked. */
interface Change<State> {
  /** @throws what whoever asked throws */
  readonly step: (state: State) => { readonly state: State; readonly done: () => void };
  readonly fail: (error: unknown) => void;
}

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
  readonly #waiting: Change<State>[] = [];
  #isWriting = false;

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
   * Changes it for every process, and in this one at once. `step` sees the newest, and may be asked again. What comes
   * while a change is being written goes into the next one, all of it, so any number at a time is two trips to the store.
   * @throws request.too_complex for what could not be read again, store.unavailable, and what `step` throws
   */
  change<T>(step: (state: State) => { readonly state: State; readonly result: T }): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#waiting.push({
      step: (state) => {
        const { state: next, result } = step(state);
        return { state: next, done: () => resolve(result) };
      },
      fail: reject,
    });
    if (!this.#isWriting) void this.#writeWaiting();
    return promise;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Never throws. */
  async #writeWaiting(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const changes = this.#waiting.splice(0);
      try {
        await this.#write(changes);
      } catch (error) {
        for (const { fail } of changes) fail(error);
      }
    }
    this.#isWriting = false;
  }

  /** Others write as well: who comes second begins anew, on what is there now. */
  async #write(changes: readonly Change<State>[]): Promise<void> {
    const { store, name } = this.#options;
    for (let tries = 1; tries <= TRIES_MAX; tries++) {
      const from = await store.getSetting(name);
      const made = this.#made(changes, this.#stateOf(from ?? ''));
      const to = JSON.stringify(made.state);
      const unreadable = made.settle.length > 0 ? this.#unreadable(to) : undefined;
      if (unreadable && changes.length > 1) {
        // Which of them it is: each by itself.
        for (const one of changes) await this.#write([one]).catch(one.fail);
        return;
      }
      if (unreadable) throw unreadable;
      const isWritten = made.settle.length === 0 || (await store.changeSetting(name, from, to));
      if (isWritten) {
        if (made.settle.length > 0) this.#adopt(to);
        for (const tell of [...made.settle, ...made.failures]) tell();
        return;
      }
      await sleep(Math.random() * tries * WAIT_MS);
    }
    throw new Refusal('store.unavailable', { detail: `${name} is being changed by others` });
  }

  /** All that can be done, one after the other. */
  #made(changes: readonly Change<State>[], from: State) {
    let state = from;
    const settle: (() => void)[] = [];
    const failures: (() => void)[] = [];
    for (const { step, fail } of changes) {
      try {
        const made = step(state);
        state = made.state;
        settle.push(made.done);
      } catch (error) {
        failures.push(() => fail(error));
      }
    }
    return { state, settle, failures };
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

  /** What no process can read would end the looking of all of them. */
  #unreadable(text: string): Refusal | undefined {
    try {
      this.#stateOf(text);
      return undefined;
    } catch (cause) {
      const detail = `${this.#options.name} would not be readable`;
      return new Refusal('request.too_complex', { cause, detail });
    }
  }

  #stateOf(text: string): State {
    return text === '' ? this.#options.nothing : this.#options.read(JSON.parse(text));
  }
}
