/**
 * Calls that models make, against the policy of who asked: what one comes to, and what is kept of it. Pure, of plain data,
 * so that a large answer is judged in a worker.
 */
import type { AnswerCall, PlacedCall } from '../../openai/answer-calls.ts';
import { isHosted } from '../../openai/hosted-tools.ts';
import type { CallDecision, Exchange } from '../exchange.ts';
import { checkToolCall, checkTypedCall, readsArguments, type ToolPolicy, type ToolVerdict } from './tools.ts';

/** What calls of one answer are judged by. Plain data. */
export interface AnswerToolRules {
  readonly policy: ToolPolicy;
  /** As `tools.taintBy` says. */
  readonly tainted: boolean;
}

/** A call and what it comes to by the policy alone. Plain data. */
export interface JudgedCall {
  readonly call: AnswerCall;
  readonly verdict: ToolVerdict;
}

/** @param callsBefore that the same answer makes and that are let through */
export function judgeCall(call: AnswerCall, rules: AnswerToolRules, callsBefore: number): ToolVerdict {
  const { policy, tainted } = rules;
  const { kind, name, form } = call;
  if (kind === 'typed') {
    return checkTypedCall(name, call.arguments, fieldsOf(call.arguments), policy, { callsBefore, tainted });
  }
  const state = { callsBefore, tainted, form, remote: kind === 'remote' };
  return checkToolCall(name, call.arguments, policy, state);
}

/** @param item as JSON, of ours */
function fieldsOf(item: string): Readonly<Record<string, unknown>> {
  const fields: unknown = JSON.parse(item);
  return typeof fields === 'object' && fields !== null ? { ...fields } : {};
}

/** What a call comes to, whatever it is called with; undefined where that is to be seen first. */
export function judgeByName(
  call: AnswerCall,
  rules: AnswerToolRules,
  callsBefore: number,
): ToolVerdict | undefined {
  const { kind, name } = call;
  const isRead = readsArguments(name, kind === 'typed', rules.policy);
  const verdict = judgeCall({ ...call, ...(isRead && kind !== 'typed' && NO_ARGUMENTS) }, rules, callsBefore);
  if (verdict.verdict === 'denied') return verdict.code === 'tool.arguments' ? undefined : verdict;
  return isRead || verdict.verdict === 'needsApproval' ? undefined : verdict;
}
const NO_ARGUMENTS = { arguments: '{}', form: 'json' } as const;

/** Of a call that was told in two ways: nobody knows which of them its reader carries out. */
export const ODD: ToolVerdict = { verdict: 'denied', code: 'tool.denied' };

/**
 * What a call comes to whose reader takes it for one of these names: all must be allowed, and nobody can approve two.
 * Undefined where that is to be seen first.
 */
export function judgeNames(
  names: readonly string[],
  call: AnswerCall,
  judge: (said: AnswerCall) => ToolVerdict | undefined,
): ToolVerdict | undefined {
  if (names.length === 1) return judge(call);
  const found = names.map((name) => judge({ ...call, name }));
  const denied = found.find((one) => one?.verdict === 'denied');
  if (denied || found.includes(undefined)) return denied;
  return found.every((one) => one?.verdict === 'allowed') ? found[0] : ODD;
}

/** Whether upstream has carried it out, and the model has read what came of it: nobody here has. */
function bringsResults({ kind, name, arguments: text }: AnswerCall, { settings }: ToolPolicy): boolean {
  if (settings.taintBy !== 'results' || kind === 'function') return false;
  return kind === 'remote' || isHosted({ ...fieldsOf(text), type: name });
}

/** All calls of a whole answer, in order; those of one message count together. */
export function judgeCalls(placed: readonly PlacedCall[], rules: AnswerToolRules): JudgedCall[] {
  const counts = new Map<unknown, number>();
  const { policy } = rules;
  let { tainted } = rules;
  return placed.map(({ call, at }) => {
    const list = at?.parent;
    // A page of items is of many answers.
    const before = list?.key === 'data' ? 0 : (counts.get(list) ?? 0);
    const verdict = judgeCall(call, { policy, tainted }, before);
    if (verdict.verdict !== 'denied') counts.set(list, before + 1);
    tainted ||= bringsResults(call, policy);
    return { call, verdict };
  });
}

/** What is called from here on, and goes on from this answer, may do as the model has read on the way. */
export function noteResults(exchange: Exchange, call: AnswerCall, policy: ToolPolicy): void {
  if (exchange.prepared.tainted || !bringsResults(call, policy)) return;
  exchange.prepared = { ...exchange.prepared, tainted: true };
  exchange.answer.hasTainted = true;
}

const TOOLS_MAX = 64;

/** Counts it for the outcome and the metrics; further names than 64 together. */
export function noteCall({ answer }: Exchange, name: string, decision: CallDecision): void {
  const tools = (answer.tools ??= new Map());
  const key = tools.has(name) || tools.size < TOOLS_MAX ? name : '';
  const counts = tools.get(key) ?? {};
  counts[decision] = (counts[decision] ?? 0) + 1;
  tools.set(key, counts);
}
