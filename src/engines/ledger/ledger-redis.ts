/**
 * The ledger of a house of many processes, in Redis or Valkey: one script to admit, one to settle, by the
 * server's clock. Must never admit on an outage, nor leave taken what its caller was told had failed.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { utcDay } from '../../base/clock.ts';
import { Refusal } from '../../base/errors.ts';
import type {
  Admitted,
  AdmitRequest,
  Ledger,
  LedgerHealth,
  NotAdmitted,
  ScopeKind,
  SettleRequest,
  SettleResult,
  Spent,
  Usage,
} from '../../ports/ledger.ts';
import { Batch, isRefusedByServer } from './ledger-redis-batch.ts';
import { Connection, type Inspection, within } from './ledger-redis-connection.ts';
import { Membership } from './ledger-redis-membership.ts';
import {
  type Argument,
  admitAnswer,
  admitArguments,
  type Reply,
  type LoneScript,
  numberAt,
  usageAnswer,
} from './ledger-redis-scripts.ts';
import type { RedisLedgerOptions } from './ledger-redis-options.ts';
import type { RedisServers } from './ledger-redis-settings.ts';
import { type Settlement, Settlements } from './ledger-redis-settlements.ts';
import { RedisTime } from './ledger-redis-time.ts';
import { WINDOWS_MS } from './ledger-windows.ts';

export interface RedisLedger extends Ledger {
  /**
   * Connects and joins. A server that cannot be reached is no error: `health` says so and it is tried for ever.
   * @throws Error if the ledger belongs to another house secret
   */
  open(): Promise<void>;
  /** Data were lost, and are not rebuilt yet. */
  needsAdoption(): boolean;
  /**
   * An operator's word that what was lost is left behind; `spent` is put on the books first.
   * @throws ledger.unavailable
   */
  adopt(spent?: readonly Spent[]): Promise<void>;
}

const DEFAULTS = {
  namespace: 'sallyport',
  waitMsMax: 250,
  beatMs: 1000,
  leaseMs: 4000,
  windowsMs: WINDOWS_MS,
};
/** A settlement that comes later than this after its reservation was closed is `unknown`, not `late`. */
const CLOSED_MS = 300_000;
/** How long `open` waits for a first word of the server, and `close` for settlements under way. */
const PATIENCE_MS = 2000;
/** A command may still take so long before its caller is told that it failed: timers and clocks have whole ms. */
const MARGIN_MS = 5;
type Settings = Required<Omit<RedisLedgerOptions, 'recovery' | keyof RedisServers>>;

function unavailable(detail: string, cause?: unknown): Refusal {
  return new Refusal('ledger.unavailable', { detail, cause });
}

class LedgerOnRedis implements RedisLedger {
  readonly #settings: Settings;
  readonly #lengths: readonly [minute: number, hour: number, day: number];
  readonly #base: string;
  readonly #connection: Connection;
  readonly #batch: Batch;
  readonly #time = new RedisTime();
  readonly #membership: Membership;
  readonly #listeners: ((keyId: string, version: number) => void)[] = [];
  readonly #closing = new AbortController();
  readonly #settlements: Settlements;
  #inspection: Inspection | undefined;
  #beats: Promise<void> = Promise.resolve();

  constructor({ recovery, ...options }: RedisLedgerOptions) {
    this.#settings = { ...DEFAULTS, processName: randomUUID(), ...options };
    const { namespace, waitMsMax, windowsMs } = this.#settings;
    this.#lengths = [windowsMs.minute, windowsMs.hour, windowsMs.day];
    this.#base = `{sp:${namespace}}`;
    this.#connection = new Connection(options, this.#channel, waitMsMax);
    this.#batch = new Batch(this.#sendBatch.bind(this));
    const membership = { ...this.#settings, closedMs: CLOSED_MS, recovery };
    this.#membership = new Membership(this.#call.bind(this), membership);
    this.#settlements = new Settlements(this.#sendSettlement.bind(this), this.#closing.signal);
  }

  async open(): Promise<void> {
    this.#connection.start(
      () => void this.#membership.beat(),
      (message) => this.#push(message),
    );
    this.#beats = this.#keepBeating();
    await this.#firstWord();
    if (this.#membership.standing === 'foreign') {
      await this.close();
      throw new Error('the ledger in Redis was made with another SALLYPORT_SECRET');
    }
  }

