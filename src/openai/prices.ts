/**
 * From a model's name to what a call of it costs. An unknown name has no price here, and never the price 0: whoever
 * charges takes `ceilingFor` or refuses. All arithmetic is exact, in integers, and rounds up.
 */
import { BoundedMap } from '../base/bounded-map.ts';
import { NANO_USD_MAX, type NanoUsd } from '../base/money.ts';
import type { RequestFacts, TokenUsage } from './endpoint.ts';
import { type CustomPrice, modelsSchema, type ModelsSettings, type PriceSettings } from './price-settings.ts';
import { PRICE_ALIASES, PRICE_TABLE, type PriceRow, TOOL_NANO } from './price-table.ts';

export { modelsSchema, type ModelsSettings };

/** A row with what the settings say of it; plain data. */
export interface Price extends PriceRow {
  /** Percent of the default rate that service tier `auto` can cost at most. */
  readonly autoPercent: number;
  readonly regionPercent: number;
}

const rows = new Map(PRICE_TABLE.map((row) => [row.id, row]));
/** What is free is so by its own name, and lends that to nothing. */
const paid = PRICE_TABLE.filter((row) => !row.free);
const families = [...new Set(paid.map((row) => row.family))].sort((a, b) => b.length - a.length);

/** A row by its id, another name of it, or the name without its date: `gpt-4o-2024-08-06` is `gpt-4o`. */
function rowOf(name: string): PriceRow | undefined {
  const found =
    rows.get(name) ?? (Object.hasOwn(PRICE_ALIASES, name) ? rows.get(PRICE_ALIASES[name] ?? '') : undefined);
  if (found) return found;
  const undated = name.replace(/-\d{4}-\d{2}-\d{2}$/, '');
  return undated === name ? undefined : rowOf(undated);
}

/** `ft:<base>:<organisation>:<name>:<id>` has the price of `ft:<base>`: tuned models cost more than their base. */
function fineTuned(name: string): PriceRow | undefined {
  return rowOf(name.split(':', 2).join(':'));
}

function withSettings(row: PriceRow, settings: PriceSettings, changes: Partial<PriceRow> = {}): Price {
  const price = { ...row, ...changes };
  const auto = settings.projectServiceTier;
  return {
    ...price,
    autoPercent: auto === 'unknown' || auto === 'priority' ? price.priorityPercent : 100,
    regionPercent: Math.ceil(settings.regionMultiplier * 100 - 1e-9),
  };
}

const picoCustom = (usd: number) => Math.max(1, Math.ceil(usd * 1e6 - 1e-6));

/** Dollars of the configuration laid over what the table knows of the model, or of its family. */
function customised(name: string, custom: CustomPrice, settings: PriceSettings): Price {
  const { unit: _unit, free: _free, ...known } = rowOf(name) ?? ceilingRow(name);
  const { inputUsd, outputUsd } = custom;
  return withSettings(known, settings, {
    id: name,
    input: picoCustom(inputUsd),
    cached: picoCustom(custom.cachedUsd ?? inputUsd),
    cacheWrite: picoCustom(custom.cacheWriteUsd ?? inputUsd),
    output: picoCustom(outputUsd),
    audioInput: picoCustom(custom.audioInputUsd ?? inputUsd),
    audioOutput: picoCustom(custom.audioOutputUsd ?? outputUsd),
    imageInput: picoCustom(custom.imageInputUsd ?? inputUsd),
    imageOutput: picoCustom(custom.imageOutputUsd ?? outputUsd),
    priorityPercent: custom.priorityPercent ?? known.priorityPercent,
    longContext: custom.longContext ?? known.longContext,
    contextTokens: custom.contextTokens ?? known.contextTokens,
    outputTokensMax: custom.outputTokensMax ?? known.outputTokensMax,
    reasoning: custom.reasoning ?? known.reasoning,
  });
}

/**
 * The price of a model; undefined if nobody knows one. Names are exact, upper and lower case differ.
 * Order: free, custom, alias by configuration, table; a fine-tuned model has a price of its own or none.
 */
export function findPrice(model: string, settings: PriceSettings): Price | undefined {
  let known = pricesOf.get(settings);
  if (!known) pricesOf.set(settings, (known = new BoundedMap(PRICES_MAX)));
  let price = known.get(model);
  if (!price) {
    price = lookUp(model, settings);
    if (price) known.set(model, price);
  }
  return price;
}

/** Tuned models have names without end. */
const PRICES_MAX = 256;
const pricesOf = new WeakMap<PriceSettings, BoundedMap<string, Price>>();

