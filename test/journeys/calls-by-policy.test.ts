/**
 * stages/clear-calls and all before it: calls that models make go by the policy, through a whole gateway and the official SDK: its streams, its tool runner, its
 * helper for Responses. What is denied never reaches the caller's program, and its twin is carried out. Shown false by an
 * `isOpen` that is always true: every refused call is carried out.
 */
import { join } from 'node:path';
import OpenAI, { APIError } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Entry } from '../../src/ports/audit-log.ts';
import { allEntries } from '../support/audit.ts';
import { json, sse } from '../support/behaviour.ts';
import { itemEvents, messageEvents, responseOf } from '../support/call-streams.ts';
import type { Gateway } from '../support/gateway.ts';
import { journey } from '../support/journey.ts';
import { openGateway } from '../support/open-gateway.ts';
import { chatAnswer, responsesAnswer } from '../support/openai-answer.ts';
import { until } from '../support/until.ts';
import { OPEN_HOUSE } from './open-house.ts';

const tools = {
  deny: ['execute_shell'],
  arguments: { read_file: [{ pointer: '/path', path: { allow: ['/data'] } }] },
};
const open = {
  ...OPEN_HOUSE,
  guardrails: OPEN_HOUSE.guardrails,
};
const house = journey({ config: { ...open, tools }, key: { tier: 'open' } });
let cutting: Gateway;
let ai: OpenAI;
let cutter: OpenAI;

const clientOf = ({ callerKey: apiKey, baseUrl: baseURL }: Gateway) =>
  new OpenAI({ apiKey, baseURL, maxRetries: 0 });

beforeAll(async () => {
  const config = { ...open, tools: { ...tools, onDenied: 'cut' } };
  cutting = await openGateway({ upstream: house.upstream, config, key: { tier: 'open' } });
  ai = clientOf(house.gateway);
  cutter = clientOf(cutting);
});
afterAll(async () => void (await cutting.stop()));

const model = 'gpt-4o-mini';
const chat = { model, messages: [{ role: 'user' as const, content: 'Hi' }], max_completion_tokens: 999 };
const response = { model, input: 'Hi', max_output_tokens: 999 };
const GOOD = { name: 'read_file', arguments: '{"path":"/data/a"}' };
const BAD = { name: 'read_file', arguments: '{"path":"/etc/passwd"}' };
const SHELL = { name: 'execute_shell', arguments: '{"cmd":"ls"}' };

function makes(...toolCalls: { name: string; arguments: string }[]): void {
  house.upstream.script = (seen) =>
    seen.target.includes('/responses')
      ? responsesAnswer(seen, { toolCalls })
      : chatAnswer(seen, { toolCalls });
}

const codeOf = async (work: Promise<unknown>): Promise<unknown> =>
  await work.then(
    () => 'served',
    (error: unknown) => (error instanceof APIError ? error.code : error),
  );

/** Every way of the SDK to ask for an answer, and the names of what it calls. */
const WAYS: readonly (readonly [string, (client: OpenAI) => Promise<readonly unknown[]>])[] = [
  [
    'chat',
    async (client) => namesIn((await client.chat.completions.create(chat)).choices[0]?.message.tool_calls),
  ],
  [
    'chat, streamed',
    async (client) => namesIn((await client.chat.completions.stream(chat).finalMessage()).tool_calls),
  ],
  ['Responses', async (client) => itemsIn((await client.responses.create(response)).output)],
  [
    'Responses, streamed',
    async (client) => itemsIn((await client.responses.stream(response).finalResponse()).output),
  ],
];
const namesIn = (calls: OpenAI.ChatCompletionMessageToolCall[] | undefined) =>
  (calls ?? []).map((call) => (call.type === 'function' ? call.function.name : call.type));
const itemsIn = (output: readonly { type: string; name?: string }[]) =>
  output.map((item) => (item.type === 'function_call' ? item.name : item.type));

describe.each(WAYS)('%s', (_, ask) => {
  it('refuses the answer, and serves its twin', async () => {
    makes(SHELL);
    expect(await codeOf(ask(ai))).toBe('tool.denied');
    makes(BAD);
    expect(await codeOf(ask(ai))).toBe('tool.arguments');
    makes(GOOD, { name: 'search', arguments: '{}' });
    expect(await ask(ai)).toEqual(['read_file', 'search']);
  });

  it('or goes on without the call', async () => {
    makes(SHELL, GOOD);
    const left = await ask(cutter);
    expect(left.filter((name) => name !== 'message')).toEqual(['read_file']);
    makes(GOOD, BAD);
    expect((await ask(cutter)).filter((name) => name !== 'message')).toEqual(['read_file']);
  });
});

