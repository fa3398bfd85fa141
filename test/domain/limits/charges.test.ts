/** What a call is charged, by how it ended; nothing that may have run is free. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { charge, type Outcome, quote, streamOverran } from '../../../src/domain/limits/budgets.ts';
import type { RequestFacts, TokenUsage } from '../../../src/openai/endpoint.ts';
import { PRICE_TABLE } from '../../../src/openai/price-table.ts';
import { modelsSchema } from '../../../src/openai/prices.ts';
import { endpoint } from '../../support/quotes.ts';

const models = modelsSchema.parse({ projectServiceTier: 'default', free: ['gift'] });

const used = (inputTokens: number, outputTokens: number, more: Partial<TokenUsage> = {}): TokenUsage => ({
  inputTokens,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  inputAudioTokens: 0,
  inputImageTokens: 0,
  outputTokens,
  reasoningTokens: 0,
  outputAudioTokens: 0,
  outputImageTokens: 0,
  ...more,
});

const FACTS: RequestFacts = {
  model: 'gpt-4o-mini',
  stream: false,
  includeUsage: false,
  n: 1,
  outputCap: 1000,
  capFields: ['max_tokens'],
  background: false,
  keeps: true,
  hostedTools: [],
  textBytes: 100,
  images: 0,
  audioBytes: 0,
  fileBytes: 0,
  chained: [],
};

/** A call of 124 tokens of input and 1,000 of output at most. */
function end(outcome: Partial<Outcome>, facts: Partial<RequestFacts> = {}, path = '/chat/completions') {
  const row = endpoint(path);
  const whole = { ...FACTS, ...facts };
  const quoted = quote({ endpoint: row, facts: whole, tier: {}, models });
  const base = { sentUpstream: true, upstreamStatus: 200, streamed: false, contentEvents: 0 };
  return {
    quoted,
    charged: charge({ endpoint: row, facts: whole, quote: quoted, outcome: { ...base, ...outcome } }),
  };
}

const RESERVED = 124 * 150 + 1000 * 600;
const stream = { streamed: true, contentEvents: 10, contentTokens: 10 };

describe('usage known', () => {
  test.each<[string, Partial<Outcome>, object]>([
    ['is charged', { usage: used(20, 10) }, { tokens: 30, nano: 20 * 150 + 10 * 600, over: false }],
    ['is charged for a stream too', { ...stream, usage: used(20, 10) }, { tokens: 30, nano: 9000 }],
    ['cached input is cheaper', { usage: used(20, 10, { cachedTokens: 20 }) }, { nano: 20 * 75 + 6000 }],
    ['by the tier in the answer', { usage: used(20, 10, { serviceTier: 'flex' }) }, { nano: 4500 }],
    [
      'by a dearer tier in the answer',
      { usage: used(20, 10, { serviceTier: 'priority' }) },
      { nano: 15_030 },
    ],
    [
      'above the reservation in full, and said',
      { usage: used(124, 2000) },
      { tokens: 2124, nano: 124 * 150 + 2000 * 600, over: true },
    ],
    ['even after an error', { upstreamStatus: 500, usage: used(20, 10) }, { nano: 9000 }],
    ['even after a refusal', { upstreamStatus: 429, usage: used(20, 10) }, { nano: 9000 }],
  ])('%s', (_name, outcome, expected) => {
    expect(end(outcome).charged).toMatchObject({ release: false, ...expected });
  });
  test('hosted tools: each call is charged, all reserved ones if nobody says how many', () => {
    const facts = { hostedTools: ['web_search_preview'], capFields: ['max_output_tokens'] };
    const counted = end(
      { usage: used(20, 10, { toolCalls: { web_search: 2, mcp: 5 } }) },
      facts,
      '/responses',
    );
    expect(counted.charged.nano).toBe(9000 + 2 * 25_000_000);
    expect(end({ usage: used(20, 10) }, facts, '/responses').charged.nano).toBe(9000 + 8 * 25_000_000);
    const shell = { usage: used(20, 10, { toolCalls: { shell: 3 } }) };
    expect(end(shell, {}, '/responses').charged.nano).toBe(9000);
    expect(end(shell, { hostedTools: ['shell'] }, '/responses').charged.nano).toBe(9000 + 3 * 30_000_000);
  });
  test('by the second where sound has a price by the second', () => {
    const facts = { model: 'whisper-1', audioBytes: 45_000, outputCap: undefined, capFields: [] };
    const heard = end({ usage: used(0, 0, { seconds: 9.2 }) }, facts, '/audio/transcriptions');
    expect(heard.charged).toMatchObject({ nano: 1_000_000, over: false });
    expect(end({ usage: used(5, 5) }, facts, '/audio/transcriptions').charged.nano).toBe(heard.quoted.nano);
  });
});

