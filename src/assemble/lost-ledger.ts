/** What is still known of money when a ledger has lost its data: the audit log, as far as the store has it. */
import { moneyFacts, type MoneyFact, moneyOf, type OwnFact, spentBy } from '../domain/limits/restoring.ts';
import { readLines } from '../engines/audit/audit-read.ts';
import type { Entry } from '../ports/audit-log.ts';
import type { Spent } from '../ports/ledger.ts';
import type { Store } from '../ports/store.ts';

type Entries = Pick<Store, 'findEntries'>;

const PAGE = 1000;

/**
 * Entries bear the time of processes, whose clocks may be off; what they say of the day is the ledger's word. So much
 * before a day they are looked through.
 */
export const CLOCKS_OFF_MS = 2 * 86_400_000;

/**
 * What each scope has spent on that day and in its month, as far as the store knows; open calls count in full.
 * @throws store.unavailable
 */
export async function spentSoFar(day: string, store: Entries): Promise<readonly Spent[]> {
  const since = Date.parse(`${day.slice(0, 7)}-01`) - CLOCKS_OFF_MS;
  const outcomes = facts(store, 'exchange.outcome', since);
  const late = facts(store, 'exchange.settled_late', since);
  const intents = facts(store, 'exchange.intent', since);
  return await spentBy(
    newestFirst(newestFirst(late, outcomes), intents),
    day,
    await neverAdmitted(store, since),
  );
}

/** Money in this process's own audit log, in its order; a million facts in some seconds. */
export async function* ownFacts(auditDir: string, since: number): AsyncGenerator<readonly OwnFact[]> {
  for await (const lines of readLines(auditDir, { since, actionPrefix: 'exchange.' })) {
    const facts: OwnFact[] = [];
    for (const line of lines) {
      const fact = moneyOf(line);
      if (fact && fact.at >= since) facts.push(fact);
    }
    yield facts;
  }
}

/**
 * After a process had said that the ledger is lost to it, and before it said that it joined again, it was admitted to
 * nothing, whatever it intended: by chain, the place of such a word that was its last.
 */
async function neverAdmitted(store: Entries, since: number): Promise<ReadonlyMap<string, number>> {
  const last = new Map<string, Entry>();
  for (const action of ['ledger.lost', 'ledger.joined']) {
    for await (const page of pages(store, action, since)) {
      for (const entry of page) {
        if (entry.sequence > (last.get(entry.chain)?.sequence ?? 0)) last.set(entry.chain, entry);
      }
    }
  }
  const lost = [...last.values()].filter(({ action }) => action === 'ledger.lost');
  return new Map(lost.map(({ chain, sequence }) => [chain, sequence]));
}

function facts(store: Entries, action: string, since: number): AsyncGenerator<MoneyFact> {
  return moneyFacts(pages(store, action, since));
}

/** Newest first. */
async function* pages(store: Entries, action: string, from: number): AsyncGenerator<readonly Entry[]> {
  let to = Date.now() + CLOCKS_OFF_MS;
  for (;;) {
    const page = await store.findEntries({ action, from, to, limit: PAGE });
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
    // The oldest millisecond is read again: a page may end within it.
    const oldest = Date.parse(page.at(-1)?.timestamp ?? '');
    to = oldest + 1 < to ? oldest + 1 : oldest;
  }
}

/** Two sequences as one; of the same millisecond, the first's before the second's. */
async function* newestFirst(
  first: AsyncGenerator<MoneyFact>,
  second: AsyncGenerator<MoneyFact>,
): AsyncGenerator<MoneyFact> {
  let [one, other] = [await first.next(), await second.next()];
  while (!one.done || !other.done) {
    if (!one.done && (other.done || one.value.at >= other.value.at)) {
      yield one.value;
      one = await first.next();
    } else if (!other.done) {
      yield other.value;
      other = await second.next();
    }
  }
}
