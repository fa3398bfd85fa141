/**
 * What every engine must do for approvals: one suite, run against each by a test file of its own. Shown false, each by
 * its case, by an engine whose updates do not say from which state, whose index is not unique, or whose `use` leaves
 * out one part of the binding.
 */
import { expect, test } from 'vitest';
import type {
  ApprovalRecord,
  ApprovalState,
  ApprovalStore,
  AskingBounds,
  ParkedAnswer,
} from '../../src/ports/approval-store.ts';
import type { Store } from '../../src/ports/store.ts';

const AT = 1_800_000_000_000;
const MINUTE = 60_000;
const BOUNDS: AskingBounds = { pendingMax: 100, pendingPerUserMax: 50, perMinuteMax: 50 };
const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

const approval = (n: number, more: Partial<ApprovalRecord> = {}): ApprovalRecord => ({
  id: id(n),
  user: 'ada',
  credential: 'k00000000001',
  tool: 'send_email',
  argumentsDigest: `${n}`.padStart(64, 'a'),
  policyVersion: '0123456789abcdef',
  exchange: `exchange-${n}`,
  state: 'pending',
  askers: 1,
  askedAt: AT + n,
  expiresAt: AT + MINUTE,
  shown: 'c2VhbGVk',
  seen: 's'.repeat(64),
  ...more,
});

const parked = (n: number, more: Partial<ParkedAnswer> = {}): ParkedAnswer => ({
  id: id(100 + n),
  user: 'ada',
  approvals: [id(n)],
  requestDigest: `request-${n}`,
  parkedAt: AT + n,
  answer: 'c2VhbGVkIHRvbw==',
  ...more,
});

const decision = (state: 'approved' | 'denied', decidedAt = AT + 100) => ({
  state,
  decidedBy: 'grace',
  decidedAt,
  expiresAt: decidedAt + MINUTE,
});

/**
 * @param fresh a store over an empty database
 * @param again another store over the database of the last `fresh`, as another process has it
 */
