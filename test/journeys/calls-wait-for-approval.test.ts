/**
 * stages/ask-approval, stages/claim-parked: calls that a person must allow, through a whole gateway: a stream waits and lives,
 * an answer that is not streamed is parked and handed out once, and upstream is asked once. Shown false by an `approvalOf`
 * that resolves at once, by a `claimParked` that returns at once (upstream is asked twice), and the last two by leaving out of
 * those what they ask once more (`checkClaim`, `recheck`).
 */
import OpenAI, { APIError } from 'openai';
import { beforeAll, expect, test } from 'vitest';
import { admin, createKey } from '../support/admin.ts';
import { journey } from '../support/journey.ts';
import { chatAnswer, responsesAnswer } from '../support/openai-answer.ts';
import { until } from '../support/until.ts';
import { OPEN_HOUSE } from './open-house.ts';

const house = journey({
  config: { ...OPEN_HOUSE, tools: { needsApproval: ['send_email'] } },
  key: { tier: 'open' },
});
let ai: OpenAI;
beforeAll(() => {
  ai = new OpenAI({ apiKey: house.gateway.callerKey, baseURL: house.gateway.baseUrl, maxRetries: 0 });
});

const model = 'gpt-4o-mini';
const tool = (name: string) => ({ type: 'function' as const, function: { name } });
let count = 0;
/** Each asks for something else. */
function asked() {
  count += 1;
  const toolCalls = [{ name: 'send_email', arguments: `{"to":"ann","n":${count}}` }];
  house.upstream.script = (seen) =>
    seen.target.includes('/responses')
      ? responsesAnswer(seen, { toolCalls })
      : chatAnswer(seen, { words: ['Well.'], toolCalls });
  const messages = [{ role: 'user' as const, content: `Mail ${count}` }];
  return { model, messages, max_completion_tokens: 99, tools: [tool('send_email')] };
}

type Listed = { readonly data: readonly { readonly id: string; readonly tool: string }[] };
async function pending(): Promise<Listed['data']> {
  const { body } = await admin(house.gateway, 'GET', '/admin/approvals?state=pending');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the route's own shape
  return (body as Listed).data;
}
const question = async () => (await until(pending, (list) => list.length > 0))[0]?.id ?? '';
const decide = async (id: string, decision: 'approve' | 'deny') =>
  (await admin(house.gateway, 'POST', `/admin/approvals/${id}`, { decision })).status;
const codeOf = async (work: Promise<unknown>): Promise<unknown> =>
  await work.then(
    () => 'served',
    (error: unknown) => (error instanceof APIError ? error.code : error),
  );

test('a stream waits: what came before is there, the call only once it is approved', async () => {
  const stream = ai.chat.completions.stream(asked());
  let text = '';
  const names: string[] = [];
  stream.on('content', (delta) => (text += delta));
  stream.on('tool_calls.function.arguments.done', ({ name }) => names.push(name));
  const id = await question();
  expect([text, names]).toEqual(['Well.', []]);
  expect(await decide(id, 'approve')).toBe(200);
  const { tool_calls: calls } = await stream.finalMessage();
  expect(calls?.[0]).toMatchObject({
    function: { name: 'send_email', arguments: `{"to":"ann","n":${count}}` },
  });
});

test('of Responses as well, and what a person refuses ends it', async () => {
  asked();
  const stream = ai.responses.stream({ model, input: 'Hi', max_output_tokens: 99 });
  expect(await decide(await question(), 'approve')).toBe(200);
  expect((await stream.finalResponse()).output).toMatchObject([{ name: 'send_email' }]);
  const refused = codeOf(ai.chat.completions.stream(asked()).finalMessage());
  expect(await decide(await question(), 'deny')).toBe(200);
  expect(await refused).toBe('tool.approval_denied');
});

