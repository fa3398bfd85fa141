/** stages/own-objects: whose the objects are that a call made, and nobody sees those of others. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Refusal } from '../../src/base/errors.ts';
import type { Caller } from '../../src/domain/callers/caller.ts';
import { objectsSchema } from '../../src/domain/objects/objects.ts';
import type { Store } from '../../src/ports/store.ts';
import { authoriseObjects } from '../../src/stages/authorise-call.ts';
import { ownObjects } from '../../src/stages/own-objects.ts';
import {
  ADA,
  BOB,
  type CallOptions,
  codeOf,
  keptIn,
  memoryStore,
  prepared,
  RESPONSES,
  usage,
} from '../support/exchange.ts';

const settings = objectsSchema.parse({});

const respond = (fields: object = {}): CallOptions => ({
  target: RESPONSES,
  body: { model: 'gpt-4o-mini', input: 'How far is it to the sea?', ...fields },
});

function objects(store: Store, more: object = {}, failures: unknown[] = []) {
  return ownObjects(store, objectsSchema.parse(more), keptIn(store), (error) => failures.push(error));
}

describe('what a call made', () => {
  test('belongs to who made it before they learn its id; others do not find it', async () => {
    const store = await memoryStore();
    const exchange = await prepared(respond(), { ...ADA, team: 'red' });
    exchange.answer.usage = usage(20, 5);
    await objects(store).record(exchange, { id: 'resp_1', object: 'response' });
    expect(await store.getOwners(['resp_1'])).toMatchObject([
      { id: 'resp_1', kind: 'response', user: 'ada', team: 'red', tokens: 25 },
    ]);
    const find = async (caller: Caller) => {
      const asking = await prepared({ method: 'GET', target: '/v1/responses/resp_1' }, caller);
      return codeOf(() => authoriseObjects(store, settings)(asking));
    };
    expect(await find(ADA)).toBe('ok');
    expect(await find({ ...BOB, team: 'red' })).toBe('ok');
    expect(await find(BOB)).toBe('access.unknown_object');
  });

  test('without a report nobody knows what it holds, unless nothing was written', async () => {
    const store = await memoryStore();
    await objects(store).record(await prepared(respond({ previous_response_id: 'resp_0' })), {
      id: 'resp_1',
    });
    expect((await store.getOwners(['resp_1']))[0]?.tokens).toBeUndefined();
    const items = [{ type: 'message', role: 'user', content: 'How far is it to the sea?' }];
    const made = await prepared({ target: '/v1/conversations', body: { items } });
    await objects(store).record(made, { id: 'conv_1' });
    expect((await store.getOwners(['conv_1']))[0]?.tokens).toBe(made.prepared.facts.textBytes);
  });

  test('what upstream does not keep, an answer without an id, and files of a house without isolation have no owners', async () => {
    const store = await memoryStore();
    const kept = await prepared(respond());
    expect(
      objects(store).record(await prepared(respond({ store: false })), { id: 'resp_1' }),
    ).toBeUndefined();
    await objects(store).record(kept, { object: 'response' });
    await objects(store).record(kept, { id: 7 });
    await objects(store).record(kept, 'resp_1');
    const files = await prepared({ target: '/v1/vector_stores', body: { name: 'letters' } });
    expect(objects(store, { isolation: 'off' }).record(files, { id: 'vs_1' })).toBeUndefined();
    expect(await store.getOwners(['vs_1'])).toEqual([]);
    expect(await store.listOwners('response', { user: 'ada' }, 10)).toEqual([]);
  });

  test('where everything is everybody’s, it is known of a response what stands in it', async () => {
    const store = await memoryStore();
    await objects(store, { isolation: 'off' }).record(await prepared(respond()), { id: 'resp_1' });
    expect(await store.getOwners(['resp_1'])).toMatchObject([{ user: 'ada', placeholders: '{}' }]);
  });

  test('a store that is away costs the caller nothing: the call is done and paid for', async () => {
    const store = await memoryStore();
    await store.close();
    const failures: unknown[] = [];
    await objects(store, {}, failures).record(await prepared(respond()), { id: 'resp_1' });
    expect(failures).toMatchObject([{ code: 'store.unavailable' }]);
  });
});

describe('what an answer shows beside what it made', () => {
  const output = [{ id: 'msg_1' }, { id: 'ci_1', container_id: 'cntr_1' }];

  test('is the maker’s; of an answer that is not kept, only what exists without it', async () => {
    const store = await memoryStore();
    await objects(store).record(await prepared(respond()), { id: 'resp_1', output });
    expect(await store.getOwners(['msg_1', 'ci_1', 'cntr_1'])).toMatchObject([
      { id: 'ci_1', kind: 'conversation_item', user: 'ada', placeholders: '{}' },
      { id: 'cntr_1', kind: 'container' },
      { id: 'msg_1' },
    ]);
    const fleeting = [{ id: 'msg_2' }, { id: 'ci_2', container_id: 'cntr_2' }];
    await objects(store).record(await prepared(respond({ store: false })), {
      id: 'resp_2',
      output: fleeting,
    });
    expect(await store.getOwners(['resp_2', 'msg_2', 'ci_2', 'cntr_2'])).toMatchObject([{ id: 'cntr_2' }]);
  });

  /** Shown false by giving what is shown to whoever looks: a team-mate's team had the files of a group. */
  test('is the owner’s of what the path names, whoever looks at it', async () => {
    const store = await memoryStore();
    const team = { user: 'ada', team: 'red' };
    await store.putOwner({ id: 'batch_1', kind: 'batch', ...team, createdAt: 1 });
    const groups = { groups: { shared: ['team:red', 'user:bob'] } };
    const bob = { ...BOB, team: 'blue' };
    const looking = await prepared({ method: 'GET', target: '/v1/batches/batch_1' }, bob);
    await authoriseObjects(store, objectsSchema.parse(groups))(looking);
    await objects(store, groups).record(looking, batch(1));
    const listed = await prepared({ method: 'GET', target: '/v1/batches' }, bob);
    const list = { object: 'list', data: [{ ...batch(1), error_file_id: 'file-9' }], has_more: false };
    await objects(store, groups).filter(listed, list, none);
    expect(await store.getOwners(['file-1', 'file-9'])).toMatchObject([
      { id: 'file-1', kind: 'file', ...team },
      { id: 'file-9', kind: 'file', ...team },
    ]);
  });
});

