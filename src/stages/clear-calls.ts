/** The calls of a whole answer: with one that is not allowed it is refused, or goes on without it. */
import { type Code, Refusal } from '../base/errors.ts';
import {
  type AnswerToolRules,
  type JudgedCall,
  noteCall,
  noteResults,
} from '../domain/tools/answer-tools.ts';
import type { Exchange } from '../domain/exchange.ts';
import { deniedBy, type ToolVerdict } from '../domain/tools/tools.ts';
import { withoutCalls } from '../openai/cut-calls.ts';
import { parseAnswer } from '../openai/json.ts';

/**
 * The text of the answer, without the calls that were cut; those that a person must allow are on the exchange.
 * @param calls all that stand in the text, in its order
 * @param canAsk there is somebody to ask
 * @throws tool.*
 */
export function clearCalls(
  exchange: Exchange,
  { policy }: AnswerToolRules,
  calls: readonly JudgedCall[],
  text: string,
  canAsk: boolean,
): string {
  const codes = calls.map(({ verdict: found }) => codeOf(found, canAsk));
  const isAsked = (i: number): boolean => codes[i] === undefined && calls[i]?.verdict.verdict !== 'allowed';
  for (const [i, { call }] of calls.entries()) {
    noteResults(exchange, call, policy);
    noteCall(exchange, call.name, codes[i] ? 'denied' : isAsked(i) ? 'pending' : 'allowed');
  }
  const first = codes.find((code) => code !== undefined);
  if (first !== undefined && policy.settings.onDenied === 'refuse') throw new Refusal(first);
  const asked = calls.filter((_, i) => isAsked(i)).map(({ call }) => call);
  if (asked.length > 0) exchange.answer.toApprove = asked;
  if (first === undefined) return text;
  exchange.answer.cutFor = first;
  return withoutCalls(parseAnswer(text), (nth) => codes[nth]);
}

function codeOf(found: ToolVerdict, canAsk: boolean): Code | undefined {
  const isUnasked = found.verdict === 'needsApproval' && !canAsk;
  return isUnasked ? 'tool.approval_needed' : deniedBy(found);
}
