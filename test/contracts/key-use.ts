/** What every store engine must do with the days on which keys were used. */
import { expect, test } from 'vitest';
import type { Store } from '../../src/ports/store.ts';

const DAY = 86_400_000;

/** @param fresh a store over an empty database, not opened */
export function keyUseContract(fresh: () => Promise<Store>): void {
  test('uses of keys: the last day counts, of any number at once; and since when they are kept', async () => {
    const before = Date.now();
    const store = await fresh();
    await store.open();
    const ids = Array.from({ length: 1201 }, (_, index) => `k${index}`);
    await store.keyUse.mark(ids, 5 * DAY);
    await store.keyUse.mark(['k0', 'new'], 6 * DAY);
    await store.keyUse.mark(['k0', 'k1'], 4 * DAY);
    await store.keyUse.mark([], 9 * DAY);
    const { since, lastUsed } = await store.keyUse.read();
    expect(lastUsed.size).toBe(1202);
    expect(['k0', 'k1', 'k1200', 'new'].map((id) => lastUsed.get(id))).toEqual(
      [6, 5, 5, 6].map((day) => day * DAY),
    );
    expect(since).toBeGreaterThanOrEqual(before);
    expect(since).toBeLessThanOrEqual(Date.now());
    await store.close();
  });
}
