/**
 * The tools of a whole body against a policy: the first fault in its order, what is written into servers, and its bounds.
 * Shown false by a dropMembers that drops the first run alone, and by leaving a `require_approval` that is an object.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkRequestTools } from '../../../src/domain/tools/request-tools.ts';
import { toolsSchema } from '../../../src/domain/tools/tools.ts';
import { splice } from '../../../src/openai/json-edit.ts';
import { parse } from '../../openai/json-checks.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
console.info(`request-tools.test.ts: SEED=${seed}`);

function check(body: object | string, settings: object, tainted = false) {
  const source = typeof body === 'string' ? body : JSON.stringify(body);
  const policy = { settings: toolsSchema.parse(settings), keyTools: undefined };
  const { fault, edits } = checkRequestTools(parse(source), policy, tainted);
  return fault
    ? `${fault.code} ${fault.param} ${fault.tool}`
    : splice(
        source,
        edits.toSorted((a, b) => a.start - b.start),
      );
}
const fn = (name: string) => ({ type: 'function', name });
const OPEN = { allow: ['*'] };

const of = (more: string) => `{"tools":[{"type":"shell"}, {"type":"mcp"${more}}]}`;
const tools = (count: number, more: object) => ({
  tools: Array.from({ length: count }, () => ({ type: 'mcp', ...more })),
});

describe('a fault', () => {
  test('is the first, with its place; its name only if it is short', () => {
    const deny = { deny: ['f', 'x*'] };
    expect(check({ tools: [fn('a'), fn('F'), fn('x')] }, deny)).toBe('tool.denied /tools/1 F');
    expect(check({ tools: [fn('x'.repeat(129))] }, deny)).toBe('tool.denied /tools/0 undefined');
    expect(check({ tools: [{ type: 'mcp' }] }, {})).toBe('tool.denied /tools/0 mcp');
    expect(check({ tools: [{ type: 'shell' }] }, {})).toBe('tool.denied /tools/0 shell');
    expect(check({ tools: [fn('a')] }, deny)).toBe('{"tools":[{"type":"function","name":"a"}]}');
  });

  test('no body has none', () => {
    const policy = { settings: toolsSchema.parse({}), keyTools: undefined };
    expect(checkRequestTools(undefined, policy, false)).toEqual({ fault: undefined, edits: [] });
  });
});

describe('a server', () => {
  test.each([
    ['', ''],
    [',"require_approval":"always"', ',"require_approval":"always"'],
    [',"require_approval":"never"', ',"require_approval":"always"'],
    [
      ',"require_approval": {"never":{}},"server_label":"s"',
      ',"require_approval": "always","server_label":"s"',
    ],
    [',"require_approval":null', ',"require_approval":"always"'],
    [',"headers":{"a":"b"},"server_label":"s","authorization":"t"', ',"server_label":"s"'],
    [',"authorization":"t","require_approval":"never","headers":null', ',"require_approval":"always"'],
  ])('%s becomes %s', (given, wanted) => {
    expect(check(of(given), OPEN)).toBe(of(wanted));
  });

  test('is left as it came where the policy says so; where it needs approval, or is tainted, it has to ask', () => {
    const given = of(',"require_approval":"never","headers":{"a":"b"}');
    const asked = of(',"require_approval":"always","headers":{"a":"b"}');
    const relay = { allow: ['*'], mcp: { requireApproval: 'asked', headers: 'relay' } };
    expect(check(given, relay)).toBe(given);
    expect(check(given, { ...relay, needsApproval: ['mcp'] })).toBe(asked);
    expect(check(given, { ...relay, taintNeedsApproval: ['mcp'] }, true)).toBe(asked);
    expect(check(given, { ...relay, taintNeedsApproval: ['mcp'] })).toBe(given);
  });

  test('one of very many is refused, in the time of one pass', () => {
    const never = { require_approval: 'never' };
    expect(check(tools(64, never), OPEN)).toBe(JSON.stringify(tools(64, { require_approval: 'always' })));
    expect(check(tools(65, never), OPEN)).toBe('tool.denied /tools/64 mcp');
    expect(check(tools(1000, {}), OPEN)).toBe(JSON.stringify(tools(1000, {})));
  });
});

test('a body at the bounds of the parser has its uses found', () => {
  const names = Array.from({ length: 99_000 }, () => 'f');
  const body = { tools: [{ type: 'mcp', allowed_tools: [...names, 'x'] }] };
  expect(check(body, { ...OPEN, deny: ['x'] })).toBe('tool.denied /tools/0 x');
});

test('any body is judged; what is written leaves JSON, with every server asking and none with a credential', () => {
  const word = fc.constantFrom(
    ...'tools tool_choice functions function_call tool_calls function custom name type mcp headers authorization'.split(
      ' ',
    ),
    ...'require_approval always never allowed_tools arguments input container network_policy server_url a'.split(
      ' ',
    ),
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      word,
      fc.constantFrom(null, 1, true, ''),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(word, tie('value'), { maxKeys: 5 }),
    ),
  }));
  const server = fc
    .dictionary(word, value, { maxKeys: 5 })
    .map((fields) => ({ ...fields, type: 'mcp', headers: { a: 1 } }));
  const body = fc.tuple(fc.dictionary(word, value), fc.array(fc.oneof(server, value), { maxLength: 3 }));
  let rewritten = 0;
  fc.assert(
    fc.property(body, ([more, tools]) => {
      const source = JSON.stringify({ ...more, tools });
      const after = check(source, {
        allow: ['*'],
        arguments: { '*': [{ pointer: '/a', max: 1, optional: true }] },
      });
      if (after.startsWith('tool.')) return;
      if (after !== source) rewritten++;
      const { tools: left }: { tools: unknown[] } = JSON.parse(after);
      for (const tool of left) {
        const fields = new Map(Object.entries(Object(tool)));
        if (fields.get('type') !== 'mcp') continue;
        expect(fields.has('headers') || fields.has('authorization')).toBe(false);
        expect(fields.get('require_approval') ?? 'always').toBe('always');
      }
    }),
    { seed, numRuns: 3000 },
  );
  expect(rewritten).toBeGreaterThan(300);
});
