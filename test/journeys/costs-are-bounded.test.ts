/**
 * I15, I18: whatever in a request costs money is bounded before it is sent. Upstream does the most it was allowed to
 * and says nothing of it; the charge is the reservation, and must cover that. What cannot be bounded is refused.
 * Shown false by leaving a field out of the quote (domain/limits/budgets).
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { json } from '../support/behaviour.ts';
import type { Gateway } from '../support/gateway.ts';
import { MONEY_ONLY, outcomeOf, post, read } from '../support/money.ts';
import { openGateway } from '../support/open-gateway.ts';
import { capOf } from '../support/openai-answer.ts';
import type { SeenRequest } from '../support/seen-request.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';

let upstream: Upstream;
let gateway: Gateway;
beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await openGateway({
    upstream,
    config: {
      ...MONEY_ONLY,
      models: { projectServiceTier: 'default', unpriced: 'refuse' },
      tiers: { wide: { dailyBudgetUsd: 1000, maxTokensPerRequest: 4_000_000 } },
      tools: {
        default: 'allow',
        allow: ['web_search', 'web_search_preview', 'file_search', 'code_interpreter'],
      },
    },
    key: { tier: 'wide' },
  });
});
beforeEach(() => {
  upstream.clear();
  upstream.script = () => json({ id: 'x', object: 'thing' });
});
afterAll(async () => {
  await gateway?.stop();
  await upstream?.close();
});

const MESSAGE = 'What would all of this cost?';
const messages = [{ role: 'user', content: MESSAGE }];
/** No tokenizer makes fewer of it. */
const INPUT = 7;
const chat = { model: 'gpt-4o-mini', messages };
const response = { model: 'gpt-4o-mini', input: MESSAGE };

const sent = (seen: SeenRequest, field: string): number => {
  const value = new Map(Object.entries(Object(seen.json))).get(field);
  return typeof value === 'number' ? value : Number.NaN;
};
/** Dollars for so many tokens at so many dollars a million. */
const usd = (tokens: number, perMillion: number): number => (tokens * perMillion) / 1e6;
const chatUsd = (seen: SeenRequest, n = 1): number =>
  usd(INPUT, 0.15) + usd((capOf(seen) ?? Infinity) * n, 0.6);

describe('I18: the reservation covers the most that was allowed', () => {
  test.each<[string, string, object, (seen: SeenRequest) => number]>([
    ['no cap', '/chat/completions', chat, (seen) => chatUsd(seen)],
    ['max_tokens', '/chat/completions', { ...chat, max_tokens: 900 }, (seen) => chatUsd(seen)],
    [
      'max_completion_tokens',
      '/chat/completions',
      { ...chat, max_completion_tokens: 900 },
      (seen) => chatUsd(seen),
    ],
    [
      'both names',
      '/chat/completions',
      { ...chat, max_tokens: 900, max_completion_tokens: 10 },
      () => usd(900, 0.6),
    ],
    ['n', '/chat/completions', { ...chat, n: 7, max_tokens: 500 }, (seen) => chatUsd(seen, 7)],
    ['n without a cap', '/chat/completions', { ...chat, n: 3 }, (seen) => chatUsd(seen, 3)],
    [
      'n and best_of of a completion',
      '/completions',
      { model: 'gpt-3.5-turbo-instruct', prompt: MESSAGE, best_of: 5, n: 2, max_tokens: 100 },
      () => usd(500, 2),
    ],
    [
      'a dearer service tier',
      '/chat/completions',
      { ...chat, model: 'gpt-5.4-mini', service_tier: 'priority', max_completion_tokens: 3000 },
      () => 2 * usd(3000, 4.5),
    ],
    [
      'thought that nobody sees',
      '/responses',
      { ...response, model: 'gpt-5.4-mini' },
      (seen) => usd(sent(seen, 'max_output_tokens'), 4.5),
    ],
    ['no cap of a response', '/responses', response, (seen) => usd(sent(seen, 'max_output_tokens'), 0.6)],
    [
      'work in the background',
      '/responses',
      { ...response, background: true },
      (seen) => usd(sent(seen, 'max_output_tokens'), 0.6),
    ],
    [
      'hosted tools',
      '/responses',
      { ...response, tools: [{ type: 'web_search' }] },
      // $10 for 1,000 calls, and the context is read once more after each.
      (seen) => sent(seen, 'max_tool_calls') * (0.01 + usd(128_000, 0.15)),
    ],
    [
      'pictures',
      '/images/generations',
      { model: 'gpt-image-1', prompt: MESSAGE, n: 3, quality: 'high', size: '1024x1536' },
      () => 3 * usd(6240, 40),
    ],
    [
      'speech',
      '/audio/speech',
      { model: 'tts-1', voice: 'alloy', input: MESSAGE },
      () => usd(MESSAGE.length, 15),
    ],
    [
      'embeddings',
      '/embeddings',
      { model: 'text-embedding-3-large', input: [MESSAGE, MESSAGE] },
      () => usd(2 * INPUT, 0.13),
    ],
  ])('%s', async (_what, path, body, mostUsd) => {
    const { id, status, text } = await read(await post(gateway, path, body));
    expect({ status, text }).toMatchObject({ status: 200 });
    const [seen] = upstream.requests;
    if (!seen) throw new Error('upstream was not asked');
    const most = mostUsd(seen);
    expect(most).toBeGreaterThan(0);
    expect(Number((await outcomeOf(gateway, id))['settledNano']) / 1e9).toBeGreaterThanOrEqual(most);
  });
});

describe('what has no bound goes nowhere', () => {
  test.each<[string, string, object, string]>([
    ['a model without a price', '/chat/completions', { ...chat, model: 'nobody-knows' }, 'request.unpriced'],
    [
      'an unknown service tier',
      '/chat/completions',
      { ...chat, service_tier: 'golden' },
      'request.invalid_field',
    ],
    [
      'more choices than money',
      '/chat/completions',
      { ...chat, n: 128, model: 'gpt-5.5-pro', max_completion_tokens: 60_000 },
      'request.over_cap',
    ],
    ['a count that is none', '/chat/completions', { ...chat, n: -3 }, 'request.invalid_field'],
    ['a cap that is none', '/chat/completions', { ...chat, max_tokens: -1 }, 'request.invalid_field'],
    ['a count in words', '/chat/completions', { ...chat, n: '7' }, 'request.invalid_field'],
    [
      'two caps that say two things, over the tier',
      '/chat/completions',
      { ...chat, max_tokens: 9_000_000, max_completion_tokens: 1 },
      'request.over_cap',
    ],
  ])('%s', async (_what, path, body, code) => {
    const answer = await read(await post(gateway, path, body));
    expect(answer).toMatchObject({ status: 400, code });
    expect(upstream.requests).toHaveLength(0);
  });
});
