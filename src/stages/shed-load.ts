/** Refuses who was refused, before a body is read and without asking the ledger. */
import { checkFloods, type Floods } from '../domain/limits/floods.ts';
import type { Limiting } from '../domain/limits/limiting.ts';
import type { Guard } from './stage.ts';

/** @throws rate.* */
export function shedLoad(floods: Floods, limiting: Limiting): Guard {
  return function shedLoad(exchange) {
    checkFloods(floods, exchange.caller, limiting.refusalsPerMinute(exchange.caller));
  };
}
