/**
 * What every engine must do for incidents: one suite, run against each by a test file of its own. Shown false, each by its
 * case, by an engine without the unique key of what is open, whose `change` does not look at the version, that puts a
 * signal twice, or that takes the signals of another.
 */
import { expect, test } from 'vitest';
import type { IncidentRecord, IncidentSignal, IncidentStore } from '../../src/ports/incident-store.ts';
import type { Store } from '../../src/ports/store.ts';

const AT = 1_800_000_000_000;
const DAY = 86_400_000;
const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

const incident = (n: number, more: Partial<IncidentRecord> = {}): IncidentRecord => ({
  id: id(n),
  rule: 'burst',
  subject: { kind: 'key', value: `k${n}` },
  user: 'ada',
  severity: 'high',
  state: 'detected',
  openedBy: 'system',
  openedAt: AT + n,
  lastAt: AT + n,
  count: 5,
  version: 1,
  rulesVersion: '0123456789abcdef',
  wanted: [{ kind: 'ban', of: 'key', value: `k${n}`, until: AT + DAY }],
  contained: [],
  steps: [{ state: 'detected', at: AT + n, by: 'system' }],
  notes: [{ at: AT, by: 'grace', text: 'c2VhbGVk' }],
  ...more,
});

const signal = (n: number, more: Partial<IncidentSignal> = {}): IncidentSignal => ({
  rule: 'burst',
  subject: 'key:k1',
  chain: 'chain-1',
  sequence: n,
  at: AT + n,
  step: 0,
  weight: 1,
  ...more,
});

const sum = async (store: IncidentStore, subject = 'key:k1', since = AT, step = 0) =>
  (await store.sums('burst', [subject], { since, step })).get(subject) ?? 0;

const same = (n: number) => incident(n, { subject: { kind: 'key', value: 'k1' } });

/**
 * @param fresh a store over an empty database
 * @param again another store over the database of the last `fresh`, as another process has it
 */
