/**
 * Whether calls come so fast that a moment's wait for company saves more than it costs: a trip to the disk or to the
 * ledger costs the same for one as for twenty. Must never hold up a call where few come.
 */

/** What leaves together waits so long for others to join, in a crowd. */
export const COMPANY_MS = 2;

/** Over 1,500 calls a second, seen over 16 ms: one burst is no crowd. */
const WINDOW_MS = 16;
const CROWD = 24;

/** Counts arrivals; time is that of `performance.now()`. */
export class Crowd {
  #since = Number.NEGATIVE_INFINITY;
  #count = 0;
  #before = 0;

  /** One more arrives; true: it had better wait for others. */
  arrive(now = performance.now()): boolean {
    const age = now - this.#since;
    if (age >= WINDOW_MS) {
      this.#before = age < 2 * WINDOW_MS ? this.#count : 0;
      this.#since = now;
      this.#count = 0;
    }
    this.#count += 1;
    return this.#before >= CROWD;
  }
}
