/**
 * Whether this process may use the Redis ledger: it says every second that it lives, charges what dead ones left,
 * and notices that data were lost. Must never write a new marker where money may have been forgotten.
 */
import { randomUUID } from 'node:crypto';
import { utcDay } from '../base/clock.ts';
import type { Spent } from '../ports/ledger.ts';
import type { Argument, Call, Reply } from './ledger-redis-scripts.ts';
import type { WindowsMs } from './ledger-windows.ts';

export interface MembershipOptions {
  /** Stable name of this process's place, of which only one runs at a time; a predecessor is dead at once. */
  readonly processName: string;
  /** Of the house secret; processes with another one are not let in. */
  readonly fingerprint: string;
  readonly windowsMs: WindowsMs;
  readonly beatMs: number;
  /** Who is not heard for this long while others are is dead. */
  readonly leaseMs: number;
  /** How long closed reservations are known. */
  readonly closedMs: number;
  readonly waitMsMax: number;
  /** Asked where there is no marker: may one be written, because no money was spent today that it would forget? */
  readonly mayInitialise: (day: string) => Promise<boolean>;
}

/** `lost`: no marker. `foreign`: another house secret. `away`: not heard of yet, or not any more. */
export type Standing = 'joined' | 'lost' | 'foreign' | 'away';

const STANDINGS: readonly Standing[] = ['joined', 'lost', 'foreign'];

const CHARGED_AT_ONCE = 100;
/** How long {@link MembershipOptions.mayInitialise} is left alone after a no. */
const ASK_AGAIN_MS = 5000;

export class Membership {
  readonly process: string;
  readonly #call: Call;
  readonly #options: MembershipOptions;
  #standing: Standing = 'away';
  #epoch = '';
  #heardAt = Number.NEGATIVE_INFINITY;
  #askedAt = Number.NEGATIVE_INFINITY;
  #dayLastSeen: number | undefined;
  #running: Promise<void> | undefined;

  constructor(call: Call, options: MembershipOptions) {
    this.#call = call;
    this.#options = options;
    this.process = `${options.processName}#${randomUUID()}`;
  }

  /** `away` also if the last beat that was heard is older than two and a half. */
  get standing(): Standing {
    const silent = performance.now() - this.#heardAt > this.#options.beatMs * 2.5;
    return this.#standing === 'joined' && silent ? 'away' : this.#standing;
  }

  /** The marker this process was let in under; admissions under another one are refused. */
  get epoch(): string {
    return this.#epoch;
  }

  /** A script found no marker, or another: nothing is admitted before the next beat has looked. */
  forsake(): void {
    if (this.#standing === 'joined') this.#standing = 'away';
  }

  /** One beat; several callers share it. Never throws: an outage leaves things as they were. */
  beat(): Promise<void> {
    this.#running ??= this.#beatOnce()
      .catch(() => undefined)
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  /** Charges what this process has open, and goes. */
  async leave(): Promise<void> {
    let reply: Reply;
    do reply = await this.#send('leave');
    while (reply[0] === 'joined' && reply[4] === 1);
    this.#standing = 'away';
  }

  /**
   * An operator's word that lost data may be left behind; `spent` is put on the books first.
   * @throws Error on an outage: ask again
   */
  async adopt(spent: readonly Spent[]): Promise<void> {
    const { minute, hour, day } = this.#options.windowsMs;
    for (const { kind, id, dayNano, monthNano } of spent) {
      await this.#call(
        'seed',
        [`${kind}:${id}`, dayNano, monthNano, minute, hour, day],
        this.#options.waitMsMax,
      );
    }
    this.#hear(await this.#send('initialise'));
  }

  async #beatOnce(): Promise<void> {
    let reply = await this.#send('beat');
    if (reply[0] === 'lost' && (await this.#mayInitialise(reply[1]))) reply = await this.#send('initialise');
    this.#hear(reply);
    // A process that died with much open is charged over several short scripts.
    if (reply[4] === 1) this.#hear(await this.#send('beat'));
  }

  /** Who saw a marker today knows that money may be forgotten, whatever its own records say. */
  async #mayInitialise(nowMs: number): Promise<boolean> {
    const today = Math.floor(nowMs / this.#options.windowsMs.day);
    if (this.#dayLastSeen !== undefined && today <= this.#dayLastSeen) return false;
    if (performance.now() - this.#askedAt < ASK_AGAIN_MS) return false;
    this.#askedAt = performance.now();
    return this.#options.mayInitialise(utcDay(today * this.#options.windowsMs.day));
  }

  #hear(reply: Reply): void {
    this.#standing = STANDINGS.find((standing) => standing === reply[0]) ?? 'away';
    if (this.#standing !== 'joined') return;
    this.#epoch = String(reply[2]);
    this.#heardAt = performance.now();
    this.#dayLastSeen = Math.floor(reply[1] / this.#options.windowsMs.day);
  }

  #send(what: 'beat' | 'leave' | 'initialise'): Promise<Reply> {
    const { fingerprint, leaseMs, beatMs, closedMs, windowsMs, waitMsMax } = this.#options;
    const args: Argument[] = [what, randomUUID(), this.process, fingerprint, leaseMs, beatMs * 2];
    args.push(CHARGED_AT_ONCE, windowsMs.minute, windowsMs.hour, windowsMs.day, closedMs);
    return this.#call('beat', args, waitMsMax);
  }
}
