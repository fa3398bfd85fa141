/** The history of this process, where a tier has one. */
import { systemClock } from '../base/clock.ts';
import { createSeal } from '../base/seal.ts';
import type { HouseSecret } from '../base/secret.ts';
import { createHistoryKeeper, type HistoryKeeper } from '../domain/history/history.ts';
import { transcribe } from '../domain/history/transcript.ts';
import type { Log } from '../server/log.ts';
import type { PreparationPool } from '../server/preparation-pool.ts';
import type { Engines } from './engines.ts';
import type { Policy } from './policy.ts';

/** Undefined where none has. */
export function historyKeeper(
  policy: Policy,
  secret: HouseSecret,
  { store }: Engines,
  pool: PreparationPool,
  log: Log,
): HistoryKeeper | undefined {
  const { config } = policy.setup;
  const { overBytes } = config.guardrails.workers;
  return createHistoryKeeper({
    enabled: config.history.enabled,
    get tiers() {
      return policy.setup.config.tiers;
    },
    get guardrails() {
      return policy.setup.config.guardrails;
    },
    store: store.history,
    seal: createSeal(secret),
    clock: systemClock,
    transcribe: async (job) =>
      job.sent.length + (job.said?.text.length ?? 0) > overBytes ? pool.transcribe(job) : transcribe(job),
    onFailure: (err) => log.warn({ err }, 'an exchange is not in the history'),
  });
}
