/**
 * The daily round over a real store: on record before, only what is old, in batches, never of who is held, by one of many,
 * and again where it failed. Shown false by deleting before the record, by a lease that is put instead of changed,
 * by no record of a failure, by a lease that a failed round keeps, and by no look before the next; by holds that are asked
 * once a round, by closed incidents that go whoever is held, and by a lease that is believed whatever its time.
 */
import { expect, onTestFinished, test } from 'vitest';
import { cutOffs, createHolds, retentionSchema } from '../../src/domain/history/retention.ts';
import { openSqliteStore } from '../../src/engines/store/store-sqlite.ts';
import { retain, type RetainOptions } from '../../src/jobs/retain.ts';
import type { EntryDraft } from '../../src/ports/audit-log.ts';
import type { Store } from '../../src/ports/store.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 20);

/** What the job uses of a store, to put something else in the place of a part. */
function partsOf(store: Store): RetainOptions['store'] {
  return {
    getSetting: (name) => store.getSetting(name),
    changeSetting: (...change) => store.changeSetting(...change),
    pruneEntries: (...bounds) => store.pruneEntries(...bounds),
    pruneOwners: (...bounds) => store.pruneOwners(...bounds),
    history: store.history,
    incidents: store.incidents,
  };
}

async function house(more: Partial<RetainOptions> = {}) {
  const store = openSqliteStore({ file: ':memory:' });
  await store.open();
  onTestFinished(() => store.close());
  for (const [id, user, age] of [
    ['old', 'ada', 31],
    ['older', 'held', 40],
    ['new', 'ada', 29],
  ] as const) {
    const rest = { operation: 'chat.completions.create', sealed: 'c2VhbGVk' };
    await store.history.put({ id, user, at: NOW - age * DAY, ...rest });
  }
  const drafts: EntryDraft[] = [];
  const seen: number[] = [];
  const failures: unknown[] = [];
  const clock = { at: NOW, now: () => clock.at };
  const options: RetainOptions = {
    store,
    auditLog: {
      record: async (draft) => {
        seen.push((await store.history.list({ user: 'ada', limit: 9 })).length);
        drafts.push(draft);
        return { ...draft, timestamp: '', chain: '', sequence: 1, previousHash: '', hash: '' };
      },
    },
    holds: createHolds(store, ['held'], clock),
    settings: retentionSchema.parse({}),
    pruneLog: async () => ({ files: 0, entries: 0, archived: 0 }),
    clock,
    onFailure: (error) => failures.push(error),
    lookEveryMs: 20,
    ...more,
  };
  const run = (other: Partial<RetainOptions> = {}): ReturnType<typeof retain> => {
    const job = retain({ ...options, ...other });
    onTestFinished(() => job.stop());
    return job;
  };
  const left = async (user = 'ada') => (await store.history.list({ user, limit: 9 })).map(({ id }) => id);
  return { store, options, drafts, seen, failures, clock, run, left };
}

test('on record with its times before anything goes; what is young, and who is held, stays', async () => {
  const { drafts, seen, run, left } = await house();
  run();
  await expect.poll(() => drafts.length).toBe(2);
  expect(drafts.map(({ action, status }) => [action, status])).toEqual([
    ['retention.pruned', 'pending'],
    ['retention.pruned', 'success'],
  ]);
  expect(seen).toEqual([2, 1]);
  expect(drafts[0]?.metadata).toEqual({
    before: { history: '2026-10-21T00:00:00.000Z', log: '2026-08-22T00:00:00.000Z' },
    held: 1,
  });
  expect(drafts[1]?.metadata).toMatchObject({ history: 1, entries: 0 });
  expect([await left(), await left('held')]).toEqual([['new'], ['older']]);
});

test('a hold that is put while the round is on its way holds from then on', async () => {
  const { options, store, drafts, run, left } = await house();
  const rest = { user: 'bob', operation: 'chat.completions.create', sealed: 'c2VhbGVk' };
  for (let i = 0; i < 600; i++) await store.history.put({ ...rest, id: `b${i}`, at: NOW - 100 * DAY - i });
  const holds = createHolds(store, ['held'], options.clock);
  const history = {
    ...store.history,
    prune: async (...args: Parameters<typeof store.history.prune>) => {
      const gone = await store.history.prune(...args);
      await holds.put('bob');
      return gone;
    },
  };
  run({ holds, store: { ...partsOf(store), history } });
  await expect.poll(() => drafts.at(-1)?.status).toBe('success');
  expect(drafts.at(-1)?.metadata).toMatchObject({ history: 501 });
  expect((await store.history.list({ user: 'bob', limit: 999 })).length).toBe(100);
  expect(await left()).toEqual(['new']);
});

