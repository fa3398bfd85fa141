/** The official SDK's streams and stream helpers through the gateway: the same events, the same errors, real aborts. */
import OpenAI, { APIError, BadRequestError, RateLimitError } from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openaiError, sse, type Behaviour } from '../support/behaviour.ts';
import type { Gateway } from '../support/gateway.ts';
import { openGateway } from '../support/open-gateway.ts';
import { chatAnswer, honest, responsesAnswer } from '../support/openai-answer.ts';
import type { SeenRequest } from '../support/seen-request.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';
import { OPEN_HOUSE } from './open-house.ts';

const model = 'gpt-4o-mini';
const messages = [{ role: 'user' as const, content: 'Where is the station?' }];
const chat = { model, messages, max_completion_tokens: 64 };
const response = { model, input: 'Where is the station?', max_output_tokens: 64 };
const parameters = { type: 'object', properties: { q: { type: 'string' } } };
const toolCalls = [
  { name: 'search', arguments: '{"q":"Ünïcode 🚉"}' },
  { name: 'search', arguments: '{}' },
];

let upstream: Upstream;
let gateway: Gateway;
let direct: OpenAI;
let through: OpenAI;

beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await openGateway({ upstream, config: OPEN_HOUSE, key: { tier: 'open' } });
  direct = new OpenAI({ apiKey: 'sk-direct', baseURL: upstream.baseUrl });
  through = new OpenAI({ apiKey: gateway.callerKey, baseURL: gateway.baseUrl });
});
afterAll(async () => {
  await gateway?.stop();
  await upstream?.close();
});
beforeEach(() => upstream.clear());

/** The same for each way: ids hang on the count of requests. */
async function both<T>(script: (seen: SeenRequest) => Behaviour, call: (ai: OpenAI) => Promise<T>) {
  const run = async (ai: OpenAI) => {
    upstream.clear();
    upstream.script = script;
    const result = await call(ai);
    return { result, body: upstream.requests[0]?.json };
  };
  return { wanted: await run(direct), got: await run(through) };
}

async function all<T>(stream: PromiseLike<AsyncIterable<T>>): Promise<T[]> {
  const events: T[] = [];
  for await (const event of await stream) events.push(event);
  return events;
}

/** What it throws, with the events that came before. */
async function broken(stream: PromiseLike<AsyncIterable<unknown>>) {
  const events: unknown[] = [];
  try {
    for await (const event of await stream) events.push(event);
  } catch (error) {
    return { events, error };
  }
  throw new Error('the stream ended as if nothing had happened');
}

describe('chat completions', () => {
  it('stream as they do directly, with the usage chunk where it was asked for', async () => {
    const asked = { ...chat, stream: true as const, stream_options: { include_usage: true } };
    const { wanted, got } = await both(honest, (ai) => all(ai.chat.completions.create(asked)));
    expect(got).toEqual(wanted);
    expect(got.result.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 4 } });
  });

  it.each([undefined, { include_usage: false }, { include_obfuscation: false }])(
    'hide the usage chunk that only the gateway asked for: %j',
    async (options) => {
      const asked = { ...chat, stream: true as const, ...(options && { stream_options: options }) };
      const { wanted, got } = await both(honest, (ai) => all(ai.chat.completions.create(asked)));
      expect(got.result).toEqual(wanted.result);
      expect(got.result.filter((chunk) => chunk.choices.length === 0)).toEqual([]);
      const stream_options = { ...options, include_usage: true };
      expect(got.body).toEqual({ ...asked, stream_options });
    },
  );

  it('stream to the helper, which puts message and tool calls together', async () => {
    const { wanted, got } = await both(
      (seen) => chatAnswer(seen, { words: ['Let', ' me', ' look.'], toolCalls }),
      async (ai) => {
        const deltas: string[] = [];
        const tools = [{ type: 'function' as const, function: { name: 'search', parameters } }];
        const stream = ai.chat.completions.stream({ ...chat, tools }).on('content.delta', ({ delta }) => {
          deltas.push(delta);
        });
        const { choices } = await stream.finalChatCompletion();
        return { deltas, choices };
      },
    );
    expect(got.result).toEqual(wanted.result);
    expect(got.result.deltas.join('')).toBe('Let me look.');
    expect(got.result.choices[0]?.message.tool_calls).toMatchObject(
      toolCalls.map((call) => ({ function: call })),
    );
  });

  it('run the tools of the caller, turn by turn', async () => {
    const asked: string[] = [];
    upstream.script = (seen) =>
      chatAnswer(
        seen,
        JSON.stringify(seen.json).includes('"tool_call_id"') ? {} : { toolCalls: [toolCalls[0]!] },
      );
    const runner = through.chat.completions.runTools({
      ...chat,
      stream: true,
      tools: [
        {
          type: 'function',
          function: {
            name: 'search',
            parameters,
            description: 'Searches the timetable.',
            function: (given: string) => {
              asked.push(given);
              return 'Platform 4';
            },
          },
        },
      ],
    });
    expect(await runner.finalContent()).toBe('Hello from upstream.');
    expect(asked).toEqual([toolCalls[0]?.arguments]);
    expect(upstream.requests).toHaveLength(2);
  });

  it('come whole wherever the bytes are cut', async () => {
    const splitAt = Array.from({ length: 400 }, (_, at) => 1 + at * 3);
    const asked = { ...chat, stream: true as const };
    const { wanted, got } = await both(
      (seen) => chatAnswer(seen, {}, { splitAt }),
      (ai) => all(ai.chat.completions.create(asked)),
    );
    expect(got.result).toEqual(wanted.result);
  });
});