function lookUp(model: string, settings: PriceSettings): Price | undefined {
  const name = Object.hasOwn(settings.aliases, model) ? (settings.aliases[model] ?? model) : model;
  if (settings.free.includes(model)) {
    return withSettings(rowOf(name) ?? ceilingRow(name), settings, { ...FREE, id: model });
  }
  for (const candidate of [model, name]) {
    const custom = Object.hasOwn(settings.prices, candidate) ? settings.prices[candidate] : undefined;
    if (custom) return customised(candidate, custom, settings);
  }
  const row = name.startsWith('ft:') ? fineTuned(name) : rowOf(name);
  return row && withSettings(row, settings);
}

const RATES = [
  'input',
  'cached',
  'cacheWrite',
  'output',
  'audioInput',
  'audioOutput',
  'imageInput',
  'imageOutput',
] as const;
const FREE: Partial<PriceRow> = { free: true, ...Object.fromEntries(RATES.map((kind) => [kind, 0])) };
const dearestOf = new Map<string, PriceRow>();

/** Field by field the dearest of some rows; the smallest output, since a cap above the model's own is refused. */
function dearest(id: string, among: readonly [PriceRow, ...PriceRow[]]): PriceRow {
  const most = (of: (row: PriceRow) => number) => Math.max(...among.map(of));
  const byUnit = among.every((row) => row.unit)
    ? among.reduce((a, b) => (unitNano(b) > unitNano(a) ? b : a)).unit
    : undefined;
  const writing = among.filter((row) => row.outputTokensMax > 0 && !row.unit);
  const large = writing.filter((row) => row.contextTokens >= 128_000);
  const outputs = (large.length > 0 ? large : writing).map((row) => row.outputTokensMax);
  const { pictureTokens: _pictures, unit: _unit, ...rest } = among[0];
  return {
    ...rest,
    id,
    family: id,
    ...Object.fromEntries(RATES.map((kind) => [kind, most((row) => row[kind])])),
    priorityPercent: most((row) => row.priorityPercent),
    longContext: among.some((row) => row.longContext),
    contextTokens: most((row) => row.contextTokens),
    outputTokensMax: outputs.length === 0 ? 0 : Math.min(...outputs),
    reasoning: among.some((row) => row.reasoning),
    speaks: among.some((row) => row.speaks),
    imageTokensMax: most((row) => row.imageTokensMax),
    ...(byUnit && { unit: byUnit }),
  };
}

function unitNano(row: PriceRow): number {
  const nano = row.unit?.nano ?? 0;
  return typeof nano === 'number' ? nano : Math.max(...Object.values(nano));
}

/** The family a name belongs to by its beginning: `gpt-5.9-mini` is a `gpt-5`, `gpt-50` is not. */
function familyOf(model: string): string | undefined {
  const name = model.startsWith('ft:') ? model.slice(3) : model;
  return families.find((family) => name.startsWith(family) && !/^\d/.test(name.slice(family.length)));
}

function ceilingRow(model: string): PriceRow {
  const family = familyOf(model);
  const id = family ?? 'table';
  let found = dearestOf.get(id);
  if (!found) {
    const [first, ...others] = paid.filter((row) => (family ? row.family === family : !row.unit));
    if (!first) throw new Error('the price table is empty');
    found = dearest(id, [first, ...others]);
    dearestOf.set(id, found);
  }
  return found;
}

/** What a model without a price is charged at: field by field the dearest of its family, else of the whole table. */
export function ceilingFor(model: string, settings: PriceSettings): Price {
  return withSettings(ceilingRow(model), settings);
}

/**
 * Percent of the default rate: what a call may cost that asks for this tier.
 * `undefined` if there is no such tier: the request must be refused.
 */
export function requestedPercent(price: Price, serviceTier: string | undefined): number | undefined {
  switch (serviceTier) {
    case undefined:
    case 'auto':
      return price.autoPercent;
    case 'default':
    case 'scale': // capacity paid for beforehand; what exceeds it is served as default
    case 'flex': // may be served as default
      return 100;
    case 'priority':
    case 'fast':
      return price.priorityPercent;
    default:
      return undefined;
  }
}

/** Percent of the default rate of the tier that served a call; a tier nobody knows costs the dearest. */
function servedPercent(price: Price, serviceTier: string | undefined): number {
  if (serviceTier === 'flex' || serviceTier === 'batch') return 50;
  if (serviceTier === undefined || serviceTier === 'auto') return 100;
  return requestedPercent(price, serviceTier) ?? price.priorityPercent;
}

