/**
 * Money for answers that nobody asks for: upstream answers what it hears, so a reservation stands before sound goes up, and
 * is taken anew when it was used or outgrown. One that was not used is given back.
 */
import { asRefusal } from '../base/errors.ts';
import type { Exchange } from '../domain/exchange.ts';
import type { DialectWays } from './dialect.ts';
import type { FoundBefore } from './found-before.ts';
import type { LiveState } from './live-state.ts';

/** What the session may grow by before the reservation is taken anew: four minutes of sound. */
const MARGIN_TOKENS = 2_400;

export class Unasked {
  readonly #ways: DialectWays;
  readonly #state: LiveState;
  readonly #found: FoundBefore;
  #exchange: Exchange | undefined;
  #taking: Promise<void> | undefined;
  #tokensMax = 0;
  #cap = 0;
  #isOver = false;

  constructor(ways: DialectWays, state: LiveState, found: FoundBefore) {
    this.#ways = ways;
    this.#state = state;
    this.#found = found;
  }

  /** There is one that covers what the session holds by now; at once if it stands. @throws rate.*, budget.*, auth.*, … */
  ensure(): void | Promise<void> {
    const { tokens, cap = 0 } = this.#state;
    if (this.#taking) return this.#taking.then(() => this.ensure());
    if (this.#exchange && tokens <= this.#tokensMax && cap <= this.#cap) return undefined;
    return this.#take();
  }

  /** For an answer that has begun; from here on it is charged there. @throws as `ensure` */
  async use(): Promise<Exchange | undefined> {
    await this.#taking;
    if (!this.#exchange) await this.#take();
    const exchange = this.#exchange;
    this.#exchange = undefined;
    return exchange;
  }

  /** @returns the one that was not used; given back unless an answer was due */
  async close(): Promise<Exchange | undefined> {
    this.#isOver = true;
    await this.#taking?.catch(() => undefined);
    const exchange = this.#exchange;
    this.#exchange = undefined;
    if (exchange && this.#state.isDue) exchange.sentUpstream = true;
    return exchange;
  }

  #take(): Promise<void> {
    const taking = this.#taken().finally(() => (this.#taking = undefined));
    this.#taking = taking;
    return taking;
  }

  /** The change of settings that gives the session a cap is what it is on record as. */
  async #taken(): Promise<void> {
    const { cap, tokens } = this.#state;
    const session = { type: 'realtime', ...(cap !== undefined && { max_output_tokens: cap }) };
    const message = Buffer.from(JSON.stringify({ type: 'session.update', session }));
    const { steps } = this.#ways;
    const tokensMax = tokens + MARGIN_TOKENS;
    const exchange = this.#ways.exchangeFor(message, { tokens: Math.ceil(tokensMax) });
    try {
      await steps.arrive(exchange);
      await steps.read(exchange);
      this.#found.giveTo(exchange);
      await steps.take(exchange);
    } catch (error) {
      exchange.refusal = asRefusal(error);
      await steps.close(exchange);
      throw exchange.refusal;
    }
    const before = this.#exchange;
    this.#exchange = exchange;
    this.#tokensMax = tokensMax;
    const { quote, bytes } = exchange.prepared;
    this.#cap = quote?.outputTokens ?? 0;
    if (cap === undefined && quote?.setCap && bytes && !this.#isOver) {
      this.#state.cap = this.#cap;
      this.#state.wentUp('session.update', 0);
      this.#ways.sendUp(bytes);
    }
    if (before) await steps.close(before);
  }
}
