/**
 * stages/judge-lines, I18, I10: a batch reserves and is charged what the calls in its file can cost, and is refused where
 * the day's money does not reach, or other rules hold than its lines were judged by. Upstream's own books are the caps in the lines it was sent. Shown false by not keeping the cost with the
 * file (own-objects): each batch then asks for the flat sum, more than the day has, and both tests are red. Red where any
 * file may be run (parse.ts): the one about purposes; by a `judgeLines` that compares nothing: each about other rules.
 */
import { beforeEach, expect, test } from 'vitest';
import { admin, createKey } from '../support/admin.ts';
import { json } from '../support/behaviour.ts';
import { FORM_TYPE, formBytes } from '../support/form-bytes.ts';
import { journey } from '../support/journey.ts';
import { MONEY_ONLY, outcomeOf, post, read } from '../support/money.ts';

const house = journey({
  key: { tier: 'wide', user: 'ada' },
  config: {
    ...MONEY_ONLY,
    models: { projectServiceTier: 'default' },
    audit: { waitMsMax: 10_000 },
    guardrails: { ...MONEY_ONLY.guardrails, timeoutMs: 30_000 },
    tiers: {
      wide: { dailyBudgetUsd: 5, maxTokensPerRequest: 100_000 },
      strict: { dailyBudgetUsd: 5, maxTokensPerRequest: 100_000, guardrails: { pii: 'block' } },
    },
  },
});
let files = 0;
beforeEach(() => {
  house.upstream.script = ({ target }) =>
    json(
      target.endsWith('/files')
        ? { id: `file_${(files += 1)}`, object: 'file' }
        : { id: 'batch_1', object: 'batch' },
    );
});

/** Uploads a batch of so many calls. */
async function upload(calls: number, body: object, purpose = 'batch'): Promise<string> {
  const line = JSON.stringify({ custom_id: 'c', method: 'POST', url: '/v1/chat/completions', body });
  const content = Array.from({ length: calls }, () => line).join('\n');
  const answer = await fetch(`${house.gateway.baseUrl}/files`, {
    method: 'POST',
    headers: { authorization: `Bearer ${house.gateway.callerKey}`, 'content-type': FORM_TYPE },
    body: formBytes([
      { name: 'purpose', content: purpose },
      { name: 'file', filename: 'a.jsonl', contentType: 'application/jsonl', content },
    ]),
  });
  expect(answer.status).toBe(200);
  const made: unknown = await answer.json();
  return String(Object(made).id);
}
const batch = (file: string) => ({
  input_file_id: file,
  endpoint: '/v1/chat/completions',
  completion_window: '24h',
});
const chat = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] };

test('what a batch is charged covers the caps that upstream was sent', async () => {
  const file = await upload(20, chat);
  const sent = house.upstream.requests[0]?.body.toString() ?? '';
  const caps = [...sent.matchAll(/"max_completion_tokens":(\d+)/g)].map(([, cap]) => Number(cap));
  expect(caps).toHaveLength(20);
  const { id, status } = await read(await post(house.gateway, '/batches', batch(file)));
  expect(status).toBe(200);
  const settled = Number((await outcomeOf(house.gateway, id))['settledNano']);
  const most = caps.reduce((sum, cap) => sum + (cap * 600) / 2, 0);
  expect(settled).toBeGreaterThanOrEqual(most);
  expect(settled).toBeLessThan(1.1 * most);
});

test('a batch that costs more than the day has goes nowhere, a small one does', async () => {
  const dear = await upload(100, { ...chat, model: 'gpt-5.5-pro', max_completion_tokens: 50_000 });
  const cheap = await upload(3, { ...chat, max_completion_tokens: 5 });
  house.upstream.clear();
  const refused = await read(await post(house.gateway, '/batches', batch(dear)));
  expect(refused).toMatchObject({ status: 429, code: 'budget.exceeded' });
  expect(house.upstream.requests).toEqual([]);
  expect(await read(await post(house.gateway, '/batches', batch(cheap)))).toMatchObject({ status: 200 });
});

test('lines that came as something else than a batch are run by nobody', async () => {
  const others = await Promise.all(['user_data', 'Batch'].map((purpose) => upload(1, chat, purpose)));
  house.upstream.clear();
  for (const file of others) {
    const refused = await read(await post(house.gateway, '/batches', batch(file)));
    expect(refused).toMatchObject({ status: 400, code: 'request.invalid_field' });
  }
  expect(house.upstream.requests).toEqual([]);
});

/** Of the same user, so the file is theirs; with less of its own than the key that uploads. */
const ada = { user: 'ada', tier: 'wide' };
const runBy = async (key: object, file: string) =>
  await read(
    await post(
      { ...house.gateway, callerKey: (await createKey(house.gateway, key)).key },
      '/batches',
      batch(file),
    ),
  );

test.each<object>([
  { models: ['gpt-4o-mini', 'gpt-4o'] },
  { tools: ['search'] },
  { endpoints: ['batches', 'chat.completions'] },
  { maxTokensPerRequest: 50_000 },
  { tier: 'strict' },
])('lines are run by nobody who is held to other rules than they were judged by: %j', async (narrower) => {
  const file = await upload(1, chat);
  house.upstream.clear();
  expect(await runBy({ ...ada, ...narrower }, file)).toMatchObject({
    status: 403,
    code: 'access.other_rules',
  });
  expect(house.upstream.requests).toEqual([]);
});

test('but by whoever is held to the same, as long as they hold', async () => {
  const file = await upload(1, chat);
  expect(await runBy(ada, file)).toMatchObject({ status: 200 });
  const models = ['gpt-4o-mini'];
  expect((await admin(house.gateway, 'PUT', '/admin/lockdown', { models })).status).toBe(200);
  expect(await runBy(ada, file)).toMatchObject({ status: 403, code: 'access.other_rules' });
  expect((await admin(house.gateway, 'PUT', '/admin/lockdown', {})).status).toBe(200);
  expect(await runBy(ada, file)).toMatchObject({ status: 200 });
});