const LONG_CONTEXT_TOKENS = 272_000;

/** Pico-dollars of input and output to nano-dollars, multiplied by percentages, rounded up, never over the maximum. */
function total(price: Price, inputTokens: number, input: bigint, output: bigint, percent: number): NanoUsd {
  const long = price.longContext && inputTokens >= LONG_CONTEXT_TOKENS;
  const pico = input * (long ? 200n : 100n) + output * (long ? 150n : 100n);
  const scaled = pico * BigInt(percent) * BigInt(price.regionPercent);
  const nano = (scaled + 999_999_999n) / 1_000_000_000n;
  return nano > BigInt(NANO_USD_MAX) ? NANO_USD_MAX : Number(nano);
}

const times = (count: number, rate: number): bigint => BigInt(count) * BigInt(rate);

/**
 * What these tokens cost, in nano-dollars rounded up. Only text counts as cached: parts that cost more per token than
 * text (sound, pictures) are charged in full.
 * @param serviceTier what the caller asked for; what the answer says it was served at goes before it
 */
export function costNano(price: Price, usage: TokenUsage, serviceTier?: string): NanoUsd {
  const { inputAudioTokens, inputImageTokens, outputAudioTokens, outputImageTokens } = usage;
  const text = Math.max(0, usage.inputTokens - inputAudioTokens - inputImageTokens);
  const cached = Math.min(usage.cachedTokens, text);
  const written = Math.min(usage.cacheWriteTokens, text - cached);
  const input =
    times(text - cached - written, price.input) +
    times(cached, price.cached) +
    times(written, price.cacheWrite) +
    times(inputAudioTokens, price.audioInput) +
    times(inputImageTokens, price.imageInput);
  const output =
    times(Math.max(0, usage.outputTokens - outputAudioTokens - outputImageTokens), price.output) +
    times(outputAudioTokens, price.audioOutput) +
    times(outputImageTokens, price.imageOutput);
  return total(
    price,
    usage.inputTokens,
    input,
    output,
    servedPercent(price, usage.serviceTier ?? serviceTier),
  );
}

/**
 * The most so many tokens can cost, in nano-dollars: the dearest rate of input and of output that can apply.
 * @param outputTokens of one choice
 */
export function reserveNano(
  price: Price,
  inputTokens: number,
  outputTokens: number,
  n: number,
  facts: Pick<RequestFacts, 'serviceTier' | 'images' | 'audioBytes'>,
): NanoUsd {
  const inputRate = Math.max(
    price.input,
    price.cacheWrite,
    facts.images > 0 ? price.imageInput : 0,
    facts.audioBytes > 0 ? price.audioInput : 0,
  );
  const outputRate = Math.max(price.output, price.audioOutput, price.imageOutput);
  const percent = Math.max(100, requestedPercent(price, facts.serviceTier) ?? price.priorityPercent);
  const output = times(outputTokens, outputRate) * BigInt(n);
  return total(price, inputTokens, times(inputTokens, inputRate), output, percent);
}

/** What units cost that are not tokens (seconds, characters, pictures), region included. */
export function unitsNano(price: Price, count: number, nano: NanoUsd): NanoUsd {
  const cost = (BigInt(Math.ceil(count)) * BigInt(nano) * BigInt(price.regionPercent) + 99n) / 100n;
  return cost > BigInt(NANO_USD_MAX) ? NANO_USD_MAX : Number(cost);
}

/** A container's price for 20 minutes by its memory, in nano-dollars; the default first, the dearest last. */
const MEMORY_NANO = new Map([
  ['1g', 30_000_000],
  ['4g', 120_000_000],
  ['16g', 480_000_000],
  ['64g', 1_920_000_000],
]);

/** Nano-dollars of a container; a size nobody knows costs the dearest. */
export function containerNano(memory = '1g'): NanoUsd {
  return MEMORY_NANO.get(memory) ?? Math.max(...MEMORY_NANO.values());
}

const CONTAINERS = new Set(['code_interpreter', 'shell']);

/** Nano-dollars of one call of a hosted tool, by its type; one nobody knows costs the dearest. */
export function toolNano(type: string, memory?: string): NanoUsd {
  const plain = type.replace(/_\d{4}_\d{2}_\d{2}$/, '');
  if (CONTAINERS.has(plain)) return containerNano(memory);
  return TOOL_NANO.get(plain) ?? Math.max(...TOOL_NANO.values());
}
