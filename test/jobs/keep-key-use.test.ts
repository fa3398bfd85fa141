/**
 * Which keys were used gets into the store once a key and day, and who nobody uses is told once a day, over all processes.
 * Shown false by a job that forgets what a store did not take, by one that writes every time, and by one that tells without
 * taking its turn.
 */
import { randomBytes } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { isUnused, keysToLookAt, OpenedKeys } from '../../src/domain/callers/key-use.ts';
import { createKeyRing } from '../../src/domain/callers/key-ring.ts';
import { openSqliteStore } from '../../src/engines/store/store-sqlite.ts';
import { keepKeyUse, type KeepKeyUseOptions } from '../../src/jobs/keep-key-use.ts';
import type { EntryDraft } from '../../src/ports/audit-log.ts';
import type { KeyRecord } from '../../src/ports/store.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 20, 15);
const NEW_KEY = { user: 'ada', tier: 'pro', role: 'user' } as const;

async function house() {
  const store = openSqliteStore({ file: ':memory:' });
  await store.open();
  await store.putSetting('keys.used.since', '0');
  onTestFinished(() => store.close());
  const clock = { at: NOW, now: () => clock.at };
  const opened = new OpenedKeys();
  const keys = createKeyRing({ store, pepper: randomBytes(32), clock, opened });
  const drafts: EntryDraft[] = [];
  const marks: (readonly string[])[] = [];
  const failures: unknown[] = [];
  const faulty = { isAway: false };
  const options: KeepKeyUseOptions = {
    opened,
    store: {
      listKeys: () => store.listKeys(),
      getSetting: (name) => store.getSetting(name),
      changeSetting: (...change) => store.changeSetting(...change),
      keyUse: {
        read: () => store.keyUse.read(),
        async mark(ids, day) {
          if (faulty.isAway) throw new Error('away');
          marks.push(ids);
          await store.keyUse.mark(ids, day);
        },
      },
    },
    auditLog: { note: (draft) => void drafts.push(draft) },
    clock,
    onWarning: () => undefined,
    onFailure: (error) => failures.push(error),
  };
  /** From its start to its end. */
  const round = async (): Promise<void> => await keepKeyUse(options).stop();
  const made = async (ageDays: number) => {
    const minted = keys.mint(NEW_KEY);
    const record = { ...minted.record, createdAt: NOW - ageDays * DAY, rotatedAt: NOW - ageDays * DAY };
    await keys.add(record);
    return { ...minted, record };
  };
  return { store, clock, opened, keys, drafts, marks, failures, faulty, options, round, made };
}

test('a key that opens is marked once a day; one that does not, never', async () => {
  const { store, clock, keys, marks, round, made } = await house();
  const [used, idle] = [await made(1), await made(1)];
  for (let i = 0; i < 5; i++) expect(await keys.verify(used.key)).toBeDefined();
  expect(await keys.verify(`${idle.key}x`)).toBeUndefined();
  await round();
  const { lastUsed } = await store.keyUse.read();
  expect([...lastUsed]).toEqual([[used.record.id, Date.UTC(2026, 10, 20)]]);
  clock.at += DAY;
  await keys.verify(used.key);
  await round();
  expect((await store.keyUse.read()).lastUsed.get(used.record.id)).toBe(Date.UTC(2026, 10, 21));
  expect(marks).toEqual([[used.record.id], [used.record.id]]);
});

test('within a day nothing is written twice, and nothing is lost while the store is away', async () => {
  const { keys, marks, failures, faulty, made, options } = await house();
  const { key, record } = await made(1);
  faulty.isAway = true;
  const job = keepKeyUse({ ...options, everyMs: 5 });
  await keys.verify(key);
  await expect.poll(() => failures.length).toBeGreaterThan(1);
  faulty.isAway = false;
  await expect.poll(() => marks.length).toBe(1);
  await keys.verify(key);
  await job.stop();
  expect(marks).toEqual([[record.id]]);
});

test('what nobody used for 90 days, and what is as old, is on record once a day, whoever looks', async () => {
  const { clock, keys, drafts, opened, round, made } = await house();
  const [stale, old] = [await made(91), await made(200), await made(89)];
  const revoked = await made(300);
  await keys.revoke(revoked.record.id);
  await keys.verify(old.key);
  await Promise.all([round(), round(), round()]);
  await round();
  const told = drafts.map(({ action, userId, metadata }) => [action, userId, metadata['keys']]);
  expect(told).toEqual([
    ['gateway.warning', 'system', [stale.record.id]],
    ['gateway.warning', 'system', expect.arrayContaining([stale.record.id, old.record.id])],
  ]);
  expect(opened.counts).toEqual({ unused: 1, old: 2 });
  clock.at += 2 * DAY;
  await round();
  expect(drafts).toHaveLength(4);
  expect(drafts[2]?.metadata).toMatchObject({ count: 2 });
});

test('unused is what had so many days: none of before uses were kept, nor of before it was made', () => {
  const record: KeyRecord = { ...NEW_KEY, id: 'k1', createdAt: 0, version: 1, secretDigest: '' };
  const now = 100 * DAY;
  const is = (uses: object, more: object = {}) =>
    isUnused({ ...record, ...more }, { since: 0, lastUsed: new Map(), ...uses }, 90, now);
  expect(is({})).toBe(true);
  expect(is({ since: 10 * DAY })).toBe(false);
  expect(is({}, { createdAt: 11 * DAY })).toBe(false);
  expect(is({}, { revokedAt: 1 })).toBe(false);
  expect(is({}, { expiresAt: now - 1 })).toBe(false);
  expect(is({ lastUsed: new Map([['k1', 8 * DAY]]) })).toBe(true);
  expect(is({ lastUsed: new Map([['k1', 9 * DAY]]) })).toBe(false);
  expect(keysToLookAt([record], { since: 0, lastUsed: new Map() }, now)).toEqual({
    unused: ['k1'],
    old: ['k1'],
  });
});
