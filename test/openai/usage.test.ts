/** Usage in every dialect of upstream's answers; a report that cannot be believed is none. */
import { describe, expect, test } from 'vitest';
import { readUsage, usageFromAnswer } from '../../src/openai/usage.ts';
import { endpoint } from '../support/quotes.ts';

const CHAT = endpoint('/chat/completions');
const RESPONSES = endpoint('/responses');
const PICTURES = endpoint('/images/generations');
const TRANSCRIPTS = endpoint('/audio/transcriptions');

describe('dialects', () => {
  test('chat completions with details and a service tier', () => {
    const usage = {
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 64, audio_tokens: 3, image_tokens: 5, cache_write_tokens: 7 },
      completion_tokens_details: { reasoning_tokens: 20, audio_tokens: 4, accepted_prediction_tokens: 0 },
    };
    expect(usageFromAnswer(CHAT, { usage, service_tier: 'flex', choices: [] })).toEqual({
      inputTokens: 100,
      cachedTokens: 64,
      cacheWriteTokens: 7,
      inputAudioTokens: 3,
      inputImageTokens: 5,
      outputTokens: 50,
      reasoningTokens: 20,
      outputAudioTokens: 4,
      outputImageTokens: 0,
      serviceTier: 'flex',
    });
  });
  test('embeddings: input alone', () => {
    const usage = { prompt_tokens: 8, total_tokens: 8 };
    expect(usageFromAnswer(endpoint('/embeddings'), { usage })).toMatchObject({
      inputTokens: 8,
      outputTokens: 0,
    });
  });
  test('responses, with the calls of hosted tools', () => {
    const output = [
      { type: 'web_search_call' },
      { type: 'web_search_call' },
      { type: 'function_call' },
      { type: 'custom_tool_call' },
      { type: 'code_interpreter_call', container_id: 'c1' },
      { type: 'code_interpreter_call', container_id: 'c1' },
      { type: 'message' },
    ];
    const usage = {
      input_tokens: 30,
      input_tokens_details: { cached_tokens: 10, cache_write_tokens: 0 },
      output_tokens: 20,
      output_tokens_details: { reasoning_tokens: 15 },
      total_tokens: 50,
    };
    expect(usageFromAnswer(RESPONSES, { usage, output, service_tier: 'default' })).toMatchObject({
      inputTokens: 30,
      cachedTokens: 10,
      outputTokens: 20,
      reasoningTokens: 15,
      serviceTier: 'default',
      toolCalls: { web_search: 2, code_interpreter: 1 },
    });
  });
  test('two tools without containers do not hide each other', () => {
    const output = [{ type: 'file_search_call' }, { type: 'web_search_call' }];
    const usage = { input_tokens: 1, output_tokens: 1 };
    expect(usageFromAnswer(RESPONSES, { usage, output })?.toolCalls).toEqual({
      file_search: 1,
      web_search: 1,
    });
  });
  test('pictures: the output is pictures unless the details say otherwise', () => {
    const usage = {
      input_tokens: 50,
      output_tokens: 4160,
      input_tokens_details: { text_tokens: 10, image_tokens: 40 },
    };
    expect(usageFromAnswer(PICTURES, { usage })).toMatchObject({
      inputImageTokens: 40,
      outputImageTokens: 4160,
    });
    const split = { ...usage, output_tokens_details: { image_tokens: 4000, text_tokens: 160 } };
    expect(usageFromAnswer(PICTURES, { usage: split })).toMatchObject({ outputImageTokens: 4000 });
  });
  test('transcripts: by tokens, by duration, by the length said in a verbose answer', () => {
    const tokens = {
      type: 'tokens',
      input_tokens: 14,
      input_token_details: { audio_tokens: 10 },
      output_tokens: 45,
    };
    expect(usageFromAnswer(TRANSCRIPTS, { text: '', usage: tokens })).toMatchObject({
      inputAudioTokens: 10,
      outputTokens: 45,
    });
    expect(usageFromAnswer(TRANSCRIPTS, { usage: { type: 'duration', seconds: 9.5 } })).toMatchObject({
      seconds: 9.5,
    });
    expect(usageFromAnswer(TRANSCRIPTS, { text: '', duration: 3.25 })).toMatchObject({ seconds: 3.25 });
    expect(usageFromAnswer(CHAT, { duration: 3.25 })).toBeUndefined();
  });
});

describe('what cannot be believed is unknown', () => {
  const good = { prompt_tokens: 10, completion_tokens: 5 };
  test.each([
    ['negative', { ...good, completion_tokens: -1 }],
    ['a string', { ...good, prompt_tokens: '10' }],
    ['a fraction', { ...good, prompt_tokens: 1.5 }],
    ['not a number', { ...good, prompt_tokens: Number.NaN }],
    ['endless', { ...good, completion_tokens: Infinity }],
    ['absurd', { ...good, completion_tokens: 1e15 }],
    ['negative in the details', { ...good, prompt_tokens_details: { cached_tokens: -5 } }],
    ['details that are none', { ...good, completion_tokens_details: 'none' }],
    ['details in a list', { ...good, prompt_tokens_details: [] }],
    ['zero', { prompt_tokens: 0, completion_tokens: 0 }],
    ['empty', {}],
    ['no object', 5],
    ['a list', [good]],
    ['null', null],
    ['a duration of nothing', { type: 'duration', seconds: 0 }],
    ['a duration backwards', { type: 'duration', seconds: -3 }],
    ['a duration that is text', { type: 'duration', seconds: '3' }],
  ])('%s', (_name, usage) => {
    expect(readUsage(usage)).toBeUndefined();
    expect(usageFromAnswer(CHAT, { usage })).toBeUndefined();
  });
  test.each([undefined, null, 'text', 7, [], { usage: null }, {}])('an answer that is %j', (value) => {
    expect(usageFromAnswer(CHAT, value)).toBeUndefined();
  });
  test('null details are no details', () => {
    expect(readUsage({ ...good, prompt_tokens_details: null })).toMatchObject({
      inputTokens: 10,
      cachedTokens: 0,
    });
  });
  test('fields of the prototype are not fields', () => {
    const usage: unknown = JSON.parse(
      '{"prompt_tokens":1,"completion_tokens":1,"__proto__":{"cached_tokens":5}}',
    );
    expect(readUsage(usage)?.cachedTokens).toBe(0);
  });
});
