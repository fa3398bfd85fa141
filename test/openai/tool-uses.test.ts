/** What a body says of tools is found wherever the description types a field as a list of them; nothing else is. */
import { describe, expect, test } from 'vitest';
import { findToolUses } from '../../src/openai/tool-uses.ts';
import { pointer } from '../../src/openai/json-place.ts';
import { parse } from './json-checks.ts';

/** `kind what pointer`, in the order of the body. */
const uses = (body: object) =>
  findToolUses(parse(JSON.stringify(body))).map((use) => {
    const what = 'name' in use ? use.name : use.kind === 'typed' ? use.type : '';
    const more = use.kind === 'call' ? ` ${use.form}${use.remote ? ' remote' : ''} ${use.arguments}` : '';
    const count = use.kind === 'calls' ? use.count : what;
    return `${use.kind} ${count} ${pointer(use.at)}${more}`;
  });

const call = (name: string, args = '{}') => ({
  id: 'c',
  type: 'function',
  function: { name, arguments: args },
});

describe('declared', () => {
  test.each<[string, object, string[]]>([
    ['chat', { tools: [{ type: 'function', function: { name: 'f' } }] }, ['function f /tools/0']],
    ['chat, custom', { tools: [{ type: 'custom', custom: { name: 'f' } }] }, ['function f /tools/0']],
    ['chat, as it was', { functions: [{ name: 'f', parameters: {} }] }, ['function f /functions/0']],
    ['Responses', { tools: [{ type: 'function', name: 'f' }] }, ['function f /tools/0']],
    [
      'a namespace',
      { tools: [{ type: 'namespace', name: 'n', tools: [{ type: 'function', name: 'f' }] }] },
      ['mention n /tools/0', 'function f /tools/0/tools/0'],
    ],
    [
      'what a search found',
      { input: [{ type: 'tool_search_output', tools: [{ name: 'f' }] }] },
      ['function f /input/0/tools/0'],
    ],
    [
      'more of them',
      { input: [{ type: 'additional_tools', role: 'developer', tools: [{ type: 'shell' }] }] },
      ['typed shell /input/0/tools/0'],
    ],
    ['a session', { session: { tools: [{ type: 'function', name: 'f' }] } }, ['function f /session/tools/0']],
    ['a line', { body: { tools: [{ type: 'mcp' }] } }, ['server  /body/tools/0']],
    ['a type', { tools: [{ type: 'web_search' }] }, ['typed web_search /tools/0']],
    ['a type alone', { tools: ['shell'] }, ['typed shell /tools/0']],
    ['no type', { tools: [{ command: 'ls' }] }, ['typed  /tools/0']],
    ['a type that is none', { tools: [{ type: 7, name: 'f' }] }, ['typed  /tools/0', 'function f /tools/0']],
    [
      'a type with a name',
      { tools: [{ type: 'shell', name: 'f' }] },
      ['typed shell /tools/0', 'function f /tools/0'],
    ],
    [
      'two names',
      { tools: [{ type: 'function', name: 'f', function: { name: 'g' } }] },
      ['function f /tools/0', 'function g /tools/0'],
    ],
    [
      'names a server may be asked for',
      {
        tools: [
          { type: 'mcp', server_label: 's', allowed_tools: ['f'] },
          { type: 'mcp', allowed_tools: { tool_names: ['g'] } },
        ],
      },
      ['server  /tools/0', 'mention f /tools/0', 'server  /tools/1', 'mention g /tools/1'],
    ],
    ['search in chat', { web_search_options: {} }, ['typed web_search /web_search_options']],
    [
      'the network',
      {
        tools: [
          { type: 'code_interpreter', container: { type: 'auto', network_policy: { type: 'allowlist' } } },
        ],
      },
      ['typed code_interpreter /tools/0', 'typed code_interpreter /tools/0/container/network_policy'],
    ],
    ['the network of a container', { network_policy: 'on' }, ['typed code_interpreter /network_policy']],
  ])('%s', (_name, body, found) => {
    expect(uses(body)).toEqual(found);
  });
});

