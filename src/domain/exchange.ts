/**
 * One call and all that is known of it: stages fill it in their order, closings read it. Never knows Fastify.
 * Fields marked `!` are set by the stage named beside them; reading one earlier is a fault of the order.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Code, Refusal } from '../base/errors.ts';
import type { Endpoint, TokenUsage } from '../openai/endpoint.ts';
import type { ChainPlaceholders, VaultEntry } from '../guardrails/placeholders.ts';
import type { KeptText } from '../openai/kept-text.ts';
import type { Admitted } from '../ports/ledger.ts';
import type { ObjectOwner } from '../ports/store.ts';
import type { Charge } from './limits/charges.ts';
import type { AnswerCall } from '../openai/answer-calls.ts';
import type { HeldAnswer } from './approvals/approvals.ts';
import type { Caller } from './callers/caller.ts';
import type { Granted } from './callers/client-secrets.ts';
import type { Heard } from './history/history.ts';
import type { Detected } from './requests/detection.ts';
import type { Recalled } from './placeholders/kept-placeholders.ts';
import type { Preparation } from './requests/preparation.ts';

/** How an exchange ended, in its outcome entry. */
export type Ending = 'completed' | 'refused' | 'failed' | 'aborted';

/** What the edge knows before any stage ran. */
export interface Arrival {
  /** Also the request id, the reservation id and the id in the audit log. */
  readonly id: string;
  readonly method: string;
  /** The raw request target, never used to build anything. */
  readonly target: string;
  /** Address of the caller, or what a trusted proxy says it is. */
  readonly source: string;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in the order they came, for what must occur once. */
  readonly rawHeaders: readonly string[];
  /** Reads the body, once. @throws request.too_large, request.too_slow, request.framing */
  readBody(bytesMax: number): Promise<Buffer>;
}

/** The row of the endpoint table that a call names, and what it says besides. */
export interface RouteMatch {
  readonly endpoint: Endpoint;
  readonly params: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [string, string])[];
}

/** How a call of a tool that an answer makes ended. */
export type CallDecision = 'allowed' | 'denied' | 'approved' | 'pending';

/** What a call finds that is made over a socket. */
export interface Within {
  /** What stands upstream already, if calls of this socket go on from all before them. */
  readonly earlier?: ChainPlaceholders | undefined;
  /** Where the socket goes; undefined: the default upstream. */
  readonly upstream?: string | undefined;
  /** The most tokens that stand upstream already, if each call reads all of them again. */
  readonly tokens?: number | undefined;
  /** Most tokens of one answer, where the socket has said so. */
  readonly cap?: number | undefined;
  /** With what its socket was opened, if with a client secret. */
  readonly granted?: Granted | undefined;
}

/** What came back so far. */
export interface AnswerState {
  status: number;
  streamed: boolean;
  bytes: number;
  contentEvents: number;
  contentChars: number;
  /** What a stream said, where that is what it is charged by; none once its usage is known. */
  text: KeptText | undefined;
  usage: TokenUsage | undefined;
  /** Upstream said the answer is whole. */
  complete: boolean;
  upstreamRequestId: string | undefined;
  /** Id of the object upstream made, where the row says so. */
  madeId: string | undefined;
  /** What stands for the placeholders in each item of a list, by its place; undefined where they are the request's own. */
  ofItems: ReadonlyMap<number, readonly VaultEntry[]> | undefined;
  /** Findings in what upstream said, by guardrail and type, with how often. */
  findings: Record<string, number> | undefined;
  /** Those of them that stopped it, or would have: of a caller on whom guardrails are tried. */
  stops: Record<string, number> | undefined;
  /** How many of them were cut out. */
  redactions: number;
  /** All that the caller got was screened before. */
  isScreened: boolean;
  /** Calls of tools that it makes, by name, and how each was decided. */
  tools: Map<string, Partial<Record<CallDecision, number>>> | undefined;
  /** Calls that a person must allow before it may leave. */
  toApprove: readonly AnswerCall[] | undefined;
  /** Why a call was cut out of it, the first time. */
  cutFor: Code | undefined;
  /** What upstream did for it has tainted the exchange. */
  hasTainted: boolean;
}

