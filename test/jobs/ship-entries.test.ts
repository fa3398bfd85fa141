import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readEntries } from '../../src/engines/audit/audit-read.ts';
import { openSqliteStore } from '../../src/engines/store/store-sqlite.ts';
import { shipEntries, type ShipEntries } from '../../src/jobs/ship-entries.ts';
import type { AuditLog, Entry } from '../../src/ports/audit-log.ts';
import type { Store } from '../../src/ports/store.ts';
import { auditDir, auditLog, intent } from '../support/audit.ts';
import { until } from '../support/until.ts';

async function openStore(dir: string): Promise<Store> {
  const store = openSqliteStore({ file: join(dir, 'store.sqlite') });
  await store.open();
  onTestFinished(() => store.close());
  return store;
}

const nameOf = ({ chain, sequence }: Entry): string => `${chain} ${sequence}`;

async function onDisk(dir: string): Promise<string[]> {
  const names: string[] = [];
  for await (const batch of readEntries(dir)) names.push(...batch.map(nameOf));
  return names.sort();
}

const inStore = async (store: Store): Promise<string[]> =>
  (await store.findEntries({ limit: 1000 })).map(nameOf).sort();

interface Ends {
  readonly dir: string;
  readonly log: Pick<AuditLog, 'follow'>;
  readonly store: Pick<Store, 'appendEntries' | 'getSetting' | 'putSetting'>;
}

function ship({ dir, log, store }: Ends, onFailure: (error: unknown) => void = () => undefined): ShipEntries {
  return shipEntries({
    auditLog: log,
    store,
    cursorName: 'cursor',
    readAfter: (after) => readEntries(dir, { after }),
    onFailure,
    intervalMs: 5,
  });
}

/** The same store, but the operation of this number fails: before it is done, or after, its answer lost. */
function failing(
  store: Store,
  number: number,
  done: boolean,
): Ends['store'] & { readonly count: () => number } {
  let count = 0;
  async function perhaps<T>(operation: () => Promise<T>): Promise<T> {
    const fails = ++count === number;
    if (fails && !done) throw new Error('the database does not answer');
    const result = await operation();
    if (fails) throw new Error('the answer was lost');
    return result;
  }
  return {
    count: () => count,
    appendEntries: (entries) => perhaps(() => store.appendEntries(entries)),
    getSetting: (name) => perhaps(() => store.getSetting(name)),
    putSetting: (name, value) => perhaps(() => store.putSetting(name, value)),
  };
}

test.each([
  ['not done', false],
  ['done, and its answer lost', true],
])('each operation of the store in turn %s: nothing lost, nothing doubled', async (_, done) => {
  for (let number = 1; ; number++) {
    const dir = await auditDir();
    const store = await openStore(dir);
    const log = await auditLog(dir);
    const faulty = failing(store, number, done);
    const faults: unknown[] = [];
    await log.record(intent('before'));
    const shipping = ship({ dir, log, store: faulty }, (error) => faults.push(error));
    for (let entries = 0; entries < 4; entries++) await log.record(intent(`${number}-${entries}`));
    await until(
      () => inStore(store),
      ({ length }) => length >= 5,
    );
    await shipping.stop();
    // A turn that failed leaves the rest to the next one.
    if (faults.length > 0) await ship({ dir, log, store }).stop();
    expect(await inStore(store)).toEqual(await onDisk(dir));
    expect(faults.length).toBe(faulty.count() >= number ? 1 : 0);
    if (faults.length === 0) break;
  }
});

test('a shipper that is ended anywhere is continued by the next, from the cursor', async () => {
  const dir = await auditDir();
  const store = await openStore(dir);
  for (let start = 0; start < 3; start++) {
    const log = await auditLog(dir);
    const shipping = ship({ dir, log, store });
    for (let entries = 0; entries < 5; entries++) await log.record(intent(`${start}-${entries}`));
    if (start !== 1) await shipping.stop();
    await log.close();
    if (start === 1) await shipping.stop();
  }
  const arrived = new Set(await inStore(store));
  const again: string[] = [];
  const log = await auditLog(dir);
  const last = shipEntries({
    auditLog: log,
    store,
    cursorName: 'cursor',
    async *readAfter(after) {
      for await (const batch of readEntries(dir, { after })) {
        again.push(...batch.map(nameOf).filter((name) => arrived.has(name)));
        yield batch;
      }
    },
    onFailure: (error) => expect(error).toBeUndefined(),
  });
  await last.stop();
  expect(await inStore(store)).toEqual(await onDisk(dir));
  expect(again).toEqual([]);
});

test('flush ships what is there, and the shipper goes on', async () => {
  const dir = await auditDir();
  const store = await openStore(dir);
  const log = await auditLog(dir);
  const shipping = ship({ dir, log, store });
  const first = await log.record(intent('first'));
  await shipping.flush();
  expect(await inStore(store)).toContain(nameOf(first));
  const second = await log.record(intent('second'));
  await until(
    () => inStore(store),
    (names) => names.includes(nameOf(second)),
  );
  await shipping.stop();
});

test('the files that are read to catch up are closed where the store fails in between', async () => {
  const dir = await auditDir();
  const log = await auditLog(dir);
  await log.record(intent('one'));
  let closed = 0;
  const shipper = shipEntries({
    auditLog: log,
    store: { ...failing(await openStore(dir), 2, false) },
    cursorName: 'cursor',
    async *readAfter(after) {
      try {
        yield* readEntries(dir, { after });
      } finally {
        closed += 1;
      }
    },
    onFailure: () => undefined,
    intervalMs: 5,
  });
  await until(
    () => closed,
    (times) => times === 2,
  );
  await shipper.stop();
  expect(closed).toBe(2);
});
