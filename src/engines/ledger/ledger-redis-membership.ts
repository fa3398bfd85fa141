/**
 * Whether this process may use the Redis ledger: it says every second that it lives, charges what dead ones left,
 * and notices that data were lost. Must never be admitted to what others could not find out.
 */
import { randomUUID } from 'node:crypto';
import { utcDay } from '../../base/clock.ts';
import type { LedgerRecovery, Seen, Spent } from '../../ports/ledger.ts';
import { Rebuild } from './ledger-redis-rebuild.ts';
import { type Argument, type Call, numberAt, type Reply } from './ledger-redis-scripts.ts';
import type { WindowsMs } from './ledger-windows.ts';

export interface MembershipOptions {
  /** Stable name of this process's place, of which only one runs at a time; a predecessor is dead at once. */
  readonly processName: string;
  /** Of the house secret, the present one first; processes with none of them are not let in. */
  readonly fingerprints: readonly string[];
  readonly windowsMs: WindowsMs;
  readonly beatMs: number;
  /** Who is not heard for this long while others are is dead. */
  readonly leaseMs: number;
  /** How long closed reservations are known. */
  readonly closedMs: number;
  readonly waitMsMax: number;
  readonly recovery: LedgerRecovery;
}

/** `lost`: no books. `foreign`: another house secret. `away`: not heard of yet, or not any more. */
export type Standing = 'joined' | 'lost' | 'foreign' | 'away';

const STANDINGS: readonly Standing[] = ['joined', 'lost', 'foreign'];

const CHARGED_AT_ONCE = 100;
/** Between two tries to have books again. */
const ATTEMPT_EVERY_MS = 250;
/** Who is cut off for longer than so many leases withdraws, so that others need not wait for it. */
const LEASES_CUT_OFF = 1.5;

export class Membership {
  readonly #call: Call;
  readonly #options: MembershipOptions;
  readonly #rebuild: Rebuild;
  #process: string;
  #standing: Standing = 'away';
  #reason = '';
  #seen: Seen = { epoch: '', sequence: 0 };
  /** The books this process has entered, and the last day of that; undefined: it may be admitted to nothing. */
  #entered: { readonly epoch: string; readonly until: number } | undefined;
  /** Charged by this process to the end; the store does not know yet. */
  #gone: string[] = [];
  #heardAt = performance.now();
  #attemptedAt = Number.NEGATIVE_INFINITY;
  #adopting = false;
  #running: Promise<void> | undefined;

  constructor(call: Call, options: MembershipOptions) {
    this.#call = call;
    this.#options = options;
    const fingerprints = options.fingerprints.join(' ');
    this.#rebuild = new Rebuild(call, { ...options, fingerprints });
    this.#process = this.#newName();
  }

  get process(): string {
    return this.#process;
  }

  /** `away` also if the last beat that was heard is older than two and a half. */
  get standing(): Standing {
    const silent = performance.now() - this.#heardAt > this.#options.beatMs * 2.5;
    return this.#standing === 'joined' && (silent || !this.#entered) ? 'away' : this.#standing;
  }

  /** Why there are no books, or they may not be used yet; for /readyz. */
  get reason(): string {
    return this.#reason;
  }

  /** The books this process was let in to; admissions under others are refused. */
  get epoch(): string {
    return this.#seen.epoch;
  }

