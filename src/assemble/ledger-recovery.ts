/**
 * How processes agree on what was spent when their ledger has lost its data. Where they share a store, each is in its
 * list from before it spends until all that it spent is there; else only the past of this one is known.
 */
import { z } from 'zod';
import { Refusal } from '../base/errors.ts';
import type { ShipEntries } from '../jobs/ship-entries.ts';
import type { AuditLog, Entry } from '../ports/audit-log.ts';
import type { Known, LedgerRecovery, Seen } from '../ports/ledger.ts';
import type { Store } from '../ports/store.ts';
import { spentSoFar } from './lost-ledger.ts';

export interface RecoveryOptions {
  readonly store: Pick<Store, 'findEntries' | 'listSettings' | 'putSetting' | 'changeSetting'>;
  readonly auditLog: Pick<AuditLog, 'record' | 'note'>;
  readonly shipping: Pick<ShipEntries, 'flush'>;
  /** Of this data directory; names of processes begin with it and `#`. */
  readonly place: string;
  /** Some budget counts by the month: what was spent earlier in it matters. */
  readonly monthly: boolean;
}

const PREFIX = 'ledger.member:';
/** Was in the list when it died, and nobody knows how far it had come. */
const UNKNOWN = Number.MAX_SAFE_INTEGER;

const memberSchema = z.object({
  /** `in`: may spend what is not in the store. `out`: all it spent is. `gone`: dead, and charged in the ledger. */
  state: z.enum(['in', 'out', 'gone']),
  epoch: z.string(),
  sequence: z.int(),
  /** The last UTC day it may spend on. */
  until: z.string(),
});
type Member = z.infer<typeof memberSchema>;

interface Row {
  readonly name: string;
  readonly text: string;
  readonly member: Member;
}

/** The first day that what was spent on it still counts. */
function sinceWhen(day: string, monthly: boolean): string {
  return monthly ? `${day.slice(0, 7)}-01` : day;
}

