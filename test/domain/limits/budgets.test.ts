/** Which calls a tier and a budget admit, and with which cap; a benign twin for each refusal. */
import { describe, expect, test } from 'vitest';
import type { Tier } from '../../../src/domain/limits/tiers.ts';
import type { RequestFacts } from '../../../src/openai/endpoint.ts';
import { type Ask, ask, FREE, named, PRO, refusal } from '../../support/quotes.ts';

/** Tokens beside the text: one message. */
const BESIDE = 24;

const never = (): number => {
  throw new Error('counted');
};
/** Nano-dollars of 124 tokens of input at 150 and some output at 600. */
const cost = (output: number) => 124 * 150 + output * 600;

describe('the smallest tier', () => {
  test('an ordinary short call without a cap fits, with most of the tier left for its answer', () => {
    const quoted = ask({ tier: FREE, facts: { textBytes: 180 }, models: {} });
    expect(quoted).toMatchObject({
      setCap: true,
      capField: 'max_completion_tokens',
      outputCap: 1000 - 180 - BESIDE,
      tokens: 1000,
    });
    expect(quoted.nano * 90).toBeLessThan(100_000_000); // 90 such calls a day at least, at the dearest service tier
  });
  test('a prompt of 3 KB is counted, and fits', () => {
    let counted = 0;
    const tokenCount = () => {
      counted += 1;
      return 700;
    };
    expect(ask({ tier: FREE, facts: { textBytes: 3000 }, tokenCount })).toMatchObject({
      outputCap: 1000 - 700 - BESIDE,
    });
    expect(counted).toBe(1);
    expect(refusal({ tier: FREE, facts: { textBytes: 3000 } })).toBe('request.over_cap');
  });
  test('a cap of 0 holds nothing: it is left as it is, and all the model can say is reserved', () => {
    const quoted = ask({ facts: named(0), models: {} });
    expect(quoted).toMatchObject({ setCap: false, outputTokens: 16_384 });
    expect(quoted.outputCap).toBeUndefined();
    expect(refusal({ tier: FREE, facts: named(0) })).toBe('request.over_cap max_tokens');
  });
  test('nothing is counted where the bytes decide', () => {
    for (const facts of [{ textBytes: 400 }, { textBytes: 400, ...named(500) }]) {
      expect(ask({ tier: FREE, facts, tokenCount: never }).tokens).toBeLessThanOrEqual(1000);
    }
    expect(ask({ facts: { textBytes: 16_000 }, tokenCount: never }).outputCap).toBe(16_384);
    expect(
      ask({
        path: '/embeddings',
        tier: FREE,
        facts: { model: 'text-embedding-3-small', textBytes: 900 },
        tokenCount: never,
      }).tokens,
    ).toBe(924);
  });
  test('the text of a model nobody knows is not counted: nobody knows how', () => {
    const facts = { model: 'unheard-of', textBytes: 900 };
    expect(ask({ tier: FREE, facts, tokenCount: never })).toMatchObject({ outputCap: 1000 - 900 - BESIDE });
  });
  test('text is counted in the vocabulary of its model', () => {
    const encodings: string[] = [];
    const tokenCount = (encoding: string) => {
      encodings.push(encoding);
      return 10;
    };
    for (const model of ['gpt-4o', 'gpt-4', 'text-embedding-3-small']) {
      ask({
        path: model.startsWith('text') ? '/embeddings' : '/chat/completions',
        tier: FREE,
        facts: { model, textBytes: 2000 },
        tokenCount,
      });
    }
    expect(encodings).toEqual(['o200k_base', 'cl100k_base', 'cl100k_base']);
  });
});

describe('maxTokensPerRequest counts input and output', () => {
  const own = 100 + BESIDE;
  test.each<[string, Ask, string | undefined]>([
    ['input alone over it', { tier: PRO, facts: { textBytes: 4000 } }, 'request.over_cap'],
    ['input that leaves one token', { tier: PRO, facts: { textBytes: 4000 - BESIDE - 1 } }, undefined],
    ['a cap over it', { tier: PRO, facts: named(4000 - own + 1) }, 'request.over_cap max_tokens'],
    ['a cap within it', { tier: PRO, facts: named(4000 - own) }, undefined],
    [
      'either chat name over it',
      { tier: PRO, facts: named(5000, 'max_completion_tokens') },
      'request.over_cap max_completion_tokens',
    ],
    [
      'both chat names, one over it',
      { tier: PRO, facts: named(5000, 'max_tokens', 'max_completion_tokens') },
      'request.over_cap max_tokens',
    ],
    ['choices multiply', { tier: PRO, facts: { ...named(1000), n: 4 } }, 'request.over_cap max_tokens'],
    ['fewer choices', { tier: PRO, facts: { ...named(1000), n: 3 } }, undefined],
    [
      "the key's bound, being smaller",
      { tier: PRO, keyTokensMax: 500, facts: named(500) },
      'request.over_cap max_tokens',
    ],
    ["within the key's bound", { tier: PRO, keyTokensMax: 500, facts: named(300) }, undefined],
    [
      "the tier's bound, being smaller",
      { tier: PRO, keyTokensMax: 9000, facts: named(5000) },
      'request.over_cap max_tokens',
    ],
    [
      'embeddings over it',
      { path: '/embeddings', tier: PRO, facts: { model: 'text-embedding-3-small', textBytes: 5000 } },
      'request.over_cap',
    ],
    [
      'speech over it',
      { path: '/audio/speech', tier: FREE, facts: { model: 'tts-1', textBytes: 2000 } },
      'request.over_cap',
    ],
    [
      'speech within it',
      { path: '/audio/speech', tier: FREE, facts: { model: 'tts-1', textBytes: 900 } },
      undefined,
    ],
    [
      'a known parent over it',
      { tier: PRO, facts: { chained: ['previous_response_id'] }, chainedTokens: 4000 },
      'request.over_cap',
    ],
    [
      'a known parent within it',
      { tier: PRO, facts: { chained: ['previous_response_id'] }, chainedTokens: 3000 },
      undefined,
    ],
    ['a picture over it', { tier: FREE, facts: { model: 'gpt-4o', images: 1 } }, 'request.over_cap'],
    ['a picture within it', { tier: PRO, facts: { model: 'gpt-4o', images: 1 } }, undefined],
    [
      'responses with no room for the least cap upstream takes',
      { path: '/responses', tier: PRO, facts: { textBytes: 4000 - BESIDE - 15 } },
      'request.over_cap',
    ],
    [
      'responses with just room',
      { path: '/responses', tier: PRO, facts: { textBytes: 4000 - BESIDE - 16 } },
      undefined,
    ],
  ])('%s', (_name, input, code) => expect(refusal(input)).toBe(code));
});

