/** Prepares large bodies, screens large answers and counts text in worker threads: none of it holds up the event loop. */
import { Refusal } from '../base/errors.ts';
import type { AnswerJob, Screened } from '../domain/answers/answer-screening.ts';
import type { Preparation, PrepareJob } from '../domain/requests/preparation.ts';
import type { Transcript, TranscriptJob } from '../domain/history/transcript.ts';
import { createPool, moduleBeside } from '../guardrails/pool.ts';
import type { Screening } from '../guardrails/screening.ts';
import type { GuardrailsSettings } from '../guardrails/settings.ts';
import type { Encoding } from '../openai/price-table.ts';
import type { CountJob } from '../stages/count-worker.ts';
import type { ScreenJob, WorkerJob, WorkerResult } from '../stages/prepare-worker.ts';

/** Preparation and counting off the event loop. */
export interface PreparationPool {
  /** @throws guardrail.busy, guardrail.failed, request.* */
  readonly prepare: (job: PrepareJob) => Promise<Preparation>;
  /** @throws guardrail.busy, guardrail.failed, upstream.invalid_answer */
  readonly screenAnswer: (job: AnswerJob) => Promise<Screened>;
  /** @throws guardrail.busy, guardrail.failed */
  readonly screenTexts: (job: ScreenJob) => Promise<Screening>;
  /** For the history. @throws guardrail.busy, guardrail.failed, request.* */
  readonly transcribe: (job: TranscriptJob) => Promise<Transcript>;
  /**
   * Tokens of a text in UTF-8, whose memory is given away. On a thread of its own: callers who leave take none from those
   * who come, and the tokenizer is all that it loads.
   * @throws guardrail.busy while many others are counted, guardrail.failed
   */
  readonly countTokens: (text: Uint8Array<ArrayBuffer>, encoding: Encoding) => Promise<number>;
  close(): Promise<void>;
}

const COUNTED_AT_ONCE_MAX = 16;

/** Threads, queue and time-out as the section `guardrails` says; one thread more counts. Each starts with its first job. */
export function createPreparationPool(settings: GuardrailsSettings): PreparationPool {
  const pool = createPool<WorkerJob, WorkerResult>({
    entry: moduleBeside(import.meta.url, '../stages/prepare-worker'),
    threads: settings.workers.threads,
    queueMax: settings.workers.queueMax,
    timeoutMs: settings.timeoutMs,
  });
  const counting = createPool<CountJob, number>({
    entry: moduleBeside(import.meta.url, '../stages/count-worker'),
    threads: 1,
    queueMax: COUNTED_AT_ONCE_MAX - 1,
    timeoutMs: settings.timeoutMs,
  });
  return {
    async prepare(job) {
      const result = await pool.run(job);
      if ('prepared' in result) return result.prepared;
      throw refusalOf(result);
    },
    async screenAnswer(job) {
      const result = await pool.run(job);
      if ('screened' in result) return result.screened;
      throw refusalOf(result);
    },
    async screenTexts(job) {
      const result = await pool.run(job);
      if ('screening' in result) return result.screening;
      throw refusalOf(result);
    },
    async transcribe(job) {
      const result = await pool.run(job);
      if ('transcript' in result) return result.transcript;
      throw refusalOf(result);
    },
    countTokens: (text, encoding) => counting.run({ text, encoding }, [text.buffer]),
    async close() {
      await Promise.all([pool.close(), counting.close()]);
    },
  };
}

function refusalOf(result: WorkerResult): Refusal {
  if ('refusal' in result) return new Refusal(result.refusal.code, result.refusal.options);
  return new Refusal('gateway.fault', { detail: 'a worker answered another question' });
}