  /** A reply told how far the books have come. */
  saw(epoch: string, sequence: number): void {
    if (epoch === this.#seen.epoch && sequence > this.#seen.sequence) this.#seen = { epoch, sequence };
  }

  /** A script found no books, or others: nothing is admitted before the next beat has looked. */
  forsake(): void {
    if (this.#standing === 'joined') this.#standing = 'away';
  }

  /** One beat; several callers share it. Never throws: an outage leaves things as they were. */
  beat(): Promise<void> {
    this.#running ??= this.#beatOnce()
      .catch(() => this.#withdrawIfCutOff())
      .catch(() => undefined)
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  /** Charges what this process has open, tells what it has seen, and goes. */
  async leave(): Promise<void> {
    let reply: Reply;
    do reply = await this.#send('leave');
    while (reply[0] === 'joined' && reply[4] === 1);
    if (reply[0] === 'joined') this.saw(String(reply[2]), numberAt(reply, 3));
    this.#standing = 'away';
    await this.#withdraw();
  }

  /**
   * An operator's word that lost data may be left behind; `spent` is put on the books first.
   * @throws Error on an outage, or while another process rebuilds: ask again
   */
  async adopt(spent: readonly Spent[]): Promise<void> {
    this.#adopting = true;
    try {
      await this.#running;
      const why = await this.#rebuild.adopt(spent);
      if (why !== undefined) throw new Error(why);
    } finally {
      this.#adopting = false;
    }
    await this.beat();
  }

  async #beatOnce(): Promise<void> {
    let reply = await this.#send('beat');
    if (reply[0] === 'lost') {
      this.forsake();
      if (!(await this.#hasBooksAgain())) {
        this.#standing = 'lost';
        return;
      }
      reply = await this.#send('beat');
    }
    if (reply[0] === 'joined' && reply[5] === 1 && reply[2] === this.#seen.epoch) {
      // Given up for dead and charged: what it does from here on is another's.
      this.#entered = undefined;
      this.#process = this.#newName();
      reply = await this.#send('beat');
    }
    await this.#hear(reply);
    // A process that died with much open is charged over several short scripts.
    if (reply[4] === 1) await this.#hear(await this.#send('beat'));
  }

  async #hasBooksAgain(): Promise<boolean> {
    if (this.#adopting || performance.now() - this.#attemptedAt < ATTEMPT_EVERY_MS) return false;
    this.#entered = undefined;
    try {
      const why = await this.#rebuild.attempt(this.#process, this.#seen);
      this.#reason = why ?? '';
      return why === undefined;
    } catch {
      this.#reason = 'the records that it is rebuilt from do not answer';
      return false;
    } finally {
      this.#attemptedAt = performance.now();
    }
  }

  async #hear(reply: Reply): Promise<void> {
    const standing = STANDINGS.find((known) => known === reply[0]) ?? 'away';
    if (standing !== 'joined') {
      this.#standing = standing;
      return;
    }
    const epoch = String(reply[2]);
    if (epoch !== this.#seen.epoch) this.#seen = { epoch, sequence: 0 };
    this.saw(epoch, numberAt(reply, 3));
    await this.#enter(epoch, Math.floor(reply[1] / this.#options.windowsMs.day));
    this.#standing = 'joined';
    this.#heardAt = performance.now();
    this.#attemptedAt = Number.NEGATIVE_INFINITY;
    this.#gone.push(...reply.slice(6).map(String));
    if (this.#gone.length > 0) void this.#tellGone().catch(() => undefined);
  }

  /** Until the day after this one, which gives a store that is away a day to come back. */
  async #enter(epoch: string, day: number): Promise<void> {
    const before = this.#entered;
    if (before?.epoch === epoch && day < before.until) return;
    const until = day + 1;
    // The last day of it is here: it holds while the store is away, and no longer.
    if (before?.epoch !== epoch || day > before.until) {
      this.#entered = undefined;
      this.#reason = 'the store does not take down that this process spends';
    }
    const text = utcDay(until * this.#options.windowsMs.day);
    try {
      await this.#options.recovery.enter(this.#process, this.#seen, text);
      this.#entered = { epoch, until };
      this.#reason = '';
    } catch (error) {
      if (this.#entered === undefined) throw error;
    }
  }

  async #withdraw(): Promise<void> {
    this.#entered = undefined;
    await this.#options.recovery.withdraw(this.#process, this.#seen);
  }

  async #withdrawIfCutOff(): Promise<void> {
    const cutOffMs = this.#options.leaseMs * LEASES_CUT_OFF;
    if (performance.now() - this.#heardAt > cutOffMs) await this.#withdraw();
  }

  async #tellGone(): Promise<void> {
    const names = this.#gone;
    this.#gone = [];
    try {
      await this.#options.recovery.gone(names, this.#seen);
    } catch {
      this.#gone.push(...names);
    }
  }

  #newName(): string {
    return `${this.#options.processName}#${randomUUID()}`;
  }

  #send(what: 'beat' | 'leave'): Promise<Reply> {
    const { fingerprints, leaseMs, beatMs, closedMs, windowsMs, waitMsMax, recovery } = this.#options;
    const args: Argument[] = [what, this.#process, fingerprints.join(' '), leaseMs, beatMs * 2];
    args.push(CHARGED_AT_ONCE, windowsMs.minute, windowsMs.hour, windowsMs.day, closedMs);
    args.push(this.#seen.epoch, this.#seen.sequence, recovery.shared ? '1' : '');
    return this.#call('beat', args, waitMsMax);
  }
}
