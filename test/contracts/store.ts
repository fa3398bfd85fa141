/** What every store engine must do: one suite, run against each by a test file of its own. */
import { expect, test } from 'vitest';
import type { Entry } from '../../src/ports/audit-log.ts';
import type { KeyRecord, ObjectOwner, Store } from '../../src/ports/store.ts';

const key = (more: Partial<KeyRecord> = {}): KeyRecord => ({
  id: 'k00000000001',
  version: 1,
  user: 'ada',
  tier: 'pro',
  role: 'user',
  secretDigest: 'd'.repeat(64),
  createdAt: 1_000,
  ...more,
});

const owner = (id: string, more: Partial<ObjectOwner> = {}): ObjectOwner => ({
  id,
  kind: 'response',
  user: 'ada',
  createdAt: 1_000,
  ...more,
});

const entry = (sequence: number, more: Partial<Entry> = {}): Entry => ({
  timestamp: new Date(1_700_000_000_000 + sequence * 1000).toISOString(),
  chain: 'a',
  sequence,
  userId: 'ada',
  action: 'exchange.intent',
  resource: 'chat.completions.create',
  status: 'pending',
  metadata: { z: 1, a: { nul: '\u0000', lone: '\ud800', text: 'ä"\\' } },
  previousHash: '0'.repeat(64),
  hash: `${sequence}`.padStart(64, '0'),
  ...more,
});

/**
 * @param fresh a store over an empty database, not opened
 * @param again another store over the database of the last `fresh`, as a restarted process makes it
 */
