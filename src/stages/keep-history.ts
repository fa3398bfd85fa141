/** Guard and closing of tiers with a history: what is said is heard from here on, and kept after the answer. */
import type { HistoryKeeper } from '../domain/history/history.ts';
import type { Closing, Guard } from './stage.ts';

/** Refuses nothing. */
export function listen(history: HistoryKeeper): Guard {
  return function listen(exchange) {
    history.listen(exchange);
  };
}

/** Nobody waits for it. */
export function keepHistory(history: HistoryKeeper): Closing {
  return function keepHistory(exchange) {
    history.keep(exchange);
  };
}
