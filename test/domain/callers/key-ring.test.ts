import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { createKeyRing, type KeyRing } from '../../../src/domain/callers/key-ring.ts';
import { createEmbeddedLedger } from '../../../src/engines/ledger/ledger-embedded.ts';
import { openSqliteStore } from '../../../src/engines/store/store-sqlite.ts';
import type { Ledger } from '../../../src/ports/ledger.ts';
import type { Store } from '../../../src/ports/store.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-keys-'));
const stores: Store[] = [];
afterAll(async () => {
  for (const store of stores) await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const pepper = randomBytes(32);
const input = { user: 'ada', tier: 'pro', role: 'user' } as const;
let count = 0;

/** A house: one store, one ledger or none, as many processes (key rings) as wanted, a clock that is set. */
function house(options: { ledger?: boolean } = {}) {
  const file = join(folder, `${++count}.db`);
  const store = openSqliteStore({ file });
  stores.push(store);
  const time = { ms: 1_800_000_000_000 };
  const clock = { now: () => time.ms };
  const ledger: Ledger | undefined = options.ledger === false ? undefined : createEmbeddedLedger({ clock });
  const ring = (over: Store = store): KeyRing => createKeyRing({ store: over, ledger, pepper, clock });
  const damage = () => {
    const db = new DatabaseSync(file);
    db.exec('alter table sallyport_keys rename to sallyport_keys_away');
    db.close();
  };
  const repair = () => {
    const db = new DatabaseSync(file);
    db.exec('alter table sallyport_keys_away rename to sallyport_keys');
    db.close();
  };
  return { store, ledger, ring, time, damage, repair };
}

async function issue(ring: KeyRing, more: object = {}) {
  const issued = ring.mint({ ...input, ...more });
  await ring.add(issued.record);
  return issued;
}

test('a key opens once it is added, and at once when it is cached', async () => {
  const { ring } = house();
  const keys = ring();
  const issued = keys.mint(input);
  expect(await keys.verify(issued.key)).toBeUndefined();
  await keys.add(issued.record);
  expect(await keys.verify(issued.key)).toEqual(issued.record);
  expect(keys.verify(issued.key)).toEqual(issued.record);
});

test('I26 unknown, wrong, expired, revoked and malformed are all just not there', async () => {
  const { ring, store, time } = house();
  const keys = ring();
  const right = await issue(keys);
  const expired = await issue(keys, { expiresAt: time.ms + 1 });
  const revoked = await issue(keys);
  await keys.revoke(revoked.record.id);
  time.ms += 1;
  const stranger = createKeyRing({
    store,
    pepper: randomBytes(32),
    clock: { now: () => 0 },
  });
  for (const key of [stranger.mint(input).key, expired.key, revoked.key, 'sk-sp-nonsense', '']) {
    expect(await keys.verify(key)).toBeUndefined();
  }
  expect(await keys.verify(right.key)).toEqual(right.record);
});

test('garbage is refused without a look-up, also with the store away', async () => {
  const { ring, damage, store } = house();
  const keys = ring();
  await store.open();
  damage();
  expect(keys.verify(`sk-sp-${'a'.repeat(12)}-${'A'.repeat(38)}`)).toBeUndefined();
  await expect(keys.verify(keys.mint(input).key)).rejects.toMatchObject({ code: 'store.unavailable' });
});

test('I24 a revocation holds in every process at once by the push', async () => {
  const { ring } = house();
  const [here, there] = [ring(), ring()];
  const { key, record } = await issue(here);
  expect(await there.verify(key)).toEqual(record);
  const heard: string[] = [];
  there.onChanged((id) => heard.push(id));
  const revoked = await here.revoke(record.id);
  expect(revoked).toMatchObject({ version: 2, revokedAt: expect.any(Number) });
  expect(heard).toContain(record.id);
  expect(await there.verify(key)).toBeUndefined();
  expect(await here.verify(key)).toBeUndefined();
});

test('I24 without a push it holds within five seconds', async () => {
  const { ring, time } = house({ ledger: false });
  const [here, there] = [ring(), ring()];
  const { key, record } = await issue(here);
  expect(await there.verify(key)).toEqual(record);
  await here.revoke(record.id);
  time.ms += 5_001;
  expect(await there.verify(key)).toBeUndefined();
});

test('a copy that is asked for often is read again in the background, so it is never waited for', async () => {
  const { ring, time, store } = house({ ledger: false });
  const keys = ring();
  const { key, record } = await issue(keys);
  await keys.verify(key);
  await store.putKey({ ...record, version: 2, name: 'renamed' });
  time.ms += 2_600;
  expect(keys.verify(key)).toEqual(record);
  await expect.poll(() => keys.find(record.id)).toMatchObject({ name: 'renamed' });
});

test('I25 a copy older than the newest version heard of is not used, even if the store still has it', async () => {
  const { ring, ledger } = house();
  const keys = ring();
  const { key, record } = await issue(keys);
  expect(await keys.verify(key)).toEqual(record);
  await ledger?.setKeyVersion(record.id, 2);
  expect(await keys.verify(key)).toBeUndefined();
});

test('revoking again changes nothing; what is unknown is not found', async () => {
  const { ring } = house();
  const keys = ring();
  const { record } = await issue(keys);
  const first = await keys.revoke(record.id);
  expect(await keys.revoke(record.id)).toEqual(first);
  await expect(keys.revoke('absent000000')).rejects.toMatchObject({ code: 'access.not_found' });
  await expect(keys.rotate('absent000000', 0)).rejects.toMatchObject({ code: 'access.not_found' });
  await expect(keys.rotate(record.id, 0)).rejects.toMatchObject({ code: 'request.invalid_field' });
});

test('the ledger refuses the old version before the store has the new one', async () => {
  const { ring, ledger, damage, repair } = house();
  const keys = ring();
  const { key, record } = await issue(keys);
  const admit = (version: number) =>
    ledger?.admit({
      reservationId: `r${version}${Math.random()}`,
      scopes: [{ kind: 'house', id: 'house' }],
      tokens: 1,
      nano: 1,
      keyId: record.id,
      keyVersion: version,
    });
  expect(await admit(1)).toMatchObject({ admitted: true });
  const order: string[] = [];
  ledger?.onKeyChanged(() => {
    order.push('ledger');
    damage();
  });
  await expect(keys.revoke(record.id)).rejects.toMatchObject({ code: 'store.unavailable' });
  expect(order).toEqual(['ledger']);
  expect(await admit(1)).toMatchObject({ admitted: false, reason: 'stale_key' });
  repair();
  expect(await keys.verify(key)).toBeUndefined();
});

test('rotation: both open until the overlap ends, in every process; parallel rotations each count', async () => {
  const { ring, time } = house();
  const [here, there] = [ring(), ring()];
  const first = await issue(here);
  expect(await there.verify(first.key)).toBeDefined();
  const second = await here.rotate(first.record.id, 60_000);
  expect((await there.verify(second.key))?.version).toBe(2);
  expect((await there.verify(first.key))?.version).toBe(2);
  time.ms += 60_000;
  expect(await there.verify(first.key)).toBeUndefined();
  expect(await there.verify(second.key)).toBeDefined();

  const issued = await Promise.all([
    here.rotate(first.record.id, 60_000),
    there.rotate(first.record.id, 60_000),
  ]);
  const versions = issued.map(({ record }) => record.version).sort((a, b) => a - b);
  expect(versions).toEqual([3, 4]);
  for (const { key } of issued) expect(await here.verify(key)).toBeDefined();
  expect(await here.verify(second.key)).toBeUndefined();
});

test('a store that is away stops no key that is known while the ledger watches its version', async () => {
  const { ring, time, damage, repair } = house();
  const keys = ring();
  const { key, record } = await issue(keys);
  const other = await issue(keys);
  await keys.verify(key);
  damage();
  time.ms += 5_001;
  expect(await keys.verify(key)).toEqual(record);
  await expect(keys.verify(other.key)).rejects.toMatchObject({ code: 'store.unavailable' });
  time.ms += 600_000;
  await expect(keys.verify(key)).rejects.toMatchObject({ code: 'store.unavailable' });
  repair();
  expect(await keys.verify(key)).toEqual(record);
});

test('a store that is away, and no ledger: nothing older than five seconds is used', async () => {
  const { ring, time, damage } = house({ ledger: false });
  const keys = ring();
  const { key, record } = await issue(keys);
  await keys.verify(key);
  damage();
  time.ms += 4_999;
  expect(await keys.verify(key)).toEqual(record);
  time.ms += 2;
  await expect(keys.verify(key)).rejects.toMatchObject({ code: 'store.unavailable' });
});

test('many callers of one key ask the store once', async () => {
  const { ring, store } = house();
  const keys = ring();
  const { key } = await issue(keys);
  let reads = 0;
  const counting: Store = Object.assign(Object.create(store), {
    getKey: (id: string) => {
      reads++;
      return store.getKey(id);
    },
    putKey: store.putKey.bind(store),
  });
  const fresh = ring(counting);
  const found = await Promise.all(Array.from({ length: 50 }, async () => await fresh.verify(key)));
  expect(found.every(Boolean)).toBe(true);
  expect(reads).toBe(1);
});
