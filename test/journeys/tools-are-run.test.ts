/**
 * The process that runs tools, whole: a key, the policy, the guardrails, limits and records stand before every run, and what
 * a tool says is screened. Real sandbox, real service on loopback. Shown false by leaving out of tool-server/way.ts the
 * judgement, the screening, the admission or the record (their rows), and of screening.ts the screening of the output.
 */
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { admin, createKey } from '../support/admin.ts';
import { sandboxFolder, whyNoSandbox } from '../support/bubblewrap.ts';
import { runCommand } from '../support/command.ts';
import { startToolHouse, type ToolHouse } from '../support/tool-house.ts';
import { INJECTION, SECRET } from '../support/planting-house.ts';
import { startUpstream } from '../support/upstream.ts';
import { chatAnswer } from '../support/openai-answer.ts';
import { until } from '../support/until.ts';

const home = sandboxFolder();
const canRun = whyNoSandbox() === undefined;
const SERVICE_KEY = 'service-key-canary';
let service: Server;
let house: ToolHouse;
let seen: { url: string; body: string; authorization: string | undefined }[] = [];
let says = '{"sky":"clear"}';

const text = (more: object = {}) => ({ type: 'string', maxLength: 500, ...more });
const object = (properties: Record<string, object>, required = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
});

async function startService(): Promise<string> {
  service = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url = '', headers } = request;
      seen.push({ url, body: Buffer.concat(chunks).toString(), authorization: headers.authorization });
      const status = url.startsWith('/moved') ? 302 : url.startsWith('/none') ? 404 : 200;
      response.writeHead(status, { location: '/weather/elsewhere' }).end(says);
    });
  });
  await new Promise<void>((resolve) => {
    service.listen(0, '127.0.0.1', () => resolve());
  });
  const address = service.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

function toolsOn(origin: string) {
  const folders = { read: [home.data] };
  const headers = [{ name: 'authorization', value: 'env:SERVICE_KEY' }];
  const run = (path: string, method = 'GET') => ({ kind: 'http', url: origin + path, method, headers });
  const described = { description: 'A tool of the test.' };
  return {
    read_file: {
      ...described,
      inputSchema: object({ path: text() }),
      run: { kind: 'command', argv: ['/usr/bin/cat', '--', '{path}'], folders, workingFolder: home.data },
    },
    sleep: {
      ...described,
      inputSchema: object({ seconds: { type: 'integer', minimum: 0, maximum: 60 } }),
      run: { kind: 'command', argv: ['/usr/bin/sleep', '{seconds}'] },
      timeoutMs: 30_000,
    },
    weather: {
      ...described,
      inputSchema: object({ city: text(), unit: text() }, ['city']),
      run: run('/weather/{city}'),
    },
    send_note: {
      ...described,
      inputSchema: object({ to: text(), note: text() }),
      run: run('/notes', 'POST'),
    },
    moved: { ...described, inputSchema: object({}), run: run('/moved') },
    none: { ...described, inputSchema: object({}), run: run('/none') },
    wipe: { ...described, inputSchema: object({}), run: run('/wipe', 'POST') },
    order: {
      ...described,
      inputSchema: object({ item: text(), count: { type: 'integer' } }),
      run: run('/order', 'POST'),
    },
    pay: { ...described, inputSchema: object({ amount: { type: 'number' } }), run: run('/pay', 'POST') },
  };
}

beforeAll(async () => {
  writeFileSync(join(home.data, 'note.txt'), 'kept inside\n');
  symlinkSync('/etc/passwd', join(home.data, 'passwd'));
  const config = {
    tiers: { slow: { requestsPerMinute: 2 } },
    tools: {
      deny: ['wipe'],
      needsApproval: ['order'],
      arguments: {
        read_file: [{ pointer: '/path', path: { allow: [home.data], base: home.data } }],
        pay: [{ pointer: '/amount', max: 100 }],
      },
    },
    guardrails: { answers: { pii: 'redact', secrets: 'redact' } },
  };
  const env = { SERVICE_KEY, SALLYPORT_CANARY: 'canary-of-the-environment' };
  house = await startToolHouse(config, toolsOn(await startService()), { env, ready: canRun });
});
afterAll(async () => {
  await house.process.stop();
  service.close();
  rmSync(home.path, { recursive: true, force: true });
});

