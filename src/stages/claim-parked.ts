/**
 * Gives an answer that was parked for approval to whoever asks for it again: by the approval's id, or by the same request.
 * Before anything is taken: it was paid for when it was made, and nothing goes upstream.
 */
import { createHash } from 'node:crypto';
import { type Code, Refusal } from '../base/errors.ts';
import {
  type Approvals,
  type Claimed,
  type HeldAnswer,
  policyVersionOf,
} from '../domain/approvals/approvals.ts';
import type { Caller } from '../domain/callers/caller.ts';
import type { Exchange } from '../domain/exchange.ts';
import { judgeCalls } from '../domain/tools/answer-tools.ts';
import { deniedBy, type ToolPolicy, type ToolsSettings } from '../domain/tools/tools.ts';
import { findAnswerCalls } from '../openai/answer-calls.ts';
import { parseAnswer } from '../openai/json.ts';
import type { Reply } from './reply.ts';
import type { Guard } from './stage.ts';

/** Who is asked, and under which rules. */
export interface Asking {
  readonly desk: Approvals;
  /** `policyVersionOf` the rules for tools. */
  readonly policyVersion: string;
  /** Whether these rules still hold: a call may wait for longer than they do. */
  readonly isInForce: () => boolean;
}

/** Undefined where no tool needs an approval. @param inForce the rules that hold when it is asked */
export function askingOf(
  tools: ToolsSettings,
  desk: Approvals,
  inForce: () => ToolsSettings,
): Asking | undefined {
  const isHeld = tools.needsApproval.length + tools.taintNeedsApproval.length > 0;
  if (!isHeld) return undefined;
  const policyVersion = policyVersionOf(tools);
  return { desk, policyVersion, isInForce: () => policyVersionOf(inForce()) === policyVersion };
}

/** Tells the caller which approval is waited for. */
export function pendingRefusal(id: string, code: Code = 'tool.approval_pending'): Refusal {
  return new Refusal(code, { param: id, headers: { 'x-sallyport-approval': id } });
}

/** Equal for equal requests of one end user: method, target and body as they came. */
export function requestDigest({ arrival, received, caller }: Exchange): string {
  const { method, target } = arrival;
  return createHash('sha256')
    .update(`${caller.endUser ?? ''}${method} ${target}\n`)
    .update(received ?? '')
    .digest('hex');
}

const CODES: Readonly<Record<'denied' | 'expired' | 'used', Code>> = {
  denied: 'tool.approval_denied',
  expired: 'tool.approval_expired',
  used: 'tool.approval_used',
};

/**
 * Looks only where a header asks for it, or where the request declares a tool whose calls are held. Whoever claims could
 * make the call with their own key, now: they call the same operation and model, and its tools are not denied to them.
 * @throws tool.approval_*, tool.denied, tool.arguments, tool.calls, access.not_found, audit.unavailable, store.unavailable
 */
export function claimParked(
  { desk, policyVersion }: Asking,
  toolPolicyOf: (caller: Caller) => ToolPolicy,
): Guard {
  return function claimParked(exchange) {
    const id = exchange.arrival.headers['x-sallyport-approval'];
    const { prepared, caller } = exchange;
    if (id === undefined && (!prepared.holdsCalls || prepared.facts.stream)) return undefined;
    const by = typeof id === 'string' ? { approval: id } : { requestDigest: requestDigest(exchange) };
    return desk
      .claim(caller, by, policyVersion, (answer) => checkClaim(exchange, answer, toolPolicyOf(caller)))
      .then((claimed) => follow(exchange, claimed, id !== undefined));
  };
}

/** @throws access.not_found, tool.denied, tool.arguments, tool.calls */
function checkClaim(exchange: Exchange, answer: HeldAnswer, policy: ToolPolicy): void {
  if (answer.operation !== exchange.operation || answer.model !== exchange.model)
    throw new Refusal('access.not_found');
  const calls = findAnswerCalls(parseAnswer(answer.body.toString()));
  const codes = judgeCalls(calls, { policy, tainted: false }).map(({ verdict }) => deniedBy(verdict));
  const denied = codes.find((code) => code !== undefined);
  if (denied !== undefined) throw new Refusal(denied);
}

function follow(exchange: Exchange, claimed: Claimed, isNamed: boolean): void {
  if (claimed.outcome === 'released') exchange.released = claimed.answer;
  else if (claimed.outcome === 'pending') throw pendingRefusal(claimed.id);
  else if (claimed.outcome === 'unknown') {
    if (isNamed) throw new Refusal('access.not_found');
  } else if (isNamed || claimed.outcome === 'denied') {
    throw pendingRefusal(claimed.id, CODES[claimed.outcome]);
  }
}

/** Answers with what was parked, if this call has claimed it. */
export function sendParked({ released }: Exchange, reply: Reply): boolean {
  if (!released) return false;
  const { status, headers, body } = released;
  reply.head(status, { ...headers, 'content-length': String(body.length) });
  reply.end(body);
  return true;
}
