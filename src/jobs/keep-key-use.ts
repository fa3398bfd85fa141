/**
 * Writes which keys were used, a row a key and day, and looks through all of them once an hour; once a day one of the
 * processes puts on record which nobody has used for long, and whose secrets are old.
 */
import type { Clock } from '../base/clock.ts';
import { BoundedMap } from '../base/bounded-map.ts';
import { dayOf, keysToLookAt, type OpenedKeys, UNUSED_DAYS } from '../domain/callers/key-use.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { Store } from '../ports/store.ts';

export interface KeepKeyUseOptions {
  readonly opened: OpenedKeys;
  readonly store: Pick<Store, 'keyUse' | 'listKeys' | 'getSetting' | 'changeSetting'>;
  readonly auditLog: Pick<AuditLog, 'note'>;
  readonly clock: Clock;
  /** Told of what is put on record. */
  readonly onWarning: (warning: string) => void;
  /** Of a store that is away: what is due waits. */
  readonly onFailure: (error: unknown) => void;
  readonly everyMs?: number;
}

const EVERY_MS = 60_000;
const LOOK_EVERY_MS = 3_600_000;
const WRITTEN_MAX = 50_000;
/** Ids in an entry; the rest is counted. */
const NAMED_MAX = 50;
/** Made with the table. */
const TOLD = 'keys.told';

/** From now on until `stop`, which writes what is left. */
export function keepKeyUse(options: KeepKeyUseOptions): { stop(): Promise<void> } {
  const work = new Keeping(options);
  let running = Promise.resolve();
  const round = (): void => {
    running = running.then(() => work.round()).catch(options.onFailure);
  };
  const timer = setInterval(round, options.everyMs ?? EVERY_MS);
  timer.unref();
  round();
  return {
    async stop() {
      clearInterval(timer);
      running = running.then(() => work.write()).catch(options.onFailure);
      await running;
    },
  };
}

class Keeping {
  readonly #options: KeepKeyUseOptions;
  /** Days that are in the store already, by key. */
  readonly #written = new BoundedMap<string, number>(WRITTEN_MAX);
  #lookedAt = -Infinity;

  constructor(options: KeepKeyUseOptions) {
    this.#options = options;
  }

  async round(): Promise<void> {
    await this.write();
    const now = this.#options.clock.now();
    if (now - this.#lookedAt < LOOK_EVERY_MS) return;
    await this.#look(now);
    this.#lookedAt = now;
  }

  /** Once a key and day. */
  async write(): Promise<void> {
    const { opened, store, clock } = this.#options;
    const day = dayOf(clock.now());
    const ids = opened.take().filter((id) => this.#written.get(id) !== day);
    if (ids.length === 0) return;
    try {
      await store.keyUse.mark(ids, day);
    } catch (error) {
      for (const id of ids) opened.note(id);
      throw error;
    }
    for (const id of ids) this.#written.set(id, day);
  }

  async #look(now: number): Promise<void> {
    const { opened, store } = this.#options;
    const { unused, old } = keysToLookAt(await store.listKeys(), await store.keyUse.read(), now);
    opened.counts = { unused: unused.length, old: old.length };
    if (unused.length + old.length === 0 || !(await this.#isToTell(now))) return;
    this.#warn(unused, `not used for ${UNUSED_DAYS} days`);
    this.#warn(old, `with a secret over ${UNUSED_DAYS} days old`);
  }

  /** Of all processes, one a day. */
  async #isToTell(now: number): Promise<boolean> {
    const { store } = this.#options;
    const told = await store.getSetting(TOLD);
    const day = String(dayOf(now));
    return told !== undefined && told !== day && (await store.changeSetting(TOLD, told, day));
  }

  #warn(ids: readonly string[], what: string): void {
    if (ids.length === 0) return;
    const { auditLog, onWarning } = this.#options;
    const warning = `keys ${what}: ${ids.length}`;
    onWarning(warning);
    auditLog.note({
      userId: 'system',
      action: 'gateway.warning',
      resource: 'keys',
      status: 'success',
      metadata: { warning, count: ids.length, keys: ids.slice(0, NAMED_MAX) },
    });
  }
}