/** Output, or the code of the refusal. */
async function run(name: string, args: unknown, headers = {}): Promise<string> {
  seen = [];
  const { code, body } = await house.post(`/tools/${name}`, args, headers);
  return code ?? body.output;
}

test.runIf(!canRun)('without a sandbox it is live, not ready, and refuses commands alone', async () => {
  const { body } = await admin(house.process, 'GET', '/readyz');
  expect(body).toMatchObject({ ready: false, checks: { sandbox: false } });
});

describe.runIf(canRun)('a command', () => {
  test('runs with its arguments, and sees what it may', async () => {
    expect(await run('read_file', { path: 'note.txt' })).toBe('kept inside\n');
    expect(await run('read_file', { path: join(home.data, 'note.txt') })).toBe('kept inside\n');
  });

  test('is held to the path rule before it runs, and to its folders when it does', async () => {
    for (const path of [
      '/etc/passwd',
      '../data/note.txt',
      'a/../../x',
      `${home.data}-other/x`,
      '~/x',
      '%2e%2e/x',
    ])
      expect([path, await run('read_file', { path })]).toEqual([path, 'tool.arguments']);
    // The rule reads the text alone: the link leads to a file that is not there, inside.
    const { body } = await house.post('/tools/read_file', { path: 'passwd' });
    expect(body).toMatchObject({ isError: true });
    expect(body.output).not.toContain('root:');
  });

  test('that is under way ends when its key is revoked, or its caller leaves', async () => {
    const { id, key } = await createKey(house.process, { user: 'leaver', tier: 'internal' });
    const pending = house.post('/tools/sleep', { seconds: 41 }, { authorization: `Bearer ${key}` });
    await until(
      () => house.entries(),
      (entries) => entries.some(({ action, userId }) => action === 'tool.intent' && userId === 'leaver'),
    );
    await admin(house.process, 'DELETE', `/admin/keys/${id}`);
    expect((await pending).code).toBe('auth.invalid');
    const gone = new AbortController();
    const headers = {
      authorization: `Bearer ${house.process.callerKey}`,
      'content-type': 'application/json',
    };
    const body = '{"seconds":42}';
    const left = fetch(`${house.url}/tools/sleep`, { method: 'POST', headers, body, signal: gone.signal });
    await until(
      () => house.entries(),
      (entries) =>
        entries.filter(({ action, resource }) => action === 'tool.intent' && resource === 'tools.sleep')
          .length === 2,
    );
    gone.abort();
    await expect(left).rejects.toThrow(/abort/);
    const outcomes = await until(
      async () =>
        (await house.entries()).filter(
          ({ action, resource }) => action === 'tool.outcome' && resource === 'tools.sleep',
        ),
      ({ length }) => length === 2,
    );
    expect(outcomes.map(({ metadata }) => metadata['outcome'])).toEqual(['aborted', 'aborted']);
  });
});

describe('a service', () => {
  test('gets arguments in their places, with the header of the configuration', async () => {
    expect(await run('weather', { city: 'São Paulo', unit: 'c&x=1' })).toBe(says);
    expect(seen).toEqual([
      { url: '/weather/S%C3%A3o%20Paulo?unit=c%26x%3D1', body: '', authorization: SERVICE_KEY },
    ]);
    await run('send_note', { to: 'bob@example.com', note: 'Lunch at one?' });
    expect(seen[0]).toMatchObject({ url: '/notes', body: '{"to":"bob@example.com","note":"Lunch at one?"}' });
  });

  test('is never asked for another path, and followed nowhere', async () => {
    for (const city of ['..', '.', '', 'a/b', 'a\\b', 'a\nb'])
      expect([city, await run('weather', { city }), seen.length]).toEqual([city, 'tool.arguments', 0]);
    expect(await run('moved', {})).toBe('tool.failed');
    expect(seen.length).toBe(1);
    const { body } = await house.post('/tools/none', {});
    expect(body).toMatchObject({ isError: true, output: says });
  });
});

