/**
 * The connections to Redis or Valkey: one for scripts, one for pushes. The only file that knows ioredis. Bounded
 * in every way; must never queue while there is no connection, nor send a command a second time.
 */
import { Redis, type RedisOptions } from 'ioredis';
import {
  type Argument,
  asReplies,
  asReply,
  type LoneScript,
  readScripts,
  type Reply,
  type ScriptName,
} from './ledger-redis-scripts.ts';

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

function bounds(waitMsMax: number) {
  return {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    connectTimeout: 800,
    // The last resort: `within` decides first, and has heard what the socket holds by then.
    commandTimeout: waitMsMax + 200,
    retryStrategy: (times: number) => Math.min(25 * 2 ** times, 400) * (0.75 + Math.random() / 2),
    // A server that was made a replica stays one: its successor is found by connecting anew.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
    protocol: 2,
    disableClientInfo: true,
    connectionName: 'sallyport',
  } as const satisfies RedisOptions;
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
  readonly #redis: Redis;
  readonly #subscriber: Redis;
  readonly #waitMsMax: number;
  readonly #channel: string;

  constructor(url: string, channel: string, waitMsMax: number) {
    this.#waitMsMax = waitMsMax;
    this.#channel = channel;
    const bounded = bounds(waitMsMax);
    // No reply for this long: the connection is given up, so that a black hole ends with a new one.
    this.#redis = new Redis(url, { ...bounded, socketTimeout: 800 });
    this.#subscriber = new Redis(url, bounded);
    for (const [name, lua] of Object.entries(readScripts())) {
      this.#redis.defineCommand(name, { numberOfKeys: 1, lua });
    }
  }

  /** Connects, and keeps trying for ever. */
  start(onReady: () => void, onPush: (message: string) => void): void {
    this.#redis.on('error', ignore).on('ready', onReady);
    this.#subscriber.on('error', ignore).on('ready', () => {
      this.#subscriber.subscribe(this.#channel).catch(() => this.#subscriber.disconnect(true));
    });
    this.#subscriber.on('message', (_channel, message: string) => onPush(message));
    this.#redis.connect().catch(ignore);
    this.#subscriber.connect().catch(ignore);
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

  /** Gives up a push connection that died silently; it would lose every revocation. */
  probePushes(): void {
    if (this.#subscriber.status !== 'ready') return;
    this.#subscriber.ping().catch(() => this.#subscriber.disconnect(true));
  }

  /** @throws Error on an outage */
  async inspect(): Promise<Inspection> {
    const ask = (section: string) => within(this.#redis.info(section), this.#waitMsMax);
    const info = (await ask('memory')) + (await ask('persistence'));
    const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
    const appendOnly = /^aof_enabled:1/m.test(info);
    const save = await within(this.#redis.config('GET', 'save'), this.#waitMsMax).catch(() => undefined);
    const snapshots = Array.isArray(save) && save[1] !== '';
    const fault = policy === 'noeviction' ? undefined : `the ledger evicts data (maxmemory-policy ${policy})`;
    if (appendOnly) return { fault, warnings: [] };
    const warning = snapshots
      ? 'Redis has no append-only file: a crash forgets the money since its last snapshot'
      : 'Redis keeps nothing on disk: a restart loses the ledger';
    return { fault, warnings: [warning] };
  }

  close(): void {
    this.#redis.disconnect();
    this.#subscriber.disconnect();
  }
}
