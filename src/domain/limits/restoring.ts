/** Reads the money of exchanges out of the audit log, so that a ledger in memory forgets nothing at a restart. */
import { BoundedMap } from '../../base/bounded-map.ts';
import type { Entry } from '../../ports/audit-log.ts';
import { SCOPE_KINDS, type ScopeKind, type Spent } from '../../ports/ledger.ts';

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

const count = (value: unknown): number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0;
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function scopeOf(name: unknown): { kind: ScopeKind; id: string } | undefined {
  const [kind, ...id] = text(name).split(':');
  const known = SCOPE_KINDS.find((candidate) => candidate === kind);
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

/** A ledger of many processes had charged the whole reservation by then, and went by that. */
function lateFactOf(entry: Entry): MoneyFact | undefined {
  const { action, metadata } = entry;
  if (action !== 'exchange.settled_late') return undefined;
  return factOf({ ...entry, action: 'exchange.outcome', metadata: { ...metadata, outcome: 'unknown' } });
}

/** How a line begins, and what an intent and an outcome say of money, in the order in which records.ts says it. */
const BEGIN = String.raw`^\{"timestamp":"[^"]+","userId":"[^"]+","action":"exchange\.`;
const EXCHANGE = String.raw`","resource":"[^"]*","status":"[a-z]+","metadata":\{"exchange":"([^"\\]+)"`;
const INTENT = new RegExp(
  String.raw`${BEGIN}intent${EXCHANGE}.*?"day":"([0-9-]+)","scopes":\[([^\]\\]*)\],"reservedTokens":(\d+),"reservedNano":(\d+)`,
);
const OUTCOME = new RegExp(
  String.raw`${BEGIN}outcome${EXCHANGE}.*?"outcome":"(?!unknown)\w+".*?"day":"([0-9-]+)".*?"settledTokens":(\d+),"settledNano":(\d+)(,"released":true)?`,
);
/** `{"timestamp":"2026-11-23T10:20:30.123Z"`: where the time of a line stands. */
const TIME_AT = 14;
const TIME_CHARS = 24;

/** A fact without its place in the log. */
export type OwnFact = Omit<MoneyFact, 'chain' | 'sequence'>;

/**
 * The money of a line of the log. Read by its form, in a fifth of the time that parsing takes; a line of another form
 * is parsed. No string can pretend to be a field: a quotation mark in it is escaped.
 */
export function moneyOf(line: string): OwnFact | undefined {
  const intent = INTENT.exec(line);
  const found = intent ?? OUTCOME.exec(line);
  if (!found) return parsedMoney(line);
  const [, reservationId = '', ...rest] = found;
  const [day = '', scopes = '', tokens, nano] = intent ? rest : [rest[0], '', rest[1], rest[2]];
  return {
    kind: intent ? 'intent' : 'outcome',
    reservationId,
    scopes: scopes === '' ? [] : scopesOf(scopes),
    day,
    at: Date.parse(line.slice(TIME_AT, TIME_AT + TIME_CHARS)),
    tokens: count(Number(tokens)),
    nano: count(Number(nano)),
    released: !intent && rest[3] !== undefined,
  };
}

function parsedMoney(line: string): OwnFact | undefined {
  try {
    return factOf(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** The same callers come again and again. */
const knownScopes = new BoundedMap<string, MoneyFact['scopes']>(10_000);

/** @param list names in quotation marks, commas between them */
function scopesOf(list: string): MoneyFact['scopes'] {
  let scopes = knownScopes.get(list);
  if (!scopes) {
    scopes = list
      .split(',')
      .map((name) => scopeOf(name.slice(1, -1)))
      .filter((scope) => scope !== undefined);
    knownScopes.set(list, scopes);
  }
  return scopes;
}

/** Facts in the order of the entries; one that was settled late has a second outcome. */
export async function* moneyFacts(batches: AsyncIterable<readonly Entry[]>): AsyncGenerator<MoneyFact> {
  for await (const batch of batches) {
    for (const entry of batch) {
      const fact = factOf(entry) ?? lateFactOf(entry);
      if (fact) yield fact;
    }
  }
}

/** Where in which chain an entry stands: entries after the last place of a chain are left out. */
export type LeftOut = ReadonlyMap<string, number>;

function owedBy(fact: MoneyFact | undefined): number {
  return !fact || fact.released ? 0 : fact.nano;
}

/** An exchange may have two intents, moments apart: so many are known to be counted. */
const COUNTED_MAX = 100_000;

/**
 * What each scope spent on this UTC day and in its month. Facts come newest first, so that an outcome comes before its
 * intent, and may come twice: of two that differ the dearer counts. Of an exchange without an outcome what was reserved is
 * owed, unless its intent is among those left out: it was never admitted. Memory is bounded by the exchanges that are open
 * at one time.
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
      if (owedBy(fact) >= owedBy(outcomes.get(id))) outcomes.set(id, fact);
      continue;
    }
    const outcome = outcomes.get(id);
    outcomes.delete(id);
    counted.add(id);
    if (counted.size >= COUNTED_MAX) [countedBefore, counted] = [counted, new Set()];
    if (!outcome && fact.sequence > (leftOut.get(fact.chain) ?? Number.POSITIVE_INFINITY)) continue;
    const nano = owedBy(outcome ?? fact);
    if (nano === 0 || !fact.day.startsWith(day.slice(0, 7))) continue;
    const today = fact.day === day ? nano : 0;
    for (const { kind: scopeKind, id: scopeId } of fact.scopes) {
      const name = `${scopeKind}:${scopeId}`;
      const sum = sums.get(name) ?? { kind: scopeKind, id: scopeId, dayNano: 0, monthNano: 0 };
      sums.set(name, { ...sum, dayNano: sum.dayNano + today, monthNano: sum.monthNano + nano });
    }
  }
  return [...sums.values()];
}
