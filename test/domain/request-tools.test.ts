/** The tools of a whole body against a policy: the first fault in its order, what is written into servers, and its bounds. */
import { describe, expect, test } from 'vitest';
import { checkRequestTools } from '../../src/domain/request-tools.ts';
import { toolsSchema } from '../../src/domain/tools.ts';
import { splice } from '../../src/openai/json-edit.ts';
import { parse } from '../openai/json-checks.ts';

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
