/** What an approval is bound to. Shown false by canonicalising with JSON.parse alone: keys that come twice, 2^53 + 1. */
import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import { canonicalArguments } from '../../../src/domain/tools/canonical-arguments.ts';

const digest = (text: string): string => canonicalArguments(text).digest;

test('texts of one value are one question', () => {
  const same = ['{"to":"ada","n":100}', ' {"n" : 1e2, "to":"\\u0061da"}\n', '{"n":100.0,"to":"ada"}'];
  for (const text of same) {
    expect(canonicalArguments(text)).toMatchObject({ text: '{"n":100,"to":"ada"}', isJson: true });
    expect(digest(text)).toBe(hash('sha256', '{"n":100,"to":"ada"}'));
  }
});

test.each([
  ['{"to":"ada"}', '{"to":"Ada"}'],
  ['{"n":1}', '{"n":"1"}'],
  ['{"n":9007199254740993}', '{"n":9007199254740992}'],
  ['{"n":0.1}', '{"n":0.10000000000000000001}'],
  ['{"n":1e400}', '{"n":1e401}'],
  ['{"a":1,"a":2}', '{"a":2}'],
  ['{"a":[1,2]}', '{"a":[2,1]}'],
  ['{"a":null}', '{}'],
  ['{"__proto__":1}', '{}'],
  ['{"a":1', '{"a":1}'],
  ['"x"', 'x'],
  ['', '""'],
  ['{"a":"é"}', '{"a":"e\u0301"}'],
])('%s is not %s', (one, other) => {
  expect(digest(one)).not.toBe(digest(other));
});

test.each(['{"n":9007199254740993}', '{"n":-1e400}', '{"a":1,"a":1}', 'rm -rf /', '[1,]', '{"a":1}x'])(
  '%s has more than one reading, or none: its letters are bound',
  (text) => {
    expect(canonicalArguments(text)).toMatchObject({ text, isJson: false });
    expect(digest(text)).not.toBe(digest(` ${text}`));
  },
);

test('numbers that are exact stay numbers', () => {
  for (const number of [
    '0',
    '-0',
    '-1.50',
    '1e21',
    '123456789012345680000',
    '0.000001',
    '5e-324',
    '0e5',
    '10E+2',
  ])
    expect(canonicalArguments(`[${number}]`).isJson, `the number ${number}`).toBe(true);
});
