/** The calls of a whole answer: with one that is not allowed it is refused, or goes on without it. */
import { Refusal } from '../base/errors.ts';
import { type AnswerToolRules, type JudgedCall, noteCall } from '../domain/answer-tools.ts';
import type { Exchange } from '../domain/exchange.ts';
import { withoutCalls } from '../openai/cut-calls.ts';
import { parseAnswer } from '../openai/json.ts';

/**
 * The text of the answer, without the calls that were cut.
 * @param calls all that stand in the text, in its order
 * @throws tool.*
 */
export function clearCalls(
  exchange: Exchange,
  { policy }: AnswerToolRules,
  calls: readonly JudgedCall[],
  text: string,
): string {
  const codes = calls.map(({ verdict: found }) => {
    if (found.verdict === 'allowed') return undefined;
    return found.verdict === 'denied' ? found.code : 'tool.approval_needed';
  });
  for (const [i, { call }] of calls.entries()) noteCall(exchange, call.name, codes[i] ? 'denied' : 'allowed');
  const first = codes.find((code) => code !== undefined);
  if (first === undefined) return text;
  if (policy.settings.onDenied === 'refuse') throw new Refusal(first);
  exchange.answer.cutFor = first;
  return withoutCalls(parseAnswer(text), (nth) => codes[nth]);
}
