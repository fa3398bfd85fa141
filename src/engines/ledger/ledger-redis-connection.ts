/**
 * The connections to Redis or Valkey: one for scripts, one for pushes. The only file that knows ioredis. Bounded
 * in every way; must never queue while there is no connection, nor send a command a second time that may have run.
 */
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import {
  type Argument,
  asReplies,
  asReply,
  type LoneScript,
  readScripts,
  type Reply,
  type ScriptName,
} from './ledger-redis-scripts.ts';
import type { RedisServers } from './ledger-redis-settings.ts';

/** What the server's settings mean for money. */
export interface Inspection {
  /** Why it must not be used. */
  readonly fault?: string | undefined;
  readonly warnings: readonly string[];
}

type Run = (key: string, ...args: Argument[]) => Promise<unknown>;

declare module 'ioredis' {
  // The commands that `defineCommand` adds below.
  interface RedisCommander<Context> extends Record<ScriptName, Run> {}
}

// `ready` tells of outages; without a listener for errors they would be printed.
const ignore = () => undefined;

const AGAIN_MS = 50;
const backoffMs = (times: number): number => Math.min(25 * 2 ** times, 400) * (0.75 + Math.random() / 2);

function bounds(waitMsMax: number, more: { readonly socketTimeout?: number } = {}) {
  return {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    connectTimeout: 800,
    // A server that loads its data says how long that may take; it is often ready before, so it is asked again.
    maxLoadingRetryTime: 400,
    // The last resort: `within` decides first, and has heard what the socket holds by then.
    commandTimeout: waitMsMax + 200,
    // A server that was made a replica stays one: its successor is found by connecting anew.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
    protocol: 2,
    disableClientInfo: true,
    connectionName: 'sallyport',
    ...more,
  } as const satisfies RedisOptions;
}

type Bounds = ReturnType<typeof bounds>;

interface Address {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: object;
}

function addressOf(text: string, defaultPort: number): Address {
  const { protocol, hostname, port, username, password } = new URL(text);
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port || defaultPort),
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' && { tls: {} }),
  };
}

/** Nothing is connected yet. */
function clientOf(servers: RedisServers, options: Bounds): Redis | Cluster {
  const single = { ...options, enableOfflineQueue: false, retryStrategy: backoffMs } as const;
  if (servers.cluster) return clusterOf(servers.cluster, options);
  if (!servers.sentinels) return new Redis(servers.url ?? '', single);
  const sentinels = servers.sentinels.map((text) => addressOf(text, 26_379));
  const [first] = sentinels;
  return new Redis({
    ...single,
    sentinels: sentinels.map(({ host, port }) => ({ host, port })),
    ...(first?.username !== undefined && { sentinelUsername: first.username }),
    ...(first?.password !== undefined && { sentinelPassword: first.password }),
    ...(first?.tls && { enableTLSForSentinelMode: true, sentinelTLS: first.tls }),
    ...(servers.username !== undefined && { username: servers.username }),
    ...(servers.password !== undefined && { password: servers.password }),
    ...(servers.tls && { tls: {} }),
    name: servers.name ?? '',
    sentinelRetryStrategy: backoffMs,
    sentinelCommandTimeout: 800,
    failoverDetector: true,
  });
}

function clusterOf(nodes: readonly string[], options: Bounds): Cluster {
  const addresses = nodes.map((text) => addressOf(text, 6379));
  const { host: _, port: __, ...credentials } = addresses[0] ?? { host: '', port: 0 };
  const bounded = {
    lazyConnect: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: backoffMs,
    slotsRefreshTimeout: 800,
    slotsRefreshInterval: 2000,
    // What another node has to do was not done by this one; all else is told to the caller.
    maxRedirections: 4,
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    retryDelayOnTryAgain: 0,
    redisOptions: { ...options, ...credentials },
  } as const;
  return new Cluster(
    addresses.map(({ host, port }) => ({ host, port })),
    bounded,
  );
}

/**
 * Settles as `promise` does, but rejects after `waitMs`. In a loop that was held up the timer comes before the reply
 * that waits in the socket: one more look at the sockets tells which of them was late.
 */
export function within<T>(promise: Promise<T>, waitMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error('no reply in time'));
    const timer = setTimeout(() => setImmediate(late), Math.max(1, waitMs));
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

export class Connection {
  readonly #redis: Redis | Cluster;
  readonly #subscriber: Redis | Cluster;
  readonly #waitMsMax: number;
  readonly #channel: string;
  #isClosed = false;

