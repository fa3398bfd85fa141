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

  /** Shown false while only names were read: such tools passed every list, of the policy and of the key. */
  test.each<[string, object, string]>([
    ['upstream runs', { tools: [{ type: 'mcp', server_label: 'x' }] }, 'mcp'],
    ['dated', { tools: [{ type: 'web_search_preview_2025_03_11' }] }, 'web_search'],
    ['a preview', { tools: [{ type: 'computer_use_preview' }] }, 'computer_use'],
    ['in a batch or a session', { body: { tools: [{ type: 'shell' }] } }, 'shell'],
    ['of chat', { web_search_options: {} }, 'web_search'],
  ])('without a name go by type: %s', (_what, body, type) => {
    expect(declared(body)).toEqual([type]);
  });

  test('are not other names', () => {
    const messages = [{ role: 'tool', name: 'x', tool_calls: [{ function: { name: 'x' } }] }];
    const tools = [{ function: { name: 7 } }, 'x', null];
    expect(declared({ messages, tools, tool_choice: { function: { name: 'x' } }, name: 'x' })).toEqual([]);
    const filters = { type: 'and', filters: [{ type: 'eq', key: 'x' }] };
    expect(declared({ tools: [{ type: 'file_search', filters }], text: { format: { type: 'x' } } })).toEqual([
      'file_search',
    ]);
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
