/** Prices by name: known ones exact, unknown ones never free, reservations never below what is charged. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TokenUsage } from '../../src/openai/endpoint.ts';
import { PRICE_ALIASES, PRICE_TABLE } from '../../src/openai/price-table.ts';
import {
  ceilingFor,
  containerNano,
  costNano,
  findPrice,
  modelsSchema,
  requestedPercent,
  reserveNano,
  toolNano,
  unitsNano,
} from '../../src/openai/prices.ts';

const defaults = modelsSchema.parse({});
const found = (name: string, settings: object = {}) => findPrice(name, modelsSchema.parse(settings));
const usd = (perMillion: number) => perMillion * 1e6;
const NONE: TokenUsage = {
  inputTokens: 0,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  inputAudioTokens: 0,
  inputImageTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  outputAudioTokens: 0,
  outputImageTokens: 0,
};
const share = (of: number, part: number) => Math.floor((of * part) / 3000);
const plain = { images: 0, audioBytes: 0 };

describe('the table', () => {
  test('holds integers, one row a name, and no alias that leads nowhere', () => {
    const ids = PRICE_TABLE.map((row) => row.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const row of PRICE_TABLE) {
      const numbers = Object.values(row).filter((value) => typeof value === 'number');
      expect([row.id, numbers.every((value) => Number.isSafeInteger(value) && value >= 0)]).toEqual([
        row.id,
        true,
      ]);
      const costs = row.input + row.output > 0 || row.unit !== undefined || row.free === true;
      expect([row.id, costs]).toEqual([row.id, true]);
      expect([row.id, row.cached <= row.input && row.cacheWrite >= row.input]).toEqual([row.id, true]);
    }
    for (const [alias, id] of Object.entries(PRICE_ALIASES)) {
      expect([alias, ids.includes(alias), ids.includes(id)]).toEqual([alias, false, true]);
    }
  });

  test.each([
    ['gpt-4o', 2.5, 1.25, 10],
    ['gpt-4o-2024-08-06', 2.5, 1.25, 10],
    ['gpt-4o-2024-11-20', 2.5, 1.25, 10],
    ['gpt-4o-2024-05-13', 5, 5, 15], // a snapshot with a price of its own
    ['gpt-4o-mini', 0.15, 0.075, 0.6],
    ['gpt-4o-mini-2024-07-18', 0.15, 0.075, 0.6],
    ['gpt-4.1-nano-2025-04-14', 0.1, 0.025, 0.4],
    ['gpt-5-nano', 0.05, 0.005, 0.4],
    ['gpt-5.6', 4, 0.4, 20],
    ['gpt-6-luna-2026-10-01', 0.1, 0.01, 0.5],
    ['o3', 2, 0.5, 8],
    ['gpt-3.5-turbo', 0.5, 0.5, 1.5],
    ['text-embedding-3-small', 0.02, 0.02, 0],
    ['ft:gpt-4o-mini-2024-07-18:acme::abc123', 0.3, 0.15, 1.2],
    ['ft:gpt-3.5-turbo-0125:acme:x:y', 3, 3, 6],
  ])('%s costs $%f, $%f cached, $%f', (name, input, cached, output) => {
    expect(found(name)).toMatchObject({ input: usd(input), cached: usd(cached), output: usd(output) });
  });

  test.each([
    'GPT-4o',
    'gpt-4o ',
    'gpt-4o-',
    'gpt-4o-2024',
    'gpt-4o-2024-08-06-x',
    'ft:o3:acme::1',
    '',
    '__proto__',
    'constructor',
    'toString',
  ])('%j has no price', (name) => expect(found(name)).toBeUndefined());
});

describe('configuration', () => {
  test('a custom price goes before the table and keeps what the table knows beside it', () => {
    const price = found('gpt-4o', { prices: { 'gpt-4o': { inputUsd: 1, outputUsd: 2 } } });
    expect(price).toMatchObject({ input: usd(1), cached: usd(1), output: usd(2), contextTokens: 128_000 });
  });
  test('a model of the operator gets the price that was said', () => {
    const prices = {
      mine: { inputUsd: 0.0000001, outputUsd: 3, reasoning: true, contextTokens: 1000, outputTokensMax: 50 },
    };
    expect(found('mine', { prices })).toMatchObject({
      input: 1,
      output: usd(3),
      reasoning: true,
      contextTokens: 1000,
    });
    expect(found('yours', { prices })).toBeUndefined();
  });
  test('an alias has the price of what it names', () => {
    expect(found('fast', { aliases: { fast: 'gpt-4o-mini' } })?.id).toBe('gpt-4o-mini');
  });
  test('free is what is listed by name, and nothing else', () => {
    const settings = { free: ['local'] };
    const price = found('local', settings);
    if (!price) throw new Error('no price');
    expect(reserveNano(price, 1000, 1000, 2, plain)).toBe(0);
    expect(found('local-2', settings)).toBeUndefined();
    expect(ceilingFor('omni-moderation-9', defaults).output).toBeGreaterThan(0);
  });
  test('a price of 0, an unknown field and a negative price are faults', () => {
    for (const price of [
      { inputUsd: 0, outputUsd: 1 },
      { inputUsd: 1, outputUsd: 1, x: 1 },
      { inputUsd: -1, outputUsd: 1 },
    ]) {
      expect(modelsSchema.safeParse({ prices: { m: price } }).success).toBe(false);
    }
  });
  test('the region multiplies every price', () => {
    const price = found('gpt-4o', { regionMultiplier: 1.1 });
    if (!price) throw new Error('no price');
    expect(costNano(price, { ...NONE, inputTokens: 1000, outputTokens: 1000 })).toBe(13_750_000);
    expect(unitsNano(price, 3, 7)).toBe(24); // 23.1, up
  });
});

describe('the ceiling', () => {
  test('is the dearest of the family', () => {
    expect(ceilingFor('gpt-5.9-ultra', defaults)).toMatchObject({
      input: usd(30),
      output: usd(180),
      reasoning: true,
    });
    expect(ceilingFor('text-embedding-4', defaults).input).toBe(usd(0.13));
    expect(ceilingFor('tts-9', defaults).unit).toEqual({ per: 'character', nano: 30_000 });
    expect(ceilingFor('ft:gpt-4.1-x:acme::1', defaults).output).toBe(usd(12));
  });
  test('is the dearest of the table where there is no family', () => {
    for (const name of ['gpt-50', 'claude', '', '__proto__']) {
      expect(ceilingFor(name, defaults)).toMatchObject({
        input: usd(150),
        output: usd(600),
        reasoning: true,
      });
    }
  });
  test('is at least the price of every model of its family', () => {
    for (const row of PRICE_TABLE.filter((row) => !row.unit && !row.free)) {
      const ceiling = ceilingFor(`${row.family}-unheard-of`, defaults);
      expect([row.id, ceiling.input >= row.input && ceiling.output >= row.output]).toEqual([row.id, true]);
      expect(ceilingFor('unheard-of', defaults).output).toBeGreaterThanOrEqual(ceiling.output);
    }
  });
});

describe('costs', () => {
  const gpt4o = findPrice('gpt-4o', defaults) ?? ceilingFor('', defaults);
  const long = findPrice('gpt-5.5', defaults) ?? gpt4o;
  const sol = findPrice('gpt-6-sol', defaults) ?? gpt4o;

  test.each([
    ['input and output', gpt4o, { inputTokens: 1000, outputTokens: 100 }, undefined, 3_500_000],
    ['cached input', gpt4o, { inputTokens: 1000, cachedTokens: 1000 }, undefined, 1_250_000],
    [
      'no more cached than there was input',
      gpt4o,
      { inputTokens: 10, cachedTokens: 1_000_000 },
      undefined,
      12_500,
    ],
    ['cache writes', sol, { inputTokens: 1000, cacheWriteTokens: 1000 }, undefined, 2_500_000],
    ['flex is half', gpt4o, { inputTokens: 1000 }, 'flex', 1_250_000],
    ['batch is half', gpt4o, { inputTokens: 1000 }, 'batch', 1_250_000],
    ['priority is dearer', gpt4o, { inputTokens: 1000 }, 'priority', 4_250_000],
    ['fast is priority', gpt4o, { inputTokens: 1000 }, 'fast', 4_250_000],
    ['an answer from a tier nobody knows is the dearest', gpt4o, { inputTokens: 1000 }, 'warp', 4_250_000],
    [
      'the tier of the answer goes before the one asked for',
      gpt4o,
      { inputTokens: 1000, serviceTier: 'default' },
      'priority',
      2_500_000,
    ],
    ['short of long context', long, { inputTokens: 271_999, outputTokens: 10 }, undefined, 1_360_295_000],
    [
      'long context: all input twice, all output half as much again',
      long,
      { inputTokens: 272_000, outputTokens: 10 },
      undefined,
      2_720_450_000,
    ],
  ])('%s', (_name, price, usage, tier, nano) => {
    expect(costNano(price, { ...NONE, ...usage }, tier)).toBe(nano);
  });

  test('sound costs its own rate', () => {
    const audio = findPrice('gpt-audio', defaults) ?? gpt4o;
    const usage = {
      ...NONE,
      inputTokens: 110,
      inputAudioTokens: 100,
      outputTokens: 60,
      outputAudioTokens: 50,
    };
    expect(costNano(audio, usage)).toBe(10 * 2500 + 100 * 32_000 + 10 * 10_000 + 50 * 64_000);
  });
  test('rounds up: one token of the cheapest model is a nano-dollar, not nothing', () => {
    const nano = findPrice(
      'gpt-5-nano',
      modelsSchema.parse({ prices: { 'gpt-5-nano': { inputUsd: 0.000001, outputUsd: 1 } } }),
    );
    expect(nano && costNano(nano, { ...NONE, inputTokens: 1 })).toBe(1);
  });
  test('tiers asked for: an unknown one has no price', () => {
    expect(requestedPercent(gpt4o, undefined)).toBe(170);
    expect(requestedPercent(gpt4o, 'auto')).toBe(170);
    expect(requestedPercent(gpt4o, 'default')).toBe(100);
    expect(requestedPercent(gpt4o, 'flex')).toBe(100);
    expect(requestedPercent(gpt4o, 'warp')).toBeUndefined();
    const told = findPrice('gpt-4o', modelsSchema.parse({ projectServiceTier: 'default' })) ?? long;
    expect(requestedPercent(told, 'auto')).toBe(100);
    expect(requestedPercent(told, 'priority')).toBe(170);
  });
  test('tools: dated types, containers by memory, unknown ones at the dearest', () => {
    expect(toolNano('web_search_2025_08_26')).toBe(10_000_000);
    expect(toolNano('code_interpreter')).toBe(30_000_000);
    expect(toolNano('code_interpreter', '64g')).toBe(1_920_000_000);
    expect(containerNano('constructor')).toBe(1_920_000_000);
    expect(toolNano('toString')).toBe(500_000_000);
  });

  test('no usage within a reservation costs more than it', () => {
    const seed = Date.now() & 0x7fffffff;
    const rows = PRICE_TABLE.filter((row) => !row.unit && !row.free);
    const size = fc.nat(2_000_000);
    fc.assert(
      fc.property(
        fc.constantFrom(...rows),
        size,
        size,
        fc.array(fc.nat(1000), { minLength: 6, maxLength: 6 }),
        fc.constantFrom('default', 'flex', 'priority', undefined),
        (row, input, output, parts, tier) => {
          const price = findPrice(row.id, defaults);
          if (!price) throw new Error(`no price for ${row.id}`);
          const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = parts;
          const usage: TokenUsage = {
            inputTokens: input,
            cachedTokens: share(input, a),
            cacheWriteTokens: share(input, b),
            inputAudioTokens: share(input, c),
            inputImageTokens: share(input, d),
            outputTokens: output,
            reasoningTokens: 0,
            outputAudioTokens: share(output, e),
            outputImageTokens: share(output, f),
            serviceTier: tier,
          };
          const most = reserveNano(price, input, output, 1, { images: 1, audioBytes: 1, serviceTier: tier });
          const cost = costNano(price, usage, tier);
          expect(Number.isSafeInteger(most) && Number.isSafeInteger(cost) && cost >= 0).toBe(true);
          expect(cost).toBeLessThanOrEqual(most);
        },
      ),
      { seed, numRuns: 2000 },
    );
  });
});
