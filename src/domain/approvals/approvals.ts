/**
 * Approvals: what a person must allow before a call of a tool is carried out. Asked here, decided by somebody else,
 * used once. Bound to user, tool, exact arguments and rules; a time-out means no.
 */
import { hash } from 'node:crypto';
import { canonicalJson } from '../../base/canonical-json.ts';
import type { ParkedAnswer } from '../../ports/approval-store.ts';
import type { ToolsSettings } from '../tools/tools.ts';

/** What is asked: the call as whoever carries it out will see it. */
export interface ApprovalRequest {
  readonly user: string;
  readonly team?: string | undefined;
  /** Digest of whom the user speaks for: others of theirs have no part in it. */
  readonly endUser?: string | undefined;
  /** Public id of the credential. */
  readonly credential: string;
  readonly tool: string;
  /** MCP server or namespace that it is of: tools of one name at two places are two questions. */
  readonly place?: string | undefined;
  /** As the model wrote them: JSON is read canonically (RFC 8785), everything else to the letter. */
  readonly arguments: string;
  /** Id of the exchange, as in its entries. */
  readonly exchange: string;
  /** `policyVersionOf` the rules: other rules are another question. */
  readonly policyVersion: string;
  /** Sooner than the configured end, if wanted; milliseconds since 1970. */
  readonly expiresAt?: number | undefined;
}

/** What an approval must have been given for, to be used for a call. */
export type ApprovedCall = Pick<
  ApprovalRequest,
  'user' | 'endUser' | 'tool' | 'place' | 'arguments' | 'policyVersion'
>;

/** Whom an answer is parked for. */
export type Asker = Pick<ApprovalRequest, 'user' | 'endUser'>;

/** A question that a person can now see. */
export interface Asked {
  /** A UUID: what callers, approvers and entries name it by. */
  readonly id: string;
  /** Until when it can be decided; milliseconds since 1970. */
  readonly expiresAt: number;
  /** The same question of the same user was pending already: both wait for one decision, and one of them may use it. */
  readonly isShared: boolean;
}

/** Who decides. */
export interface Decider {
  readonly user: string;
  readonly credential: string;
  /** Digests that the caller's end user would have, did the application name this person as the house does. */
  readonly asEndUser?: readonly string[];
}

/** How waiting ended. `approved` allows nothing yet: `take` does. */
export type Decided = 'approved' | 'denied' | 'expired' | 'withdrawn';

/** An answer as its caller would have got it. */
export interface HeldAnswer {
  readonly status: number;
  readonly contentType: string;
  /** Those of ours and upstream's that the caller may see; lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Id of the operation that was called, and the model it named: nothing else is answered with it. */
  readonly operation: string;
  readonly model?: string | undefined;
}

/** What became of a parked answer: it is handed out once, to whom it was parked for. */
export type Claimed =
  /** Nothing of this user's is parked under that. */
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'pending'; readonly id: string }
  | { readonly outcome: 'denied' | 'expired' | 'used'; readonly id: string }
  | { readonly outcome: 'released'; readonly id: string; readonly answer: HeldAnswer };

/** Which answer is asked for: by the approval that it waits for, or by the same request again. */
export type ClaimBy =
  | { readonly approval: string }
  | { readonly requestDigest: ParkedAnswer['requestDigest'] };

/** Every step is on record before it has an effect. Good for any number of processes on one store. */
export interface Approvals {
  /**
   * Asks, and has the team told. Identical pending questions of one user share one approval.
   * @throws rate.approvals, audit.unavailable, store.unavailable
   */
  ask(request: ApprovalRequest): Promise<Asked>;
  /**
   * Waits for the decision: told at once in the process that it is made in, within half a second elsewhere. Does not
   * throw while the store is away; what is over is `expired` in any case.
   * @throws the signal's reason
   */
  wait(asked: Pick<Asked, 'id' | 'expiresAt'>, signal: AbortSignal): Promise<Decided>;
  /**
   * Uses an approval for this call: true once, in one process, for the very user, tool, arguments and rules.
   * @throws audit.unavailable, store.unavailable
   */
  take(id: string, call: ApprovedCall): Promise<boolean>;
  /** Whoever asked waits no more; with the last of them the question ends. @throws audit.unavailable, store.unavailable */
  withdraw(id: string): Promise<void>;
  /**
   * Keeps an answer, sealed, until all of these are approved.
   * @param ids approvals of this user's, at least one
   * @throws upstream.overran beyond 4 MiB, rate.approvals, access.not_found, audit.unavailable, store.unavailable
   */
  park(ids: readonly string[], answer: HeldAnswer, of: Asker & { requestDigest: string }): Promise<void>;
  /**
   * The answer parked for this one, once: with it all its approvals are used.
   * @param check whether this caller may have it now; what it throws uses nothing up
   * @throws audit.unavailable, store.unavailable
   */
  claim(
    asker: Asker,
    by: ClaimBy,
    policyVersion: string,
    check: (answer: HeldAnswer) => void,
  ): Promise<Claimed>;
}

/** Names the rules for tools: equal in every process that has the same ones. 16 hex digits. */
export function policyVersionOf(tools: ToolsSettings): string {
  return hash('sha256', canonicalJson(tools)).slice(0, 16);
}
