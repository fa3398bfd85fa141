import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../src/base/errors.ts';
import type { Body } from '../../src/openai/body.ts';
import { checkFields } from '../../src/openai/check-fields.ts';
import { FIELDS } from '../../src/openai/endpoints/fields.ts';
import { ENDPOINTS } from '../../src/openai/endpoints/index.ts';
import { parseJson } from '../../src/openai/json.ts';
import { parseMultipart } from '../../src/openai/multipart.ts';
import { matchRoute } from '../../src/openai/route.ts';
import { SDK_CALLS_TRAINING } from '../journeys/sdk-calls-training.ts';
import { SDK_CALLS } from '../journeys/sdk-calls.ts';

function rowNamed(id: string): (typeof ENDPOINTS)[number] {
  const row = ENDPOINTS.find((endpoint) => endpoint.id === id);
  if (!row) throw new Error(`no row ${id}`);
  return row;
}

const bodyOf = (value: unknown): Body => parseJson(Buffer.from(JSON.stringify(value)));

/** `code param (openaiCode)`, or `fine`. */
function verdict(id: string, value: unknown, unknown: 'screen' | 'refuse' = 'screen'): string {
  return of(() => checkFields(rowNamed(id), value === undefined ? undefined : bodyOf(value), unknown));
}

function of(check: () => void): string {
  try {
    check();
    return 'fine';
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { param = '-', openaiCode = '' } = error.options;
    return `${error.code} ${param} ${openaiCode ?? ''}`.trim();
  }
}

function form(...names: string[]): Body {
  const parts = names.map((name) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n1\r\n`);
  return parseMultipart(Buffer.from(`${parts.join('')}--x--\r\n`), 'multipart/form-data; boundary=x');
}

const messages = [{ role: 'user', content: 'hi' }];

describe('types', () => {
  it.each([
    ['chat.completions.create', { messages: 'hi' }, 'messages'],
    ['chat.completions.create', { messages: ['hi'] }, 'messages[0]'],
    ['chat.completions.create', { messages: [...messages, null] }, 'messages[1]'],
    ['chat.completions.create', { messages, model: 4 }, 'model'],
    ['chat.completions.create', { messages, tools: {} }, 'tools'],
    ['chat.completions.create', { messages, tools: ['search'] }, 'tools[0]'],
    ['chat.completions.create', { messages, temperature: '0.5' }, 'temperature'],
    ['chat.completions.create', { messages, stop: 7 }, 'stop'],
    ['responses.create', { input: { text: 'hi' } }, 'input'],
    ['responses.create', { input: 'hi', instructions: [] }, 'instructions'],
    ['responses.create', { input: 'hi', tools: [[]] }, 'tools[0]'],
    ['embeddings.create', { input: 5 }, 'input'],
    ['completions.create', { prompt: true }, 'prompt'],
    ['moderations.create', { input: {} }, 'input'],
    ['images.generate', { prompt: ['a cat'] }, 'prompt'],
    ['audio.speech.create', { input: ['a'], voice: 'alloy' }, 'input'],
    ['conversations.items.create', { items: {} }, 'items'],
  ])('%s with %j names %s', (id, value, param) => {
    expect(verdict(id, value)).toBe(`request.invalid_field ${param}`);
  });

  it.each([
    ['chat.completions.create', { messages, stop: null, tools: null, n: null, temperature: 1 }],
    ['chat.completions.create', { messages, stop: ['a'], tool_choice: 'auto', logit_bias: {} }],
    ['responses.create', {}],
    ['responses.create', { input: [{ role: 'user', content: 'hi' }], conversation: 'conv_1' }],
    ['embeddings.create', { input: [[1, 2], [3]] }],
    ['embeddings.create', { input: ['a', 'b'] }],
    ['moderations.create', { input: [{ type: 'text', text: 'a' }] }],
    ['audio.speech.create', { input: 'a', voice: { id: 'voice_1' } }],
    ['completions.create', {}],
    ['files.create', { anything: 1 }],
  ])('%s with %j is fine', (id, value) => {
    expect(verdict(id, value)).toBe('fine');
  });
});

it.each([
  ['chat.completions.create', {}, 'messages'],
  ['chat.completions.create', { messages: null }, 'messages'],
  ['embeddings.create', {}, 'input'],
  ['moderations.create', undefined, 'input'],
  ['images.generate', {}, 'prompt'],
  ['audio.speech.create', { input: 'hi' }, 'voice'],
])('%s with %j misses %s', (id, value, param) => {
  expect(verdict(id, value)).toBe(`request.invalid_field ${param} missing_required_parameter`);
});

describe('fields that nobody knows', () => {
  it('are left to screening unless they are to be refused', () => {
    expect(verdict('chat.completions.create', { messages, brand_new: 1 })).toBe('fine');
    expect(verdict('chat.completions.create', { messages, brand_new: 1 }, 'refuse')).toBe(
      'request.unknown_field brand_new',
    );
  });

  it.each(['<script>', 'a b', '', `x${'y'.repeat(64)}`, 'sk-sp-abc'])('%j is not repeated', (name) => {
    expect(verdict('embeddings.create', { input: 'a', [name]: 1 }, 'refuse')).toBe('request.unknown_field -');
  });

  it.each(['__proto__', 'constructor', 'toString'])('%s is one of them', (name) => {
    const body = parseJson(Buffer.from(`{"input":"a","${name}":1}`));
    expect(of(() => checkFields(rowNamed('embeddings.create'), body, 'refuse'))).toBe(
      `request.unknown_field ${name}`,
    );
  });

  it('are found in forms too, whose brackets are no part of a name', () => {
    const row = rowNamed('files.create');
    const known = form('file', 'purpose', 'expires_after[anchor]');
    expect(of(() => checkFields(row, known, 'refuse'))).toBe('fine');
    expect(of(() => checkFields(row, form('file', 'colour[x]'), 'refuse'))).toBe(
      'request.unknown_field colour',
    );
  });
});

describe('the table', () => {
  it('has a line for each relayed operation with a body, and no other', () => {
    const withBody = ENDPOINTS.filter((row) => row.refused === undefined && row.body !== 'none');
    expect(Object.keys(FIELDS).sort()).toEqual(withBody.map(({ id }) => id).sort());
  });

  it.each(Object.entries({ ...SDK_CALLS, ...SDK_CALLS_TRAINING }))(
    'knows every field the official SDK sends: %s',
    async (_, call) => {
      const sent: Request[] = [];
      const client = new OpenAI({
        apiKey: 'none',
        adminAPIKey: 'none',
        maxRetries: 0,
        fetch: async (url, init) => {
          // The SDK first asks a data URL, to see whether its fetch can send forms.
          const request = new Request(url, { ...init, ...(init?.body ? { duplex: 'half' } : {}) });
          if (request.url.startsWith('https:')) sent.push(request);
          return new Response('{}', { headers: { 'content-type': 'application/json' } });
        },
      });
      await Promise.resolve(call(client)).catch(() => undefined);
      expect(sent).not.toEqual([]);
      for (const request of sent) {
        const { pathname, search } = new URL(request.url);
        const { endpoint } = matchRoute(request.method, pathname + search);
        const bytes = Buffer.from(await request.arrayBuffer());
        const type = request.headers.get('content-type') ?? '';
        if (bytes.length === 0 || type.startsWith('application/sdp')) continue;
        const body = type.startsWith('multipart/') ? parseMultipart(bytes, type) : parseJson(bytes);
        expect(of(() => checkFields(endpoint, body, 'refuse'))).toBe('fine');
      }
    },
  );
});
