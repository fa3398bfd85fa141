/**
 * What a ledger must answer, as plainly as it can be said: a list of what was taken. Not fast, and exact where
 * an engine may be careful: what is between `must` and `may` is the engine's to decide.
 */
import type { AdmitRequest, Scope } from '../../src/ports/ledger.ts';

interface Taken {
  readonly scope: string;
  readonly at: number;
  readonly day: number;
  readonly id: string;
  readonly reserved: number;
  requests: number;
  tokens: number;
  /** Undefined while it is open. */
  settled?: number;
}

export class LedgerModel {
  readonly #taken: Taken[] = [];
  readonly #lengths: { minute: number; hour: number; day: number };
  /** An engine may count for this much longer than the window is long. */
  readonly #grace: number;

  constructor(lengths: { minute: number; hour: number; day: number }, grace: number) {
    this.#lengths = lengths;
    this.#grace = grace;
  }

  /** Must it be refused, or admitted? Undefined where both are right. */
  expected(request: AdmitRequest, now: number): 'admitted' | 'refused' | undefined {
    const strict = request.scopes.every((scope) => this.#fits(scope, request, now, 1));
    const careful = request.scopes.every((scope) => this.#fits(scope, request, now, 1 + this.#grace));
    if (!strict) return 'refused';
    return careful ? 'admitted' : undefined;
  }

  take({ reservationId: id, scopes, tokens, nano }: AdmitRequest, at: number): void {
    for (const { kind, id: name } of scopes) {
      const day = Math.floor(at / this.#lengths.day);
      this.#taken.push({ id, scope: `${kind}:${name}`, at, day, reserved: nano, requests: 1, tokens });
    }
  }

  settle(id: string, tokens: number, nano: number, release: boolean): 'settled' | 'late' | 'unknown' {
    const mine = this.#taken.filter((one) => one.id === id);
    if (mine.length === 0) return 'unknown';
    if (mine.some((one) => one.settled !== undefined)) return 'late';
    for (const one of mine) {
      Object.assign(one, { settled: release ? 0 : nano, tokens: release ? 0 : tokens });
      if (release) one.requests = 0;
    }
    return 'settled';
  }

  /** Of today: settled, and reserved by what is open. */
  money(scope: string, now: number): { settled: number; reserved: number } {
    const today = this.#of(scope).filter((one) => one.day === Math.floor(now / this.#lengths.day));
    const open = today.filter((one) => one.settled === undefined);
    return { settled: sum(today, (one) => one.settled ?? 0), reserved: sum(open, (one) => one.reserved) };
  }

  #of(scope: string): Taken[] {
    return this.#taken.filter((one) => one.scope === scope);
  }

  #fits(scope: Scope, { tokens, nano }: AdmitRequest, now: number, stretch: number): boolean {
    const mine = this.#of(`${scope.kind}:${scope.id}`);
    const within = (length: number) => mine.filter((one) => one.at > now - length * stretch);
    const requests = (length: number) => sum(within(length), (one) => one.requests) + 1;
    const { minute, hour, day } = this.#lengths;
    const { settled, reserved } = this.money(`${scope.kind}:${scope.id}`, now);
    return (
      requests(minute) <= (scope.requestsPerMinute ?? Infinity) &&
      requests(hour) <= (scope.requestsPerHour ?? Infinity) &&
      requests(day) <= (scope.requestsPerDay ?? Infinity) &&
      sum(within(minute), (one) => one.tokens) + tokens <= (scope.tokensPerMinute ?? Infinity) &&
      mine.filter((one) => one.settled === undefined).length + 1 <= (scope.concurrency ?? Infinity) &&
      settled + reserved + nano <= (scope.dailyBudgetNano ?? Infinity)
    );
  }
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
