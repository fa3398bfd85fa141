/**
 * Tools go by the policy, through a whole gateway: what is declared, chosen or repeated, in small bodies, in those that a
 * worker reads, in lines of a batch. Nothing of what is refused reaches upstream, its name is told to nobody, and the twin
 * that is allowed arrives as it was sent. Shown false by leaving the throw out of authoriseModelAndTools (every refused row
 * is told), by an `allow: ['*']` in the settings below (those of types and servers are), and by leaving out the edits of
 * request-tools (the servers' rows are).
 */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Entry } from '../../src/ports/audit-log.ts';
import { admin, createKey, type NewKey } from '../support/admin.ts';
import { allEntries } from '../support/audit.ts';
import { json } from '../support/behaviour.ts';
import { FORM_TYPE, formBytes } from '../support/form-bytes.ts';
import { journey } from '../support/journey.ts';
import { chatAnswer } from '../support/openai-answer.ts';
import { INJECTION } from '../support/planting-house.ts';
import { until } from '../support/until.ts';

const house = journey({
  key: { tier: 'wide' },
  config: {
    // What is allowed is sent byte for byte.
    upstream: { safetyIdentifier: 'off' },
    tiers: { wide: {} },
    models: { unpriced: 'ceiling', projectServiceTier: 'default' },
    endpoints: { allow: ['*'] },
    tools: {
      allow: ['apply_patch', 'web_search', 'connector_gmail'],
      taintNeedsApproval: ['web_search'],
      callsPerAnswerMax: 2,
      mcp: { serverUrlAllow: ['mcp.example.com'] },
      arguments: {
        read_file: [{ pointer: '/path', path: { allow: ['/data'], base: '/data' } }],
        run_sql: [{ pointer: '', pattern: 'select [a-z, ]+ from [a-z]+' }],
        pay: [
          { pointer: '/amount', min: 0, max: 100 },
          { pointer: '/currency', enum: ['EUR', 'USD'] },
        ],
      },
    },
  },
});

const CHAT = '/v1/chat/completions';
const RESPONSES = '/v1/responses';
const LARGE = 'The road goes on. '.repeat(3000);

type Fields = Readonly<Record<string, unknown>>;
interface Asked {
  /** `served` as it came, `changed`, or the code of what upstream has seen nothing of. */
  readonly end: string;
  readonly body: string;
}

/** With the caps the gateway would write, so that what is allowed is sent byte for byte. */
async function ask(
  target: string,
  fields: Fields,
  large = false,
  key = house.gateway.callerKey,
): Promise<Asked> {
  const content = large ? LARGE : 'Hello';
  const own =
    target === CHAT
      ? { messages: [{ role: 'user', content }], max_completion_tokens: 64 }
      : { input: content, max_output_tokens: 64, max_tool_calls: 1 };
  return await send(
    target,
    JSON.stringify({ model: 'gpt-4o-mini', ...own, ...fields }),
    'application/json',
    key,
  );
}

async function send(target: string, body: string | Buffer, type: string, key = house.gateway.callerKey) {
  house.upstream.clear();
  house.upstream.script = (seen) => (target === CHAT ? chatAnswer(seen) : json({ id: 'x', object: 'thing' }));
  const answer = await fetch(house.gateway.baseUrl.replace(/\/v1$/, target), {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': type },
    body,
  });
  const text = await answer.text();
  const code = answer.headers.get('x-sallyport-code');
  const sent = house.upstream.requests.map((seen) => seen.body.toString()).join('\n');
  const isAsItCame = typeof body === 'string' ? sent === body : sent !== '';
  const refused = sent === '' ? code : `${code}, and sent`;
  return { end: code === null ? (isAsItCame ? 'served' : 'changed') : String(refused), body: text };
}

