/** Messages one after the other, however long each takes; holds up their sender where too many wait. */

const WAITING_BYTES_MAX = 1024 * 1024;
const WAITING_MAX = 1024;

export interface LineWays {
  /** @throws whatever ends the line */
  readonly handle: (message: Buffer) => void | Promise<void>;
  /** Too much waits, or no longer. */
  readonly hold: (isFull: boolean) => void;
  readonly failed: (error: unknown) => void;
}

export class MessageLine {
  readonly #ways: LineWays;
  #waiting: Buffer[] = [];
  #bytes = 0;
  #isFull = false;
  #isStopped = false;
  #isRunning = false;
  #running: Promise<void> | undefined;

  constructor(ways: LineWays) {
    this.#ways = ways;
  }

  push(message: Buffer): void {
    if (this.#isStopped) return;
    this.#waiting.push(message);
    this.#bytes += message.length;
    if (!this.#isFull && (this.#bytes > WAITING_BYTES_MAX || this.#waiting.length > WAITING_MAX)) {
      this.#isFull = true;
      this.#ways.hold(true);
    }
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#running = this.#run();
  }

  /** What waits is dropped; resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#waiting = [];
    await this.#running;
  }

  /** Resolves when nothing waits and nothing is under way. */
  async idle(): Promise<void> {
    await this.#running;
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const batch = this.#waiting;
        this.#waiting = [];
        for (const message of batch) {
          const pending = this.#ways.handle(message);
          if (pending) await pending;
          this.#taken(message.length);
          if (this.#isStopped) return;
        }
      }
    } catch (error) {
      this.#isStopped = true;
      this.#waiting = [];
      this.#ways.failed(error);
    } finally {
      this.#isRunning = false;
    }
  }

  #taken(bytes: number): void {
    this.#bytes -= bytes;
    if (!this.#isFull || this.#bytes > WAITING_BYTES_MAX / 2) return;
    this.#isFull = false;
    this.#ways.hold(false);
  }
}
