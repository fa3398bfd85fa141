/** Ends questions that are over, and deletes them in time. Nothing that allows a call hangs on it: time alone decides. */

/** What it looks after; each does one round. */
export interface KeptApprovals {
  sweep(): Promise<void>;
  prune(keptMs: number): Promise<void>;
}

const SWEEP_EVERY_MS = 30_000;
const PRUNE_EVERY_MS = 3_600_000;

/** From now on until `stop`. @param keptMs how long they are kept after they were over */
export function keepApprovals(
  approvals: KeptApprovals,
  keptMs: number,
  onFailure: (error: unknown) => void,
): { stop(): void } {
  const sweeping = setInterval(() => void approvals.sweep().catch(onFailure), SWEEP_EVERY_MS);
  const pruning = setInterval(() => void approvals.prune(keptMs).catch(onFailure), PRUNE_EVERY_MS);
  return {
    stop() {
      clearInterval(sweeping);
      clearInterval(pruning);
    },
  };
}
