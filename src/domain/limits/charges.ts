/** What a call did cost, on every ending, exactly once; and when a stream is longer than its cap can explain. */
import { NANO_USD_MAX, type NanoUsd } from '../../base/money.ts';
import type { Endpoint, RequestFacts, TokenUsage } from '../../openai/endpoint.ts';
import { costNano, type Price, reserveNano, toolNano, unitsNano } from '../../openai/prices.ts';
import type { Quote } from './budgets.ts';

/** What is known of a call that is over. */
export interface Outcome {
  /** Bytes of the request left the house. */
  readonly sentUpstream: boolean;
  /** The answer is whole: what was not sent was answered by the gateway itself, and counts as a call. */
  readonly complete?: boolean | undefined;
  /** Upstream's status; 0 if its head never came. */
  readonly upstreamStatus: number;
  readonly usage?: TokenUsage | undefined;
  readonly streamed: boolean;
  readonly contentEvents: number;
  /** Tokens counted of what was relayed; left out: bounded by its characters. */
  readonly contentTokens?: number | undefined;
  readonly contentChars?: number | undefined;
}

/** What a call is charged, settled as it stands. */
export interface Charge {
  readonly tokens: number;
  readonly nano: NanoUsd;
  /** Nothing was sent: as if the call had not been. */
  readonly release: boolean;
  /** Upstream reported more than was reserved: charged in full, and an incident. */
  readonly over: boolean;
}

/** What was asked, what was reserved for it, what came of it. */
export interface ChargeInput {
  readonly endpoint: Endpoint;
  readonly facts: RequestFacts;
  readonly quote: Quote | undefined;
  readonly outcome: Outcome;
}

/**
 * What a call is charged, whatever its ending. At most the reservation, unless upstream reports more; never 0 where
 * upstream may have done something, but for what is free.
 */
export function charge({ endpoint, facts, quote, outcome }: ChargeInput): Charge {
  const charged = { release: false, over: false };
  if (!outcome.sentUpstream || !quote)
    return { ...charged, tokens: 0, nano: 0, release: !outcome.sentUpstream && !outcome.complete };
  const { upstreamStatus: status, usage } = outcome;
  // Upstream bills no request it refuses; the call still counts against the rate. After 5xx, a time-out or a broken
  // connection it may have run and may be billed: only a usage report tells, so without one all of it is charged.
  if (status >= 400 && status < 500 && !usage) return { ...charged, tokens: 0, nano: 0 };
  if (usage && quote.price && tells(usage, quote.price)) {
    const tokens = usage.inputTokens + usage.outputTokens;
    const nano = settledNano(quote.price, usage, quote, facts);
    return { ...charged, tokens, nano, over: nano > quote.nano || tokens > quote.tokens };
  }
  if (quote.price && outcome.streamed && countsText(endpoint, facts, quote)) {
    return { ...charged, ...estimate(quote.price, quote, facts, outcome) };
  }
  return { ...charged, tokens: quote.tokens, nano: quote.nano };
}

/** Whether a report says what the price needs to know; one that costs nothing, of a model that is not free, does not. */
function tells(usage: TokenUsage, price: Price): boolean {
  if (price.unit) return price.unit.per === 'audio_second' && usage.seconds !== undefined;
  return price.free === true || costNano(price, usage) > 0;
}

function settledNano(price: Price, usage: TokenUsage, quote: Quote, facts: RequestFacts): NanoUsd {
  if (price.free) return 0;
  if (price.unit?.per === 'audio_second') return unitsNano(price, usage.seconds ?? 0, price.unit.nano);
  const { toolCalls } = usage;
  const tools = toolCalls
    ? Object.entries(toolCalls).reduce(
        (sum, [tool, calls]) => sum + unitsNano(price, calls, declaredNano(tool, facts)),
        0,
      )
    : quote.toolNano;
  return Math.min(NANO_USD_MAX, costNano(price, usage, facts.serviceTier) + tools);
}

/** A call says `web_search` whichever of the declared types of it ran: the dearest did. An undeclared shell is the caller's. */
function declaredNano(tool: string, facts: RequestFacts): NanoUsd {
  const types = facts.hostedTools.filter((type) => type.startsWith(tool));
  if (types.length === 0 && tool === 'shell') return 0;
  return Math.max(...(types.length > 0 ? types : [tool]).map((type) => toolNano(type, facts.memory)));
}

/** Whether a stream without a report is charged by its text: only where each token of output is seen as it passes. */
export function countsText(endpoint: Endpoint, facts: RequestFacts, { price }: Quote): boolean {
  const text = endpoint.shape === 'chat' || endpoint.shape === 'responses' || endpoint.shape === 'completion';
  const silent = price !== undefined && !price.speaks && !price.unit && facts.audioBytes === 0;
  const unseen = facts.background || (facts.predictedTokens ?? 0) > 0;
  return text && silent && !price.reasoning && facts.hostedTools.length === 0 && !unseen;
}

const MARGIN_TOKENS = 64;

/** A stream that ended without a report: what was read and what was seen, with a margin for what was on its way. */
function estimate(
  price: Price,
  quote: Quote,
  facts: RequestFacts,
  outcome: Outcome,
): { tokens: number; nano: NanoUsd } {
  const { contentEvents, contentChars } = outcome;
  // A UTF-16 unit is at most three bytes, and a token at least one.
  const counted = outcome.contentTokens ?? (contentChars === undefined ? Infinity : 3 * contentChars);
  const seen = Math.max(contentEvents, counted) + MARGIN_TOKENS;
  const output = Math.min(seen, quote.outputTokens * quote.n);
  return {
    tokens: Math.min(quote.tokens, quote.inputTokens + output),
    nano: Math.min(quote.nano, reserveNano(price, quote.inputTokens, output, 1, facts)),
  };
}

const CONTENT_BYTES_PER_TOKEN = 32;
const CONTENT_BYTES_SLACK = 4096;

/**
 * Whether a stream is longer than any honest answer under its cap.
 * @param contentChars of generated text alone, as decoded, each at least a byte; the events around it are many
 * times larger
 */
export function streamOverran(quote: Quote, contentEvents: number, contentChars: number): boolean {
  if (quote.outputCap === undefined) return false;
  const cap = quote.outputCap * quote.n;
  return (
    contentEvents > cap + MARGIN_TOKENS || contentChars > CONTENT_BYTES_PER_TOKEN * cap + CONTENT_BYTES_SLACK
  );
}