describe('the cap', () => {
  test.each<[string, string, string]>([
    ['chat', '/chat/completions', 'max_completion_tokens'],
    ['responses', '/responses', 'max_output_tokens'],
    ['completions', '/completions', 'max_tokens'],
  ])('missing in %s is filled in under the right name', (_name, path, capField) => {
    expect(ask({ path, tier: PRO })).toMatchObject({ setCap: true, capField, outputCap: 3876 });
  });
  test.each<[string, Ask, number]>([
    ['what the tier leaves', { tier: PRO }, 3876],
    ['what the tier leaves each choice', { tier: PRO, facts: { n: 3 } }, 1292],
    ["the model's largest output", { facts: { model: 'gpt-4-turbo' } }, 4096],
    ['what the context leaves', { facts: { model: 'gpt-4', textBytes: 4000 } }, 8192 - 4000 - BESIDE],
    ['what a minute may use', { tier: { tokensPerMinute: 2000 } }, 2000 - 100 - BESIDE],
  ])('is at most %s', (_name, input, cap) => {
    expect(ask(input)).toMatchObject({ outputCap: cap, setCap: true });
  });
  test('named by the caller is never changed', () => {
    for (const cap of [1, 17, 3876]) {
      expect(ask({ tier: PRO, facts: named(cap) })).toMatchObject({ outputCap: cap, setCap: false });
    }
    expect(ask({ facts: named(100_000), remainingNano: 1 })).toMatchObject({
      outputCap: 100_000,
      setCap: false,
    });
  });
  test('over the tier is clamped where the tier says so, under the name the caller used', () => {
    const tier: Tier = { ...PRO, onOverCap: 'clamp' };
    expect(ask({ tier, facts: named(9000) })).toMatchObject({
      outputCap: 3876,
      setCap: true,
      capField: 'max_tokens',
    });
    expect(ask({ tier, facts: named(10) })).toMatchObject({ outputCap: 10, setCap: false });
    expect(refusal({ tier, facts: named(9000, 'max_tokens', 'max_completion_tokens') })).toBe(
      'request.over_cap max_tokens',
    );
    expect(refusal({ tier, facts: { ...named(9000), textBytes: 4000 } })).toBe('request.over_cap max_tokens');
  });
  test('operations that take none are reserved at the largest output', () => {
    expect(ask({ path: '/responses/compact', tier: PRO })).toMatchObject({
      setCap: false,
      outputTokens: 16_384,
    });
    expect(ask({ path: '/responses/compact', tier: PRO }).outputCap).toBeUndefined();
  });
});

describe('a missing cap is lowered to what the budget can pay', () => {
  test.each<[string, Partial<RequestFacts>, number, number]>([
    ['all of it', {}, cost(16_384), 16_384],
    ['nearly all', {}, cost(16_384) - 1, 16_383],
    ['some', {}, cost(1000) + 599, 1000],
    ['the least', {}, cost(256), 256],
    ['for two choices', { n: 2 }, cost(600), 300],
  ])('%s', (_name, facts, remainingNano, cap) => {
    const quoted = ask({ facts, remainingNano });
    expect([quoted.outputCap, quoted.nano <= remainingNano]).toEqual([cap, true]);
  });
  test.each([0, cost(256) - 1])('%d buys nothing useful', (remainingNano) => {
    expect(refusal({ remainingNano })).toBe('budget.exceeded');
  });
  test('a reasoning model needs 2,048', () => {
    const { nano } = ask({ facts: { model: 'gpt-5-nano', ...named(2048) } });
    expect(ask({ facts: { model: 'gpt-5-nano' }, remainingNano: nano }).outputCap).toBe(2048);
    expect(refusal({ facts: { model: 'gpt-5-nano' }, remainingNano: nano - 1 })).toBe('budget.exceeded');
  });
  test('a tier smaller than that is itself the least', () => {
    expect(ask({ tier: FREE, facts: { model: 'gpt-5-nano' } }).outputCap).toBe(876);
  });
});
