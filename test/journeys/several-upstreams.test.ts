/**
 * Several upstreams behind one gateway: a call goes to its team's or its key's, an object stays where it was made, and each
 * upstream sees its own key alone. Shown false by leaving chooseUpstream out of the pipeline, by a credential that stays with
 * a refused key, by a `retryOnCredential` that is always on, by a pool instead of the proxy's
 * agent, and by leaving holdBack out.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { admin, createKey, type NewKey } from '../support/admin.ts';
import { json, openaiError } from '../support/behaviour.ts';
import { startGateway, UPSTREAM_KEY, type Gateway } from '../support/gateway.ts';
import { entriesOf } from '../support/money.ts';
import { create, saying } from '../support/socket-answers.ts';
import { portOf } from '../support/free-port.ts';
import { openSocket } from '../support/socket-client.ts';
import { startSocketUpstream, type SocketUpstream } from '../support/socket-upstream.ts';
import { startUpstream, type Script, type Upstream } from '../support/upstream.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-upstreams-'));
const keyFile = join(folder, 'key');
const caFile = join(folder, 'ca.pem');
const socketCaFile = join(folder, 'socket-ca.pem');
let home: Upstream;
let away: Upstream;
let hidden: Upstream;
let sockets: SocketUpstream;
let proxy: Server;
let gateway: Gateway;
/** Where the proxy was asked to. */
const tunnels: string[] = [];

beforeAll(async () => {
  [home, away, hidden, sockets, proxy] = await Promise.all([
    startUpstream(),
    startUpstream(),
    startUpstream({ tls: true }),
    startSocketUpstream({ tls: true }),
    startProxy(),
  ]);
  writeFileSync(keyFile, 'sk-proj-first');
  writeFileSync(caFile, hidden.certificate?.cert ?? '');
  writeFileSync(socketCaFile, sockets.certificate?.cert ?? '');
  const through = { proxy: `http://user:word@127.0.0.1:${portOf(proxy)}`, apiKey: 'sk-proj-hidden' };
  const turning = { baseUrl: away.baseUrl, apiKey: 'sk-proj-old', apiKeyNext: 'sk-proj-new' };
  gateway = await startGateway({
    upstream: home,
    key: { tier: 'internal', user: 'ada', team: 'home' },
    env: { NODE_EXTRA_CA_CERTS: undefined, HTTPS_PROXY: 'http://127.0.0.1:9', TURNED_FILE: keyFile },
    config: {
      endpoints: { allow: ['*'] },
      tiers: { internal: { dailyBudgetUsd: 5000 } },
      teams: { away: { upstream: 'away' }, night: { priority: 'low' } },
      upstreams: {
        away: { baseUrl: away.baseUrl, apiKey: 'sk-proj-away', organization: 'org-away' },
        turning,
        again: { ...turning, retryOnCredential: true },
        filed: { baseUrl: away.baseUrl, apiKey: 'env:TURNED' },
        hidden: { ...through, baseUrl: hidden.baseUrl, caFile },
        distrusted: { ...through, baseUrl: hidden.baseUrl, caFile: socketCaFile },
        live: { ...through, baseUrl: sockets.baseUrl, caFile: socketCaFile },
      },
    },
  });
});
beforeEach(() => {
  for (const upstream of [home, away, hidden]) upstream.clear();
  tunnels.length = 0;
});
afterAll(async () => {
  await gateway?.stop();
  await Promise.all([home, away, hidden, sockets].map((upstream) => upstream?.close()));
  proxy?.closeAllConnections();
  proxy?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** CONNECT alone: nothing is read of what goes through it. */
async function startProxy(): Promise<Server> {
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connect', (request, socket) => {
    tunnels.push(`${request.url} ${request.headers['proxy-authorization']}`);
    const [host = '', port] = (request.url ?? '').split(':');
    const onwards = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onwards.pipe(socket).pipe(onwards);
    });
    for (const end of [onwards, socket]) end.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const keyOf = async (fields: Partial<NewKey>): Promise<string> =>
  (await createKey(gateway, { tier: 'internal', user: 'ada', ...fields })).key;

async function call(key: string, method: string, path: string, body?: object) {
  const answer = await fetch(`${gateway.baseUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, code: answer.headers.get('x-sallyport-code'), text };
}
const respond = (key: string, more: object = {}) =>
  call(key, 'POST', '/responses', { model: 'gpt-4o-mini', input: 'Hello', ...more });
const shown = ({ requests }: Upstream) => requests.map(({ headers }) => headers['authorization']);
/** Answers with an object of this id. */
const giving =
  (id: string): Script =>
  () =>
    json({ id, object: 'response', output: [], status: 'completed' });

describe('where a call goes', () => {
  test('the team says, and each upstream sees its own key and organisation', async () => {
    const key = await keyOf({ team: 'away' });
    expect((await respond(key)).status).toBe(200);
    expect((await respond(gateway.callerKey)).status).toBe(200);
    expect(
      away.requests.map(({ headers }) => [headers['authorization'], headers['openai-organization']]),
    ).toEqual([['Bearer sk-proj-away', 'org-away']]);
    expect(
      home.requests.map(({ headers }) => [headers['authorization'], headers['openai-organization']]),
    ).toEqual([[`Bearer ${UPSTREAM_KEY}`, undefined]]);
    const intents = (await entriesOf(gateway)).filter(({ action }) => action === 'exchange.intent');
    expect(intents.map(({ metadata }) => metadata['upstream'])).toEqual(['away', undefined]);
  });

  test('the key says before the team, and only names that are configured', async () => {
    expect((await respond(await keyOf({ team: 'away', upstream: 'default' }))).status).toBe(200);
    expect([home.requests.length, away.requests.length]).toEqual([1, 0]);
    const wrong = { user: 'a', tier: 'internal', role: 'user', upstream: 'nowhere' };
    expect((await admin(gateway, 'POST', '/admin/keys', wrong)).status).toBe(400);
  });

  test('no header of a caller says', async () => {
    const answer = await fetch(`${gateway.baseUrl}/responses`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${gateway.callerKey}`,
        'content-type': 'application/json',
        'x-sallyport-upstream': 'away',
        host: new URL(away.baseUrl).host,
      },
      body: JSON.stringify({ model: 'gpt-4o-mini', input: 'Hello' }),
    });
    expect(answer.status).toBe(200);
    expect([home.requests.length, away.requests.length]).toEqual([1, 0]);
  });
});

