/**
 * The ledger of a house of one process: counters in memory, rebuilt at start from the audit log so that a
 * restart forgets no money. Must never be shared between processes: it knows its own alone.
 */
import { type Clock, systemClock, utcDay } from '../../base/clock.ts';
import type { Admitted, AdmitRequest, Ledger, NotAdmitted, ScopeKind, Usage } from '../../ports/ledger.ts';
import { Books, type ScopeName } from './ledger-embedded-books.ts';
import { refusalOf, windowsTold } from './ledger-embedded-rules.ts';
import { monthOf } from './ledger-embedded-scope.ts';
import { WINDOWS_MS, type WindowsMs } from './ledger-windows.ts';

export interface EmbeddedLedgerOptions {
  readonly clock?: Clock;
  /** Other lengths than a minute, an hour and a day are for tests. */
  readonly windowsMs?: WindowsMs;
  /** Closed reservations remembered, to tell a late settlement from an unknown one. */
  readonly closedMax?: number;
}

/** What the audit log knows of an exchange's money: its intent, then its outcome. In order of time. */
export interface Fact {
  readonly kind: 'intent' | 'outcome';
  readonly reservationId: string;
  /** Of an outcome: may be empty if its intent comes before it. */
  readonly scopes: readonly ScopeName[];
  /** UTC day the reservation was made in, `YYYY-MM-DD`. */
  readonly day: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Reserved by an intent; used by an outcome. */
  readonly tokens: number;
  readonly nano: number;
  /** Of an outcome: nothing was sent upstream. */
  readonly released?: boolean;
}

/** What the days of a month that are over have settled: nothing of them is open. */
export interface WholeDays {
  /** Milliseconds since 1970: the end of the last of them. */
  readonly until: number;
  readonly settled: readonly (readonly [scope: ScopeName, nano: number])[];
}

export interface EmbeddedLedger extends Ledger {
  /**
   * Rebuilds the books from the audit log, before the first admission. Intents without an outcome are charged in full;
   * returns how many.
   * @param batches this month's entries and the last day's; with `days`, those from about their end on
   * @param days of this month, whose calls are not counted again where batches have them
   */
  restore(
    batches: AsyncIterable<readonly Fact[]>,
    days?: WholeDays,
  ): Promise<{ facts: number; charged: number }>;
  /**
   * What this month has settled but for today and yesterday, whose entries windows need; undefined where that is no
   * whole day yet, or something of it is open.
   */
  wholeDays(): WholeDays | undefined;
}

class InProcessLedger implements EmbeddedLedger {
  readonly #clock: Clock;
  readonly #windowsMs: WindowsMs;
  readonly #books: Books;
  readonly #keyVersions = new Map<string, number>();
  readonly #listeners: ((keyId: string, version: number) => void)[] = [];

  constructor({ clock = systemClock, windowsMs = WINDOWS_MS, closedMax = 100_000 }: EmbeddedLedgerOptions) {
    this.#clock = clock;
    this.#windowsMs = windowsMs;
    this.#books = new Books(windowsMs, closedMax);
  }

  async admit(request: AdmitRequest): Promise<Admitted | NotAdmitted> {
    const { reservationId: id, scopes, tokens, nano } = request;
    const before = this.#books.answerTo(id);
    if (before.answer) return before.answer;
    const now = this.#now();
    const held = scopes.map((scope) => ({ scope, counters: this.#books.counters(scope, now) }));
    const refusal = this.#staleKey(request) ?? refusalOf(held, request, now, this.#windowsMs);
    if (refusal) return { ...refusal, ...windowsTold(held, now) };
    const counters = held.map((one) => one.counters);
    const day = this.#books.take(id, counters, { at: now, tokens, nano });
    const answer: Admitted = { admitted: true, day: this.#dayText(day), ...windowsTold(held, now) };
    this.#books.remember(id, answer);
    return answer;
  }

  async settle(request: Parameters<Ledger['settle']>[0]): ReturnType<Ledger['settle']> {
    return this.#books.close(request);
  }

  async usage(kind: ScopeKind, id: string): Promise<Usage> {
    const counters = this.#books.counters({ kind, id }, this.#now());
    return {
      day: this.day(),
      requests: counters.dayRequests,
      tokens: counters.dayTokens,
      settledNano: counters.daySettled,
      reservedNano: counters.dayReserved,
      monthSettledNano: counters.monthSettled,
    };
  }

  async setKeyVersion(keyId: string, version: number): Promise<void> {
    const newest = Math.max(version, this.#keyVersions.get(keyId) ?? 0);
    this.#keyVersions.set(keyId, newest);
    for (const listener of this.#listeners) listener(keyId, newest);
  }

  onKeyChanged(listener: (keyId: string, version: number) => void): void {
    this.#listeners.push(listener);
  }

  day(): string {
    return this.#dayText(Math.floor(this.#now() / this.#windowsMs.day));
  }

  health(): ReturnType<Ledger['health']> {
    return { usable: true, warnings: [] };
  }

  async restore(
    batches: AsyncIterable<readonly Fact[]>,
    days?: WholeDays,
  ): Promise<{ facts: number; charged: number }> {
    if (days) for (const [scope, nano] of days.settled) this.#books.resume(scope, days.until - 1, nano);
    const last = days ? utcDay(days.until - 1) : '';
    let count = 0;
    for await (const facts of batches) {
      for (const fact of facts) if (fact.day > last) this.#restoreOne(fact);
      count += facts.length;
    }
    return { facts: count, charged: this.#books.chargeOpen() };
  }

  wholeDays(): WholeDays | undefined {
    const today = Math.floor(this.#now() / this.#windowsMs.day);
    const last = today - 2;
    if (monthOf(last) !== monthOf(today)) return undefined;
    const settled = this.#books.settledThrough(last);
    return settled && { until: (last + 1) * this.#windowsMs.day, settled };
  }

  #restoreOne(fact: Fact): void {
    if (fact.kind === 'intent' || !this.#books.isKnown(fact.reservationId)) this.#retake(fact);
    if (fact.kind === 'intent') return;
    const { reservationId, tokens, nano, released = false } = fact;
    this.#books.close({ reservationId, tokens, nano, release: released });
  }

  async close(): Promise<void> {}

  #now(): number {
    return this.#books.advance(this.#clock.now());
  }

  #dayText(day: number): string {
    return utcDay(day * this.#windowsMs.day);
  }

  /**
   * Takes without asking, instead of what an earlier intent of it said; an outcome whose intent is in an older file
   * brings its own scopes.
   */
  #retake({ reservationId, scopes, at, tokens, nano }: Fact): void {
    if (this.#books.isOpen(reservationId)) {
      this.#books.close({ reservationId, tokens: 0, nano: 0, release: true });
    }
    const now = this.#books.advance(at);
    const counters = scopes.map((name) => this.#books.counters(name, now));
    this.#books.take(reservationId, counters, { at: now, tokens, nano });
  }

  #staleKey({ keyId, keyVersion }: AdmitRequest): NotAdmitted | undefined {
    if (keyId === undefined || keyVersion === undefined) return undefined;
    const newest = this.#keyVersions.get(keyId) ?? 0;
    if (keyVersion < newest) return { admitted: false, reason: 'stale_key', scope: 'key', retryAfterMs: 1 };
    this.#keyVersions.set(keyId, keyVersion);
    return undefined;
  }
}

export function createEmbeddedLedger(options: EmbeddedLedgerOptions = {}): EmbeddedLedger {
  return new InProcessLedger(options);
}
