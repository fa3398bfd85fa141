/** Goes through the entries of a period in the store, without holding up whoever else is served, and within a bound. */
import { setImmediate as turn } from 'node:timers/promises';
import { Refusal } from '../../base/errors.ts';
import type { Entry } from '../../ports/audit-log.ts';
import type { EntryRange, Store } from '../../ports/store.ts';

/** Of one answer: some ten seconds for each million. */
export const ENTRIES_MAX = 5_000_000;
/** At a time: each takes turns with whoever else is served. */
const READERS_MAX = 2;
let readers = 0;

/**
 * Each once, by time.
 * @throws request.too_complex with `param`: `from`, beyond 5,000,000 entries; edge.busy where two are being read; store.unavailable
 */
export async function eachEntry(
  store: Pick<Store, 'pageEntries'>,
  range: EntryRange,
  take: (entry: Entry) => void,
  entriesMax = ENTRIES_MAX,
): Promise<void> {
  if (readers === READERS_MAX) throw new Refusal('edge.busy');
  readers += 1;
  try {
    await goThrough(store, range, take, entriesMax);
  } finally {
    readers -= 1;
  }
}

async function goThrough(
  store: Pick<Store, 'pageEntries'>,
  range: EntryRange,
  take: (entry: Entry) => void,
  entriesMax: number,
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
