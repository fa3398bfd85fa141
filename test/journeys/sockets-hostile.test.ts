/**
 * Promises 43 to 45 for sockets: nothing that comes over one ends the process, fills its memory or stays for ever. Shown
 * false by taking away the bound on fragments, the pause for who does not read, and the look at what is idle.
 */
import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { create, saidEvents, saying } from '../support/socket-answers.ts';
import { openSocket } from '../support/socket-client.ts';
import { socketHouse } from '../support/socket-house.ts';
import { until } from '../support/until.ts';

const MiB = 1024 * 1024;

const house = socketHouse({ config: { sockets: { idleMsMax: 4000 } } }, startGateway);

test('a frame over 16 MiB closes the socket', async () => {
  const client = await openSocket(house.gateway);
  client.send(`{"type":"response.create","input":"${'x'.repeat(17 * MiB)}"}`);
  expect(await client.closed()).toBe(1009);
  expect(house.upstream.connections[0]?.frames).toEqual([]);
});

test('so does a frame in endless pieces, and one that is binary', async () => {
  const pieces = await openSocket(house.gateway);
  for (let i = 0; i < 2000; i++) pieces.socket.send('x', { fin: false });
  expect(await pieces.closed()).toBe(1008);
  const binary = await openSocket(house.gateway);
  binary.send(Buffer.from([1, 2, 3]));
  binary.socket.send(Buffer.from([1, 2, 3]), { binary: true });
  expect(await binary.closed()).toBe(1003);
});

test('who sends nonsense without end is heard no more after a while, at a bounded cost', async () => {
  const client = await openSocket(await house.doorOf('nonsense'));
  for (let i = 0; i < 10_000; i++) client.socket.send('{');
  expect(await client.closed()).toBe(1008);
  const errors = client.events.filter(({ type }) => type === 'error');
  expect(errors.length).toBeLessThan(1000);
  expect(JSON.stringify(errors.at(-1))).toContain('rate.refusals');
  expect(house.upstream.connections[0]?.frames).toEqual([]);
});

test('who does not read holds upstream up, and gets everything once they do', async () => {
  const large = { type: 'response.in_progress', response: { data: 'QUJD'.repeat(64 * 1024) } };
  const [created, completed] = [saidEvents([]).at(0), saidEvents([]).at(-1)];
  let taken = 0;
  house.upstream.script = async (connection) => {
    connection.send(created ?? {});
    for (let i = 0; i < 200; i++) {
      await new Promise<unknown>((resolve) => connection.socket.send(JSON.stringify(large), resolve));
      taken++;
    }
    connection.send(completed ?? {});
  };
  const client = await openSocket(house.gateway);
  client.socket.pause();
  client.send(create('Hi'));
  // Of 50 MiB, what neither the kernel nor the gateway takes waits upstream.
  let [before, steady] = [-1, 0];
  await until(
    () => {
      steady = taken > 0 && taken === before ? steady + 1 : 0;
      before = taken;
      return steady;
    },
    (samples) => samples >= 40,
  );
  expect(taken).toBeLessThan(100);
  client.socket.resume();
  await client.waitFor('response.completed');
  expect(client.events.filter(({ type }) => type === large.type)).toHaveLength(200);
  client.socket.close();
});

test('a socket that is idle ends, and says why', async () => {
  const client = await openSocket(house.gateway);
  expect(await client.closed()).toBe(1001);
  expect(client.errors()).toEqual(['session_expired']);
  await until(
    () => house.upstream.connections[0]?.closedWith,
    (code) => code !== undefined,
  );
});

test('upstream that closes is told as it is', async () => {
  const client = await openSocket(house.gateway);
  const connection = await until(
    () => house.upstream.connections[0],
    (one) => one !== undefined,
  );
  connection?.socket.close(4001, 'a reason of its own');
  expect(await client.closed()).toBe(4001);
});

test('at its end the process says goodbye to who is idle, lets a call end, and exits in order', async () => {
  const idle = await openSocket(house.gateway);
  const busy = await openSocket(house.gateway);
  busy.send(create('Hi'));
  const connection = await until(
    () => house.upstream.connections.find(({ frames }) => frames.length > 0),
    (one) => !!one,
  );
  const ended = house.gateway.stop();
  expect(await idle.closed()).toBe(1012);
  expect(busy.closedWith).toBeUndefined();
  if (connection) saying(['Hello'])(connection);
  await busy.waitFor('response.completed');
  expect(await busy.closed()).toBe(1012);
  expect(await ended).toBe(0);
});
