/**
 * I22 for sockets: while limits cannot be checked no socket opens, and on an open one each call is refused by an event;
 * nothing reaches upstream, and all is normal soon after. Shown false by letting a call go up whose steps were refused.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Gateway } from '../support/gateway.ts';
import { openGateway } from '../support/open-gateway.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { create, saying } from '../support/socket-answers.ts';
import { openSocket, refusedSocket } from '../support/socket-client.ts';
import { startSocketUpstream, type SocketUpstream } from '../support/socket-upstream.ts';
import { until } from '../support/until.ts';

let redis: TestRedis;
let upstream: SocketUpstream;
let gateway: Gateway;
beforeAll(async () => {
  [redis, upstream] = await Promise.all([startRedis({ own: true }), startSocketUpstream()]);
  gateway = await openGateway({
    upstream,
    env: { REDIS_URL: redis.url },
    key: { tier: 'internal' },
    config: {
      endpoints: { allow: ['sockets'] },
      ledger: { kind: 'redis', url: 'env:REDIS_URL', namespace: 'sockets', waitMsMax: 250 },
    },
  });
});
afterAll(async () => {
  await gateway?.stop();
  await upstream?.close();
  await redis?.stop();
});

test('a call is refused by an event, a handshake by 503, and both pass once Redis is back', async () => {
  upstream.script = saying(['Hello']);
  const client = await openSocket(gateway);
  redis.freeze();
  client.send(create('Hi'));
  expect(await client.waitFor('error')).toMatchObject({ status: 503, error: { code: 'ledger.unavailable' } });
  const refused = await refusedSocket(gateway);
  expect([refused.status, refused.code]).toEqual([503, 'ledger.unavailable']);
  expect(upstream.connections.map(({ frames }) => frames.length)).toEqual([0]);
  redis.thaw();
  // One call after the other, each once the one before was refused.
  await until(
    async () => {
      const from = client.events.length;
      client.send(create('Hi'));
      return await until(
        () => client.events[from],
        (event) => event !== undefined,
      );
    },
    (event) => event?.['type'] === 'response.created',
  );
  await client.waitFor('response.completed');
  (await openSocket(gateway)).socket.close();
  client.socket.close();
});
