/**
 * `npm run bench -- events [quick]`: how much later each event of an answer arrives, streamed and over a socket, beside a
 * proxy that only forwards. Upstream speaks at the pace of a model and notes when it said what; one answer at a time.
 */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fetch } from 'undici';
import { WebSocket, WebSocketServer } from 'ws';
import { startRedis } from '../support/redis.ts';
import { saidEvents } from '../support/socket-answers.ts';
import { bareProxy, direct, sallyport, type Contender } from './contenders.ts';
import { pinSelf } from './worker.ts';
import { bodyOf, chunkText, quantile } from './workload.ts';

const EVENTS = 50;
/** Milliseconds between two events: a fast model, and a usual one. */
const GAPS = [5, 20] as const;
const WORDS =
  'The team agreed to move the launch to the second week of the month and to keep the old page. '.split(
    /(?= )/,
  );
const PIECES = Array.from({ length: EVENTS }, (_, at) => WORDS[at % WORDS.length] ?? '');

/** What upstream notes of the one answer that is under way. */
interface Pace {
  gapMs: number;
  /** When each piece was said. */
  saidAt: number[];
}

/** Delays of the pieces of all rounds, in milliseconds, and answers that were not whole: on a machine that others load, deadlines pass. */
interface Series {
  readonly firstMs: number[];
  readonly delayMs: number[];
  wrong: number;
}
const noSeries = (): Series => ({ firstMs: [], delayMs: [], wrong: 0 });

async function stream(reply: ServerResponse, pace: Pace): Promise<void> {
  reply.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  for (const content of PIECES) {
    pace.saidAt.push(performance.now());
    reply.write(chunkText({ content }));
    await sleep(pace.gapMs);
  }
  const usage = { prompt_tokens: 320, completion_tokens: EVENTS, total_tokens: 370 };
  reply.end(`${chunkText({}, 'stop')}${chunkText(undefined, null, usage)}data: [DONE]\n\n`);
}

async function speak(socket: WebSocket, pace: Pace): Promise<void> {
  for (const event of saidEvents(PIECES)) {
    const isPiece = event['type'] === 'response.output_text.delta';
    if (isPiece) pace.saidAt.push(performance.now());
    socket.send(JSON.stringify(event));
    if (isPiece) await sleep(pace.gapMs);
  }
}

async function startUpstream(pace: Pace) {
  const server = createServer((request, reply) => {
    request.resume().once('end', () => void stream(reply, pace));
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => socket.on('message', () => void speak(socket, pace)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { origin: `http://127.0.0.1:${port}`, close: () => server.close().closeAllConnections() };
}

/** Says of each piece, in its order, how long it took, if all of them came. */
function take(series: Series, startedAt: number, arrivedAt: readonly number[], pace: Pace): void {
  if (arrivedAt.length !== EVENTS) {
    series.wrong++;
    return;
  }
  series.firstMs.push((arrivedAt[0] ?? Number.NaN) - startedAt);
  for (const [at, ms] of arrivedAt.entries()) series.delayMs.push(ms - (pace.saidAt[at] ?? Number.NaN));
}

async function streamed({ url, headers }: Contender, pace: Pace, series: Series): Promise<void> {
  pace.saidAt = [];
  const startedAt = performance.now();
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: bodyOf('stream'),
  });
  const arrivedAt: number[] = [];
  for await (const chunk of answer.body ?? []) {
    const now = performance.now();
    const pieces =
      Buffer.from(chunk)
        .toString('utf8')
        .match(/"content":"/g)?.length ?? 0;
    for (let at = 0; at < pieces; at++) arrivedAt.push(now);
  }
  take(series, startedAt, arrivedAt, pace);
}

async function overSocket({ url, headers }: Contender, pace: Pace, series: Series): Promise<void> {
  pace.saidAt = [];
  const address = url.replace('http:', 'ws:').replace('/chat/completions', '/responses');
  const socket = new WebSocket(address, { headers });
  await once(socket, 'open');
  const arrivedAt: number[] = [];
  const over = new Promise<void>((resolve) => {
    socket.on('message', (data) => {
      const event = Buffer.isBuffer(data) ? data.toString('utf8') : '';
      if (event.includes('"response.output_text.delta"')) arrivedAt.push(performance.now());
      if (event.includes('"response.completed"') || event.includes('"type":"error"')) resolve();
    });
  });
  const startedAt = performance.now();
  socket.send(JSON.stringify({ type: 'response.create', model: 'gpt-4o-mini', input: 'Please go on.' }));
  await over;
  socket.terminate();
  take(series, startedAt, arrivedAt, pace);
}

const WAYS = { 'a stream': streamed, 'a socket': overSocket } as const;
type Way = keyof typeof WAYS;
const isWay = (name: string): name is Way => Object.hasOwn(WAYS, name);
const ways = Object.keys(WAYS).filter(isWay);

/** One row a contender: first piece, then median and 95th percentile of all, over what they took without it. */
function tableOf(taken: ReadonlyMap<string, Series>, names: readonly string[]): string {
  const columns = ways.flatMap((way) => GAPS.map((gap) => `${way}, ${gap} ms apart`));
  const of = (name: string, column: string): Series => taken.get(`${name} ${column}`) ?? noSeries();
  const rows = names.map((name) => {
    const cells = columns.map((column) => {
      const [own, base] = [of(name, column), of('direct', column)];
      const added = (share: number) =>
        (quantile(own.delayMs, share) - quantile(base.delayMs, share)).toFixed(2);
      const first = (quantile(own.firstMs, 0.5) - quantile(base.firstMs, 0.5)).toFixed(2);
      return `${first} / ${added(0.5)} / ${added(0.95)}`;
    });
    const wrong = columns.reduce((sum, column) => sum + of(name, column).wrong, 0);
    return `| ${[name, ...cells, wrong].join(' | ')} |`;
  });
  return [
    `| | ${columns.join(' | ')} | wrong answers |`,
    `|---|${columns.map(() => '---:|').join('')}---:|`,
    ...rows,
  ].join('\n');
}

/** @returns Markdown: added milliseconds, first piece / median / 95th percentile */
export async function benchEvents(rounds: number): Promise<string> {
  pinSelf();
  const pace: Pace = { gapMs: 0, saidAt: [] };
  const redis = await startRedis();
  const upstream = await startUpstream(pace);
  const contenders = [
    direct(upstream.origin),
    await bareProxy('http', upstream.origin),
    await sallyport(upstream.origin, redis.url, { endpoints: { allow: ['chat.completions', 'sockets'] } }),
  ];
  const taken = new Map<string, Series>();
  try {
    for (let round = 0; round <= rounds; round++) {
      for (const way of ways) {
        for (const gapMs of GAPS) {
          pace.gapMs = gapMs;
          for (const contender of contenders) {
            const name = `${contender.name} ${way}, ${gapMs} ms apart`;
            const series = taken.get(name) ?? noSeries();
            // The first round warms up.
            if (round > 0) taken.set(name, series);
            await WAYS[way](contender, pace, series);
          }
        }
      }
    }
    const names = contenders.slice(1).map(({ name }) => name);
    return tableOf(taken, names);
  } finally {
    for (const contender of contenders) await contender.stop();
    upstream.close();
    await redis.stop();
  }
}
