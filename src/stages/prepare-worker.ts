/** What a worker thread runs: preparation and screening as inline, and the counting of text. Refusals travel as data. */
import { asRefusal } from '../base/errors.ts';
import { type AnswerJob, screenAnswer, type Screened } from '../domain/answers/answer-screening.ts';
import {
  prepare,
  type Preparation,
  type PrepareJob,
  type RefusalData,
} from '../domain/requests/preparation.ts';
import { screen, type Screening, type ScreenInput, type ScreenPolicy } from '../guardrails/screening.ts';
import type { Encoding } from '../openai/price-table.ts';
import { transcribe, type Transcript, type TranscriptJob } from '../domain/history/transcript.ts';
import { countTokens } from '../openai/tokens.ts';

/** The tokens of a text in UTF-8. */
export interface CountJob {
  readonly text: Uint8Array;
  readonly encoding: Encoding;
}

/** Texts that are only looked at. */
export interface ScreenJob {
  readonly inspected: readonly ScreenInput[];
  readonly policy: ScreenPolicy;
}

/** What a thread is given; plain data. */
export type WorkerJob = PrepareJob | CountJob | AnswerJob | ScreenJob | TranscriptJob;
/** What came of it; plain data. A fault of ours is thrown instead. */
export type WorkerResult =
  | { readonly prepared: Preparation }
  | { readonly screened: Screened }
  | { readonly transcript: Transcript }
  | { readonly screening: Screening }
  | { readonly refusal: RefusalData }
  | { readonly tokens: number };

/** One job, synchronously. @throws what is no refusal */
export default function run(job: WorkerJob): WorkerResult {
  if ('encoding' in job) return { tokens: countTokens([Buffer.from(job.text).toString()], job.encoding) };
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
