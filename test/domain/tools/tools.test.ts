/** What holds for a tool: by name, by type, by server, and for a call by its arguments and by what came before it. */
import { describe, expect, test } from 'vitest';
import { judgeCalls } from '../../../src/domain/tools/answer-tools.ts';
import {
  allowsFunction,
  allowsMention,
  allowsServer,
  allowsType,
  checkToolCall,
  toolsSchema,
  type ToolPolicy,
} from '../../../src/domain/tools/tools.ts';
import { findAnswerCalls } from '../../../src/openai/answer-calls.ts';
import { parseAnswer } from '../../../src/openai/json.ts';

const words = (list: string): string[] => list.split(' ');
const policy = (settings: object = {}, keyTools?: string[]): ToolPolicy => ({
  settings: toolsSchema.parse(settings),
  keyTools,
});
const type = (name: string, settings: object = {}, fields: object = {}, tainted = false) =>
  allowsType(name, { type: name, ...fields }, policy(settings), tainted);
const server = (fields: object, settings: object = {}, key?: string[]) =>
  allowsServer({ type: 'mcp', server_label: 's', ...fields }, policy(settings, key));
const ask = (name: string, text: string, settings: object, state: object = {}) => {
  const found = checkToolCall(name, text, policy(settings), { callsBefore: 0, tainted: false, ...state });
  return found.verdict === 'denied' ? `${found.code} ${found.pointer ?? ''}`.trim() : found.verdict;
};

test("the guide's policy, and the shape the shipped one has, are settings", () => {
  const guide = policy({
    default: 'allow',
    allow: ['search', 'calculator', 'weather'],
    deny: ['execute_shell', 'write_file', 'delete_file'],
    needsApproval: ['send_email', 'make_purchase'],
  });
  const verdict = (name: string) =>
    checkToolCall(name, '{}', guide, { callsBefore: 0, tainted: false }).verdict;
  expect(['search', 'calculator', 'weather', 'other'].map(verdict)).toEqual(Array(4).fill('allowed'));
  expect(['execute_shell', 'write_file', 'delete_file'].map(verdict)).toEqual(Array(3).fill('denied'));
  expect(['send_email', 'make_purchase'].map(verdict)).toEqual(Array(2).fill('needsApproval'));
});

describe('functions', () => {
  test('denied is denied, whatever else is said of it, in any case of letters', () => {
    const some = policy({ allow: ['f'], deny: ['f'], needsApproval: ['f'] });
    expect(allowsFunction('f', some)).toBe(false);
    expect(allowsFunction('F', some)).toBe(false);
    expect(allowsFunction('g', some)).toBe(true);
  });

  test('where nothing is open by default, only what is listed is, as it is spelled', () => {
    const some = policy({ default: 'deny', allow: ['f', 'crm_*'], needsApproval: ['g'] });
    expect(['f', 'g', 'crm_find'].map((name) => allowsFunction(name, some))).toEqual([true, true, true]);
    expect(['h', 'F', 'crm', 'f2'].map((name) => allowsFunction(name, some))).toEqual(Array(4).fill(false));
  });

  test("a key's own list narrows, and never opens", () => {
    expect(allowsFunction('f', policy({}, ['f']))).toBe(true);
    expect(allowsFunction('crm_find', policy({}, ['crm_*']))).toBe(true);
    expect(allowsFunction('g', policy({}, ['f']))).toBe(false);
    expect(allowsFunction('f', policy({ deny: ['f'] }, ['f']))).toBe(false);
    expect(allowsFunction('f', policy({ default: 'deny' }, ['f']))).toBe(false);
    expect(allowsFunction('f', policy({}, []))).toBe(false);
  });

  test('a name that is only mentioned is refused if it is denied', () => {
    const some = policy({ default: 'deny', deny: ['f'] });
    expect(allowsMention('f', some)).toBe(false);
    expect(allowsMention('g', some)).toBe(true);
  });
});

