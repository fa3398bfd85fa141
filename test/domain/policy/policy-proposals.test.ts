/**
 * Whom the house has for administrators, and that a grant ends. Shown false by counting administrators of teams, and by
 * a proposal that is found after its time.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { PolicyProposals } from '../../../src/domain/policy/policy-proposals.ts';
import { createSessions } from '../../../src/domain/people/sessions.ts';
import { openSqliteStore } from '../../../src/engines/store/store-sqlite.ts';
import type { KeyRecord, Store } from '../../../src/ports/store.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-proposals-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;
let now = 0;
const clock = { now: () => now };
let store: Store;
let proposals: PolicyProposals;
beforeEach(async () => {
  now = 1_000_000;
  store = openSqliteStore({ file: join(folder, `${++count}`, 'store.db') });
  await store.open();
  proposals = new PolicyProposals({ store, clock });
  return () => store.close();
});

const key = (user: string, more: Partial<KeyRecord> = {}): KeyRecord => ({
  id: `k${user}`,
  version: 1,
  user,
  tier: 'pro',
  role: 'admin',
  secretDigest: 'd',
  createdAt: 0,
  ...more,
});
const STEP = { digest: 'a'.repeat(64), from: 'b'.repeat(64) };

test('a second administrator is a person of the house, whose credential lives', async () => {
  await store.putKey(key('dev', { role: 'developer' }));
  await store.putKey(key('ruth', { team: 'red', administers: 'team' }));
  await store.putKey(key('gone', { revokedAt: 1 }));
  await store.putKey(key('late', { expiresAt: now - 1 }));
  await store.putKey(key('admin'));
  expect([await proposals.needsSecond('admin'), await proposals.needsSecond('system')]).toEqual([
    false,
    false,
  ]);
  // Of a token, who is known once they act.
  expect(await proposals.needsSecond('jwt-admin')).toBe(true);
  await store.putKey(key('ann'));
  expect([await proposals.needsSecond('admin'), await proposals.needsSecond('system')]).toEqual([true, true]);
});

test('whoever is signed in counts as long as that lasts', async () => {
  const access = { team: 'red', tier: 'pro', role: 'admin' } as const;
  const sessions = createSessions(store, 1, clock);
  await sessions.open({ user: 'ruth', subject: 'r', access: { ...access, administers: 'team' } });
  expect(await proposals.needsSecond('admin')).toBe(false);
  await sessions.open({ user: 'ann', subject: 'a', access });
  expect(await proposals.needsSecond('admin')).toBe(true);
  now += 3_600_001;
  expect(await proposals.needsSecond('admin')).toBe(false);
});

test('what waits ends after a day, what is confirmed after an hour, and is of its step alone', async () => {
  expect(await proposals.propose(STEP, 'ann', [])).toMatchObject({ by: 'ann', state: 'proposed' });
  expect(await proposals.propose(STEP, 'ben', [])).toMatchObject({ by: 'ann' });
  expect(await proposals.grant(STEP)).toBeUndefined();
  now += 86_399_999;
  await proposals.confirm(STEP.digest, 'ben');
  await expect(proposals.confirm(STEP.digest, 'cem')).rejects.toThrow('access.not_found');
  expect(await proposals.grant(STEP)).toMatchObject({ state: 'confirmed', by: 'ann', second: 'ben' });
  expect(await proposals.grant({ ...STEP, from: 'c'.repeat(64) })).toBeUndefined();
  now += 3_600_000;
  expect(await proposals.grant(STEP)).toBeUndefined();
  expect([await proposals.list(), (await store.listSettings('policy.proposal:')).size]).toEqual([[], 0]);
  await proposals.propose(STEP, 'ann', []);
  now += 86_400_000;
  await expect(proposals.confirm(STEP.digest, 'ben')).rejects.toThrow('access.not_found');
});
