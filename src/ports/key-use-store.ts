/** What a store engine must promise of the days on which keys were used. Everything may throw `store.unavailable`. */

/** Times are milliseconds since 1970. */
export interface KeyUseStore {
  /** They were used on the day that began then; an earlier day than what is known changes nothing. */
  mark(ids: readonly string[], day: number): Promise<void>;
  /** All that is known, and since when. */
  read(): Promise<{ readonly since: number; readonly lastUsed: ReadonlyMap<string, number> }>;
}
