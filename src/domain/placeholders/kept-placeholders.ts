/**
 * The store's side of placeholders in chains: read before a call is prepared, written before what it says can be gone
 * on from. A row that is lost leaves placeholders as they are; it never makes one stand for another value.
 */
import type { Clock } from '../../base/clock.ts';
import type { Seal } from '../../base/seal.ts';
import type { ChainPlaceholders, VaultEntry } from '../../guardrails/placeholders.ts';
import type { ObjectOwner, PlaceholderRow, Store } from '../../ports/store.ts';
import {
  continuedBy,
  isGrowing,
  joinChains,
  numbersFrom,
  numbersText,
  openEntries,
  sealChain,
} from './chained-placeholders.ts';
import type { Caller } from '../callers/caller.ts';
import { isOwn } from '../callers/end-users.ts';
import type { Reference } from '../objects/objects.ts';

/** What is known of the objects that a call goes on from. */
export interface Recalled {
  /** Undefined where nothing stands in them. */
  readonly earlier: ChainPlaceholders | undefined;
  /** False: numbers may be taken that nobody knows of, so values are redacted for good. */
  readonly isKnown: boolean;
  /** Of those that the call writes into: their rows as they were read, by id. */
  readonly rows: ReadonlyMap<string, PlaceholderRow>;
  /** Their owners. */
  readonly owners: readonly ObjectOwner[];
}

/** Recalls and keeps. Everything may throw `store.unavailable`. */
export interface KeptPlaceholders {
  /** @param writes whether the call writes into what it names @param known owners that were looked up already */
  recall(
    caller: Caller,
    references: readonly Reference[],
    writes: boolean,
    known?: readonly ObjectOwner[],
  ): Promise<Recalled>;
  /** Values kept with these objects, by id, of those that are this caller's own: at most 100 are opened. */
  entriesOf(caller: Caller, ids: readonly string[]): Promise<ReadonlyMap<string, readonly VaultEntry[]>>;
  /** Writes a chain to all objects the call writes into; false if one of them has changed since it was read. */
  keep(caller: Caller, chain: ChainPlaceholders, rows: Recalled['rows']): Promise<boolean>;
  /** What is kept with an object that this caller made. */
  row(caller: Caller, chain: ChainPlaceholders, id: string): PlaceholderRow;
  /**
   * What is kept with an object that was made from that one: the same, where both are one user's, for the same end user;
   * else which placeholders there are. Undefined where nobody knows.
   */
  derived(
    from: string,
    owner: Pick<ObjectOwner, 'id' | 'user' | 'endUser'>,
  ): Promise<PlaceholderRow | undefined>;
  /**
   * Drops values that would be older than they may be before it is called again.
   * @param everyMs how often it is called
   * @param onRecord told before each round of how many objects have some; what it rejects with ends the work
   * @param held of whom nothing is dropped, asked before each round
   */
  forgetOld(
    everyMs: number,
    onRecord: (objects: number) => Promise<void>,
    held: () => Promise<'all' | readonly string[]>,
  ): Promise<void>;
}

/** What it works with. `days`: how long values are kept, 0 for not at all. */
export interface KeepingDeps {
  readonly store: Store;
  readonly seal: Seal;
  readonly days: number;
  readonly clock: Clock;
}

/** Objects of one call whose values are opened; with more, nothing is known. */
const CONTINUED_MAX = 64;
/** Items of one page whose values are opened. */
const QUOTED_MAX = 100;
const NOTHING: Recalled = { earlier: undefined, isKnown: true, rows: new Map(), owners: [] };
const UNKNOWN: Recalled = { ...NOTHING, isKnown: false };
const DAY_MS = 86_400_000;
const PAGE = 100;
const PAGES_MAX = 10_000;

export function createKeptPlaceholders(deps: KeepingDeps): KeptPlaceholders {
  return new Keeping(deps);
}

class Keeping implements KeptPlaceholders {
  readonly #deps: KeepingDeps;
  constructor(deps: KeepingDeps) {
    this.#deps = deps;
  }

