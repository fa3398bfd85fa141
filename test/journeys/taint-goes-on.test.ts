/**
 * stages/inherit-taint: an injection in the result of a tool, or in a document, marks every call that goes on from it: through
 * Responses chains, conversations and files, with the official SDK. Their twins without one are not held. Shown false by an
 * `inheritTaint` that returns at once (chains and files), by a `passOnTaint` that does (conversations), by owners recorded
 * without their mark, and by a `checkTaintedTools` that returns at once (a tool that nobody could hold). Where any result marks:
 * by a `noteResults` that does, by an answer that is not recorded again, and by a `passOnResults` that returns at once.
 */
import OpenAI, { APIError } from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { json } from '../support/behaviour.ts';
import type { Gateway } from '../support/gateway.ts';
import { journey } from '../support/journey.ts';
import { openGateway } from '../support/open-gateway.ts';
import { chatAnswer, responsesAnswer } from '../support/openai-answer.ts';
import { INJECTION } from '../support/planting-house.ts';
import { OPEN_HOUSE } from './open-house.ts';

const config = {
  ...OPEN_HOUSE,
  objects: { isolation: 'team' },
  guardrails: { ...OPEN_HOUSE.guardrails, injection: { action: 'block' } },
  tools: { taintNeedsApproval: ['fetch_page', 'web_search'] },
};
const key = { tier: 'open', user: 'ada' };
const house = journey({ config, key });
const ai = ({ callerKey, baseUrl }: Gateway = house.gateway) =>
  new OpenAI({ apiKey: callerKey, baseURL: baseUrl, maxRetries: 0 });

const model = 'gpt-4o-mini';
const CALL = [{ name: 'fetch_page', arguments: '{"url":"https://example.com"}' }];
let made = 0;
let says: typeof CALL | undefined;
beforeEach(() => {
  says = undefined;
  house.upstream.script = (seen) => {
    const fields = { id: `resp_${++made}` };
    if (seen.target.includes('/responses'))
      return responsesAnswer(seen, { fields, ...(says && { toolCalls: says }) });
    if (seen.target.includes('/chat')) return chatAnswer(seen, says && { toolCalls: says });
    return json({
      id: `${seen.target.includes('/files') ? 'file' : 'conv'}_${++made}`,
      object: 'thing',
      data: [],
    });
  };
});

const result = (output: string) => [{ type: 'function_call_output' as const, call_id: 'c', output }];
const DOCUMENT = `The weather is fine. ${INJECTION}`;
const codeOf = async (work: Promise<unknown>): Promise<unknown> =>
  await work.then(
    () => 'served',
    (error: unknown) => (error instanceof APIError ? error.code : error),
  );
const respond = (more: object, of = house.gateway) =>
  ai(of).responses.create({ model, input: 'Go on.', max_output_tokens: 99, ...more });

describe.each([
  ['what was marked', DOCUMENT, 'tool.approval_pending'],
  ['its twin', 'The weather is fine.', 'served'],
])('a call that goes on from %s', (_name, output, wanted) => {
  test('through a chain of responses', async () => {
    const first = await respond({ input: result(output) });
    const second = await respond({ previous_response_id: first.id });
    says = CALL;
    expect(await codeOf(respond({ previous_response_id: second.id }))).toBe(wanted);
    expect(await codeOf(respond({ previous_response_id: first.id, input: 'Again.' }))).toBe(wanted);
  });

  test('through a conversation, by its items and by a call', async () => {
    const client = ai();
    const one = await client.conversations.create({});
    await client.conversations.items.create(one.id, { items: result(output) });
    const other = await client.conversations.create({});
    await respond({ conversation: other.id, input: result(output) });
    says = CALL;
    for (const { id } of [one, other]) expect(await codeOf(respond({ conversation: id }))).toBe(wanted);
  });

  test('through a file', async () => {
    const file = await ai().files.create({ file: new File([output], 'a.txt'), purpose: 'user_data' });
    const content = [{ type: 'file' as const, file: { file_id: file.id } }];
    says = CALL;
    const call = { model, max_completion_tokens: 99, messages: [{ role: 'user' as const, content }] };
    expect(await codeOf(ai().chat.completions.create(call))).toBe(wanted);
  });

  test('may not even declare what nobody could hold', async () => {
    const first = await respond({ input: result(output) });
    const tools = [{ type: 'web_search' as const }];
    const denied = wanted === 'served' ? 'served' : 'tool.denied';
    expect(await codeOf(respond({ previous_response_id: first.id, tools }))).toBe(denied);
  });
});

describe('where any result marks', () => {
  let strict: Gateway;
  beforeAll(async () => {
    const tools = { taintNeedsApproval: ['fetch_page'], taintBy: 'results' };
    strict = await openGateway({ upstream: house.upstream, config: { ...config, tools }, key });
  });
  afterAll(async () => void (await strict.stop()));

  test('so does what upstream has searched, in what goes on from it', async () => {
    const conversation = await ai(strict).conversations.create({});
    const plain = await respond({}, strict);
    const { script } = house.upstream;
    house.upstream.script = () =>
      json({
        id: `resp_${++made}`,
        object: 'response',
        output: [
          { id: 'ws', type: 'web_search_call', status: 'completed', action: { type: 'search', query: 'q' } },
        ],
        usage: { input_tokens: 1, output_tokens: 1 },
      });
    const searched = await respond({ conversation: conversation.id }, strict);
    house.upstream.script = script;
    says = CALL;
    const after = (more: object) => codeOf(respond(more, strict));
    expect(await after({ previous_response_id: searched.id })).toBe('tool.approval_pending');
    expect(await after({ conversation: conversation.id })).toBe('tool.approval_pending');
    expect(await after({ previous_response_id: plain.id })).toBe('served');
    expect(await after({ input: result('It rains.') })).toBe('tool.approval_pending');
  });
});