describe('an object', () => {
  test('is asked for where it was made, whoever of its owners asks', async () => {
    const toAway = await keyOf({ upstream: 'away', team: 'home' });
    away.script = giving('resp_away');
    await respond(toAway);
    home.script = giving('resp_home');
    await respond(gateway.callerKey);
    [home, away].forEach((upstream) => upstream.clear());
    // The team is the same, the key goes elsewhere.
    expect((await call(gateway.callerKey, 'GET', '/responses/resp_away')).status).toBe(200);
    expect((await call(toAway, 'GET', '/responses/resp_home')).status).toBe(200);
    expect(away.requests.map(({ target }) => target)).toEqual(['/v1/responses/resp_away']);
    expect(home.requests.map(({ target }) => target)).toEqual(['/v1/responses/resp_home']);
    [home, away].forEach((upstream) => upstream.clear());
    away.script = giving('resp_next');
    expect((await respond(gateway.callerKey, { previous_response_id: 'resp_away' })).status).toBe(200);
    expect([home.requests.length, away.requests.length]).toEqual([0, 1]);
    // What was made there stays there.
    expect((await call(gateway.callerKey, 'GET', '/responses/resp_next')).status).toBe(200);
    expect([home.requests.length, away.requests.length]).toEqual([0, 2]);
  });

  test('and another that is elsewhere go nowhere together', async () => {
    const toAway = await keyOf({ upstream: 'away', team: 'home' });
    away.script = () => json({ id: 'conv_away', object: 'conversation' });
    home.script = giving('resp_near');
    await call(toAway, 'POST', '/conversations', {});
    await respond(gateway.callerKey);
    [home, away].forEach((upstream) => upstream.clear());
    const mixed = {
      input: [{ type: 'item_reference', id: 'resp_near' }],
      conversation: 'conv_away',
      previous_response_id: 'resp_near',
    };
    const { status, code } = await respond(gateway.callerKey, mixed);
    expect([status, code]).toEqual([400, 'request.upstream']);
    expect([home.requests.length, away.requests.length]).toEqual([0, 0]);
  });
});

