/**
 * Follows the audit log for what rules for incidents count. Each process brings what it wrote itself to the store, where
 * it is added up; whoever finds a count reached responds. Bounded in memory, and never holds up a caller.
 */
import { BoundedMap } from '../base/bounded-map.ts';
import type { Counted, IncidentCounting } from '../domain/incidents/incident-counting.ts';
import { type IncidentRule, windowMs } from '../domain/incidents/incident-rules.ts';
import { createSpotter, type Hit } from '../domain/incidents/incident-spotter.ts';
import type { AuditLog, Entry } from '../ports/audit-log.ts';

export interface WatchIncidentsOptions {
  readonly auditLog: Pick<AuditLog, 'follow'>;
  /** What this process, or the one before it, wrote shortly before. */
  readonly before: () => AsyncIterable<readonly Entry[]>;
  readonly rules: Readonly<Record<string, IncidentRule>>;
  readonly counting: Pick<IncidentCounting, 'bring' | 'check'>;
  /** Does what was left undone. */
  readonly resume: () => Promise<void>;
  /** Deletes what is old. */
  readonly prune: () => Promise<void>;
  readonly onFailure: (error: unknown) => void;
}

/** At work until stopped. */
export interface WatchIncidents {
  /** Brings what waits to the store, as far as it takes it, and stops. */
  stop(): Promise<void>;
}

const TURN_MS = 250;
const RESUME_MS = 10_000;
const PRUNE_MS = 3_600_000;
/** What waits for the store: the oldest falls out. */
const WAITING_MAX = 10_000;
const PER_TURN = 1000;
/** Entries of one rule and subject in one turn: what is more is counted with the last of them. */
const SINGLY_MAX = 200;
const KNOWN_MAX = 10_000;
/** Money is in every call: it is added up here for this part of a rule's window. */
const MONEY_PARTS = 120;
/** Of entries about an incident itself; no rule has this name. */
const ABOUT = '';
const ABOUT_ACTION = /^(?:incident\.|admin\.incident\.(?:open|change)$)/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** From now on until `stop`. */
export function watchIncidents(options: WatchIncidentsOptions): WatchIncidents {
  return new Watch(options);
}

class Watch implements WatchIncidents {
  readonly #options: WatchIncidentsOptions;
  readonly #spot: (entry: Entry) => readonly Hit[];
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #waiting = new BoundedMap<string, Counted>(WAITING_MAX);
  /** Of one rule and subject, since the last turn. */
  readonly #bursts = new BoundedMap<string, { readonly size: number; readonly last: string }>(WAITING_MAX);
  readonly #money = new BoundedMap<string, Counted>(WAITING_MAX);
  readonly #moneySince = new Map<string, number>();
  /** What the store knows already. */
  readonly #known = new BoundedMap<string, true>(KNOWN_MAX);
  #running: Promise<void> | undefined;

  constructor(options: WatchIncidentsOptions) {
    this.#options = options;
    this.#spot = createSpotter(options.rules);
    options.auditLog.follow((entries) => this.#take(entries));
    const every = (ms: number, what: () => Promise<void>): NodeJS.Timeout =>
      setInterval(() => void what().catch(options.onFailure), ms);
    this.#timers = [
      every(TURN_MS, () => this.#tick()),
      every(RESUME_MS, options.resume),
      every(PRUNE_MS, options.prune),
    ];
    void this.#catchUp().catch(options.onFailure);
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#running;
    this.#moneySince.clear();
    await this.#tick();
  }

  /** Without money: what of it was brought cannot be told from what was not. */
  async #catchUp(): Promise<void> {
    for await (const entries of this.#options.before()) this.#take(entries, true);
  }

  #take(entries: readonly Entry[], isPast = false): void {
    for (const entry of entries) {
      for (const hit of this.#spot(entry)) this.#keep(hit, entry, isPast);
      const { action, resource } = entry;
      if (!ABOUT_ACTION.test(action) || !UUID.test(resource)) continue;
      this.#put({
        rule: ABOUT,
        subject: resource,
        step: 0,
        weight: 0,
        incident: resource,
        ...placeOf(entry),
      });
    }
  }

  #keep({ value, ...hit }: Hit, entry: Entry, isPast: boolean): void {
    const counted = { ...hit, ...placeOf(entry) };
    const of = `${hit.rule} ${hit.subject}`;
    if (this.#options.rules[hit.rule]?.kind === 'spend') {
      if (isPast) return;
      const key = `${of} ${entry.chain}`;
      this.#money.set(key, { ...counted, weight: hit.weight + (this.#money.get(key)?.weight ?? 0) });
    } else if (value === undefined) this.#put(counted);
    else if (!this.#known.has(`${of} ${value}`)) {
      this.#known.set(`${of} ${value}`, true);
      this.#put({ ...counted, value });
    }
  }

  #put(counted: Counted): void {
    const { rule, subject, step, chain, sequence, weight } = counted;
    const of = `${rule} ${subject} ${step}`;
    const burst = this.#bursts.get(of);
    const last = burst && this.#waiting.get(burst.last);
    if (burst && last && burst.size >= SINGLY_MAX) {
      this.#waiting.set(burst.last, { ...last, weight: last.weight + weight });
      return;
    }
    const key = `${of} ${chain} ${sequence}`;
    this.#waiting.set(key, counted);
    this.#bursts.set(of, { size: (burst?.size ?? 0) + 1, last: key });
  }

  #tick(): Promise<void> {
    this.#running ??= this.#turn().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #turn(): Promise<void> {
    this.#ripenMoney();
    const batch = [...this.#waiting].slice(0, PER_TURN);
    // What comes from here on is not added to what is on its way.
    this.#bursts.clear();
    if (batch.length > 0) {
      await this.#options.counting.bring(batch.map(([, counted]) => counted));
      for (const [key] of batch) this.#waiting.delete(key);
    }
    await this.#options.counting.check();
  }

  #ripenMoney(): void {
    const now = performance.now();
    for (const [key, counted] of this.#money) {
      const rule = this.#options.rules[counted.rule];
      const since = this.#moneySince.get(counted.rule) ?? 0;
      if (rule && now - since < windowMs(rule) / MONEY_PARTS) continue;
      this.#money.delete(key);
      this.#put(counted);
    }
    for (const { rule } of this.#waiting.values()) {
      if (this.#options.rules[rule]?.kind === 'spend') this.#moneySince.set(rule, now);
    }
  }
}

function placeOf({ chain, sequence, timestamp }: Entry) {
  return { chain, sequence, at: Date.parse(timestamp) };
}