const fn = (name: string) => ({ type: 'function', function: { name } });
const flat = (name: string) => ({ type: 'function', name });
const calls = (...made: readonly (readonly [string, string])[]) => ({
  messages: [
    { role: 'user', content: 'Hello' },
    {
      role: 'assistant',
      tool_calls: made.map(([name, text], id) => ({
        id: `c${id}`,
        type: 'function',
        function: { name, arguments: text },
      })),
    },
    ...made.map((_, id) => ({ role: 'tool', tool_call_id: `c${id}`, content: 'done' })),
  ],
});
const item = (name: string, text: string) => [
  { type: 'function_call', call_id: 'c', name, arguments: text },
  { type: 'function_call_output', call_id: 'c', output: 'done' },
];
const sql = (input: string) => ({ type: 'custom_tool_call', call_id: 'c', name: 'run_sql', input });
const container = (network: string) => ({
  type: 'code_interpreter',
  container: { type: 'auto', memory_limit: '1g', network_policy: { type: network, allowed_domains: [] } },
});

interface Row {
  readonly what: string;
  readonly target: string;
  readonly refused: Fields;
  readonly code: string;
  /** What must not be told. */
  readonly name?: string;
  readonly twin: Fields;
}
const denied = 'tool.denied';
const wrong = 'tool.arguments';
const ROWS: readonly Row[] = [
  {
    what: 'a function',
    target: CHAT,
    refused: { tools: [fn('execute_shell')] },
    code: denied,
    name: 'execute_shell',
    twin: { tools: [fn('search')] },
  },
  {
    what: 'as it was',
    target: CHAT,
    refused: { functions: [{ name: 'write_file' }] },
    code: denied,
    name: 'write_file',
    twin: { functions: [{ name: 'weather' }] },
  },
  {
    what: 'one of many',
    target: RESPONSES,
    refused: { tools: [flat('search'), flat('delete_file')] },
    code: denied,
    name: 'delete_file',
    twin: { tools: [flat('search'), flat('send_email')] },
  },
  {
    what: 'in a namespace',
    target: RESPONSES,
    refused: { tools: [{ type: 'namespace', name: 'n', tools: [flat('delete_file')] }] },
    code: denied,
    name: 'delete_file',
    twin: { tools: [{ type: 'namespace', name: 'n', tools: [flat('search')] }] },
  },
  {
    what: 'found by a search',
    target: RESPONSES,
    refused: { input: [{ type: 'tool_search_output', tools: [flat('delete_file')] }] },
    code: denied,
    twin: { input: [{ type: 'tool_search_output', tools: [flat('search')] }] },
  },
  {
    what: 'chosen',
    target: CHAT,
    refused: { tools: [fn('search')], tool_choice: fn('execute_shell') },
    code: denied,
    name: 'execute_shell',
    twin: { tools: [fn('search')], tool_choice: fn('search') },
  },
  {
    what: 'a shell',
    target: RESPONSES,
    refused: { tools: [{ type: 'shell' }] },
    code: denied,
    twin: { tools: [{ type: 'apply_patch' }] },
  },
  {
    what: 'pictures',
    target: RESPONSES,
    refused: { tools: [{ type: 'image_generation' }] },
    code: denied,
    twin: { tools: [{ type: 'web_search' }] },
  },
  {
    what: 'a network',
    target: RESPONSES,
    refused: { tools: [container('allowlist')] },
    code: denied,
    twin: { tools: [container('disabled')] },
  },
  {
    what: 'a type of tomorrow',
    target: RESPONSES,
    refused: { tools: [{ type: 'time_machine' }] },
    code: denied,
    name: 'time_machine',
    twin: { tools: [{ type: 'file_search', vector_store_ids: [] }] },
  },
  {
    what: 'another server',
    target: RESPONSES,
    refused: { tools: [{ type: 'mcp', server_label: 's', server_url: 'https://mcp.example.com.evil.org' }] },
    code: denied,
    name: 'evil.org',
    twin: { tools: [{ type: 'mcp', server_label: 's', server_url: 'https://mcp.example.com/sse' }] },
  },
  {
    what: 'a server without TLS',
    target: RESPONSES,
    refused: { tools: [{ type: 'mcp', server_label: 's', server_url: 'http://mcp.example.com' }] },
    code: denied,
    twin: {
      tools: [
        { type: 'mcp', server_label: 's', server_url: 'https://mcp.example.com', require_approval: 'always' },
      ],
    },
  },
  {
    what: 'a connector',
    target: RESPONSES,
    refused: { tools: [{ type: 'mcp', server_label: 's', connector_id: 'connector_dropbox' }] },
    code: denied,
    twin: { tools: [{ type: 'mcp', server_label: 's', connector_id: 'connector_gmail' }] },
  },
  {
    what: 'a path',
    target: CHAT,
    refused: calls(['read_file', '{"path":"/data/../etc/passwd"}']),
    code: wrong,
    name: 'passwd',
    twin: calls(['read_file', '{"path":"/data/report..final.txt"}']),
  },
  {
    what: 'a path in another spelling',
    target: RESPONSES,
    refused: { input: item('read_file', '{"path":"/data/\\u002e\\u002e/etc"}') },
    code: wrong,
    twin: { input: item('read_file', '{"path":"notes/a.txt"}') },
  },
  {
    what: 'a path said twice',
    target: RESPONSES,
    refused: { input: item('read_file', '{"path":"/data/a","path":"/etc/passwd"}') },
    code: wrong,
    twin: { input: item('other', '{"path":"/etc/passwd"}') },
  },
  {
    what: 'an amount',
    target: CHAT,
    refused: calls(['pay', '{"amount":1e9,"currency":"EUR"}']),
    code: wrong,
    twin: calls(['pay', '{"amount":99.5,"currency":"EUR"}']),
  },
  {
    what: 'a word',
    target: CHAT,
    refused: calls(['pay', '{"amount":1,"currency":"XMR"}']),
    code: wrong,
    twin: calls(['pay', '{"amount":1,"currency":"USD"}']),
  },
  {
    what: 'a text',
    target: RESPONSES,
    refused: { input: [sql('drop table a')] },
    code: wrong,
    twin: { input: [sql('select a, b from c')] },
  },
  {
    what: 'a call of what is denied',
    target: RESPONSES,
    refused: { input: item('write_file', '{}') },
    code: denied,
    name: 'write_file',
    twin: { input: item('search', '{}') },
  },
  {
    what: 'many calls',
    target: CHAT,
    refused: calls(['a', '{}'], ['b', '{}'], ['c', '{}']),
    code: 'tool.calls',
    twin: calls(['a', '{}'], ['b', '{}']),
  },
];