describe('chosen', () => {
  test.each<[string, object, string[]]>([
    ['chat', { tool_choice: { type: 'function', function: { name: 'f' } } }, ['function f /tool_choice']],
    ['chat, as it was', { function_call: { name: 'f' } }, ['function f /function_call']],
    ['Responses', { tool_choice: { type: 'function', name: 'f' } }, ['function f /tool_choice']],
    ['a type', { tool_choice: { type: 'image_generation' } }, ['typed image_generation /tool_choice']],
    [
      'a server',
      { tool_choice: { type: 'mcp', server_label: 's', name: 'f' } },
      ['typed mcp /tool_choice', 'mention f /tool_choice'],
    ],
    [
      'some of them',
      {
        tool_choice: {
          type: 'allowed_tools',
          mode: 'auto',
          tools: [
            { type: 'function', name: 'f' },
            { type: 'mcp', server_label: 's' },
          ],
        },
      },
      ['function f /tool_choice/tools/0', 'typed mcp /tool_choice/tools/1'],
    ],
    [
      'some of them, in chat',
      {
        tool_choice: {
          type: 'allowed_tools',
          allowed_tools: { tools: [{ type: 'function', function: { name: 'f' } }] },
        },
      },
      ['function f /tool_choice/allowed_tools/tools/0'],
    ],
    ['nothing', { tool_choice: 'auto', function_call: 'none' }, []],
  ])('%s', (_name, body, found) => {
    expect(uses(body)).toEqual(found);
  });
});

describe('repeated', () => {
  test('in chat', () => {
    const custom = { id: 'd', type: 'custom', custom: { name: 'g', input: 'x' } };
    const messages = [
      { role: 'assistant', tool_calls: [call('f', '{"a":1}'), custom] },
      { role: 'tool', tool_call_id: 'c', content: '1' },
      { role: 'assistant', function_call: { name: 'h', arguments: '{}' } },
    ];
    expect(uses({ messages })).toEqual([
      'call f /messages/0/tool_calls/0 json {"a":1}',
      'call g /messages/0/tool_calls/1 text x',
      'calls 2 /messages/0/tool_calls',
      'call h /messages/2/function_call json {}',
    ]);
  });

  test('in Responses; calls one after the other are of one answer', () => {
    const input = [
      { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' },
      { type: 'custom_tool_call', call_id: 'b', name: 'g', input: 'x' },
      { type: 'function_call_output', call_id: 'a', output: '1' },
      { type: 'mcp_call', server_label: 's', name: 'h', arguments: '[]' },
      { type: 'mcp_list_tools', server_label: 's', tools: [{ name: 'i', input_schema: {} }] },
      { type: 'mcp_approval_request', server_label: 's', name: 'j', arguments: 7 },
    ];
    expect(uses({ input })).toEqual([
      'call f /input/0 json {}',
      'calls 1 /input/0',
      'call g /input/1 text x',
      'calls 2 /input/1',
      'call h /input/3 json remote []',
      'calls 1 /input/3',
      'mention i /input/4/tools/0',
      'call j /input/5 json remote ',
      'calls 1 /input/5',
    ]);
  });
});

test('nothing else is', () => {
  const parameters = {
    type: 'object',
    properties: { tools: { type: 'array' } },
    examples: [{ tools: [{ type: 'shell' }] }],
  };
  expect(uses({ tools: [{ type: 'function', name: 'f', parameters }] })).toEqual(['function f /tools/0']);
  expect(
    uses({ metadata: { tools: 'shell', type: 'function_call' }, name: 'x', tools: { name: 'x' } }),
  ).toEqual([]);
  expect(uses({ messages: [{ role: 'tool', name: 'x', content: 'tools' }], tools: [null, 7] })).toEqual([]);
  expect(
    uses({ tools: [{ type: 'code_interpreter', container: { network_policy: { type: 'disabled' } } }] }),
  ).toEqual(['typed code_interpreter /tools/0']);
});
