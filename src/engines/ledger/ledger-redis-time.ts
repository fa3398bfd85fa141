/**
 * What this process knows of the Redis server's clock, from the replies it got. It errs to the early side, so
 * that a deadline told to the server never lies after the caller was told that it passed.
 */

/** An estimate this old gives way to a newer one, because the two clocks drift. */
const KEPT_MS = 10_000;

export class RedisTime {
  #offset: number | undefined;
  #previous: number | undefined;
  #since = 0;

  /** A reply that carried the server's `serverMs`; sent and received by {@link performance.now}. */
  observe(serverMs: number, sentMs: number, receivedMs: number): void {
    // The reply was made between the two, so the true offset lies between these bounds.
    const atLeast = serverMs - receivedMs;
    const atMost = serverMs - sentMs + 1;
    const best = this.#best();
    if (best === undefined || best > atMost) {
      // First word of it, or its clock was set back: what was known is worth nothing.
      this.#offset = atLeast;
      this.#previous = undefined;
      this.#since = receivedMs;
    } else if (receivedMs - this.#since > KEPT_MS) {
      this.#previous = this.#offset;
      this.#offset = atLeast;
      this.#since = receivedMs;
    } else if (atLeast > best) {
      this.#offset = atLeast;
    }
  }

  /** The server's time, never later than it is; undefined before the first reply. */
  at(localMs: number): number | undefined {
    const best = this.#best();
    return best === undefined ? undefined : Math.floor(localMs + best);
  }

  #best(): number | undefined {
    if (this.#offset === undefined) return undefined;
    return Math.max(this.#offset, this.#previous ?? this.#offset);
  }
}
