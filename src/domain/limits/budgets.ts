/**
 * What a call may cost at most, said before it is made, and what it did cost, said once it is over. The quote is a
 * bound since the output cap in it is sent upstream; unknown is never zero; all amounts are integers, rounded up.
 */
import { NANO_USD_MAX, nanoFromUsd, type NanoUsd } from '../../base/money.ts';
import { Refusal } from '../../base/errors.ts';
import type { Endpoint, RequestFacts } from '../../openai/endpoint.ts';
import { callNano, mediaBound } from '../../openai/media-bound.ts';
import { capFieldOf } from '../../openai/output-caps.ts';
import type { Encoding } from '../../openai/price-table.ts';
import {
  ceilingFor,
  findPrice,
  type ModelsSettings,
  type Price,
  requestedPercent,
  reserveNano,
  toolNano,
  unitsNano,
} from '../../openai/prices.ts';
import { byteBound, inputTokensBound } from '../../openai/tokens.ts';
import type { Tier } from './tiers.ts';

export { charge, streamOverran, type Charge, type ChargeInput, type Outcome } from './charges.ts';

/** All that a price depends on. */
export interface QuoteInput {
  readonly endpoint: Endpoint;
  readonly facts: RequestFacts;
  readonly tier: Tier;
  /** `maxTokensPerRequest` of the key. */
  readonly keyTokensMax?: number | undefined;
  readonly models: ModelsSettings;
  /** Counts the text of the request; called only if its bytes do not decide. */
  readonly tokenCount?: ((encoding: Encoding) => number) | undefined;
  /** Tokens of what upstream adds by reference (its owner's record); left out: the model's context. */
  readonly chainedTokens?: number | undefined;
  /** Most that the file of a batch can cost, by its owner's record; left out: nobody knows. */
  readonly chainedNano?: NanoUsd | undefined;
  /** The least that is left of any of the caller's budgets, settled money counted; a missing cap is lowered to it. */
  readonly remainingNano?: NanoUsd | undefined;
}

/** Plain data. */
export interface Quote {
  /** Most tokens the call can use, and most money it can cost: what is reserved. */
  readonly tokens: number;
  readonly nano: NanoUsd;
  readonly inputTokens: number;
  /** Most output of one choice, whether or not a cap says so. */
  readonly outputTokens: number;
  readonly n: number;
  /** The output cap in force, named by the caller or set here. */
  readonly outputCap?: number | undefined;
  /** Where the cap is to be written, if `setCap`. */
  readonly capField?: string | undefined;
  readonly setCap: boolean;
  /** To be sent as max_tool_calls; the caller named none. */
  readonly maxToolCalls?: number | undefined;
  /** The part of `nano` that is for calls of hosted tools. */
  readonly toolNano: NanoUsd;
  /** None: the call is free, or costs an amount that no model's price gives. */
  readonly price?: Price | undefined;
  /** Charged at a ceiling, since nobody knows the price: to be said in the log and alerted. */
  readonly unpriced: boolean;
}

/** Responses refuses a smaller cap. */
const RESPONSES_CAP_MIN = 16;
/** What is left of a budget must buy at least so much output; a reasoning model thinks before it speaks. */
const AFFORDABLE_CAP_MIN = 256;
const REASONING_CAP_MIN = 2048;

const NOTHING: Quote = {
  tokens: 0,
  nano: 0,
  inputTokens: 0,
  outputTokens: 0,
  n: 1,
  setCap: false,
  toolNano: 0,
  unpriced: false,
};

/**
 * The most a call can use and cost, and the caps that make it so.
 * @throws request.over_cap if the request, or the cap it names, is above `maxTokensPerRequest`
 * @throws request.unpriced, request.invalid_field (service_tier)
 * @throws budget.exceeded if what is left cannot buy a useful answer
 */
export function quote(input: QuoteInput): Quote {
  const { endpoint, facts, models } = input;
  if (endpoint.cost === 'free') return NOTHING;
  const byCall = callNano(endpoint.path, facts);
  if (byCall !== undefined) return { ...NOTHING, nano: byCall };
  const known = facts.model === undefined ? undefined : findPrice(facts.model, models);
  if (endpoint.cost === 'deferred' && !known?.unit) {
    return input.chainedNano === undefined
      ? unknowable(models, false)
      : { ...NOTHING, nano: input.chainedNano };
  }
  if (endpoint.cost === 'unpriced' && !known) {
    if (models.unpriced === 'refuse') throw new Refusal('request.unpriced');
    return unknowable(models, true);
  }
  if (!known && models.unpriced === 'refuse') throw new Refusal('request.unpriced', { param: 'model' });
  const price = known ?? ceilingFor(facts.model ?? defaultModel(endpoint.path), models);
  if (requestedPercent(price, facts.serviceTier) === undefined) {
    throw new Refusal('request.invalid_field', { param: 'service_tier' });
  }
  return quoteMedia(input, price, !known) ?? quoteText(input, price, !known);
}

