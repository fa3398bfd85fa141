/** All limits and the money of all scopes, in one round trip: checked together, taken together, or not at all. */
import { Refusal, type Code } from '../base/errors.ts';
import type { Exchange } from '../domain/exchange.ts';
import type { Floods } from '../domain/floods.ts';
import type { Limiting } from '../domain/limiting.ts';
import { rateLimitHeaders } from '../domain/rate-limit-headers.ts';
import type { AdmitRequest, Ledger, NotAdmitted, RefusalReason } from '../ports/ledger.ts';
import type { Reprice } from './parse.ts';
import type { Guard } from './stage.ts';

const CODES: Record<RefusalReason, Code> = {
  requests: 'rate.requests',
  tokens: 'rate.tokens',
  concurrency: 'rate.concurrency',
  budget: 'budget.exceeded',
  held: 'rate.held',
  stale_key: 'auth.invalid',
};

/** Reasons that time alone ends: the same credential need not ask again before. */
const WAITING = new Set<RefusalReason>(['requests', 'tokens']);

/** What admission asks, and tells of its refusals. */
export interface AdmitDeps {
  readonly ledger: Ledger;
  readonly limiting: Limiting;
  readonly floods: Floods;
  readonly reprice: Reprice;
  /** A newer version of the key is known: what is cached of it is dropped. */
  readonly forgetKey: (id: string) => void;
}

/** @throws rate.*, budget.exceeded, auth.invalid, ledger.unavailable */
export function admit(deps: AdmitDeps): Guard {
  return async function admit(exchange) {
    exchange.admissionTried = true;
    let answer = await deps.ledger.admit(requestOf(exchange, deps.limiting));
    if (!answer.admitted && answer.reason === 'budget' && exchange.prepared.quote?.setCap) {
      // The cap was ours: what is left of the budget may still pay for a shorter answer.
      const cheaper = await affordable(exchange, deps);
      if (cheaper) answer = await deps.ledger.admit(requestOf(exchange, deps.limiting));
    }
    if (answer.admitted) {
      exchange.admitted = answer;
      return;
    }
    exchange.admissionTried = false;
    refuse(exchange, answer, deps);
  };
}

/** Makes the call as cheap as what is left; false if that buys nothing useful, and the ledger's refusal stands. */
async function affordable(exchange: Exchange, deps: AdmitDeps): Promise<boolean> {
  try {
    await deps.reprice(exchange, await remainingNano(exchange, deps));
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'budget.exceeded') return false;
    throw error;
  }
}

/** What is left of the tightest budget of all scopes, by what is settled and held. */
async function remainingNano({ caller }: Exchange, { ledger, limiting }: AdmitDeps): Promise<number> {
  let least = Number.MAX_SAFE_INTEGER;
  for (const { kind, id, dailyBudgetNano, monthlyBudgetNano } of limiting.scopes(caller)) {
    if (dailyBudgetNano === undefined && monthlyBudgetNano === undefined) continue;
    const { settledNano, reservedNano, monthSettledNano } = await ledger.usage(kind, id);
    const today = (dailyBudgetNano ?? Number.MAX_SAFE_INTEGER) - settledNano - reservedNano;
    const month = (monthlyBudgetNano ?? Number.MAX_SAFE_INTEGER) - monthSettledNano - reservedNano;
    least = Math.min(least, today, month);
  }
  return Math.max(0, least);
}

function requestOf(exchange: Exchange, limiting: Limiting): AdmitRequest {
  const { caller, prepared } = exchange;
  return {
    reservationId: exchange.id,
    scopes: limiting.scopes(caller),
    tokens: prepared.quote?.tokens ?? 0,
    nano: prepared.quote?.nano ?? 0,
    keyId: caller.key?.id,
    keyVersion: caller.key?.version,
  };
}

function refuse(exchange: Exchange, answer: NotAdmitted, deps: AdmitDeps): never {
  const code = CODES[answer.reason];
  const { caller } = exchange;
  if (answer.reason === 'stale_key' && caller.key) deps.forgetKey(caller.key.id);
  if (WAITING.has(answer.reason))
    deps.floods.refusedFor(caller.credential, code, Math.min(answer.retryAfterMs, 60_000), answer);
  throw new Refusal(code, {
    retryAfterS: wholeSeconds(answer.retryAfterMs),
    headers: rateLimitHeaders(answer),
    detail: `${answer.reason} of ${answer.scope}`,
  });
}

/** Whole seconds ≥ 1. A window of a minute counts a little longer than it is: over 60 s the SDKs would give up. */
function wholeSeconds(ms: number): number {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  return seconds === 61 ? 60 : seconds;
}
