/**
 * What a ledger engine must promise: live counters of rate, tokens and money, and the reservations that
 * hold a part of them until settled. Every engine passes test/contracts/ledger.ts.
 */
import type { NanoUsd } from '../base/money.ts';

/** Whose limits: the house's, a team's, a user's, a key's, of somebody whom a key speaks for. */
export const SCOPE_KINDS = ['house', 'team', 'user', 'key', 'endUser'] as const;
export type ScopeKind = (typeof SCOPE_KINDS)[number];

/** One holder of limits. A limit left out is not checked; its usage is counted all the same. */
export interface Scope {
  readonly kind: ScopeKind;
  /** `house` for the house; else the name or public id, `[A-Za-z0-9._:-]{1,128}`. */
  readonly id: string;
  readonly requestsPerMinute?: number | undefined;
  readonly requestsPerHour?: number | undefined;
  readonly requestsPerDay?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
  /** Exchanges open at the same time. */
  readonly concurrency?: number | undefined;
  readonly dailyBudgetNano?: NanoUsd | undefined;
  readonly monthlyBudgetNano?: NanoUsd | undefined;
}

/** All that one call may take of every limit it is held to. */
export interface AdmitRequest {
  /** Unique; one that was admitted takes nothing twice and answers as the first time; a refused one may ask again. */
  readonly reservationId: string;
  /** All of them are checked, then all taken, or none: 1 to 5, house first. */
  readonly scopes: readonly Scope[];
  /** Most tokens the call can use, input and output together; an integer ≥ 0. */
  readonly tokens: number;
  /** Most money the call can cost; an integer ≥ 0. */
  readonly nano: NanoUsd;
  /** The key presented and the version of it that was read; refused if a newer one is known. */
  readonly keyId?: string | undefined;
  readonly keyVersion?: number | undefined;
}

/**
 * What OpenAI's `x-ratelimit-*` headers tell: a window of a minute after this call, the user's, the key's or the end user's,
 * whichever has least left; never that of a team or the house, which others fill.
 */
export interface WindowState {
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds until the window is empty again if nothing more comes; of a refusal, at most. */
  readonly resetMs: number;
}

/** All of it was taken, at one moment. */
export interface Admitted {
  readonly admitted: true;
  /** UTC day by the ledger's clock, `YYYY-MM-DD`: the day the reservation is settled in. */
  readonly day: string;
  readonly requests?: WindowState | undefined;
  readonly tokens?: WindowState | undefined;
  /** The engine was away and the operator chose to go on: no bound on money was checked. */
  readonly degraded?: boolean | undefined;
}

/** Why nothing was taken; where several hold, the one that waiting helps least is told. */
export type RefusalReason =
  | 'requests' // a window of requests is full
  | 'tokens' // the window of tokens is full
  | 'concurrency'
  | 'budget' // settled + this reservation > budget: waiting does not help today
  | 'held' // only open reservations of others stand in the way
  | 'stale_key'; // a newer version of the key is known: read it again

/** Nothing was taken of any scope. */
export interface NotAdmitted {
  readonly admitted: false;
  readonly reason: RefusalReason;
  readonly scope: ScopeKind;
  /** Milliseconds until it could be admitted, ≥ 1; for a budget, until the UTC day (or month) ends. */
  readonly retryAfterMs: number;
  readonly requests?: WindowState | undefined;
  readonly tokens?: WindowState | undefined;
}

/** What became of a reservation. */
export interface SettleRequest {
  readonly reservationId: string;
  /** What was really used and owed; may exceed the reservation, is then taken in full. */
  readonly tokens: number;
  readonly nano: NanoUsd;
  /** Nothing was sent upstream: rate, tokens and money are given back as if it had not been. */
  readonly release?: boolean;
}

/** `late`: it was settled or charged before; nothing was changed. `unknown`: no such reservation. */
export type SettleResult = 'settled' | 'late' | 'unknown';

/** What one scope used on its UTC day, and in its month. */
export interface Usage {
  readonly day: string;
  readonly requests: number;
  readonly tokens: number;
  readonly settledNano: NanoUsd;
  readonly reservedNano: NanoUsd;
  readonly monthSettledNano: NanoUsd;
}

