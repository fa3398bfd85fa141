/** Rules for the arguments of a call: what holds, what does not, and what cannot be read in one way. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { argumentsSchema, brokenRule } from '../../../src/domain/tools/tool-arguments.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
console.info(`tool-arguments.test.ts: SEED=${seed}`);

const rulesOf = (...rules: object[]) => argumentsSchema.parse({ f: rules })['f'] ?? [];
const ask = (rule: object, text: string) => brokenRule(text, rulesOf(rule)) ?? 'ok';
const inFolder = { pointer: '/path', path: { allow: ['/data'] } };

describe('one rule', () => {
  test.each<[object, string, string]>([
    [{ pointer: '/unit', enum: ['km', 'mi', 1, true] }, '{"unit":"km"}', '{"unit":"KM"}'],
    [{ pointer: '/unit', enum: ['km', 1] }, '{"unit":1.0}', '{"unit":"1"}'],
    [
      { pointer: '/to', pattern: '[a-z]+@example\\.com' },
      '{"to":"ann@example.com"}',
      '{"to":"ann@example.com.evil.org"}',
    ],
    [{ pointer: '/to', pattern: '[0-9]+' }, '{"to":"5"}', '{"to":5}'],
    [{ pointer: '/n', min: 1, max: 10 }, '{"n":10}', '{"n":10.5}'],
    [{ pointer: '/n', min: 1 }, '{"n":1e3}', '{"n":-1e3}'],
    [{ pointer: '/n', max: 10 }, '{"n":-0}', '{"n":"3"}'],
    [{ pointer: '/text', lengthMax: 3 }, '{"text":"abc"}', '{"text":"abcd"}'],
    [{ pointer: '/list', lengthMax: 1 }, '{"list":[[1,2]]}', '{"list":[1,2]}'],
    [{ pointer: '/list', lengthMax: 1 }, '{"list":[]}', '{"list":{}}'],
    [inFolder, '{"path":"/data/a"}', '{"path":"/data/../etc"}'],
    [inFolder, '{"path":"\\u002fdata/a"}', '{"path":"/data/\\u002e\\u002e/etc"}'],
    [inFolder, '{"path":"/data","more":1}', '{"path":["/data"]}'],
    [
      { ...inFolder, pointer: '/paths/*' },
      '{"paths":["/data/a","/data/b"]}',
      '{"paths":["/data/a","/etc/b"]}',
    ],
    [{ ...inFolder, pointer: '/paths/*' }, '{"paths":[]}', '{"paths":"/data/a"}'],
    [
      { ...inFolder, pointer: '/files/*/path' },
      '{"files":[{"path":"/data"}]}',
      '{"files":[{"path":"/data"},{}]}',
    ],
    [{ ...inFolder, pointer: '/*' }, '{"from":"/data/a","to":"/data/b"}', '{"from":"/data/a","to":"/b"}'],
    [{ ...inFolder, pointer: '/paths/0' }, '{"paths":["/data/a"]}', '{"paths":[]}'],
    [{ pointer: '/a~1b/~0', enum: [1] }, '{"a/b":{"~":1}}', '{"a":{"b":{"~":1}}}'],
    [{ pointer: '/x', enum: ['a'], optional: true }, '{}', '{"x":"b"}'],
    [{ pointer: '/x', enum: ['a'], optional: true }, '{"x":null}', '{"x":0}'],
    [{ pointer: '/x/y', enum: ['a'], optional: true }, '{"x":{}}', '{"x":"y"}'],
    [{ pointer: '/__proto__', enum: ['a'] }, '{"__proto__":"a"}', '{}'],
    [{ pointer: '/constructor', enum: ['a'], optional: true }, '{}', '{"constructor":"b"}'],
  ])('%j: %s, but not %s', (rule, fine, broken) => {
    expect(ask(rule, fine)).toBe('ok');
    expect(ask(rule, broken)).toBe(new Map(Object.entries(rule)).get('pointer'));
  });

  test('what is missing breaks a rule, unless it is optional', () => {
    expect(ask(inFolder, '{}')).toBe('/path');
    expect(ask(inFolder, '{"path":null}')).toBe('/path');
    expect(ask({ ...inFolder, optional: true }, '{}')).toBe('ok');
  });

  test('a name in another case may be read as this one', () => {
    expect(ask(inFolder, '{"path":"/data/a","Path":"/etc/passwd"}')).toBe('/path');
    expect(ask({ ...inFolder, optional: true }, '{"PATH":"/etc/passwd"}')).toBe('/path');
    expect(ask(inFolder, '{"path":"/data/a","paths":"/etc/passwd"}')).toBe('ok');
    const files = { ...inFolder, pointer: '/files' };
    expect(ask(files, '{"files":"/data/a","file\u017f":"/etc/passwd"}')).toBe('/files');
  });
});

describe('arguments with more than one reading, or none', () => {
  test.each([
    '{"path":"/data/a","path":"/etc/passwd"}',
    '{"path":"/etc/passwd","pa\\u0074h":"/data/a"}',
    '{"path":"/data/a"}{}',
    '{"path":"/data/a",}',
    "{'path':'/data/a'}",
    '{"path":"/data/a"/**/}',
    '{"path":NaN}',
    '',
    ' ',
    `${'['.repeat(100)}${']'.repeat(100)}`,
  ])('%j', (text) => {
    expect(ask({ ...inFolder, optional: true }, text)).toBe('');
  });

  test('are nobody’s business where there is no rule', () => {
    expect(brokenRule('{"a":1,"a":2', [])).toBeUndefined();
  });
});

test('the first rule that breaks is told; the text of a custom tool is the whole value', () => {
  const rules = rulesOf({ pointer: '/a', max: 1 }, { pointer: '/b', max: 1 });
  expect(brokenRule('{"a":2,"b":2}', rules)).toBe('/a');
  expect(brokenRule('{"a":1,"b":2}', rules)).toBe('/b');
  const whole = rulesOf({ pointer: '', pattern: 'select [a-z ]+' });
  expect(brokenRule('select a from b', whole, 'text')).toBeUndefined();
  expect(brokenRule('drop table b', whole, 'text')).toBe('');
  expect(brokenRule('{"a":1}', rules, 'text')).toBe('/a');
});

test.each([
  { pointer: 'path', max: 1 },
  { pointer: '/a~2', max: 1 },
  { pointer: '/a' },
  { pointer: '/a', optional: true },
  { pointer: '/a', pattern: '(?<=a)b' },
  { pointer: '/a', enum: [] },
  { pointer: '/a', maximum: 1 },
  { pointer: '/a', path: { allow: ['data'] } },
])('is no rule: %j', (rule) => {
  expect(argumentsSchema.safeParse({ f: [rule] }).success).toBe(false);
});

test('a pointer finds what RFC 6901 says it finds, in any arguments', () => {
  const key = fc.constantFrom('a', 'b', 'c/d', '~', 'x');
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(1, 2),
      fc.array(tie('value'), { maxLength: 2 }),
      fc.dictionary(key, tie('value'), { maxKeys: 3 }),
    ),
  }));
  const steps = fc.array(fc.oneof(key, fc.constantFrom('0', '1')), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(value, steps, (root, names) => {
      let at: unknown = root;
      for (const name of names) at = Object.getOwnPropertyDescriptor(Object(at), name)?.value;
      const pointer = names.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
      expect(ask({ pointer, enum: [1] }, JSON.stringify(root))).toBe(at === 1 ? 'ok' : pointer);
    }),
    { seed, numRuns: 5000 },
  );
});
