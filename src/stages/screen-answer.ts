/** Screens an answer that was read whole before any of it is sent; a large one never on the event loop. */
import {
  type AnswerJob,
  type AnswerRules,
  noteScreened,
  screenAnswer,
  type Screened,
  screenReadAnswer,
} from '../domain/answers/answer-screening.ts';
import type { Caller } from '../domain/callers/caller.ts';
import type { Exchange } from '../domain/exchange.ts';
import type { AnswerToolRules } from '../domain/tools/answer-tools.ts';
import { isOpen, type ToolPolicy } from '../domain/tools/tools.ts';
import type { ScreenPolicy } from '../guardrails/screening.ts';
import type { JsonBody } from '../openai/body.ts';
import type { Asking } from './claim-parked.ts';
import { clearCalls } from './clear-calls.ts';
import type { CallCounting } from './count-calls.ts';

/** How the house screens answers, and who does it where there is much of it. */
export interface AnswerScreening {
  /** Undefined where every guardrail of answers is off. */
  readonly policy: ScreenPolicy | undefined;
  /** The same with what stops an answer only told; left out where everybody is inside. */
  readonly trial?:
    | { readonly policy: ScreenPolicy; readonly isSpared: (caller: Caller) => boolean }
    | undefined;
  readonly unknownEvents: 'screen' | 'block';
  /** Texts above this go to `large`, UTF-16 units. */
  readonly inlineCharsMax: number;
  /** What holds for calls that models make. */
  readonly toolPolicyOf: (caller: Caller) => ToolPolicy;
  /** Who is asked about calls that a person must allow; nobody, and they are refused, where left out. */
  readonly asking?: Asking | undefined;
  /** Undefined where nobody counts them. */
  readonly counting?: CallCounting | undefined;
  /** @throws guardrail.busy, guardrail.failed, upstream.invalid_answer */
  readonly large: (job: AnswerJob) => Promise<Screened>;
}

/** Whether there is anything to look for, or to give back. */
export function hasScreening(screening: AnswerScreening, exchange: Exchange): boolean {
  const { placeholders } = exchange.prepared;
  return (
    screening.policy !== undefined ||
    placeholders.length > 0 ||
    exchange.endpoint.quotes !== undefined ||
    // Its events may bring some later.
    exchange.endpoint.shape === 'realtime' ||
    toolRulesOf(screening, exchange) !== undefined
  );
}

/** Operations whose answers make calls of tools, or repeat them. */
const CALLING: ReadonlySet<string> = new Set([
  'chat.completions',
  'responses',
  'sockets',
  'conversations',
  'threads',
  // Results of batches.
  'files',
]);

/**
 * Undefined where no call can be made, or what is downloaded repeats calls that all may be made. Of an answer that is being
 * made each is judged, as a tool may be shut while it is under way.
 */
export function toolRulesOf(
  { toolPolicyOf }: AnswerScreening,
  exchange: Exchange,
): AnswerToolRules | undefined {
  const { endpoint, caller } = exchange;
  if (!CALLING.has(endpoint.group)) return undefined;
  if (endpoint.results && isOpen(toolPolicyOf(caller))) return undefined;
  return {
    // As it is at that moment: a tool may be shut while an answer is under way.
    get policy() {
      return toolPolicyOf(caller);
    },
    // A live session is tainted from some event on.
    get tainted() {
      return exchange.prepared.tainted;
    },
  };
}

/**
 * The answer as it may leave; what was found is on the exchange.
 * @throws guardrail.answer, guardrail.busy, guardrail.failed, tool.*, upstream.invalid_answer
 */
export async function screenWhole(
  exchange: Exchange,
  screening: AnswerScreening,
  kind: AnswerJob['kind'],
  bytes: Buffer,
): Promise<Buffer> {
  if (bytes.length === 0) return bytes;
  const rules = rulesOf(exchange, screening);
  const job = { answer: bytes.toString('utf8'), kind, rules };
  const isLarge = job.answer.length > screening.inlineCharsMax;
  const text = cleared(exchange, screening, rules, isLarge ? await screening.large(job) : screenAnswer(job));
  return text === job.answer ? bytes : Buffer.from(text);
}

/**
 * A JSON answer that was read already, as it may leave; what was found is on the exchange.
 * @param body of `parseAnswer`
 * @throws guardrail.answer, tool.*
 */
export function screenRead(exchange: Exchange, screening: AnswerScreening, body: JsonBody): string {
  const rules = rulesOf(exchange, screening);
  return cleared(exchange, screening, rules, screenReadAnswer(body, rules));
}

/** For a stream without its calls; of a live session, what its events have come to by then. */
export function streamRules(exchange: Exchange, screening: AnswerScreening): AnswerRules {
  return {
    policy: policyFor(exchange, screening),
    get placeholders() {
      return exchange.prepared.placeholders;
    },
    get prints() {
      return exchange.prepared.prints;
    },
  };
}

function rulesOf(exchange: Exchange, screening: AnswerScreening): AnswerRules {
  const { placeholders, prints } = exchange.prepared;
  const policy = policyFor(exchange, screening);
  const { ofItems } = exchange.answer;
  return { policy, placeholders, ofItems, prints, tools: toolRulesOf(screening, exchange) };
}

function policyFor({ caller }: Exchange, { policy, trial }: AnswerScreening): ScreenPolicy | undefined {
  return trial?.isSpared(caller) ? trial.policy : policy;
}

/** What may leave of it. @throws guardrail.answer, tool.* */
function cleared(
  exchange: Exchange,
  { asking }: AnswerScreening,
  { policy, tools }: AnswerRules,
  screened: Screened,
): string {
  noteScreened(exchange, screened);
  exchange.answer.isScreened = policy !== undefined;
  const { calls, text } = screened;
  return calls && tools ? clearCalls(exchange, tools, calls, text, asking !== undefined) : text;
}
