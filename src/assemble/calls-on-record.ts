/**
 * The entries of calls in the order they were made, over the processes of a house: of the audit logs of several data
 * directories, or of the store, which has everybody's. Reads alone: no lock, no port.
 */
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { readEntries } from '../engines/audit/audit-read.ts';
import type { Entry } from '../ports/audit-log.ts';
import type { Store } from '../ports/store.ts';
import { buildStore } from './engines.ts';

/** Milliseconds since 1970: from ≤ timestamp < to. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

const ACTIONS = ['exchange.intent', 'exchange.outcome', 'exchange.refused'];
/** The last time that a timestamp can say. */
const END_OF_TIME = 8.64e15;

/** As the store has them: what retention left, and what was shipped. @throws store.unavailable */
export async function* callsInStore(
  store: Config['store'],
  dataDir: string,
  period: Period,
): AsyncGenerator<Entry> {
  const opened = await buildStore(store, dataDir);
  try {
    yield* paged(opened, { ...period, to: Math.min(period.to, END_OF_TIME) });
  } finally {
    await opened.close();
  }
}

async function* paged(store: Pick<Store, 'pageEntries'>, period: Period): AsyncGenerator<Entry> {
  let page = await store.pageEntries({ actions: ACTIONS, ...period });
  for (let last = page.at(-1); last; last = page.at(-1)) {
    yield* page;
    page = await store.pageEntries({ actions: ACTIONS, ...period }, last);
  }
}

/** Of all these data directories together. @throws the disk's errors */
export async function* callsInLogs(dataDirs: readonly string[], period: Period): AsyncGenerator<Entry> {
  const logs = await Promise.all(
    [...new Set(dataDirs)].map(async (dataDir) => {
      const entries = inOrder(dataDir, period);
      return { entries, head: await entries.next() };
    }),
  );
  for (;;) {
    let first: (typeof logs)[number] | undefined;
    for (const log of logs)
      if (
        !log.head.done &&
        (!first || first.head.done || log.head.value.timestamp < first.head.value.timestamp)
      )
        first = log;
    if (!first || first.head.done) return;
    yield first.head.value;
    first.head = await first.entries.next();
  }
}

async function* inOrder(dataDir: string, { from, to }: Period): AsyncGenerator<Entry, undefined> {
  const read = { since: from, actionPrefix: 'exchange.' };
  for await (const batch of readEntries(join(dataDir, 'audit'), read))
    for (const entry of batch) if (Date.parse(entry.timestamp) < to) yield entry;
}
