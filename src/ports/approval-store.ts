/**
 * What an engine must promise about approvals: rows that many processes change, each step by one winner alone.
 * Every engine passes test/contracts/approval-store.ts. What was asked and answered is sealed before it comes here.
 */
import type { Person } from './person.ts';

/** `pending` → `approved` → `used`; `pending` → `denied`, `expired`; `pending`, `approved` → `withdrawn`. */
export type ApprovalState = 'pending' | 'approved' | 'denied' | 'expired' | 'withdrawn' | 'used';

/** A person's decision on one call of a tool. Times are milliseconds since 1970. */
export interface ApprovalRecord {
  readonly id: string;
  /** Who called, and with which credential: neither may decide. */
  readonly user: string;
  readonly team?: string | undefined;
  readonly credential: string;
  /** Digest of whom the user spoke for. */
  readonly endUser?: string | undefined;
  readonly tool: string;
  /** SHA-256 of the canonical arguments, hex; where the call is for an end user, of that and them. */
  readonly argumentsDigest: string;
  /** Of the rules for tools under which it was asked. */
  readonly policyVersion: string;
  /** Id of the exchange that asked first. */
  readonly exchange: string;
  readonly state: ApprovalState;
  /** How many exchanges wait for it. */
  readonly askers: number;
  readonly askedAt: number;
  /** Until when it may be decided, and once approved, be used. */
  readonly expiresAt: number;
  /** What a person is shown, sealed, in base64. */
  readonly shown: string;
  /** SHA-256 of what is shown, hex. */
  readonly seen: string;
  readonly decidedBy?: string | undefined;
  readonly decidedAt?: number | undefined;
  /** The decider's words, sealed, in base64. */
  readonly note?: string | undefined;
}

/** As it is at this time, whether or not somebody has written so yet: nobody decides what is over. */
export function approvalAt(record: ApprovalRecord, at: number): ApprovalRecord {
  return record.state === 'pending' && record.expiresAt <= at ? { ...record, state: 'expired' } : record;
}

/** What makes two requests the same, and an approval good for a call. */
export interface ApprovalBinding {
  readonly user: string;
  readonly tool: string;
  readonly argumentsDigest: string;
  readonly policyVersion: string;
}

/** Bounds of asking, by what the store holds; those who ask in the same instant may pass them by one each. */
export interface AskingBounds {
  readonly pendingMax: number;
  readonly pendingPerUserMax: number;
  /** Of one user within the minute before. */
  readonly perMinuteMax: number;
}

/** An answer that waits for approvals. */
export interface ParkedAnswer {
  readonly id: string;
  readonly user: string;
  readonly endUser?: string | undefined;
  /** All of them must be approved; never empty. */
  readonly approvals: readonly string[];
  /** Of the request that it answers: the same one again is given it. */
  readonly requestDigest: string;
  readonly parkedAt: number;
  /** Sealed, in base64. */
  readonly answer: string;
}

/** How many of each. */
export interface PrunedApprovals {
  readonly approvals: number;
  readonly answers: number;
}

/** Every operation may throw `store.unavailable`, within 2 s. */
export interface ApprovalStore {
  /** One more asker of the pending approval that is bound like this and not over; undefined where there is none. */
  join(binding: ApprovalBinding, at: number): Promise<ApprovalRecord | undefined>;
  /**
   * Puts a pending one; joins where another process has just put one that is bound like it. Undefined where a bound is
   * reached.
   */
  ask(record: ApprovalRecord, bounds: AskingBounds): Promise<ApprovalRecord | undefined>;
  /** As it was last written: a pending one may be over. */
  get(id: string): Promise<ApprovalRecord | undefined>;
  /** Newest first; by the state that each is in at this time: a pending one that is over is expired. */
  list(filter: {
    readonly at: number;
    readonly state?: ApprovalState | undefined;
    readonly user?: string | undefined;
    readonly limit: number;
  }): Promise<readonly ApprovalRecord[]>;
  /** Of those that exist. */
  states(ids: readonly string[]): Promise<ReadonlyMap<string, ApprovalState>>;
  /** False where it is not pending any more, or was over at `decidedAt`. `expiresAt` is the new one. */
  decide(id: string, decision: ApprovalDecision): Promise<boolean>;
  /** Approved → used, once: false where it is not bound like this, not approved, used, or over. */
  use(id: string, binding: ApprovalBinding, at: number): Promise<boolean>;
  /** One asker less, where there are just so many; the last one's leaving withdraws it. False where there are not. */
  leave(id: string, askers: number): Promise<boolean>;
  /** Pending → expired where it was over at this time. */
  expire(id: string, at: number): Promise<boolean>;
  /** Pending ones that are over, the oldest first. */
  overdue(at: number, limit: number): Promise<readonly ApprovalRecord[]>;

  /** False where so many of this user's are parked already. */
  park(parked: ParkedAnswer, perUserMax: number): Promise<boolean>;
  /** The newest of this user's that waits for this approval, or answers this request. */
  findParked(
    user: string,
    by: { readonly approval: string } | { readonly requestDigest: string },
  ): Promise<ParkedAnswer | undefined>;
  /** Takes it away; false where it is gone. */
  unpark(id: string): Promise<boolean>;

  /** Deletes approvals that were over, and answers that were parked, before these times, of all users but these. */
  prune(
    before: { readonly over: number; readonly parked: number },
    except?: readonly string[],
  ): Promise<PrunedApprovals>;
  /** Takes the texts out of their approvals, which stay, and deletes the parked answers. */
  erase(of: Person): Promise<PrunedApprovals>;
}

/** What a person decided. */
export interface ApprovalDecision {
  readonly state: 'approved' | 'denied';
  readonly decidedBy: string;
  readonly decidedAt: number;
  readonly note?: string | undefined;
  readonly expiresAt: number;
}
