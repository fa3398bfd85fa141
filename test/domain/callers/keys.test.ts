import { randomBytes } from 'node:crypto';
import { assert, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import {
  digestSecret,
  type IssuedKey,
  isLive,
  isOld,
  makeKey,
  opens,
  parseKey,
  rotateKey,
} from '../../../src/domain/callers/keys.ts';

const pepper = randomBytes(32);
const input = { user: 'ada', tier: 'pro', role: 'user' } as const;
const now = 1_800_000_000_000;
const make = (more: object = {}): IssuedKey => makeKey(pepper, { ...input, ...more }, now);

function opened({ key, record }: IssuedKey, atMs = now, by: Buffer = pepper): boolean {
  const presented = parseKey(key);
  if (presented === undefined) throw new Error('not a key');
  return opens(record, { digest: digestSecret(by, presented.id, presented.secret) }, atMs);
}

test('a key reads back as its id and secret, and opens its own record alone', () => {
  const issued = make();
  expect(issued.key).toMatch(/^sk-sp-[a-z0-9]{12}-[A-Za-z0-9]{38}$/);
  expect(parseKey(issued.key)?.id).toBe(issued.record.id);
  expect(opened(issued)).toBe(true);
  const other = make();
  expect(opened({ key: issued.key, record: { ...other.record, id: issued.record.id } })).toBe(false);
  expect(opened(issued, now, randomBytes(32))).toBe(false);
});

test('I26 the record holds a digest, nothing of the secret', () => {
  const { key, record } = make();
  const secret = parseKey(key)?.secret ?? '';
  expect(JSON.stringify(record)).not.toContain(secret);
  expect(JSON.stringify(record)).not.toContain(Buffer.from(secret).toString('hex'));
  expect(record.secretDigest).toMatch(/^[0-9a-f]{64}$/);
});

test('secrets differ and use the whole alphabet evenly enough', () => {
  const secrets = Array.from({ length: 400 }, () => parseKey(make().key)?.secret ?? '');
  expect(new Set(secrets).size).toBe(400);
  const counts = new Map<string, number>();
  for (const digit of secrets.join('')) counts.set(digit, (counts.get(digit) ?? 0) + 1);
  expect(counts.size).toBe(62);
  // 12,800 digits: 206 each on average, 14 the standard deviation.
  expect(Math.min(...counts.values())).toBeGreaterThan(110);
  expect(Math.max(...counts.values())).toBeLessThan(310);
});

test('every single changed character is refused without a look-up', () => {
  const { key } = make();
  for (let index = 0; index < key.length; index++) {
    const other = key[index] === 'a' ? 'b' : 'a';
    expect(parseKey(key.slice(0, index) + other + key.slice(index + 1))).toBeUndefined();
  }
  for (const wrong of [
    '',
    'sk-sp-',
    key.slice(1),
    `${key} `,
    ` ${key}`,
    `${key}\n`,
    key.toUpperCase(),
    key + key,
  ]) {
    expect(parseKey(wrong)).toBeUndefined();
  }
});

test('no text at all breaks the parser', () => {
  assert(
    property(string({ unit: 'binary', maxLength: 80 }), (text) => {
      expect(parseKey(text)).toBeUndefined();
      expect(parseKey(`sk-sp-${text}`)).toBeUndefined();
    }),
    { seed: 20_261_123, verbose: 1 },
  );
});

test('expired and revoked open no more, to the millisecond', () => {
  const issued = make({ expiresAt: now + 10 });
  expect(opened(issued, now + 9)).toBe(true);
  expect(opened(issued, now + 10)).toBe(false);
  expect(opened({ ...issued, record: { ...issued.record, revokedAt: now } })).toBe(false);
  expect(isLive(undefined, now)).toBe(false);
});

test('rotation: new and old open until the overlap ends, older ones never', () => {
  const first = make({ name: 'kept' });
  const second = rotateKey(pepper, first.record, 100, now);
  expect(second.record).toMatchObject({
    id: first.record.id,
    version: 2,
    name: 'kept',
    previousUntil: now + 100,
  });
  expect(opened(second, now + 1_000_000)).toBe(true);
  expect(opened({ key: first.key, record: second.record }, now + 99)).toBe(true);
  expect(opened({ key: first.key, record: second.record }, now + 100)).toBe(false);
  const third = rotateKey(pepper, second.record, 100, now);
  expect(opened({ key: second.key, record: third.record })).toBe(true);
  expect(opened({ key: first.key, record: third.record })).toBe(false);
});

test('rotation without overlap ends the old secret at once, and leaves nothing of it', () => {
  const first = make();
  const second = rotateKey(pepper, rotateKey(pepper, first.record, 100, now).record, 0, now);
  expect(opened({ key: first.key, record: second.record })).toBe(false);
  expect(second.record).not.toHaveProperty('previousDigest');
  expect(second.record).not.toHaveProperty('previousUntil');
});

test('a secret is old after 90 days, and new again when it is rotated, which also ends what was known of it', () => {
  const day = 86_400_000;
  const { record } = make();
  expect(isOld(record, now + 90 * day)).toBe(false);
  expect(isOld(record, now + 91 * day)).toBe(true);
  const rotated = rotateKey(pepper, { ...record, exposedAt: now }, 0, now + 91 * day).record;
  expect(isOld(rotated, now + 100 * day)).toBe(false);
  expect(rotated).not.toHaveProperty('exposedAt');
});
