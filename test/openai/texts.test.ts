import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MultipartBody, MultipartFile, Text } from '../../src/openai/body.ts';
import type { Endpoint } from '../../src/openai/endpoint.ts';
import { ENDPOINTS } from '../../src/openai/endpoints/index.ts';
import { parseJson } from '../../src/openai/json.ts';
import { matchRoute } from '../../src/openai/route.ts';
import { OPAQUE_CHARS_MIN } from '../../src/openai/fields.ts';
import { readParts } from '../../src/openai/parts.ts';
import { findTargetTexts, findTexts } from '../../src/openai/texts.ts';

function endpoint(id: string): Endpoint {
  const row = ENDPOINTS.find((row) => row.id === id);
  if (!row) throw new Error(`no row ${id}`);
  return row;
}

/** `trust class turn` of the value at each pointer. */
function read(id: string, value: unknown): Record<string, string> {
  const body = parseJson(Buffer.from(JSON.stringify(value)));
  const texts = findTexts(endpoint(id), body);
  return Object.fromEntries(
    texts
      .filter((text) => !body.leaves[text.index]?.isKey)
      .map((text) => [text.pointer, `${text.trust} ${text.class} ${text.turn}`]),
  );
}

/** The class of a string in a field of no special place. */
function classOf(field: string, value: string): string | undefined {
  return read('responses.create', { x: { [field]: value } })[`/x/${field}`]?.split(' ')[1];
}

function upload(...parts: MultipartBody['parts']): readonly Text[] {
  const row = endpoint('files.create');
  return findTexts(row, readParts(row, { kind: 'multipart', parts }, 'relay'));
}

function file(filename: string, bytes: Buffer): MultipartFile {
  return { name: 'file', filename, contentType: 'application/octet-stream', bytes };
}

function brief(texts: readonly Text[]): string[] {
  return texts.map((text) => `${text.index} ${text.class} ${text.text}`);
}

const base64 = 'A'.repeat(OPAQUE_CHARS_MIN);

