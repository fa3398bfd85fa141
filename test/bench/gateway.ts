/**
 * `npm run bench [-- quick]`: what the guard costs, side by side in one interleaved run, as medians over rounds.
 * Figures of different runs are not comparable; the ratios within one are.
 */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis } from '../support/redis.ts';
import { bareProxy, direct, portkey, sallyport, type Contender } from './contenders.ts';
import { tableOf, type Figures, type Series } from './report.ts';
import { command, cpuMs, pinned, pinSelf, portOf, residentKb, start } from './worker.ts';
import { quantile, type Measured, type Order } from './workload.ts';

const quick = process.argv.includes('quick');
const ROUNDS = quick ? 3 : 7;
const SINGLE = quick ? 150 : 400;
const BUSY_MS = quick ? 800 : 2500;
/** V8 goes on compiling for some 50,000 calls of the gateway: by calls, as by time the slower would be judged the colder. */
const WARM_CALLS = quick ? 8000 : 30_000;
const HELD_FEW = 100;
const HELD = quick ? 200 : 500;
const CONNECTIONS = 64;
const LARGE_CONNECTIONS = 4;

const say = (line: string): void => void process.stderr.write(`${line}\n`);
type Load = ReturnType<typeof start>;

async function run(
  load: Load,
  contender: Contender,
  order: Omit<Order, 'url' | 'headers'>,
): Promise<Measured> {
  const measured = await command(load, { url: contender.url, headers: contender.headers, ...order });
  const { errors, requests, firstError } = measured;
  if (errors > 0) {
    const what = `${contender.name}: ${errors} of ${errors + requests} answers (${order.workload}) were wrong: ${firstError}`;
    if (requests === 0) throw new Error(what);
    say(what);
  }
  return measured;
}

/** One round of one contender: latency alone, then throughput and CPU under load, plain and streamed. */
async function round(load: Load, contender: Contender, into: Figures): Promise<void> {
  for (const workload of ['json', 'fresh', 'stream'] as const) {
    const alone = await run(load, contender, {
      workload,
      connections: 1,
      requestsMax: SINGLE,
      durationMsMax: 60_000,
    });
    into[workload].p50Ms.push(alone.p50Ms);
    into[workload].firstP50Ms.push(alone.firstP50Ms);
    const before = contender.pid ? cpuMs(contender.pid) : 0;
    const busy = await run(load, contender, {
      workload,
      connections: CONNECTIONS,
      requestsMax: Number.MAX_SAFE_INTEGER,
      durationMsMax: BUSY_MS,
    });
    const spentMs = contender.pid ? cpuMs(contender.pid) - before : Number.NaN;
    into[workload].perSecond.push((busy.requests / busy.elapsedMs) * 1000);
    into[workload].cpuUs.push((spentMs / busy.requests) * 1000);
    into.wrong += alone.errors + busy.errors;
  }
}

/**
 * KiB of resident memory an open stream costs, by the difference between few and many. Measured before the busy
 * rounds: after them the memory they left free would hide it.
 */
async function heldKb(load: Load, contender: Contender): Promise<number> {
  if (!contender.pid) return Number.NaN;
  const hold = async (count: number) => {
    await run(load, contender, {
      workload: 'hold',
      connections: count,
      requestsMax: count,
      durationMsMax: 60_000,
    });
    return residentKb(contender.pid ?? 0);
  };
  const few = await hold(HELD_FEW);
  const many = await hold(HELD);
  await command(load, 'release');
  return (many - few) / HELD;
}

/** So that everything was run so often: calls, and as many streams. */
async function warm(load: Load, contender: Contender, requestsMax: number, connections = 1): Promise<void> {
  for (const workload of ['json', 'fresh', 'stream'] as const) {
    await run(load, contender, { workload, connections, requestsMax, durationMsMax: 120_000 });
  }
}

/** The timer that prom-client's histogram times: an event loop that is never late is in it with so much. */
const LAG_TIMER_MS = 10;