it('a tool runner carries out what is allowed, and hears of the rest', async () => {
  const ran: string[] = [];
  const tool = (name: string) => ({
    type: 'function' as const,
    function: {
      name,
      description: name,
      parameters: { type: 'object', properties: {} },
      function: (given: string) => {
        ran.push(`${name} ${given}`);
        return 'done';
      },
    },
  });
  const ask = async (client: OpenAI, first: { name: string; arguments: string }) => {
    house.upstream.clear();
    house.upstream.script = (seen) =>
      chatAnswer(seen, seen.index === 0 ? { toolCalls: [first] } : { words: ['Done.'] });
    return await client.chat.completions
      .runTools({ ...chat, tools: [tool('read_file')], stream: true })
      .finalContent();
  };
  expect(await ask(ai, GOOD)).toBe('Done.');
  expect(ran).toEqual([`read_file ${GOOD.arguments}`]);
  expect(await codeOf(ask(ai, BAD))).toBe('tool.arguments');
  expect(await ask(cutter, BAD)).toContain('[A tool call was taken out: tool.arguments]');
  expect(ran).toHaveLength(1);
});

it('the helper for Responses hears every event of a stream with a call that was cut', async () => {
  const events = responseOf(
    itemEvents(0, 'function_call', 'execute_shell', ['{"a"', ':1}']),
    messageEvents(1, 'Well.'),
    itemEvents(2, 'function_call', 'search', ['{"q"', ':1}']),
  );
  house.upstream.script = () => sse(events.map((event, sequence_number) => ({ ...event, sequence_number })));
  const heard: string[] = [];
  const stream = cutter.responses.stream(response);
  stream.on('response.output_text.delta', ({ delta }) => heard.push(delta));
  stream.on('response.function_call_arguments.delta', ({ delta }) => heard.push(delta));
  const { output } = await stream.finalResponse();
  expect(heard).toEqual(['Well.', '{"q"', ':1}']);
  expect(itemsIn(output)).toEqual(['message', 'message', 'search']);
  expect(JSON.stringify(output)).not.toContain('shell');
});

const ofType = (type: string) => [{ id: 'i', type, status: 'completed', call_id: 'c', action: {} }];

it('what is not streamed says why in its head, and whatever item it is', async () => {
  makes(SHELL);
  const { response: head, data } = await cutter.chat.completions.create(chat).withResponse();
  expect(head.headers.get('x-sallyport-code')).toBe('tool.denied');
  expect(data.choices[0]).toMatchObject({
    finish_reason: 'stop',
    message: { content: '[A tool call was taken out: tool.denied]' },
  });
  expect(JSON.stringify(data)).not.toContain('shell');
  for (const [type, end] of [
    ['image_generation_call', 'tool.denied'],
    ['computer_call', 'tool.denied'],
    ['local_shell_call', 'tool.denied'],
    ['teleport_call', 'tool.denied'],
    ['teleport', 'tool.denied'],
    ['web_search_call', 'served'],
    ['code_interpreter_call', 'served'],
  ] as const) {
    house.upstream.script = () =>
      json({
        id: 'r',
        object: 'response',
        output: ofType(type),
        usage: { input_tokens: 1, output_tokens: 1 },
      });
    expect([type, await codeOf(ai.responses.create(response))]).toEqual([type, end]);
  }
});

it('what a large answer calls is judged as well', async () => {
  const long = 'word '.repeat(4000);
  for (const [path, end] of [
    ['/data/a', 'served'],
    ['/etc/a', 'tool.arguments'],
  ] as const) {
    makes({ name: 'read_file', arguments: JSON.stringify({ path, long }) });
    for (const [, ask] of WAYS) expect(await codeOf(ask(ai))).toBe(end);
  }
});

it('is charged, counted by name, and nothing of the arguments is kept', async () => {
  makes({ ...SHELL, arguments: '{"cmd":"canary-of-arguments"}' });
  const { response: head } = await ai.chat.completions
    .create(chat)
    .withResponse()
    .catch((error: unknown) => ({
      response: error instanceof APIError ? { headers: error.headers } : undefined,
    }));
  const id = head?.headers?.get('x-request-id');
  const isIts = ({ action, metadata }: Entry): boolean =>
    action === 'exchange.outcome' && metadata['exchange'] === id;
  const entries = await until(
    () => allEntries(join(house.gateway.dataDir, 'audit')),
    (written) => written.some(isIts),
  );
  expect(entries.find(isIts)?.metadata).toMatchObject({
    outcome: 'refused',
    code: 'tool.denied',
    usageKnown: true,
    tools: { execute_shell: { denied: 1 } },
  });
  expect(entries.find(isIts)?.metadata['settledNano']).toBeGreaterThan(0);
  expect(JSON.stringify(entries) + house.gateway.logs()).not.toContain('canary-of-arguments');
  const metrics = await fetch(`${house.gateway.adminUrl}/metrics`).then(async (answer) => answer.text());
  expect(metrics).toMatch(/sallyport_tool_calls_total\{decision="denied"\} [1-9]/);
});