describe('usage unknown', () => {
  test.each<[string, Partial<Outcome>, object]>([
    ['nothing was sent', { sentUpstream: false, upstreamStatus: 0 }, { tokens: 0, nano: 0, release: true }],
    [
      'upstream refused it: counted, not charged',
      { upstreamStatus: 400 },
      { tokens: 0, nano: 0, release: false },
    ],
    ['upstream limited it', { upstreamStatus: 429 }, { tokens: 0, nano: 0, release: false }],
    [
      'upstream failed: it may have run',
      { upstreamStatus: 500 },
      { tokens: 1124, nano: RESERVED, release: false },
    ],
    ['no head came', { upstreamStatus: 0 }, { tokens: 1124, nano: RESERVED, release: false }],
    ['an answer without a report', {}, { tokens: 1124, nano: RESERVED, release: false }],
    ['a stream: input, what was seen, 64', stream, { tokens: 124 + 74, nano: 124 * 150 + 74 * 600 }],
    [
      'a stream: events, where more than tokens',
      { ...stream, contentEvents: 20 },
      { nano: 124 * 150 + 84 * 600 },
    ],
    [
      'a stream: tokens, where more than events',
      { ...stream, contentTokens: 500 },
      { nano: 124 * 150 + 564 * 600 },
    ],
    [
      'a stream nobody counted: by its characters',
      { ...stream, contentTokens: undefined, contentChars: 50 },
      { nano: 124 * 150 + 214 * 600 },
    ],
    ['a stream nobody looked at', { ...stream, contentTokens: undefined }, { nano: RESERVED }],
    [
      'a stream of nothing yet',
      { streamed: true, contentEvents: 0, contentTokens: 0 },
      { nano: 124 * 150 + 64 * 600 },
    ],
    [
      'a long stream: never above the reservation',
      { ...stream, contentEvents: 5000 },
      { tokens: 1124, nano: RESERVED },
    ],
  ])('%s', (_name, outcome, expected) => {
    expect(end(outcome).charged).toMatchObject({ over: false, ...expected });
  });
  test.each<[string, Partial<RequestFacts>, string]>([
    ['a reasoning model', { model: 'gpt-5' }, '/chat/completions'],
    ['a model that speaks', { model: 'gpt-audio' }, '/chat/completions'],
    ['sound in the input', { audioBytes: 100 }, '/chat/completions'],
    ['hosted tools', { hostedTools: ['web_search'] }, '/responses'],
    ['background work', { background: true }, '/responses'],
    ['pictures', { model: 'gpt-image-1', outputCap: undefined, capFields: [] }, '/images/generations'],
    ['a model nobody knows', { model: 'unheard-of' }, '/chat/completions'],
  ])('%s, streamed: the whole reservation', (_name, facts, path) => {
    const { quoted, charged } = end(stream, facts, path);
    expect(charged).toEqual({ tokens: quoted.tokens, nano: quoted.nano, release: false, over: false });
    expect(charged.nano).toBeGreaterThan(0);
  });
  test('a report that costs nothing is none', () => {
    const facts = { model: 'text-embedding-3-small', outputCap: undefined, capFields: [] };
    for (const usage of [used(0, 5), used(0, 0), used(0, 0, { seconds: 9 })]) {
      const { quoted, charged } = end({ usage }, facts, '/embeddings');
      expect([charged.nano, charged.nano > 0]).toEqual([quoted.nano, true]);
    }
    expect(end({ usage: used(5, 0) }, facts, '/embeddings').charged.nano).toBe(100);
  });
  test('a free model stays free', () => {
    for (const outcome of [{}, stream, { usage: used(20, 10) }]) {
      expect(end(outcome, { model: 'gift' }).charged).toMatchObject({ nano: 0, over: false });
    }
    expect(end({ usage: used(20, 10) }, { model: 'gift' }).charged.tokens).toBe(30);
  });
  test('a call that was never priced has nothing to settle', () => {
    const outcome = { sentUpstream: false, upstreamStatus: 0, streamed: false, contentEvents: 0 };
    const charged = charge({ endpoint: endpoint('/files'), facts: FACTS, quote: undefined, outcome });
    expect(charged).toEqual({ tokens: 0, nano: 0, release: true, over: false });
  });
});

describe('a stream that no honest answer can be', () => {
  const { quoted } = end({}, { n: 2 });
  test.each<[string, number, number, boolean]>([
    ['short', 10, 100, false],
    ['as many events as tokens, and the margin', 2064, 100, false],
    ['more', 2065, 100, true],
    ['as many bytes as tokens can have', 10, 32 * 2000 + 4096, false],
    ['more bytes', 10, 32 * 2000 + 4097, true],
  ])('%s', (_name, events, bytes, overran) => expect(streamOverran(quoted, events, bytes)).toBe(overran));
  test('without a cap there is no such bound', () => {
    const pictures = end(
      {},
      { model: 'gpt-image-1', outputCap: undefined, capFields: [] },
      '/images/generations',
    );
    expect(streamOverran(pictures.quoted, 1e9, 1e9)).toBe(false);
  });
});

test('a charge is integers, never above the reservation unless upstream says so, never 0 once something may have run', () => {
  const names = [...PRICE_TABLE.filter((row) => !row.free).map((row) => row.id), 'unheard-of'];
  const count = fc.nat(3000);
  const usage = fc.record({
    input: count,
    output: count,
    cached: count,
    tier: fc.constantFrom(undefined, 'default', 'priority', 'x'),
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.record({
        status: fc.constantFrom(0, 200, 400, 429, 500, 503),
        streamed: fc.boolean(),
        events: count,
        counted: fc.option(count, { nil: undefined }),
        usage: fc.option(usage, { nil: undefined }),
        n: fc.integer({ min: 1, max: 4 }),
      }),
      (model, { status, streamed, events, counted, usage: report, n }) => {
        const told =
          report &&
          used(report.input, report.output, { cachedTokens: report.cached, serviceTier: report.tier });
        const outcome = {
          upstreamStatus: status,
          streamed,
          contentEvents: events,
          contentTokens: counted,
          usage: told,
        };
        const { quoted, charged } = end(outcome, { model, n });
        expect(
          [charged.tokens, charged.nano].every((amount) => Number.isSafeInteger(amount) && amount >= 0),
        ).toBe(true);
        expect(charged.over || (charged.nano <= quoted.nano && charged.tokens <= quoted.tokens)).toBe(true);
        expect(charged.nano > 0 || (status >= 400 && status < 500)).toBe(true);
        expect(!charged.over || told !== undefined).toBe(true);
      },
    ),
    { seed: Date.now() & 0x7fffffff, numRuns: 2000 },
  );
});
