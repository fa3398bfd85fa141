/**
 * Who waits for a decision in this process: told at once of what is decided here, and by asking the store of what is
 * decided elsewhere. Asks only while somebody waits.
 */
import type { ApprovalState, ApprovalStore } from '../../ports/approval-store.ts';

/** Well within the second in which a decision holds everywhere. */
const ASK_EVERY_MS = 400;

interface Waiter {
  readonly id: string;
  settle(state: ApprovalState): void;
}

/** All that is waited for here. */
export class ApprovalWaits {
  readonly #store: Pick<ApprovalStore, 'states'>;
  readonly #waiters = new Set<Waiter>();
  #isAsking = false;

  constructor(store: Pick<ApprovalStore, 'states'>) {
    this.#store = store;
  }

  /**
   * The first state that is not `pending`; undefined after `msMax`.
   * @throws the signal's reason
   */
  async first(id: string, msMax: number, signal: AbortSignal): Promise<ApprovalState | undefined> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<ApprovalState | undefined>();
    const waiter: Waiter = { id, settle: resolve };
    const onAbort = (): void => reject(signal.reason);
    const over = setTimeout(() => resolve(undefined), Math.min(Math.max(msMax, 0), 2 ** 31 - 1));
    signal.addEventListener('abort', onAbort);
    this.#waiters.add(waiter);
    if (!this.#isAsking) this.#askSoon();
    try {
      return await promise;
    } finally {
      clearTimeout(over);
      signal.removeEventListener('abort', onAbort);
      this.#waiters.delete(waiter);
    }
  }

  /** Decided in this process. */
  tell(id: string, state: ApprovalState): void {
    for (const waiter of this.#waiters) if (waiter.id === id) waiter.settle(state);
  }

  #askSoon(): void {
    this.#isAsking = true;
    setTimeout(() => void this.#ask(), ASK_EVERY_MS);
  }

  /** One question for all; a store that is away is asked again. */
  async #ask(): Promise<void> {
    const ids = [...new Set([...this.#waiters].map(({ id }) => id))];
    try {
      const states = await this.#store.states(ids);
      for (const waiter of this.#waiters) {
        if (!ids.includes(waiter.id)) continue;
        // What is gone was over.
        const state = states.get(waiter.id) ?? 'expired';
        if (state !== 'pending') waiter.settle(state);
      }
    } catch {
      // It may be back in time.
    }
    if (this.#waiters.size > 0) this.#askSoon();
    else this.#isAsking = false;
  }
}
