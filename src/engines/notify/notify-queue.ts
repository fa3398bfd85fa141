/**
 * What waits to be told to one receiver: bounded, in order, each tried again for a quarter of an hour. How it is told is
 * the receiver's; nothing here knows an address.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Notice } from '../../ports/notifier.ts';

/** A notice, with where it is to be seen, and when it came. */
export interface Told {
  readonly notice: Notice;
  readonly link: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Why it was not told; what is final is not tried again. */
export interface NotTold {
  readonly reason: string;
  readonly isFinal: boolean;
}

export interface NoticeQueueOptions {
  /** Undefined: it was told. Never rejects. */
  readonly deliver: (told: Told) => Promise<NotTold | undefined>;
  /** Between the first try and the second; doubled each time, up to a minute. */
  readonly firstWaitMs?: number | undefined;
  /** The end of all. */
  readonly signal: AbortSignal;
  readonly onFailure: (reason: string) => void;
}

const QUEUE_MAX = 1000;
const AGE_MS_MAX = 900_000;
const FIRST_WAIT_MS = 1000;
const WAIT_MS_MAX = 60_000;

/** Of one receiver. */
export class NoticeQueue {
  readonly #options: NoticeQueueOptions;
  readonly #waiting: Told[] = [];
  #isSending = false;

  constructor(options: NoticeQueueOptions) {
    this.#options = options;
  }

  /** False where too many wait already: it is dropped. */
  add(told: Told): boolean {
    if (this.#waiting.length >= QUEUE_MAX) {
      this.#options.onFailure('too many notices wait; one is dropped');
      return false;
    }
    this.#waiting.push(told);
    if (!this.#isSending) void this.#send();
    return true;
  }

  /** Never rejects. */
  async #send(): Promise<void> {
    this.#isSending = true;
    const { signal, firstWaitMs = FIRST_WAIT_MS, onFailure, deliver } = this.#options;
    for (let waitMs = firstWaitMs; !signal.aborted; ) {
      const [next] = this.#waiting;
      if (!next) break;
      const failure = await deliver(next);
      const isOver = Date.now() - next.at > AGE_MS_MAX;
      if (failure === undefined || failure.isFinal || isOver) this.#waiting.shift();
      if (failure) onFailure(failure.reason);
      if (failure === undefined || failure.isFinal) waitMs = firstWaitMs;
      else if (!isOver) {
        await pause(waitMs, undefined, { ref: false, signal }).catch(() => undefined);
        waitMs = Math.min(waitMs * 2, WAIT_MS_MAX);
      }
    }
    this.#isSending = false;
  }
}
