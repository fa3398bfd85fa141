/** The caller's side of an answer, as the stages see it; the server gives it. */

/** One answer: `head` once, then any number of writes, then `end` or `destroy`, after which nothing reaches anybody. */
export interface Reply {
  readonly headSent: boolean;
  /** Lower-case names. Once. */
  head(status: number, headers: Readonly<Record<string, string>>): void;
  /** False: wait for `drained` before writing more. */
  write(chunk: Uint8Array | string): boolean;
  drained(listener: () => void): void;
  /** Ends the answer; with a body and no head yet, in one write with its length. */
  end(body?: Uint8Array | string): void;
  /** Breaks the connection off: the caller must see that the answer is not whole. */
  destroy(): void;
}
