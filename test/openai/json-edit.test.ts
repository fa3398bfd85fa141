import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  dropMembers,
  type Edit,
  membersOfEmpty,
  quote,
  setMember,
  setValue,
  splice,
  splicedBytes,
} from '../../src/openai/json-edit.ts';
import { parse } from './json-checks.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
console.info(`json-edit.test.ts: SEED=${seed}`);

const set = (text: string, at: string[], json: string): string =>
  splice(text, [setMember(parse(text), at, json)]);

describe('setMember', () => {
  test.each([
    ['{"a": 1.0 }', ['a'], '2', '{"a": 2 }'],
    ['{"a":1.0}', ['b'], '2', '{"b":2,"a":1.0}'],
    [' {\n "a":1}', ['b'], '2', ' {"b":2,\n "a":1}'],
    ['{}', ['b'], '2', '{"b":2}'],
    [' { } ', ['b'], '2', ' {"b":2} '],
    ['{"o":{"x":"}"},"z":1e2}', ['o'], 'null', '{"o":null,"z":1e2}'],
    ['{"o":{"x":"}\\""} ,"z":[[1],{}]}', ['z'], '0', '{"o":{"x":"}\\""} ,"z":0}'],
    ['{"o":{"x":1},"x":2}', ['o', 'x'], '3', '{"o":{"x":3},"x":2}'],
    ['{"o":{"x":1},"x":2}', ['x'], '3', '{"o":{"x":1},"x":3}'],
    ['{"p":{"o":{"x":1}},"o":{"x":2}}', ['o', 'x'], '3', '{"p":{"o":{"x":1}},"o":{"x":3}}'],
    ['{"p":[{"o":1}],"o" : "s"}', ['o'], '3', '{"p":[{"o":1}],"o" : 3}'],
    ['{"o":{}}', ['o', 'x'], '3', '{"o":{"x":3}}'],
    ['{"o":{"y":0}}', ['o', 'x'], '3', '{"o":{"x":3,"y":0}}'],
    ['{"o":null}', ['o', 'x'], '3', '{"o":{"x":3}}'],
    ['{"a":1}', ['o', 'x'], '3', '{"o":{"x":3},"a":1}'],
    ['{"\\u006f":true}', ['o'], '3', '{"\\u006f":3}'],
    ['{"o":"s"}', ['o'], '"t\\n"', '{"o":"t\\n"}'],
    ['{"a":1}', ['__proto__'], '3', '{"__proto__":3,"a":1}'],
  ])('%s', (text, at, json, expected) => {
    expect(set(text, at, json)).toBe(expected);
    expect(parse(expected).value).toStrictEqual(JSON.parse(expected));
  });

  test('several edits in one splice', () => {
    const text = '{"model":"m","stream_options":{"a":1}}';
    const body = parse(text);
    const edits = [
      setMember(body, ['max_completion_tokens'], '10'),
      setMember(body, ['max_tool_calls'], '2'),
      setMember(body, ['stream_options', 'include_usage'], 'true'),
    ];
    expect(splice(text, edits)).toBe(
      '{"max_completion_tokens":10,"max_tool_calls":2,"model":"m","stream_options":{"include_usage":true,"a":1}}',
    );
  });

  test('what cannot be an object, or would overlap, is a fault', () => {
    expect(() => set('[1]', ['a'], '1')).toThrow(RangeError);
    const empty = parse('{}');
    expect(() => splice('{}', [setMember(empty, ['a'], '1'), setMember(empty, ['b'], '1')])).toThrow(
      RangeError,
    );
  });

  test('new members of what was empty become one edit', () => {
    const empty = parse(' { }');
    const edits = [setMember(empty, ['a'], '1'), setMember(empty, ['b', 'c'], '"}"')];
    expect(splice(' { }', membersOfEmpty(edits))).toBe(' {"a":1,"b":{"c":"}"}}');
  });

  test('changes that member alone, for any body', () => {
    const key = fc.constantFrom('a', 'b', 'c', '"', 'é');
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: 'grapheme' }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.constant(null),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(
        fc.dictionary(key, tree),
        fc.array(key, { minLength: 1, maxLength: 3 }),
        fc.constantFrom(undefined, 2),
        (value, at, indent) => {
          const text = JSON.stringify(value, undefined, indent);
          expect(parse(set(text, at, '"new"')).value).toEqual(withMember(JSON.parse(text), at, 'new'));
        },
      ),
      { seed, numRuns: 500 },
    );
  });
});

