/** All limits and the money of all scopes, in one round trip: checked together, taken together, or not at all. */
import { Refusal } from '../base/errors.ts';
import type { Exchange } from '../domain/exchange.ts';
import type { Limiting } from '../domain/limits/limiting.ts';
import { notAdmitted, type Remembering } from '../domain/limits/not-admitted.ts';
import type { AdmitRequest, Ledger } from '../ports/ledger.ts';
import type { Reprice } from './parse.ts';
import type { Guard } from './stage.ts';

/** What admission asks, and tells of its refusals. */
export interface AdmitDeps extends Remembering {
  readonly ledger: Ledger;
  readonly limiting: Limiting;
  readonly reprice: Reprice;
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
    throw notAdmitted(exchange.caller, answer, deps);
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
  const { caller, prepared, within } = exchange;
  const scopes = limiting.scopes(caller);
  return {
    reservationId: exchange.id,
    // Its socket holds a slot for it.
    scopes: within ? scopes.map((scope) => ({ ...scope, concurrency: undefined })) : scopes,
    tokens: prepared.quote?.tokens ?? 0,
    nano: prepared.quote?.nano ?? 0,
    keyId: caller.key?.id,
    keyVersion: caller.key?.version,
  };
}
