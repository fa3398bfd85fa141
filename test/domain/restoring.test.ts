import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { spentBy, type LeftOut, type MoneyFact } from '../../src/domain/restoring.ts';

const USER = { kind: 'user', id: 'ada' } as const;
const HOUSE = { kind: 'house', id: 'house' } as const;

function fact(
  kind: MoneyFact['kind'],
  reservationId: string,
  nano: number,
  more: Partial<MoneyFact> = {},
): MoneyFact {
  const scopes = kind === 'intent' ? [HOUSE, USER] : [];
  const place = { chain: 'one', sequence: 5 };
  return {
    kind,
    reservationId,
    scopes,
    day: '2026-03-15',
    at: 0,
    ...place,
    tokens: 0,
    nano,
    released: false,
    ...more,
  };
}

/** Of each exchange, newest first. */
const EXCHANGES = [
  [fact('outcome', 'settled', 7), fact('intent', 'settled', 100)],
  [fact('intent', 'open', 20)],
  [fact('outcome', 'released', 0, { released: true }), fact('intent', 'released', 300)],
  [
    fact('outcome', 'yesterday', 1000, { day: '2026-03-14' }),
    fact('intent', 'yesterday', 4000, { day: '2026-03-14' }),
  ],
  [fact('intent', 'last month', 50_000, { day: '2026-02-28' })],
  [fact('outcome', 'of nobody', 600_000)],
  // Its answer was made shorter: of two intents the later one holds.
  [fact('intent', 'shortened', 3), fact('intent', 'shortened', 900)],
];
const WANTED = [
  { ...HOUSE, dayNano: 30, monthNano: 1030 },
  { ...USER, dayNano: 30, monthNano: 1030 },
];

async function* inOrder(facts: Iterable<MoneyFact>): AsyncGenerator<MoneyFact> {
  yield* facts;
}

test('an outcome replaces its intent, an open call is owed in full, a released one not at all', async () => {
  expect(await spentBy(inOrder(EXCHANGES.flat()), '2026-03-15')).toEqual(WANTED);
});

test('exchanges overlap as they like, and pages of the log by some facts', async () => {
  const order = fc.shuffledSubarray(
    EXCHANGES.flatMap((facts, exchange) => facts.map(() => exchange)),
    { minLength: EXCHANGES.flat().length },
  );
  await fc.assert(
    fc.asyncProperty(order, fc.integer({ min: 0, max: 8 }), async (exchanges, overlap) => {
      const left = EXCHANGES.map((facts) => [...facts]);
      const facts = exchanges.flatMap((exchange) => left[exchange]?.shift() ?? []);
      const twice = facts.flatMap((one, i) => (i === overlap ? facts.slice(0, i + 1) : [one]));
      expect(await spentBy(inOrder(twice), '2026-03-15')).toEqual(expect.arrayContaining(WANTED));
    }),
    { numRuns: 100 },
  );
});

test('what was intended while nothing was admitted is not owed, unless something came of it', async () => {
  const leftOut: LeftOut = new Map([['one', 5]]);
  const facts = [
    fact('intent', 'before', 1, { sequence: 5 }),
    fact('intent', 'after', 10, { sequence: 6 }),
    fact('intent', 'of another chain', 100, { chain: 'two', sequence: 6 }),
    fact('outcome', 'let through without the ledger', 1000, { sequence: 8 }),
    fact('intent', 'let through without the ledger', 5000, { sequence: 7 }),
  ];
  const [house] = await spentBy(inOrder(facts), '2026-03-15', leftOut);
  expect(house?.dayNano).toBe(1101);
});
