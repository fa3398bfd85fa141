/**
 * A TCP proxy that does harm on demand, in front of Redis or upstream. What it did is counted, so that a test can
 * show that its fault was there.
 */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** What is wrong from now on, on open connections too. `{}`: nothing. */
export interface Faults {
  /** What the client sends arrives so much later; replies are not delayed. */
  readonly latencyMs?: number;
  /** Replies arrive so much later. */
  readonly replyLatencyMs?: number;
  /** Nothing passes either way; connections are accepted and hang. What was held passes when this ends. */
  readonly blackHole?: boolean;
  /** A connection is reset once so many bytes of replies have passed on it since this was set. */
  readonly resetAfterBytes?: number;
  /** The next so many replies (as chunks of the wire) are swallowed, and their connection reset. */
  readonly dropReply?: number;
  readonly dripBytesPerSecond?: number;
  /** Nobody listens, and open connections are reset. */
  readonly refuse?: boolean;
}

export interface FaultProxy {
  readonly port: number;
  set(faults: Faults): Promise<void>;
  /** How often each fault was done. */
  readonly counts: Readonly<Record<'delayed' | 'held' | 'reset' | 'dropped' | 'dripped' | 'refused', number>>;
  close(): Promise<void>;
}

/** A client's connection and ours to the target. */
interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** Bytes of replies. */
  passed: number;
  /** What waits for a black hole to end. */
  readonly wake: (() => void)[];
}

const DRIP_EVERY_MS = 20;

export async function startFaultProxy(target: { host?: string; port: number }): Promise<FaultProxy> {
  let faults: Faults = {};
  let toDrop = 0;
  const counts = { delayed: 0, held: 0, reset: 0, dropped: 0, dripped: 0, refused: 0 };
  const pairs = new Set<Pair>();
  const server = createServer((client) => serve(client));

  /** Passes what one side sends to the other, chunk by chunk, in order, through the faults of the moment. */
  function pass(
    from: Socket,
    to: Socket,
    pair: typeof pairs extends Set<infer P> ? P : never,
    reply: boolean,
  ): void {
    let last = Promise.resolve();
    from.on('data', (chunk: Buffer) => {
      const delayMs = (reply ? faults.replyLatencyMs : faults.latencyMs) ?? 0;
      const due = performance.now() + delayMs;
      last = last.then(() => hand(chunk, due));
    });
    async function hand(chunk: Buffer, due: number): Promise<void> {
      const waitMs = due - performance.now();
      if (waitMs > 1) {
        counts.delayed++;
        await sleep(waitMs);
      }
      if (faults.blackHole) {
        counts.held++;
        await new Promise<void>((resolve) => pair.wake.push(resolve));
      }
      if (reply && toDrop > 0) {
        toDrop--;
        counts.dropped++;
        reset(pair);
        return;
      }
      if (reply && faults.dripBytesPerSecond !== undefined) await drip(chunk, to, faults.dripBytesPerSecond);
      else if (to.writable) to.write(chunk);
      pair.passed += reply ? chunk.length : 0;
      if (faults.resetAfterBytes !== undefined && pair.passed >= faults.resetAfterBytes) {
        counts.reset++;
        reset(pair);
      }
    }
  }

  async function drip(chunk: Buffer, to: Socket, bytesPerSecond: number): Promise<void> {
    counts.dripped++;
    const size = Math.max(1, Math.round((bytesPerSecond * DRIP_EVERY_MS) / 1000));
    for (let at = 0; at < chunk.length && to.writable; at += size) {
      to.write(chunk.subarray(at, at + size));
      await sleep(DRIP_EVERY_MS);
    }
  }

  function serve(client: Socket): void {
    const upstream = connect(target.port, target.host ?? '127.0.0.1');
    const pair: Pair = { client, server: upstream, passed: 0, wake: [] };
    pairs.add(pair);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.setNoDelay(true);
      one.on('error', () => other.destroy());
      one.on('end', () => other.end());
      one.on('close', () => {
        other.destroy();
        pairs.delete(pair);
      });
    }
    pass(client, upstream, pair, false);
    pass(upstream, client, pair, true);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const { port } = address;

  async function stopListening(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const pair of pairs) reset(pair);
    await closed;
  }

  return {
    port,
    counts,
    set: async (next) => {
      faults = next;
      toDrop = next.dropReply ?? 0;
      for (const pair of pairs) pair.passed = 0;
      if (!next.blackHole) for (const pair of pairs) for (const wake of pair.wake.splice(0)) wake();
      if (next.refuse) {
        counts.refused++;
        await stopListening();
      } else if (!server.listening) {
        server.listen(port, '127.0.0.1');
        await once(server, 'listening');
      }
    },
    close: stopListening,
  };
}

function reset(pair: Pair): void {
  pair.client.resetAndDestroy();
  pair.server.resetAndDestroy();
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
