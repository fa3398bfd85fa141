/** Screens an answer that was read whole before any of it is sent; a large one never on the event loop. */
import {
  type AnswerJob,
  type AnswerRules,
  noteScreened,
  screenAnswer,
  type Screened,
  screenReadAnswer,
} from '../domain/answer-screening.ts';
import type { Exchange } from '../domain/exchange.ts';
import type { ScreenPolicy } from '../guardrails/screening.ts';
import type { JsonBody } from '../openai/body.ts';

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
  const job = { answer: bytes.toString('utf8'), kind, rules: rulesOf(exchange, screening) };
  const isLarge = job.answer.length > screening.inlineCharsMax;
  const screened = isLarge ? await screening.large(job) : screenAnswer(job);
  note(exchange, screening, screened);
  return screened.text === job.answer ? bytes : Buffer.from(screened.text);
}

/**
 * A JSON answer that was read already, as it may leave; what was found is on the exchange.
 * @param body of `parseAnswer`
 * @throws guardrail.answer
 */
export function screenRead(exchange: Exchange, screening: AnswerScreening, body: JsonBody): string {
  const screened = screenReadAnswer(body, rulesOf(exchange, screening));
  note(exchange, screening, screened);
  return screened.text;
}

function rulesOf({ prepared }: Exchange, { policy }: AnswerScreening): AnswerRules {
  return { policy, placeholders: prepared.placeholders, prints: prepared.prints };
}

function note(exchange: Exchange, { policy }: AnswerScreening, screened: Screened): void {
  noteScreened(exchange, screened);
  exchange.answer.isScreened = policy !== undefined;
}