describe('before anything runs', () => {
  test('who calls, which tool, with which arguments', async () => {
    const stranger = { authorization: 'Bearer sk-nobody' };
    const rows: readonly (readonly [string, unknown, string, object?])[] = [
      ['weather', { city: 'Rome' }, 'auth.invalid', stranger],
      ['nothing', {}, 'tool.unknown'],
      ['wipe', {}, 'tool.denied'],
      ['pay', { amount: 101 }, 'tool.arguments'],
      ['pay', { amount: '1' }, 'tool.arguments'],
      ['weather', { city: 'Rome', other: 1 }, 'tool.input'],
      ['weather', { city: 7 }, 'tool.input'],
      ['weather', {}, 'tool.input'],
      ['weather', [], 'tool.input'],
      ['weather', '{"city":"Rome","city":"Oslo"}', 'request.duplicate_key'],
      ['weather', '{"city":', 'request.invalid_json'],
      ['weather', { city: 'Rome' }, 'request.media_type', { 'content-type': 'text/plain' }],
      ['weather', { city: INJECTION }, 'guardrail.injection'],
      ['send_note', { to: 'bob', note: SECRET }, 'guardrail.secrets'],
      ['weather', `{"city":"${'a'.repeat(270_000)}"}`, 'request.too_large'],
    ];
    for (const [name, args, code, headers] of rows)
      expect([name, args, await run(name, args, headers), seen.length]).toEqual([name, args, code, 0]);
    expect(await run('pay', { amount: 100 })).toBe(says);
  });

  test('a key that is bound to tools or operations, a limit, another method', async () => {
    const keyed = async (fields: object) => {
      const { key } = await createKey(house.process, { user: 'bound', tier: 'internal', ...fields });
      return { authorization: `Bearer ${key}` };
    };
    const bound = await keyed({ tools: ['weather'] });
    expect(await run('weather', { city: 'Rome' }, bound)).toBe(says);
    expect(await run('pay', { amount: 1 }, bound)).toBe('tool.denied');
    expect(await run('weather', { city: 'Rome' }, await keyed({ endpoints: ['embeddings'] }))).toBe(
      'access.operation_not_allowed',
    );
    const slow = await keyed({ user: 'slow', tier: 'slow' });
    for (const expected of [says, says, 'rate.requests'])
      expect(await run('weather', { city: 'Rome' }, slow)).toBe(expected);
    expect((await house.get('/tools/weather')).code).toBe('access.method');
    expect((await house.get('/v1/models')).code).toBe('access.unknown_operation');
    expect((await house.get('/tools', { authorization: '' })).code).toBe('auth.missing');
  });
});

test('what needs approval is asked, and runs once for the very call that somebody else approved', async () => {
  const args = { item: 'paper', count: 3 };
  const asked = await house.post('/tools/order', args);
  const id = asked.headers.get('x-sallyport-approval') ?? '';
  expect([asked.code, /^[0-9a-f-]{36}$/.test(id)]).toEqual(['tool.approval_pending', true]);
  const approved = { 'x-sallyport-approval': id };
  expect(await run('order', args, approved)).toBe('tool.approval_pending');
  expect(seen).toEqual([]);
  const { body } = await admin(house.process, 'GET', `/admin/approvals/${id}`);
  const decided = { decision: 'approve', seen: Object(body).seen };
  expect((await admin(house.process, 'POST', `/admin/approvals/${id}`, decided)).status).toBe(200);
  const { key } = await createKey(house.process, { user: 'other', tier: 'internal' });
  for (const [other, headers] of [
    [{ ...args, count: 4 }, approved],
    [args, { ...approved, authorization: `Bearer ${key}` }],
  ] as const)
    expect([await run('order', other, headers), seen.length]).toEqual(['tool.approval_pending', 0]);
  // The same value in another text: RFC 8785 makes them one.
  const race = ['{"count":3,"item":"paper"}', JSON.stringify(args), JSON.stringify(args)];
  seen = [];
  const ends = await Promise.all(
    race.map(async (again) => (await house.post('/tools/order', again, approved)).status),
  );
  expect(ends.toSorted((a, b) => a - b)).toEqual([200, 403, 403]);
  expect(seen.length).toBe(1);
});

