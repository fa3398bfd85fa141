import { describe, expect, test } from 'vitest';
import { checkTools, declaredTools, toolsSchema } from '../../src/domain/tools.ts';
import { ADA, codeOf, withKey } from '../support/exchange.ts';
import { parse } from '../openai/json-checks.ts';

const declared = (body: object) => declaredTools(parse(JSON.stringify(body)).leaves);

describe('the tools a call declares', () => {
  test.each<[string, object]>([
    ['chat', { tools: [{ type: 'function', function: { name: 'f' } }] }],
    ['chat, custom', { tools: [{ type: 'custom', custom: { name: 'f' } }] }],
    ['chat, as it was', { functions: [{ name: 'f', parameters: {} }] }],
    ['Responses', { tools: [{ type: 'function', name: 'f' }] }],
    ['a namespace', { tools: [{ type: 'namespace', tools: [{ type: 'function', name: 'f' }] }] }],
    ['what a search found', { input: [{ type: 'tool_search_output', tools: [{ name: 'f' }] }] }],
    ['a session', { session: { tools: [{ name: 'f' }] } }],
    ['more of them', { additional_tools: [{ name: 'f' }] }],
  ])('are found: %s', (_name, body) => {
    expect(declared(body)).toEqual(['f']);
  });

  test('are not other names', () => {
    const messages = [{ role: 'tool', name: 'x', tool_calls: [{ function: { name: 'x' } }] }];
    const tools = [{ type: 'mcp', server_label: 'x' }, { function: { name: 7 } }, 'x', null];
    expect(declared({ messages, tools, tool_choice: { function: { name: 'x' } }, name: 'x' })).toEqual([]);
    expect(declared({ tools: { name: 'x' } })).toEqual([]);
  });
});

const ask = (settings: object, names: string[], tools?: string[]) =>
  codeOf(() => checkTools(tools ? withKey({ tools }) : ADA, names, toolsSchema.parse(settings)));

describe('policy', () => {
  test('denied is denied, whatever else is said of it', async () => {
    const settings = { allow: ['f'], deny: ['f'], needsApproval: ['f'] };
    expect(await ask(settings, ['f'])).toBe('tool.denied');
    expect(await ask(settings, ['g'])).toBe('ok');
    expect(await ask(settings, ['g', 'f'])).toBe('tool.denied');
    expect(await ask(settings, [])).toBe('ok');
  });

  test('where nothing is open by default, only what is listed is', async () => {
    const settings = { default: 'deny', allow: ['f'], needsApproval: ['g'] };
    expect(await ask(settings, ['f', 'g'])).toBe('ok');
    expect(await ask(settings, ['h'])).toBe('tool.denied');
  });

  test("a key's own list narrows, and never opens", async () => {
    expect(await ask({}, ['f'], ['f'])).toBe('ok');
    expect(await ask({}, ['g'], ['f'])).toBe('tool.denied');
    expect(await ask({ deny: ['f'] }, ['f'], ['f'])).toBe('tool.denied');
    expect(await ask({}, ['f'], [])).toBe('tool.denied');
  });
});
