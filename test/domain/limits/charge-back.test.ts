/**
 * Sums against plain addition over generated outcomes, whatever is asked for. Shown false by a book that takes intents too, by
 * one that counts a crash at what was settled (nothing), by one that does not hear of what was settled late, and by sums in
 * doubles beyond 2^53.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CHARGE_ROWS_MAX,
  CHARGED_BY,
  type ChargedBy,
  ChargeBook,
} from '../../../src/domain/limits/charge-back.ts';
import { eachEntry } from '../../../src/domain/records/entry-pages.ts';
import { nanoFromUsd } from '../../../src/base/money.ts';
import type { Entry } from '../../../src/ports/audit-log.ts';

const outcome = (metadata: object, more: Partial<Entry> = {}): Entry => ({
  timestamp: '2026-11-20T23:59:59.000Z',
  chain: 'a',
  sequence: 1,
  userId: 'ada',
  action: 'exchange.outcome',
  resource: 'chat.completions.create',
  status: 'success',
  metadata: { credential: 'k1', outcome: 'completed', ...metadata },
  previousHash: '',
  hash: '',
  ...more,
});

function booked(by: readonly ChargedBy[], entries: readonly Entry[], team?: string): ChargeBook {
  const book = new ChargeBook(by, team);
  for (const entry of entries) book.take(entry);
  return book;
}

const some = fc.record({
  team: fc.option(fc.constantFrom('red', 'blue'), { nil: undefined }),
  model: fc.constantFrom('gpt-5', 'gpt-4o', undefined),
  credential: fc.constantFrom('k1', 'k2'),
  settledTokens: fc.nat(100_000),
  settledNano: fc.maxSafeNat(),
});

describe('charges', () => {
  test('every sum is the sum of its calls, and all of them that of all', () => {
    fc.assert(
      fc.property(fc.array(some), fc.subarray([...CHARGED_BY]), (calls, by) => {
        const entries = calls.map((call) => outcome(call));
        const book = booked(by, entries);
        const nano = calls.reduce((sum, { settledNano }) => sum + BigInt(settledNano), 0n);
        expect(nanoOf(book.total().usd)).toBe(nano);
        expect(book.rows().reduce((sum, { usd }) => sum + nanoOf(usd), 0n)).toBe(nano);
        expect(book.rows().reduce((sum, row) => sum + row.calls, 0)).toBe(calls.length);
        for (const { names, usd, tokens } of book.rows()) {
          const own = calls.filter(({ team, model, credential }) => {
            const all = { team, model, key: credential, user: 'ada', day: '2026-11-20' };
            return by.every((name) => names[name] === all[name]);
          });
          expect(nanoOf(usd)).toBe(own.reduce((sum, { settledNano }) => sum + BigInt(settledNano), 0n));
          expect(tokens).toBe(own.reduce((sum, { settledTokens }) => sum + settledTokens, 0));
        }
      }),
    );
  });

  test('a call that a crash left open costs what was reserved; an intent nothing', () => {
    const reserved = { reservedTokens: 7, reservedNano: nanoFromUsd(0.25), settledNano: 0 };
    const book = booked(
      ['team'],
      [
        outcome({ ...reserved, outcome: 'unknown' }),
        outcome({ settledNano: 5 }, { action: 'exchange.intent' }),
        outcome({ settledNano: 5 }, { action: 'exchange.over_reservation' }),
      ],
    );
    expect(book.rows()).toEqual([{ names: {}, calls: 1, tokens: 7, usd: '0.25' }]);
  });

  test('what the ledger had charged in full before the call ended costs that, on the day of the call, once', () => {
    const [late, day] = ['exchange.settled_late', '2026-11-19'];
    const cost = {
      day,
      team: 'red',
      reservedTokens: 90,
      reservedNano: 900,
      settledTokens: 7,
      settledNano: 70,
    };
    const { reservedTokens: _, reservedNano: __, ...ended } = cost;
    const entries = [outcome(ended), outcome(cost, { action: late }), outcome({ ...ended, team: 'blue' })];
    expect(booked(['team', 'day'], entries).rows()).toEqual([
      { names: { team: 'red', day }, calls: 1, tokens: 90, usd: '0.0000009' },
      { names: { team: 'blue', day }, calls: 1, tokens: 7, usd: '0.00000007' },
    ]);
    expect(booked(['team'], entries, 'blue').total()).toEqual({ calls: 1, tokens: 7, usd: '0.00000007' });
    // Of more than was reserved the dearer counts, as where the ledger is rebuilt.
    const over = outcome({ ...cost, reservedNano: 69 }, { action: late });
    expect(booked(['team'], [outcome(ended), over]).total()).toEqual({
      calls: 1,
      tokens: 7,
      usd: '0.00000007',
    });
  });

  test('the day is the ledger’s, and of a team only its own', () => {
    const entries = [
      outcome({ day: '2026-11-19', team: 'red', settledNano: 1 }),
      outcome({ team: 'red', settledNano: 2 }),
      outcome({ team: 'redder', settledNano: 4 }),
      outcome({ settledNano: 8 }),
    ];
    expect(booked(['day'], entries, 'red').rows()).toEqual([
      { names: { day: '2026-11-20' }, calls: 1, tokens: 0, usd: '0.000000002' },
      { names: { day: '2026-11-19' }, calls: 1, tokens: 0, usd: '0.000000001' },
    ]);
  });

  test('what would be left out is refused instead', () => {
    const many = Array.from({ length: CHARGE_ROWS_MAX }, (_, i) => outcome({ model: `m${i}` }));
    const book = booked(['model'], many);
    expect(() => book.take(outcome({ model: 'one more' }))).toThrow('request.too_complex');
  });
});

test('a period with more entries than are gone through is refused', async () => {
  const pages = [[outcome({}), outcome({})], [outcome({})], []];
  const store = () => {
    const left = pages.values();
    return { pageEntries: async () => left.next().value ?? [] };
  };
  const range = { actions: [], from: 0, to: 1 };
  const taken: Entry[] = [];
  await eachEntry(store(), range, (entry) => taken.push(entry), 3);
  expect(taken).toHaveLength(3);
  await expect(eachEntry(store(), range, () => undefined, 2)).rejects.toThrow('request.too_complex');
});

function nanoOf(usd: string): bigint {
  const [whole = '', cents = ''] = usd.split('.');
  return BigInt(whole) * 1_000_000_000n + BigInt(cents.padEnd(9, '0'));
}
