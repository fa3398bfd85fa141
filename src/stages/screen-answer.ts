/** Screens an answer that was read whole before any of it is sent; a large one never on the event loop. */
import { type AnswerJob, noteScreened, screenAnswer, type Screened } from '../domain/answer-screening.ts';
import type { Exchange } from '../domain/exchange.ts';
import type { ScreenPolicy } from '../guardrails/screening.ts';

/** How the house screens answers, and who does it where there is much of it. */
export interface AnswerScreening {
  /** Undefined where every guardrail of answers is off. */
  readonly policy: ScreenPolicy | undefined;
  readonly unknownEvents: 'screen' | 'block';
  /** Texts above this go to `large`, UTF-16 units. */
  readonly inlineCharsMax: number;
  /** @throws guardrail.busy, guardrail.failed, upstream.invalid_answer */
  readonly large: (job: AnswerJob) => Promise<Screened>;
}

/** Whether there is anything to look for, or to give back. */
export function hasScreening({ policy }: AnswerScreening, { prepared }: Exchange): boolean {
  return policy !== undefined || prepared.placeholders.length > 0;
}

/**
 * The answer as it may leave; what was found is on the exchange.
 * @throws guardrail.answer, guardrail.busy, guardrail.failed, upstream.invalid_answer
 */
export async function screenWhole(
  exchange: Exchange,
  screening: AnswerScreening,
  kind: AnswerJob['kind'],
  bytes: Buffer,
): Promise<Buffer> {
  if (bytes.length === 0) return bytes;
  const { placeholders, prints } = exchange.prepared;
  const rules = { policy: screening.policy, placeholders, prints };
  const job = { answer: bytes.toString('utf8'), kind, rules };
  const isLarge = job.answer.length > screening.inlineCharsMax;
  const screened = isLarge ? await screening.large(job) : screenAnswer(job);
  noteScreened(exchange, screened);
  exchange.answer.isScreened = screening.policy !== undefined;
  return screened.text === job.answer ? bytes : Buffer.from(screened.text);
}
