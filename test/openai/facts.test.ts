import { describe, expect, test } from 'vitest';
import { Refusal } from '../../src/base/errors.ts';
import type { MultipartBody } from '../../src/openai/body.ts';
import type { Endpoint, RequestFacts } from '../../src/openai/endpoint.ts';
import { ENDPOINTS } from '../../src/openai/endpoints/index.ts';
import { HOSTED_TOOLS, readFacts } from '../../src/openai/facts.ts';
import { parse } from './json-checks.ts';

function endpoint(id: string): Endpoint {
  const found = ENDPOINTS.find((each) => each.id === id);
  if (!found) throw new Error(`no endpoint ${id}`);
  return found;
}

const CHAT = 'chat.completions.create';
const RESPONSES = 'responses.create';
const model = 'm';

const facts = (id: string, body: unknown): RequestFacts =>
  readFacts(endpoint(id), parse(JSON.stringify(body)));
const chat = (more: object): RequestFacts => facts(CHAT, { model, messages: [], ...more });
const responses = (more: object): RequestFacts => facts(RESPONSES, { model, input: 'x', ...more });
const completion = (more: object): number => facts('completions.create', { model, prompt: 'x', ...more }).n;
const declared = (tools: unknown[]): readonly string[] => responses({ tools }).hostedTools;
const form = (...parts: MultipartBody['parts']): MultipartBody => ({ kind: 'multipart', parts });
const field = (name: string, value: string) => ({ name, value });
const file = (name: string, bytes: number) => ({
  name,
  filename: 'f',
  contentType: 'application/octet-stream',
  bytes: Buffer.alloc(bytes),
});

/** Code and field of a refusal. */
function refusal(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return `${error.code} ${error.options.param}`;
    throw error;
  }
}

