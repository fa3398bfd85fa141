/** The bench's table: medians over rounds, and the ratios that are held to targets. */
import { quantile } from './workload.ts';

export interface Series {
  p50Ms: number[];
  firstP50Ms: number[];
  perSecond: number[];
  cpuUs: number[];
}

export interface Figures {
  json: Series;
  fresh: Series;
  stream: Series;
  /** KiB of resident memory an open stream. */
  heldKb: number;
  /** Delay of the event loop while 1 MiB prompts arrive: most of it alone; p99 and most beside 64 calls at once. */
  lagMs: { alone: number[]; p99: number[]; most: number[] };
  /** Answers that were not what was asked for: on a machine that others load, deadlines may pass. */
  wrong: number;
}

const median = (values: readonly number[]): number => quantile(values, 0.5);
const HEADS = [
  'at one connection: p50 ms',
  'added ms',
  'at 64: calls/s',
  'CPU µs a call',
  'of a new text',
  'stream: first event added ms',
  'streams/s',
  'CPU µs a stream',
  'KiB an open stream',
  'wrong answers',
];

/** Markdown: one row a contender, then Sallyport's ratios. */
export function tableOf(figures: ReadonlyMap<string, Figures>, fdatasyncMs: number): string {
  const base = figures.get('direct');
  const rows = [...figures].map(([name, { json, fresh, stream, heldKb, wrong }]) => {
    const added = median(json.p50Ms) - median(base?.json.p50Ms ?? []);
    const first = median(stream.firstP50Ms) - median(base?.stream.firstP50Ms ?? []);
    const cells = [
      show(median(json.p50Ms), 2),
      show(added, 2),
      show(median(json.perSecond), 0),
      show(median(json.cpuUs), 0),
      show(median(fresh.cpuUs), 0),
      show(first, 2),
      show(median(stream.perSecond), 0),
      show(median(stream.cpuUs), 0),
      show(heldKb, 0),
      String(wrong),
    ];
    return `| ${name} | ${cells.join(' | ')} |`;
  });
  return [
    `| | ${HEADS.join(' | ')} |`,
    `|---|${HEADS.map(() => '---:|').join('')}`,
    ...rows,
    '',
    ...ratios(figures),
    `- fdatasync of this disk: p50 ${show(fdatasyncMs, 3)} ms (0.25 ms of it count)`,
  ].join('\n');
}

function ratios(figures: ReadonlyMap<string, Figures>): string[] {
  const ours = figures.get('Sallyport');
  if (!ours) return [];
  const lines: string[] = [];
  for (const name of ['@fastify/http-proxy', 'node:http + undici']) {
    const other = figures.get(name);
    if (!other) continue;
    const plain = median(ours.json.cpuUs) / median(other.json.cpuUs);
    const unknown = median(ours.fresh.cpuUs) / median(other.fresh.cpuUs);
    const streamed = median(ours.stream.cpuUs) / median(other.stream.cpuUs);
    const [call, fresh, stream] = [plain, unknown, streamed].map((ratio) => `${show(ratio, 2)} ×`);
    lines.push(`- CPU against ${name}: ${call} a call, ${fresh} one with a new text, ${stream} a stream`);
  }
  const { alone, p99, most } = ours.lagMs;
  lines.push(
    `- delay of the event loop while prompts of 1 MiB arrive: most ${show(median(alone), 0)} ms; beside 64 calls at once p99 ${show(median(p99), 0)} ms, most ${show(median(most), 0)} ms`,
  );
  const peer = figures.get('Portkey 1.15.2');
  if (peer) {
    const plain = median(ours.json.perSecond) / median(peer.json.perSecond);
    const streamed = median(ours.stream.perSecond) / median(peer.stream.perSecond);
    lines.push(`- throughput against Portkey: ${show(plain, 1)} × calls, ${show(streamed, 1)} × streams`);
  }
  return lines;
}

function show(value: number, digits: number): string {
  return Number.isNaN(value) ? '–' : value.toFixed(digits);
}
