/** What every store engine must do with conversation history. Shown false by a put that does not ask who was erased. */
import { expect, test } from 'vitest';
import type { HistoryRecord } from '../../src/ports/history-store.ts';
import type { Store } from '../../src/ports/store.ts';

const record = (id: string, more: Partial<HistoryRecord> = {}): HistoryRecord => ({
  id,
  user: 'ada',
  at: 1000,
  operation: 'chat.completions.create',
  sealed: 'c2VhbGVk',
  ...more,
});

/** @param fresh a store over an empty database, not opened */
export function historyStoreContract(fresh: () => Promise<Store>): void {
  test('history: round trip of every field, and of none; the same id again changes nothing', async () => {
    const { history, close } = await opened();
    const full = record('h1', { team: 'red', inputTokens: 3, outputTokens: 0 });
    await history.put(full);
    await history.put(record('h1', { sealed: 'YW5vdGhlcg==', user: 'bob' }));
    await history.put(record('h0', { user: 'bob' }));
    expect(await history.list({ user: 'ada', limit: 9 })).toEqual([full]);
    expect(await history.list({ user: 'bob', limit: 9 })).toEqual([record('h0', { user: 'bob' })]);
    await close();
  });

  test('history: newest first, by user and time, page by page; a page goes on from its own user alone', async () => {
    const { history, close } = await opened();
    for (const [id, at] of Object.entries({ a: 1, b: 2, c: 2, d: 3 })) await history.put(record(id, { at }));
    await history.put(record('x', { user: 'bob', at: 2 }));
    const ids = async (page: object) =>
      (await history.list({ user: 'ada', limit: 9, ...page })).map(({ id }) => id);
    expect(await ids({})).toEqual(['d', 'c', 'b', 'a']);
    expect(await ids({ limit: 2 })).toEqual(['d', 'c']);
    expect(await ids({ before: 'c' })).toEqual(['b', 'a']);
    expect(await ids({ from: 2, to: 3 })).toEqual(['c', 'b']);
    expect(await ids({ before: 'x' })).toEqual([]);
    await close();
  });

  test('history: the oldest go first, never those of the users named; a person goes whole', async () => {
    const { history, close } = await opened();
    for (const [id, at] of Object.entries({ a: 1, b: 2, c: 3, d: 9 })) await history.put(record(id, { at }));
    await history.put(record('h', { user: 'held', at: 0 }));
    const left = async () => (await history.list({ user: 'ada', limit: 9 })).map(({ id }) => id);
    expect(await history.prune(4, 2, ['held'])).toBe(2);
    expect(await left()).toEqual(['d', 'c']);
    expect(await history.prune(4, 2, ['held'])).toBe(1);
    expect(await history.prune(4, 2, ['held'])).toBe(0);
    expect(await history.list({ user: 'held', limit: 9 })).toHaveLength(1);
    expect(await history.prune(4, 2, [])).toBe(1);
    expect(await history.erase({ user: 'ada' }, 9)).toBe(1);
    expect(await history.erase({ user: 'ada' }, 9)).toBe(0);
    expect(await left()).toEqual([]);
    await close();
  });

  test('history: what began before who it is of was erased is not kept, whenever it is put; what began later is', async () => {
    const { history, close } = await opened();
    const ids = async (user: string) => (await history.list({ user, limit: 9 })).map(({ id }) => id).sort();
    await history.erase({ user: 'ada' }, 1000);
    await history.put(record('late', { at: 2000 }), 1000);
    await history.put(record('new', { at: 2000 }), 1001);
    await history.put(record('other', { user: 'ad', at: 2000 }), 1);
    expect([await ids('ada'), await ids('ad')]).toEqual([['new'], ['other']]);
    await history.erase({ endUsers: ['eve', 'eve before'], except: ['held'] }, 3000);
    for (const user of ['ada', 'held'])
      for (const endUser of ['eve', 'eve before', 'joe', undefined])
        await history.put(record(`${user} ${endUser}`, { user, endUser, at: 4000 }), 2000);
    expect(await ids('ada')).toEqual(['ada joe', 'ada undefined', 'new']);
    expect(await ids('held')).toHaveLength(4);
    await close();
  });

  async function opened() {
    const store = await fresh();
    await store.open();
    return { history: store.history, close: () => store.close() };
  }
}