/** Answers who shows this key. */
const takes =
  (right: string): Script =>
  (seen) =>
    seen.headers['authorization'] === `Bearer ${right}`
      ? json({ id: 'resp_k', object: 'response', output: [] })
      : openaiError(401, 'invalid_api_key');

describe("upstream's key", () => {
  test('refused: that call is ours to answer for, the next has the other key; on record, counted', async () => {
    const key = await keyOf({ upstream: 'turning' });
    away.script = takes('sk-proj-new');
    expect((await respond(key)).code).toBe('upstream.credential');
    expect(shown(away)).toEqual(['Bearer sk-proj-old']);
    expect((await respond(key)).status).toBe(200);
    expect(shown(away).at(-1)).toBe('Bearer sk-proj-new');
    const told = await until(
      async () => (await entriesOf(gateway)).filter(({ action }) => action === 'upstream.credential'),
      ({ length }) => length > 0,
    );
    expect(told).toMatchObject([{ resource: 'turning', metadata: { place: 'present', replaced: true } }]);
    const metrics = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
    expect(metrics).toContain('sallyport_upstream_credential_refused_total{upstream="turning"} 1');
  });

  test('refused, and tried once more where that is configured', async () => {
    const key = await keyOf({ upstream: 'again' });
    away.script = takes('sk-proj-new');
    expect((await respond(key)).status).toBe(200);
    expect(shown(away)).toEqual(['Bearer sk-proj-old', 'Bearer sk-proj-new']);
    away.script = takes('sk-proj-none');
    away.clear();
    away.script = takes('sk-proj-none');
    expect((await respond(key)).code).toBe('upstream.credential');
    // Never a third time.
    expect(shown(away)).toEqual(['Bearer sk-proj-new', 'Bearer sk-proj-old']);
  });

  test('is read again when its file changes', async () => {
    const key = await keyOf({ upstream: 'filed' });
    await respond(key);
    expect(shown(away)).toEqual(['Bearer sk-proj-first']);
    writeFileSync(keyFile, 'sk-proj-second\n');
    await until(
      async () => {
        await respond(key);
        return shown(away).at(-1);
      },
      (last) => last === 'Bearer sk-proj-second',
    );
  });
});

const left = (remaining: string) => ({
  'x-ratelimit-limit-requests': '1000',
  'x-ratelimit-remaining-requests': remaining,
  'x-ratelimit-reset-requests': '30s',
});

test("where little is left of upstream's limits, teams of low priority wait", async () => {
  const night = await keyOf({ team: 'night' });
  home.script = () => json({ id: 'resp_l', object: 'response', output: [] }, { headers: left('99') });
  expect((await respond(night)).status).toBe(200);
  expect((await respond(night)).code).toBe('rate.upstream');
  home.script = () => json({ id: 'resp_l', object: 'response', output: [] }, { headers: left('500') });
  expect((await respond(gateway.callerKey)).status).toBe(200);
  expect((await respond(night)).status).toBe(200);
  expect(home.requests).toHaveLength(3);
});

describe('through a proxy', () => {
  const basic = `Basic ${Buffer.from('user:word').toString('base64')}`;

  test('goes a tunnel, whose other end shows the right certificate', async () => {
    expect((await respond(await keyOf({ upstream: 'hidden' }))).status).toBe(200);
    expect(tunnels).toEqual([`127.0.0.1:${hidden.port} ${basic}`]);
    expect(shown(hidden)).toEqual(['Bearer sk-proj-hidden']);
    expect((await respond(await keyOf({ upstream: 'distrusted' }))).code).toBe('upstream.unreachable');
    expect(hidden.requests).toHaveLength(1);
  });

  test('goes a socket as well', async () => {
    sockets.script = saying(['Hi']);
    const client = await openSocket({ port: gateway.port, callerKey: await keyOf({ upstream: 'live' }) });
    expect(tunnels).toEqual([`127.0.0.1:${new URL(sockets.baseUrl).port} ${basic}`]);
    client.send(create('Hello'));
    await client.waitFor('response.completed');
    expect(sockets.handshakes[0]?.headers.authorization).toBe('Bearer sk-proj-hidden');
    client.send(create('Hello', { previous_response_id: 'resp_away' }));
    expect(JSON.stringify(await client.waitFor('error'))).toContain('upstream');
    client.socket.close();
  });
});
