/**
 * Settlements on their way to Redis: each is tried until it holds, or the ledger is closed. One that ran while its
 * reply was lost is known again by its nonce, so it must never be given a second one.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { SettleResult } from '../../ports/ledger.ts';
import type { Reply } from './ledger-redis-scripts.ts';

/** `abandon`: an admission whose caller was told that it failed; given back, and never taken later. */
export interface Settlement {
  readonly reservationId: string;
  readonly tokens: number;
  readonly nano: number;
  readonly how: 'use' | 'release' | 'abandon';
  readonly nonce: string;
}

const RESULTS: readonly SettleResult[] = ['settled', 'late', 'unknown'];

/** Grows from 25 ms to 800 ms, spread so that processes do not come back at the same instant. */
function backoffMs(tries: number): number {
  return Math.min(25 * 2 ** tries, 800) * (0.75 + Math.random() / 2);
}

export class Settlements {
  readonly #send: (settlement: Settlement) => Promise<Reply>;
  readonly #closing: AbortSignal;
  /** Of no other process, nor of another start. */
  readonly #name = randomBytes(12).toString('base64url');
  #count = 0;
  readonly #underWay = new Set<Promise<SettleResult>>();

  constructor(send: (settlement: Settlement) => Promise<Reply>, closing: AbortSignal) {
    this.#send = send;
    this.#closing = closing;
  }

  /** Never rejects; `unknown` if the ledger was closed first. */
  settle(settlement: Omit<Settlement, 'nonce'>): Promise<SettleResult> {
    const settling = this.#untilItHolds({ ...settlement, nonce: `${this.#name}-${++this.#count}` });
    this.#underWay.add(settling);
    void settling.finally(() => this.#underWay.delete(settling));
    return settling;
  }

  /** Resolves when all that are under way hold. */
  async drained(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #untilItHolds(settlement: Settlement): Promise<SettleResult> {
    for (let tries = 0; ; tries++) {
      try {
        const reply = await this.#send(settlement);
        // The books are looked for: they are found whole, or others begin, which know nothing of this.
        if (reply[0] === 'lost') throw new Error('the ledger lost its data');
        return RESULTS.find((result) => result === reply[0]) ?? 'unknown';
      } catch {
        const options = { signal: this.#closing, ref: false };
        await pause(backoffMs(tries), undefined, options).catch(() => undefined);
        if (this.#closing.aborted) return 'unknown';
      }
    }
  }
}