describe('what a tool says', () => {
  test.each([
    ['Write to alice@example.com.', 'Write to [REDACTED].', false],
    [`The key is ${SECRET}.`, 'The key is [REDACTED_SECRET].', false],
    [`Fine weather. ${INJECTION}`, `Fine weather. ${INJECTION}`, true],
    ['A fine day.', 'A fine day.', false],
  ])('%s', async (said, output, tainted) => {
    says = said;
    const { body } = await house.post('/tools/weather', { city: 'Rome' });
    says = '{"sky":"clear"}';
    expect(body).toMatchObject({ output, tainted, isError: false });
  });
});

test('on record: the intent before, one outcome after, refusals; never what was written or said', async () => {
  const args = { to: 'carol@example.com', note: 'A word that is nowhere else: zyzzyva' };
  await run('send_note', args);
  await run('send_note', { note: args.note, to: args.to });
  const entries = await until(
    () => house.entries(),
    (found) =>
      found.filter(({ action }) => action === 'tool.intent').length ===
      found.filter(({ action }) => action === 'tool.outcome').length,
  );
  const own = entries.filter(({ resource }) => resource === 'tools.send_note').slice(-4);
  expect(own.map(({ action, status, userId }) => [action, status, userId])).toEqual([
    ['tool.intent', 'pending', 'tester'],
    ['tool.outcome', 'success', 'tester'],
    ['tool.intent', 'pending', 'tester'],
    ['tool.outcome', 'success', 'tester'],
  ]);
  expect(own[0]?.metadata['exchange']).toBe(own[1]?.metadata['exchange']);
  expect(own[0]?.metadata['argumentsDigest']).toBe(own[2]?.metadata['argumentsDigest']);
  expect(
    entries.some(({ action, metadata }) => action === 'tool.refused' && metadata['code'] === 'tool.denied'),
  ).toBe(true);
  const all = JSON.stringify(entries) + house.process.logs();
  for (const canary of ['zyzzyva', 'carol@', 'alice@', 'kept inside', SERVICE_KEY, house.process.callerKey])
    expect([canary, all.includes(canary)]).toEqual([canary, false]);
});

test("a program hands the list to the model, and the model's calls to the tools", async () => {
  const upstream = await startUpstream();
  upstream.script = (request) =>
    request.body.includes('"role":"tool"')
      ? chatAnswer(request, { words: ['Clear', '.'] })
      : chatAnswer(request, { toolCalls: [{ name: 'weather', arguments: '{"city":"Rome"}' }] });
  const { body } = await house.get('/tools');
  const client = new OpenAI({ apiKey: 'sk-any', baseURL: upstream.baseUrl });
  const tools = body.data.map((tool: { function: { name: string } }) => ({
    type: 'function',
    function: {
      ...tool.function,
      parse: JSON.parse,
      function: async (args: unknown) => (await house.post(`/tools/${tool.function.name}`, args)).body.output,
    },
  }));
  seen = [];
  const runner = client.chat.completions.runTools({
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content: 'Sky?' }],
    tools,
  });
  expect(await runner.finalContent()).toBe('Clear.');
  expect(seen.map(({ url }) => url)).toEqual(['/weather/Rome']);
  expect(tools.map((tool: { function: { name: string } }) => tool.function.name)).not.toContain('wipe');
  expect((await house.get('/tools?api=responses')).body.data[0]).toMatchObject({
    type: 'function',
    name: 'read_file',
  });
  await upstream.close();
});

test("the process refuses to start with upstream's key, and without tools", async () => {
  const env = { OPENAI_API_KEY: `sk-proj-${'x'.repeat(40)}`, DATA_DIR: join(home.path, 'd') };
  const { code, err } = await runCommand(['tools'], { env });
  expect(code).toBe(1);
  expect(err).toContain('OPENAI_API_KEY: must not be given');
  expect(err).toContain('toolServer: is needed');
});