describe('fields that cost', () => {
  test('nothing said', () => {
    expect(chat({})).toMatchObject({
      model,
      stream: false,
      includeUsage: false,
      n: 1,
      capFields: [],
      background: false,
      hostedTools: [],
      images: 0,
      audioBytes: 0,
      fileBytes: 0,
      chained: [],
    });
    expect(chat({}).outputCap).toBeUndefined();
  });

  test('null is absent', () => {
    const nothing = {
      n: null,
      stream: null,
      max_tokens: null,
      service_tier: null,
      stream_options: null,
      tools: null,
    };
    expect(chat(nothing)).toMatchObject({ ...chat({}), textBytes: expect.any(Number) });
    expect(
      responses({
        background: null,
        max_tool_calls: null,
        previous_response_id: null,
        conversation: null,
        prompt: null,
      }),
    ).toMatchObject({ background: false, chained: [] });
  });

  test('the largest of all caps counts, and all are named', () => {
    expect(chat({ max_tokens: 10, max_completion_tokens: 5, max_output_tokens: 7 })).toMatchObject({
      outputCap: 10,
      capFields: ['max_tokens', 'max_output_tokens', 'max_completion_tokens'],
    });
    expect(facts('completions.create', { model, prompt: 'x', max_tokens: 0 }).outputCap).toBe(0);
    expect(chat({ max_tokens: 10, max_completion_tokens: 0 }).outputCap).toBe(0);
  });

  test('choices: n, best_of, and as many prompts', () => {
    expect(chat({ n: 3 }).n).toBe(3);
    expect(completion({ n: 2, best_of: 5 })).toBe(5);
    expect(completion({ best_of: 0 })).toBe(1);
    expect(completion({ prompt: ['a', 'b', 'c'], n: 2 })).toBe(6);
    expect(completion({ prompt: [[1, 2], [3]] })).toBe(2);
    expect(completion({ prompt: [1, 2, 3] })).toBe(1);
  });

  test('streams', () => {
    expect(chat({ stream: true, stream_options: { include_usage: true } })).toMatchObject({
      stream: true,
      includeUsage: true,
    });
    expect(chat({ stream: true, stream_options: {} }).includeUsage).toBe(false);
    expect(facts('audio.speech.create', { model, input: 'x', stream_format: 'sse' }).stream).toBe(true);
    expect(facts('audio.speech.create', { model, input: 'x', stream_format: 'audio' }).stream).toBe(false);
    expect(facts('embeddings.create', { model, input: 'x', stream: true }).stream).toBe(false);
  });

  test('Responses', () => {
    expect(
      responses({
        service_tier: 'flex',
        background: true,
        max_tool_calls: 4,
        max_output_tokens: 99,
        previous_response_id: 'resp_1',
        conversation: { id: 'conv_1' },
        prompt: { id: 'pmpt_1' },
      }),
    ).toMatchObject({
      serviceTier: 'flex',
      background: true,
      maxToolCalls: 4,
      outputCap: 99,
      chained: ['previous_response_id', 'conversation', 'prompt'],
    });
    expect(responses({ conversation: 'conv_1' }).chained).toEqual(['conversation']);
  });

  test('pictures, speech, video', () => {
    expect(
      facts('images.generate', { prompt: 'x', n: 2, size: '1024x1024', quality: 'hd', background: 'opaque' }),
    ).toMatchObject({ n: 2, size: '1024x1024', quality: 'hd', background: false });
    expect(facts('videos.create', { prompt: 'x', seconds: '8', size: '720x1280' }).seconds).toBe(8);
    expect(facts('audio.speech.create', { model, input: 'äö', voice: 'alloy' }).textChars).toBe(2);
    expect(facts('containers.create', { name: 'c', memory_limit: '16g' }).memory).toBe('16g');
  });

  test('forms say the same in text', () => {
    const read = (...parts: MultipartBody['parts']) => readFacts(endpoint('images.edit'), form(...parts));
    expect(
      read(
        field('model', model),
        field('n', '3'),
        field('stream', 'true'),
        field('size', 'auto'),
        file('image[]', 9),
        file('mask', 9),
      ),
    ).toMatchObject({ model, n: 3, stream: true, size: 'auto', images: 2, fileBytes: 0 });
    expect(
      readFacts(
        endpoint('audio.transcriptions.create'),
        form(file('file', 99), field('model', model), field('prompt', 'ä')),
      ),
    ).toMatchObject({ audioBytes: 99, textBytes: 'filemodelmprompt'.length + 2 });
    expect(
      readFacts(endpoint('files.create'), form(file('file', 7), field('purpose', 'batch'))),
    ).toMatchObject({ fileBytes: 7 });
  });

  test('no body', () => {
    expect(readFacts(endpoint('models.list'), undefined)).toMatchObject({ stream: false, textBytes: 0 });
    expect(refusal(() => readFacts(endpoint(CHAT), undefined))).toBe('request.missing_model model');
  });
});

