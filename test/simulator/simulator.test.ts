/** The simulator, as the official SDK sees it: every shape parses, caps hold, tools are called on request. */
import OpenAI, { APIError } from 'openai';
import { ResponsesWS } from 'openai/resources/responses/ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleOfSchema } from '../../src/simulator/sample-of-schema.ts';
import { startSimulator, type Simulator } from '../../src/simulator/start-simulator.ts';
import { piecesOf } from '../../src/simulator/wording.ts';

let simulator: Simulator;
let client: OpenAI;

beforeAll(async () => {
  simulator = await startSimulator({ eventGapMs: 0 });
  client = new OpenAI({ apiKey: 'sk-proj-none', baseURL: simulator.baseUrl, maxRetries: 0 });
});
afterAll(async () => await simulator.close());

const model = 'gpt-4o-mini';
const messages = [{ role: 'user' as const, content: 'Good morning' }];
const parameters = {
  type: 'object',
  properties: { city: { type: 'string' }, unit: { type: 'string', enum: ['celsius', 'fahrenheit'] } },
  required: ['city', 'unit'],
};
const chatTool = { type: 'function' as const, function: { name: 'get_weather', parameters } };
const responseTool = { type: 'function' as const, name: 'get_weather', parameters, strict: false };

/** A streamed call with one tool declared. */
function ask(content: string, more: object = {}) {
  return client.chat.completions
    .stream({ model, messages: [{ role: 'user', content }], tools: [chatTool], ...more })
    .finalChatCompletion();
}

describe('chat completions', () => {
  test('answers, and says that it is a simulator', async () => {
    const answer = await client.chat.completions.create({ model, messages });
    expect(answer.choices[0]?.message.content).toMatch(/simulator.*Good morning/s);
    expect(answer.choices[0]?.finish_reason).toBe('stop');
    const { usage } = answer;
    expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0));
  });

  test('keeps to a cap under both of its names', async () => {
    for (const cap of [{ max_tokens: 3 }, { max_completion_tokens: 3 }]) {
      const answer = await client.chat.completions.create({ model, messages, ...cap });
      expect(answer.usage?.completion_tokens).toBe(3);
      expect(piecesOf(answer.choices[0]?.message.content ?? '')).toHaveLength(3);
      expect(answer.choices[0]?.finish_reason).toBe('length');
    }
  });

  test('n choices cost n times', async () => {
    const answer = await client.chat.completions.create({ model, messages, n: 3, max_tokens: 4 });
    expect(answer.choices.map((choice) => choice.index)).toEqual([0, 1, 2]);
    expect(answer.usage?.completion_tokens).toBe(12);
  });

  test('streams what it would have answered, with usage only when asked', async () => {
    const plain = await client.chat.completions.create({ model, messages });
    const helper = client.chat.completions.stream({
      model,
      messages,
      stream_options: { include_usage: true },
    });
    const streamed = await helper.finalChatCompletion();
    expect(streamed.choices[0]?.message.content).toBe(plain.choices[0]?.message.content);
    expect(streamed.usage).toEqual(plain.usage);
    const chunks = [];
    for await (const chunk of await client.chat.completions.create({ model, messages, n: 2, stream: true })) {
      chunks.push(chunk);
    }
    expect(chunks.every((chunk) => chunk.usage === undefined && chunk.choices.length === 1)).toBe(true);
    expect(chunks.filter((chunk) => chunk.choices[0]?.finish_reason === 'stop')).toHaveLength(2);
  });

  test('calls a tool that is named, forced, or asked for, and no other', async () => {
    const forced = { type: 'function', function: { name: 'get_weather' } };
    const called = [
      await ask('Use get_weather please'),
      await ask('please call the tool'),
      await ask('hello', { tool_choice: 'required' }),
      await ask('hello', { tool_choice: forced }),
    ];
    for (const answer of called) {
      const call = answer.choices[0]?.message.tool_calls?.[0];
      expect(call).toMatchObject({ type: 'function', function: { name: 'get_weather' } });
      expect(call?.type === 'function' && JSON.parse(call.function.arguments)).toEqual({
        city: 'Paris',
        unit: 'celsius',
      });
      expect(answer.choices[0]?.finish_reason).toBe('tool_calls');
    }
    for (const answer of [await ask('hello'), await ask('call the tool', { tool_choice: 'none' })]) {
      expect(answer.choices[0]?.message.tool_calls ?? []).toHaveLength(0);
    }
  });

  test('goes on with a text after the result of a tool', async () => {
    const answer = await client.chat.completions.create({
      model,
      tools: [chatTool],
      messages: [
        { role: 'user', content: 'call get_weather' },
        {
          role: 'assistant',
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'get_weather', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'c', content: 'call get_weather again' },
      ],
    });
    expect(answer.choices[0]?.message.content).toContain('simulator');
  });

  test('structured output is JSON of the schema', async () => {
    const answer = await client.chat.completions.parse({
      model,
      messages,
      response_format: { type: 'json_schema', json_schema: { name: 'weather', schema: parameters } },
    });
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual({ city: 'Paris', unit: 'celsius' });
  });
});

