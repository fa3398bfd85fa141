/**
 * Conversation history, retention and erasure as people meet them. What was redacted stands nowhere in the bytes of the
 * store, nor does what a tier without a history says; days later the job has deleted what is old, on record, and the log
 * verifies; a legal hold keeps. Shown false by keeping what came before it is screened (the canary is in the page), by
 * keeping without the seal (a plain word is in the file), by a job that asks no holds, and by one without a lease (two
 * rounds); by a history that does not ask who was erased.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { admin, createKey, type NewKey } from '../support/admin.ts';
import { allEntries } from '../support/audit.ts';
import { runCommand } from '../support/command.ts';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { chatAnswer, responsesAnswer } from '../support/openai-answer.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';
import { until } from '../support/until.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';
import { OPEN_HOUSE } from './open-house.ts';

const DAY_MS = 86_400_000;
const CANARY = 'canary.person@example.com';
const SAID = 'model.person@example.org';
const WORD = 'gooseberry';
const model = 'gpt-4o-mini';
const config = {
  ...OPEN_HOUSE,
  tiers: { kept: { history: { enabled: true } }, plain: {} },
  guardrails: { ...OPEN_HOUSE.guardrails, pii: { action: 'redact' } },
};
const env = {
  SALLYPORT_SECRET: 's'.repeat(40),
  SALLYPORT_ADMIN_KEY: 'an admin key of more than 32 characters',
};
const preload = join(import.meta.dirname, '../support/shifted-clock.ts');
const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-history-'));
const keys: Record<string, string> = {};
let upstream: Upstream;
let gateway: Gateway;

async function start(offMs = 0): Promise<void> {
  await gateway?.stop();
  const shifted = { NODE_OPTIONS: `--import ${preload}`, CLOCK_OFF_MS: String(offMs) };
  gateway = await startGateway({ upstream, dataDir, config, env: { ...env, ...shifted }, key: null });
}
async function makeKey(name: string, more: Partial<NewKey>): Promise<void> {
  keys[name] = (await createKey(gateway, { user: name, ...more })).key;
}
beforeAll(async () => {
  upstream = await startUpstream();
  const words = ['Ask', ' model.per', 'son@exam', 'ple.org about', ` ${WORD}`];
  upstream.script = (seen) =>
    seen.target.endsWith('/responses') ? responsesAnswer(seen, { words }) : chatAnswer(seen, { words });
  await start();
  await makeKey('ada', { tier: 'kept', name: 'Ada of accounts', team: 'red' });
  await makeKey('held', { tier: 'kept' });
  await makeKey('bob', { tier: 'plain' });
  await makeKey('dev', { tier: 'plain', role: 'developer' });
});
afterAll(async () => {
  await gateway?.stop();
  await upstream?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const ai = (user: string) => new OpenAI({ apiKey: keys[user], baseURL: gateway.baseUrl, maxRetries: 0 });
const messages = [{ role: 'user' as const, content: `Write to ${CANARY} about ${WORD} jam` }];

async function ask(user: string): Promise<string> {
  const plain = await ai(user).chat.completions.create({ model, messages, max_completion_tokens: 999 });
  const stream = await ai(user).chat.completions.create({
    model,
    messages,
    max_completion_tokens: 999,
    stream: true,
  });
  for await (const _ of stream);
  const content = messages[0]?.content ?? '';
  await ai(user).responses.create({ model, input: content, max_output_tokens: 999 });
  return plain.choices[0]?.message.content ?? '';
}

const part = z.object({ text: z.string(), cut: z.boolean() });
const pageSchema = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      operation: z.string(),
      model: z.string(),
      asked: part,
      answered: part.nullable(),
    }),
  ),
  has_more: z.boolean(),
  next_before: z.string().optional(),
});

async function own(user: string, query = ''): Promise<z.infer<typeof pageSchema>> {
  const url = `${gateway.baseUrl.replace('/v1', '/me/history')}${query}`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${keys[user] ?? ''}` } });
  return pageSchema.parse(await answer.json());
}
const kept = (user: string, count: number) =>
  until(
    () => own(user),
    ({ data }) => data.length === count,
  );

/** All that the store has on disk, as Latin-1. */
function stored(): string {
  const files = readdirSync(dataDir).filter((name) => name.startsWith('store.sqlite'));
  return files.map((name) => readFileSync(join(dataDir, name), 'latin1')).join('\n');
}

/** Once there are so many: nobody waits for how an action ended. */
const entriesOf = (actionPrefix: string, count: number) =>
  until(
    () => allEntries(join(dataDir, 'audit'), { actionPrefix }),
    (all) => all.length >= count,
  );