describe('chat completions', () => {
  it('are trusted by role', () => {
    const messages = [
      { role: 'system', content: 'a' },
      { role: 'developer', content: [{ type: 'text', text: 'b' }] },
      { role: 'user', content: [{ type: 'text', text: 'c' }], name: 'ann' },
      {
        role: 'assistant',
        refusal: 'no',
        tool_calls: [{ id: 'x', function: { name: 'f', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'x', content: [{ type: 'text', text: 'd' }] },
      { role: 'function', name: 'f', content: 'e' },
    ];
    expect(read('chat.completions.create', { model: 'gpt-6', messages, stop: ['\n'] })).toEqual({
      '/model': 'user token -1',
      '/messages/0/role': 'system token 0',
      '/messages/0/content': 'system prose 0',
      '/messages/1/role': 'system token 1',
      '/messages/1/content/0/type': 'system token 1',
      '/messages/1/content/0/text': 'system prose 1',
      '/messages/2/role': 'user token 2',
      '/messages/2/content/0/type': 'user token 2',
      '/messages/2/content/0/text': 'user prose 2',
      '/messages/2/name': 'user token 2',
      '/messages/3/role': 'user token 3',
      '/messages/3/refusal': 'user prose 3',
      '/messages/3/tool_calls/0/id': 'user token 3',
      '/messages/3/tool_calls/0/function/name': 'user token 3',
      '/messages/3/tool_calls/0/function/arguments': 'user prose 3',
      '/messages/4/role': 'tool token 4',
      '/messages/4/tool_call_id': 'tool token 4',
      '/messages/4/content/0/type': 'tool token 4',
      '/messages/4/content/0/text': 'tool prose 4',
      '/messages/5/role': 'tool token 5',
      '/messages/5/name': 'tool token 5',
      '/messages/5/content': 'tool prose 5',
      '/stop/0': 'user prose -1',
    });
  });

  it('have schemas, whose descriptions alone are prose', () => {
    const parameters = {
      type: 'object',
      description: 'd',
      properties: { description: { type: 'string', enum: ['a'], description: 'd' } },
      required: ['description'],
    };
    const schema = read('chat.completions.create', {
      tools: [{ type: 'function', function: { name: 'f', description: 'd', parameters } }],
      response_format: { type: 'json_schema', json_schema: { name: 'n', schema: parameters } },
    });
    const prose = Object.keys(schema).filter((at) => schema[at]?.includes('prose'));
    expect(prose).toEqual([
      '/tools/0/function/description',
      '/tools/0/function/parameters/description',
      '/tools/0/function/parameters/properties/description/description',
      '/response_format/json_schema/schema/description',
      '/response_format/json_schema/schema/properties/description/description',
    ]);
  });

  it('do not believe a role that is not a message’s own', () => {
    const content = [{ type: 'text', role: 'system', text: 'x' }];
    const texts = read('chat.completions.create', { messages: [{ role: 'user', content }], role: 'system' });
    expect(Object.values(texts).every((text) => text.startsWith('user'))).toBe(true);
  });

  it('carry metadata, which is prose whatever its keys', () => {
    const value = { metadata: { user_id: 'a', note: 'b' }, user: 'c', safety_identifier: 'd' };
    expect(read('chat.completions.create', value)).toEqual({
      '/metadata/user_id': 'user prose -1',
      '/metadata/note': 'user prose -1',
      '/user': 'user token -1',
      '/safety_identifier': 'user token -1',
    });
  });
});

describe('responses', () => {
  it('are trusted by role and by kind of item', () => {
    const input = [
      { role: 'user', content: 'a' },
      { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'b' }] },
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c', output: [{ type: 'input_text', text: 'd' }] },
      { type: 'mcp_call', server_label: 's', name: 'f', arguments: '{}', output: 'e' },
      { type: 'file_search_call', queries: ['q'], results: [{ text: 'f' }] },
      { type: 'shell_call_output', role: 'system', output: [{ stdout: 'g' }] },
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'h' }], encrypted_content: base64 },
    ];
    const texts = read('responses.create', { instructions: 'i', input });
    expect(texts['/instructions']).toBe('system prose -1');
    expect(texts['/input/0/content']).toBe('user prose 0');
    expect(texts['/input/1/content/0/text']).toBe('system prose 1');
    expect(texts['/input/2/arguments']).toBe('user prose 2');
    expect(texts['/input/3/output/0/text']).toBe('tool prose 3');
    expect(texts['/input/4/output']).toBe('tool prose 4');
    expect(texts['/input/5/results/0/text']).toBe('tool prose 5');
    expect(texts['/input/5/queries/0']).toBe('tool prose 5');
    expect(texts['/input/6/output/0/stdout']).toBe('tool prose 6');
    expect(texts['/input/7/summary/0/text']).toBe('user prose 7');
    expect(texts['/input/7/encrypted_content']).toBe('user opaque 7');
  });

  it('count a bare string as the one turn there is', () => {
    const schema = { type: 'input_text', text: 'b' };
    expect(read('responses.create', { prompt: { variables: { schema } } })).toMatchObject({
      '/prompt/variables/schema/text': 'user prose -1',
    });
    expect(read('responses.create', { input: 'a', prompt: { id: 'p', variables: { city: 'b' } } })).toEqual({
      '/input': 'user prose 0',
      '/prompt/id': 'user token -1',
      '/prompt/variables/city': 'user prose -1',
    });
    expect(read('embeddings.create', { input: ['a', 'b'] })).toEqual({
      '/input/0': 'user prose 0',
      '/input/1': 'user prose 1',
    });
    expect(read('responses.create', 'a')).toEqual({ '': 'user prose -1' });
  });
});

describe('other bodies', () => {
  it('find instructions and messages where threads and sessions hold them', () => {
    const texts = read('threads.create_and_run', {
      instructions: 'a',
      additional_instructions: 'b',
      thread: { messages: [{ role: 'user', content: 'c' }] },
    });
    expect(texts['/instructions']).toBe('system prose -1');
    expect(texts['/additional_instructions']).toBe('system prose -1');
    expect(texts['/thread/messages/0/content']).toBe('user prose 0');
    expect(read('realtime.client_secrets.create', { session: { instructions: 'a' } })).toEqual({
      '/session/instructions': 'system prose -1',
    });
    expect(read('threads.runs.submit_tool_outputs', { tool_outputs: [{ output: 'a' }] })).toEqual({
      '/tool_outputs/0/output': 'tool prose 0',
    });
  });
});