/** Of a batch of one line that declares it. */
const endOfLine = async (tool: object) => {
  const body = {
    model: 'gpt-4o-mini',
    input: 'Hi',
    max_output_tokens: 16,
    max_tool_calls: 1,
    tools: [tool],
  };
  const content = JSON.stringify({ custom_id: 'c', method: 'POST', url: RESPONSES, body });
  const parts = [
    { name: 'purpose', content: 'batch' },
    { name: 'file', filename: 'lines', contentType: 'application/jsonl', content },
  ];
  return (await send('/v1/files', formBytes(parts), FORM_TYPE)).end;
};

/** Of a call with a key that is bound to these. */
const endWithKey = async (tools: string[], tool: object) => {
  const fields: Partial<NewKey> = { tier: 'wide', tools };
  return (await ask(RESPONSES, { tools: [tool] }, false, (await createKey(house.gateway, fields)).key)).end;
};

describe('each is refused, and its twin arrives as it was sent', () => {
  test.each(ROWS)('$what', async ({ target, refused, code, name, twin }) => {
    const answer = await ask(target, refused);
    expect(answer.end).toBe(code);
    expect(answer.body).not.toContain(name ?? 'file');
    expect((await ask(target, twin)).end).toBe('served');
  });

  test('in bodies that a worker reads', async () => {
    for (const { target, refused, code, twin } of ROWS.filter(({ refused: of }) => 'tools' in of)) {
      expect((await ask(target, refused, true)).end).toBe(code);
      expect((await ask(target, twin, true)).end).toBe('served');
    }
  });

  test('in lines of a batch, where no server is rewritten', async () => {
    const mcp = { type: 'mcp', server_label: 's', server_url: 'https://mcp.example.com' };
    expect(await endOfLine(flat('execute_shell'))).toBe(denied);
    expect(await endOfLine(flat('search'))).toBe('served');
    expect(await endOfLine({ ...mcp, require_approval: 'never' })).toBe(denied);
    expect(await endOfLine(mcp)).toBe('served');
  });

  test("a key's list is about types and functions", async () => {
    expect(await endWithKey(['search'], { type: 'web_search' })).toBe(denied);
    expect(await endWithKey(['web_search'], { type: 'web_search' })).toBe('served');
    expect(await endWithKey(['se*'], flat('search'))).toBe('served');
    expect(await endWithKey(['execute_shell'], flat('execute_shell'))).toBe(denied);
  });

  test('an injection in the result of a tool closes what nobody could hold', async () => {
    const tools = [{ type: 'web_search' }];
    const said = (output: string) => ({
      tools,
      input: [{ type: 'function_call_output', call_id: 'c', output }],
    });
    expect((await ask(RESPONSES, said(INJECTION))).end).toBe(denied);
    expect((await ask(RESPONSES, said('It rains.'))).end).toBe('served');
    expect((await ask(RESPONSES, { ...said(INJECTION), tools: [] })).end).toBe('served');
  });
});