describe('a type that is wrong is refused, with the field named', () => {
  test.each([
    [CHAT, 'model', 1],
    [CHAT, 'stream', 'true'],
    [CHAT, 'stream', 1],
    [CHAT, 'n', '2'],
    [CHAT, 'n', 0],
    [CHAT, 'n', 1.5],
    [CHAT, 'n', 129],
    [CHAT, 'max_tokens', '10'],
    [CHAT, 'max_tokens', -1],
    [CHAT, 'max_tokens', -1],
    [CHAT, 'max_completion_tokens', 1e10],
    [CHAT, 'max_completion_tokens', [1]],
    [CHAT, 'service_tier', true],
    [CHAT, 'stream_options', 'x'],
    [CHAT, 'tools', {}],
    [CHAT, 'tools', [null]],
    [CHAT, 'tools', [{ function: {} }]],
    [RESPONSES, 'background', 'true'],
    [RESPONSES, 'max_tool_calls', -1],
    [RESPONSES, 'previous_response_id', {}],
    [RESPONSES, 'conversation', {}],
    [RESPONSES, 'conversation', 1],
    [RESPONSES, 'prompt', 'pmpt_1'],
    ['completions.create', 'best_of', '3'],
    ['images.generate', 'size', 1024],
    ['images.generate', 'quality', {}],
    ['videos.create', 'seconds', 'eight'],
    ['videos.create', 'seconds', 1e9],
    ['audio.speech.create', 'stream_format', true],
  ])('%s %s %j', (id, name, value) => {
    expect(refusal(() => facts(id, { model, [name]: value }))).toBe(`request.invalid_field ${name}`);
  });

  test('inside stream_options', () => {
    expect(refusal(() => chat({ stream_options: { include_usage: 'yes' } }))).toBe(
      'request.invalid_field stream_options.include_usage',
    );
  });

  test.each([
    ['n', 'two'],
    ['n', '1e1'],
    ['stream', 'True'],
    ['n[]', '2'],
    ['size[w]', '1'],
  ])('form: %s=%s', (name, value) => {
    const name_ = name.replace(/\[.*/, '');
    const read = () => readFacts(endpoint('images.edit'), form(field('model', model), field(name, value)));
    expect(refusal(read)).toBe(`request.invalid_field ${name_}`);
  });

  test('a file where a field should be', () => {
    expect(refusal(() => readFacts(endpoint('images.edit'), form(file('model', 1))))).toBe(
      'request.invalid_field model',
    );
  });

  test('a body that is no object', () => {
    expect(refusal(() => facts(CHAT, []))).toBe('request.invalid_field undefined');
  });

  test('no model', () => {
    for (const id of [CHAT, 'responses.compact', 'embeddings.create', 'completions.create']) {
      expect(refusal(() => facts(id, { input: 'x' }))).toBe('request.missing_model model');
      expect(refusal(() => facts(id, { model: '' }))).toBe('request.missing_model model');
      expect(refusal(() => facts(id, { model: null }))).toBe('request.missing_model model');
    }
    expect(refusal(() => facts(RESPONSES, { model: '' }))).toBe('request.missing_model model');
    expect(facts(RESPONSES, {}).model).toBeUndefined();
    expect(facts(RESPONSES, { prompt: { id: 'pmpt_1' } }).model).toBeUndefined();
    expect(facts('images.generate', { prompt: 'x' }).model).toBeUndefined();
  });
});

describe('hosted tools', () => {
  test('each of them, once', () => {
    const tools = [...HOSTED_TOOLS, ...HOSTED_TOOLS].map((type) => ({ type }));
    expect(declared(tools)).toEqual(HOSTED_TOOLS);
  });

  test('not those the caller carries out', () => {
    const types = ['function', 'custom', 'local_shell', 'apply_patch', 'computer', 'computer_use_preview'];
    expect(declared(types.map((type) => ({ type, name: 'f' })))).toEqual([]);
    expect(
      declared([
        { type: 'shell', environment: { type: 'local' } },
        { type: 'tool_search', execution: 'client' },
      ]),
    ).toEqual([]);
  });

  test('one that nobody knows is one', () => {
    expect(declared([{ type: 'teleport' }])).toEqual(['teleport']);
  });

  test('wherever they are declared', () => {
    expect(declared([{ type: 'namespace', name: 'n', tools: [{ type: 'mcp' }] }])).toEqual(['mcp']);
    const input = [
      { type: 'additional_tools', role: 'developer', tools: [{ type: 'web_search' }] },
      { type: 'tool_search_output', tools: [{ type: 'file_search' }] },
    ];
    expect(responses({ input }).hostedTools).toEqual(['web_search', 'file_search']);
    expect(chat({ web_search_options: {} }).hostedTools).toEqual(['web_search']);
    // What a server listed in an earlier turn is sent back as history: names without types, and no tools of this turn.
    const listed = { type: 'mcp_list_tools', id: 'm', server_label: 's', tools: [{ name: 'f' }] };
    expect(responses({ input: [listed] })).toMatchObject({ hostedTools: [], messages: 1 });
    expect(chat({ web_search_options: null }).hostedTools).toEqual([]);
    expect(responses({ multi_agent: { enabled: true } }).hostedTools).toEqual(['multi_agent']);
  });

  test('the largest memory', () => {
    const tools = ['4g', '64g', '16g'].map((memory_limit) => ({
      type: 'code_interpreter',
      container: { type: 'auto', memory_limit },
    }));
    expect(responses({ tools }).memory).toBe('64g');
    const odd = { type: 'shell', environment: { type: 'container_auto', memory_limit: 'all' } };
    expect(responses({ tools: [...tools, odd] }).memory).toBe('all');
  });
});
