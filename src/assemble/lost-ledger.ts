/** What is still known of money when a ledger has lost its data: from this process's audit log and the store. */
import { utcDay, utcMonth } from '../base/clock.ts';
import { moneyFacts, type MoneyFact, spentBy, type Spent } from '../domain/restoring.ts';
import { readEntries } from '../engines/audit-read.ts';
import type { Entry } from '../ports/audit-log.ts';
import type { Store } from '../ports/store.ts';

type Entries = Pick<Store, 'findEntries'>;

const PAGE = 1000;

/** Whether a ledger without a past may begin: nothing this process or the store knows of was spent today. */
export async function noMoneyToday(auditDir: string, store: Entries): Promise<boolean> {
  const since = Date.parse(utcDay(Date.now()));
  for await (const fact of ownFacts(auditDir, since)) if (fact.nano > 0) return false;
  const stored = await store.findEntries({ action: 'exchange.outcome', from: since, limit: 1 });
  return stored.length === 0;
}

/**
 * What each scope has spent today and this month, as far as anybody wrote it down; open calls count in full.
 * @throws store.unavailable
 */
export async function spentSoFar(auditDir: string, store: Entries): Promise<readonly Spent[]> {
  const since = Date.parse(`${utcMonth(Date.now())}-01`);
  const facts: MoneyFact[] = [];
  for await (const fact of moneyFacts(storedEntries(store, since))) facts.push(fact);
  for await (const fact of ownFacts(auditDir, since)) facts.push(fact);
  return spentBy(facts, utcDay(Date.now()));
}

/** Money in this process's own audit log, which is ahead of the store. */
export function ownFacts(auditDir: string, since: number): AsyncGenerator<MoneyFact> {
  return moneyFacts(readEntries(auditDir, { since, actionPrefix: 'exchange.' }));
}

async function* storedEntries(store: Entries, from: number): AsyncGenerator<readonly Entry[]> {
  for (const action of ['exchange.intent', 'exchange.outcome']) {
    let to = Date.now() + 60_000;
    for (;;) {
      const page = await store.findEntries({ action, from, to, limit: PAGE });
      if (page.length > 0) yield page;
      if (page.length < PAGE) break;
      // The oldest millisecond is read again: a page may end within it.
      const oldest = Date.parse(page.at(-1)?.timestamp ?? '');
      to = oldest + 1 < to ? oldest + 1 : oldest;
    }
  }
}
