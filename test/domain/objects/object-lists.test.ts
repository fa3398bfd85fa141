/**
 * domain/objects/object-lists: pages of one's own, whatever stands between them upstream. Shown false by leaving out the refill,
 * by asking for no item more than wanted, and by upstream's own `has_more`: each turns the property red.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  firstPageQuery,
  ownPage,
  PAGES_MAX,
  type ListView,
} from '../../../src/domain/objects/object-lists.ts';
import { objectsSchema } from '../../../src/domain/objects/objects.ts';
import type { Endpoint } from '../../../src/openai/endpoint.ts';
import { ENDPOINTS } from '../../../src/openai/endpoints/index.ts';
import type { Store } from '../../../src/ports/store.ts';
import { ADA, memoryStore } from '../../support/exchange.ts';

type Query = ListView['query'];

const settings = objectsSchema.parse({});
const shownSchema = z.object({
  data: z.array(z.object({ id: z.string() })),
  has_more: z.boolean(),
  first_id: z.string().nullable(),
  last_id: z.string().nullable(),
});

function row(id: string): Endpoint {
  const found = ENDPOINTS.find((endpoint) => endpoint.id === id);
  if (!found) throw new Error(`no row ${id}`);
  return found;
}

/** OpenAI's paging over these ids; counts what it is asked. */
function upstreamOf(ids: readonly string[]) {
  const asked: Query[] = [];
  return {
    asked,
    async page(query: Query) {
      asked.push(query);
      const value = Object.fromEntries(query);
      const ordered = value['order'] === 'asc' ? ids.toReversed() : ids;
      const { after, before } = value;
      const from = after === undefined ? 0 : ordered.indexOf(after) + 1;
      const to = before === undefined ? ordered.length : ordered.indexOf(before);
      const limit = Number(value['limit'] ?? 20);
      const start = after === undefined && before !== undefined ? Math.max(0, to - limit) : from;
      const data = ordered.slice(start, Math.min(to, start + limit)).map((id) => ({ id }));
      const has_more = start > from || start + data.length < to;
      return { object: 'list', data, has_more, first_id: data[0]?.id, last_id: data.at(-1)?.id };
    },
  };
}

async function ask(store: Store, ids: readonly string[], query: Query, id = 'vector_stores.list') {
  const upstream = upstreamOf(ids);
  const endpoint = row(id);
  const view = { store, settings, caller: ADA, endpoint, query };
  const first = await upstream.page(firstPageQuery(endpoint, query));
  const { list } = await ownPage(view, first, (next) => upstream.page(next));
  return { shown: shownSchema.parse(list), pages: upstream.asked.length };
}

/** Ids newest first; `+` is Ada's, any other mark somebody else's, of whom the store knows or not. */
async function objects(store: Store, marks: string): Promise<string[]> {
  const ids = Array.from(marks, (mark, at) => `vs_${mark === '+' ? 'own' : 'other'}_${at}`);
  for (const [at, id] of ids.entries()) {
    const user = { '+': 'ada', o: 'bob' }[marks[at] ?? ''];
    if (user !== undefined) await store.putOwner({ id, kind: 'vector_store', user, createdAt: at });
  }
  return ids;
}

const isOwn = (id: string): boolean => id.startsWith('vs_own');