export function storeContract(fresh: () => Promise<Store>, again: () => Promise<Store>): void {
  async function opened(): Promise<Store> {
    const store = await fresh();
    await store.open();
    return store;
  }

  test('opens twice, at once, and again after a restart, and forgets nothing', async () => {
    const store = await fresh();
    expect(store.health().usable).toBe(false);
    await Promise.all([store.open(), store.open()]);
    await store.open();
    expect(store.health()).toEqual({ usable: true });
    await store.putKey(key());
    const other = await again();
    await other.open();
    expect(await other.getKey(key().id)).toEqual(key());
    await other.close();
    await store.close();
    expect(store.health().usable).toBe(false);
  });

  test('needs no open(): the first query does it', async () => {
    const store = await fresh();
    expect(await store.getSetting('none')).toBeUndefined();
    await store.close();
  });

  test('keys: round trip of every field, and of none', async () => {
    const store = await opened();
    const full = key({
      id: 'k00000000002',
      team: 'core',
      administers: 'team',
      name: 'Größe "x" \u0000',
      previousDigest: 'e'.repeat(64),
      previousUntil: 1_900_000_000_000,
      expiresAt: 1_900_000_000_001,
      revokedAt: 1_900_000_000_002,
      models: ['gpt-5*'],
      endpoints: [],
      tools: ['search'],
      ips: ['10.0.0.0/8'],
      dailyBudgetNano: 9_000_000_000_000_000,
      requestsPerMinute: 0,
      tokensPerMinute: 1,
      maxTokensPerRequest: 2,
      concurrency: 3,
    });
    expect(await store.putKey(key())).toBe(true);
    expect(await store.putKey(full)).toBe(true);
    expect(await store.getKey(full.id)).toEqual(full);
    expect(await store.getKey('absent')).toBeUndefined();
    expect(await store.listKeys()).toEqual([key(), full]);
    await store.close();
  });

  test('keys: only a newer version replaces, also in a race', async () => {
    const store = await opened();
    expect(await store.putKey(key({ version: 2, name: 'two' }))).toBe(true);
    expect(await store.putKey(key({ version: 2, name: 'again' }))).toBe(false);
    expect(await store.putKey(key({ version: 1, name: 'older' }))).toBe(false);
    const names = Array.from({ length: 8 }, (_, index) => `racer ${index}`);
    const won = await Promise.all(names.map((name) => store.putKey(key({ version: 3, name }))));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect((await store.getKey(key().id))?.name).toBe(names[won.indexOf(true)]);
    await store.close();
  });

  test('owners: the first writer wins, and may write again', async () => {
    const store = await opened();
    const first = { team: 'core', tokens: 7, nano: 5, upstream: 'eu', judgedBy: 'rules' };
    for (const own of [first, { team: 'core', createdAt: 2_000, tainted: true } as const])
      expect(await store.putOwner(owner('resp_1', own))).toBe(true);
    for (const other of [{ user: 'bob', team: 'core' }, {}])
      expect(await store.putOwner(owner('resp_1', other))).toBe(false);
    expect(await store.getOwners(['resp_1', 'resp_2'])).toEqual([
      owner('resp_1', { ...first, tainted: true }),
    ]);
    const racers = await Promise.all(
      ['u1', 'u2', 'u3', 'u4'].map((user) => store.putOwner(owner('resp_3', { user }))),
    );
    expect(racers.filter(Boolean)).toHaveLength(1);
    await store.deleteOwner('resp_1');
    await store.deleteOwner('resp_1');
    expect(await store.getOwners(['resp_1'])).toEqual([]);
    expect(await store.getOwners([])).toEqual([]);
    await store.close();
  });

  test('owners: placeholders come with the first, are changed from what they were, and dropped by user', async () => {
    const store = await opened();
    const row = { placeholders: '{"EMAIL":1}', sealed: 'c2VhbGVk', since: 2_000 };
    expect(await store.putOwner(owner('resp_1'), row)).toBe(true);
    expect(await store.putOwner(owner('resp_1', { tokens: 7 }), { placeholders: '{}' })).toBe(true);
    await store.putOwner(owner('resp_2', { user: 'bob' }), { ...row, since: 1_000 });
    await store.putOwner(owner('resp_3'), { placeholders: '{}' });
    expect(await store.getOwners(['resp_1'])).toEqual([
      owner('resp_1', { tokens: 7, placeholders: row.placeholders }),
    ]);
    const ids = ['resp_1', 'resp_2', 'resp_3'];
    expect((await store.getSealed(ids)).get('resp_1')).toBe(row.sealed);
    expect([...(await store.getSealed(ids)).keys()].toSorted()).toEqual(['resp_1', 'resp_2']);
    expect(await store.getSealed([])).toEqual(new Map());
    expect(await store.listSealed(2_001, 9)).toEqual([
      { id: 'resp_2', user: 'bob', ...row, since: 1_000 },
      { id: 'resp_1', user: 'ada', ...row },
    ]);
    expect((await store.listSealed(2_001, 1)).map(({ id }) => id)).toEqual(['resp_2']);
    expect(await store.listSealed(1_000, 9)).toEqual([]);
    const next = { placeholders: '{"EMAIL":2}', sealed: 'bmV4dA==', since: 3_000 };
    expect(await store.changePlaceholders('resp_1', { ...row, sealed: 'b3RoZXI=' }, next)).toBe(false);
    expect(await store.changePlaceholders('resp_1', { placeholders: row.placeholders }, next)).toBe(false);
    expect(await store.changePlaceholders('resp_1', { ...row, placeholders: '{}' }, next)).toBe(false);
    expect(await store.changePlaceholders('absent', row, next)).toBe(false);
    const raced = await Promise.all(
      Array.from({ length: 4 }, () =>
        store.changePlaceholders('resp_1', row, { ...next, placeholders: '{}' }),
      ),
    );
    expect(raced.filter(Boolean)).toHaveLength(1);
    expect(await store.changePlaceholders('resp_3', { placeholders: '{}' }, next)).toBe(true);
    expect(await store.listSealed(9_000, 9)).toMatchObject([
      { id: 'resp_2' },
      { ...next, placeholders: '{}' },
      next,
    ]);
    expect(await store.listSealed(9_000, 9, ['ada'])).toMatchObject([{ id: 'resp_2' }]);
    expect(await store.dropSealed({ user: 'ada' })).toBe(2);
    expect(await store.dropSealed({ user: 'ada' })).toBe(0);
    expect([await store.disown({ user: 'ada' }), await store.disown({ user: 'ada' })]).toEqual([2, 0]);
    expect([...(await store.getSealed(ids)).keys()]).toEqual(['resp_2']);
    expect(await store.getOwners(['resp_3'])).toMatchObject([{ placeholders: next.placeholders }]);
    await store.close();
  });

  test('owners: lists are the newest first, by user or team, page by page', async () => {
    const store = await opened();
    // Upper before lower case, punctuation by code point: as in no locale.
    const ids = ['r_B', 'r_a', 'r_b', 'r-c', 'r.d'];
    for (const [index, id] of ids.entries()) {
      await store.putOwner(owner(id, { createdAt: index < 3 ? 1_000 : 2_000, team: 'core' }));
    }
    await store.putOwner(owner('r_other', { user: 'bob', createdAt: 3_000 }));
    await store.putOwner(owner('f_1', { kind: 'file' }));
    const list = async (of: { user?: string; team?: string }, limit: number, before?: string) =>
      (await store.listOwners('response', of, limit, before)).map((each) => each.id);
    expect(await list({ user: 'ada' }, 10)).toEqual(['r.d', 'r-c', 'r_b', 'r_a', 'r_B']);
    expect(await list({ user: 'ada' }, 2)).toEqual(['r.d', 'r-c']);
    expect(await list({ user: 'ada' }, 2, 'r-c')).toEqual(['r_b', 'r_a']);
    expect(await list({ team: 'core' }, 9, 'r_a')).toEqual(['r_B']);
    expect(await list({ team: 'core', user: 'bob' }, 9)).toEqual([]);
    expect(await list({}, 1)).toEqual(['r_other']);
    expect(await list({}, 9, 'unknown')).toEqual([]);
    await store.close();
  });

  test('entries: once each, whole, newest first', async () => {
    const store = await opened();
    const first = Array.from({ length: 1203 }, (_, index) => entry(index + 1));
    await store.appendEntries(first);
    await store.appendEntries([...first.slice(1200), entry(1204), entry(1204)]);
    await store.appendEntries([entry(1, { chain: 'b' })]);
    await store.appendEntries([]);
    const found = await store.findEntries({ limit: 1000 });
    expect(found).toHaveLength(1000);
    expect(found[0]).toEqual(entry(1204));
    expect(JSON.stringify(found[1])).toBe(JSON.stringify(entry(1203)));
    const oldest = await store.findEntries({ limit: 10, to: Date.parse(entry(2).timestamp) });
    expect(oldest.map((each) => each.chain)).toEqual(['b', 'a']);
    await store.close();
  });

  test('entries: a range page by page, each once, by time and place, also within a millisecond', async () => {
    const store = await opened();
    const at = (sequence: number) => Date.parse(entry(sequence).timestamp);
    const same = { timestamp: entry(3).timestamp };
    const crowd = Array.from({ length: 1500 }, (_, index) => entry(index + 10, same));
    const others = [entry(1), entry(2, { action: 'other' }), entry(3, { chain: 'b' }), entry(9), entry(5000)];
    await store.appendEntries([...others, ...crowd]);
    const range = { actions: ['exchange.intent', 'exchange.outcome'], from: at(1), to: at(5000) };
    const first = await store.pageEntries(range);
    const second = await store.pageEntries(range, first.at(-1));
    expect([first.length, second.length]).toEqual([1000, 503]);
    expect(await store.pageEntries(range, second.at(-1))).toEqual([]);
    const seen = [...first, ...second].map(({ chain, sequence }) => `${chain}${sequence}`);
    expect(seen).toEqual(['a1', ...crowd.map(({ sequence }) => `a${sequence}`), 'b3', 'a9']);
    expect((await store.pageEntries({ ...range, from: at(4) })).map(({ sequence }) => sequence)).toEqual([9]);
    expect(await store.pageEntries({ ...range, actions: ['other'] })).toEqual([others[1]]);
    await store.close();
  });

  test('entries: the oldest go first, never those of the users named', async () => {
    const store = await opened();
    await store.appendEntries([entry(1), entry(2), entry(3, { userId: 'held' }), entry(4), entry(5)]);
    const before = Date.parse(entry(5).timestamp);
    const left = async () => (await store.findEntries({ limit: 9 })).map(({ sequence }) => sequence);
    expect(await store.pruneEntries(before, 2, ['held'])).toBe(2);
    expect(await left()).toEqual([5, 4, 3]);
    expect(await store.pruneEntries(before, 2, ['held'])).toBe(1);
    expect(await store.pruneEntries(before, 2)).toBe(1);
    expect(await left()).toEqual([5]);
    await store.close();
  });

  test('entries: every filter alone and together', async () => {
    const store = await opened();
    await store.appendEntries([
      entry(1),
      entry(2, { userId: 'bob' }),
      entry(3, { action: 'admin.key.create' }),
      entry(4, { status: 'failure' }),
    ]);
    const at = (sequence: number) => Date.parse(entry(sequence).timestamp);
    const find = async (filter: object) =>
      (await store.findEntries({ limit: 9, ...filter })).map((each) => each.sequence);
    expect(await find({})).toEqual([4, 3, 2, 1]);
    expect(await find({ user: 'bob' })).toEqual([2]);
    expect(await find({ action: 'admin.key.create' })).toEqual([3]);
    expect(await find({ status: 'failure' })).toEqual([4]);
    expect(await find({ from: at(2), to: at(4) })).toEqual([3, 2]);
    expect(await find({ user: 'ada', status: 'pending', from: at(2) })).toEqual([3]);
    expect(await find({ limit: 2 })).toEqual([4, 3]);
    expect(await find({ user: "x' or 1=1 --" })).toEqual([]);
    await store.close();
  });

  test('entries: of a team, whatever else their texts say', async () => {
    const store = await opened();
    const of = (sequence: number, metadata: object) => entry(sequence, { metadata: { ...metadata } });
    await store.appendEntries([
      of(1, { team: 'r_d', text: 'ä\u0000' }),
      of(2, { team: 'red' }),
      of(3, { key: { team: 'r_d' } }),
      of(4, { note: '"team":"r_d"', more: 'team":"r_d' }),
      of(5, { team: 'r_d' }),
    ]);
    const find = async (filter: object) =>
      (await store.findEntries({ limit: 9, team: 'r_d', ...filter })).map((each) => each.sequence);
    expect(await find({})).toEqual([5, 3, 1]);
    expect(await find({ limit: 2 })).toEqual([5, 3]);
    expect(await find({ to: Date.parse(entry(5).timestamp) })).toEqual([3, 1]);
    expect(await find({ team: 'none' })).toEqual([]);
    await store.close();
  });

  test('keys: amended where the version is just that', async () => {
    const store = await opened();
    const first = key({ id: 'k00000000009', version: 3 });
    await store.putKey(first);
    expect(await store.amendKey({ ...first, secondDigest: 'f'.repeat(64) })).toBe(true);
    expect(await store.getKey(first.id)).toMatchObject({ version: 3, secondDigest: 'f'.repeat(64) });
    for (const version of [2, 4]) expect(await store.amendKey({ ...first, version })).toBe(false);
    expect(await store.amendKey(key({ id: 'k00000000010' }))).toBe(false);
    expect(await store.getKey('k00000000010')).toBeUndefined();
    await store.close();
  });
}
