/** Runs in a thread of the pool: loads one module and answers its jobs one after the other. Starts nothing else. */
import { getPriority, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { Refusal, type RefusalOptions } from '../base/errors.ts';
import type { Code } from '../base/errors.ts';

/** What comes back for a job; the first message, without output, says that the module is loaded. */
export type Reply<O> =
  | { readonly kind: 'ready' }
  | { readonly kind: 'output'; readonly output: O }
  | { readonly kind: 'refusal'; readonly code: Code; readonly options: RefusalOptions }
  | { readonly kind: 'fault'; readonly message: string };

/** Niceness: where cores are few, a large text waits for small calls and not they for it. */
const BEHIND = 5;

const port = parentPort;
if (port) {
  // setpriority(2): on Linux it is this thread's alone, elsewhere the whole process's.
  if (process.platform === 'linux') setPriority(Math.min(19, getPriority() + BEHIND));
  const { entry }: { entry: string } = workerData;
  const { default: job }: { default: (input: unknown) => unknown } = await import(entry);
  port.on('message', (input: unknown) => port.postMessage(answer(job, input)));
  port.postMessage({ kind: 'ready' } satisfies Reply<unknown>);
}

/** A refusal keeps its code over the thread's border; causes do not cross it. */
function answer(job: (input: unknown) => unknown, input: unknown): Reply<unknown> {
  try {
    return { kind: 'output', output: job(input) };
  } catch (error) {
    if (!(error instanceof Refusal)) return { kind: 'fault', message: String(error) };
    const { cause: _, ...options } = error.options;
    return { kind: 'refusal', code: error.code, options };
  }
}
