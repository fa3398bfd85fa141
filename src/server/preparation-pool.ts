/** Prepares large bodies in worker threads, so that none of them holds up the event loop. */
import { Refusal } from '../base/errors.ts';
import type { Preparation, PrepareJob } from '../domain/preparation.ts';
import { createPool, moduleBeside } from '../guardrails/pool.ts';
import type { GuardrailsSettings } from '../guardrails/settings.ts';
import type { PrepareResult } from '../stages/prepare-worker.ts';

export interface PreparationPool {
  /** @throws guardrail.busy, guardrail.failed, request.* */
  readonly prepare: (job: PrepareJob) => Promise<Preparation>;
  close(): Promise<void>;
}

export function createPreparationPool(settings: GuardrailsSettings): PreparationPool {
  const pool = createPool<PrepareJob, PrepareResult>({
    entry: moduleBeside(import.meta.url, '../stages/prepare-worker'),
    threads: settings.workers.threads,
    queueMax: settings.workers.queueMax,
    timeoutMs: settings.timeoutMs,
  });
  return {
    async prepare(job) {
      const result = await pool.run(job);
      if ('refusal' in result) throw new Refusal(result.refusal.code, result.refusal.options);
      return result.prepared;
    },
    close: () => pool.close(),
  };
}