const held = async (store: Store) => (await store.getOwners(['conv_1']))[0]?.tokens;

describe('a conversation', () => {
  const owner = { id: 'conv_1', kind: 'conversation', user: 'ada', createdAt: 1 };
  const continued = async (store: Store, tokens: number | undefined) => {
    await store.putOwner({ ...owner, tokens });
    const exchange = await prepared(respond({ conversation: 'conv_1' }));
    await authoriseObjects(store, settings)(exchange);
    exchange.answer.complete = true;
    return exchange;
  };

  test('holds what the last call through it read and wrote', async () => {
    const store = await memoryStore();
    const exchange = await continued(store, 100);
    exchange.answer.usage = usage(150, 30);
    await objects(store).record(exchange, { id: 'resp_1' });
    expect(await held(store)).toBe(180);
  });

  test('does not grow while a stream is under way; broken off, by what was sent and what was allowed', async () => {
    const store = await memoryStore();
    const exchange = await continued(store, 100);
    exchange.answer.complete = false;
    await objects(store).record(exchange, { id: 'resp_1' });
    expect(await held(store)).toBe(100);
    exchange.refusal = new Refusal('upstream.broken');
    await objects(store).record(exchange, { id: 'resp_1' });
    const { facts, quote } = exchange.prepared;
    expect(await held(store)).toBe(100 + facts.textBytes + (quote?.outputTokens ?? 0));
  });

  test('grows by the bytes of items put into it, which nobody answers', async () => {
    const store = await memoryStore();
    await store.putOwner({ ...owner, tokens: 100 });
    const items = [{ type: 'message', role: 'user', content: 'How far is it to the sea?' }];
    const exchange = await prepared({ target: '/v1/conversations/conv_1/items', body: { items } });
    await authoriseObjects(store, settings)(exchange);
    exchange.answer.complete = true;
    await objects(store).record(exchange, { object: 'list' });
    await expect.poll(() => held(store)).toBe(100 + exchange.prepared.facts.textBytes);
  });

  test('of which nobody knows what it holds stays unknown', async () => {
    const store = await memoryStore();
    const exchange = await continued(store, undefined);
    exchange.answer.usage = usage(1, 1);
    await objects(store).record(exchange, { id: 'resp_1' });
    expect(await held(store)).toBeUndefined();
  });
});

