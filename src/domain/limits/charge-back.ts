/**
 * Who has cost what in a period, from the outcomes on record: by team, user, key, model, day, in any order. Sums are exact
 * whatever their size. A call that a crash left open, or that ended after its lease, counts with what was reserved, as in
 * the ledger.
 */
import { Refusal } from '../../base/errors.ts';
import { exactUsd } from '../../base/money.ts';
import type { Entry } from '../../ports/audit-log.ts';

/** What charges can be told by. */
export const CHARGED_BY = ['team', 'user', 'key', 'model', 'day'] as const;
export type ChargedBy = (typeof CHARGED_BY)[number];

const OUTCOME = 'exchange.outcome';
/** Beside the outcome: the ledger had charged all of the reservation, and goes by that. */
const LATE = 'exchange.settled_late';
/** The actions whose entries are taken. */
export const CHARGED_ACTIONS = [OUTCOME, LATE] as const;

/** Of what shares these names; one that is not known is left out. `usd` is a decimal number, exact. */
export interface ChargeRow {
  readonly names: Readonly<Partial<Record<ChargedBy, string>>>;
  readonly calls: number;
  readonly tokens: number;
  readonly usd: string;
}

/** The most that are told; more is refused, as a sum that leaves something out is wrong. */
export const CHARGE_ROWS_MAX = 10_000;

interface Cost {
  readonly tokens: number;
  readonly nano: bigint;
}
const NOTHING: Cost = { tokens: 0, nano: 0n };

interface Sum {
  readonly names: ChargeRow['names'];
  calls: number;
  tokens: number;
  nano: bigint;
}

/** Adds up entries in any order, each once. */
export class ChargeBook {
  readonly #by: readonly ChargedBy[];
  readonly #team: string | undefined;
  readonly #sums = new Map<string, Sum>();
  readonly #total: Sum = { names: {}, calls: 0, tokens: 0, nano: 0n };

  /** @param team of whose calls alone; undefined: of everybody's */
  constructor(by: readonly ChargedBy[], team: string | undefined) {
    this.#by = by;
    this.#team = team;
  }

  /** @throws request.too_complex beyond 10,000 rows */
  take(entry: Entry): void {
    const { action, metadata } = entry;
    if (action !== OUTCOME && action !== LATE) return;
    if (this.#team !== undefined && metadata['team'] !== this.#team) return;
    const reserved = costIn(metadata, 'reserved');
    const settled = costIn(metadata, 'settled');
    // What is late is told by its outcome as it was settled, and raised here to what stays charged.
    const isLate = action === LATE;
    if (isLate && reserved.nano < settled.nano) return;
    const cost = isLate || metadata['outcome'] === 'unknown' ? reserved : settled;
    const told = isLate ? settled : NOTHING;
    for (const sum of [this.#sumOf(entry), this.#total]) {
      sum.calls += isLate ? 0 : 1;
      sum.tokens += cost.tokens - told.tokens;
      sum.nano += cost.nano - told.nano;
    }
  }

  /** The dearest first. */
  rows(): readonly ChargeRow[] {
    return [...this.#sums]
      .sort(([one, a], [other, b]) => (a.nano < b.nano ? 1 : a.nano > b.nano ? -1 : one < other ? -1 : 1))
      .map(([, sum]) => told(sum));
  }

  total(): Omit<ChargeRow, 'names'> {
    const { names: _, ...total } = told(this.#total);
    return total;
  }

  #sumOf(entry: Entry): Sum {
    const names = this.#by.map((by) => NAMES[by](entry));
    const name = JSON.stringify(names);
    let sum = this.#sums.get(name);
    if (!sum) {
      if (this.#sums.size === CHARGE_ROWS_MAX) throw new Refusal('request.too_complex', { param: 'by' });
      const known = this.#by.flatMap((by, i) => (names[i] === undefined ? [] : [[by, names[i]] as const]));
      sum = { names: Object.fromEntries(known), calls: 0, tokens: 0, nano: 0n };
      this.#sums.set(name, sum);
    }
    return sum;
  }
}

function told({ names, calls, tokens, nano }: Sum): ChargeRow {
  return { names, calls, tokens, usd: exactUsd(nano) };
}

const NAMES: Readonly<Record<ChargedBy, (entry: Entry) => string | undefined>> = {
  team: ({ metadata }) => text(metadata['team']),
  user: ({ userId }) => userId,
  key: ({ metadata }) => text(metadata['credential']),
  model: ({ metadata }) => text(metadata['model']),
  // The ledger's, in whose budget it counts.
  day: ({ timestamp, metadata }) => text(metadata['day']) ?? timestamp.slice(0, 10),
};

function costIn(metadata: Entry['metadata'], which: 'reserved' | 'settled'): Cost {
  return { tokens: count(metadata[`${which}Tokens`]), nano: BigInt(count(metadata[`${which}Nano`])) };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0;
}
