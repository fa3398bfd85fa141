/** What a stream shows of its use, event by event, without parsing each. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isUsageOnlyChunk, StreamUsage } from '../../src/openai/usage-stream.ts';
import { endpoint } from '../support/quotes.ts';

function read(path: string, events: readonly unknown[]): StreamUsage {
  const usage = new StreamUsage(endpoint(path));
  for (const event of events) usage.event(typeof event === 'string' ? event : JSON.stringify(event));
  return usage;
}

const chunk = (delta: object, more: object = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta, finish_reason: null }],
  usage: null,
  ...more,
});
const usage = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 };

describe('chat', () => {
  test('content is counted, the report is read, the rest is passed over', () => {
    const stream = read('/chat/completions', [
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'Hello' }),
      chunk({ content: ' "wörld"\n' }),
      chunk({ tool_calls: [{ index: 0, function: { name: 'search', arguments: '' } }] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '{"q":' } }] }),
      chunk({ refusal: 'No.' }),
      chunk({}),
      { id: 'chatcmpl-1', choices: [], usage, service_tier: 'default' },
      '[DONE]',
    ]);
    expect(stream.contentEvents).toBe(5);
    expect(stream.contentChars).toBe(
      'Hello'.length + ' "wörld"\n'.length + 'search'.length + '{"q":'.length + 3,
    );
    expect(stream.usage).toMatchObject({ inputTokens: 9, outputTokens: 3, serviceTier: 'default' });
  });
  test('text that looks like a report is not one', () => {
    const forged = JSON.stringify({ usage: { prompt_tokens: 1, completion_tokens: 1 } });
    const stream = read('/chat/completions', [
      chunk({ content: forged }),
      chunk({ content: '"usage":{"prompt_tokens":1}' }),
    ]);
    expect(stream.usage).toBeUndefined();
    expect(stream.contentEvents).toBe(2);
  });
  test('a report with white space between its signs is one', () => {
    expect(
      read('/chat/completions', [
        '{"choices" : [ ] , "usage" : { "prompt_tokens" : 5, "completion_tokens":1 } }',
      ]).usage,
    ).toMatchObject({ inputTokens: 5 });
  });
  test('a report that cannot be believed leaves the earlier one, or none', () => {
    const lie = { choices: [], usage: { prompt_tokens: -1, completion_tokens: 2 } };
    expect(read('/chat/completions', [lie]).usage).toBeUndefined();
    expect(read('/chat/completions', [{ choices: [], usage }, lie]).usage).toMatchObject({ inputTokens: 9 });
  });
  test('decoded length counts, not that of escapes', () => {
    expect(
      read('/chat/completions', ['{"choices":[{"delta":{"content":"\\u6f22\\u5b57"}}]}']).contentChars,
    ).toBe(2);
  });
});

describe('the chunk that exists only for its report', () => {
  test.each([
    [{ id: 'x', choices: [], usage }, true],
    [{ id: 'x', choices: [], usage: null }, false],
    [{ id: 'x', choices: [] }, false],
    [{ id: 'x', choices: [{ delta: { content: '"choices":[]' } }], usage }, false],
    [{ id: 'x', choices: [{ delta: { tool_calls: [{ choices: [] }] } }], usage }, false],
  ])('%j: %s', (data, only) => {
    expect(isUsageOnlyChunk(JSON.stringify(data))).toBe(only);
    expect(new StreamUsage(endpoint('/chat/completions')).isUsageOnly(JSON.stringify(data))).toBe(only);
    expect(new StreamUsage(endpoint('/responses')).isUsageOnly(JSON.stringify(data))).toBe(false);
  });
});

describe('the others', () => {
  test('completions', () => {
    const stream = read('/completions', [
      { choices: [{ text: 'one' }], usage: null },
      { choices: [], usage },
    ]);
    expect(stream).toMatchObject({ contentEvents: 1, contentChars: 3, usage: { outputTokens: 3 } });
  });
  test.each(['completed', 'incomplete', 'failed'])('responses that end %s', (end) => {
    const report = { input_tokens: 30, output_tokens: 20, total_tokens: 50 };
    const stream = read('/responses', [
      { type: 'response.created', sequence_number: 0, response: { id: 'resp_1', usage: null } },
      { type: 'response.output_text.delta', delta: 'Hi', logprobs: [], obfuscation: 'xxxxxxxx' },
      { type: 'response.function_call_arguments.delta', delta: '{}' },
      { type: 'response.output_text.done', text: 'Hi' },
      {
        type: `response.${end}`,
        response: { id: 'resp_1', usage: report, output: [{ type: 'web_search_call' }] },
      },
    ]);
    expect(stream).toMatchObject({
      contentEvents: 2,
      contentChars: 4,
      made: { id: 'resp_1' },
      usage: { inputTokens: 30, outputTokens: 20, toolCalls: { web_search: 1 } },
    });
  });
  test('responses: the object is known from its first event, usage only from the last', () => {
    const stream = read('/responses', [
      { type: 'response.created', response: { id: 'resp_1', usage: { input_tokens: 1, output_tokens: 1 } } },
    ]);
    expect(stream.made).toEqual({ id: 'resp_1' });
    expect(stream.usage).toBeUndefined();
  });
  test('chat: a spoken answer has an id of its own, which its first event tells', () => {
    const choices = [{ index: 0, delta: { audio: { id: 'audio_1', transcript: 'Hi' } } }];
    expect(read('/chat/completions', [{ id: 'chatcmpl-1', choices }]).made).toEqual({
      id: 'chatcmpl-1',
      choices,
    });
  });
  test('pictures: each reports by itself', () => {
    const done = {
      type: 'image_generation.completed',
      b64_json: 'AAAA',
      usage: { input_tokens: 50, output_tokens: 50 },
    };
    expect(read('/images/generations', [done, done]).usage).toMatchObject({
      inputTokens: 100,
      outputImageTokens: 100,
    });
  });
  test('transcripts and speech', () => {
    const heard = {
      type: 'transcript.text.done',
      text: 'x',
      usage: { type: 'tokens', input_tokens: 14, output_tokens: 31 },
    };
    const stream = read('/audio/transcriptions', [{ type: 'transcript.text.delta', delta: 'x' }, heard]);
    expect(stream).toMatchObject({ contentEvents: 1, usage: { inputTokens: 14, outputTokens: 31 } });
    const spoken = { type: 'speech.audio.done', usage: { input_tokens: 14, output_tokens: 101 } };
    expect(read('/audio/speech', [spoken]).usage).toMatchObject({ outputTokens: 101 });
  });
});

test('no event makes it throw, and content is counted as it decodes', () => {
  const paths = ['/chat/completions', '/completions', '/responses', '/images/generations'];
  const keys = [
    '"usage":{',
    '"content":"',
    '"delta":"',
    '"type":"response.completed"',
    '\\',
    '"',
    '{',
    ']',
    '"choices":[]',
  ];
  const event = fc.array(fc.oneof(fc.constantFrom(...keys), fc.string({ maxLength: 8 })), { maxLength: 12 });
  fc.assert(
    fc.property(fc.constantFrom(...paths), event, fc.string({ unit: 'binary' }), (path, parts, content) => {
      const stream = read(path, [parts.join('')]);
      expect(stream.contentChars).toBeGreaterThanOrEqual(0);
      expect(read('/chat/completions', [chunk({ content })]).contentChars).toBe(content.length);
    }),
    { seed: Date.now() & 0x7fffffff, numRuns: 300 },
  );
});
