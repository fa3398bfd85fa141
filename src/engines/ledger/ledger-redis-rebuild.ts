/**
 * Books of a Redis ledger that were lost, written anew from what the records say, or found whole. Only one process
 * does it at a time, and what it wrote counts only if the server still has all of it. Must never leave out money.
 */
import { randomUUID } from 'node:crypto';
import { utcDay } from '../../base/clock.ts';
import type { Known, LedgerRecovery, Seen, Spent } from '../../ports/ledger.ts';
import { type Argument, type Call, numberAt, type Reply } from './ledger-redis-scripts.ts';
import type { WindowsMs } from './ledger-windows.ts';

export interface RebuildOptions {
  readonly recovery: LedgerRecovery;
  /** As the marker holds them: with blanks between. */
  readonly fingerprints: string;
  readonly windowsMs: WindowsMs;
  readonly waitMsMax: number;
}

type Step = 'begin' | 'hold' | 'seed' | 'finish' | 'resume' | 'drop';

/** A process that rebuilds and dies is waited for this long. */
const HELD_MS = 5000;
/** Scopes written in one call, in some 10 ms. */
const SEEDED_AT_ONCE = 500;

export class Rebuild {
  readonly #call: Call;
  readonly #options: RebuildOptions;

  constructor(call: Call, options: RebuildOptions) {
    this.#call = call;
    this.#options = options;
  }

  /**
   * One try. Resolves with the reason if there are no books yet, undefined if there are.
   * @throws Error on an outage of the server, the store or the audit log: try again
   */
  async attempt(process: string, seen: Seen): Promise<string | undefined> {
    const { recovery } = this.#options;
    await recovery.withdraw(process, seen);
    const token = randomUUID().slice(-12);
    return await this.#holding(token, async (begun) => {
      const known = await recovery.known(this.#utcDayOf(begun));
      const was = String(begun[2]);
      if (isWhole(was, numberAt(begun, 3), known)) return await this.#step('resume', token, begun, was);
      const { unheard, withheld } = known;
      if (unheard > 0)
        return `it is rebuilt when ${unheard} more have told what they spent, or by \`ledger adopt\``;
      return withheld ?? (await this.#write(token, begun, await known.spent()));
    });
  }

  /**
   * An operator's word: these are the books. @returns as `attempt` does
   * @throws Error on an outage
   */
  async adopt(spent: readonly Spent[]): Promise<string | undefined> {
    const token = randomUUID().slice(-12);
    return await this.#holding(token, (begun) => this.#write(token, begun, spent));
  }

  /** With the token held as long as it takes; given back unless the books are there. */
  async #holding(
    token: string,
    work: (begun: Reply) => Promise<string | undefined>,
  ): Promise<string | undefined> {
    const begun = await this.#send('begin', token);
    if (begun[0] !== 'held') return begun[0] === 'present' ? undefined : 'another process rebuilds it';
    const holding = setInterval(() => void this.#send('hold', token).catch(() => undefined), HELD_MS / 5);
    let why: string | undefined = 'it is not rebuilt yet';
    try {
      why = await work(begun);
      return why;
    } finally {
      clearInterval(holding);
      if (why !== undefined) await this.#send('drop', token).catch(() => undefined);
    }
  }

  async #write(token: string, begun: Reply, spent: readonly Spent[]): Promise<string | undefined> {
    for (let from = 0; from < spent.length; from += SEEDED_AT_ONCE) {
      const some = spent.slice(from, from + SEEDED_AT_ONCE);
      const scopes = some.map(({ kind, id, dayNano, monthNano }) => [`${kind}:${id}`, dayNano, monthNano]);
      const why = await this.#step('seed', token, begun, JSON.stringify(scopes));
      if (why !== undefined) return why;
    }
    return await this.#step('finish', token, begun, spent.length);
  }

  async #step(step: Step, token: string, begun: Reply, what: Argument): Promise<string | undefined> {
    const reply = await this.#send(step, token, what, this.#dayOf(begun));
    return reply[0] === 'held' ? undefined : 'what was written of it is gone';
  }

  #send(step: Step, token: string, what: Argument = '', day: Argument = ''): Promise<Reply> {
    const { windowsMs, fingerprints, waitMsMax } = this.#options;
    const { minute, hour, day: dayMs } = windowsMs;
    const args = [step, token, what, minute, hour, dayMs, day, fingerprints, HELD_MS];
    return this.#call('rebuild', args, waitMsMax);
  }

  #dayOf([, nowMs]: Reply): number {
    return Math.floor(nowMs / this.#options.windowsMs.day);
  }

  #utcDayOf(reply: Reply): string {
    return utcDay(this.#dayOf(reply) * this.#options.windowsMs.day);
  }
}

/** A server that took over has all that anybody was told: it has come at least as far as each of them had seen. */
function isWhole(was: string, sequence: number, { unheard, seen }: Known): boolean {
  const told = seen.filter(({ epoch }) => epoch === was);
  return was !== '' && unheard === 0 && told.length > 0 && told.every((one) => one.sequence <= sequence);
}
