/** Shipping: all of the log reaches the store, in order, whatever was read from files, queued, or failed once. */
import { expect, test } from 'vitest';
import { shipEntries, type Cursor } from '../../src/jobs/ship-entries.ts';
import type { Entry } from '../../src/ports/audit-log.ts';

const chain = '019a0000-0000-7000-8000-000000000000';

function entry(sequence: number): Entry {
  const timestamp = '2026-11-23T00:00:00.000Z';
  const sealed = { chain, sequence, previousHash: '', hash: '' };
  return {
    timestamp,
    userId: 'tester',
    action: 'x',
    resource: 'x',
    status: 'success',
    metadata: {},
    ...sealed,
  };
}

const nobody = (_entries: readonly Entry[]): void => undefined;

/** A log of files and followers, and a store that keeps what it is given. */
function house(files: Entry[]) {
  const kept = new Set<number>();
  const settings = new Map<string, string>();
  let follower = nobody;
  let away = false;
  const shipping = shipEntries({
    auditLog: { follow: (listener) => (follower = listener) },
    store: {
      appendEntries: async (entries) => {
        if (away) throw new Error('away');
        for (const { sequence } of entries) kept.add(sequence);
      },
      getSetting: async (name) => settings.get(name),
      putSetting: async (name, value) => void settings.set(name, value),
    },
    cursorName: 'cursor',
    readAfter: async function* readAfter(cursor: Cursor | undefined) {
      for (const one of files.slice()) if (one.sequence > (cursor?.sequence ?? 0)) yield [one];
    },
    onFailure: () => undefined,
    intervalMs: 5,
  });
  const add = (entries: Entry[]) => {
    files.push(...entries);
    follower(entries);
  };
  return { kept, shipping, add, setAway: (value: boolean) => (away = value) };
}

const range = (from: number, to: number): Entry[] =>
  Array.from({ length: to - from + 1 }, (_, i) => entry(from + i));

test('what the files hold and what comes meanwhile, however busy the process is', async () => {
  const { kept, shipping, add } = house(range(1, 20));
  const flushed = shipping.flush();
  add(range(21, 700));
  await flushed;
  await shipping.flush();
  expect(kept.size).toBe(700);
  add(range(701, 1500));
  await shipping.stop();
  expect(kept.size).toBe(1500);
});

test('more than memory holds, and a store that was away', async () => {
  const { kept, shipping, add, setAway } = house([]);
  await shipping.flush();
  setAway(true);
  add(range(1, 100));
  await shipping.flush();
  expect(kept.size).toBe(0);
  setAway(false);
  add(range(101, 25_000));
  await shipping.stop();
  expect(kept.size).toBe(25_000);
});