/** One call, from its arrival to its closings; never used for a second one. */
export class Exchange {
  readonly arrival: Arrival;
  readonly startedAt = performance.now();
  /** While something can be broken off: the way upstream. */
  #breakOff: (() => void) | undefined;
  #aborted = false;
  /** What the caller is told of it; none where the caller left. */
  abortedWith: Refusal | undefined;

  caller!: Caller; // authenticate
  match!: RouteMatch; // authorise-route
  /** The body as it came. */
  received: Buffer | undefined; // parse
  prepared!: Preparation; // parse
  owners: readonly ObjectOwner[] = []; // authorise-objects
  /** The rules that lines of the file it uploads were judged by, if it is a batch's. */
  judgedBy: string | undefined; // judge-lines
  /** Sealed contents in it that are not known to have left to its caller. */
  unknownSealed = 0; // authorise-objects
  /** Where it goes; undefined: the default upstream. */
  upstream: string | undefined; // choose-upstream
  /** Placeholders in what it goes on from, where it does. */
  recalled: Recalled | undefined; // continue-placeholders
  /** What it goes on from is tainted. */
  isTainted = false; // inherit-taint
  /** An answer that was parked, and may go now: nothing is taken, and nothing goes upstream. */
  released: HeldAnswer | undefined; // claim-parked
  /** Found in what its caller said on a socket, and read by no call. */
  unread: Pick<Preparation, 'findings' | 'redactions'> | undefined; // realtime
  /** What a detector found, which stays when the call is prepared anew. */
  detected: Detected | undefined; // detect
  admitted: Admitted | undefined; // admit
  /** The admission may have taken something, even if its answer never came. */
  admissionTried = false;
  /** The intent may be on record, even if nobody could say so in time: an outcome is owed. */
  intentTried = false; // record-intent
  /** What the last intent says. */
  recorded: Preparation | undefined; // record-intent
  /** What the answer says, where it is kept for the history. */
  heard: Heard | undefined; // listen
  /** Bytes left the house. */
  sentUpstream = false; // forward
  sentAt = 0;
  firstByteAt = 0;
  refusal: Refusal | undefined;
  callerGone = false;
  charge: Charge | undefined; // settle
  readonly answer: AnswerState = {
    status: 0,
    streamed: false,
    bytes: 0,
    contentEvents: 0,
    contentChars: 0,
    text: undefined,
    usage: undefined,
    complete: false,
    upstreamRequestId: undefined,
    madeId: undefined,
    findings: undefined,
    stops: undefined,
    redactions: 0,
    isScreened: false,
    tools: undefined,
    ofItems: undefined,
    toApprove: undefined,
    hasTainted: false,
    cutFor: undefined,
  };

  /** The socket that the call came over; none for a request. */
  readonly within: Within | undefined;

  constructor(arrival: Arrival, within?: Within) {
    this.arrival = arrival;
    this.within = within;
  }

  get aborted(): boolean {
    return this.#aborted;
  }

  /** Breaks off what is under way and what would follow; again changes nothing. */
  abort(refusal?: Refusal): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.abortedWith = refusal;
    this.#breakOff?.();
  }

  /**
   * What breaks off what is under way now; `undefined`: nothing is. At once, where the call is aborted already.
   * A method, as V8 puts a function that is assigned to a property where it is written into old space: all that it
   * holds, the whole call, would outlive every minor collection.
   */
  whenAborted(breakOff: (() => void) | undefined): void {
    this.#breakOff = breakOff;
    if (this.#aborted) breakOff?.();
  }

  get id(): string {
    return this.arrival.id;
  }

  get endpoint(): Endpoint {
    return this.match.endpoint;
  }

  /** Known once routed: for labels. */
  get operation(): string {
    return (this.match as RouteMatch | undefined)?.endpoint.id ?? 'none';
  }

  get model(): string | undefined {
    return (this.prepared as Preparation | undefined)?.facts.model;
  }

  /** Known once authenticated: for the audit log. */
  get userId(): string {
    return (this.caller as Caller | undefined)?.user ?? 'anonymous';
  }

  get ending(): Ending {
    if (this.#aborted && !this.answer.complete) return 'aborted';
    if (!this.refusal) return 'completed';
    const { blame } = this.refusal.row;
    return blame === 'caller' || blame === 'policy' ? 'refused' : 'failed';
  }
}
