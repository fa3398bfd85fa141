/**
 * Asks a person about calls of tools that an answer makes: a stream waits, what is not streamed is parked. Nothing of a
 * call leaves before its approval has been used for it, once.
 */
import type { Code } from '../base/errors.ts';
import type { ApprovalRequest, Decided } from '../domain/approvals/approvals.ts';
import type { Exchange } from '../domain/exchange.ts';
import type { AnswerCall } from '../openai/answer-calls.ts';
import { type Asking, pendingRefusal, requestDigest } from './claim-parked.ts';

function questionOf(
  exchange: Exchange,
  { name, place, arguments: text }: AnswerCall,
  policyVersion: string,
): ApprovalRequest {
  const { user, team, endUser, credential } = exchange.caller;
  const call = { tool: name, place, arguments: text, exchange: exchange.id, policyVersion };
  return { user, team, endUser, credential, ...call };
}

const CODES: Readonly<Record<Exclude<Decided, 'approved'>, Code>> = {
  denied: 'tool.approval_denied',
  expired: 'tool.approval_expired',
  withdrawn: 'tool.approval_expired',
};

/**
 * Waits for a decision on one call; the approval is used when this resolves without a code.
 * @param recheck what denies the call by now, though somebody has approved it
 * @param signal the caller has left, or the answer has ended: the question is withdrawn
 * @returns why it may not be carried out
 * @throws rate.approvals, audit.unavailable, store.unavailable, the signal's reason
 */
export async function approvalOf(
  exchange: Exchange,
  call: AnswerCall,
  { desk, policyVersion, isInForce }: Asking,
  recheck: () => Code | undefined,
  signal: AbortSignal,
): Promise<Code | undefined> {
  const question = questionOf(exchange, call, policyVersion);
  const asked = await desk.ask(question);
  try {
    signal.throwIfAborted();
    const decided = await desk.wait(asked, signal);
    if (decided !== 'approved') return CODES[decided];
    signal.throwIfAborted();
    const denied = isInForce() ? recheck() : 'tool.approval_expired';
    if (denied === undefined) return (await desk.take(asked.id, question)) ? undefined : 'tool.approval_used';
    await desk.withdraw(asked.id);
    return denied;
  } catch (error) {
    // Whoever asked is gone: nobody should be bothered with it any more.
    await desk.withdraw(asked.id).catch(() => undefined);
    throw error;
  }
}

/** An answer as its caller would have got it. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * Parks an answer until its calls are approved.
 * @throws tool.approval_pending if that could be done; rate.approvals, audit.unavailable, store.unavailable
 */
export async function parkAnswer(
  exchange: Exchange,
  calls: readonly AnswerCall[],
  { desk, policyVersion }: Asking,
  { status, headers, body }: WholeAnswer,
): Promise<never> {
  const ids: string[] = [];
  try {
    for (const call of calls) {
      const { id } = await desk.ask(questionOf(exchange, call, policyVersion));
      if (!ids.includes(id)) ids.push(id);
    }
    const { operation, model } = exchange;
    const held = { status, headers, contentType: 'application/json', body, operation, model };
    const { user, endUser } = exchange.caller;
    await desk.park(ids, held, { user, endUser, requestDigest: requestDigest(exchange) });
  } catch (error) {
    for (const id of ids) await desk.withdraw(id).catch(() => undefined);
    throw error;
  }
  throw pendingRefusal(ids[0] ?? '');
}