test('a tier with a history keeps what was said as it went up; no value and no word is in the bytes on disk', async () => {
  await ask('bob');
  expect(await ask('ada')).toContain(SAID);
  await ask('held');
  const { data } = await kept('ada', 3);
  expect(data.map(({ operation }) => operation)).toEqual([
    'responses.create',
    'chat.completions.create',
    'chat.completions.create',
  ]);
  for (const { asked, answered } of data) {
    expect(asked.text).toContain(`Write to <EMAIL_1> about ${WORD} jam`);
    expect(answered?.text).toContain(`Ask [REDACTED] about ${WORD}`);
  }
  await kept('held', 3);
  expect((await own('bob')).data).toEqual([]);
  const bytes = stored();
  expect(bytes).toContain('"user":"ada"');
  for (const text of [CANARY, SAID, WORD]) {
    expect(bytes).not.toContain(text);
    expect(bytes).not.toContain(Buffer.from(text).toString('base64').slice(0, 12));
    expect(bytes).not.toContain(Buffer.from(text).toString('hex'));
  }
});

test('one finds again what one said, page by page, and nothing by what was redacted', async () => {
  expect((await own('ada', `?q=${WORD.toUpperCase()}`)).data).toHaveLength(3);
  expect((await own('ada', `?q=${CANARY}`)).data).toEqual([]);
  expect((await own('ada', `?to=${new Date(Date.now() - DAY_MS).toISOString()}`)).data).toEqual([]);
  const first = await own('ada', '?limit=2');
  expect([first.data.length, first.has_more]).toEqual([2, true]);
  const second = await own('ada', `?limit=2&before=${first.next_before ?? ''}`);
  expect([second.data.length, second.has_more]).toEqual([1, false]);
  const ids = [...first.data, ...second.data].map(({ id }) => id);
  expect(new Set(ids).size).toBe(3);
  for (const query of ['?limit=0', '?user=held', '?q=a&q=b', '?from=yesterday']) {
    const url = gateway.baseUrl.replace('/v1', '/me/history') + query;
    const answer = await fetch(url, { headers: { authorization: `Bearer ${keys['ada'] ?? ''}` } });
    expect([query, answer.status]).toEqual([query, 400]);
  }
});

test("an administrator reads others' history, on record with what was read; a developer does not", async () => {
  const { status, body } = await admin(gateway, 'GET', `/admin/history?user=ada&q=${WORD}&limit=2`);
  expect(status).toBe(200);
  const read = pageSchema.parse(body).data.map(({ id }) => id);
  expect(read).toHaveLength(2);
  const developer = { ...gateway, adminKey: keys['dev'] ?? '' };
  expect((await admin(developer, 'GET', '/admin/history?user=ada')).status).toBe(403);
  const entries = await entriesOf('admin.history.view', 3);
  expect(entries.map(({ userId, status: ended }) => [userId, ended])).toEqual([
    ['admin', 'pending'],
    ['admin', 'success'],
    ['dev', 'failure'],
  ]);
  expect(entries[0]).toMatchObject({ resource: 'ada', metadata: { exchanges: read } });
  expect(JSON.stringify(entries)).not.toContain(WORD);
});

const users = async (...args: string[]) => {
  const ran = await runCommand(['users', ...args], {
    env: { ...env, SALLYPORT_ADMIN_URL: gateway.adminUrl, DATA_DIR: dataDir },
  });
  return { code: ran.code, text: ran.out + ran.err };
};
const verified = async () => {
  const ran = await runCommand(['audit', 'verify', join(dataDir, 'audit')], {
    env: { ...env, DATA_DIR: dataDir },
  });
  return { code: ran.code, text: ran.out };
};
const rounds = async (resource: string) =>
  (await allEntries(join(dataDir, 'audit'), { actionPrefix: 'retention.pruned' })).filter(
    (entry) => entry.resource === resource && entry.status !== 'pending',
  );

test('31 days later the job has deleted what is old, of all but who is held, and said so; files stay', async () => {
  expect((await users('hold', 'held')).code).toBe(0);
  const files = readdirSync(join(dataDir, 'audit')).length;
  await start(31 * DAY_MS);
  await kept('ada', 0);
  await until(
    () => rounds('store'),
    (all) => all.at(-1)?.metadata['history'] === 3,
  );
  expect((await rounds('store')).at(-1)?.metadata).toMatchObject({ held: 1 });
  expect((await own('held')).data).toHaveLength(3);
  expect(readdirSync(join(dataDir, 'audit')).length).toBe(files + 1);
  await ask('ada');
  await kept('ada', 3);
});

