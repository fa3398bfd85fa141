/**
 * What is kept sealed opens for whom it was sealed, and for nobody else. Shown false by an `open` without
 * `setAAD` (every other owner reads it) and by a `createSeal` that knows the present secret alone.
 */
import { describe, expect, test } from 'vitest';
import { createSeal } from '../../src/base/seal.ts';
import { Secret } from '../../src/base/secret.ts';

const [OLD, NEW] = [
  new Secret('the secret of last year, long enough'),
  new Secret('the one that followed it'),
];
const OWN = ['placeholders', 'ada', 'resp_1'];
const house = createSeal({ present: NEW });

describe('an envelope', () => {
  test.each([
    ['a text', 'ada@example.com, 世界'],
    ['nothing', ''],
    ['a megabyte', 'x'.repeat(1_048_576)],
  ])('gives back %s', (_, text) => {
    const envelope = house.seal(text, OWN);
    expect(house.open(envelope, OWN)?.toString()).toBe(text);
    expect(envelope.length).toBe(Buffer.byteLength(text) + 53);
  });

  test('shows nothing of its content, and no two are alike', () => {
    const [one, other] = [house.seal('ada@example.com', OWN), house.seal('ada@example.com', OWN)];
    expect(one.includes('ada@')).toBe(false);
    expect(one.subarray(9)).not.toEqual(other.subarray(9));
    for (let at = 9; at + 8 <= one.length; at++) expect(other.includes(one.subarray(at, at + 8))).toBe(false);
  });

  test.each([
    ['another user', ['placeholders', 'bob', 'resp_1']],
    ['another object', ['placeholders', 'ada', 'resp_2']],
    ['another purpose', ['approval', 'ada', 'resp_1']],
    ['less said', ['placeholders', 'ada']],
    ['the same letters, cut elsewhere', ['placeholders', 'adar', 'esp_1']],
    ['the same letters in one', ['placeholders","ada","resp_1']],
  ])('does not open for %s', (_, belongsTo) => {
    expect(house.open(house.seal('ada@example.com', OWN), belongsTo)).toBeUndefined();
  });

  test('does not open once any bit of it was changed, or an end was cut off', () => {
    const envelope = house.seal('ada@example.com', OWN);
    for (let at = 0; at < envelope.length; at++) {
      const changed = Buffer.from(envelope);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      expect(house.open(changed, OWN), `byte ${at}`).toBeUndefined();
      expect(house.open(envelope.subarray(0, at), OWN), `cut at ${at}`).toBeUndefined();
      expect(house.open(envelope.subarray(at + 1), OWN), `cut behind ${at}`).toBeUndefined();
    }
    expect(house.open(envelope, OWN)?.toString()).toBe('ada@example.com');
  });
});

describe('I52: while the secret changes', () => {
  const [before, both] = [createSeal({ present: OLD }), createSeal({ present: NEW, previous: OLD })];

  test('what the secret before sealed is opened, and sealed with it no more', () => {
    expect(both.open(before.seal('kept', OWN), OWN)?.toString()).toBe('kept');
    expect(before.open(both.seal('kept', OWN), OWN)).toBeUndefined();
    expect(house.open(both.seal('kept', OWN), OWN)?.toString()).toBe('kept');
  });

  test('a secret that is known no more opens nothing', () => {
    expect(house.open(before.seal('kept', OWN), OWN)).toBeUndefined();
  });
});