const page = (...ids: string[]) => ({
  object: 'list',
  data: ids.map((id) => ({ id, object: 'file' })),
  has_more: false,
  first_id: ids[0],
});
const listing = (caller: Caller = ADA) => prepared({ method: 'GET', target: '/v1/files' }, caller);
const listOf = z.object({ data: z.array(z.object({ id: z.string() })) });
const batch = (at: number) => ({ id: `batch_${at}`, output_file_id: `file-${at}`, error_file_id: null });
const none = async () => Promise.reject(new Error('a page too many'));

describe('a list', () => {
  test("shows one's own, the team's where teams share, and nothing that nobody owns", async () => {
    const store = await memoryStore();
    const mine = { kind: 'file', user: 'ada', team: 'red', createdAt: 1 };
    await store.putOwner({ ...mine, id: 'file-1' });
    await store.putOwner({ ...mine, id: 'file-2', user: 'bob' });
    const upstream = page('file-3', 'file-2', 'file-1');
    const ids = async (caller: Caller, more: object = {}) => {
      const shown = await objects(store, more).filter(await listing(caller), upstream, none);
      return listOf.parse(shown).data.map(({ id }) => id);
    };
    expect(await ids({ ...ADA, team: 'red' })).toEqual(['file-2', 'file-1']);
    expect(await ids(ADA)).toEqual(['file-1']);
    expect(await ids({ ...ADA, team: 'red' }, { isolation: 'user' })).toEqual(['file-1']);
    expect(await ids({ ...BOB, team: 'blue' })).toEqual(['file-2']);
  });

  test('what its items show belongs to who made them', async () => {
    const store = await memoryStore();
    await store.putOwner({ id: 'batch_1', kind: 'batch', user: 'ada', createdAt: 1 });
    const exchange = await prepared({ method: 'GET', target: '/v1/batches' });
    const list = { object: 'list', data: [batch(1), batch(2)], has_more: false };
    await objects(store).filter(exchange, list, none);
    expect(await store.getOwners(['file-1', 'file-2'])).toMatchObject([
      { id: 'file-1', kind: 'file', user: 'ada' },
    ]);
  });

  test('goes on only from a place of the caller’s own', async () => {
    const store = await memoryStore();
    await store.putOwner({ id: 'file-1', kind: 'file', user: 'ada', createdAt: 1 });
    const from = async (caller: Caller, query: string) => {
      const asking = await prepared({ method: 'GET', target: `/v1/${query}` }, caller);
      return codeOf(() => authoriseObjects(store, settings)(asking));
    };
    expect(await from(ADA, 'files?after=file-1')).toBe('ok');
    expect(await from(BOB, 'files?after=file-1')).toBe('access.unknown_object');
    expect(await from(BOB, 'vector_stores?before=file-1')).toBe('access.unknown_object');
    // Inside of one object too.
    await store.putOwner({ id: 'conv_1', kind: 'conversation', user: 'bob', createdAt: 1 });
    expect(await from(BOB, 'conversations/conv_1/items?after=msg_1')).toBe('access.unknown_object');
    await store.putOwner({ id: 'msg_1', kind: 'conversation_item', user: 'bob', createdAt: 1 });
    expect(await from(BOB, 'conversations/conv_1/items?after=msg_1')).toBe('ok');
    expect(await from(BOB, 'conversations/conv_1/items?after=file-1')).toBe('access.unknown_object');
    expect(await from(BOB, 'conversations/conv_1/items/file-1')).toBe('access.unknown_object');
    expect(await from(ADA, 'conversations/conv_1/items?after=msg_1')).toBe('access.unknown_object');
  });

  test('that is none is not relayed; an answer of an operation that lists nothing is left as it is', async () => {
    const store = await memoryStore();
    const odd = { object: 'list', data: 'none' };
    await expect(objects(store).filter(await listing(), odd, none)).rejects.toMatchObject({
      code: 'upstream.invalid_answer',
    });
    expect(objects(store).filter(await prepared(respond()), page('file-1'), none)).toBeUndefined();
    const off = objects(store, { isolation: 'off' });
    expect(off.filter(await listing(), page('file-1'), none)).toBeUndefined();
    expect(off.query(await listing())).toEqual([]);
  });
});