test('a person is erased: not while held, then with counts, then again with none', async () => {
  const blocked = await admin(gateway, 'DELETE', '/admin/users/held/data');
  expect(blocked).toMatchObject({ status: 403, body: { error: { code: 'retention.held' } } });
  expect((await own('held')).data).toHaveLength(3);
  const { code, text } = await users('erase', 'ada');
  expect(code).toBe(0);
  // Of the second day one object, of the first one more until the hourly round has dropped its values.
  const placeholders: unknown = expect.toSatisfy((count: number) => count === 1 || count === 2);
  const objects: unknown = expect.toSatisfy((count: number) => count > 0);
  const gone = { history: 3, placeholders, approvals: 0, parkedAnswers: 0, keyNames: 1, objects };
  expect(JSON.parse(text)).toEqual({ user: 'ada', erased: gone });
  expect((await own('ada')).data).toEqual([]);
  expect(await admin(gateway, 'DELETE', '/admin/users/ada/data')).toMatchObject({
    status: 200,
    body: { erased: { history: 0, placeholders: 0, keyNames: 0, objects: 0 } },
  });
  const told = await entriesOf('admin.user.erase', 5);
  expect(told.map(({ status }) => status)).toEqual(['failure', 'pending', 'success', 'pending', 'success']);
  expect(told[2]).toMatchObject({ resource: 'ada', metadata: { erased: gone } });
  expect(JSON.stringify((await admin(gateway, 'GET', '/admin/keys')).body)).not.toContain('accounts');
  await ask('ada');
});

const say = async (content: string) =>
  await ai('ada').chat.completions.create({
    model,
    messages: [{ role: 'user', content }],
    max_completion_tokens: 999,
  });

test('what a call under way says is erased with the rest; what comes after it is kept', async () => {
  const { script } = upstream;
  const [asked, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  upstream.script = async (seen) => {
    asked.resolve();
    await answered.promise;
    return await script(seen);
  };
  const underWay = say('Before it.');
  await asked.promise;
  expect((await users('erase', 'ada')).code).toBe(0);
  answered.resolve();
  await underWay;
  upstream.script = script;
  await say('After it.');
  const { data } = await kept('ada', 1);
  expect(data[0]?.asked.text).toContain('After it.');
});

test('200 days later, with no hold, old files have left the log, which verifies; one file more is tampering', async () => {
  expect((await users('release', 'held')).text).toContain('"held": false');
  const chains = readdirSync(join(dataDir, 'audit')).length;
  await start(200 * DAY_MS);
  await until(
    () => rounds('audit'),
    (all) => all.length > 0,
  );
  expect(readdirSync(join(dataDir, 'audit')).length).toBe(1);
  expect((await rounds('audit'))[0]?.metadata).toMatchObject({ files: chains });
  expect((await own('held')).data).toEqual([]);
  expect(await verified()).toMatchObject({
    code: 0,
    text: expect.stringContaining('were pruned, as the log says'),
  });
  await start(201 * DAY_MS);
  expect(await verified()).toMatchObject({ code: 0 });
  const [oldest = ''] = readdirSync(join(dataDir, 'audit')).sort();
  rmSync(join(dataDir, 'audit', oldest), { recursive: true });
  expect(await verified()).toMatchObject({ code: 1 });
});

test('of two processes on one store one has the round', async () => {
  const postgres: Postgres = await startPostgres();
  const both: Gateway[] = [];
  try {
    const shared = { ...config, store: { kind: 'postgres', url: 'env:DATABASE_URL' } };
    const options = { upstream, config: shared, env: { ...env, DATABASE_URL: postgres.url }, key: null };
    const dirs = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'sallyport-round-')));
    both.push(...(await Promise.all(dirs.map((dir) => startGateway({ ...options, dataDir: dir })))));
    const counted = async () => {
      const each = await Promise.all(dirs.map((dir) => allEntries(join(dir, 'audit'))));
      return each
        .flat()
        .filter(({ action, status }) => action === 'retention.pruned' && status === 'success');
    };
    await until(counted, (all) => all.length > 0);
    await Promise.all(both.splice(0).map((one) => one.stop()));
    expect(await counted()).toHaveLength(1);
    for (const dir of dirs) rmSync(dir, { recursive: true, force: true });
  } finally {
    await Promise.all(both.map((one) => one.stop()));
    await postgres.stop();
  }
});
