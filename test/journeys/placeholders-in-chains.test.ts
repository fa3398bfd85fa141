/**
 * Calls that go on from each other: what stands upstream for a value stands for it in every turn, for who gave it and
 * for nobody else. Shown false by a gateway without `recallPlaceholders` (the second turn's `<EMAIL_1>` is the first's),
 * by a vault that forgets from where on it numbers, by one whose lists give back what the request holds, and by one that prepares and does not keep (two at a time give one number to two people).
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createKey } from '../support/admin.ts';
import type { Gateway } from '../support/gateway.ts';
import { json } from '../support/behaviour.ts';
import { openGateway } from '../support/open-gateway.ts';
import { remembering, type Memory } from '../support/remembering-upstream.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';
import { OPEN_HOUSE } from './open-house.ts';

const [OLD, NEW] = ['o'.repeat(40), 'n'.repeat(40)];
const MAIL = 'jane.roe@example.com';
const OTHER = 'bob@example.org';
const THIRD = 'eve@example.net';
const model = 'gpt-4o-mini';
const max_output_tokens = 999;

const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-chains-'));
let upstream: Upstream;
let gateway: Gateway;
const memory: Memory = remembering();
const keys: Record<string, string> = {};

async function start(env: Record<string, string>, objects: object = { isolation: 'team' }): Promise<void> {
  const config = {
    ...OPEN_HOUSE,
    objects,
    guardrails: { ...OPEN_HOUSE.guardrails, pii: { action: 'redact' } },
  };
  gateway = await openGateway({ upstream, dataDir, config, env, key: null });
}
beforeAll(async () => {
  upstream = await startUpstream();
  await start({ SALLYPORT_SECRET: OLD });
  for (const user of ['ada', 'bob'])
    keys[user] = (await createKey(gateway, { user, tier: 'open', team: 'red' })).key;
});
afterAll(async () => {
  await gateway?.stop();
  await upstream?.close();
  rmSync(dataDir, { recursive: true, force: true });
});
beforeEach(() => {
  upstream.clear();
  upstream.script = memory.script;
});

const ai = (user = 'ada') => new OpenAI({ apiKey: keys[user], baseURL: gateway.baseUrl, maxRetries: 0 });
const turn = (input: string, more: object = {}, user = 'ada') =>
  ai(user).responses.create({ model, input, max_output_tokens, ...more, stream: false });
const sent = (): string => upstream.requests.at(-1)?.body.toString() ?? '';

describe('Responses that go on from a response', () => {
  it('equal values keep their number, new ones go on from the highest, answers give back both', async () => {
    const first = await turn(`Write to ${MAIL}.`);
    const second = await turn(`And to ${OTHER}, as to ${MAIL}.`, { previous_response_id: first.id });
    expect(sent()).toContain('And to <EMAIL_2>, as to <EMAIL_1>.');
    expect(second.output_text).toBe(`Write to ${MAIL}. | And to ${OTHER}, as to ${MAIL}. | `);
    const third = await turn('Who was it?', { previous_response_id: second.id });
    expect(third.output_text).toBe(`${second.output_text}Who was it? | `);
    expect(sent()).toContain('"input":"Who was it?"');
    const last = ai().responses.stream({ model, input: `Not ${THIRD}?`, previous_response_id: third.id });
    let heard = '';
    last.on('response.output_text.delta', ({ delta }) => (heard += delta));
    expect((await last.finalResponse()).output_text).toBe(`${third.output_text}Not ${THIRD}? | `);
    expect(heard).toBe(`${third.output_text}Not ${THIRD}? | `);
    expect(sent()).toContain('Not <EMAIL_3>?');
  });

  it('branches of one parent do not get in each other’s way', async () => {
    const parent = await turn(`Write to ${MAIL}.`);
    const ways = await Promise.all(
      [OTHER, THIRD].map((mail) => turn(`cc ${mail}`, { previous_response_id: parent.id })),
    );
    for (const [i, mail] of [OTHER, THIRD].entries()) {
      expect(ways[i]?.output_text).toBe(`Write to ${MAIL}. | cc ${mail} | `);
      const next = await turn('Again?', { previous_response_id: ways[i]?.id });
      expect(next.output_text).toBe(`Write to ${MAIL}. | cc ${mail} | Again? | `);
    }
  });

  it('whoever fetches their own response later gets the values: whole, as a stream, its input', async () => {
    const made = await turn(`Write to ${MAIL}.`, { background: true });
    expect((await ai().responses.retrieve(made.id)).output_text).toBe(`Write to ${MAIL}. | `);
    const stream = await ai().responses.retrieve(made.id, { stream: true, starting_after: 2 });
    let heard = '';
    for await (const event of stream) if (event.type === 'response.output_text.delta') heard += event.delta;
    expect(heard).toBe(`Write to ${MAIL}. | `);
    const items = await ai().responses.inputItems.list(made.id);
    expect(JSON.stringify(items.data)).toContain(MAIL);
  });

  it.each([`And to ${OTHER}, as to ${MAIL}.`, 'Who was it?'])(
    'what a tool may quote from files is taken for nobody’s value, then and later: %s',
    async (input) => {
      const first = await turn(`Write to ${MAIL}.`);
      const tools = [{ type: 'code_interpreter', container: { type: 'auto' } }];
      const second = await turn(input, { previous_response_id: first.id, tools });
      // The number may be of a file that was found.
      expect(second.output_text).toBe(`Write to <EMAIL_1>. | ${input} | `);
      const third = await turn(`Not ${THIRD}?`, { previous_response_id: second.id });
      expect(sent()).toMatch(/Not <EMAIL_10000\d>\?/);
      expect(third.output_text).toBe(`Write to <EMAIL_1>. | ${input} | Not ${THIRD}? | `);
    },
  );

  it('names that an earlier text held by itself are given to nobody', async () => {
    const first = await turn('My template says <EMAIL_1> and <EMAIL_2>.');
    const second = await turn(`Fill in ${MAIL}.`, { previous_response_id: first.id });
    expect(sent()).toContain('Fill in <EMAIL_3>.');
    expect(second.output_text).toBe(`My template says <EMAIL_1> and <EMAIL_2>. | Fill in ${MAIL}. | `);
  });
});

describe('conversations', () => {
  it('keep their placeholders, whichever operation brought them', async () => {
    const items = [{ type: 'message' as const, role: 'user' as const, content: `I am ${MAIL}.` }];
    const { id } = await ai().conversations.create({ items });
    const answer = await turn(`Write to ${OTHER} for me.`, { conversation: id });
    expect(sent()).toContain('Write to <EMAIL_2> for me.');
    expect(answer.output_text).toBe(`I am ${MAIL}. | Write to ${OTHER} for me. | `);
    const added = await ai().conversations.items.create(id, {
      items: [{ type: 'message', role: 'user', content: `cc ${THIRD}, ${MAIL}` }],
    });
    expect(sent()).toContain('cc <EMAIL_3>, <EMAIL_1>');
    expect(JSON.stringify(added.data)).toContain(`cc ${THIRD}, ${MAIL}`);
    const listed = JSON.stringify((await ai().conversations.items.list(id)).data);
    for (const mail of [MAIL, OTHER, THIRD]) expect(listed).toContain(mail);
    expect((await ai().responses.retrieve(answer.id)).output_text).toBe(answer.output_text);
  });

  it('of several writers at a time no two give one number to two people', async () => {
    const { id } = await ai().conversations.create({});
    const mails = Array.from({ length: 4 }, (_, i) => `person${i}@example.com`);
    await Promise.all(
      mails.map((mail) =>
        ai().conversations.items.create(id, {
          items: [{ type: 'message', role: 'user', content: `I am ${mail}` }],
        }),
      ),
    );
    expect(
      memory.said
        .get(id)
        ?.match(/<EMAIL_\d>/g)
        ?.toSorted(),
    ).toEqual(mails.map((_, i) => `<EMAIL_${i + 1}>`));
    const listed = JSON.stringify((await ai().conversations.items.list(id)).data);
    for (const mail of mails) expect(listed.split(mail)).toHaveLength(2);
  });
});

describe('others of the team', () => {
  it('see placeholders where they stand for what somebody else gave, and never get a number that is taken', async () => {
    const hers = await turn(`Write to ${MAIL}.`);
    const his = await turn(`And to ${OTHER}.`, { previous_response_id: hers.id }, 'bob');
    expect(sent()).toContain('And to <EMAIL_2>.');
    expect(his.output_text).toBe(`Write to <EMAIL_1>. | And to ${OTHER}. | `);
    expect((await ai('bob').responses.retrieve(hers.id)).output_text).toBe('Write to <EMAIL_1>. | ');
    const back = await turn('So?', { previous_response_id: his.id });
    expect(back.output_text).toBe('Write to <EMAIL_1>. | And to <EMAIL_2>. | So? | ');
  });

  it('in a conversation that somebody else began, values are redacted for good', async () => {
    const { id } = await ai().conversations.create({
      items: [{ type: 'message', role: 'user', content: `I am ${MAIL}.` }],
    });
    const answer = await turn(`Write to ${OTHER}.`, { conversation: id }, 'bob');
    expect(answer.output_text).toBe('I am <EMAIL_1>. | Write to [REDACTED]. | ');
  });
});

it('a stored chat completion gives back what it was told', async () => {
  const messages = [{ role: 'user' as const, content: `Write to ${MAIL}.` }];
  const made = await ai().chat.completions.create({
    model,
    messages,
    store: true,
    max_completion_tokens: 99,
  });
  const again = await ai().chat.completions.retrieve(made.id);
  expect(again.choices[0]?.message.content).toBe(`Write to ${MAIL}.`);
});

const stored = async (mail: string, user = 'ada') => {
  const messages = [{ role: 'user' as const, content: `Write to ${mail}.` }];
  const made = { model, messages, store: true, max_completion_tokens: 99 };
  return (await ai(user).chat.completions.create(made)).id;
};
const contents = async (user: string) =>
  (await ai(user).chat.completions.list()).data.map(({ choices }) => choices[0]?.message.content);

describe('lists', () => {
  it('of stored completions give back what each was told, to who told it', async () => {
    const ids = [await stored(MAIL), await stored(OTHER), await stored(THIRD, 'bob')];
    const data = ids.map((id) => ({ id, choices: [{ message: { content: memory.said.get(id) } }] }));
    expect(JSON.stringify(data).split('Write to <EMAIL_1>.')).toHaveLength(4);
    upstream.script = () => json({ object: 'list', data, has_more: false });
    expect(await contents('ada')).toEqual([`Write to ${MAIL}.`, `Write to ${OTHER}.`, 'Write to <EMAIL_1>.']);
    expect(await contents('bob')).toEqual([
      'Write to <EMAIL_1>.',
      'Write to <EMAIL_1>.',
      `Write to ${THIRD}.`,
    ]);
  });

  it('of what a search found quote each file as it was, not what was searched for', async () => {
    const files: string[] = [];
    for (const [n, mail] of [MAIL, OTHER].entries()) {
      upstream.script = () => json({ id: `file-${n}`, object: 'file', purpose: 'assistants' });
      const file = new File([`Write to ${mail}.`], 'a.txt', { type: 'text/plain' });
      files.push((await ai().files.create({ file, purpose: 'assistants' })).id);
      expect(sent()).toContain('Write to <EMAIL_1>.');
    }
    upstream.script = () => json({ id: 'vs_1', object: 'vector_store' });
    const { id } = await ai().vectorStores.create({ file_ids: files });
    const data = [...files, 'file-unknown'].map((file_id) => ({
      file_id,
      content: [{ type: 'text', text: 'Write to <EMAIL_1>.' }],
    }));
    const page = { object: 'vector_store.search_results.page', search_query: ['<EMAIL_1>'], has_more: false };
    upstream.script = () => json({ ...page, data });
    const found = await fetch(`${gateway.baseUrl}/vector_stores/${id}/search`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keys['ada']}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: THIRD }),
    });
    const { search_query, data: items } = Object(await found.json());
    expect(search_query).toEqual([THIRD]);
    const texts = items.map((item: (typeof data)[number]) => item.content[0]?.text);
    expect(texts).toEqual([`Write to ${MAIL}.`, `Write to ${OTHER}.`, 'Write to <EMAIL_1>.']);
  });
});

it('is sealed at rest, and opens after a restart with another secret while the one before is known', async () => {
  const first = await turn(`Write to ${MAIL}.`);
  await gateway.stop();
  const kept = readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name)));
  expect(kept.some((bytes) => bytes.includes(first.id))).toBe(true);
  for (const bytes of kept) expect(bytes.includes(MAIL)).toBe(false);
  await start({ SALLYPORT_SECRET: NEW, SALLYPORT_SECRET_PREVIOUS: OLD });
  const second = await turn('Again?', { previous_response_id: first.id });
  expect(second.output_text).toBe(`Write to ${MAIL}. | Again? | `);
});

describe('where everything is everybody’s', () => {
  it('chains are known all the same; what was made elsewhere is not, and its values are redacted for good', async () => {
    await gateway.stop();
    await start({ SALLYPORT_SECRET: NEW, SALLYPORT_SECRET_PREVIOUS: OLD }, { isolation: 'off' });
    const first = await turn('Hello.');
    const second = await turn(`Write to ${MAIL}.`, { previous_response_id: first.id });
    expect(second.output_text).toBe(`Hello. | Write to ${MAIL}. | `);
    const foreign = await turn(`Write to ${MAIL}.`, { previous_response_id: 'resp_elsewhere' });
    expect(foreign.output_text).toBe('Write to [REDACTED]. | ');
    const after = await turn(`Write to ${OTHER}.`, { previous_response_id: foreign.id });
    expect(after.output_text).toBe('Write to [REDACTED]. | Write to [REDACTED]. | ');
  });
});
