/** Goes through the entries of a period in the store, without holding up whoever else is served, and within a bound. */
import { setImmediate as turn } from 'node:timers/promises';
import { Refusal } from '../base/errors.ts';
import type { Entry } from '../ports/audit-log.ts';
import type { EntryRange, Store } from '../ports/store.ts';

/** Of one answer: some ten seconds' worth. */
export const ENTRIES_MAX = 1_000_000;

/**
 * Each once, by time.
 * @throws request.too_complex with `param`: `from`, beyond 1,000,000 entries; store.unavailable
 */
export async function eachEntry(
  store: Pick<Store, 'pageEntries'>,
  range: EntryRange,
  take: (entry: Entry) => void,
  entriesMax = ENTRIES_MAX,
): Promise<void> {
  let after: Entry | undefined;
  for (let taken = 0; ; ) {
    const page = await store.pageEntries(range, after);
    after = page.at(-1);
    if (!after) return;
    taken += page.length;
    if (taken > entriesMax) throw new Refusal('request.too_complex', { param: 'from' });
    for (const entry of page) take(entry);
    // An embedded store answers at once, page after page.
    await turn();
  }
}
