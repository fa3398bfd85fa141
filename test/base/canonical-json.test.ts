/** RFC 8785's own examples, and what makes two texts one. Shown false by leaving the sort out. */
import { expect, test } from 'vitest';
import { canonicalJson } from '../../src/base/canonical-json.ts';

test('the example of RFC 8785, section 3.2.2 and 3.2.3', () => {
  const value: unknown = JSON.parse(
    '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],' +
      '"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
  );
  expect(canonicalJson(value)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
      '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});

test('members go by UTF-16 code units, not by code points', () => {
  const names = ['€', '\r', '\ufb33', '1', '\u{1f600}', '\u0080', 'ö'];
  const value = Object.fromEntries(names.map((name) => [name, 0]));
  expect(Object.keys(JSON.parse(canonicalJson(value)))).toEqual([
    '1',
    '\r',
    '\u0080',
    'ö',
    '€',
    '\u{1f600}',
    '\ufb33',
  ]);
});

test('what is undefined is not there', () => {
  expect(canonicalJson({ b: undefined, a: [undefined, 1] })).toBe('{"a":[null,1]}');
  expect(canonicalJson(undefined)).toBe('null');
});
