import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  deriveKey,
  equalInConstantTime,
  type KeyPurpose,
  keyedDigest,
  Secret,
} from '../../src/base/secret.ts';

const TEXT = 'correct horse battery staple';
const secret = new Secret(TEXT);

test('I8: a secret shows itself only where it is asked to', () => {
  const printed = [
    // oxlint-disable-next-line typescript/restrict-template-expressions -- what a careless line of code would do
    `${secret}`,
    String(secret),
    JSON.stringify({ secret }),
    inspect({ secret }, { showHidden: true }),
  ];
  for (const text of printed) {
    expect(text).toContain('[hidden]');
    expect(text).not.toContain(TEXT);
  }
  expect(Object.keys(secret)).toEqual([]);
  expect(secret.reveal()).toBe(TEXT);
});

describe('derived keys', () => {
  const purposes: KeyPurpose[] = ['pepper', 'chain', 'checkpoint', 'digest', 'seal', 'fingerprint'];

  test('I52: one for each purpose, 32 bytes, the same at every start', () => {
    const keys = purposes.map((purpose) => deriveKey(secret, purpose));
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(purposes.length);
    expect(keys.every((key) => key.length === 32)).toBe(true);
    expect(deriveKey(new Secret(TEXT), 'chain')).toEqual(deriveKey(secret, 'chain'));
    expect(deriveKey(new Secret(`${TEXT}.`), 'chain')).not.toEqual(deriveKey(secret, 'chain'));
  });

  test('digests differ by key and by text, and are 64 hexadecimal characters', () => {
    const key = deriveKey(secret, 'digest');
    expect(keyedDigest(key, 'a')).toMatch(/^[0-9a-f]{64}$/);
    expect(keyedDigest(key, 'a')).toBe(keyedDigest(key, Buffer.from('a')));
    expect(keyedDigest(key, 'a')).not.toBe(keyedDigest(key, 'b'));
    expect(keyedDigest(key, 'a')).not.toBe(keyedDigest(deriveKey(secret, 'seal'), 'a'));
  });
});

test.each([
  ['abc', 'abc', true],
  ['', '', true],
  ['abc', 'abd', false],
  ['abc', 'abcd', false],
  ['é', 'é', true],
  ['é', 'e\u0301', false],
])('%j and %j are equal: %s', (a, b, equal) => {
  expect(equalInConstantTime(a, b)).toBe(equal);
});
