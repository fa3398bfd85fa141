import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { utcDay } from '../../../src/base/clock.ts';
import { createEmbeddedLedger, type Fact } from '../../../src/engines/ledger/ledger-embedded.ts';
import { ledgerContract } from '../../contracts/ledger.ts';
import { ledgerHistories } from '../../contracts/ledger-histories.ts';
import { ledgerTime } from '../../contracts/ledger-time.ts';

const NOON = Date.UTC(2026, 10, 23, 12);
const DAY = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

function start(lengths = DAY) {
  let now = NOON;
  const clock = { now: () => now };
  const ledger = createEmbeddedLedger({ clock, windowsMs: lengths });
  return Promise.resolve({
    ledger,
    lengths,
    advance: async (ms: number) => {
      now += ms;
    },
    close: () => ledger.close(),
  });
}

ledgerContract('embedded', start);
ledgerTime('embedded', start, DAY);

ledgerHistories('embedded', start, { numRuns: 300, now: NOON });

describe('under load', () => {
  test('I19: under endless demand at least 99 % of a limit is granted, and never more than it in any window', async () => {
    const subject = await start();
    const scopes = [{ kind: 'user', id: 'ann', requestsPerMinute: 300 }] as const;
    const admitted: number[] = [];
    const end = 20 * DAY.minute;
    for (let at = 0; at < end; at += 20) {
      const answer = await subject.ledger.admit({ reservationId: randomUUID(), scopes, tokens: 0, nano: 0 });
      if (answer.admitted) admitted.push(at);
      await subject.advance(20);
    }
    let closest = Infinity;
    for (const [index, at] of admitted.entries()) {
      const before = admitted[index - 300];
      if (before !== undefined) closest = Math.min(closest, at - before);
    }
    expect(closest).toBeGreaterThanOrEqual(DAY.minute);
    expect(admitted.length).toBeGreaterThanOrEqual(20 * 300 * 0.99);
  });
});

describe('time', () => {
  test('I17: a clock that goes back gives nothing back', async () => {
    let now = NOON;
    const ledger = createEmbeddedLedger({ clock: { now: () => now } });
    const scopes = [{ kind: 'user', id: 'ann', requestsPerMinute: 1, dailyBudgetNano: 10 }] as const;
    const ask = () => ledger.admit({ reservationId: randomUUID(), scopes, tokens: 0, nano: 10 });
    expect(await ask()).toMatchObject({ admitted: true, day: '2026-11-23' });
    now -= DAY.day;
    expect(await ask()).toMatchObject({ admitted: false });
    now += 2 * DAY.day;
    expect(await ask()).toMatchObject({ admitted: true, day: '2026-11-24' });
  });

  test('a month ends on its last day, in leap years too', async () => {
    let now = Date.UTC(2028, 1, 28, 12);
    const ledger = createEmbeddedLedger({ clock: { now: () => now } });
    const scopes = [{ kind: 'user', id: 'ann', monthlyBudgetNano: 10 }] as const;
    const ask = () => ledger.admit({ reservationId: randomUUID(), scopes, tokens: 0, nano: 10 });
    const reservationId = randomUUID();
    await ledger.admit({ reservationId, scopes, tokens: 0, nano: 10 });
    await ledger.settle({ reservationId, tokens: 0, nano: 10 });
    expect(await ask()).toMatchObject({ reason: 'budget', retryAfterMs: 1.5 * DAY.day });
    now += DAY.day;
    expect(await ask()).toMatchObject({ admitted: false });
    now += DAY.day;
    expect(await ask()).toMatchObject({ admitted: true });
  });
});

const fact = (more: Partial<Fact>): Fact => ({
  kind: 'intent',
  reservationId: 'r',
  scopes: [{ kind: 'user', id: 'ann' }],
  day: '2026-11-23',
  at: NOON,
  tokens: 100,
  nano: 50,
  ...more,
});

async function* inOne(facts: readonly Fact[]) {
  yield facts;
}

function* facts() {
  for (let i = 0; i < 50_000; i++) {
    const scopes = [
      { kind: 'house', id: 'house' },
      { kind: 'user', id: `user-${i % 1000}` },
      { kind: 'key', id: `key-${i % 2000}` },
    ] as const;
    const at = NOON - 10_000_000 + i * 20;
    yield fact({ reservationId: `r${i}`, scopes, at });
    yield fact({ reservationId: `r${i}`, scopes, at: at + 5, kind: 'outcome', nano: 1 });
  }
}

/** Twelve days of one month, to noon of the last. */
function* twelveDays() {
  for (let day = -11; day <= 0; day++) {
    for (let i = 0; i < 8; i++) {
      const at = NOON + day * DAY.day - i * 3_600_000;
      const reservationId = `${day} ${i}`;
      const scopes = [
        { kind: 'house', id: 'house' },
        { kind: 'user', id: i % 2 ? 'ann' : 'bob' },
      ] as const;
      const own = { reservationId, day: utcDay(at) };
      yield fact({ ...own, scopes, at, nano: 1000 });
      yield fact({ ...own, scopes: [], at: at + 9, kind: 'outcome', nano: 100 + i + 10 * -day });
    }
  }
}
const NAMES = [
  ['house', 'house'],
  ['user', 'ann'],
  ['user', 'bob'],
] as const;