test('a server is asked to ask, and gets no credential; nothing of it is kept', async () => {
  const canary = 'canary-of-a-server';
  const mcp = `{"type":"mcp","authorization":"${canary}-1", "server_label":"s","require_approval":{"never":{"tool_names":["a"]}},"server_url":"https://mcp.example.com/sse","headers":{"X-Own":"${canary}-2"}}`;
  const source = `{"model":"gpt-4o-mini","input":"Hello","max_output_tokens":64,"max_tool_calls":1,"tools":[${mcp}]}`;
  house.upstream.clear();
  const answer = await house.ask(`POST ${RESPONSES} HTTP/1.1`, source);
  expect(answer.code).toBe('');
  const wanted =
    '{"type":"mcp","server_label":"s","require_approval":"always","server_url":"https://mcp.example.com/sse"}';
  expect(house.upstream.requests.map(({ body }) => body.toString())).toEqual([source.replace(mcp, wanted)]);
  const { body: kept } = await admin(house.gateway, 'GET', '/admin/audit?limit=1000');
  expect(`${JSON.stringify(kept)}${house.gateway.logs()}${answer.body}`).not.toContain(canary);
});

const refused = (entries: readonly Entry[]) =>
  entries.filter(({ userId, action }) => userId === 'closed' && action === 'exchange.refused');

test('the audit log names what looks like a name, and nothing that could be more', async () => {
  const key = ['sk', 'proj', 'T3BlbkFJ'.repeat(4)].join('-');
  const names = ['execute_shell', 'write_file_for-ann@example.com', key];
  const closed = (await createKey(house.gateway, { tier: 'wide', user: 'closed', tools: ['none'] })).key;
  for (const name of names) await ask(CHAT, { tools: [fn(name)] }, false, closed);
  await ask(RESPONSES, { tools: [{ type: 'image_generation' }] }, false, closed);
  // Refusals are written after they are told.
  const entries = await until(
    () => allEntries(join(house.gateway.dataDir, 'audit')),
    (written) => refused(written).length === 4,
  );
  expect(refused(entries).map(({ metadata }) => [metadata['code'], metadata['tool']])).toEqual([
    [denied, 'execute_shell'],
    [denied, undefined],
    [denied, undefined],
    [denied, 'image_generation'],
  ]);
  expect(JSON.stringify(entries)).not.toContain(key);
});
