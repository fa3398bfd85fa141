/** What is sent in the bench, and the messages its processes exchange. */

/** `seed` of a stream that upstream keeps open after its first event. */
export const HOLD = -1;
export const PORT_MESSAGE = 'port';

/**
 * `json` and `stream`: a turn of a conversation whose texts were sent before. `fresh`: texts that nobody ever sent.
 * `large`: 1 MiB of them. `hold`: a stream that stays open.
 */
export type Workload = 'json' | 'fresh' | 'stream' | 'large' | 'hold';

/** One order to the load process; times in its result are milliseconds. */
export interface Order {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly workload: Workload;
  readonly connections: number;
  /** Whichever comes first. */
  readonly requestsMax: number;
  readonly durationMsMax: number;
}

export interface Measured {
  readonly requests: number;
  readonly errors: number;
  /** Status and end of the first wrong answer. */
  readonly firstError: string | undefined;
  readonly elapsedMs: number;
  /** Whole answer. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** First byte of the body. */
  readonly firstP50Ms: number;
}

const PROSE =
  'Please summarise the minutes of our planning meeting. The team agreed to move the launch to the second week ' +
  'of the month, to keep the old dashboard until the new one has been used by every region, and to look again ' +
  'at the order of the checklist. ';

const LARGE_TIMES = Math.ceil(1_048_576 / PROSE.length);

/** A chat request of about 1.5 KB, or 1 MiB, benign, capped at 256 tokens. */
export function bodyOf(workload: Workload, serial = 0): string {
  const streamed = workload === 'stream' || workload === 'hold';
  const prose = PROSE.repeat(workload === 'large' ? LARGE_TIMES : 5);
  const isNew = workload === 'fresh' || workload === 'large';
  return JSON.stringify({
    // 1 MiB needs a model with room for it.
    model: workload === 'large' ? 'gpt-4.1-mini' : 'gpt-4o-mini',
    max_tokens: 256,
    ...(streamed && { stream: true, seed: workload === 'hold' ? HOLD : 50 }),
    messages: [
      { role: 'system', content: 'You are a careful assistant. Answer in one short paragraph.' },
      { role: 'user', content: isNew ? `Meeting ${serial}. ${prose}` : prose },
    ],
  });
}

export function chunkText(delta?: object, finish_reason: string | null = null, usage?: object): string {
  const choices = delta ? [{ index: 0, delta, finish_reason }] : [];
  const head = { id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o-mini' };
  return `data: ${JSON.stringify({ ...head, choices, ...(usage && { usage }) })}\n\n`;
}

/** Of a list of numbers, by nearest rank; NaN for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
