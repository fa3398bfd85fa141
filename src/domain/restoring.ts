/** Reads the money of exchanges out of the audit log, so that a ledger in memory forgets nothing at a restart. */
import type { Entry } from '../ports/audit-log.ts';
import type { ScopeKind, Spent } from '../ports/ledger.ts';

/** What the audit log knows of an exchange's money: its intent, then its outcome. */
export interface MoneyFact {
  readonly kind: 'intent' | 'outcome';
  readonly reservationId: string;
  readonly scopes: readonly { readonly kind: ScopeKind; readonly id: string }[];
  readonly day: string;
  readonly at: number;
  readonly tokens: number;
  readonly nano: number;
  readonly released: boolean;
}

const KINDS: readonly ScopeKind[] = ['house', 'team', 'user', 'key'];

const count = (value: unknown): number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function scopeOf(name: unknown): { kind: ScopeKind; id: string } | undefined {
  const [kind, ...id] = text(name).split(':');
  const known = KINDS.find((candidate) => candidate === kind);
  return known && id.length > 0 ? { kind: known, id: id.join(':') } : undefined;
}

function factOf({ action, timestamp, metadata }: Entry): MoneyFact | undefined {
  const intent = action === 'exchange.intent';
  if (!intent && action !== 'exchange.outcome') return undefined;
  // A crash left the outcome to recovery: what was reserved is owed.
  const reserved = intent || metadata['outcome'] === 'unknown';
  const scopes = Array.isArray(metadata['scopes']) ? metadata['scopes'].map(scopeOf) : [];
  return {
    kind: intent ? 'intent' : 'outcome',
    reservationId: text(metadata['exchange']),
    scopes: scopes.filter((scope) => scope !== undefined),
    day: text(metadata['day']) || timestamp.slice(0, 10),
    at: Date.parse(timestamp),
    tokens: count(reserved ? metadata['reservedTokens'] : metadata['settledTokens']),
    nano: count(reserved ? metadata['reservedNano'] : metadata['settledNano']),
    released: metadata['released'] === true,
  };
}

/** Facts in the order of the entries. */
export async function* moneyFacts(batches: AsyncIterable<readonly Entry[]>): AsyncGenerator<MoneyFact> {
  for await (const batch of batches) {
    for (const entry of batch) {
      const fact = factOf(entry);
      if (fact) yield fact;
    }
  }
}

/**
 * What each scope spent on this UTC day and in its month. Facts may come twice and in any order; of an exchange without
 * an outcome what was reserved is owed.
 */
export function spentBy(facts: Iterable<MoneyFact>, day: string): readonly Spent[] {
  const exchanges = new Map<string, { intent?: MoneyFact; outcome?: MoneyFact }>();
  for (const fact of facts) {
    const known = exchanges.get(fact.reservationId) ?? {};
    exchanges.set(fact.reservationId, { ...known, [fact.kind]: fact });
  }
  const sums = new Map<string, Spent>();
  for (const { intent, outcome } of exchanges.values()) {
    const last = outcome ?? intent;
    if (!intent || !last || last.released || !intent.day.startsWith(day.slice(0, 7))) continue;
    const today = intent.day === day ? last.nano : 0;
    for (const { kind, id } of intent.scopes) {
      const sum = sums.get(`${kind}:${id}`) ?? { kind, id, dayNano: 0, monthNano: 0 };
      const spent = { dayNano: sum.dayNano + today, monthNano: sum.monthNano + last.nano };
      sums.set(`${kind}:${id}`, { ...sum, ...spent });
    }
  }
  return [...sums.values()];
}
