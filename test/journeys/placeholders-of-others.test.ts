/**
 * What placeholders do wrong elsewhere, each once, through a gateway: values that get out, that never come back, or come
 * back to somebody else. Shown false by personal data that is only observed: 18 of 23
 * fail, all but the numbers and what is too large to be screened in time.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bytes, json, sse, type Behaviour } from '../support/behaviour.ts';
import type { Gateway } from '../support/gateway.ts';
import { openGateway } from '../support/open-gateway.ts';
import { chatAnswer, responsesAnswer, type Says } from '../support/openai-answer.ts';
import type { SeenRequest } from '../support/seen-request.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';
import { OPEN_HOUSE } from './open-house.ts';

const CONFIG = {
  ...OPEN_HOUSE,
  guardrails: {
    pii: {
      action: 'redact',
      types: ['EMAIL', 'PHONE', 'PERSON', 'DRIVER_LICENSE', 'PASSPORT', 'NATIONAL_ID'],
    },
    answers: { pii: 'redact', secrets: 'redact' },
    timeoutMs: 10,
    workers: { overBytes: 262_144 },
  },
};
const model = 'gpt-4o-mini';
const MAIL = 'jane.roe@example.com';
const OTHER = 'bob@example.org';

let upstream: Upstream;
let gateway: Gateway;

beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await openGateway({ upstream, config: CONFIG, key: { tier: 'open' } });
});
afterAll(async () => {
  await gateway?.stop();
  await upstream?.close();
});
beforeEach(() => {
  upstream.clear();
  says('Well.');
});

function says(text: string, more: Says = {}): void {
  const words = { words: text.split(''), ...more };
  upstream.script = (seen: SeenRequest) =>
    seen.target.includes('/responses') ? responsesAnswer(seen, words) : chatAnswer(seen, words);
}

async function post(path: string, body: object): Promise<Response> {
  return await fetch(gateway.baseUrl + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.callerKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, ...body }),
  });
}

const user = (content: string) => ({ role: 'user', content });
const asked = (content: string, more: object = {}) => ({
  messages: [user(content)],
  max_completion_tokens: 256,
  ...more,
});
const chat = async (body: object): Promise<string> => (await post('/chat/completions', body)).text();
/** What upstream was sent, the calls one after another. */
const sent = (): string => upstream.requests.map(({ body }) => body.toString()).join('\n');

/** What the deltas of a streamed chat say together. */
function told(stream: string): string {
  return Array.from(stream.matchAll(/"content":"((?:[^"\\]|\\.)*)"/g), ([, text]) => text).join('');
}

const event = (content: string) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model, choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`;

// Looks like the number of a card, and would be cut out if padding were text.
const padding = (i: number): string => '4242424242424242'.slice(0, 8 + i);

describe('a stream', () => {
  test('is not kept until it is whole: its words come while upstream has not ended', async () => {
    upstream.script = (): Behaviour =>
      bytes([event('Write to '), event('<EMAIL_1> soon, '), event('and then ')], {
        headers: { 'content-type': 'text/event-stream' },
        ending: 'stall',
      });
    const answer = await post('/chat/completions', asked(`Mail ${MAIL}.`, { stream: true }));
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let heard = '';
    while (!told(heard).includes('soon')) heard += (await reader?.read())?.value ?? '';
    expect(told(heard)).toContain(`Write to ${MAIL} soon`);
    await reader?.cancel();
  });

  test('lets no value out that is split over its events, and puts back what is', async () => {
    says('It is <EMAIL_1>, not eve@example.net.');
    expect(told(await chat(asked(`Mail ${MAIL}.`, { stream: true })))).toBe(`It is ${MAIL}, not [REDACTED].`);
  });

  test('keeps the padding of events that are rewritten', async () => {
    const words = [
      'To ',
      '<EMAIL_1> ',
      'or ',
      'eve@example.net ',
      'or ',
      '<EMA',
      'IL_1>',
      ' now ',
      'and then',
    ];
    const events = words.map((word, i) =>
      event(word).replace(/\}\n\n$/, `,"obfuscation":"${padding(i)}"}\n\n`),
    );
    const headers = { 'content-type': 'text/event-stream' };
    upstream.script = (): Behaviour => bytes([...events, 'data: [DONE]\n\n'], { headers });
    const text = await chat(asked(`Mail ${MAIL}.`, { stream: true }));
    expect(told(text)).toBe(`To ${MAIL} or [REDACTED] or ${MAIL} now and then`);
    const paddings = Array.from(text.matchAll(/"obfuscation":"(\w+)"/g), ([, found]) => found);
    expect(paddings).toEqual(words.map((_, i) => padding(i)));
  });
});

const call = (args: string) => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'send', arguments: args } }],
});
const result = (content: string) => ({ role: 'tool', tool_call_id: 'call_1', content });

describe('arguments of tools', () => {
  test('and results do not go up raw, in chat and in Responses', async () => {
    const args = JSON.stringify({ to: MAIL, deep: JSON.stringify({ cc: OTHER }) });
    await chat({ ...asked(''), messages: [user('Go on.'), call(args), result(`{"from":"${OTHER}"}`)] });
    const input = [
      user('Go on.'),
      { type: 'function_call', call_id: 'call_1', name: 'send', arguments: args },
      { type: 'function_call_output', call_id: 'call_1', output: `Sent to ${MAIL}.` },
    ];
    await post('/responses', { input, max_output_tokens: 256 });
    expect(upstream.requests).toHaveLength(2);
    expect(sent()).not.toMatch(/example\.(?:com|org)/);
    expect(sent().match(/<EMAIL_2>/g)?.length).toBeGreaterThanOrEqual(3);
  });

  test.each([false, true])('come back with their values; streamed: %s', async (stream) => {
    says('', { words: [], toolCalls: [{ name: 'send', arguments: '{"to":"<EMAIL_1>"}' }] });
    const tools = [{ type: 'function', function: { name: 'send', parameters: { type: 'object' } } }];
    const text = await chat(asked(`Mail ${MAIL}.`, { stream, tools }));
    expect(text).toContain(String.raw`{\"to\":\"${MAIL}\"}`);
  });
});

