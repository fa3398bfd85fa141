/** I52: the pepper is changed and keys go on. Shown false by leaving the second digest out of `redigested`. */
import { randomBytes } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { systemClock as clock } from '../../../src/base/clock.ts';
import { createKeyRing, type KeyRing } from '../../../src/domain/callers/key-ring.ts';
import { openSqliteStore } from '../../../src/engines/store/store-sqlite.ts';

const store = openSqliteStore({ file: ':memory:' });
afterAll(() => store.close());

const input = { user: 'ada', tier: 'pro', role: 'user' } as const;
const [before, after, later] = [randomBytes(32), randomBytes(32), randomBytes(32)];
const ringOf = (pepper: Buffer, previousPepper?: Buffer) =>
  createKeyRing({ store, pepper, previousPepper, clock });
async function knows(ring: KeyRing, id: string): Promise<void> {
  await expect.poll(async () => (await store.getKey(id))?.pepperId).toBe(ring.pepperId);
}

test('opens what the one before closed, and a key that was used goes on without it', async () => {
  const old = ringOf(before);
  const [used, unused] = [old.mint(input), old.mint(input)];
  for (const { record } of [used, unused]) await old.add(record);
  expect(await ringOf(after).verify(used.key)).toBeUndefined();
  const both = ringOf(after, before);
  expect(await both.verify(used.key)).toMatchObject({ id: used.record.id });
  await knows(both, used.record.id);
  // Processes that know only one of them open it all the same, and it is the same version to all.
  for (const ring of [ringOf(before), ringOf(after)])
    expect(await ring.verify(used.key)).toMatchObject({ version: 1 });
  expect(await ringOf(after).verify(unused.key)).toBeUndefined();
});

test('and another after that: the first is of no use any more', async () => {
  const old = ringOf(before);
  const { key, record } = old.mint(input);
  await old.add(record);
  for (const ring of [ringOf(after, before), ringOf(later, after)]) {
    expect(await ring.verify(key)).toBeDefined();
    await knows(ring, record.id);
  }
  expect(await ringOf(later).verify(key)).toBeDefined();
  expect(await ringOf(before).verify(key)).toBeUndefined();
});

test('rotation of a key with an overlap keeps the digest that counts', async () => {
  const old = ringOf(before);
  const { key, record } = old.mint(input);
  await old.add(record);
  const both = ringOf(after, before);
  await both.verify(key);
  await knows(both, record.id);
  const second = await both.rotate(record.id, 60_000);
  for (const text of [key, second.key]) expect(await ringOf(after).verify(text)).toBeDefined();
});