export function approvalStoreContract(fresh: () => Promise<Store>, again: () => Promise<Store>): void {
  /** Two processes on one database. */
  async function two(run: (one: ApprovalStore, other: ApprovalStore) => Promise<void>): Promise<void> {
    const first = await fresh();
    await first.open();
    const second = await again();
    await second.open();
    try {
      await run(first.approvals, second.approvals);
    } finally {
      await second.close();
      await first.close();
    }
  }

  test('what is asked is found as it was put, the newest first, by state and by user', async () => {
    await two(async (one, other) => {
      const full = approval(1, { team: 'core', user: 'bob' });
      expect(await one.ask(full, BOUNDS)).toEqual(full);
      for (const n of [2, 3]) await one.ask(approval(n), BOUNDS);
      expect(await other.get(id(1))).toEqual(full);
      expect(await other.get(id(9))).toBeUndefined();
      await one.decide(id(2), decision('denied'));
      const ids = async (filter: { state?: ApprovalState; user?: string; limit?: number; at?: number }) =>
        (await other.list({ at: AT, limit: 9, ...filter })).map((each) => each.id);
      expect(await ids({})).toEqual([id(3), id(2), id(1)]);
      expect(await ids({ limit: 1 })).toEqual([id(3)]);
      expect(await ids({ state: 'pending' })).toEqual([id(3), id(1)]);
      expect(await ids({ state: 'pending', user: 'ada' })).toEqual([id(3)]);
      expect(await ids({ state: 'pending', at: AT + MINUTE })).toEqual([]);
      expect(await ids({ state: 'expired', at: AT + MINUTE })).toEqual([id(3), id(1)]);
      const states = await other.states([id(2), id(3), id(9)]);
      expect(Object.fromEntries(states)).toEqual({ [id(2)]: 'denied', [id(3)]: 'pending' });
      expect(await other.states([])).toEqual(new Map());
    });
  });

  test('the same question is one approval, also when two processes ask it at once', async () => {
    await two(async (one, other) => {
      const binding = approval(1);
      expect(await one.join(binding, AT)).toBeUndefined();
      const asked = await Promise.all(
        Array.from({ length: 8 }, (_, n) =>
          (n % 2 ? one : other).ask(approval(1, { id: id(n), askedAt: AT }), BOUNDS),
        ),
      );
      expect(new Set(asked.map((each) => each?.id)).size).toBe(1);
      expect(new Set(asked.map((each) => each?.askers))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8]));
      expect((await one.join(binding, AT))?.askers).toBe(9);
      expect(await one.list({ at: AT, limit: 9 })).toHaveLength(1);
    });
  });

  test('another user, tool, arguments or rules are another question', async () => {
    await two(async (one) => {
      const others: Partial<ApprovalRecord>[] = [
        {},
        { user: 'bob' },
        { tool: 'make_purchase' },
        { argumentsDigest: 'f'.repeat(64) },
        { policyVersion: 'fedcba9876543210' },
      ];
      for (const [n, more] of others.entries())
        expect((await one.ask({ ...approval(0), ...more, id: id(n) }, BOUNDS))?.id).toBe(id(n));
      expect(await one.list({ at: AT, limit: 9 })).toHaveLength(5);
    });
  });

  test('what is over or decided is not joined: the question is asked anew', async () => {
    await two(async (one) => {
      await one.ask(approval(1), BOUNDS);
      const late = approval(1, { id: id(2), askedAt: AT + MINUTE, expiresAt: AT + 2 * MINUTE });
      expect(await one.join(late, AT + MINUTE)).toBeUndefined();
      expect(await one.ask(late, BOUNDS)).toBeUndefined();
      expect(await one.expire(id(1), AT + MINUTE)).toBe(true);
      expect((await one.ask(late, BOUNDS))?.id).toBe(id(2));
      await one.decide(id(2), decision('approved', AT + MINUTE + 1));
      expect(await one.join(late, AT + MINUTE)).toBeUndefined();
    });
  });

  test('no more are pending than may be, of all and of one user, nor asked in a minute', async () => {
    await two(async (one) => {
      const ask = async (n: number, bounds: Partial<AskingBounds>, more: Partial<ApprovalRecord> = {}) =>
        (await one.ask(approval(n, more), { ...BOUNDS, ...bounds })) !== undefined;
      expect(await ask(1, { pendingMax: 1 })).toBe(true);
      expect(await ask(2, { pendingMax: 1 }, { user: 'bob' })).toBe(false);
      expect(await ask(2, { pendingPerUserMax: 1 }, { user: 'bob' })).toBe(true);
      expect(await ask(3, { pendingPerUserMax: 1 })).toBe(false);
      await one.decide(id(1), decision('denied'));
      expect(await ask(3, { pendingPerUserMax: 1 })).toBe(true);
      expect(await ask(4, { perMinuteMax: 2 })).toBe(false);
      expect(await ask(4, { perMinuteMax: 2 }, { user: 'eve' })).toBe(true);
      expect(await ask(5, { perMinuteMax: 2 }, { askedAt: AT + 5 + MINUTE })).toBe(true);
    });
  });

  test('one decision counts, in time', async () => {
    await two(async (one, other) => {
      await one.ask(approval(1), BOUNDS);
      const decisions = await Promise.all(
        Array.from({ length: 8 }, (_, n) =>
          (n % 2 ? one : other).decide(id(1), {
            ...decision(n < 4 ? 'approved' : 'denied'),
            decidedBy: `p${n}`,
          }),
        ),
      );
      expect(decisions.filter(Boolean)).toHaveLength(1);
      const winner = decisions.indexOf(true);
      expect(await other.get(id(1))).toMatchObject({
        state: winner < 4 ? 'approved' : 'denied',
        decidedBy: `p${winner}`,
        decidedAt: AT + 100,
        expiresAt: AT + 100 + MINUTE,
      });
      await one.ask(approval(2), BOUNDS);
      expect(await one.decide(id(2), decision('approved', AT + MINUTE))).toBe(false);
      expect(await one.decide(id(9), decision('approved'))).toBe(false);
      expect(await one.decide(id(2), { ...decision('denied'), note: 'c2VhbGVk' })).toBe(true);
      expect((await one.get(id(2)))?.note).toBe('c2VhbGVk');
    });
  });

  test('an approval is used once, over all processes, for just that call', async () => {
    await two(async (one, other) => {
      const own = approval(1);
      await one.ask(own, BOUNDS);
      expect(await one.use(own.id, own, AT)).toBe(false);
      await one.decide(own.id, decision('approved'));
      const strange: Partial<ApprovalRecord>[] = [
        { user: 'bob' },
        { tool: 'Send_email' },
        { argumentsDigest: 'f'.repeat(64) },
        { policyVersion: 'fedcba9876543210' },
      ];
      for (const more of strange) expect(await one.use(own.id, { ...own, ...more }, AT)).toBe(false);
      expect(await one.use(id(2), own, AT)).toBe(false);
      expect(await one.use(own.id, own, AT + 100 + MINUTE)).toBe(false);
      const used = await Promise.all(
        Array.from({ length: 10 }, (_, n) => (n % 2 ? one : other).use(own.id, own, AT + 200)),
      );
      expect(used.filter(Boolean)).toHaveLength(1);
      expect((await one.get(own.id))?.state).toBe('used');
    });
  });

  test('what was denied, expired or withdrawn is never approved or used', async () => {
    await two(async (one) => {
      for (const n of [1, 2, 3]) await one.ask(approval(n), BOUNDS);
      await one.decide(id(1), decision('denied'));
      expect(await one.expire(id(2), AT + MINUTE - 1)).toBe(false);
      expect(await one.expire(id(2), AT + MINUTE)).toBe(true);
      expect(await one.expire(id(2), AT + MINUTE)).toBe(false);
      expect(await one.leave(id(3), 1)).toBe(true);
      for (const n of [1, 2, 3]) {
        expect(await one.decide(id(n), decision('approved'))).toBe(false);
        expect(await one.use(id(n), approval(n), AT)).toBe(false);
        expect(await one.leave(id(n), 1)).toBe(false);
      }
      expect([...(await one.states([id(1), id(2), id(3)])).values()].sort()).toEqual([
        'denied',
        'expired',
        'withdrawn',
      ]);
    });
  });

  test('the last asker who leaves withdraws it, an approved one too', async () => {
    await two(async (one, other) => {
      await one.ask(approval(1), BOUNDS);
      await other.join(approval(1), AT);
      expect(await one.leave(id(1), 1)).toBe(false);
      expect(await one.leave(id(1), 2)).toBe(true);
      expect((await other.get(id(1)))?.state).toBe('pending');
      await one.decide(id(1), decision('approved'));
      const left = await Promise.all([one.leave(id(1), 1), other.leave(id(1), 1)]);
      expect(left.sort()).toEqual([false, true]);
      expect((await other.get(id(1)))?.state).toBe('withdrawn');
    });
  });

  test('a person is erased from texts; what was decided, and everybody else, stays', async () => {
    await two(async (one) => {
      await one.ask(approval(1), BOUNDS);
      await one.ask(approval(2, { user: 'bob' }), BOUNDS);
      await one.park(parked(1), 9);
      expect(await one.erase({ user: 'ada' })).toEqual({ approvals: 1, answers: 1 });
      expect(await one.get(id(1))).toEqual({ ...approval(1), shown: '' });
    });
  });

  test('those that are over are told, the oldest first, and go with their time', async () => {
    await two(async (one) => {
      await one.ask(approval(1, { expiresAt: AT + 20 }), BOUNDS);
      await one.ask(approval(2, { expiresAt: AT + 10 }), BOUNDS);
      await one.ask(approval(3), BOUNDS);
      await one.park(parked(1), 9);
      await one.park(parked(2), 9);
      const ids = async (limit: number) => (await one.overdue(AT + 20, limit)).map((each) => each.id);
      expect(await ids(9)).toEqual([id(2), id(1)]);
      expect(await ids(1)).toEqual([id(2)]);
      const before = { over: AT + 20, parked: AT + 2 };
      expect(await one.prune(before, ['ada'])).toEqual({ approvals: 0, answers: 0 });
      expect(await one.prune(before)).toEqual({ approvals: 1, answers: 1 });
      expect((await one.list({ at: AT, limit: 9 })).map((each) => each.id)).toEqual([id(3), id(1)]);
      expect(await one.findParked('ada', { approval: id(1) })).toBeUndefined();
      expect(await one.findParked('ada', { approval: id(2) })).toEqual(parked(2));
    });
  });

  test('a parked answer is found by approval or request, by its user alone, and taken away once', async () => {
    await two(async (one, other) => {
      const both = parked(1, { approvals: [id(1), id(2)] });
      expect(await one.park(both, 9)).toBe(true);
      expect(await one.park(parked(3, { requestDigest: 'request-1' }), 9)).toBe(true);
      for (const approved of [id(1), id(2)])
        expect(await other.findParked('ada', { approval: approved })).toEqual(both);
      expect((await other.findParked('ada', { requestDigest: 'request-1' }))?.id).toBe(parked(3).id);
      const nobodys = [{ approval: '%' }, { approval: id(1).slice(1) }, { requestDigest: 'request-9' }];
      for (const by of nobodys) expect(await other.findParked('ada', by)).toBeUndefined();
      expect(await other.findParked('bob', { approval: id(1) })).toBeUndefined();
      expect(await other.findParked('bob', { requestDigest: 'request-1' })).toBeUndefined();
      const taken = await Promise.all(
        Array.from({ length: 6 }, (_, n) => (n % 2 ? one : other).unpark(both.id)),
      );
      expect(taken.filter(Boolean)).toHaveLength(1);
      expect(await one.findParked('ada', { approval: id(1) })).toBeUndefined();
    });
  });

  test('no more answers of one user are parked than may be', async () => {
    await two(async (one) => {
      expect(await one.park(parked(1), 2)).toBe(true);
      expect(await one.park(parked(2), 2)).toBe(true);
      expect(await one.park(parked(3), 2)).toBe(false);
      expect(await one.park(parked(3, { user: 'bob' }), 2)).toBe(true);
    });
  });
}
