import { connect, createServer, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPostgresStore } from '../../../src/engines/store/store-postgres.ts';
import type { Store } from '../../../src/ports/store.ts';
import { approvalStoreContract } from '../../contracts/approval-store.ts';
import { incidentStoreContract } from '../../contracts/incident-store.ts';
import { endUserContract } from '../../contracts/end-users.ts';
import { historyStoreContract } from '../../contracts/history-store.ts';
import { keyUseContract } from '../../contracts/key-use.ts';
import { storeContract } from '../../contracts/store.ts';
import { settingsContract } from '../../contracts/store-settings.ts';
import { ownClock } from '../../support/own-clock.ts';
import { portOf, type Postgres, startPostgres } from '../../support/postgres.ts';
import { until } from '../../support/until.ts';

let server: Postgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

let count = 0;
let url = '';

async function ask(text: string, values: unknown[] = []): Promise<unknown[]> {
  const client = new Client({ connectionString: server.url });
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** As an operator's restart of the server does; they are gone when this resolves. */
async function killAll(): Promise<unknown[]> {
  return await ask(
    `select pg_terminate_backend(pid, 5000) from pg_stat_activity
     where application_name = 'sallyport' and pid <> pg_backend_pid()`,
  );
}

/** What is tried is what is stored, not how soon. */
const openUnhurried = (at: string): Store => openPostgresStore({ url: at, waitMsMax: 10_000 });

/** Each store its own schema of the one database. */
async function fresh(): Promise<Store> {
  const schema = `s${++count}`;
  await ask(`create schema ${schema}`);
  const own = new URL(server.url);
  own.searchParams.set('options', `-c search_path=${schema}`);
  url = own.href;
  return openUnhurried(url);
}

describe('store contract', () => {
  settingsContract(fresh);
  storeContract(fresh, async () => openUnhurried(url));
});

describe('history store contract', () => {
  historyStoreContract(fresh);
  endUserContract(fresh);
  keyUseContract(fresh);
});

describe('approval store contract', () => {
  approvalStoreContract(fresh, async () => openUnhurried(url));
});

describe('incident store contract', () => {
  incidentStoreContract(fresh, async () => openUnhurried(url));
});

test('several processes may create the tables at once', async () => {
  const first = await fresh();
  const stores = [first, ...Array.from({ length: 5 }, () => openUnhurried(url))];
  await Promise.all(stores.map((store) => store.open()));
  expect(stores.map((store) => store.health())).toEqual(stores.map(() => ({ usable: true })));
  await Promise.all(stores.map((store) => store.close()));
});

test('a connection that the server ends, idle or at work, costs a call at most, never the process', async () => {
  const store = await fresh();
  await store.open();
  expect((await killAll()).length).toBeGreaterThan(0);
  const calls = Promise.allSettled(Array.from({ length: 20 }, () => store.putSetting('a', 'b')));
  await killAll();
  const failed = (await calls).flatMap((call) => (call.status === 'rejected' ? [call.reason] : []));
  expect(failed.filter((reason) => reason.code !== 'store.unavailable')).toEqual([]);
  await expect.poll(() => store.health().usable).toBe(true);
  expect(await store.getSetting('absent')).toBeUndefined();
  await store.close();
});

test('nobody there: refused at once, healed by itself when somebody is', async () => {
  const relay = await relayTo(server.url);
  const store = openUnhurried(relay.url);
  await relay.close();
  await expect(store.open()).rejects.toMatchObject({ code: 'store.unavailable' });
  expect(store.health().usable).toBe(false);
  await relay.listen();
  await expect.poll(() => store.health().usable).toBe(true);
  await store.close();
  await relay.close();
});

test('a server that falls silent: every wait ends, and its connections are not used again', async () => {
  const relay = await relayTo(server.url);
  const store = openPostgresStore({ url: relay.url, waitMsMax: 500 });
  await until(
    () => store.putSetting('a', 'b'),
    () => true,
  );
  relay.silent = true;
  const clock = ownClock();
  const calls = Array.from({ length: 30 }, () => store.getSetting('a'));
  const ended = await Promise.allSettled(calls);
  expect(ended.every((call) => call.status === 'rejected')).toBe(true);
  // For a connection, then for the answer.
  expect(clock.stop()).toBeLessThan(1800);
  relay.silent = false;
  await until(
    () => store.getSetting('a'),
    (value) => value === 'b',
  );
  expect(relay.dropped).toBeGreaterThan(0);
  await store.close();
  await relay.close();
});

test('a refusal tells the caller nothing of the database, and its detail no password', async () => {
  const store = openPostgresStore({ url: 'postgres://someone:hunter2hunter2@127.0.0.1:1/none' });
  const error: Error = await store.getKey('x').then(
    () => new Error('answered'),
    (caught) => caught,
  );
  expect(error).toMatchObject({ code: 'store.unavailable', status: 503 });
  expect(JSON.stringify(error) + inspect(error, { depth: 9 })).not.toContain('hunter2');
  await store.close();
});

/** A wire to the server that can be cut, or hold its tongue while it stays connected. */
async function relayTo(target: string) {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  const state = { silent: false, dropped: 0, url: '', listen, close };
  const listener = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
      from.on('data', (bytes) => {
        if (state.silent) state.dropped += bytes.length;
        else to.write(bytes);
      });
    }
  });
  let chosen = 0;
  async function listen(): Promise<void> {
    await new Promise<void>((resolve) => listener.listen(chosen, '127.0.0.1', resolve));
    chosen = portOf(listener);
  }
  async function close(): Promise<void> {
    const closed = new Promise((resolve) => listener.close(resolve));
    for (const socket of open) socket.destroy();
    await closed;
  }
  await listen();
  const own = new URL(target);
  own.port = String(chosen);
  state.url = own.href;
  return state;
}
