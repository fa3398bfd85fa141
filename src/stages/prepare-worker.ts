/** What a worker thread runs: preparation and screening as inline. Refusals travel as data. */
import { asRefusal } from '../base/errors.ts';
import { type AnswerJob, screenAnswer, type Screened } from '../domain/answers/answer-screening.ts';
import {
  prepare,
  type Preparation,
  type PrepareJob,
  type RefusalData,
} from '../domain/requests/preparation.ts';
import { screen, type Screening, type ScreenInput, type ScreenPolicy } from '../guardrails/screening.ts';
import { transcribe, type Transcript, type TranscriptJob } from '../domain/history/transcript.ts';

/** Texts that are only looked at. */
export interface ScreenJob {
  readonly inspected: readonly ScreenInput[];
  readonly policy: ScreenPolicy;
}

/** What a thread is given; plain data. */
export type WorkerJob = PrepareJob | AnswerJob | ScreenJob | TranscriptJob;
/** What came of it; plain data. A fault of ours is thrown instead. */
export type WorkerResult =
  | { readonly prepared: Preparation }
  | { readonly screened: Screened }
  | { readonly transcript: Transcript }
  | { readonly screening: Screening }
  | { readonly refusal: RefusalData };

/** One job, synchronously. @throws what is no refusal */
export default function run(job: WorkerJob): WorkerResult {
  if ('said' in job) return { transcript: transcribe(job) };
  if ('inspected' in job) return { screening: screen(job.inspected, job.policy) };
  try {
    return 'answer' in job ? { screened: screenAnswer(job) } : { prepared: prepare(job) };
  } catch (error) {
    const { code, options } = asRefusal(error);
    if (code === 'gateway.fault') throw error;
    return { refusal: { code, options } };
  }
}
