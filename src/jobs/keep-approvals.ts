/** Ends questions that are over, and deletes them in time. Nothing that allows a call hangs on it: time alone decides. */

import type { Holds } from '../domain/history/retention.ts';

/** What it looks after; each does one round. */
export interface KeptApprovals {
  sweep(): Promise<void>;
  /** @param held of whom nothing is deleted, asked just before */
  prune(keptMs: number, held: Holds['held']): Promise<void>;
}

const SWEEP_EVERY_MS = 30_000;
const PRUNE_EVERY_MS = 3_600_000;

/** From now on until `stop`. @param keptMs how long they are kept after they were over */
export function keepApprovals(
  approvals: KeptApprovals,
  keptMs: number,
  holds: Pick<Holds, 'held'>,
  onFailure: (error: unknown) => void,
): { stop(): void } {
  const sweeping = setInterval(() => void approvals.sweep().catch(onFailure), SWEEP_EVERY_MS);
  const prune = (): Promise<void> => approvals.prune(keptMs, () => holds.held());
  const pruning = setInterval(() => void prune().catch(onFailure), PRUNE_EVERY_MS);
  return {
    stop() {
      clearInterval(sweeping);
      clearInterval(pruning);
    },
  };
}
