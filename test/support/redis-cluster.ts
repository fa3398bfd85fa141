/** Several Redis servers that belong together: a cluster, or a master with a replica and the sentinels that watch it. */
import { setTimeout as pause } from 'node:timers/promises';
import { freePorts } from './free-port.ts';
import { startRedis, type TestRedis } from './redis.ts';
import { until } from './until.ts';

export interface RedisGroup {
  /** Servers that keep data; of a sentinel group, the master first. */
  readonly servers: readonly TestRedis[];
  /** Of the nodes, or of the sentinels. */
  readonly urls: readonly string[];
  stop(): Promise<void>;
}

const SLOTS = 16_384;

/** Three masters that share the slots. */
export async function startRedisCluster(): Promise<RedisGroup> {
  const buses = await freePorts(3);
  const servers = await startAll(3, (i) => {
    const bus = ['--cluster-port', String(buses[i])];
    return ['--cluster-enabled', 'yes', '--cluster-node-timeout', '30000', ...bus];
  });
  const [first] = servers;
  for (const [i, server] of servers.entries()) {
    const from = Math.ceil((SLOTS * i) / servers.length);
    const to = Math.ceil((SLOTS * (i + 1)) / servers.length) - 1;
    await server.command('CLUSTER', 'ADDSLOTSRANGE', String(from), String(to));
    await first?.command('CLUSTER', 'MEET', '127.0.0.1', String(server.port), String(buses[i]));
  }
  for (const server of servers)
    await until(
      () => server.command('CLUSTER', 'INFO'),
      (info) => /cluster_state:ok/.test(info) && /cluster_known_nodes:3/.test(info),
    );
  return { servers, urls: servers.map(({ url }) => url), stop: () => stopAll(servers) };
}

/** A master, a replica of it, and three sentinels who hold a master dead after 1 s. */
export async function startSentinels(name: string): Promise<RedisGroup> {
  const servers = await startAll(2, () => []);
  const [master, replica] = servers;
  if (!master || !replica) throw new Error('two servers were asked for');
  await replica.command('REPLICAOF', '127.0.0.1', String(master.port));
  await until(
    () => master.command('INFO', 'replication'),
    (info) => /state=online/.test(info),
  );
  const sentinels = await startAll(3, () => ['--sentinel'], true);
  for (const sentinel of sentinels) {
    await sentinel.command('SENTINEL', 'MONITOR', name, '127.0.0.1', String(master.port), '2');
    await sentinel.command('SENTINEL', 'SET', name, 'down-after-milliseconds', '1000');
    await sentinel.command('SENTINEL', 'SET', name, 'failover-timeout', '3000');
  }
  for (const sentinel of sentinels)
    await until(
      () => sentinel.command('SENTINEL', 'CKQUORUM', name),
      (reply) => reply.startsWith('+OK 3'),
    );
  await until(
    () => sentinels[0]?.command('SENTINEL', 'REPLICAS', name) ?? '',
    (reply) => reply.includes(String(replica.port)),
  );
  const all = [...sentinels, ...servers];
  return { servers, urls: sentinels.map(({ url }) => url), stop: () => stopAll(all) };
}

/** Ports are free when they are asked for; whoever is too late tries others. */
async function startAll(
  count: number,
  settings: (server: number) => readonly string[],
  bare = false,
): Promise<TestRedis[]> {
  for (let tries = 1; ; tries++) {
    const started = await Promise.allSettled(
      Array.from({ length: count }, (_, i) => startRedis({ own: true, settings: settings(i), bare })),
    );
    const servers = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    if (servers.length === count) return servers;
    await stopAll(servers);
    if (tries === 3) throw new Error('the servers did not start');
    await pause(50);
  }
}

async function stopAll(servers: readonly TestRedis[]): Promise<void> {
  await Promise.all(servers.map((server) => server.stop()));
}