function unknowable(models: ModelsSettings, unpriced: boolean): Quote {
  return { ...NOTHING, nano: nanoFromUsd(models.unknowableUsd), unpriced };
}

/** Whose family a call without a model belongs to; the whole table for none. */
function defaultModel(path: string): string {
  return path.startsWith('/images/') ? 'gpt-image' : '';
}

function tokensMax({ tier, keyTokensMax }: QuoteInput): number {
  return Math.min(tier.maxTokensPerRequest ?? Infinity, keyTokensMax ?? Infinity);
}

/** Sound and pictures: `maxTokensPerRequest` holds for their text, money bounds the rest. */
function quoteMedia(input: QuoteInput, price: Price, unpriced: boolean): Quote | undefined {
  const { endpoint, facts, models, tokenCount } = input;
  const media = mediaBound(endpoint.path, price, facts, models);
  if (!media) return undefined;
  if (byteBound(facts.textBytes) > tokensMax(input)) {
    const tokens = tokenCount?.(price.encoding) ?? facts.textBytes;
    if (tokens > tokensMax(input)) throw new Refusal('request.over_cap');
  }
  const { inputTokens, outputTokens, unitNano } = media;
  return {
    ...NOTHING,
    tokens: inputTokens + outputTokens,
    nano: unitNano + reserveNano(price, inputTokens, outputTokens, 1, facts),
    inputTokens,
    outputTokens,
    price,
    unpriced,
  };
}

/** The cap of one choice: what it bounds, and whether it must be written. */
interface Cap {
  readonly tokens: number;
  readonly field?: string | undefined;
  readonly inForce: boolean;
  readonly set: boolean;
}

function quoteText(input: QuoteInput, price: Price, unpriced: boolean): Quote {
  const { endpoint, facts, models } = input;
  const n = Math.max(1, facts.n);
  const own = ownInput(input, price, unpriced);
  const cap = capOf(input, price, own);
  const toolCalls =
    facts.hostedTools.length === 0
      ? 0
      : // Nobody says whether 0 means none or no bound.
        facts.maxToolCalls || (asksTools(endpoint) ? models.maxToolCalls : 1);
  const inputTokens = allInput(input, price, own, unpriced, toolCalls);
  const dearestTool = Math.max(0, ...facts.hostedTools.map((type) => toolNano(type, facts.memory)));
  const tools = price.free ? 0 : unitsNano(price, toolCalls, dearestTool);
  const predicted = facts.predictedTokens ?? 0;
  // What a live session holds may be sound and pictures, whatever this event is.
  const mixed = endpoint.shape === 'realtime' ? { ...facts, audioBytes: 1, images: 1 } : facts;
  const nanoAt = (output: number) =>
    Math.min(NANO_USD_MAX, tools + reserveNano(price, inputTokens, output + predicted, n, mixed));
  const outputTokens =
    cap.set && facts.outputCap === undefined ? affordable(input, price, cap.tokens, nanoAt) : cap.tokens;
  return {
    tokens: Math.min(Number.MAX_SAFE_INTEGER, inputTokens + (outputTokens + predicted) * n),
    nano: nanoAt(outputTokens),
    inputTokens,
    outputTokens,
    n,
    outputCap: cap.inForce ? outputTokens : undefined,
    capField: cap.field,
    setCap: cap.set,
    maxToolCalls:
      toolCalls > 0 && facts.maxToolCalls === undefined && asksTools(endpoint) ? toolCalls : undefined,
    toolNano: tools,
    price,
    unpriced,
  };
}

function asksTools(endpoint: Endpoint): boolean {
  return endpoint.path === '/responses';
}

