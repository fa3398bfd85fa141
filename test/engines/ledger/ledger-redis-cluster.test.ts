import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RedisLedger } from '../../../src/engines/ledger/ledger-redis.ts';
import { ledgerContract } from '../../contracts/ledger.ts';
import { startRedisCluster, type RedisGroup } from '../../support/redis-cluster.ts';
import { openRedisLedger } from '../../support/redis-ledger.ts';

/** A day of a century, so that no test meets midnight. */
const LONG = { minute: 60_000, hour: 3_600_000, day: 36_525 * 86_400_000 };

let cluster: RedisGroup;
beforeAll(async () => {
  cluster = await startRedisCluster();
});
afterAll(() => cluster.stop());

const opened: RedisLedger[] = [];
afterAll(() => Promise.all(opened.map((ledger) => ledger.close())));

async function open(namespace: string): Promise<RedisLedger> {
  // One node is enough to find the others.
  const ledger = await openRedisLedger({ cluster: cluster.urls.slice(0, 1), namespace, windowsMs: LONG });
  opened.push(ledger);
  return ledger;
}

ledgerContract('a cluster', async () => {
  const ledger = await open(randomUUID());
  return { ledger, lengths: LONG, advance: (ms: number) => pause(ms + 5), close: () => ledger.close() };
});

describe('a cluster', () => {
  test('houses lie on all of its nodes, each whole on one', async () => {
    const houses = await Promise.all(Array.from({ length: 12 }, (_, i) => open(`house-${i}`)));
    const scopes = [{ kind: 'user', id: 'ann' }] as const;
    await Promise.all(
      houses.map((ledger) => ledger.admit({ reservationId: randomUUID(), scopes, tokens: 1, nano: 1 })),
    );
    const found = await Promise.all(cluster.servers.map((server) => server.command('DBSIZE')));
    expect(found.every((reply) => Number(reply.slice(1)) > 0)).toBe(true);
  });

  test('a node that evicts makes the ledger not usable', async () => {
    await cluster.servers[2]?.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    const ledger = await open('house-0');
    expect(ledger.health()).toMatchObject({ usable: false, reason: expect.stringContaining('allkeys-lru') });
    await cluster.servers[2]?.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    await expect.poll(() => ledger.health().usable).toBe(true);
  });
});
