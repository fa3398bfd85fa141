/**
 * When keys were last used, by the day (UTC): enough to find those that nobody needs, and no trace of anybody's day. A use
 * costs a step into a set; what is written is written by the minute.
 */
import type { KeyRecord } from '../../ports/store.ts';
import { isLive, isOld } from './keys.ts';

const DAY_MS = 86_400_000;
/** After these a key is warned of, for not being used and for the age of its secret. */
export const UNUSED_DAYS = 90;

/** What the store knows of uses. */
export interface KeyUses {
  /** Since when uses are kept: a key of before may have been used until then. Milliseconds since 1970. */
  readonly since: number;
  /** Start of the day of its last use, by id. */
  readonly lastUsed: ReadonlyMap<string, number>;
}

/** Keys that opened something in this process. */
export class OpenedKeys {
  #ids = new Set<string>();
  /** As last counted: live keys that were not used for 90 days, and those with older secrets. */
  counts = { unused: 0, old: 0 };

  note(id: string): void {
    this.#ids.add(id);
  }

  /** Since it was last asked. */
  take(): readonly string[] {
    const ids = [...this.#ids];
    this.#ids = new Set();
    return ids;
  }
}

export function dayOf(ms: number): number {
  return ms - (ms % DAY_MS);
}

/** Whether nothing was opened with it for so many days, of which it must have had as many. */
export function isUnused(
  record: KeyRecord,
  { since, lastUsed }: KeyUses,
  days: number,
  now: number,
): boolean {
  const used = lastUsed.get(record.id);
  // The end of that day, since nobody knows when on it.
  const last = used === undefined ? Math.max(record.createdAt, since) : used + DAY_MS;
  return isLive(record, now) && now - last > days * DAY_MS;
}

/** Ids of live keys that should be looked at. */
export interface KeysToLookAt {
  readonly unused: readonly string[];
  readonly old: readonly string[];
}

export function keysToLookAt(keys: readonly KeyRecord[], uses: KeyUses, now: number): KeysToLookAt {
  const idsOf = (is: (key: KeyRecord) => boolean): readonly string[] => keys.filter(is).map(({ id }) => id);
  return {
    unused: idsOf((key) => isUnused(key, uses, UNUSED_DAYS, now)),
    old: idsOf((key) => isLive(key, now) && isOld(key, now)),
  };
}