/** The promise of setMember, on values. */
function withMember(value: unknown, at: readonly string[], put: unknown): unknown {
  const [key, ...rest] = at;
  if (key === undefined) return put;
  const object = typeof value === 'object' && !Array.isArray(value) ? (value ?? {}) : {};
  return { ...object, [key]: withMember(Reflect.get(object, key), rest, put) };
}

const edit = (start: number, end: number, text: string): Edit => ({ start, end, text });

describe('splice', () => {
  test('keeps all other characters', () => {
    expect(splice('abcdef', [])).toBe('abcdef');
    expect(splice('abcdef', [edit(0, 1, 'X'), edit(1, 1, '-'), edit(1, 1, '+'), edit(5, 6, '')])).toBe(
      'X-+bcde',
    );
  });

  test.each([
    [[edit(2, 3, ''), edit(1, 1, '')]],
    [[edit(0, 3, ''), edit(2, 4, '')]],
    [[edit(3, 2, '')]],
    [[edit(0, 7, '')]],
    [[edit(-1, 2, '')]],
  ])('refuses %j', (edits) => {
    expect(() => splice('abcdef', edits)).toThrow(RangeError);
  });
});

test('quote gives a token that reads as the text', () => {
  for (const text of ['', '"\\\u0000\n', '😀 \u2028', '</script>'])
    expect(parse(quote(text)).value).toBe(text);
});

const drop = (text: string): string => {
  const body = parse(text);
  const keys = body.leaves.filter(({ isKey, at }) => isKey && at?.parent === undefined);
  return splice(text, dropMembers(body, keys, new Set(['a', 'b'])));
};

describe('dropMembers', () => {
  test.each([
    ['{"a":1,"x":2}', '{"x":2}'],
    ['{"x":2,"a":1}', '{"x":2}'],
    ['{"x":2 , "a" : {"x":","} }', '{"x":2 }'],
    ['{"a":1,"b":2,"x":2}', '{"x":2}'],
    ['{"x":2,"a":1,"b":2}', '{"x":2}'],
    ['{ "a":1, "x":[1], "b":"}" , "y":0}', '{ "x":[1], "y":0}'],
    ['{"x":1,"a":"\\"","y":2,"b":0}', '{"x":1,"y":2}'],
    ['{"x":{"a":1}}', '{"x":{"a":1}}'],
    ['{"\\u0061":1,"x":2}', '{"x":2}'],
  ])('%s becomes %s', (text, left) => {
    expect(drop(text)).toBe(left);
  });

  test('of any object, the others are left as they were, in their order', () => {
    const member = fc.constantFrom('a', 'b', 'x', 'y', 'z');
    fc.assert(
      fc.property(fc.dictionary(member, fc.jsonValue()), fc.constantFrom(undefined, 1), (object, space) => {
        const left = Object.entries(object).filter(([name]) => !'ab'.includes(name));
        const others: object = JSON.parse(JSON.stringify(Object.fromEntries(left)));
        const last = drop(JSON.stringify({ ...object, k: 0 }, undefined, space));
        expect(JSON.parse(last)).toEqual({ ...others, k: 0 });
        const first = drop(JSON.stringify({ k: 0, ...object }, undefined, space));
        expect(JSON.parse(first)).toEqual({ k: 0, ...others });
      }),
      { seed },
    );
  });
});

test('setValue gives the member of a key another value', () => {
  const body = parse('{"o":[{"x" : {"y":1} ,"z":0}]}');
  const key = body.leaves.find(({ value }) => value === 'x');
  expect(key && splice(body.source, [setValue(body, key, '"n"')])).toBe('{"o":[{"x" : "n" ,"z":0}]}');
});

/** Shown false by taking every text for ASCII. */
test('what is spliced in bytes is what is spliced in the text, whatever stands before and behind', () => {
  const blank = fc.constantFrom('', ' ', '\n\t');
  const edits = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'é'), { minLength: 1 });
  const body = fc.dictionary(fc.constantFrom('a', 'b', 'é'), fc.constantFrom('plain', 'é', '🌊', ''));
  fc.assert(
    fc.property(blank, body, edits, fc.boolean(), (before, value, names, hasBytes) => {
      const source = before + JSON.stringify({ x: 0, ...value });
      const made = names
        .map((name) => setMember(parse(source), [name], '"né"'))
        .sort((a, b) => a.start - b.start || a.end - b.end);
      const bytes = hasBytes ? Buffer.from(source) : undefined;
      expect(Buffer.from(splicedBytes(source, bytes, made)).toString()).toBe(splice(source, made));
    }),
    { seed, numRuns: 500 },
  );
});
