/** The three shapes of a stage, and nothing else: a guard, an answer stage (see answer.ts), a closing. */
import type { Exchange } from '../domain/exchange.ts';

/** Refuses by throwing a Refusal; synchronous where nothing has to be waited for. */
export type Guard = (exchange: Exchange) => void | Promise<void>;

/** Always runs, once, in order, also when the caller left; must neither throw nor reject. */
export type Closing = (exchange: Exchange) => void | Promise<void>;