describe('types', () => {
  const CLOSED = words(
    'shell local_shell apply_patch computer computer_use_preview image_generation mcp time_machine web_search_files',
  ).concat('');

  test('with effect or egress, or unknown: closed until they are listed', () => {
    for (const name of CLOSED) {
      expect([name, type(name)]).toEqual([name, false]);
      expect([name, type(name, { allow: [name || '*'] })]).toEqual([name, true]);
      expect([name, type(name, { default: 'deny', allow: ['*'] })]).toEqual([name, true]);
      expect([name, type(name, { allow: ['*'], deny: [name || '*'] })]).toEqual([name, false]);
    }
  });

  test('that read go by the default', () => {
    for (const name of [
      'web_search',
      'web_search_preview_2025_03_11',
      'file_search',
      'code_interpreter',
      'tool_search',
    ]) {
      expect([name, type(name)]).toEqual([name, true]);
      expect([name, type(name, { default: 'deny' })]).toEqual([name, false]);
      expect([name, type(name, { deny: [name] })]).toEqual([name, false]);
    }
  });

  test('a network makes a container one with egress', () => {
    const networked = { network_policy: { type: 'allowlist' } };
    expect(type('code_interpreter', {}, networked)).toBe(false);
    expect(type('code_interpreter', { allow: ['code_interpreter'] }, networked)).toBe(true);
  });

  test('earlier and dated names are the same tool', () => {
    expect(type('web_search_preview', { deny: ['web_search'] })).toBe(false);
    expect(type('web_search_2025_08_26', { default: 'deny', allow: ['web_search'] })).toBe(true);
    expect(type('computer_use_preview', { allow: ['computer'] })).toBe(true);
    expect(type('computer', { allow: ['computer_use'] })).toBe(true);
    expect(type('web_search_preview', { deny: ['web_search'] })).toBe(false);
  });

  test('what upstream runs itself cannot be held: needing approval, it is refused', () => {
    expect(type('web_search', { needsApproval: ['web_search'] })).toBe(false);
    expect(type('web_search', { taintNeedsApproval: ['web_search'] }, {}, true)).toBe(false);
    expect(type('web_search', { taintNeedsApproval: ['web_search'] })).toBe(true);
    expect(type('local_shell', { needsApproval: ['local_shell'] })).toBe(true);
    expect(type('shell', { needsApproval: ['shell'] })).toBe(false);
    expect(type('shell', { needsApproval: ['shell'] }, { environment: { type: 'local' } })).toBe(true);
  });

  test("a key's list is about them too", () => {
    const key = policy({ allow: ['*'] }, ['f']);
    expect(allowsType('web_search', {}, key, false)).toBe(false);
    expect(allowsType('web_search', {}, policy({}, ['web_search']), false)).toBe(true);
  });
});

describe('servers', () => {
  const listed = { mcp: { serverUrlAllow: ['mcp.example.com', '*.example.org'] } };

  test.each([
    'https://mcp.example.com',
    'https://MCP.example.com/sse?x=1',
    'https://mcp.example.com:8443/a@b',
    'https://a.example.org/',
  ])('a host that is listed: %s', (server_url) => {
    expect(server({ server_url }, listed)).toBe(true);
    expect(server({ server_url })).toBe(false);
    expect(server({ server_url }, { ...listed, deny: ['mcp'] })).toBe(false);
    expect(server({ server_url }, listed, ['f'])).toBe(false);
    expect(server({ server_url }, listed, ['mcp'])).toBe(true);
  });

  test.each([
    'http://mcp.example.com',
    'https://mcp.example.com.evil.org',
    'https://evil.org/mcp.example.com',
    'https://mcp.example.com@evil.org',
    'https://evil.org\\@mcp.example.com',
    'https://evilexample.org',
    'https://example.org',
    'https://mcp%2eexample.com',
    'wss://mcp.example.com',
    'mcp.example.com',
    '',
    7,
  ])('none: %s', (server_url) => {
    expect(server({ server_url }, listed)).toBe(false);
    expect(server({ server_url }, { ...listed, allow: ['*'] })).toBe(false);
  });

  test('without hosts, the type decides; with none at all, no server is', () => {
    const server_url = 'https://anywhere.example.net';
    expect(server({ server_url }, { allow: ['mcp'] })).toBe(true);
    expect(server({ server_url }, { allow: ['*'] })).toBe(true);
    expect(server({ server_url }, { allow: ['*'], mcp: { serverUrlAllow: [] } })).toBe(false);
  });

  test('connectors and tunnels by their id', () => {
    const connector_id = 'connector_gmail';
    expect(server({ connector_id })).toBe(false);
    expect(server({ connector_id }, listed)).toBe(false);
    expect(server({ connector_id }, { allow: ['connector_gmail'] })).toBe(true);
    expect(server({ connector_id }, { allow: ['mcp'] })).toBe(true);
    expect(server({ connector_id }, { allow: ['mcp'], deny: ['connector_gmail'] })).toBe(false);
    expect(server({ tunnel_id: 'tunnel_1' }, { allow: ['tunnel_1'] })).toBe(true);
    expect(server({ tunnel_id: 'tunnel_2' }, { allow: ['tunnel_1'] })).toBe(false);
  });

  test('every way it says must be listed, and one that nobody knows needs the type', () => {
    const both = { server_url: 'https://mcp.example.com', connector_id: 'connector_gmail' };
    expect(server(both, listed)).toBe(false);
    expect(server(both, { ...listed, allow: ['connector_gmail'] })).toBe(true);
    expect(server({ socket: '/x' }, { ...listed, allow: ['connector_gmail'] })).toBe(false);
    expect(server({ socket: '/x' }, { allow: ['mcp'] })).toBe(true);
  });

  test('credentials, where they are refused', () => {
    const refusing = { allow: ['mcp'], mcp: { headers: 'refuse' } };
    expect(server({ authorization: 'x' }, refusing)).toBe(false);
    expect(server({ headers: { a: 'b' } }, refusing)).toBe(false);
    expect(server({ headers: null }, refusing)).toBe(true);
    expect(server({ authorization: 'x' }, { allow: ['mcp'] })).toBe(true);
  });
});