/** Milliseconds that its event loop was late since it was last asked. */
async function lagMs(url: string): Promise<{ readonly p99: number; readonly most: number }> {
  const metrics = await (await fetch(url)).text();
  const read = (name: string): number =>
    Number(new RegExp(`^sallyport_nodejs_eventloop_lag_${name}_seconds (\\S+)$`, 'm').exec(metrics)?.[1]) *
      1000 -
    LAG_TIMER_MS;
  return { p99: read('p99'), most: read('max') };
}

/** Prompts of 1 MiB, four at a time, alone and beside the usual load. */
async function crowd(loads: readonly [Load, Load], contender: Contender, into: Figures): Promise<void> {
  if (contender.metricsUrl === undefined) return;
  const order = { requestsMax: Number.MAX_SAFE_INTEGER, durationMsMax: BUSY_MS };
  const large = { workload: 'large' as const, connections: LARGE_CONNECTIONS, ...order };
  await lagMs(contender.metricsUrl);
  const alone = await run(loads[1], contender, large);
  into.lagMs.alone.push((await lagMs(contender.metricsUrl)).most);
  const ends = [
    alone,
    ...(await Promise.all([
      run(loads[0], contender, { workload: 'json', connections: CONNECTIONS, ...order }),
      run(loads[1], contender, large),
    ])),
  ];
  const { p99, most } = await lagMs(contender.metricsUrl);
  into.lagMs.p99.push(p99);
  into.lagMs.most.push(most);
  for (const { errors } of ends) into.wrong += errors;
}

/** Milliseconds one fdatasync of this disk takes, as the audit log's does. */
function fdatasyncP50Ms(): number {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
  const file = openSync(join(folder, 'probe'), 'a');
  const times = Array.from({ length: 200 }, () => {
    writeSync(file, 'x'.repeat(600));
    const startedAt = performance.now();
    fdatasyncSync(file);
    return performance.now() - startedAt;
  });
  closeSync(file);
  rmSync(folder, { recursive: true, force: true });
  return quantile(times, 0.5);
}

function noSeries(): Series {
  return { p50Ms: [], firstP50Ms: [], perSecond: [], cpuUs: [] };
}

function noFigures(): Figures {
  return {
    json: noSeries(),
    fresh: noSeries(),
    stream: noSeries(),
    heldKb: Number.NaN,
    lagMs: { alone: [], p99: [], most: [] },
    wrong: 0,
  };
}

pinSelf();
if (!pinned) say('Nothing is pinned to a core here (no taskset, or one core): the ratios are softer.');
const redis = await startRedis();
const upstream = start('upstream-process.ts');
const origin = `http://127.0.0.1:${await portOf(upstream)}`;
const load = start('load-process.ts');
const second = start('load-process.ts');
const contenders = [
  direct(origin),
  await bareProxy('http', origin),
  await bareProxy('fastify', origin),
  await sallyport(origin, redis.url),
];
const peer = await portkey(origin);
if (typeof peer === 'string') say(peer);
else contenders.push(peer);

const figures = new Map(contenders.map((contender) => [contender.name, noFigures()]));
try {
  say('memory of open streams');
  for (const contender of contenders) {
    await warm(load, contender, SINGLE);
    const into = figures.get(contender.name);
    if (into) into.heldKb = await heldKb(load, contender);
  }
  say('warming up');
  for (const contender of contenders) {
    await warm(load, contender, WARM_CALLS, CONNECTIONS);
    await crowd([load, second], contender, noFigures());
  }
  for (let at = 1; at <= ROUNDS; at++) {
    say(`round ${at} of ${ROUNDS}`);
    for (const contender of contenders) {
      const into = figures.get(contender.name);
      if (!into) continue;
      await round(load, contender, into);
      await crowd([load, second], contender, into);
    }
  }
  process.stdout.write(`${tableOf(figures, fdatasyncP50Ms())}\n`);
} finally {
  for (const contender of contenders) await contender.stop();
  load.kill();
  second.kill();
  upstream.kill();
  await redis.stop();
}
