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

type Counts = { -readonly [fault in keyof FaultProxy['counts']]: number };

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

/** On a free port of loopback. */
export async function startFaultProxy(target: { host?: string; port: number }): Promise<FaultProxy> {
  const wires = new Wires();
  const server = createServer((client) => {
    wires.join(client, connect(target.port, target.host ?? '127.0.0.1'));
  });
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return address.port;
  };
  const stopListening = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    wires.resetAll();
    await closed;
  };
  const port = await listen(0);
  return {
    port,
    counts: wires.counts,
    set: async (next) => {
      wires.set(next);
      if (next.refuse) await stopListening();
      else if (!server.listening) await listen(port);
    },
    close: stopListening,
  };
}

/** The open connections, and what is wrong with them at the moment. */
class Wires {
  readonly counts: Counts = { delayed: 0, held: 0, reset: 0, dropped: 0, dripped: 0, refused: 0 };
  readonly #pairs = new Set<Pair>();
  #faults: Faults = {};
  #toDrop = 0;

  set(faults: Faults): void {
    this.#faults = faults;
    this.#toDrop = faults.dropReply ?? 0;
    if (faults.refuse) this.counts.refused++;
    for (const pair of this.#pairs) {
      pair.passed = 0;
      if (!faults.blackHole) for (const wake of pair.wake.splice(0)) wake();
    }
  }

  resetAll(): void {
    for (const pair of this.#pairs) reset(pair);
  }

  join(client: Socket, server: Socket): void {
    const pair: Pair = { client, server, passed: 0, wake: [] };
    this.#pairs.add(pair);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.setNoDelay(true);
      one.on('error', () => other.destroy());
      one.on('end', () => other.end());
      one.on('close', () => {
        other.destroy();
        this.#pairs.delete(pair);
      });
    }
    this.#pass(pair, false);
    this.#pass(pair, true);
  }

  /** Passes what one side sends to the other, chunk by chunk, in order, through the faults of the moment. */
  #pass(pair: Pair, reply: boolean): void {
    let last = Promise.resolve();
    (reply ? pair.server : pair.client).on('data', (chunk: Buffer) => {
      const delayMs = (reply ? this.#faults.replyLatencyMs : this.#faults.latencyMs) ?? 0;
      const due = performance.now() + delayMs;
      last = last.then(() => this.#hand(chunk, due, pair, reply));
    });
  }

  async #hand(chunk: Buffer, due: number, pair: Pair, reply: boolean): Promise<void> {
    const waitMs = due - performance.now();
    if (waitMs > 1) {
      this.counts.delayed++;
      await sleep(waitMs);
    }
    if (this.#faults.blackHole) {
      this.counts.held++;
      await new Promise<void>((resolve) => pair.wake.push(resolve));
    }
    if (reply && this.#toDrop > 0) {
      this.#toDrop--;
      this.counts.dropped++;
      reset(pair);
      return;
    }
    const { dripBytesPerSecond, resetAfterBytes } = this.#faults;
    const to = reply ? pair.client : pair.server;
    if (reply && dripBytesPerSecond !== undefined) await this.#drip(chunk, to, dripBytesPerSecond);
    else if (to.writable) to.write(chunk);
    pair.passed += reply ? chunk.length : 0;
    if (resetAfterBytes !== undefined && pair.passed >= resetAfterBytes) {
      this.counts.reset++;
      reset(pair);
    }
  }

  async #drip(chunk: Buffer, to: Socket, bytesPerSecond: number): Promise<void> {
    this.counts.dripped++;
    const size = Math.max(1, Math.round((bytesPerSecond * DRIP_EVERY_MS) / 1000));
    for (let at = 0; at < chunk.length && to.writable; at += size) {
      to.write(chunk.subarray(at, at + size));
      await sleep(DRIP_EVERY_MS);
    }
  }
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