  constructor(servers: RedisServers, channel: string, waitMsMax: number) {
    this.#waitMsMax = waitMsMax;
    this.#channel = channel;
    // No reply for this long: the connection is given up, so that a black hole ends with a new one. No call may wait longer.
    const socketTimeout = Math.max(800, waitMsMax + 200);
    this.#redis = clientOf(servers, bounds(waitMsMax, { socketTimeout }));
    this.#subscriber = clientOf(servers, bounds(waitMsMax));
    for (const [name, lua] of Object.entries(readScripts())) {
      this.#redis.defineCommand(name, { numberOfKeys: 1, lua });
    }
  }

  /** Connects, and keeps trying for ever. */
  start(onReady: () => void, onPush: (message: string) => void): void {
    this.#redis.on('error', ignore).on('ready', onReady);
    this.#subscriber.on('error', ignore).on('ready', () => {
      this.#subscriber.subscribe(this.#channel).catch(() => this.#reconnectPushes());
    });
    this.#subscriber.on('message', (_channel, message: string) => onPush(message));
    for (const client of [this.#redis, this.#subscriber]) {
      client.on('end', () => this.#again(client));
      client.connect().catch(ignore);
    }
  }

  /** A master that is announced while its client asks for one ends the client for good: it is begun anew. */
  #again(client: Redis | Cluster): void {
    if (this.#isClosed) return;
    setTimeout(() => {
      if (!this.#isClosed && client.status === 'end') client.connect().catch(ignore);
    }, AGAIN_MS).unref();
  }

  get ready(): boolean {
    return this.#redis.status === 'ready';
  }

  /** Runs a script. @throws Error on an outage, an error reply, or no reply in time: then it may have run */
  run(script: LoneScript, key: string, args: readonly Argument[], waitMs: number): Promise<Reply> {
    return within(this.#redis[script](key, ...args), waitMs).then(asReply);
  }

  /** Runs batch.lua. @throws as `run` */
  runBatch(key: string, calls: string, waitMs: number): Promise<readonly Reply[]> {
    return within(this.#redis.batch(key, calls), waitMs).then(asReplies);
  }

  /** Gives up a push connection that died silently; it would lose every revocation. A cluster's looks by itself. */
  probePushes(): void {
    if (this.#subscriber instanceof Cluster || this.#subscriber.status !== 'ready') return;
    this.#subscriber.ping().catch(() => this.#reconnectPushes());
  }

  #reconnectPushes(): void {
    this.#subscriber.disconnect(true);
  }

  /** Of a cluster, every master, as the house may move. @throws Error on an outage */
  async inspect(): Promise<Inspection> {
    const nodes = this.#redis instanceof Cluster ? this.#redis.nodes('master') : [this.#redis];
    const found = await Promise.all(nodes.map((node) => this.#inspectOne(node)));
    const fault = found.find((one) => one.fault !== undefined)?.fault;
    return { fault, warnings: [...new Set(found.flatMap(({ warnings }) => warnings))] };
  }

  async #inspectOne(node: Redis): Promise<Inspection> {
    const ask = (section: string) => within(node.info(section), this.#waitMsMax);
    const info = (await ask('memory')) + (await ask('persistence')) + (await ask('replication'));
    const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
    const setting = async (name: string): Promise<unknown> => {
      const pair = await within(node.config('GET', name), this.#waitMsMax).catch(() => undefined);
      return Array.isArray(pair) ? pair[1] : undefined;
    };
    const warnings: string[] = [];
    if (!/^aof_enabled:1/m.test(info)) {
      const save = await setting('save');
      warnings.push(
        save !== undefined && save !== ''
          ? 'Redis has no append-only file: a crash forgets the money since its last snapshot'
          : 'Redis keeps nothing on disk: a restart loses the ledger',
      );
    }
    const replicated = /^connected_slaves:[1-9]/m.test(info);
    if (replicated && (await setting('min-replicas-to-write')) === '0')
      warnings.push(
        'Redis has replicas and min-replicas-to-write is 0: a master that is cut off still admits',
      );
    const fault = policy === 'noeviction' ? undefined : `the ledger evicts data (maxmemory-policy ${policy})`;
    return { fault, warnings };
  }

  close(): void {
    this.#isClosed = true;
    this.#redis.disconnect();
    this.#subscriber.disconnect();
  }
}