  async recall(
    caller: Caller,
    references: readonly Reference[],
    writes: boolean,
    known?: readonly ObjectOwner[],
  ): Promise<Recalled> {
    const continued = continuedBy(references);
    if (continued.length === 0) return NOTHING;
    if (continued.length > CONTINUED_MAX) return known ? { ...UNKNOWN, owners: known } : UNKNOWN;
    const owners = known ?? (await this.#deps.store.getOwners(continued.map(({ id }) => id)));
    const byId = new Map(owners.map((owner) => [owner.id, owner]));
    const own = owners.filter((owner) => isOwn(caller, owner) && (owner.placeholders ?? '{}') !== '{}');
    const sealed = await this.#sealedOf(own, new Set(continued.map(({ id }) => id)));
    const rows = new Map<string, PlaceholderRow>();
    const chains: ChainPlaceholders[] = [];
    let isKnown = true;
    for (const reference of continued) {
      const owner = byId.get(reference.id);
      const { placeholders } = owner ?? {};
      const grows = writes && isGrowing(reference);
      if (owner === undefined || placeholders === undefined || (grows && !isOwn(caller, owner)))
        isKnown = false;
      if (owner === undefined || placeholders === undefined) continue;
      const text = sealed.get(owner.id);
      const isTheirs = isOwn(caller, owner);
      const entries = isTheirs ? openEntries(this.#deps.seal, text, owner, this.#since()) : [];
      chains.push({ numbers: numbersFrom(placeholders), entries });
      if (grows && isTheirs) rows.set(owner.id, { placeholders, sealed: text });
    }
    const earlier = joinChains(chains);
    const isEmpty = earlier.entries.length === 0 && Object.keys(earlier.numbers).length === 0;
    return { earlier: isEmpty ? undefined : earlier, isKnown, rows, owners };
  }

  async #sealedOf(
    owners: readonly ObjectOwner[],
    continued: ReadonlySet<string>,
  ): Promise<ReadonlyMap<string, string>> {
    const ids = owners.map(({ id }) => id).filter((id) => continued.has(id));
    return ids.length === 0 ? new Map() : await this.#deps.store.getSealed(ids);
  }

  async entriesOf(
    caller: Caller,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, readonly VaultEntry[]>> {
    const named = [...new Set(ids)].slice(0, QUOTED_MAX);
    if (named.length === 0) return new Map();
    const owners = await this.#deps.store.getOwners(named);
    const own = owners.filter((owner) => isOwn(caller, owner) && (owner.placeholders ?? '{}') !== '{}');
    const sealed = await this.#sealedOf(own, new Set(named));
    const open = (owner: ObjectOwner) =>
      openEntries(this.#deps.seal, sealed.get(owner.id), owner, this.#since());
    return new Map(own.map((owner) => [owner.id, open(owner)]));
  }

  #since(): number {
    return this.#deps.clock.now() - this.#deps.days * DAY_MS;
  }

  async keep(caller: Caller, chain: ChainPlaceholders, rows: Recalled['rows']): Promise<boolean> {
    const placeholders = numbersText(chain.numbers);
    const isNew = chain.entries.some(({ at }) => at === undefined);
    for (const [id, row] of rows) {
      if (!isNew && row.placeholders === placeholders) continue;
      if (!(await this.#deps.store.changePlaceholders(id, row, this.row(caller, chain, id)))) return false;
    }
    return true;
  }

  row({ user }: Caller, chain: ChainPlaceholders, id: string): PlaceholderRow {
    const { seal, days, clock } = this.#deps;
    return sealChain(seal, chain, { id, user }, { now: clock.now(), days });
  }

  async derived(
    from: string,
    { id, user, endUser }: Parameters<KeptPlaceholders['derived']>[1],
  ): ReturnType<KeptPlaceholders['derived']> {
    const { store, seal, days, clock } = this.#deps;
    const [source] = await store.getOwners([from]);
    if (source?.placeholders === undefined) return undefined;
    const { placeholders } = source;
    if (placeholders === '{}' || source.user !== user || source.endUser !== endUser) return { placeholders };
    const sealed = (await store.getSealed([from])).get(from);
    const chain = {
      numbers: numbersFrom(placeholders),
      entries: openEntries(seal, sealed, source, this.#since()),
    };
    return sealChain(seal, chain, { id, user }, { now: clock.now(), days });
  }

  async forgetOld(
    everyMs: number,
    onRecord: (objects: number) => Promise<void>,
    held: () => Promise<'all' | readonly string[]>,
  ): Promise<void> {
    const { store, seal, days, clock } = this.#deps;
    for (let pages = 0; pages < PAGES_MAX; pages++) {
      const except = await held();
      if (except === 'all') return;
      const since = this.#since() + everyMs;
      const old = await store.listSealed(since, PAGE, except);
      if (old.length > 0) await onRecord(old.length);
      for (const { id, user, placeholders, sealed } of old) {
        const entries = openEntries(seal, sealed, { id, user }, since);
        const chain = { numbers: numbersFrom(placeholders), entries };
        const row = sealChain(seal, chain, { id, user }, { now: clock.now(), days });
        // One that was changed meanwhile was written without what is old.
        await store.changePlaceholders(id, { placeholders, sealed }, row);
      }
      if (old.length < PAGE) return;
    }
  }
}
