/**
 * How long something takes by the clock of the processes that do it: it stands still while they do, so that a crowded machine
 * makes nothing late that was in time. Each turn of theirs counts as it lasts, and for no more than an idle machine would need.
 */
import { setTimeout as pause } from 'node:timers/promises';

const PAUSE_MS = 20;
/** One turn of an idle machine, of which a round trip is the lesser part. */
const TURN_MS_MAX = 30;

export interface OwnClock {
  /** So far, in milliseconds. */
  ms(): number;
  /** Stops it, and says how far it came. */
  stop(): number;
}

/**
 * Runs from now on. @param turns of the processes that count, each something that its process must do; of this one at least
 */
export function ownClock(...turns: readonly (() => Promise<unknown>)[]): OwnClock {
  const stopping = new AbortController();
  let own = 0;
  let from = performance.now();
  const turn = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      from = performance.now();
      const idle = pause(PAUSE_MS, undefined, { ref: false });
      await Promise.all([idle, ...turns.map((take) => take().catch(() => undefined))]);
      own += Math.min(performance.now() - from, TURN_MS_MAX);
    }
  };
  void turn();
  const ms = (): number => Math.round(own + Math.min(performance.now() - from, TURN_MS_MAX));
  return {
    ms,
    stop() {
      stopping.abort();
      return ms();
    },
  };
}

/** A turn of a gateway's event loop. */
export const turnOf =
  ({ adminUrl }: { readonly adminUrl: string }) =>
  async (): Promise<unknown> =>
    await (await fetch(`${adminUrl}/livez`)).arrayBuffer();
