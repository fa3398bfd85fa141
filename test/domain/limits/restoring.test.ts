import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  moneyFacts,
  moneyOf,
  spentBy,
  type LeftOut,
  type MoneyFact,
} from '../../../src/domain/limits/restoring.ts';
import { draftText } from '../../../src/engines/audit/audit-line.ts';
import type { Entry } from '../../../src/ports/audit-log.ts';

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

// Shown false by reading no such entries, and by the outcome that is read last.
test('what was settled late is owed as the ledger had charged it, in whichever order it is told', async () => {
  const metadata = {
    exchange: 'late',
    reservedTokens: 50,
    reservedNano: 500,
    settledTokens: 10,
    settledNano: 100,
  };
  const entry = {
    chain: 'one',
    timestamp: '2026-03-15T10:00:00.000Z',
    userId: 'ada',
    resource: 'chat',
    metadata,
    previousHash: '',
    hash: '',
  };
  const late: Entry = { ...entry, action: 'exchange.settled_late', status: 'failure', sequence: 9 };
  const outcome: Entry = { ...entry, action: 'exchange.outcome', status: 'success', sequence: 8 };
  for (const told of [
    [late, outcome],
    [outcome, late],
  ]) {
    const facts: MoneyFact[] = [];
    for await (const one of moneyFacts(inOneBatch(...told))) facts.push(one);
    const [house] = await spentBy(inOrder([...facts, fact('intent', 'late', 500)]), '2026-03-15');
    expect(house?.dayNano).toBe(500);
  }
});

/** Strings that would like to be fields, and others. */
const words = fc.oneof(
  fc.constantFrom(
    'alice',
    '","day":"2020-01-01"',
    '\\","settledNano":1',
    'exchange.intent',
    ']',
    '{"exchange":"x"',
  ),
  fc.string({ maxLength: 20 }),
);
const amounts = fc.nat({ max: 2_000_000_000 });

/** A line with the fields of records.ts in their order, and whatever the rest brings. */
const lines = fc
  .record({
    user: words,
    resource: words,
    id: words,
    model: words,
    tokens: amounts,
    nano: amounts,
    intent: fc.boolean(),
  })
  .chain((given) =>
    fc.record({
      given: fc.constant(given),
      outcome: fc.constantFrom('completed', 'unknown', 'failed'),
      released: fc.constantFrom(true, undefined),
      scopes: fc.array(fc.constantFrom('house:house', 'user:ada', 'key:a:b', 'odd', 'team:x'), {
        maxLength: 4,
      }),
    }),
  )
  .map(({ given: { user, resource, id, model, tokens, nano, intent }, outcome, released, scopes }) => {
    const money = intent
      ? { day: '2026-03-15', scopes, reservedTokens: tokens, reservedNano: nano, outputCap: 5 }
      : { outcome, code: model, day: '2026-03-15', settledTokens: tokens, settledNano: nano, released };
    const draft = {
      userId: user,
      action: intent ? 'exchange.intent' : 'exchange.outcome',
      resource,
      status: 'pending',
      metadata: { exchange: id, model, ...money },
    } as const;
    return `${draftText(draft, '2026-03-15T10:20:30.123Z')},"chain":"one","sequence":5}`;
  });

test('a line that is read by its form says what it says when it is parsed', async () => {
  await fc.assert(
    fc.asyncProperty(lines, async (line) => {
      const parsed = (await moneyFacts(inOneBatch(JSON.parse(line))).next()).value;
      expect({ chain: 'one', sequence: 5, ...moneyOf(line) }).toEqual(parsed);
    }),
    { seed: 20_261_125, numRuns: 2000 },
  );
});

async function* inOneBatch<T>(...entries: T[]): AsyncGenerator<readonly T[]> {
  yield entries;
}

test('a line of another kind, or none, holds no money', () => {
  for (const line of [
    '',
    'x',
    '{"action":"exchange.refused","timestamp":"2026-03-15T10:20:30.123Z","metadata":{}}',
  ])
    expect(moneyOf(line)).toBeUndefined();
});
