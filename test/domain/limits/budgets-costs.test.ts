/** What is reserved for a call: by model, service tier, tools, references and units. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../../../src/base/errors.ts';
import { quote } from '../../../src/domain/limits/budgets.ts';
import type { Tier } from '../../../src/domain/limits/tiers.ts';
import type { RequestFacts } from '../../../src/openai/endpoint.ts';
import { ENDPOINTS } from '../../../src/openai/endpoints/index.ts';
import { PRICE_TABLE } from '../../../src/openai/price-table.ts';
import { ask, FREE, named, PRO, refusal, told } from '../../support/quotes.ts';

describe('prices', () => {
  test('an unknown model: a ceiling, or refused', () => {
    const ceiling = ask({ facts: { model: 'gpt-5.9', ...named(100) } });
    expect(ceiling).toMatchObject({ unpriced: true, nano: 124 * 30_000 + 100 * 180_000 });
    expect(refusal({ facts: { model: 'gpt-5.9' }, models: { unpriced: 'refuse' } })).toBe(
      'request.unpriced model',
    );
    expect(refusal({ facts: { model: 'gpt-5' }, models: { unpriced: 'refuse' } })).toBeUndefined();
    expect(ask({ facts: { model: undefined }, path: '/responses' })).toMatchObject({ unpriced: true });
  });
  test('free models cost nothing and are bounded all the same', () => {
    const models = { free: ['gpt-4o-mini'] };
    expect(ask({ tier: PRO, models })).toMatchObject({
      nano: 0,
      outputCap: 3876,
      tokens: 4000,
      unpriced: false,
    });
    expect(refusal({ tier: PRO, models, facts: named(9000) })).toBe('request.over_cap max_tokens');
  });
  test.each<[string, string | undefined, object | undefined, number]>([
    ['none, project unknown', undefined, {}, 250],
    ['auto, project unknown', 'auto', {}, 250],
    ['auto, project told', 'auto', undefined, 150],
    ['default', 'default', {}, 150],
    ['flex, which may be served as default', 'flex', {}, 150],
    ['priority', 'priority', undefined, 250],
    ['fast', 'fast', undefined, 250],
  ])('service tier %s', (_name, serviceTier, models, perToken) => {
    const { nano } = ask({ facts: { serviceTier, ...named(1) }, ...(models && { models }) });
    const percent = perToken === 250 ? 167 : 100;
    expect(nano).toBe(Math.ceil(((124 * 150 + 600) * percent) / 100));
  });
  test('an unknown service tier is refused', () => {
    for (const serviceTier of ['warp', 'batch', ''])
      expect(refusal({ facts: { serviceTier } })).toBe('request.invalid_field service_tier');
  });
  test('long context, cache writes and sound are reserved at the dearest', () => {
    const long = { model: 'gpt-6-sol', textBytes: 272_000, ...named(10) };
    expect(ask({ facts: long }).nano).toBe((272_024 * 2500 * 2 * 100 + 10 * 10_000 * 150) / 100);
    expect(ask({ facts: { ...long, textBytes: 1000 } }).nano).toBe(1024 * 2500 + 10 * 10_000);
    expect(ask({ facts: { model: 'gpt-audio', audioBytes: 750, ...named(10) } }).nano).toBe(
      134 * 32_000 + 10 * 64_000,
    );
  });
});

describe('what upstream adds', () => {
  test('hosted tools: the context for each call and one more, with the cap sent', () => {
    const quoted = ask({
      path: '/responses',
      facts: { hostedTools: ['web_search'], ...named(100, 'max_output_tokens') },
    });
    expect(quoted).toMatchObject({ maxToolCalls: 8, inputTokens: 128_000 * 9, toolNano: 8 * 10_000_000 });
    expect(quoted.nano).toBe(128_000 * 9 * 150 + 100 * 600 + 8 * 10_000_000);
  });
  test("the caller's own cap of tool calls is kept", () => {
    const quoted = ask({
      path: '/responses',
      facts: { hostedTools: ['web_search', 'file_search'], maxToolCalls: 2 },
    });
    expect(quoted).toMatchObject({ inputTokens: 128_000 * 3, toolNano: 2 * 10_000_000 });
    expect(quoted.maxToolCalls).toBeUndefined();
  });
  test('a cap of no tool calls is kept, and not relied on', () => {
    const quoted = ask({ path: '/responses', facts: { hostedTools: ['web_search'], maxToolCalls: 0 } });
    expect(quoted.toolNano).toBe(8 * 10_000_000);
    expect(quoted.maxToolCalls).toBeUndefined();
  });
  test('a tool nobody knows costs the dearest; chat has no cap of calls to send', () => {
    expect(ask({ path: '/responses', facts: { hostedTools: ['unheard_of'] } }).toolNano).toBe(
      8 * 500_000_000,
    );
    const chat = ask({ facts: { hostedTools: ['web_search_preview'] } });
    expect(chat).toMatchObject({ inputTokens: 256_000, toolNano: 25_000_000 });
    expect(chat.maxToolCalls).toBeUndefined();
  });
  test("chained input: the parent's tokens if known, else the model's context", () => {
    const facts = { chained: ['previous_response_id'], ...named(10, 'max_output_tokens') };
    expect(ask({ path: '/responses', facts, chainedTokens: 500 }).inputTokens).toBe(500 + 124);
    expect(ask({ path: '/responses', facts }).inputTokens).toBe(128_000);
    expect(ask({ path: '/responses', facts, tier: PRO }).tokens).toBe(128_010);
  });
  test('an absurd number of tool calls is held by the largest amount there is', () => {
    const quoted = ask({
      path: '/responses',
      facts: { hostedTools: ['web_search'], maxToolCalls: 1_000_000_000_000 },
    });
    expect(Number.isSafeInteger(quoted.nano) && Number.isSafeInteger(quoted.tokens)).toBe(true);
  });
});

describe('units', () => {
  test.each<[string, string, Partial<RequestFacts>, number]>([
    [
      'dall-e-3, standard square',
      '/images/generations',
      { model: 'dall-e-3', size: '1024x1024', quality: 'standard' },
      40_000_000,
    ],
    ['dall-e-3, quality open', '/images/generations', { model: 'dall-e-3', size: '1024x1024' }, 80_000_000],
    ['dall-e-3, all open', '/images/generations', { model: 'dall-e-3' }, 120_000_000],
    ['dall-e-3, a size nobody knows', '/images/generations', { model: 'dall-e-3', size: '9x9' }, 120_000_000],
    ['dall-e-2, five', '/images/generations', { model: 'dall-e-2', n: 5 }, 100_000_000],
    [
      'gpt-image-1, low, two',
      '/images/generations',
      { model: 'gpt-image-1', quality: 'low', n: 2 },
      2 * (124 * 5000 + 708 * 40_000),
    ],
    ['gpt-image-1, open', '/images/generations', { model: 'gpt-image-1' }, 124 * 5000 + 6540 * 40_000],
    [
      'gpt-image-1, an edit',
      '/images/edits',
      { model: 'gpt-image-1', images: 1 },
      (124 + 7337) * 10_000 + 6540 * 40_000,
    ],
    ['whisper, a minute', '/audio/transcriptions', { model: 'whisper-1', audioBytes: 45_000 }, 6_000_000],
    ['whisper, no bytes seen', '/audio/transcriptions', { model: 'whisper-1' }, 100_000],
    [
      'transcribe by tokens',
      '/audio/transcriptions',
      { model: 'gpt-4o-transcribe', audioBytes: 45_000 },
      (124 + 600) * 6000 + 2000 * 10_000,
    ],
    ['tts by characters', '/audio/speech', { model: 'tts-1', textBytes: 300, textChars: 100 }, 1_500_000],
    [
      'tts by bytes where characters are unknown',
      '/audio/speech',
      { model: 'tts-1-hd', textBytes: 300 },
      9_000_000,
    ],
    ['speech by tokens', '/audio/speech', { model: 'gpt-4o-mini-tts' }, 124 * 600 + 400 * 12_000],
    ['a video', '/videos', { model: 'sora-2', seconds: 8 }, 800_000_000],
    [
      'a search of a vector store',
      '/vector_stores/{vector_store_id}/search',
      { model: undefined },
      2_500_000,
    ],
    ['a container', '/containers', { model: undefined, memory: '4g' }, 120_000_000],
  ])('%s', (_name, path, facts, nano) => expect(ask({ path, facts }).nano).toBe(nano));

  test('deferred work is charged when it is made', () => {
    expect(ask({ path: '/batches', facts: { model: undefined } })).toMatchObject({
      nano: 10_000_000_000,
      unpriced: false,
    });
    expect(
      ask({ path: '/fine_tuning/jobs', facts: { model: 'gpt-4o' }, models: { unknowableUsd: 2 } }).nano,
    ).toBe(2_000_000_000);
  });
  test('an operation without a price: a ceiling, or refused', () => {
    const path = '/chatkit/sessions';
    expect(ask({ path, facts: { model: undefined } })).toMatchObject({
      unpriced: true,
      nano: 10_000_000_000,
    });
    expect(refusal({ path, facts: { model: undefined }, models: { unpriced: 'refuse' } })).toBe(
      'request.unpriced',
    );
  });
  test('what is free is free', () => {
    for (const path of ['/moderations', '/files']) {
      expect(ask({ path, facts: { model: 'unheard-of', textBytes: 1e9 }, tier: FREE })).toMatchObject({
        nano: 0,
        tokens: 0,
      });
    }
  });
});

const count = fc.nat(300_000);
const costly = ENDPOINTS.filter((row) => row.cost !== 'free' && row.refused === undefined);
const models = [
  ...PRICE_TABLE.filter((row) => !row.free).map((row) => row.id),
  'unheard-of',
  'gpt-5.9',
  undefined,
];
const calls = fc.record({
  endpoint: fc.constantFrom(...costly),
  facts: fc.record({
    model: fc.constantFrom(...models),
    n: fc.integer({ min: 0, max: 128 }),
    outputCap: fc.option(count, { nil: undefined }),
    textBytes: count,
    images: fc.nat(10),
    audioBytes: count,
    fileBytes: fc.nat(1000),
    hostedTools: fc.subarray(['web_search', 'mcp', 'x']),
    chained: fc.subarray(['conversation']),
    size: fc.constantFrom(undefined, 'auto', '1x1', '4000x4000', 'x'),
    quality: fc.constantFrom(undefined, 'low', 'hd'),
    seconds: fc.option(fc.double({ min: 0, max: 60, noNaN: true }), { nil: undefined }),
  }),
  max: fc.constantFrom(undefined, 1000, 4000, 100_000),
  remainingNano: fc.option(fc.nat(), { nil: undefined }),
  counted: fc.option(count, { nil: undefined }),
});

test('a quote is integers within the tier, never 0 but for what is free, and plain data', () => {
  let quoted = 0;
  const property = fc.property(calls, ({ endpoint, facts, max, remainingNano, counted }) => {
    const whole: RequestFacts = {
      stream: false,
      includeUsage: false,
      background: false,
      keeps: true,
      ...facts,
      capFields: facts.outputCap === undefined ? [] : ['max_tokens'],
    };
    const tokenCount = counted === undefined ? undefined : () => counted;
    const tier: Tier = { maxTokensPerRequest: max };
    let made;
    try {
      made = quote({ endpoint, facts: whole, tier, models: told, remainingNano, tokenCount });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return;
    }
    quoted += 1;
    const counts = [made.tokens, made.nano, made.inputTokens, made.outputTokens, made.n];
    expect(counts.every((each) => Number.isSafeInteger(each) && each >= 0)).toBe(true);
    expect(made.nano).toBeGreaterThan(0);
    expect((made.outputCap ?? 0) * made.n).toBeLessThanOrEqual(max ?? Infinity);
    expect(structuredClone(made)).toEqual(made);
  });
  fc.assert(property, { seed: Date.now() & 0x7fffffff, numRuns: 2000 });
  expect(quoted).toBeGreaterThan(200);
});