  async admit(request: AdmitRequest): Promise<Admitted | NotAdmitted> {
    const started = performance.now();
    const left = () => this.#settings.waitMsMax - (performance.now() - started);
    // The second try is for replies that took nothing: a clock estimate that was off, a process given up for dead.
    for (let tries = 0; tries < 2 && left() > 0; tries++) {
      this.#mustBeUsable();
      const reply = await this.#askToAdmit(request, started, tries > 0 ? left() : undefined);
      if (reply[0] === 'admitted' || reply[0] === 'refused') return admitAnswer(reply, request, this.#dayMs);
      if (reply[0] === 'late') continue;
      if (reply[0] === 'lost') this.#lost();
      await within(this.#membership.beat(), left()).catch(() => undefined);
    }
    throw unavailable('not admitted in time');
  }

  settle({ reservationId, tokens, nano, release = false }: SettleRequest): Promise<SettleResult> {
    return this.#settlements.settle({ reservationId, tokens, nano, how: release ? 'release' : 'use' });
  }

  async usage(kind: ScopeKind, id: string): Promise<Usage> {
    this.#mustBeUsable();
    const args = [this.#membership.epoch, `${kind}:${id}`, ...this.#lengths];
    const reply = await this.#orUnavailable(this.#call('usage', args, this.#settings.waitMsMax));
    if (reply[0] === 'used') return usageAnswer(reply, this.#dayMs);
    return this.#lost();
  }

  async setKeyVersion(keyId: string, version: number): Promise<void> {
    const args = [keyId, version, this.#channel];
    await this.#orUnavailable(this.#call('keyVersion', args, this.#settings.waitMsMax));
  }

  onKeyChanged(listener: (keyId: string, version: number) => void): void {
    this.#listeners.push(listener);
  }

  day(): string {
    const now = this.#time.at(performance.now()) ?? Date.now();
    return utcDay(Math.floor(now / this.#dayMs) * this.#dayMs);
  }

  health(): LedgerHealth {
    const reason = this.#whyNot();
    return { usable: reason === undefined, reason, warnings: this.#inspection?.warnings ?? [] };
  }

  needsAdoption(): boolean {
    return this.#membership.standing === 'lost';
  }

  async adopt(spent: readonly Spent[] = []): Promise<void> {
    await this.#orUnavailable(this.#membership.adopt(spent));
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#batch.flush();
    if (this.#connection.ready) await within(this.#settlements.drained(), PATIENCE_MS).catch(() => undefined);
    this.#closing.abort();
    await this.#beats;
    if (this.#connection.ready) await this.#membership.leave().catch(() => undefined);
    this.#connection.close();
  }

  get #dayMs(): number {
    return this.#settings.windowsMs.day;
  }

  get #channel(): string {
    return `${this.#base}:keys`;
  }

  /** What was asked for before the books were lost is not asked again: its intent is not among what is told of them. */
  #lost(): never {
    this.#membership.forsake();
    void this.#membership.beat();
    throw unavailable('the ledger lost its data');
  }

  #whyNot(): string | undefined {
    const { standing, reason } = this.#membership;
    if (standing === 'foreign') return 'the ledger belongs to another house secret';
    if (!this.#connection.ready) return 'no connection to the ledger';
    if (standing === 'lost') return `the ledger lost its data: ${reason}`;
    if (standing === 'away') return reason || 'the ledger does not answer';
    if (this.#inspection === undefined) return "the ledger's settings are not known yet";
    return this.#inspection.fault;
  }

  #mustBeUsable(): void {
    const reason = this.#whyNot();
    if (reason !== undefined) throw unavailable(reason);
  }

  async #orUnavailable<T>(promise: Promise<T>): Promise<T> {
    try {
      return await promise;
    } catch (error) {
      throw unavailable('no answer', error);
    }
  }

  async #call(script: LoneScript, args: readonly Argument[], waitMs: number): Promise<Reply> {
    this.#batch.flush();
    const sent = performance.now();
    const reply = await this.#connection.run(script, this.#base, args, waitMs);
    this.#time.observe(reply[1], sent, performance.now());
    return reply;
  }

  async #sendBatch(calls: string): Promise<readonly Reply[]> {
    const sent = performance.now();
    const replies = await this.#connection.runBatch(this.#base, calls, this.#settings.waitMsMax);
    const last = replies.at(-1);
    if (last) this.#time.observe(last[1], sent, performance.now());
    if (last?.[0] === 'seen') this.#membership.saw(String(last[3]), numberAt(last, 2));
    return replies;
  }

  async #askToAdmit(request: AdmitRequest, started: number, waitMs?: number): Promise<Reply> {
    const { waitMsMax, windowsMs } = this.#settings;
    const deadlineMs = (this.#time.at(started) ?? 0) + waitMsMax - MARGIN_MS;
    const { epoch, process } = this.#membership;
    const args = admitArguments(request, { epoch, process, deadlineMs, windowsMs });
    try {
      const reply = this.#batch.admit(args);
      // A first try has all the time that its batch has.
      return await (waitMs === undefined ? reply : within(reply, waitMs));
    } catch (error) {
      // It may have been taken all the same, its reply lost: then it is given back.
      if (!isRefusedByServer(error)) this.#abandon(request.reservationId);
      throw unavailable('no answer', error);
    }
  }

  #abandon(reservationId: string): void {
    void this.#settlements.settle({ reservationId, tokens: 0, nano: 0, how: 'abandon' });
  }

  #sendSettlement({ reservationId, tokens, nano, how, nonce }: Settlement): Promise<Reply> {
    const { epoch } = this.#membership;
    const own = JSON.stringify([reservationId, nonce, tokens, nano, how]);
    return this.#batch.settle({ own, all: JSON.stringify([epoch, ...this.#lengths, CLOSED_MS]) });
  }

  /** Ends early when the ledger is closed. */
  async #pause(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.#closing.signal, ref: false }).catch(() => undefined);
  }

  #push(message: string): void {
    const [keyId = '', version] = message.split(' ');
    for (const listener of this.#listeners) listener(keyId, Number(version));
  }

  async #firstWord(): Promise<void> {
    const until = performance.now() + PATIENCE_MS;
    while (performance.now() < until && !this.#closing.signal.aborted) {
      const { standing } = this.#membership;
      if (standing === 'foreign' || standing === 'lost') return;
      if (standing === 'joined' && this.#inspection !== undefined) return;
      await pause(5);
    }
  }

  async #keepBeating(): Promise<void> {
    const { beatMs } = this.#settings;
    for (let steady = false; !this.#closing.signal.aborted; ) {
      await this.#membership.beat();
      if (this.#connection.ready) {
        if (steady || this.#inspection === undefined) await this.#inspect();
        this.#connection.probePushes();
      }
      steady = this.#membership.standing === 'joined' && this.#inspection !== undefined;
      await this.#pause(steady ? beatMs : Math.min(beatMs, 50));
    }
  }

  /** On an outage what was known stands. */
  async #inspect(): Promise<void> {
    this.#inspection = await this.#connection.inspect().catch(() => this.#inspection);
  }
}

/** Builds the engine; nothing is connected before {@link RedisLedger.open}. */
export function createRedisLedger(options: RedisLedgerOptions): RedisLedger {
  return new LedgerOnRedis(options);
}