describe('whose a value is', () => {
  test('two people are not one, and spellings of one are not two', async () => {
    says('<PERSON_1> wrote to <PERSON_2>.');
    const text = await chat(
      asked('{"name":"Wilma Feldstein","manager_name":"Otto Gruber"} I am Wilma Feldstein.'),
    );
    expect(sent()).toMatch(/<PERSON_1>.*<PERSON_2>.*<PERSON_1>/);
    expect(text).toContain('Wilma Feldstein wrote to Otto Gruber.');
  });

  test('calls share no table, also at the same time', async () => {
    says('Mine: <EMAIL_1>; not mine: <EMAIL_2>.');
    const mails = Array.from({ length: 8 }, (_, i) => `caller${i}@example.com`);
    const answers = await Promise.all(mails.map(async (mail) => chat(asked(`Mail ${mail}.`))));
    for (const [i, answer] of answers.entries())
      expect(answer).toContain(`Mine: ${mails[i]}; not mine: <EMAIL_2>.`);
    await chat(asked(`Mail ${MAIL} and ${OTHER}.`));
    expect(await chat(asked('Who?'))).toContain('Mine: <EMAIL_1>; not mine: <EMAIL_2>.');
  });
});

test.each([
  ['a string', `Mail ${MAIL}.`],
  ['messages', [user(`Mail ${MAIL}.`)]],
  ['parts', [{ role: 'user', content: [{ type: 'input_text', text: `Mail ${MAIL}.` }] }]],
])('the input of Responses is screened: %s', async (_, input) => {
  says('To <EMAIL_1>.');
  const answer = await post('/responses', { input, max_output_tokens: 256 });
  expect(sent()).toContain('Mail <EMAIL_1>.');
  expect(await answer.text()).toContain(`To ${MAIL}.`);
});

test('what cannot be screened in time is not forwarded', async () => {
  const answer = await post('/responses', { input: `Mail ${MAIL}. `.repeat(30_000), max_output_tokens: 16 });
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({
    error: { code: expect.stringMatching(/^guardrail\.(?:failed|busy)$/) },
  });
  expect(upstream.requests).toHaveLength(0);
});

test.each([
  'The public version is A1234567, the library wants B7654321.',
  'Our policy says: applications of 12345678 are public, replica K9876543 is not.',
  'Message 1718912345 was sent, 5551234567 was not; see ticket 4158675309.',
  '{"message_id":2125550187,"replica":"D1234567","ts":1718912345}',
])('no number is taken for what it is not: %s', async (text) => {
  await chat(asked(text));
  expect(JSON.parse(sent())).toMatchObject({ messages: [{ content: text }] });
});

describe('a placeholder comes back', () => {
  test.each([
    ['in another case', '<email_1> or <Email_1>', `${MAIL} or ${MAIL}`],
    ['in backticks', '`<EMAIL_1>`', `\`${MAIL}\``],
    ['emphasised', '**<EMAIL_1>**', `**${MAIL}**`],
    ['with escapes of Markdown', '<EMAIL\\_1> or \\<EMAIL\\_1\\>', undefined],
    ['with escapes of HTML', '&lt;EMAIL_1&gt;', MAIL],
  ])('%s', async (_, said, wanted) => {
    says(said);
    const expected = wanted ?? `${MAIL} or ${MAIL}`;
    expect(told(await chat(asked(`Mail ${MAIL}.`, { stream: true })))).toBe(expected);
    const whole: unknown = JSON.parse(await chat(asked(`Mail ${MAIL}.`)));
    expect(whole).toMatchObject({ choices: [{ message: { content: expected } }] });
  });

  test('only if it was issued: an unknown number stays as it is', async () => {
    says('<EMAIL_9>, <EMAIL_10>, <PHONE_1>, EMAIL_1 and <EMAIL_>');
    for (const stream of [false, true])
      expect(await chat(asked(`Mail ${MAIL}.`, { stream }))).not.toContain(MAIL);
    says('<EMAIL_9>, <EMAIL_1>');
    expect(await chat(asked(`Mail ${MAIL}.`))).toContain(`<EMAIL_9>, ${MAIL}`);
  });
});

test('a placeholder that a search quotes of a file is not taken for one of the call', async () => {
  const results = [
    { file_id: 'file-1', filename: 'a.txt', text: 'Ask <EMAIL_1>.', attributes: { by: '<EMAIL_1>' } },
  ];
  const output = [{ type: 'file_search_call', id: 'fs_1', status: 'completed', queries: ['who'], results }];
  const said = {
    type: 'message',
    content: [{ type: 'output_text', text: 'It says <EMAIL_1>, you <EMAIL_100001>.' }],
  };
  const answer = { id: 'resp_1', object: 'response', status: 'completed', output: [...output, said] };
  const body = {
    input: `I am ${MAIL}.`,
    max_output_tokens: 99,
    tools: [{ type: 'file_search', vector_store_ids: ['vs_1'] }],
  };
  const back = JSON.stringify(answer).replace('<EMAIL_100001>', MAIL);
  upstream.script = () => json(answer);
  expect(await (await post('/responses', body)).text()).toBe(back);
  upstream.script = () => sse([{ type: 'response.completed', response: answer }]);
  expect(await (await post('/responses', { ...body, stream: true })).text()).toContain(back);
  expect(sent()).not.toContain(MAIL);
});
