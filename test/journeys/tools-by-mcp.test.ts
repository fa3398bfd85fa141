/**
 * Tools by the Model Context Protocol: the official client lists and calls what its key may, and the same policy, limits and
 * records stand before every run; messages that are none, other origins, batches and streams are refused.
 */
import { createServer, type Server } from 'node:http';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { admin, createKey } from '../support/admin.ts';
import { startToolHouse, type ToolHouse } from '../support/tool-house.ts';

let house: ToolHouse;
let service: Server;
let calls = 0;
const page = 'https://console.example';

beforeAll(async () => {
  service = createServer((request, response) => {
    calls += 1;
    request.resume().on('end', () => response.end(`asked for ${request.url}`));
  });
  await new Promise<void>((resolve) => {
    service.listen(0, '127.0.0.1', () => resolve());
  });
  const address = service.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const inputSchema = {
    type: 'object',
    properties: { city: { type: 'string', description: 'Where.' } },
    required: ['city'],
  };
  const tool = (path: string) => ({
    description: `Tells ${path}.`,
    inputSchema,
    run: { kind: 'http', method: 'GET', url: `${origin}/${path}/{city}` },
  });
  house = await startToolHouse(
    { tools: { deny: ['secrets'] }, server: { cors: [page] }, liveness: { everySeconds: 1 } },
    { weather: tool('weather'), traffic: tool('traffic'), secrets: tool('secrets') },
  );
});
afterAll(async () => {
  await house.process.stop();
  service.close();
});

async function connected(key = house.process.callerKey): Promise<Client> {
  const client = new Client({ name: 'a test', version: '1.0.0' });
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${house.url}/mcp`), { requestInit }));
  return client;
}

async function named(client: Client): Promise<string[]> {
  return (await client.listTools()).tools.map(({ name }) => name);
}

describe('the official client', () => {
  test('connects, lists what its key may call, calls it', async () => {
    const { key } = await createKey(house.process, { user: 'bound', tier: 'internal', tools: ['weather'] });
    const [all, bound] = [await connected(), await connected(key)];
    expect(all.getServerVersion()).toMatchObject({ name: 'sallyport' });
    await all.ping();
    expect(await named(all)).toEqual(['weather', 'traffic']);
    expect(await named(bound)).toEqual(['weather']);
    const said = await bound.callTool({ name: 'weather', arguments: { city: 'Rome' } });
    expect(said).toMatchObject({
      content: [{ type: 'text', text: 'asked for /weather/Rome' }],
      isError: false,
    });
    await Promise.all([all.close(), bound.close()]);
  });

  test('is told why, by the code of the catalogue; nothing is run', async () => {
    const client = await connected();
    const before = calls;
    const refusals = [
      ['secrets', { city: 'Rome' }, 'tool.denied'],
      ['nothing', { city: 'Rome' }, 'tool.unknown'],
      ['weather', { town: 'Rome' }, 'tool.input'],
      ['weather', { city: '..' }, 'tool.arguments'],
    ] as const;
    for (const [name, args, code] of refusals)
      await expect(client.callTool({ name, arguments: { ...args } })).rejects.toMatchObject({
        data: { code },
      });
    expect(calls).toBe(before);
    await client.close();
    await expect(connected('sk-nobody')).rejects.toThrow(/401|key/i);
  });

  test('leaves the same records as any other call', async () => {
    const own = (await house.entries()).filter(({ userId }) => userId === 'bound');
    expect(own.map(({ action, resource }) => [action, resource])).toEqual([
      ['tool.intent', 'tools.weather'],
      ['tool.outcome', 'tools.weather'],
    ]);
  });
});

describe('messages', () => {
  const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };

  test.each([
    ['a page of another origin', list, { origin: 'https://rebound.example' }, 403, 'access.origin'],
    [
      'a version that nobody speaks',
      list,
      { 'mcp-protocol-version': '1999-01-01' },
      400,
      'request.invalid_field',
    ],
    ['no key', list, { authorization: '' }, 401, 'auth.missing'],
    [
      'two keys in one object',
      '{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}',
      {},
      400,
      'request.duplicate_key',
    ],
  ])('%s is refused', async (_what, message, headers, status, code) => {
    const answer = await house.post('/mcp', message, headers);
    expect([answer.status, answer.code]).toEqual([status, code]);
    expect(answer.body).toMatchObject({ jsonrpc: '2.0', id: null, error: { data: { code } } });
  });

  test.each([
    ['a batch', [list, list], 400, -32600],
    ['no message', { id: 1 }, 400, -32600],
    ['a null id', { ...list, id: null }, 400, -32600],
    ['another method', { ...list, method: 'resources/list' }, 200, -32601],
    ['no name', { ...list, method: 'tools/call', params: [] }, 200, -32602],
  ])('%s is an error', async (_what, message, status, code) => {
    const answer = await house.post('/mcp', message);
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
  });

  test('a notification is taken, a stream is not offered, a page that is listed may call', async () => {
    const told = await house.post('/mcp', { jsonrpc: '2.0', method: 'notifications/initialized' });
    expect([told.status, told.body]).toEqual([202, undefined]);
    const stream = await house.get('/mcp', { accept: 'text/event-stream' });
    expect([stream.status, stream.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await house.post('/mcp', list, { origin: page })).status).toBe(200);
    const asked = { ...list, method: 'initialize', params: { protocolVersion: '2025-06-18' } };
    expect((await house.post('/mcp', asked)).body.result.protocolVersion).toBe('2025-06-18');
    const newer = { ...asked, params: { protocolVersion: '2099-01-01' } };
    expect((await house.post('/mcp', newer)).body.result.protocolVersion).toBe('2025-11-25');
  });
});

test('its controls are tried before it is ready, and nothing of that is on record', async () => {
  const ready = await (await fetch(`${house.process.adminUrl}/readyz`)).json();
  expect(ready).toMatchObject({ ready: true, checks: { guards: true } });
  const { data } = Object((await admin(house.process, 'GET', '/admin/guards')).body);
  const resultOf = (name: string) => data.find((one: { control: string }) => one.control === name);
  expect(resultOf('denied-calls')).toMatchObject({ result: 'fired' });
  expect(resultOf('prompt-leak')).toMatchObject({ result: 'off', reason: 'nothing of this process' });
  const metrics = await (await fetch(`${house.process.adminUrl}/metrics`)).text();
  expect(metrics).toContain('sallyport_guard_silent{control="denied-calls"} 0');
  const entries = await house.entries();
  expect(entries.filter(({ userId }) => userId === '@probe')).toEqual([]);
});