describe('responses', () => {
  it('stream as they do directly, to the helper too', async () => {
    const { wanted, got } = await both(honest, async (ai) => {
      const stream = ai.responses.stream(response);
      const events = await all(Promise.resolve(stream));
      return { events, final: await stream.finalResponse() };
    });
    expect(got).toEqual(wanted);
    expect(got.result.final.output_text).toBe('Hello from upstream.');
  });

  it('stream tool calls', async () => {
    const tools = [{ type: 'function' as const, name: 'search', parameters, strict: false }];
    const { wanted, got } = await both(
      (seen) => responsesAnswer(seen, { toolCalls }),
      (ai) => ai.responses.stream({ ...response, tools }).finalResponse(),
    );
    expect(got).toEqual(wanted);
    expect(got.result.output).toMatchObject(toolCalls);
  });

  it('are taken up again', async () => {
    const events = [3, 4].map((sequence_number) => ({ type: 'response.queued', sequence_number }));
    const { wanted, got } = await both(
      () => sse(events),
      (ai) => all(ai.responses.retrieve('resp_1', { stream: true, starting_after: 2 })),
    );
    expect(got.result).toEqual(wanted.result);
    expect(got.result).toHaveLength(2);
  });
});

describe('other streams', () => {
  const done = ['data: [DONE]\n\n'];
  const run = { assistant_id: 'asst_1', stream: true as const };
  const picture = { model: 'gpt-image-1', prompt: 'a lighthouse', stream: true as const };
  const old = { model: 'gpt-3.5-turbo-instruct', prompt: 'x', max_tokens: 8, stream: true as const };
  const cases: Record<
    string,
    { events: unknown[]; call: (ai: OpenAI) => PromiseLike<AsyncIterable<unknown>> }
  > = {
    completions: {
      events: [{ id: 'cmpl-1', choices: [{ index: 0, text: ' four', finish_reason: 'stop' }] }, ...done],
      call: (ai) => ai.completions.create(old),
    },
    images: {
      events: [{ type: 'image_generation.partial_image', b64_json: 'AAAA', partial_image_index: 0 }],
      call: (ai) => ai.images.generate({ ...picture, partial_images: 1 }),
    },
    runs: {
      events: ['event: thread.run.created\ndata: {"id":"run_1"}\n\n', 'event: done\ndata: [DONE]\n\n'],
      call: (ai) => ai.beta.threads.runs.create('thread_1', run),
    },
  };

  it.each(Object.entries(cases))('%s stream as they do directly', async (_, { events, call }) => {
    const { wanted, got } = await both(
      () => sse(events),
      (ai) => all(call(ai)),
    );
    expect(got.result).toEqual(wanted.result);
    expect(got.result).toHaveLength(1);
  });
});

