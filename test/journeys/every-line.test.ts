/**
 * I36 for files of JSON lines: a line of a batch is read as the call it is, a line of fine-tuning as the conversation it
 * holds, plain or escaped, and the file arrives as it came but for what was found. What a line may do is what its call
 * may: models, operations, tools, objects and addresses of the caller's own.
 * Shown false by switching the guardrails off in planting-house, by leaving the lines out of findTexts (all 724 planted
 * files are told, either way), and by dropping authoriseBatch and the models of calls from the pipeline.
 */
import { describe, expect, test } from 'vitest';
import { OPERATIONS } from '../openai/description.ts';
import { plantsOf } from '../openai/plants.ts';
import { FORM_TYPE, formBytes } from '../support/form-bytes.ts';
import { createKey, type NewKey } from '../support/admin.ts';
import { failuresOf, lossesOf, type Row } from '../support/planted-rows.ts';
import { BOUNDS, CARD, escaped, INJECTION, plantingHouse, SECRET } from '../support/planting-house.ts';

const house = plantingHouse();

const upload = (purpose: string, content: string) => ({
  method: 'POST',
  target: '/v1/files',
  headers: { 'content-type': FORM_TYPE },
  body: formBytes([
    { name: 'purpose', content: purpose },
    { name: 'file', filename: 'lines', contentType: 'application/jsonl', content },
  ]),
});

const lineOf = (url: string, body: unknown): string =>
  JSON.stringify({ custom_id: 'c', method: 'POST', url, body });
const PLAIN = lineOf('/v1/chat/completions', {
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', content: 'Hi' }],
  max_tokens: 5,
});

/** Lines of a batch with every place of four bodies in them, between harmless ones. */
function batchRows(): Row[] {
  return ['/chat/completions', '/embeddings', '/moderations', '/responses'].flatMap((path) => {
    const shape = OPERATIONS.get(`POST ${path}`)?.bodies['application/json'] ?? 'x';
    return plantsOf(shape)
      .filter((_, index) => path !== '/responses' || index % 4 === 0)
      .map(({ path: place, make, benign }, index) => {
        const content = (text: string) => {
          const line = lineOf(`/v1${path}`, { ...Object(make(text)), ...BOUNDS[path] });
          const isEscaped = index % 2 === 0 && text !== benign;
          return `${PLAIN}\n${isEscaped ? line.replaceAll(text, escaped(text)) : line}\n${PLAIN}\n`;
        };
        const call = (text: string) => upload('batch', content(text));
        return { what: `batch ${path} ${place}`, benign, make: call, kept: content };
      });
  });
}

const TUNED: Readonly<Record<string, (text: string) => object>> = {
  messages: (text) => ({ messages: [{ role: 'user', content: text }] }),
  arguments: (text) => ({
    messages: [{ role: 'assistant', tool_calls: [{ function: { name: 'f', arguments: text } }] }],
  }),
  'a preference': (text) => ({
    input: { messages: [] },
    preferred_output: [{ role: 'assistant', content: text }],
  }),
  'a prompt': (text) => ({ prompt: 'p', completion: text }),
  'a key': (text) => ({ messages: [], [text]: 1 }),
};
const tuningRows: readonly Row[] = Object.entries(TUNED).map(([what, line]) => {
  const content = (text: string) => `{"messages":[]}\n${JSON.stringify(line(text))}`;
  return { what: `fine-tuning: ${what}`, make: (text) => upload('fine-tune', content(text)), kept: content };
});

const said = (role: string) =>
  lineOf('/v1/chat/completions', { model: 'gpt-4o-mini', messages: [{ role, content: INJECTION }] });

const row = (role: string): Row => ({ what: role, make: () => upload('batch', said(role)) });

describe('JSON lines', () => {
  const rows = [...batchRows(), ...tuningRows];

  test('harmless ones get there as they came', async () => {
    expect(rows.length).toBeGreaterThan(350);
    const lost = await lossesOf(house, rows);
    // Names of caches go up as digests.
    expect(lost.filter((told) => !told.includes(' /prompt_cache_key: '))).toEqual([]);
  });

  test('planted ones do not', async () => {
    expect(await failuresOf(house, rows, [CARD, SECRET])).toEqual([]);
  });

  test('what a user says in a line is heard as said to the operation', async () => {
    expect(await failuresOf(house, [row('user'), row('tool')], [INJECTION])).toEqual([]);
    expect(await lossesOf(house, [{ ...row('system'), kept: () => INJECTION }])).toEqual([]);
  });
});

/** What becomes of a batch of one line, for a key of its own. */
async function codeOf(key: Partial<NewKey>, url: string, body: object): Promise<string> {
  const made = await createKey(house.gateway, { tier: 'wide', ...key });
  const { headers, ...call } = upload('batch', `${PLAIN}\n${lineOf(url, body)}`);
  const answer = await fetch(house.gateway.baseUrl.replace(/\/v1$/, call.target), {
    method: call.method,
    headers: { ...headers, authorization: `Bearer ${made.key}` },
    body: call.body,
  });
  await answer.text();
  return answer.headers.get('x-sallyport-code') ?? String(answer.status);
}

describe('a line may do what its call may', () => {
  const call = { model: 'gpt-4o-mini', messages: [] };
  const own = { models: ['gpt-4o-mini', 'omni*'] };

  test("its model is the key's", async () => {
    expect(await codeOf(own, '/v1/chat/completions', { ...call, model: 'gpt-5' })).toBe('access.model');
    expect(await codeOf(own, '/v1/moderations', { input: 'a' })).toBe('200');
    expect(await codeOf(own, '/v1/chat/completions', call)).toBe('200');
  });

  test('its operation is open', async () => {
    const key = { endpoints: ['files', 'chat.completions'] };
    const embed = { model: 'text-embedding-3-small', input: 'a' };
    expect(await codeOf(key, '/v1/embeddings', embed)).toBe('access.operation_not_allowed');
    expect(await codeOf({}, '/v1/embeddings', embed)).toBe('200');
    expect(await codeOf({}, '/v1/organization/invites', {})).toBe('access.operation_refused');
    expect(await codeOf({}, '/v1/nowhere', {})).toBe('access.unknown_operation');
    expect(await codeOf({}, '/v1/models/x', {})).toBe('access.unknown_operation');
    expect(await codeOf({}, '/v1/files/../models', {})).toBe('request.path');
  });

  test('its fields and tools are checked', async () => {
    expect(await codeOf({}, '/v1/chat/completions', { messages: [] })).toBe('request.missing_model');
    expect(await codeOf({}, '/v1/chat/completions', { ...call, n: -1 })).toBe('request.invalid_field');
    const tools = [{ type: 'function', function: { name: 'rm' } }];
    expect(await codeOf({ tools: ['ls'] }, '/v1/chat/completions', { ...call, tools })).toBe('tool.denied');
    expect(await codeOf({ tools: ['rm'] }, '/v1/chat/completions', { ...call, tools })).toBe('200');
  });
});
