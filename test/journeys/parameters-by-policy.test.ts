/**
 * Parameters by team, through a whole gateway: small bodies and those that a worker reads, and events of a socket. The
 * caller and the audit log are told which were written. Shown false by leaving the policies out of the job of parse.
 */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createKey } from '../support/admin.ts';
import type { Gateway } from '../support/gateway.ts';
import { entriesOf } from '../support/money.ts';
import { openGateway } from '../support/open-gateway.ts';
import { create, saying } from '../support/socket-answers.ts';
import { openSocket } from '../support/socket-client.ts';
import { startSocketUpstream, type SocketUpstream } from '../support/socket-upstream.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';
import { until } from '../support/until.ts';

let upstream: Upstream;
let gateway: Gateway;
let sockets: SocketUpstream;
let ofSockets: Gateway;
const config = {
  endpoints: { allow: ['*'] },
  models: { projectServiceTier: 'default' },
  teams: { red: { parameters: { store: { force: false }, background: 'forbid' } } },
};
const key = { tier: 'internal', team: 'red' };

beforeAll(async () => {
  [upstream, sockets] = await Promise.all([startUpstream(), startSocketUpstream()]);
  gateway = await openGateway({ upstream, key, config });
  ofSockets = await openGateway({ upstream: sockets, key, config });
});
beforeEach(() => upstream.clear());
afterAll(async () => {
  await Promise.all([gateway?.stop(), ofSockets?.stop()]);
  await Promise.all([upstream?.close(), sockets?.close()]);
});

async function ask(body: object, callerKey = gateway.callerKey): Promise<Response> {
  return await fetch(`${gateway.baseUrl}/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${callerKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o-mini', ...body }),
  });
}

test.each([
  ['small', 'Hello'],
  ['large', 'The road goes on. '.repeat(3000)],
])('what is forced is written, told and on record: %s', async (_size, input) => {
  const answer = await ask({ input, store: true });
  expect(answer.headers.get('x-sallyport-parameters')).toBe('store');
  expect(upstream.requests[0]?.json).toMatchObject({ store: false, input });
  const id = answer.headers.get('x-request-id');
  const entries = await entriesOf(gateway);
  const intent = entries.find((e) => e.action === 'exchange.intent' && e.metadata['exchange'] === id);
  expect(intent?.metadata['parameters']).toEqual(['store']);
});

test('what is forbidden is refused, and nothing of it is sent', async () => {
  const answer = await ask({ input: 'Hello', background: true });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: { code: 'request.parameter', param: 'background' } });
  expect(upstream.requests).toHaveLength(0);
});

test('another team sends what it likes', async () => {
  const other = await createKey(gateway, { tier: 'internal', user: 'bo', team: 'blue' });
  const answer = await ask({ input: 'Hello', store: true }, other.key);
  expect(answer.headers.has('x-sallyport-parameters')).toBe(false);
  expect(upstream.requests[0]?.json).toMatchObject({ store: true });
});

test('an event of a socket is a call like any other', async () => {
  sockets.script = saying(['Hi']);
  const client = await openSocket(ofSockets);
  client.send(create('Hello', { background: true }));
  expect(JSON.stringify(await client.waitFor('error'))).toContain('request.parameter');
  client.send(create('Hello', { store: true }));
  await client.waitFor('response.completed');
  expect(sockets.connections[0]?.events).toMatchObject([{ store: false }]);
  client.socket.close();
  await until(
    () => entriesOf(ofSockets),
    (all) => all.some(({ metadata }) => String(metadata['parameters']) === 'store'),
  );
});
