import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../../src/base/errors.ts';
import { measureInput } from '../../src/openai/input-parts.ts';
import { ENDPOINTS } from '../../src/openai/endpoints/index.ts';
import { readFacts } from '../../src/openai/facts.ts';
import type { RequestFacts } from '../../src/openai/endpoint.ts';
import { parse } from './json-checks.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
console.info(`input-parts.test.ts: SEED=${seed}`);

const BASE64 = 'QUJD'.repeat(1_000);
const DATA = `data:image/png;base64,${BASE64}`;
const AROUND = 300;

function facts(id: string, body: object): RequestFacts {
  const endpoint = ENDPOINTS.find((each) => each.id === id);
  if (!endpoint) throw new Error(`no endpoint ${id}`);
  return readFacts(endpoint, parse(JSON.stringify({ model: 'm', ...body })));
}
const chat = (...content: object[]): RequestFacts =>
  facts('chat.completions.create', { messages: [{ role: 'user', content }] });
const responses = (...input: object[]): RequestFacts => facts('responses.create', { input });

describe('what is not text', () => {
  test('pictures by URL, by data URL, by id', () => {
    const found = chat(
      { type: 'image_url', image_url: { url: DATA } },
      { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
    );
    expect(found).toMatchObject({ images: 2, audioBytes: 0, fileBytes: 0, chained: [] });
    expect(found.textBytes).toBeLessThan(AROUND);
    const items = responses(
      {
        role: 'user',
        content: [
          { type: 'input_image', image_url: DATA },
          { type: 'input_image', file_id: 'file-1' },
        ],
      },
      { type: 'computer_call_output', output: { type: 'computer_screenshot', image_url: DATA } },
      { type: 'function_call_output', call_id: 'c', output: [{ type: 'input_image', image_url: DATA }] },
      { type: 'image_generation_call', id: 'i', result: BASE64 },
    );
    expect(items).toMatchObject({ images: 5, chained: [], messages: 4 });
    expect(items.textBytes).toBeLessThan(3 * AROUND);
  });

  test('sound', () => {
    const found = chat({ type: 'input_audio', input_audio: { data: BASE64, format: 'wav' } });
    expect(found).toMatchObject({ audioBytes: 3_000, images: 0 });
    expect(found.textBytes).toBeLessThan(AROUND);
  });

  test('files', () => {
    expect(chat({ type: 'file', file: { filename: 'a.pdf', file_data: BASE64 } })).toMatchObject({
      fileBytes: 3_000,
      chained: [],
    });
    expect(responses({ role: 'user', content: [{ type: 'input_file', file_data: BASE64 }] }).fileBytes).toBe(
      3_000,
    );
    expect(chat({ type: 'file', file: { file_id: 'file-1' } }).chained).toEqual(['file_id']);
    const content = [{ type: 'input_file', file_url: 'https://example.com/a.pdf' }];
    expect(responses({ role: 'user', content }).chained).toEqual(['file_url']);
  });

  test('pictures to be edited', () => {
    const found = facts('images.edit', {
      prompt: 'x',
      images: [{ image_url: DATA }, { file_id: 'file-1' }],
      mask: { file_id: 'f' },
    });
    expect(found.images).toBe(3);
    expect(found.textBytes).toBeLessThan(AROUND);
  });
});

describe('what upstream adds itself', () => {
  test('items, earlier sound', () => {
    expect(responses({ type: 'item_reference', id: 'msg_1' }, { id: 'msg_2' }).chained).toEqual([
      'item_reference',
    ]);
    expect(
      facts('chat.completions.create', { messages: [{ role: 'assistant', audio: { id: 'audio_1' } }] })
        .chained,
    ).toEqual(['audio']);
  });

  test('not what an answer quoted', () => {
    const annotations = [{ type: 'file_citation', file_id: 'file-1', index: 0, filename: 'a' }];
    const content = [{ type: 'output_text', text: 'x', annotations }];
    expect(responses({ type: 'message', id: 'msg_1', role: 'assistant', content }).chained).toEqual([]);
  });
});

describe('text', () => {
  test('is never less than its bytes, whatever it claims to be', () => {
    const long = 'ä'.repeat(1_000);
    expect(chat({ type: 'text', text: long }).textBytes).toBeGreaterThan(2_000);
    expect(chat({ type: 'text', text: DATA }).textBytes).toBeGreaterThan(DATA.length);
    expect(chat({ type: 'image_url', image_url: { url: `x${DATA}` } }).textBytes).toBeGreaterThan(
      DATA.length,
    );
    const reasoning = responses({ type: 'reasoning', summary: [], encrypted_content: BASE64 });
    expect(reasoning.textBytes).toBeGreaterThan(BASE64.length);
    const tool = {
      type: 'function',
      function: { name: 'f', parameters: { default: { image_url: DATA, file_data: BASE64 } } },
    };
    const declared = facts('chat.completions.create', { messages: [], tools: [tool] });
    expect(declared.textBytes).toBeGreaterThan(DATA.length + BASE64.length);
    expect(declared).toMatchObject({ images: 0, fileBytes: 0, messages: 1 });
  });

  test('tokens given as integers are counted', () => {
    const tokens = Array.from({ length: 500 }, (_, i) => i);
    for (const input of [tokens, [tokens.slice(0, 200), tokens.slice(200)]]) {
      const found = facts('embeddings.create', { input });
      expect(found.givenTokens).toBe(500);
      expect(found.textBytes).toBeGreaterThan(500);
    }
    expect(facts('completions.create', { prompt: tokens }).givenTokens).toBe(500);
    expect(facts('embeddings.create', { input: ['a', 'b'] }).givenTokens).toBe(0);
  });

  test('so are the numbers and brackets of a tool', () => {
    const parameters = { enum: Array.from({ length: 200 }, (_, i) => (i % 2 ? [] : 1.2345678)) };
    const { givenTokens } = measureInput({ tools: [{ type: 'function', name: 'f', parameters }] });
    expect(givenTokens).toBeGreaterThan(100 * 9 + 100 * 2);
  });

  test('messages, items and tools have a count', () => {
    const tools = [{ type: 'namespace', name: 'n', tools: [{ type: 'function', name: 'f' }] }];
    expect(facts('responses.create', { input: 'x', instructions: 'y', tools }).messages).toBe(4);
    const messages = [
      { role: 'user', content: 'x' },
      { role: 'user', content: 'y' },
    ];
    expect(facts('chat.completions.create', { messages }).messages).toBe(2);
  });
});

/** The facts of a body, or the code it is refused with. */
function outcome(id: string, body: object): RequestFacts | string {
  try {
    return facts(id, body);
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

const names =
  'messages input content tools type image_url url input_audio data file file_data file_id id n prompt stream max_tokens conversation audio parameters __proto__';
const key = fc.constantFrom(...names.split(' '));
const types = 'text input_image input_file file item_reference function mcp';
const type = fc.constantFrom(...types.split(' '), DATA);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    type,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('tree')), { maxLength: 5 }).map((pairs) => Object.fromEntries(pairs)),
  ),
}));
const bodies = fc.dictionary(
  key.filter((name) => name !== '__proto__'),
  tree,
);
const operations = fc.constantFrom('responses.create', 'chat.completions.create', 'embeddings.create');

test('any body has counts that are counts, and no less text than its text parts, or is refused', () => {
  let read = 0;
  const property = fc.property(operations, bodies, (id, body) => {
    const text = { type: 'text', text: 'ä'.repeat(50) };
    const found = outcome(id, { ...body, messages: [text, body['messages']] });
    expect(typeof found === 'string' ? found : 'request.invalid_field').toBe('request.invalid_field');
    if (typeof found === 'string') return;
    read++;
    const { n, images, audioBytes, fileBytes, textBytes, givenTokens = 0 } = found;
    const counts = [n, images, audioBytes, fileBytes, givenTokens];
    expect(counts.every((each) => Number.isSafeInteger(each) && each >= 0)).toBe(true);
    expect(textBytes).toBeGreaterThanOrEqual(100);
  });
  fc.assert(property, { seed, numRuns: 1_000 });
  expect(read).toBeGreaterThan(100);
});