describe('calls', () => {
  const rules = {
    arguments: {
      read_file: [{ pointer: '/path', path: { allow: ['/data'] } }],
      '*': [{ pointer: '/note', lengthMax: 3, optional: true }],
    },
  };

  test('by their arguments', () => {
    expect(ask('read_file', '{"path":"/data/a"}', rules)).toBe('allowed');
    expect(ask('read_file', '{"path":"/data-evil/a"}', rules)).toBe('tool.arguments /path');
    expect(ask('read_file', '{"path":"/data/a","path":"/etc"}', rules)).toBe('tool.arguments');
    expect(ask('other', '{"note":"abc"}', rules)).toBe('allowed');
    expect(ask('other', '{"note":"abcd"}', rules)).toBe('tool.arguments /note');
    expect(ask('constructor', '{}', rules)).toBe('allowed');
    expect(ask('other', 'not JSON', {})).toBe('allowed');
  });

  test('a person is asked only about what the rules leave open', () => {
    const held = { ...rules, needsApproval: ['read_file'] };
    expect(ask('read_file', '{"path":"/data/a"}', held)).toBe('needsApproval');
    expect(ask('read_file', '{"path":"/etc"}', held)).toBe('tool.arguments /path');
    expect(ask('READ_FILE', '{"path":"/data/a"}', held)).toBe('needsApproval');
    expect(ask('READ_FILE', '{"path":"/etc"}', held)).toBe('tool.arguments /path');
  });

  test('in a tainted exchange more of them are held', () => {
    const settings = { allow: ['f'], taintNeedsApproval: ['f'] };
    expect(ask('f', '{}', settings, { tainted: true })).toBe('needsApproval');
    expect(ask('f', '{}', settings)).toBe('allowed');
    expect(ask('g', '{}', settings, { tainted: true })).toBe('allowed');
  });

  test('no more than an answer may make', () => {
    expect(ask('f', '{}', { callsPerAnswerMax: 2 }, { callsBefore: 1 })).toBe('allowed');
    expect(ask('f', '{}', { callsPerAnswerMax: 2 }, { callsBefore: 2 })).toBe('tool.calls');
    expect(ask('f', '{}', {}, { callsBefore: 1e6 })).toBe('allowed');
  });

  test("a server's tool is no function: only denied names are about it", () => {
    expect(ask('f', '{}', { default: 'deny' }, { remote: true })).toBe('allowed');
    expect(ask('f', '{}', { deny: ['f'] }, { remote: true })).toBe('tool.denied');
    expect(ask('f', '{}', { default: 'deny' })).toBe('tool.denied');
  });
});

test.each([
  { defaults: 'deny' },
  { allow: 'f' },
  { deny: [''] },
  { mcp: { requireApproval: 'never' } },
  { mcp: { headers: 'log' } },
  { arguments: { f: [{ pointer: 'x', max: 1 }] } },
  { callsPerAnswerMax: -1 },
])('are no settings: %j', (settings) => {
  expect(toolsSchema.safeParse(settings).success).toBe(false);
});

test('a search of upstream taints what is called behind it, where any result does', () => {
  const call = { type: 'function_call', name: 'f', arguments: '{}' };
  const output = [call, { type: 'web_search_call', action: { type: 'search' } }, call];
  const placed = findAnswerCalls(parseAnswer(JSON.stringify({ output })));
  const verdicts = (taintBy: string) => {
    const rules = { policy: policy({ taintNeedsApproval: ['f'], taintBy }), tainted: false };
    return judgeCalls(placed, rules).map(({ verdict }) => verdict.verdict);
  };
  expect(verdicts('results')).toEqual(['allowed', 'allowed', 'needsApproval']);
  expect(verdicts('findings')).toEqual(['allowed', 'allowed', 'allowed']);
});
