/**
 * Promises 34 and 38 for lists: the official SDK walks through pages of an account that several users share, and finds
 * all of its own, nothing of others', at no more than ten requests upstream a page. Shown false by relaying upstream's
 * pages as they are, and by only filtering them.
 */
import type OpenAI from 'openai';
import { toFile } from 'openai';
import { beforeAll, expect, test } from 'vitest';
import { createKey } from '../support/admin.ts';
import { json, openaiError, type Behaviour } from '../support/behaviour.ts';
import { journey } from '../support/journey.ts';
import { openaiClient } from '../support/sdk.ts';
import type { SeenRequest } from '../support/seen-request.ts';

const house = journey();

interface Kind {
  readonly make: (ai: OpenAI, at: number) => PromiseLike<{ readonly id: string }>;
  readonly list: (
    ai: OpenAI,
    page: { limit: number },
  ) => AsyncIterable<{ readonly id: string }> & PromiseLike<{ iterPages(): AsyncIterable<Page> }>;
}
interface Page {
  readonly has_more: boolean;
  getPaginatedItems(): readonly { readonly id: string }[];
}

const metadata = { project: 'orion' };
const KINDS: Readonly<Record<string, Kind>> = {
  files: {
    make: async (ai) =>
      ai.files.create({ file: await toFile(Buffer.from('notes'), 'a.txt'), purpose: 'user_data' }),
    list: (ai, page) => ai.files.list({ ...page, purpose: 'user_data' }),
  },
  vector_stores: {
    make: (ai, at) => ai.vectorStores.create({ name: `store ${at}` }),
    list: (ai, page) => ai.vectorStores.list({ ...page, order: 'asc' }),
  },
  'chat/completions': {
    make: (ai) =>
      ai.chat.completions.create({
        model: 'gpt-4o-mini',
        messages: [{ role: 'user', content: 'Hi' }],
        max_completion_tokens: 300,
        store: true,
        metadata,
      }),
    list: (ai, page) => ai.chat.completions.list({ ...page, metadata }),
  },
};

/** What the account holds, oldest first, by kind. */
const account = new Map<string, string[]>();
let users: readonly OpenAI[];

function upstream({ method, target, json: body }: SeenRequest): Behaviour {
  const { pathname, searchParams } = new URL(target, 'http://upstream');
  const kind = pathname.replace('/v1/', '');
  const ids = account.get(kind) ?? [];
  account.set(kind, ids);
  if (method === 'POST') {
    const id = `${kind.replace('/', '-')}-${ids.length}`;
    ids.push(id);
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
    return json({ id, object: 'thing', choices: [], usage, model: 'gpt-4o-mini', given: body });
  }
  const ordered = searchParams.get('order') === 'asc' ? ids : ids.toReversed();
  const after = searchParams.get('after');
  const limit = Number(searchParams.get('limit') ?? 20);
  if (after !== null && !ids.includes(after)) return openaiError(404, null, `No such object: ${after}`);
  const from = after === null ? 0 : ordered.indexOf(after) + 1;
  const data = ordered.slice(from, from + limit).map((id) => ({ id, object: 'thing' }));
  const has_more = from + data.length < ordered.length;
  return json({ object: 'list', data, has_more, first_id: data[0]?.id, last_id: data.at(-1)?.id });
}

const ofUser = async (user: string) =>
  openaiClient({
    baseUrl: house.gateway.baseUrl,
    callerKey: (await createKey(house.gateway, { user, tier: 'internal' })).key,
  }).client;

beforeAll(async () => {
  users = [await ofUser('ada'), await ofUser('bob'), await ofUser('eve')];
});

/** Ada has every third or so, Bob the rest; there is much from before the gateway, and Eve has nothing. */
async function fill(kind: Kind, name: string): Promise<string[][]> {
  const [ada, bob] = users;
  if (!ada || !bob) throw new Error('no users');
  const own: string[][] = [[], [], []];
  for (let at = 0; at < 31; at++) {
    const whose = at % 3 === 0 || at > 27 ? 0 : 1;
    own[whose]?.push((await kind.make(whose === 0 ? ada : bob, at)).id);
    if (at % 10 === 5) account.get(name)?.push(...Array.from({ length: 130 }, (_, i) => `old-${at}-${i}`));
  }
  return own;
}

test.each(Object.entries(KINDS))('%s: all of one’s own, page by page', async (name, kind) => {
  house.upstream.script = upstream;
  const own = await fill(kind, name);
  for (const [whose, ai] of users.entries()) {
    const oldestFirst = name === 'vector_stores';
    const expected = oldestFirst ? own[whose] : own[whose]?.toReversed();
    for (const limit of [1, 4, 50]) {
      house.upstream.clear();
      house.upstream.script = upstream;
      const sizes: number[] = [];
      const found: string[] = [];
      const first = await kind.list(ai, { limit });
      for await (const page of first.iterPages()) {
        const items = page.getPaginatedItems();
        sizes.push(items.length);
        found.push(...items.map(({ id }) => id));
        expect(page.has_more).toBe(found.length < (expected?.length ?? 0));
      }
      expect(found).toEqual(expected);
      expect(sizes.slice(0, -1).every((size) => size === limit)).toBe(true);
      expect(house.upstream.requests.length).toBeLessThanOrEqual(10 * sizes.length);
    }
  }
});

test('a place in another’s list is no place in one’s own, and upstream is not asked', async () => {
  house.upstream.script = upstream;
  const [ada, bob] = users;
  const mine = await ada?.vectorStores.create({ name: 'mine' });
  house.upstream.clear();
  await expect(bob?.vectorStores.list({ after: mine?.id ?? '' })).rejects.toMatchObject({ status: 404 });
  expect(house.upstream.requests).toEqual([]);
});

test('what fails on a further page is the answer; a caller who leaves ends the walk', async () => {
  const [ada] = users;
  account.set('vector_stores', []);
  house.upstream.script = upstream;
  await ada?.vectorStores.create({ name: 'mine' });
  account.get('vector_stores')?.push(...Array.from({ length: 400 }, (_, i) => `old-${i}`));
  let asked = 0;
  house.upstream.script = (seen) => ((asked += 1) < 3 ? upstream(seen) : openaiError(503, null));
  const once = ada?.vectorStores.list({ limit: 5 }, { maxRetries: 0 });
  await expect(once).rejects.toMatchObject({ status: 502 });
  expect(asked).toBe(3);

  asked = 0;
  const leaving = new AbortController();
  house.upstream.script = async (seen) => {
    if ((asked += 1) === 2) leaving.abort();
    return { ...upstream(seen), waitMs: asked > 1 ? 300 : 0 };
  };
  await expect(ada?.vectorStores.list({ limit: 5 }, { signal: leaving.signal })).rejects.toThrow('aborted');
  await expect.poll(() => house.upstream.requests.at(-1)?.abortedAt).toBeDefined();
  expect(asked).toBe(2);
});