test('closed incidents go with the log, on record, but of who is held', async () => {
  const { drafts, run, store } = await house();
  const base = { rule: 'person', severity: 'low', state: 'documented', openedBy: 'grace', count: 0 } as const;
  const lists = { version: 1, rulesVersion: 'r', wanted: [], contained: [], steps: [], notes: [] };
  const at = NOW - 91 * DAY;
  for (const [id, value] of [
    ['one', 'ada'],
    ['other', 'held'],
  ] as const) {
    const subject = { kind: 'user', value } as const;
    await store.incidents.open({ ...base, ...lists, id, subject, openedAt: at, lastAt: at, closedAt: at });
  }
  run();
  await expect.poll(() => drafts.length).toBe(2);
  expect(drafts[1]?.metadata).toMatchObject({ incidents: 1 });
  expect((await store.incidents.list({ limit: 9 })).map(({ id }) => id)).toEqual(['other']);
});

test('what a clock that was off has left behind holds nobody up', async () => {
  for (const lease of [
    { until: NOW + 400 * DAY, done: 0 },
    { until: 0, done: NOW + 400 * DAY, days: '30/90' },
  ]) {
    const { drafts, run, store, left } = await house();
    const before = await store.getSetting('retention.lease');
    expect(await store.changeSetting('retention.lease', before, JSON.stringify(lease))).toBe(true);
    run();
    await expect.poll(() => drafts.length).toBe(2);
    expect(await left()).toEqual(['new']);
  }
});

test('digests of what upstream sealed go after 30 days, other objects stay', async () => {
  const { run, store, drafts } = await house();
  const put = (id: string, kind: string, days: number) =>
    store.putOwner({ id, kind, user: 'ada', createdAt: NOW - days * DAY });
  await Promise.all([
    put('sealed_a', 'sealed', 31),
    put('sealed_b', 'sealed', 29),
    put('resp_a', 'response', 400),
  ]);
  run();
  await expect.poll(() => drafts.length).toBe(2);
  const left = await store.getOwners(['sealed_a', 'sealed_b', 'resp_a']);
  expect(left.map(({ id }) => id).sort()).toEqual(['resp_a', 'sealed_b']);
});

test('many at once have one round a day; a day later one more', async () => {
  const { drafts, clock, run, store } = await house();
  const rounds = (): number => drafts.filter(({ status }) => status === 'success').length;
  const jobs = [run(), run(), run(), run()];
  await expect.poll(rounds).toBe(1);
  await Promise.all(jobs.map((job) => job.stop()));
  expect(rounds()).toBe(1);
  clock.at += DAY;
  const later = [run(), run(), run()];
  await expect.poll(rounds).toBe(2);
  await Promise.all(later.map((job) => job.stop()));
  expect(rounds()).toBe(2);
  expect(JSON.parse((await store.getSetting('retention.lease')) ?? '')).toMatchObject({
    until: 0,
    done: NOW + DAY,
  });
});

test('everybody held: nothing goes, and the log keeps its files', async () => {
  let asked = 0;
  const { options, drafts, run, left } = await house({
    pruneLog: async () => ({ files: ++asked, entries: 1, archived: 0 }),
  });
  await options.holds.held();
  Object.assign(options, { holds: { held: async () => 'all' } });
  run();
  await expect.poll(() => drafts.length).toBe(2);
  expect(drafts[1]?.metadata).toMatchObject({ held: 'all', history: 0 });
  expect(await left()).toEqual(['new', 'old']);
  expect(asked).toBe(0);
});

test('a log that takes nothing keeps everything as it is, and the round is taken up soon', async () => {
  const { options, failures, run, drafts, left } = await house({ lookEveryMs: DAY, againMs: 20 });
  const { record } = options.auditLog;
  let isAway = true;
  Object.assign(options.auditLog, {
    record: async (draft: EntryDraft) => (isAway ? Promise.reject(new Error('no disk')) : record(draft)),
  });
  run();
  await expect.poll(() => failures.length).toBeGreaterThan(0);
  expect(await left()).toEqual(['new', 'old']);
  isAway = false;
  await expect.poll(() => drafts.length).toBe(2);
  expect(await left()).toEqual(['new']);
});

test('a store that goes away in the middle: that it was not done is on record too', async () => {
  const drafts: EntryDraft[] = [];
  const own = await house();
  const record = async (draft: EntryDraft) => {
    drafts.push(draft);
    if (draft.status === 'pending') await own.store.close();
    return { ...draft, timestamp: '', chain: '', sequence: 1, previousHash: '', hash: '' };
  };
  const job = retain({ ...own.options, auditLog: { record } });
  onTestFinished(() => job.stop());
  await expect.poll(() => drafts.map(({ status }) => status)).toEqual(['pending', 'failure']);
  expect(drafts[1]?.metadata).toMatchObject({ code: 'store.unavailable' });
  expect(own.failures.length).toBeGreaterThan(0);
});

test('entries of the current month never go: money is read from them', () => {
  const days = { historyDays: 1, logDays: 2 };
  expect(cutOffs(days, NOW).log).toBe(Date.UTC(2026, 10, 1));
  expect(cutOffs({ ...days, logDays: 90 }, NOW).log).toBe(NOW - 90 * DAY);
});