/** Whether the ledger can admit at the moment, without asking it. */
export interface LedgerHealth {
  readonly usable: boolean;
  /** Why not, for /readyz and the log; no addresses, no secrets. */
  readonly reason?: string | undefined;
  readonly warnings: readonly string[];
}

/** Counters and reservations; every change of them is atomic, also between processes that share an engine. */
export interface Ledger {
  /**
   * Checks all limits and the money of all scopes and takes them in one atomic step, by the ledger's own clock.
   * A refusal takes nothing. Takes nothing either after its own deadline, when the caller was told it failed.
   * @throws ledger.unavailable within 300 ms
   */
  admit(request: AdmitRequest): Promise<Admitted | NotAdmitted>;
  /**
   * Replaces a reservation by what was used, in the day it was made; frees its concurrency. Exactly once: a
   * second call is `late`. Retries inside until it holds or the process ends; never throws for an outage.
   */
  settle(request: SettleRequest): Promise<SettleResult>;
  /** @throws ledger.unavailable */
  usage(kind: ScopeKind, id: string): Promise<Usage>;
  /**
   * From now on only this version (or newer) of the key is admitted, on every process.
   * @throws ledger.unavailable
   */
  setKeyVersion(keyId: string, version: number): Promise<void>;
  /** Calls back, on every process, within 1 s of setKeyVersion on any (push; may be lost). */
  onKeyChanged(listener: (keyId: string, version: number) => void): void;
  /** Best known UTC day of the ledger, without a trip: for intents written beside an admission. */
  day(): string;
  health(): LedgerHealth;
  close(): Promise<void>;
}

/** Money of one scope that is known to be spent, as a ledger's books begin with it. */
export interface Spent {
  readonly kind: ScopeKind;
  readonly id: string;
  readonly dayNano: NanoUsd;
  readonly monthNano: NanoUsd;
}

/** What an engine offers besides whose data can be lost while the processes live on. */
export interface LedgerAdoption {
  /** Data were lost: nothing is admitted before `adopt`, or the next UTC day. */
  needed(): boolean;
  /**
   * An operator's word that what was lost is left behind; what is still known to be spent is put on the books first.
   * @throws ledger.unavailable, store.unavailable
   */
  adopt(): Promise<void>;
}

/** How far a process has seen the ledger: every change of money counts its books' sequence up by one or more. */
export interface Seen {
  /** Names the books; others begin after a loss. */
  readonly epoch: string;
  readonly sequence: number;
}

/** What is known of money while the ledger's own word cannot be trusted. */
export interface Known {
  /** Processes that may have spent what nobody else can read yet: nothing can be decided before they tell. */
  readonly unheard: number;
  /** Why `spent` may not be all of it, for /readyz; undefined if it is. */
  readonly withheld?: string | undefined;
  /** How far each process that told had seen the books. */
  readonly seen: readonly Seen[];
  /** What each scope spent. @throws store.unavailable */
  spent(): Promise<readonly Spent[]>;
}

/**
 * What an engine that can lose its data asks of the records. The order is what counts: a process enters before it is
 * admitted to anything, and books are written anew only when all who entered have withdrawn.
 */
export interface LedgerRecovery {
  /** Processes can tell each other what they have seen. */
  readonly shared: boolean;
  /**
   * Before the first admission under these books, and again before `day` is over by more than a day.
   * @throws store.unavailable: it must not be admitted to anything
   */
  enter(process: string, seen: Seen, day: string): Promise<void>;
  /**
   * This process is admitted to nothing until it enters again: puts all that it was admitted to where others can
   * read it, and says so. Cheap when it has been done.
   * @throws audit.unavailable, store.unavailable
   */
  withdraw(process: string, seen: Seen): Promise<void>;
  /** These were given up for dead and charged in full; the books hold that as of `seen`. @throws store.unavailable */
  gone(processes: readonly string[], seen: Seen): Promise<void>;
  /** @param day UTC, by the ledger's clock. @throws store.unavailable */
  known(day: string): Promise<Known>;
}
