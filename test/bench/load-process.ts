/** The load generator, a process of its own on undici: does one order at a time, and checks every answer. */
import { Pool, type Dispatcher } from 'undici';
import { bodyOf, quantile, type Measured, type Order, type Workload } from './workload.ts';

interface Sample {
  readonly ms: number;
  readonly firstMs: number;
  /** What was wrong with the answer; undefined if nothing. */
  readonly wrong: string | undefined;
}

/** One request; for `hold` resolves at the first byte and leaves the stream open. */
function once(pool: Pool, options: Dispatcher.DispatchOptions, workload: Workload): Promise<Sample> {
  const { promise, resolve } = Promise.withResolvers<Sample>();
  const startedAt = performance.now();
  let [firstMs, bytes, status, tail] = [0, 0, 0, ''];
  const finish = (good: boolean, why = `${status} …${tail}`): void =>
    resolve({ ms: performance.now() - startedAt, firstMs, wrong: good ? undefined : why });
  pool.dispatch(options, {
    onRequestStart() {},
    onResponseStart(_controller, statusCode) {
      status = statusCode;
    },
    onResponseData(_controller, chunk) {
      if (bytes === 0) firstMs = performance.now() - startedAt;
      bytes += chunk.length;
      tail = (tail + chunk.subarray(-200).toString('latin1')).slice(-200);
      if (workload === 'hold') finish(status === 200);
    },
    onResponseEnd() {
      finish(status === 200 && bytes > 0 && (workload !== 'stream' || tail.includes('[DONE]')));
    },
    onResponseError(_controller, error) {
      finish(false, error.message);
    },
  });
  return promise;
}

const holding: Pool[] = [];
/** Of texts that nobody ever sent. */
let serial = 0;

async function measure(order: Order): Promise<Measured> {
  const { origin, pathname } = new URL(order.url);
  const pool = new Pool(origin, { connections: order.connections, pipelining: 1, bodyTimeout: 0 });
  const body = bodyOf(order.workload);
  const headers = { 'content-type': 'application/json', ...order.headers };
  const options = { path: pathname, method: 'POST' as const, headers };
  const isNew = order.workload === 'fresh' || order.workload === 'large';
  const samples: Sample[] = [];
  const startedAt = performance.now();
  let left = order.requestsMax;
  const worker = async (): Promise<void> => {
    while (left-- > 0 && performance.now() - startedAt < order.durationMsMax) {
      const own = isNew ? bodyOf(order.workload, ++serial) : body;
      samples.push(await once(pool, { ...options, body: own }, order.workload));
    }
  };
  await Promise.all(Array.from({ length: order.connections }, worker));
  const elapsedMs = performance.now() - startedAt;
  if (order.workload === 'hold') holding.push(pool);
  else await pool.close();
  const good = samples.filter((sample) => sample.wrong === undefined);
  const times = good.map((sample) => sample.ms);
  const firstP50Ms = quantile(
    good.map((sample) => sample.firstMs),
    0.5,
  );
  return {
    requests: good.length,
    errors: samples.length - good.length,
    firstError: samples.find((sample) => sample.wrong !== undefined)?.wrong,
    elapsedMs,
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
    firstP50Ms,
  };
}

async function release(): Promise<null> {
  await Promise.all(holding.splice(0).map((pool) => pool.destroy()));
  return null;
}

process.on('message', (order: Order | 'release') => {
  const work = order === 'release' ? release() : measure(order);
  work.then(
    (measured) => process.send?.(measured),
    () => process.exit(1),
  );
});
process.on('disconnect', () => process.exit(0));
