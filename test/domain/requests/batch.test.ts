/** I18 for batches: each line is bounded as a call of its own, and the bound is written into it. */
import { describe, expect, test } from 'vitest';
import { planBatch } from '../../../src/domain/requests/batch.ts';
import { requestSchema } from '../../../src/domain/requests/request-rules.ts';
import type { Tier } from '../../../src/domain/limits/tiers.ts';
import type { MultipartBody } from '../../../src/openai/body.ts';
import { splice } from '../../../src/openai/json-edit.ts';
import { parseJson } from '../../../src/openai/json.ts';
import { modelsSchema } from '../../../src/openai/prices.ts';

const models = modelsSchema.parse({ projectServiceTier: 'default' });

function formOf(text: string, purpose = 'batch'): MultipartBody {
  let at = 0;
  const documents = text.split('\n').map((line) => {
    const document = { body: parseJson(Buffer.from(line)), at };
    at += line.length + 1;
    return document;
  });
  const file = { name: 'file', filename: 'a', contentType: 'a/b', bytes: Buffer.from(text), text, documents };
  return { kind: 'multipart', parts: [{ name: 'purpose', value: purpose }, file] };
}

const line = (url: string, body: object) => JSON.stringify({ custom_id: 'c', method: 'POST', url, body });
const chat = (more: object = {}) =>
  line('/v1/chat/completions', {
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content: 'Hi' }],
    ...more,
  });
const plan = (text: string, tier: Tier = {}, more: object = {}) =>
  planBatch(formOf(text), { rules: requestSchema.parse({}), tier, keyTokensMax: undefined, models, ...more });

describe('a batch', () => {
  test('costs half of what its lines cost', () => {
    const one = plan(chat({ max_tokens: 1_000_000 })).nano ?? 0;
    expect(one).toBeGreaterThanOrEqual((1_000_000 * 600) / 2);
    expect(one).toBeLessThan((1_010_000 * 600) / 2);
    const text = Array.from({ length: 50 }, () => chat({ max_tokens: 1_000_000 })).join('\n');
    expect(plan(text).nano).toBe(50 * one);
  });

  test('has a cap in every line, each where it belongs', () => {
    const responses = line('/v1/responses', {
      model: 'gpt-4o-mini',
      input: 'é',
      tools: [{ type: 'web_search' }],
    });
    const text = [chat(), responses, chat({ max_tokens: 7 }), line('/v1/moderations', { input: 'a' })].join(
      '\n',
    );
    const { edits } = plan(text, { maxTokensPerRequest: 1000 });
    const lines = splice(text, edits.get(1) ?? [])
      .split('\n')
      .map((each) => JSON.parse(each).body);
    expect(lines[0].max_completion_tokens).toBeGreaterThan(700);
    expect(lines[1].max_output_tokens).toBeGreaterThan(700);
    expect(lines[1].max_tool_calls).toBe(models.maxToolCalls);
    expect(lines.slice(2)).toEqual(
      text
        .split('\n')
        .slice(2)
        .map((each) => JSON.parse(each).body),
    );
  });

  test.each([
    ['a line over the tier', chat({ max_tokens: 5000 }), 'request.over_cap'],
    ['a model without a price', chat({ model: 'nobody-knows' }), 'request.unpriced'],
    ['no call', '{"custom_id":"c"}', 'request.invalid_field'],
    ['a GET', '{"custom_id":"c","method":"GET","url":"/v1/models","body":{}}', 'request.invalid_field'],
    ['a form', line('/v1/files', {}), 'request.invalid_field'],
  ])('%s: refused', (_what, text, code) => {
    const more = { models: modelsSchema.parse({ unpriced: 'refuse' }) };
    expect(() => plan(`${chat({ max_tokens: 5 })}\n${text}`, { maxTokensPerRequest: 1000 }, more)).toThrow(
      code,
    );
  });

  test('is what its purpose says', () => {
    const none = planBatch(formOf(chat(), 'user_data'), {
      rules: requestSchema.parse({}),
      tier: {},
      keyTokensMax: undefined,
      models,
    });
    expect(none).toEqual({ calls: [], nano: undefined, edits: new Map() });
  });

  test('takes no text in the numbers of tokens', () => {
    const text = line('/v1/embeddings', { model: 'text-embedding-3-small', input: [[9906]] });
    expect(() => plan(text)).toThrow(expect.objectContaining({ code: 'request.invalid_field' }));
  });
});
