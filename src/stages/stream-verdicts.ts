/** What one call of a streamed answer comes to by the rules that hold when it is asked: by its name, and once it is whole. */
import type { Code } from '../base/errors.ts';
import {
  type AnswerToolRules,
  judgeByName,
  judgeCall,
  judgeNames,
  ODD,
} from '../domain/tools/answer-tools.ts';
import { allowsMention, deniedBy, needsApproval, type ToolVerdict } from '../domain/tools/tools.ts';
import type { AnswerCall } from '../openai/answer-calls.ts';
import type { ToolCall } from './tool-call.ts';

/** Undefined where what it is called with is to be seen first. @param before calls of its message that were let through */
export function verdictByName(
  call: ToolCall,
  rules: AnswerToolRules,
  before: number,
): ToolVerdict | undefined {
  if (isBarredJoined(call, rules)) return ODD;
  return judgeNames(call.names, call.asCall(), (said) => judgeByName(said, rules, before));
}

/**
 * Pieces and whole were screened apart and leave differently: both readings must be allowed, and nobody can approve two.
 * @param said all of it
 */
export function verdictOf(
  call: ToolCall,
  said: AnswerCall,
  rules: AnswerToolRules,
  before: number,
): ToolVerdict {
  if (call.isOdd || isBarredJoined(call, rules)) return ODD;
  const found = judgeNames(call.names, said, (one) => judgeCall(one, rules, before)) ?? ODD;
  if (found.verdict === 'denied' || !differs(call, said)) return found;
  const other = judgeCall(call.asCall(), rules, before);
  return other.verdict === 'denied' ? other : found.verdict === 'allowed' ? found : ODD;
}

function differs(call: ToolCall, said: AnswerCall): boolean {
  return said.kind !== 'typed' && call.hasPieces && call.told !== said.arguments;
}

/** Why it may not leave, where nobody is asked. */
export function codeOf(found: ToolVerdict): Code {
  return deniedBy(found) ?? 'tool.approval_needed';
}

/**
 * A name that came again with every part of the arguments is that name; who joins them has another, which nobody need have
 * allowed, as no upstream means it, but which must not be one that is denied or held.
 */
function isBarredJoined({ joined, name }: ToolCall, { policy, tainted }: AnswerToolRules): boolean {
  return joined !== name && (!allowsMention(joined, policy) || needsApproval(joined, policy, tainted));
}

/** What it was judged by: a name that goes on, or other rules, and it is judged again. */
export function noteJudged(call: ToolCall, { policy }: AnswerToolRules): void {
  call.judgedBy = { name: call.name, joined: call.joined, settings: policy.settings };
}

/** Its name has come again, or other rules hold by now: a tool was shut, or the policy has changed. */
export function isOutdated({ judgedBy, joined }: ToolCall, { policy }: AnswerToolRules): boolean {
  return judgedBy?.settings !== policy.settings || judgedBy.joined !== joined;
}
