import { describe, expect, test } from 'vitest';
import { Refusal } from '../../src/base/errors.ts';
import { DEPTH_MAX, NAMES_MAX, NODES_MAX, VALUES_MAX } from '../../src/openai/json-bounds.ts';
import { pointer } from '../../src/openai/json-place.ts';
import { checkLeaves, parse, refusal, strings } from './json-checks.ts';

describe('one reading', () => {
  test.each([
    '{}',
    ' [ ] ',
    '"a"',
    '0',
    '-0',
    '-0.0',
    '1e5',
    '1E+2',
    '12.5e-3',
    '0.1',
    '123456789012345',
    '1234567890123456789',
    '0.30000000000000004',
    '9007199254740993',
    '1e-400',
    '5e-324',
    '1.7976931348623157e308',
    'true',
    '\t\r\n null \n',
    '"\\u0041\\n\\"\\\\\\/\\b\\f\\t\\r"',
    '"\\ud83d\\ude00 é 快 😀 \u2028"',
    '{"a":{"b":[1,"x",{"c":"y"}]},"d":""}',
    '{"__proto__":{"x":1},"constructor":1,"toString":"a"}',
    '{"2":"b","1":"a"}',
    `"${'\\n'.repeat(500)}"`,
    `"${'x'.repeat(500)}"`,
  ])('%s', (text) => {
    const body = parse(text);
    expect(body.source).toBe(text);
    expect(body.value).toStrictEqual(JSON.parse(text));
    expect(body.leaves).toHaveLength(strings(body.value));
    checkLeaves(body);
  });

  test('__proto__ is a plain own property', () => {
    const { value } = parse('{"__proto__":{"admin":true}}');
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.getOwnPropertyDescriptor(value, '__proto__')).toStrictEqual({
      value: { admin: true },
      writable: true,
      enumerable: true,
      configurable: true,
    });
  });

  test('pointers escape what RFC 6901 says', () => {
    const { leaves } = parse('{"a/b":{"~1":["x"]}}');
    expect(leaves.map((leaf) => pointer(leaf.at))).toEqual(['/a~1b', '/a~1b/~01', '/a~1b/~01/0']);
    expect(pointer(undefined)).toBe('');
  });
});

const deep = (n: number) => '['.repeat(n) + ']'.repeat(n);
const many = (n: number, one: string) => `[${Array(n).fill(one).join()}]`;
const named = (n: number) => `{${Array.from({ length: n }, (_, i) => `"${i}":0`).join()}}`;

describe('refused', () => {
  test.each([
    '',
    ' ',
    '\uFEFF{}',
    '{} {}',
    '{},',
    '[1,]',
    '[,1]',
    '[1 2]',
    '{"a":1,}',
    '{"a" 1}',
    '{"a":}',
    '{a:1}',
    "{'a':1}",
    '[1',
    '{"a":1',
    '"a',
    '"a\\"',
    '"\\',
    '"\\x41"',
    '"\\u00g0"',
    '"\\u004"',
    '"\\u00\u00100"',
    '"\t"',
    '"a\n"',
    `"${'x'.repeat(100)}\n"`,
    `"${'\\n'.repeat(100)}\n"`,
    `"${'\\n'.repeat(100)}\\x"`,
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '{"\\ud800":1}',
    `"${'\\n'.repeat(100)}\\ud800"`,
    '01',
    '-01',
    '+1',
    '1.',
    '.5',
    '1.e1',
    '1e',
    '1e+',
    '-',
    '--1',
    '0x1',
    '1_0',
    'NaN',
    'Infinity',
    '-Infinity',
    'nul',
    'nulls',
    'True',
    '// c\n1',
    '/**/1',
    '\u00a01',
    '1\u0000',
    '\v1',
  ])('not JSON: %j', (text) => {
    expect(refusal(text)).toBe('request.invalid_json');
  });

  test.each([
    Buffer.from([0x22, 0xff, 0x22]),
    Buffer.from([0x22, 0xc0, 0xaf, 0x22]),
    Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]),
    Buffer.from([0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]),
  ])('not UTF-8', (bytes) => {
    expect(refusal(bytes)).toBe('request.invalid_utf8');
  });

  test.each([
    '{"a":1,"a":1}',
    '{"a":1,"\\u0061":1}',
    '{"__proto__":1,"__proto__":2}',
    '{"x":{"x":1},"x":2}',
    '[{"a":{"b":1,"b":2}}]',
    `{${Array.from({ length: 40 }, (_, i) => `"k${i}":{"k${i}":0}`).join()},"k7":1}`,
  ])('a key twice: %s', (text) => {
    expect(refusal(text)).toBe('request.duplicate_key');
  });

  test('the same key in several objects is none twice', () => {
    const forty = `{${Array.from({ length: 40 }, (_, i) => `"k${i}":{"k${i}":0}`).join()}}`;
    expect(refusal(`[{"a":{"a":1}},{"a":2},${forty},${forty}]`)).toBeUndefined();
  });

  test.each(['1e309', '-1e309', '1'.repeat(400), `${'9'.repeat(309)}.5`])('overflow: %s', (text) => {
    expect(refusal(`[${text}]`)).toBe('request.number');
  });

  test('one step beyond each bound, and not one before', () => {
    expect(refusal(deep(DEPTH_MAX))).toBeUndefined();
    expect(refusal(deep(DEPTH_MAX + 1))).toBe('request.too_deep');
    expect(refusal('{"a":'.repeat(DEPTH_MAX + 1) + '1' + '}'.repeat(DEPTH_MAX + 1))).toBe('request.too_deep');
    expect(refusal(many(VALUES_MAX - 1, '1'))).toBeUndefined();
    expect(refusal(many(VALUES_MAX, '1'))).toBe('request.too_complex');
    for (const node of ['""', '[]', '{}', '1e5', '1234567890123456']) {
      expect(refusal(many(NODES_MAX - 1, node))).toBeUndefined();
      expect(refusal(many(NODES_MAX, node))).toBe('request.too_complex');
    }
    expect(refusal(named(NAMES_MAX))).toBeUndefined();
    expect(refusal(named(NAMES_MAX + 1))).toBe('request.too_complex');
  });

  test('a refusal never holds the text', () => {
    const error = (() => {
      try {
        return parse('{"secret-key":"secret-value" x');
      } catch (caught) {
        return caught;
      }
    })();
    expect(error).toBeInstanceOf(Refusal);
    expect(JSON.stringify([error, String(error)])).not.toContain('secret');
  });
});
