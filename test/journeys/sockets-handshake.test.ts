/**
 * Promises 28 to 33 for sockets: who may not open one is told so in HTTP before anything goes up, and what goes up is built
 * from nothing. Shown false by answering the handshake before the checks, and by handing on the caller's headers.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { upstreamSchema } from '../../src/server/upstream.ts';
import { createSocketUpstream } from '../../src/server/upstream-socket.ts';
import { createKey } from '../support/admin.ts';
import { UPSTREAM_KEY, type Gateway } from '../support/gateway.ts';
import { openGateway } from '../support/open-gateway.ts';
import { rawCall } from '../support/raw-call.ts';
import { create, saying } from '../support/socket-answers.ts';
import { openSocket, refusedSocket, type DialOptions } from '../support/socket-client.ts';
import { startSocketUpstream, type SocketUpstream } from '../support/socket-upstream.ts';

let upstream: SocketUpstream;
let gateway: Gateway;
let folder: string;
let caFile: string;
beforeAll(async () => {
  upstream = await startSocketUpstream({ tls: true });
  folder = mkdtempSync(join(tmpdir(), 'sallyport-tls-'));
  caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, upstream.certificate?.cert ?? '');
  gateway = await openGateway({
    upstream,
    key: { tier: 'internal' },
    config: {
      endpoints: { allow: ['chat.completions', 'sockets.responses'] },
      server: { cors: ['https://app.example.com'] },
      upstream: { organization: 'org-ours', safetyIdentifier: 'digest', connectMsMax: 1000, caFile },
    },
  });
});
beforeEach(() => upstream.clear());
afterAll(async () => {
  await gateway?.stop();
  await upstream?.close();
  rmSync(folder, { recursive: true, force: true });
});

const bearer = () => ({ authorization: `Bearer ${gateway.callerKey}` });
const asProtocol = () => `openai-insecure-api-key.${gateway.callerKey}`;

describe('a handshake that is refused', () => {
  const cases: readonly (readonly [string, number, string, () => DialOptions])[] = [
    ['without a credential', 401, 'auth.missing', () => ({ headers: {} })],
    ['with a wrong one', 401, 'auth.invalid', () => ({ headers: { authorization: 'Bearer sk-sp-nobody' } })],
    ['with one in the query', 401, 'auth.several', () => ({ path: '/v1/responses?api_key=x' })],
    ['with two', 401, 'auth.several', () => ({ headers: bearer(), protocols: ['realtime', asProtocol()] })],
    [
      'with two in the list of protocols',
      401,
      'auth.several',
      () => ({ headers: {}, protocols: [asProtocol(), 'openai-insecure-api-key.sk-sp-other'] }),
    ],
    ['to what is no socket', 404, 'access.unknown_operation', () => ({ path: '/v1/chat/completions' })],
    ['to administration', 403, 'access.operation_refused', () => ({ path: '/v1/organization/users' })],
    ['with a query that is not known', 400, 'request.query', () => ({ path: '/v1/responses?model=x' })],
    ['from a page of elsewhere', 403, 'access.origin', () => ({ origin: 'https://elsewhere.example.com' })],
  ];
  test.each(cases)('%s: %i %s', async (_name, status, code, options) => {
    const refused = await refusedSocket(gateway, options());
    expect([refused.status, refused.code]).toEqual([status, code]);
    expect(refused.body).toMatchObject({ error: { message: expect.any(String) } });
    expect(refused.headers['x-request-id']).toEqual(expect.any(String));
    expect(upstream.handshakes).toHaveLength(0);
  });

  test('of a key that may not: 403', async () => {
    const { key } = await createKey(gateway, { tier: 'internal', endpoints: ['chat.completions'] });
    const refused = await refusedSocket({ port: gateway.port, callerKey: key });
    expect(refused.code).toBe('access.operation_not_allowed');
    expect(upstream.handshakes).toHaveLength(0);
  });

  test.each(['Sec-WebSocket-Key: short', 'Sec-WebSocket-Version: 8'])(
    'that is none (%s): 400',
    async (odd) => {
      const lines = [
        'GET /v1/responses HTTP/1.1',
        'Host: gateway',
        'Connection: Upgrade',
        'Upgrade: websocket',
        `Authorization: Bearer ${gateway.callerKey}`,
        ...['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13'].filter(
          (line) => line.split(':')[0] !== odd.split(':')[0],
        ),
        odd,
      ];
      const { answers } = await rawCall(gateway.port, `${lines.join('\r\n')}\r\n\r\n`);
      expect([answers[0]?.status, answers[0]?.code]).toEqual([400, 'request.framing']);
      expect(upstream.handshakes).toHaveLength(0);
    },
  );

  test('for another protocol is answered as the request it is', async () => {
    const lines = ['GET /v1/models HTTP/1.1', 'Host: gateway', 'Connection: Upgrade', 'Upgrade: h2c'];
    const { answers } = await rawCall(gateway.port, `${lines.join('\r\n')}\r\n\r\n`);
    expect([answers[0]?.status, answers[0]?.code]).toEqual([401, 'auth.missing']);
  });
});

describe('a handshake that is accepted', () => {
  test('says nothing of its caller upstream', async () => {
    const headers = {
      ...bearer(),
      cookie: 'session=1',
      'x-forwarded-for': '192.0.2.9',
      'openai-organization': 'org-theirs',
      'openai-safety-identifier': 'theirs',
      'openai-beta': 'responses_multi_agent=v1',
    };
    const path = '/v1/responses?beta=true';
    const client = await openSocket(gateway, { headers, path, origin: 'https://app.example.com' });
    const [seen] = upstream.handshakes;
    expect(seen?.url).toBe('/v1/responses?beta=true');
    expect(seen?.headers).toEqual({
      host: expect.stringContaining('127.0.0.1'),
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': expect.any(String),
      'sec-websocket-version': '13',
      authorization: `Bearer ${UPSTREAM_KEY}`,
      'openai-organization': 'org-ours',
      'openai-beta': 'responses_multi_agent=v1',
      // A digest of whom it is for.
      'openai-safety-identifier': expect.stringMatching(/^[0-9a-f]{64}$/),
      'accept-encoding': 'identity',
      'user-agent': 'sallyport',
    });
    expect(JSON.stringify(seen?.rawHeaders)).not.toContain(gateway.callerKey);
    client.socket.close();
  });

  test('takes the credential of a page, and does not say it again', async () => {
    const client = await openSocket(gateway, { headers: {}, protocols: ['realtime', asProtocol()] });
    expect(client.socket.protocol).toBe('realtime');
    upstream.script = saying(['Hello']);
    client.send(create('Hi'));
    await client.waitFor('response.completed');
    expect(JSON.stringify(upstream.handshakes[0]?.rawHeaders)).not.toContain('sk-sp-');
    client.socket.close();
  });
});

const answer = (head: string) => `HTTP/1.1 ${head}\r\ncontent-length: 2\r\n\r\n{}`;
describe('upstream that does not open it', () => {
  test.each([
    ['401 Unauthorized', 502, 'upstream.credential'],
    ['503 Unavailable', 502, 'upstream.failed'],
    ['200 OK', 502, 'upstream.failed'],
    ['301 Moved\r\nlocation: http://127.0.0.1:9/v1/responses', 502, 'upstream.failed'],
    ['429 Too Many', 429, 'upstream.limited'],
    ['404 Not Found', 404, 'upstream.refused'],
    [
      `101 Switching\r\nupgrade: websocket\r\nsec-websocket-accept: no\r\nconnection: Upgrade`,
      502,
      'upstream.broken',
    ],
  ])('but says %s: %i %s', async (head, status, code) => {
    upstream.refusal = answer(head);
    const refused = await refusedSocket(gateway);
    expect([refused.status, refused.code]).toEqual([status, code]);
    expect(upstream.handshakes).toHaveLength(1);
  });

  test('but says nothing: 504', async () => {
    upstream.refusal = '';
    const refused = await refusedSocket(gateway);
    expect([502, 504]).toContain(refused.status);
  });
});

test('a certificate that nobody vouches for is refused before anything is said', async () => {
  const settings = upstreamSchema.parse({ baseUrl: upstream.baseUrl });
  const listener = { text: () => {}, binary: () => {}, drained: () => {}, closed: () => {} };
  const connect = (own: object) =>
    createSocketUpstream({ ...settings, ...own }).connect(
      { path: '/v1/responses', headers: {}, protocols: [] },
      listener,
      new AbortController().signal,
    );
  expect(await connect({})).toMatchObject({ kind: 'failed', fault: 'unreachable' });
  expect(upstream.handshakes).toHaveLength(0);
  const trusted = await connect({ caFile });
  expect(trusted.kind).toBe('open');
  if (trusted.kind === 'open') trusted.end.destroy();
});

test('behind a call that is not answered yet it ends the connection, and never the process', async () => {
  const call = (line: string, more: readonly string[]) =>
    [line, 'Host: gateway', `Authorization: Bearer ${gateway.callerKey}`, ...more, '', ''].join('\r\n');
  const upgrade = call('GET /v1/responses HTTP/1.1', [
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
  ]);
  const { closed } = await rawCall(gateway.port, call('GET /v1/models HTTP/1.1', []) + upgrade, {
    answers: Infinity,
  });
  expect(closed).toBe(true);
  expect((await fetch(`${gateway.adminUrl}/readyz`)).status).toBe(200);
});
