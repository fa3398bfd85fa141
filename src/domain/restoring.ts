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
  /** Its place in the log. */
  readonly chain: string;
  readonly sequence: number;
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

function factOf({ action, timestamp, metadata, chain, sequence }: Entry): MoneyFact | undefined {
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
    chain,
    sequence,
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

/** Where in which chain an entry stands: entries after the last place of a chain are left out. */
export type LeftOut = ReadonlyMap<string, number>;

/** An exchange may have two intents, moments apart: so many are known to be counted. */
const COUNTED_MAX = 100_000;

/**
 * What each scope spent on this UTC day and in its month. Facts come newest first, so that an outcome comes before its
 * intent, and may come twice; of an exchange without an outcome what was reserved is owed, unless its intent is among
 * those left out: it was never admitted. Memory is bounded by the exchanges that are open at one time.
 */
export async function spentBy(
  facts: AsyncIterable<MoneyFact>,
  day: string,
  leftOut: LeftOut = new Map(),
): Promise<readonly Spent[]> {
  const outcomes = new Map<string, MoneyFact>();
  const sums = new Map<string, Spent>();
  let counted = new Set<string>();
  let countedBefore = new Set<string>();
  for await (const fact of facts) {
    const { reservationId: id, kind } = fact;
    if (counted.has(id) || countedBefore.has(id)) continue;
    if (kind === 'outcome') {
      outcomes.set(id, fact);
      continue;
    }
    const outcome = outcomes.get(id);
    outcomes.delete(id);
    counted.add(id);
    if (counted.size >= COUNTED_MAX) [countedBefore, counted] = [counted, new Set()];
    if (!outcome && fact.sequence > (leftOut.get(fact.chain) ?? Number.POSITIVE_INFINITY)) continue;
    const { nano, released } = outcome ?? fact;
    if (released || nano === 0 || !fact.day.startsWith(day.slice(0, 7))) continue;
    const today = fact.day === day ? nano : 0;
    for (const { kind: scopeKind, id: scopeId } of fact.scopes) {
      const name = `${scopeKind}:${scopeId}`;
      const sum = sums.get(name) ?? { kind: scopeKind, id: scopeId, dayNano: 0, monthNano: 0 };
      sums.set(name, { ...sum, dayNano: sum.dayNano + today, monthNano: sum.monthNano + nano });
    }
  }
  return [...sums.values()];
}