describe('responses', () => {
  test('answers, streamed or not, with the same text and usage', async () => {
    const plain = await client.responses.create({ model, input: 'Good morning' });
    expect(plain.output_text).toMatch(/simulator.*Good morning/s);
    const streamed = await client.responses.stream({ model, input: 'Good morning' }).finalResponse();
    expect(streamed.output_text).toBe(plain.output_text);
    expect(streamed.usage).toEqual(plain.usage);
  });

  test('numbers its events without gaps and ends incomplete at the cap', async () => {
    const events = [];
    const stream = await client.responses.create({
      model,
      input: 'Hi',
      max_output_tokens: 16,
      stream: true,
    });
    for await (const event of stream) events.push(event);
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index));
    const last = events.at(-1);
    expect(last?.type).toBe('response.incomplete');
    expect(last?.type === 'response.incomplete' && last.response.usage?.output_tokens).toBe(16);
  });

  test('calls a function on request, in pieces', async () => {
    const stream = client.responses.stream({ model, input: 'use get_weather', tools: [responseTool] });
    let pieces = 0;
    stream.on('response.function_call_arguments.delta', () => pieces++);
    const answer = await stream.finalResponse();
    expect(pieces).toBeGreaterThan(1);
    expect(answer.output[0]).toMatchObject({ type: 'function_call', name: 'get_weather' });
    const benign = await client.responses.create({ model, input: 'hello', tools: [responseTool] });
    expect(benign.output[0]?.type).toBe('message');
  });
});

describe('embeddings and models', () => {
  test('floats and base64 are the same unit vector', async () => {
    const base64 = await client.embeddings.create({ model: 'text-embedding-3-small', input: ['a', 'b'] });
    const floats = await client.embeddings.create({
      model: 'text-embedding-3-small',
      input: ['a', 'b'],
      encoding_format: 'float',
    });
    const [a, b] = floats.data.map((row) => row.embedding);
    expect(a).toHaveLength(1536);
    expect(Math.hypot(...(a ?? []))).toBeCloseTo(1, 3);
    expect(a).not.toEqual(b);
    expect(base64.data.map((row) => [...row.embedding])).toEqual([a, b]);
    const short = await client.embeddings.create({ model, input: [[1, 2, 3]], dimensions: 8 });
    expect(short.data[0]?.embedding).toHaveLength(8);
    expect(short.usage.prompt_tokens).toBe(3);
  });

  test('lists models and finds each', async () => {
    for await (const one of await client.models.list()) {
      expect((await client.models.retrieve(one.id)).id).toBe(one.id);
    }
  });
});

test("errors have OpenAI's shape", async () => {
  const attempts: readonly (readonly [number, () => Promise<unknown>])[] = [
    [404, () => client.models.retrieve('nobody')],
    [404, () => client.get('/nowhere')],
    [400, () => client.post('/chat/completions', { body: { messages } })],
    [400, () => client.post('/chat/completions', { body: { model, messages: [] } })],
    [400, () => client.chat.completions.create({ model, messages, max_tokens: 0 })],
    [400, () => client.responses.create({ model })],
    [400, () => client.embeddings.create({ model, input: '' })],
  ];
  for (const [status, attempt] of attempts) {
    const error = await attempt().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ status, type: 'invalid_request_error' });
  }
});

test('a sample fits the usual schemas, and no schema ends it', () => {
  const schema = {
    type: 'object',
    properties: {
      steps: { type: 'array', items: { $ref: '#/$defs/step' } },
      to: { type: ['string', 'null'] },
      when: { type: 'string', format: 'date-time' },
      many: { type: 'integer', minimum: 7 },
      kind: { const: 'x' },
    },
    $defs: { step: { type: 'object', properties: { path: { type: 'string' } } } },
  };
  expect(sampleOfSchema(schema)).toEqual({
    steps: [{ path: 'notes.txt' }],
    to: 'someone@example.com',
    when: '2026-01-01T12:00:00Z',
    many: 7,
    kind: 'x',
  });
  const endless = { $ref: '#' };
  for (const odd of [endless, null, 7, [], { $ref: '#/__proto__/x' }, { properties: { a: endless } }]) {
    expect(() => sampleOfSchema(odd)).not.toThrow();
  }
});

describe('a socket of responses', () => {
  test('answers call by call, and says what it cannot', async () => {
    const socket = new ResponsesWS(client);
    const said: string[] = [];
    const next = () =>
      new Promise<string>((resolve) => {
        socket.once('response.completed', ({ response }) => resolve(response.status ?? ''));
        socket.once('error', ({ message }) => resolve(message));
      });
    socket.on('response.output_text.delta', ({ delta }) => said.push(delta));
    const first = next();
    socket.send({ type: 'response.create', model, input: 'Good morning' });
    expect(await first).toBe('completed');
    expect(said.join('')).toMatch(/simulator.*Good morning/s);
    const second = next();
    socket.send({ type: 'response.steer', previous_response_id: 'resp_1', input: 'x' });
    expect(await second).toContain('response.create');
    socket.close();
  });
});