/** The input the request brings itself, or is known to refer to: by its bytes if they leave room, else counted. */
function ownInput(input: QuoteInput, price: Price, unpriced: boolean): number {
  const { facts, models, tokenCount, chainedTokens } = input;
  const referred = facts.chained.length > 0 ? (chainedTokens ?? 0) : 0;
  const bound = (text: number) =>
    referred + inputTokensBound(text, facts, price, models.audioBytesPerSecondMin);
  const byBytes = bound(byteBound(facts.textBytes));
  // Nobody knows how a model that nobody knows cuts its text.
  if (!tokenCount || unpriced || leavesRoom(input, price, byBytes)) return byBytes;
  return Math.min(byBytes, bound(tokenCount(price.encoding)));
}

/** Half of the tier's tokens, or of the model's context, is room enough for an answer without counting exactly. */
function leavesRoom(input: QuoteInput, price: Price, own: number): boolean {
  const { endpoint, facts } = input;
  const max = tokensMax(input);
  const n = Math.max(1, facts.n);
  if (facts.outputCap !== undefined) {
    return own + facts.outputCap * n <= max && own + facts.outputCap <= price.contextTokens;
  }
  if (capFieldOf(endpoint, facts) === undefined) return own <= max;
  const wanted = (of: number) => Math.min(price.outputTokensMax, of / 2);
  return max - own >= wanted(max / n) * n && price.contextTokens - own >= wanted(price.contextTokens);
}

/**
 * The bound of one choice's output under the tier's `maxTokensPerRequest`.
 * @throws request.over_cap
 */
function capOf(input: QuoteInput, price: Price, own: number): Cap {
  const { endpoint, facts, tier } = input;
  const n = Math.max(1, facts.n);
  const field = capFieldOf(endpoint, facts);
  const least = asksTools(endpoint) ? RESPONSES_CAP_MIN : 1;
  const room = Math.floor((tokensMax(input) - own) / n);
  const over = () =>
    new Refusal('request.over_cap', { ...(facts.capFields[0] && { param: facts.capFields[0] }) });
  if (field === undefined) {
    if (own > tokensMax(input)) throw over();
    return { tokens: endpoint.shape === 'input' ? 0 : price.outputTokensMax, inForce: false, set: false };
  }
  if (facts.outputCap === 0 && endpoint.shape !== 'completion') {
    // Upstream refuses it, or takes it for no cap at all.
    const tokens = Math.min(price.outputTokensMax, Math.max(least, price.contextTokens - own));
    if (tokens > room) throw over();
    return { tokens, inForce: false, set: false };
  }
  if (facts.outputCap !== undefined) {
    if (facts.outputCap <= room) return { tokens: facts.outputCap, inForce: true, set: false };
    // Two names that say two things have no clamped value.
    if (tier.onOverCap !== 'clamp' || facts.capFields.length > 1 || room < least) throw over();
    return { tokens: room, field: facts.capFields[0] ?? field, inForce: true, set: true };
  }
  if (room < least) throw over();
  // A cap above what a minute may use would never be admitted.
  const minute = Math.floor(((tier.tokensPerMinute ?? Infinity) - own) / n);
  const fitting = Math.min(
    price.outputTokensMax,
    facts.usualCap ?? Infinity,
    Math.max(least, price.contextTokens - own),
    Math.max(least, minute),
  );
  return { tokens: Math.min(room, fitting), field, inForce: true, set: true };
}

/** Everything upstream may read: hosted tools read the context again after each call, references fill it. */
function allInput(
  input: QuoteInput,
  price: Price,
  own: number,
  unpriced: boolean,
  toolCalls: number,
): number {
  const { endpoint, facts, chainedTokens } = input;
  if (toolCalls > 0) return Math.max(own, price.contextTokens) * (toolCalls + 1);
  if (facts.chained.length > 0 && chainedTokens === undefined) return Math.max(own, price.contextTokens);
  const one = ['chat', 'responses', 'realtime'].includes(endpoint.shape);
  return one && !unpriced ? Math.min(own, price.contextTokens) : own;
}

/** The missing cap, lowered to what the budget can still pay. @throws budget.exceeded */
function affordable(
  input: QuoteInput,
  price: Price,
  cap: number,
  nanoAt: (output: number) => NanoUsd,
): number {
  const { remainingNano } = input;
  if (remainingNano === undefined || nanoAt(cap) <= remainingNano) return cap;
  let low = Math.min(cap, price.reasoning ? REASONING_CAP_MIN : AFFORDABLE_CAP_MIN);
  if (nanoAt(low) > remainingNano) throw new Refusal('budget.exceeded');
  for (let high = cap; high - low > 1; ) {
    const middle = Math.floor((low + high) / 2);
    if (nanoAt(middle) <= remainingNano) low = middle;
    else high = middle;
  }
  return low;
}