describe('pages', () => {
  test('hold all of one’s own and nothing else, in order, full but for the last, both ways', async () => {
    const marks = fc.string({ unit: fc.constantFrom('+', 'o', 'o', '?'), maxLength: 120 });
    const walk = fc.record({ marks, limit: fc.integer({ min: 1, max: 9 }), asc: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(walk, fc.boolean(), async ({ marks, limit, asc }, back) => {
        const store = await memoryStore();
        const ids = await objects(store, marks);
        const own = (asc ? ids.toReversed() : ids).filter(isOwn);
        const base: Query = [
          ['limit', String(limit)],
          ['order', asc ? 'asc' : 'desc'],
        ];
        // Backwards from the last of them.
        const expected = back ? own.slice(0, -1) : own;
        let cursor = back ? own.at(-1) : undefined;
        if (back && cursor === undefined) return;
        const seen: string[] = [];
        for (let more = true; more; ) {
          const query: Query =
            cursor === undefined ? base : [...base, [back ? 'before' : 'after', cursor] as const];
          const { shown } = await ask(store, ids, query);
          const page = shown.data.map(({ id }) => id);
          if (back) seen.unshift(...page);
          else seen.push(...page);
          expect(shown.has_more).toBe(seen.length < expected.length);
          expect(page.length).toBe(shown.has_more ? limit : Math.min(limit, page.length));
          expect([shown.first_id, shown.last_id]).toEqual([page[0] ?? null, page.at(-1) ?? null]);
          more = shown.has_more;
          cursor = back ? page[0] : page.at(-1);
        }
        expect(seen).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  test('cost one request where all is one’s own, and never more than ten', async () => {
    const store = await memoryStore();
    const mine = await objects(store, '+'.repeat(30));
    expect(await ask(store, mine, [['limit', '7']])).toMatchObject({ pages: 1, shown: { has_more: true } });
    expect(await ask(store, mine, [])).toMatchObject({ pages: 1, shown: { has_more: true } });
    expect(await ask(store, mine, [['limit', '30']])).toMatchObject({ pages: 1, shown: { has_more: false } });
    const far = await objects(await memoryStore(), '?'.repeat(3000));
    const nothing = await ask(store, far, [['limit', '5']]);
    expect(nothing.pages).toBe(PAGES_MAX);
    // Without an item to go on from there is nothing more to be had.
    expect(nothing.shown).toMatchObject({ data: [], has_more: false, first_id: null, last_id: null });
  });

  test('a limit that upstream refuses goes up as it is, and nothing is asked for twice', async () => {
    const store = await memoryStore();
    const ids = await objects(store, '+?+?');
    for (const limit of ['0', '-1', '101', 'x', '', '1e2']) {
      expect(firstPageQuery(row('vector_stores.list'), [['limit', limit]])).toEqual([['limit', limit]]);
      expect((await ask(store, ids, [['limit', limit]])).pages).toBe(1);
    }
    expect(firstPageQuery(row('files.list'), [])).toEqual([['limit', '10000']]);
    expect(firstPageQuery(row('files.list'), [['limit', '100']])).toEqual([['limit', '101']]);
    expect(firstPageQuery(row('models.list'), [])).toEqual([]);
  });
});

test('a liar upstream that says the same for ever ends after ten pages; an id of any length is no cursor', async () => {
  const store = await memoryStore();
  const view = { store, settings, caller: ADA, endpoint: row('files.list'), query: [] };
  for (const id of ['file-1', 'x'.repeat(257)]) {
    const page = { data: [{ id }], has_more: true };
    let asked = 1;
    await ownPage(view, page, async () => {
      asked += 1;
      return page;
    });
    expect(asked).toBe(id.length > 256 ? 1 : PAGES_MAX);
  }
});

test('of the models those of OpenAI are everybody’s, a tuned one is its owner’s', async () => {
  const store = await memoryStore();
  await store.putOwner({ id: 'ft:gpt-4o:a::1', kind: 'fine_tuned_model', user: 'ada', createdAt: 1 });
  await store.putOwner({ id: 'ft:gpt-4o:b::2', kind: 'fine_tuned_model', user: 'bob', createdAt: 1 });
  const data = ['gpt-4o', 'ft:gpt-4o:b::2', 'ft:gpt-4o:a::1', 'ft:gpt-4o:c::3'].map((id) => ({ id }));
  const view = { store, settings, caller: ADA, endpoint: row('models.list'), query: [] };
  const { list } = await ownPage(view, { object: 'list', data }, async () => Promise.reject(new Error('no')));
  expect(list).toEqual({ object: 'list', data: [{ id: 'gpt-4o' }, { id: 'ft:gpt-4o:a::1' }] });
  // Nobody has to be asked whose those of OpenAI are.
  await store.close();
  const plain = { object: 'list', data: [{ id: 'gpt-4o' }] };
  expect((await ownPage(view, plain, async () => Promise.reject(new Error('no')))).list).toEqual(plain);
});