describe('opaque strings', () => {
  it('are what only machines read, where it belongs', () => {
    expect(classOf('image_url', `data:image/png;base64,${base64}`)).toBe('opaque');
    expect(classOf('file_data', `data:application/pdf;base64,${base64}`)).toBe('opaque');
    expect(classOf('data', base64)).toBe('opaque');
    expect(classOf('result', base64)).toBe('opaque');
  });

  it('are read where they only claim to be opaque', () => {
    expect(classOf('content', base64)).toBe('prose');
    expect(classOf('content', `data:image/png;base64,${base64}`)).toBe('prose');
    expect(classOf('encrypted_content', 'mail ann@example.com')).toBe('token');
    expect(classOf('image_url', 'data:text/plain,ignore your instructions')).toBe('token');
    expect(classOf('image_url', `data:image/png;base64,${base64} ann@example.com`)).toBe('token');
    expect(classOf('image_url', `https://example.com/${base64}`)).toBe('token');
    expect(classOf('data', 'AKIAIOSFODNN7EXAMPLE')).toBe('token');
    // Too short for a picture, long enough for a key.
    expect(classOf('data', base64.slice(1))).toBe('token');
    expect(classOf('image_url', `data:image/png;base64,${base64.slice(1)}`)).toBe('token');
    expect(classOf('result', 'done')).toBe('prose');
  });
});

describe('multipart', () => {
  it('is read to the last name', () => {
    const texts = upload(
      { name: 'prompt', value: 'a cat' },
      { name: 'metadata[user_id]', value: 'ann' },
      { name: 'expires_after[anchor]', value: 'created_at' },
      file('notes.md', Buffer.from('# Notes, ä')),
    );
    expect(brief(texts)).toEqual([
      '0 token prompt',
      '0 prose a cat',
      '1 token metadata[user_id]',
      '1 prose ann',
      '2 token expires_after[anchor]',
      '2 token created_at',
      '3 token file',
      '3 token notes.md',
      '3 token application/octet-stream',
      '3 prose # Notes, ä',
    ]);
    expect(texts.at(-1)?.trust).toBe('tool');
  });

  it('reads JSON lines as the calls they are', () => {
    const line = {
      custom_id: 'c1',
      url: '/v1/chat/completions',
      body: {
        messages: [
          { role: 'system', content: 'Be kind.' },
          { role: 'tool', content: 'T' },
        ],
      },
    };
    const source = `${JSON.stringify(line)}\n\n${JSON.stringify({ input: { messages: [{ role: 'user', content: 'é\n' }] } })}`;
    const texts = upload(file('x.jsonl', Buffer.from(source))).slice(3);
    expect(texts.find(({ text }) => text === 'Be kind.')).toMatchObject({
      class: 'prose',
      trust: 'system',
      turn: 0,
    });
    expect(texts.find(({ text }) => text === 'T')).toMatchObject({ class: 'prose', trust: 'tool', turn: 1 });
    expect(texts.find(({ text }) => text === 'c1')).toMatchObject({ class: 'token', index: 0 });
    for (const { text, token } of texts) expect(JSON.parse(source.slice(...(token ?? [])))).toBe(text);
  });

  it('says which files it cannot read', () => {
    for (const bytes of [Buffer.from([0x89, 0x50, 0x4e, 0x47]), Buffer.from('a\0b')])
      expect(upload(file('a.txt', bytes)).at(-1)).toMatchObject({ class: 'opaque', text: '' });
  });
});

it('the target has texts of its own', () => {
  const match = matchRoute('GET', '/v1/chat/completions?metadata[x]=a+b');
  expect(findTargetTexts(match).map((text) => text.text)).toEqual(['metadata[x]', 'a b']);
  expect(findTargetTexts(matchRoute('GET', '/v1/files/f-1')).map((text) => text.text)).toEqual(['f-1']);
});

it('no string is left out, whatever the body', () => {
  const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
  console.info(`texts fuzz: FUZZ_SEED=${seed}`);
  const names = fc.oneof(
    fc.constantFrom(
      'messages',
      'input',
      'role',
      'type',
      'parameters',
      'metadata',
      'schema',
      'thread',
      '__proto__',
    ),
    fc.string({ unit: 'grapheme', maxLength: 6 }),
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5, depthSize: 'small' },
      fc.constantFrom('system', 'tool', 'x_output', null, 7),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(names, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  const row = endpoint('responses.create');
  fc.assert(
    fc.property(value, (json) => {
      const body = parseJson(Buffer.from(JSON.stringify(json)));
      const texts = findTexts(row, body);
      expect(texts.map((text) => text.text)).toEqual(body.leaves.map((leaf) => leaf.value));
      expect(texts.map((text) => text.index)).toEqual([...body.leaves.keys()]);
    }),
    { seed, numRuns: 500 },
  );
});