class SharedRecovery implements LedgerRecovery {
  readonly shared = true;
  readonly #options: RecoveryOptions;
  /** The entry that says that nothing is admitted any more, until it is again. */
  #said: Entry | undefined;
  #withdrawn = false;

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  async enter(process: string, seen: Seen, until: string): Promise<void> {
    const { auditLog, store } = this.#options;
    this.#withdrawn = false;
    await store.putSetting(PREFIX + process, textOf({ state: 'in', ...seen, until }));
    // Before the first intent that will be admitted: the log keeps the order.
    if (this.#said) auditLog.note(said('ledger.joined', seen));
    this.#said = undefined;
    await this.#sweep(process, seen);
  }

  async withdraw(process: string, seen: Seen): Promise<void> {
    if (this.#withdrawn) return;
    const { auditLog, shipping, store } = this.#options;
    // Durable after every intent that was admitted before.
    this.#said ??= await auditLog.record(said('ledger.lost', seen));
    if (!(await shipping.flush(this.#said)))
      throw new Refusal('store.unavailable', { detail: 'not all is shipped' });
    for (const { name, text, member } of await this.#rows()) {
      if (!this.#isOfHere(name) || member.state === 'out') continue;
      const own = name === PREFIX + process;
      const sequence = own ? seen.sequence : member.state === 'gone' ? member.sequence : UNKNOWN;
      await store.changeSetting(name, text, textOf({ ...member, state: 'out', sequence }));
    }
    this.#withdrawn = true;
  }

  async gone(processes: readonly string[], { epoch, sequence }: Seen): Promise<void> {
    const names = new Set(processes.map((process) => PREFIX + process));
    for (const { name, text, member } of await this.#rows()) {
      if (!names.has(name) || member.state !== 'in' || member.epoch !== epoch) continue;
      await this.#options.store.changeSetting(name, text, textOf({ ...member, state: 'gone', sequence }));
    }
  }

  async known(day: string): Promise<Known> {
    const since = sinceWhen(day, this.#options.monthly);
    const members = (await this.#rows()).map(({ member }) => member);
    const counting = members.filter(({ until }) => until >= since);
    const count = (state: Member['state']) => counting.filter((member) => member.state === state).length;
    const gone = count('gone');
    return {
      unheard: count('in'),
      withheld:
        gone === 0
          ? undefined
          : `${gone} died before they could tell what they spent: start them again, or run \`ledger adopt\``,
      seen: members.filter(({ state }) => state !== 'in'),
      spent: () => spentSoFar(day, this.#options.store),
    };
  }

  /** An operator's word: those who have not told are not waited for. */
  async forgetMembers(): Promise<void> {
    for (const { name, text } of await this.#rows())
      await this.#options.store.changeSetting(name, text, undefined);
  }

  /** What this process's own row stands for, or what no books remember. */
  async #sweep(process: string, { epoch, sequence }: Seen): Promise<void> {
    for (const { name, text, member } of await this.#rows()) {
      if (name === PREFIX + process) continue;
      const stale = member.state === 'out' && (member.epoch !== epoch || member.sequence <= sequence);
      if (stale || this.#isOfHere(name)) await this.#options.store.changeSetting(name, text, undefined);
    }
  }

  #isOfHere(name: string): boolean {
    return name.startsWith(`${PREFIX}${this.#options.place}#`);
  }

  async #rows(): Promise<Row[]> {
    const found = await this.#options.store.listSettings(PREFIX);
    return [...found].map(([name, text]) => ({ name, text, member: memberSchema.parse(JSON.parse(text)) }));
  }
}

/** How long a no is not asked again. */
const ASK_AGAIN_MS = 5000;

class OwnRecovery implements LedgerRecovery {
  readonly shared = false;
  readonly #options: RecoveryOptions;
  #spentUntil = '';
  #asked: { readonly at: number; readonly day: string; readonly known: Known } | undefined;

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  /** Who was let in knows that others may have spent as well. */
  async enter(_process: string, _seen: Seen, until: string): Promise<void> {
    const today = new Date(Date.parse(until) - 86_400_000).toISOString().slice(0, 10);
    if (today > this.#spentUntil) this.#spentUntil = today;
  }

  async withdraw(): Promise<void> {}

  async gone(): Promise<void> {}

  async known(day: string): Promise<Known> {
    const asked = this.#asked;
    if (asked?.day === day && performance.now() - asked.at < ASK_AGAIN_MS) return asked.known;
    const { shipping, store, monthly } = this.#options;
    if (!(await shipping.flush())) throw new Refusal('store.unavailable', { detail: 'not all is shipped' });
    const spent = await spentSoFar(day, store);
    const nothing = spent.every(({ dayNano, monthNano }) => (monthly ? monthNano : dayNano) === 0);
    const mayBegin = nothing && this.#spentUntil < sinceWhen(day, monthly);
    const known: Known = {
      unheard: 0,
      withheld: mayBegin
        ? undefined
        : `run \`ledger adopt\`, or wait for the next UTC ${monthly ? 'month' : 'day'}`,
      seen: [],
      spent: () => Promise.resolve(spent),
    };
    this.#asked = mayBegin ? undefined : { at: performance.now(), day, known };
    return known;
  }
}

/** The store is shared by all processes of the house. */
export function sharedRecovery(
  options: RecoveryOptions,
): LedgerRecovery & { forgetMembers(): Promise<void> } {
  return new SharedRecovery(options);
}

/** The store is this process's alone. */
export function ownRecovery(options: RecoveryOptions): LedgerRecovery {
  return new OwnRecovery(options);
}

function textOf({ state, epoch, sequence, until }: Member): string {
  return JSON.stringify({ state, epoch, sequence, until });
}

function said(action: 'ledger.lost' | 'ledger.joined', { epoch, sequence }: Seen) {
  return {
    userId: 'system',
    action,
    resource: 'ledger',
    status: action === 'ledger.lost' ? 'failure' : 'success',
    metadata: { epoch, sequence },
  } as const;
}