test('who leaves is asked about no more', async () => {
  const stream = ai.chat.completions.stream(asked());
  const gone = codeOf(stream.done());
  await question();
  stream.abort();
  await gone;
  expect(await until(pending, (list) => list.length === 0)).toEqual([]);
});

test('what is not streamed is parked; the same request gets it once, without another call upstream', async () => {
  const body = asked();
  const first = await ai.chat.completions.create(body).catch((error: unknown) => error);
  expect(first).toMatchObject({ status: 403, code: 'tool.approval_pending' });
  const id = first instanceof APIError ? (first.headers?.get('x-sallyport-approval') ?? '') : '';
  expect(await codeOf(ai.chat.completions.create(body))).toBe('tool.approval_pending');
  expect(house.upstream.requests).toHaveLength(1);
  expect((await pending()).map((each) => each.id)).toEqual([id]);
  expect(await decide(id, 'approve')).toBe(200);
  const got = await ai.chat.completions.create(body);
  expect(got.choices[0]?.message.tool_calls).toMatchObject([{ function: { name: 'send_email' } }]);
  expect(house.upstream.requests).toHaveLength(1);
  // Once: the next is a question of its own.
  expect(await codeOf(ai.chat.completions.create(body))).toBe('tool.approval_pending');
  expect(house.upstream.requests).toHaveLength(2);
  expect(await decide(await question(), 'deny')).toBe(200);
});

const headersOf = (id: string) => ({ headers: { 'X-Sallyport-Approval': id } });

test('or by the id of the approval; what was refused is told, and to nobody else', async () => {
  const body = asked();
  await codeOf(ai.chat.completions.create(body));
  const id = await question();
  expect(
    await codeOf(ai.chat.completions.create(body, headersOf('6f9619ff-8b86-4011-b42d-00c04fc964ff'))),
  ).toBe('not_found');
  expect(await decide(id, 'deny')).toBe(200);
  expect(await codeOf(ai.chat.completions.create(body, headersOf(id)))).toBe('tool.approval_denied');
  expect(house.upstream.requests).toHaveLength(1);
});

const shut = async (...tools: string[]) =>
  expect((await admin(house.gateway, 'PUT', '/admin/lockdown', { tools })).status).toBe(200);

test('what was approved is for who could make that call now: by no narrower key, for nothing else', async () => {
  const body = asked();
  await codeOf(ai.chat.completions.create(body));
  const id = await question();
  expect(await decide(id, 'approve')).toBe(200);
  const claims = async (as: OpenAI): Promise<unknown[]> => {
    const { tools: _, ...bare } = body;
    return [
      await codeOf(as.chat.completions.create(bare, headersOf(id))),
      await codeOf(as.chat.completions.create({ ...bare, model: 'gpt-4.1' }, headersOf(id))),
      await codeOf(as.models.list(headersOf(id))),
    ];
  };
  const { key } = await createKey(house.gateway, { user: 'tester', tier: 'open', tools: ['search'] });
  const narrow = new OpenAI({ apiKey: key, baseURL: house.gateway.baseUrl, maxRetries: 0 });
  expect(await claims(narrow)).toEqual(['tool.denied', 'not_found', 'not_found']);
  await shut('send_email');
  expect(await claims(ai)).toEqual(['tool.denied', 'not_found', 'not_found']);
  await shut();
  expect(await claims(ai)).toEqual(['served', 'tool.approval_used', 'tool.approval_used']);
  expect(house.upstream.requests).toHaveLength(1);
});

test('a tool that was shut while its call waited stays shut, whoever approves it', async () => {
  const stream = codeOf(ai.chat.completions.stream(asked()).finalMessage());
  const id = await question();
  await shut('send_email');
  expect(await decide(id, 'approve')).toBe(200);
  expect(await stream).toBe('tool.denied');
  await shut();
  expect((await admin(house.gateway, 'GET', `/admin/approvals/${id}`)).body).toMatchObject({
    state: 'withdrawn',
  });
});
