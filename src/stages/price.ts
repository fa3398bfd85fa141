/** Acts on the price of the call: what may not be made at any price is refused before the ledger is asked. */
import { Refusal } from '../base/errors.ts';
import type { Guard } from './stage.ts';

/** @throws request.over_cap, request.unpriced, request.invalid_field, budget.exceeded */
export function price(): Guard {
  return function price({ prepared }) {
    const { quoteRefusal } = prepared;
    if (quoteRefusal) throw new Refusal(quoteRefusal.code, quoteRefusal.options);
  };
}