export function incidentStoreContract(fresh: () => Promise<Store>, again: () => Promise<Store>): void {
  /** Two processes on one database. */
  async function two(run: (one: IncidentStore, other: IncidentStore) => Promise<void>): Promise<void> {
    const first = await fresh();
    await first.open();
    const second = await again();
    await second.open();
    try {
      await run(first.incidents, second.incidents);
    } finally {
      await second.close();
      await first.close();
    }
  }
  test('found as they were put, the newest first, by what is asked', async () => {
    await two(async (one, other) => {
      const full = incident(1);
      for (const each of [full, incident(2, { severity: 'low' }), incident(3, { rule: 'other' })])
        expect(await one.open(each)).toBe(true);
      expect(await other.get(id(1))).toEqual(full);
      expect(await other.get(id(9))).toBeUndefined();
      const ids = async (filter: object) =>
        (await other.list({ limit: 9, ...filter })).map((each) => each.id);
      expect(await ids({})).toEqual([id(3), id(2), id(1)]);
      expect(await ids({ limit: 1 })).toEqual([id(3)]);
      expect(await ids({ rule: 'burst', severity: 'high' })).toEqual([id(1)]);
      expect(await ids({ subject: 'key:k2' })).toEqual([id(2)]);
      expect(await ids({ state: 'contained' })).toEqual([]);
      expect(await ids({ open: true })).toHaveLength(3);
      expect(await ids({ open: false })).toEqual([]);
      const notes = [{ at: AT, by: 'grace', text: '"wanted":[]' }];
      expect(await other.change({ ...full, notes, wanted: full.wanted })).toBe(true);
      expect(await other.change(incident(2, { wanted: [] }))).toBe(true);
      expect(await ids({ waiting: true })).toEqual([id(3), id(1)]);
    });
  });

  test('of one rule and subject one is open, of people as many as they like; once closed, or let go, another opens', async () => {
    await two(async (one, other) => {
      const opened = await Promise.all([1, 2, 3, 4].map((n) => (n % 2 ? one : other).open(same(n))));
      expect(opened.filter(Boolean)).toHaveLength(1);
      const [open] = await one.list({ limit: 9 });
      if (!open) throw new Error('none is open');
      expect(await other.openOnes(['burst key:k1', 'burst key:k2'])).toEqual(
        new Map([['burst key:k1', open.id]]),
      );
      for (const n of [5, 6]) expect(await one.open({ ...same(n), openedBy: 'grace' })).toBe(true);
      expect(await one.change({ ...open, state: 'documented', closedAt: AT + 9 })).toBe(true);
      expect(await one.openOnes(['burst key:k1'])).toEqual(new Map());
      expect(await other.open(same(7))).toBe(true);
      expect((await one.list({ open: false, limit: 9 })).map((each) => each.id)).toEqual([open.id]);
      for (const counting of [[id(7)], []]) {
        expect((await one.list({ counting: true, limit: 9 })).map((each) => each.id)).toEqual(counting);
        await other.letGo(id(7));
      }
      expect(await one.openOnes(['burst key:k1'])).toEqual(new Map());
      expect(await one.open(same(8))).toBe(true);
      expect(await one.get(id(7))).toEqual(same(7));
    });
  });

  test('of two who change the same version one does, and counts go on beside them', async () => {
    await two(async (one, other) => {
      await one.open(incident(1));
      const next = { ...incident(1), state: 'contained' as const, wanted: [] };
      await other.count(id(1), 3, AT + 50);
      const changed = await Promise.all([one.change(next), other.change(next)]);
      expect(changed.toSorted()).toEqual([false, true]);
      await one.count(id(1), 1, AT + 20);
      expect(await one.get(id(1))).toEqual({ ...next, version: 2, count: 9, lastAt: AT + 50 });
    });
  });

  test('a signal counts once, in its window, until an incident takes it', async () => {
    await two(async (one, other) => {
      const three = [1, 2, 3].map((n) => signal(n));
      expect(await one.addSignals(three)).toEqual(three);
      expect(await other.addSignals([signal(3), signal(4, { weight: 10 })])).toEqual([
        signal(4, { weight: 10 }),
      ]);
      expect(await one.addSignals([])).toEqual([]);
      await one.addSignals([signal(1, { subject: 'key:k2' }), signal(9, { step: 1, weight: 7 })]);
      expect(await sum(other)).toBe(13);
      expect(await sum(other, 'key:k1', AT + 3)).toBe(11);
      expect(await sum(other, 'key:k1', AT, 1)).toBe(7);
      expect(await one.sums('burst', ['key:k1'], { since: AT, until: AT + 3, step: 0 })).toEqual(
        new Map([['key:k1', 2]]),
      );
      expect(await one.sums('burst', [], { since: AT, step: 0 })).toEqual(new Map());
      const taken = await Promise.all(
        [one, other].map((store) => store.takeSignals('burst', 'key:k1', id(1))),
      );
      expect(taken.toSorted((a, b) => a - b)).toEqual([0, 5]);
      expect([await sum(one), await sum(one, 'key:k2')]).toEqual([0, 1]);
      expect(await one.signalsOf(id(1), 3)).toEqual(
        [1, 2, 3].map((sequence) => ({ chain: 'chain-1', sequence })),
      );
      await one.addSignals([signal(20, { incident: id(1) })]);
      expect(await sum(one)).toBe(0);
      expect(await one.takeSignals('burst', 'key:k2', undefined)).toBe(1);
      expect(await one.addSignals([signal(1, { subject: 'key:k2' })])).toHaveLength(1);
    });
  });

  test('an address is learnt once, and it is told how long others are known', async () => {
    await two(async (one, other) => {
      expect(await one.learn('new', 'key:k1', '192.0.2.1', AT)).toEqual({ others: 0, since: AT });
      expect(await other.learn('new', 'key:k1', '192.0.2.1', AT + 5)).toBeUndefined();
      expect(await other.learn('new', 'key:k1', '192.0.2.2', AT + DAY)).toEqual({ others: 1, since: AT });
      expect(await other.learn('new', 'key:k2', '192.0.2.1', AT)).toEqual({ others: 0, since: AT });
    });
  });

  test('days add up, of each rule and subject by themselves', async () => {
    await two(async (one, other) => {
      await Promise.all([one, other, one].map((store) => store.addDay('money', 'key:k1', AT, 1_000_000_000)));
      await one.addDay('money', 'key:k1', AT + DAY, 5);
      await one.addDay('money', 'key:k2', AT, 7);
      const days = (since: number, until: number) => other.daysBefore('money', 'key:k1', { since, until });
      expect(await days(AT, AT + DAY)).toBe(3_000_000_000);
      expect(await days(AT, AT + 2 * DAY)).toBe(3_000_000_005);
      expect(await days(AT - DAY, AT)).toBe(0);
    });
  });

  test('of who is held closed incidents stay, also those of their keys', async () => {
    await two(async (one) => {
      const closed = { closedAt: AT, openedBy: 'grace' };
      await one.open(incident(1, { ...closed, subject: { kind: 'user', value: 'ada' } }));
      await one.open(incident(2, { ...closed, user: 'ada' }));
      const other = { user: undefined, subject: { kind: 'user', value: 'ad' } } as const;
      await one.open(incident(3, { ...closed, ...other }));
      expect(await one.pruneClosed(AT + 1, ['ada', 'nobody'])).toBe(1);
      expect((await one.list({ limit: 9 })).map((each) => each.id).sort()).toEqual([id(1), id(2)]);
      expect(await one.pruneClosed(AT + 1, [])).toBe(2);
    });
  });

  test('what is old goes; what belongs to an incident stays as long as it', async () => {
    await two(async (one) => {
      await one.open(incident(1));
      await one.open(incident(2, { closedAt: AT, openedBy: 'grace' }));
      await one.addSignals([signal(1), signal(2, { incident: id(1) }), signal(3, { incident: id(2) })]);
      await one.addDay('money', 'key:k1', AT, 1);
      await one.learn('new', 'key:k1', '192.0.2.1', AT);
      const later = AT + 1000;
      expect(await one.pruneClosed(AT, [])).toBe(0);
      expect(await one.pruneClosed(later, [])).toBe(1);
      await one.prune({ waiting: AT, learnt: AT });
      expect(await sum(one)).toBe(1);
      await one.prune({ waiting: later, learnt: later });
      expect((await one.list({ limit: 9 })).map((each) => each.id)).toEqual([id(1)]);
      expect([await one.signalsOf(id(1), 9), await one.signalsOf(id(2), 9), await sum(one)]).toEqual([
        [{ chain: 'chain-1', sequence: 2 }],
        [],
        0,
      ]);
      expect(await one.daysBefore('money', 'key:k1', { since: AT, until: later })).toBe(0);
      expect(await one.learn('new', 'key:k1', '192.0.2.1', AT)).toEqual({ others: 0, since: AT });
    });
  });
}
