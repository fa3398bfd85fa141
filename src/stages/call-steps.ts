/** The way of a call in steps, for doors at which calls come otherwise than as requests. The pipeline says their order. */
import type { Exchange } from '../domain/exchange.ts';

export interface CallSteps {
  /** Who calls, what for, and whether they are to be heard at all. @throws auth.*, access.*, rate.*, request.* */
  arrive(exchange: Exchange): Promise<void>;
  /** Reads, authorises, screens and prices it; takes nothing. @throws request.*, access.*, tool.*, guardrail.* */
  read(exchange: Exchange): Promise<void>;
  /** Takes all limits and the money, and puts the intent on record. @throws rate.*, budget.*, ledger.*, audit.* */
  take(exchange: Exchange): Promise<void>;
  /** Settles it and puts its outcome on record, on every ending, once. Never rejects. */
  close(exchange: Exchange): Promise<void>;
}
