/**
 * Admissions and settlements of one moment travel in one call of one script: at 64 connections that is a fifth of the
 * calls. Must never change what becomes of one because of another: they fail together only when none has an answer.
 */
import { COMPANY_MS, Crowd } from '../crowd.ts';
import type { CallArguments, Reply } from './ledger-redis-scripts.ts';

/** Sends the JSON of batch.lua. @throws Error on an outage, an error reply, or no reply in time */
export type SendBatch = (calls: string) => Promise<readonly Reply[]>;

interface Waiting extends CallArguments {
  readonly name: 'admit' | 'settle';
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

/** A batch blocks the server for some 30 µs a call. */
const CALLS_MAX = 64;

export class Batch {
  readonly #send: SendBatch;
  readonly #crowd = new Crowd();
  #waiting: Waiting[] = [];
  #soon: NodeJS.Immediate | undefined;
  #later: NodeJS.Timeout | undefined;

  constructor(send: SendBatch) {
    this.#send = send;
  }

  /** Leaves with all that wait, at the end of this turn of the event loop, or in a crowd a moment later. */
  admit(args: CallArguments): Promise<Reply> {
    const reply = this.#add('admit', args);
    if (this.#crowd.arrive()) this.#leaveLater();
    else this.#soon ??= setImmediate(() => this.flush());
    return reply;
  }

  /** Leaves with the next admission, or soon: nobody waits for it. */
  settle(args: CallArguments): Promise<Reply> {
    const reply = this.#add('settle', args);
    this.#leaveLater();
    return reply;
  }

  #leaveLater(): void {
    if (!this.#soon) this.#later ??= setTimeout(() => this.flush(), COMPANY_MS);
  }

  /** Sends what waits now: whatever is sent next finds it done. */
  flush(): void {
    clearImmediate(this.#soon);
    clearTimeout(this.#later);
    this.#soon = undefined;
    this.#later = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let from = 0; from < waiting.length; from += CALLS_MAX) {
      void this.#sendAll(waiting.slice(from, from + CALLS_MAX));
    }
  }

  #add(name: Waiting['name'], { own, all }: CallArguments): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ name, own, all, resolve, reject });
    });
  }

  async #sendAll(batch: readonly Waiting[]): Promise<void> {
    try {
      const replies = await this.#send(textOf(batch));
      for (const [i, { resolve, reject }] of batch.entries()) {
        const reply = replies[i];
        if (reply) resolve(reply);
        else reject(new Error('the ledger gave an unreadable reply'));
      }
    } catch (error) {
      // The server refused one of them: each by itself, since none takes effect twice.
      if (isRefusedByServer(error) && batch.length > 1) for (const one of batch) void this.#sendAll([one]);
      else for (const { reject } of batch) reject(error);
    }
  }
}

/** As batch.lua takes it: what calls have in common stands there once. */
function textOf(batch: readonly Waiting[]): string {
  const places = new Map<string, number>();
  let calls = '';
  for (const { name, own, all } of batch) {
    let place = places.get(all);
    if (place === undefined) places.set(all, (place = places.size + 1));
    calls += `,"${name}",${own},${place}`;
  }
  return `[[${[...places.keys()].join(',')}]${calls}]`;
}

/** An error reply: a call alone that gets one took nothing. */
export function isRefusedByServer(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}
