/**
 * The books of the embedded ledger: counters by scope and reservations by id, in memory, synchronous. They
 * take and close without asking; what may be taken is decided before (ledger-embedded-rules.ts).
 */
import {
  type Admitted,
  SCOPE_KINDS,
  type ScopeKind,
  type SettleRequest,
  type SettleResult,
} from '../../ports/ledger.ts';
import {
  type Counters,
  correct,
  monthOf,
  newCounters,
  roll,
  settledThrough,
  settleInMonth,
  TOKENS_MINUTE,
} from './ledger-embedded-scope.ts';
import type { WindowsMs } from './ledger-windows.ts';

export interface ScopeName {
  readonly kind: ScopeKind;
  readonly id: string;
}

interface Reservation {
  readonly at: number;
  readonly day: number;
  readonly month: number;
  readonly tokens: number;
  readonly nano: number;
  readonly scopes: readonly Counters[];
  answer: Admitted | undefined;
}

/** Scopes are looked through for forgotten ones each time as many reservations were made. */
const SWEEP_EVERY = 100_000;

export class Books {
  readonly #windowsMs: WindowsMs;
  readonly #closedMax: number;
  readonly #scopes: Readonly<Record<ScopeKind, Map<string, Counters>>> = {
    house: new Map(),
    team: new Map(),
    user: new Map(),
    key: new Map(),
    endUser: new Map(),
  };
  readonly #open = new Map<string, Reservation>();
  // Two generations, the older one dropped whole: deleting the first of a large Map one by one is quadratic.
  #closed = new Map<string, Admitted | undefined>();
  #closedBefore = new Map<string, Admitted | undefined>();
  #seen = 0;
  #taken = 0;

  constructor(windowsMs: WindowsMs, closedMax: number) {
    this.#windowsMs = windowsMs;
    this.#closedMax = closedMax;
  }

  /** `now`, or the latest time seen if the clock went back: time never does here. */
  advance(now: number): number {
    this.#seen = Math.max(this.#seen, now);
    return this.#seen;
  }

  /** The counters of a scope, moved on to `now`. */
  counters(name: ScopeName, now: number): Counters {
    const scopes = this.#scopes[name.kind];
    let counters = scopes.get(name.id);
    if (counters === undefined) {
      counters = newCounters(this.#windowsMs);
      scopes.set(name.id, counters);
    }
    roll(counters, now, this.#windowsMs.day);
    return counters;
  }

  /** Whether it holds anything. */
  isOpen(reservationId: string): boolean {
    return this.#open.has(reservationId);
  }

  /** Whether it is open, or was closed not long ago. */
  isKnown(reservationId: string): boolean {
    return this.#open.has(reservationId) || this.#isClosed(reservationId);
  }

  /** What this id was told when it was admitted; `known` also if that is forgotten. */
  answerTo(reservationId: string): { known: boolean; answer?: Admitted | undefined } {
    const open = this.#open.get(reservationId);
    if (open) return { known: true, answer: open.answer };
    return {
      known: this.#isClosed(reservationId),
      answer: this.#closed.get(reservationId) ?? this.#closedBefore.get(reservationId),
    };
  }

  /** Keeps what an open reservation was told, for the same question again. */
  remember(reservationId: string, answer: Admitted): void {
    const open = this.#open.get(reservationId);
    if (open) open.answer = answer;
  }

  /** Takes a reservation from all scopes, which must have been moved on to `at`; returns its day since 1970. */
  take(
    id: string,
    scopes: readonly Counters[],
    amount: { readonly at: number; readonly tokens: number; readonly nano: number },
  ): number {
    const { at, tokens, nano } = amount;
    for (const counters of scopes) {
      const [minute, hour, day, minuteTokens] = counters.windows;
      minute.current++;
      hour.current++;
      day.current++;
      minuteTokens.current += tokens;
      counters.open++;
      counters.dayRequests++;
      counters.dayReserved += nano;
      counters.monthReserved += nano;
    }
    const day = Math.floor(at / this.#windowsMs.day);
    const month = scopes[0]?.month ?? 0;
    this.#open.set(id, { at, day, month, tokens, nano, scopes, answer: undefined });
    if (++this.#taken % SWEEP_EVERY === 0) this.#forgetIdleScopes(day);
    return day;
  }

  /** Replaces an open reservation by what was used, in the day it was made. */
  close({ reservationId: id, release = false, ...used }: SettleRequest): SettleResult {
    const reservation = this.#open.get(id);
    if (reservation === undefined) return this.#isClosed(id) ? 'late' : 'unknown';
    const tokens = release ? 0 : used.tokens;
    const nano = release ? 0 : used.nano;
    for (const counters of reservation.scopes) {
      counters.open--;
      if (counters.day === reservation.day) {
        counters.dayReserved -= reservation.nano;
        counters.daySettled += nano;
        counters.dayTokens += tokens;
        if (release) counters.dayRequests--;
      }
      if (counters.month === reservation.month) {
        counters.monthReserved -= reservation.nano;
        settleInMonth(counters, reservation.day, nano);
      }
      const [minute, hour, day] = counters.windows;
      correct(counters.windows[TOKENS_MINUTE], reservation.at, tokens - reservation.tokens);
      if (release) for (const window of [minute, hour, day]) correct(window, reservation.at, -1);
    }
    this.#open.delete(id);
    this.#closed.set(id, reservation.answer);
    if (this.#closed.size >= this.#closedMax / 2) {
      this.#closedBefore = this.#closed;
      this.#closed = new Map();
    }
    return 'settled';
  }

  /** Takes over what the days of a month have settled by `at`, the last moment of them. */
  resume(name: ScopeName, at: number, nano: number): void {
    const counters = this.counters(name, this.advance(at));
    settleInMonth(counters, Math.floor(at / this.#windowsMs.day), nano);
  }

  /** What the month has settled by a day of it, it included, by scope; undefined where some of it is open. */
  settledThrough(day: number): [ScopeName, number][] | undefined {
    for (const reservation of this.#open.values()) if (reservation.day <= day) return undefined;
    const month = monthOf(day);
    const found: [ScopeName, number][] = [];
    for (const kind of SCOPE_KINDS) {
      for (const [id, counters] of this.#scopes[kind]) {
        const nano = counters.month === month ? settledThrough(counters, day) : 0;
        if (nano > 0) found.push([{ kind, id }, nano]);
      }
    }
    return found;
  }

  /** Charges every open reservation in full; returns how many there were. */
  chargeOpen(): number {
    const left = this.#open.size;
    for (const [reservationId, { tokens, nano }] of this.#open) this.close({ reservationId, tokens, nano });
    return left;
  }

  #isClosed(id: string): boolean {
    return this.#closed.has(id) || this.#closedBefore.has(id);
  }

  /** Memory is bounded by the scopes of this month: what is older and holds nothing open is dropped. */
  #forgetIdleScopes(day: number): void {
    for (const scopes of Object.values(this.#scopes)) {
      for (const [id, counters] of scopes) {
        if (counters.open > 0 || day - counters.day < 2) continue;
        if (counters.month < monthOf(day)) scopes.delete(id);
        else for (const window of counters.windows) window.ring = undefined;
      }
    }
  }
}
