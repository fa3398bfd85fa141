/** The pool answers every job: with its output, or with a refusal; and is whole again afterwards. */
import { getPriority } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { createPool, type Pool, type PoolOptions } from '../../src/guardrails/pool.ts';
import type { Order } from './pool-job.ts';

const pools: Pool<Order, number>[] = [];
function open(options: Partial<PoolOptions> = {}, job = './pool-job.ts'): Pool<Order, number> {
  const entry = new URL(job, import.meta.url);
  const pool = createPool<Order, number>({ entry, threads: 1, queueMax: 8, timeoutMs: 60_000, ...options });
  pools.push(pool);
  return pool;
}
const gate = (): Int32Array => new Int32Array(new SharedArrayBuffer(4));
function release(lock: Int32Array): void {
  Atomics.store(lock, 0, 1);
  Atomics.notify(lock, 0);
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

describe('a pool', () => {
  it('runs more jobs than it has threads', async () => {
    const pool = open({ threads: 2, queueMax: 20 });
    const jobs = Array.from({ length: 20 }, (_, value) => pool.run({ do: 'double', value }));
    expect(await Promise.all(jobs)).toEqual(jobs.map((_, i) => 2 * i));
    expect(pool.depth).toBe(0);
  });

  it.runIf(process.platform === 'linux')('stands behind the event loop where cores are few', async () => {
    const own = getPriority();
    expect(await open().run({ do: 'niceness' })).toBe(own + 5);
    expect(getPriority()).toBe(own);
  });

  it('moves buffers instead of copying them', async () => {
    const bytes = new Uint8Array(1024);
    expect(await open().run({ do: 'length', bytes }, [bytes.buffer])).toBe(1024);
    expect(bytes.byteLength).toBe(0);
  });

  it('refuses what its queue cannot hold, and nothing that came before', async () => {
    const pool = open({ queueMax: 1 });
    const lock = gate();
    const running = pool.run({ do: 'wait', gate: lock });
    const queued = pool.run({ do: 'double', value: 4 });
    expect(pool.depth).toBe(2);
    await expect(pool.run({ do: 'double', value: 5 })).rejects.toMatchObject({ code: 'guardrail.busy' });
    release(lock);
    expect(await running).toBe(0);
    expect(await queued).toBe(8);
  });

  it('ends a job that runs out of time, and goes on with a new thread', async () => {
    const pool = open({ timeoutMs: 1000 });
    await expect(pool.run({ do: 'hang' })).rejects.toMatchObject({ code: 'guardrail.failed' });
    expect(await pool.run({ do: 'double', value: 1 })).toBe(2);
  });

  // Shown false by a thread that is ended where its job is refused: the last answer comes from another.
  it('keeps a thread that ends a job late, with what it has learnt', async () => {
    const pool = open({ timeoutMs: 1000 });
    const thread = await pool.run({ do: 'thread' });
    const lock = gate();
    await expect(pool.run({ do: 'wait', gate: lock })).rejects.toMatchObject({ code: 'guardrail.failed' });
    const meanwhile = await pool.run({ do: 'thread' });
    expect(meanwhile).not.toBe(thread);
    release(lock);
    await expect.poll(() => pool.depth).toBe(0);
    expect(await pool.run({ do: 'thread' })).toBe(thread);
  });

  // Shown false by a thread that is ended where it is not loaded in time: it never gets to its job, nor does any other.
  it('keeps a thread that loads late', async () => {
    const pool = open({ loadMsMax: 1500 }, './pool-job-late.ts');
    const told = gate();
    await expect(pool.run({ do: 'thread', told })).rejects.toMatchObject({ code: 'guardrail.failed' });
    await expect.poll(() => told[0]).toBeGreaterThan(0);
    await expect.poll(() => pool.depth).toBe(0);
    expect(await pool.run({ do: 'thread' })).toBe(told[0]);
  });

  it('refuses a job that waited too long behind another', async () => {
    const pool = open({ timeoutMs: 100 });
    const hung = pool.run({ do: 'hang' });
    const waiting = pool.run({ do: 'double', value: 1 });
    await expect(waiting).rejects.toMatchObject({ code: 'guardrail.busy' });
    await expect(hung).rejects.toMatchObject({ code: 'guardrail.failed' });
  });

  it('hands on a refusal of the job with its code', async () => {
    const refused = open().run({ do: 'refuse' });
    await expect(refused).rejects.toMatchObject({
      code: 'request.invalid_json',
      options: { param: 'messages' },
    });
  });

  it.each([{ do: 'throw' }, { do: 'exit' }] as const)('survives a job that would $do', async (order) => {
    const pool = open();
    await expect(pool.run(order)).rejects.toMatchObject({ code: 'guardrail.failed' });
    expect(await pool.run({ do: 'double', value: 3 })).toBe(6);
  });

  it('refuses an input that cannot cross threads', async () => {
    const pool = open();
    const order: Order = { do: 'double', value: 1, extra: () => 1 } as Order;
    await expect(pool.run(order)).rejects.toMatchObject({ code: 'guardrail.failed' });
    expect(await pool.run({ do: 'double', value: 3 })).toBe(6);
  });

  it('refuses everything when its module does not load', async () => {
    const entry = new URL('./no-such-job.ts', import.meta.url);
    const pool = createPool<Order, number>({ entry, threads: 1, queueMax: 1, timeoutMs: 1000 });
    await expect(pool.run({ do: 'double', value: 1 })).rejects.toMatchObject({ code: 'guardrail.failed' });
    await pool.close();
  });

  it('closes with jobs running and waiting, and refuses them', async () => {
    const pool = open();
    const jobs = [pool.run({ do: 'hang' }), pool.run({ do: 'double', value: 1 })];
    const outcomes = Promise.allSettled(jobs);
    await pool.close();
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(pool.run({ do: 'double', value: 1 })).rejects.toMatchObject({ code: 'guardrail.busy' });
  });
});
