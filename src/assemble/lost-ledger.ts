/** What is still known of money when a ledger has lost its data: from this process's audit log and the store. */
import { moneyFacts, type MoneyFact, spentBy } from '../domain/restoring.ts';
import { readEntries } from '../engines/audit-read.ts';
import type { Spent } from '../ports/ledger.ts';
import type { Entry } from '../ports/audit-log.ts';
import type { Store } from '../ports/store.ts';

type Entries = Pick<Store, 'findEntries'>;

const PAGE = 1000;

/**
 * Entries bear the time of processes, whose clocks may be off; what they say of the day is the ledger's word. So much
 * before a day they are looked through.
 */
const CLOCKS_OFF_MS = 2 * 86_400_000;

/** Whether a ledger without a past may begin: nothing this process or the store knows of was spent since that day. */
export async function noMoneyOn(day: string, auditDir: string, store: Entries): Promise<boolean> {
  const since = Date.parse(day) - CLOCKS_OFF_MS;
  for await (const fact of ownFacts(auditDir, since)) if (fact.nano > 0 && fact.day >= day) return false;
  const stored = await store.findEntries({ action: 'exchange.outcome', from: since, limit: PAGE });
  return !stored.some((entry) => dayOf(entry) >= day);
}

function dayOf({ metadata, timestamp }: Entry): string {
  return typeof metadata['day'] === 'string' ? metadata['day'] : timestamp;
}

/**
 * What each scope has spent on that day and in its month, as far as anybody wrote it down; open calls count in full.
 * @throws store.unavailable
 */
export async function spentSoFar(day: string, auditDir: string, store: Entries): Promise<readonly Spent[]> {
  const since = Date.parse(`${day.slice(0, 7)}-01`) - CLOCKS_OFF_MS;
  const facts: MoneyFact[] = [];
  for await (const fact of moneyFacts(storedEntries(store, since))) facts.push(fact);
  for await (const fact of ownFacts(auditDir, since)) facts.push(fact);
  return spentBy(facts, day);
}

/** Money in this process's own audit log, which is ahead of the store. */
export function ownFacts(auditDir: string, since: number): AsyncGenerator<MoneyFact> {
  return moneyFacts(readEntries(auditDir, { since, actionPrefix: 'exchange.' }));
}

async function* storedEntries(store: Entries, from: number): AsyncGenerator<readonly Entry[]> {
  for (const action of ['exchange.intent', 'exchange.outcome']) {
    let to = Date.now() + CLOCKS_OFF_MS;
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