describe('restart', () => {
  test('I12: what was settled is remembered, what was open is charged in full, what was released is not', async () => {
    const { ledger } = await start();
    const facts = [
      fact({ reservationId: 'settled' }),
      fact({ reservationId: 'settled', kind: 'outcome', scopes: [], tokens: 10, nano: 7 }),
      fact({ reservationId: 'open' }),
      fact({ reservationId: 'released' }),
      fact({ reservationId: 'released', kind: 'outcome', tokens: 0, nano: 0, released: true }),
      fact({ reservationId: 'outcome alone', kind: 'outcome', tokens: 1, nano: 3 }),
    ];
    expect(await ledger.restore(inOne(facts))).toEqual({ facts: 6, charged: 1 });
    expect(await ledger.usage('user', 'ann')).toMatchObject({
      requests: 3,
      tokens: 111,
      settledNano: 60,
      reservedNano: 0,
    });
    expect(await ledger.settle({ reservationId: 'open', tokens: 0, nano: 0 })).toBe('late');
  });

  test("yesterday's entries count for the month and the day's window, not for today's budget", async () => {
    const { ledger } = await start();
    await ledger.restore(inOne([fact({ at: NOON - 23 * 3_600_000 })]));
    expect(await ledger.usage('user', 'ann')).toMatchObject({ settledNano: 0, monthSettledNano: 50 });
    const scopes = [{ kind: 'user', id: 'ann', requestsPerDay: 1 }] as const;
    expect(await ledger.admit({ reservationId: 'x', scopes, tokens: 0, nano: 0 })).toMatchObject({
      reason: 'requests',
    });
  });

  test('what whole days came to and the entries after them make the same books as all entries', async () => {
    const [whole, later] = [(await start()).ledger, (await start()).ledger];
    await whole.restore(inOne([...twelveDays()]));
    const days = whole.wholeDays();
    expect(days).toMatchObject({ until: Date.UTC(2026, 10, 22) });
    // Two days of it are read again.
    const rest = [...twelveDays()].filter(({ at }) => at >= (days?.until ?? 0) - 2 * DAY.day);
    expect(rest.length).toBe(4 * 8 * 2);
    await later.restore(inOne(rest), days);
    for (const [kind, id] of NAMES) expect(await later.usage(kind, id)).toEqual(await whole.usage(kind, id));
    expect(later.wholeDays()).toEqual(days);
    const scopes = [{ kind: 'user', id: 'ann', requestsPerDay: 5 }] as const;
    const ask = { scopes, tokens: 0, nano: 0 };
    const told = await whole.admit({ reservationId: 'x', ...ask });
    expect(await later.admit({ reservationId: 'x', ...ask })).toEqual(told);
  });

  test('which day a call is of is what its entry says, not when it was written', async () => {
    const { ledger } = await start();
    const days = { until: Date.UTC(2026, 10, 22), settled: [[{ kind: 'user', id: 'ann' }, 7]] } as const;
    const late = { day: '2026-11-21', at: days.until + 60_000 };
    const early = { day: '2026-11-22', at: days.until - 60_000 };
    const facts = [
      fact({ reservationId: 'counted', ...late }),
      fact({ reservationId: 'counted', ...late, kind: 'outcome', scopes: [], nano: 7 }),
      fact({ reservationId: 'of the next day', ...early, nano: 30 }),
    ];
    expect(await ledger.restore(inOne(facts), days)).toMatchObject({ charged: 1 });
    expect(await ledger.usage('user', 'ann')).toMatchObject({ monthSettledNano: 37 });
  });

  test('a day is not whole while something of it is open, and today and yesterday never are', async () => {
    const { ledger, advance } = await start();
    const scopes = [{ kind: 'user', id: 'ann' }] as const;
    await ledger.admit({ reservationId: 'long', scopes, tokens: 0, nano: 50 });
    expect(ledger.wholeDays()).toMatchObject({ until: Date.UTC(2026, 10, 22), settled: [] });
    await advance(2 * DAY.day);
    expect(ledger.wholeDays()).toBeUndefined();
    await ledger.settle({ reservationId: 'long', tokens: 0, nano: 7 });
    expect(ledger.wholeDays()).toEqual({ until: Date.UTC(2026, 10, 24), settled: [[scopes[0], 7]] });
    await advance(6 * DAY.day);
    expect(ledger.wholeDays()).toBeUndefined();
  });

  test('a day of the month before is none of this one', async () => {
    const { ledger, advance } = await start();
    const scopes = [{ kind: 'user', id: 'ann' }] as const;
    const spend = async (reservationId: string, nano: number) => {
      await ledger.admit({ reservationId, scopes, tokens: 0, nano });
      await ledger.settle({ reservationId, tokens: 0, nano });
    };
    await spend('in November', 50);
    await advance(32 * DAY.day);
    await spend('in December', 7);
    await advance(2 * DAY.day);
    expect(ledger.wholeDays()?.settled).toEqual([[scopes[0], 7]]);
  });

  test('many entries are read back to the unit', async () => {
    const { ledger } = await start();
    expect(await ledger.restore(inOne([...facts()]))).toEqual({ facts: 100_000, charged: 0 });
    expect((await ledger.usage('house', 'house')).settledNano).toBe(50_000);
  });
});
