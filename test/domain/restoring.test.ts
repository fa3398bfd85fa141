import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { spentBy, type MoneyFact } from '../../src/domain/restoring.ts';

const USER = { kind: 'user', id: 'ada' } as const;
const HOUSE = { kind: 'house', id: 'house' } as const;

function fact(
  kind: MoneyFact['kind'],
  reservationId: string,
  nano: number,
  more: Partial<MoneyFact> = {},
): MoneyFact {
  const scopes = kind === 'intent' ? [HOUSE, USER] : [];
  return { kind, reservationId, scopes, day: '2026-03-15', at: 0, tokens: 0, nano, released: false, ...more };
}

const FACTS = [
  fact('intent', 'settled', 100),
  fact('outcome', 'settled', 7),
  fact('intent', 'open', 20),
  fact('intent', 'released', 300),
  fact('outcome', 'released', 0, { released: true }),
  fact('intent', 'yesterday', 4000, { day: '2026-03-14' }),
  fact('outcome', 'yesterday', 1000, { day: '2026-03-14' }),
  fact('intent', 'last month', 50_000, { day: '2026-02-28' }),
  fact('outcome', 'of nobody', 600_000),
];

test('an outcome replaces its intent, an open call is owed in full, a released one not at all', () => {
  expect(spentBy(FACTS, '2026-03-15')).toEqual([
    { ...HOUSE, dayNano: 27, monthNano: 1027 },
    { ...USER, dayNano: 27, monthNano: 1027 },
  ]);
});

test('facts may come in any order, and twice', () => {
  const wanted = new Set(spentBy(FACTS, '2026-03-15').map((spent) => JSON.stringify(spent)));
  fc.assert(
    fc.property(fc.shuffledSubarray([...FACTS, ...FACTS], { minLength: FACTS.length * 2 }), (facts) => {
      expect(new Set(spentBy(facts, '2026-03-15').map((spent) => JSON.stringify(spent)))).toEqual(wanted);
    }),
    { numRuns: 50 },
  );
});