describe('the end of a stream', () => {
  it.each(['chat', 'responses'])('%s: the caller leaves, and upstream is told', async (kind) => {
    const more = { gapMs: 5 };
    upstream.script = (seen) =>
      kind === 'chat'
        ? chatAnswer(seen, { outputTokens: 60_000 }, more)
        : responsesAnswer(seen, { outputTokens: 60_000 }, more);
    const stream =
      kind === 'chat'
        ? await through.chat.completions.create({ ...chat, stream: true })
        : await through.responses.create({ ...response, stream: true });
    for await (const event of stream) {
      expect(event).toBeDefined();
      if ((upstream.requests[0]?.sentPieces ?? 0) > 8) break;
    }
    await upstream.requests[0]?.over;
    expect(upstream.requests[0]?.abortedAt).toBeDefined();
    expect(upstream.requests[0]?.sentPieces).toBeLessThan(1000);
  });

  it('chat: upstream breaks off, and the SDK raises after what came', async () => {
    upstream.script = (seen) => chatAnswer(seen, {}, { stopAfterBytes: 500, ending: 'reset' });
    const { events, error } = await broken(through.chat.completions.create({ ...chat, stream: true }));
    expect(events.length).toBeGreaterThan(0);
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ code: 'upstream.broken', type: 'server_error' });
    expect(upstream.requests).toHaveLength(1);
  });

  it('responses: upstream breaks off, and the SDK and its helper raise', async () => {
    upstream.script = (seen) => responsesAnswer(seen, {}, { stopAfterBytes: 900, ending: 'reset' });
    const { events, error } = await broken(through.responses.create({ ...response, stream: true }));
    expect(events.length).toBeGreaterThan(0);
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ code: 'upstream.broken' });
    await expect(through.responses.stream(response).finalResponse()).rejects.toThrow(APIError);
  });

  it("an error of upstream's own within a stream raises as it does directly", async () => {
    const error = {
      message: 'The server had an error.',
      type: 'server_error',
      param: null,
      code: 'server_error',
    };
    const { wanted, got } = await both(
      () => sse([{ id: 'c1', choices: [{ index: 0, delta: { content: 'x' } }] }, { error }]),
      (ai) => broken(ai.chat.completions.create({ ...chat, stream: true })),
    );
    expect(got.result.events).toEqual(wanted.result.events);
    expect(got.result.error).toBeInstanceOf(APIError);
    expect(got.result.error).toMatchObject({ error, message: error.message });
  });

  it("responses: upstream's own errors raise, or fail the response, without names of its account", async () => {
    const error = { message: 'Down for org-abc123def.', code: 'server_error', param: null };
    const first = { type: 'response.queued', sequence_number: 0 };
    const raised = await both(
      () => sse([first, { type: 'error', ...error, error, sequence_number: 1 }]),
      (ai) => broken(ai.responses.create({ ...response, stream: true })),
    );
    expect(raised.wanted.result.error).toMatchObject({ error });
    expect(raised.got.result.events).toEqual(raised.wanted.result.events);
    expect(raised.got.result.error).toBeInstanceOf(APIError);
    expect(raised.got.result.error).toMatchObject({ error: { ...error, message: 'Down for [hidden].' } });

    const failed = { id: 'resp_1', object: 'response', status: 'failed', error, output: [] };
    const told = await both(
      () => sse([first, { type: 'response.failed', response: failed, sequence_number: 1 }]),
      (ai) => all(ai.responses.create({ ...response, stream: true })),
    );
    const hidden = JSON.stringify(told.wanted.result).replace('org-abc123def', '[hidden]');
    expect(told.got.result).toEqual(JSON.parse(hidden));
  });

  it('an error before a stream is the usual class', async () => {
    upstream.script = () => openaiError(400, 'context_length_exceeded', 'Too long.');
    await expect(through.chat.completions.create({ ...chat, stream: true })).rejects.toThrow(BadRequestError);
    upstream.script = () => openaiError(429, 'rate_limit_exceeded');
    await expect(through.responses.create({ ...response, stream: true }, { maxRetries: 0 })).rejects.toThrow(
      RateLimitError,
    );
  });
});
