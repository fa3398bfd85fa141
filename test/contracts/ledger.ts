/** What every ledger engine must do; each runs this suite. The numbers are promises of the map (src/README.md). */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Admitted, AdmitRequest, Ledger, NotAdmitted, Scope } from '../../src/ports/ledger.ts';

export interface Subject {
  readonly ledger: Ledger;
  /** Lengths the ledger was built with, milliseconds. */
  readonly lengths: { readonly minute: number; readonly hour: number; readonly day: number };
  /** Lets so much of the ledger's time go by. */
  advance(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** The answer, of an admission that must be given. */
export async function taken(answer: Promise<Admitted | NotAdmitted>): Promise<Admitted> {
  const given = await answer;
  if (!given.admitted) throw new Error(`refused: ${given.reason}`);
  return given;
}

/** The answer, of an admission that must be refused. */
export async function refused(answer: Promise<Admitted | NotAdmitted>): Promise<NotAdmitted> {
  const given = await answer;
  if (given.admitted) throw new Error('admitted');
  return given;
}

/** A user nobody else asks for. */
export const user = (limits: Partial<Scope> = {}): Scope => ({ kind: 'user', id: randomUUID(), ...limits });

/** @param start builds an empty engine */
export function ledgerContract(name: string, start: () => Promise<Subject>): void {
  describe(`${name}: the ledger contract`, () => {
    let subject: Subject;
    let ledger: Ledger;
    beforeAll(async () => {
      subject = await start();
      ledger = subject.ledger;
    });
    afterAll(() => subject.close());

    const admit = (scopes: readonly Scope[], more: Partial<AdmitRequest> = {}) =>
      ledger.admit({ reservationId: randomUUID(), scopes, tokens: 0, nano: 0, ...more });
    describe('windows', () => {
      const kinds = ['requestsPerMinute', 'requestsPerHour', 'requestsPerDay'] as const;
      test.each(kinds)('%s: so many and no more, and other users are not touched', async (limit) => {
        const ann = user({ [limit]: 3 });
        for (let i = 0; i < 3; i++) await taken(admit([ann]));
        const refusal = await refused(admit([ann]));
        expect(refusal).toMatchObject({ reason: 'requests', scope: 'user' });
        expect(refusal.retryAfterMs).toBeGreaterThanOrEqual(1);
        await taken(admit([user({ [limit]: 3 })]));
      });

      test('tokens per minute by reservation, corrected when settled', async () => {
        const ann = user({ tokensPerMinute: 1000 });
        const reservationId = randomUUID();
        await taken(admit([ann], { reservationId, tokens: 900 }));
        expect(await refused(admit([ann], { tokens: 101 }))).toMatchObject({ reason: 'tokens' });
        await ledger.settle({ reservationId, tokens: 100, nano: 0 });
        await taken(admit([ann], { tokens: 900 }));
        expect(await refused(admit([ann], { tokens: 1 }))).toMatchObject({ reason: 'tokens' });
      });

      test('more tokens used than reserved count in full', async () => {
        const ann = user({ tokensPerMinute: 1000 });
        const reservationId = randomUUID();
        await taken(admit([ann], { reservationId, tokens: 100 }));
        await ledger.settle({ reservationId, tokens: 1000, nano: 0 });
        expect(await refused(admit([ann], { tokens: 1 }))).toMatchObject({ reason: 'tokens' });
      });

      test('a limit of nothing refuses; no limit does not', async () => {
        expect(await refused(admit([user({ requestsPerMinute: 0 })]))).toMatchObject({ reason: 'requests' });
        for (let i = 0; i < 20; i++) await taken(admit([user()]));
      });

      test('usage counts where there is no limit, for a later call that has one', async () => {
        const ann = user();
        await taken(admit([ann]));
        await taken(admit([ann]));
        expect(await refused(admit([{ ...ann, requestsPerHour: 2 }]))).toMatchObject({ reason: 'requests' });
      });

      test('tells the per-minute windows of the user after the call', async () => {
        const ann = user({ requestsPerMinute: 10, tokensPerMinute: 500 });
        const first = await taken(admit([{ kind: 'house', id: 'house' }, ann], { tokens: 120 }));
        expect(first.requests).toMatchObject({ limit: 10, remaining: 9 });
        expect(first.tokens).toMatchObject({ limit: 500, remaining: 380 });
        expect(first.requests?.resetMs).toBeGreaterThan(subject.lengths.minute * 0.9);
        expect(first.requests?.resetMs).toBeLessThanOrEqual(subject.lengths.minute * 1.01);
        const refusal = await refused(admit([ann], { tokens: 381 }));
        expect(refusal).toMatchObject({ requests: { remaining: 9 }, tokens: { remaining: 380 } });
        expect((await taken(admit([user()]))).requests).toBeUndefined();
      });

      test('or of key or end user, where they have less left; never of the house', async () => {
        const house = { kind: 'house', id: 'house', requestsPerMinute: 1000 } as const;
        const ann = user({ requestsPerMinute: 10 });
        const key = { kind: 'key', id: randomUUID(), requestsPerMinute: 2, tokensPerMinute: 300 } as const;
        const first = await taken(admit([house, ann, key], { tokens: 100 }));
        expect(first).toMatchObject({
          requests: { limit: 2, remaining: 1 },
          tokens: { limit: 300, remaining: 200 },
        });
        await taken(admit([house, ann, key]));
        const refusal = await refused(admit([house, ann, key]));
        expect(refusal).toMatchObject({ scope: 'key', requests: { limit: 2, remaining: 0 } });
        const wide = { ...key, requestsPerMinute: 100 };
        expect(await taken(admit([house, ann, wide]))).toMatchObject({
          requests: { limit: 10, remaining: 7 },
        });
        expect((await taken(admit([house, user()]))).requests).toBeUndefined();
        const end = { kind: 'endUser', id: randomUUID(), requestsPerMinute: 1 } as const;
        expect(await taken(admit([house, ann, wide, end]))).toMatchObject({
          requests: { limit: 1, remaining: 0 },
        });
      });
    });

    describe('concurrency', () => {
      test('so many open at once; each ending gives one back', async () => {
        const ann = user({ concurrency: 2 });
        const ids = [randomUUID(), randomUUID()] as const;
        for (const reservationId of ids) await taken(admit([ann], { reservationId }));
        expect(await refused(admit([ann]))).toMatchObject({ reason: 'concurrency', retryAfterMs: 1000 });
        await ledger.settle({ reservationId: ids[0], tokens: 0, nano: 0 });
        await taken(admit([ann]));
        await ledger.settle({ reservationId: ids[1], tokens: 0, nano: 0, release: true });
        await taken(admit([ann]));
      });
    });

    describe('money', () => {
      test('I10, I11: settled and reserved never pass the budget, and all of it can be spent', async () => {
        const ann = user({ dailyBudgetNano: 1000 });
        const reservationId = randomUUID();
        await taken(admit([ann], { reservationId, nano: 600 }));
        const held = await refused(admit([ann], { nano: 401 }));
        expect(held).toMatchObject({ reason: 'held', retryAfterMs: 1000 });
        await taken(admit([ann], { nano: 400 }));
        await ledger.settle({ reservationId, tokens: 5, nano: 500 });
        const spent = await refused(admit([ann], { nano: 501 }));
        expect(spent.reason).toBe('budget');
        expect(spent.retryAfterMs).toBeLessThanOrEqual(subject.lengths.day);
        await taken(admit([ann], { nano: 100 }));
        expect(await ledger.usage('user', ann.id)).toMatchObject({
          requests: 3,
          tokens: 5,
          settledNano: 500,
          reservedNano: 500,
          monthSettledNano: 500,
        });
      });

      test('a month has a budget too', async () => {
        const ann = user({ monthlyBudgetNano: 10 });
        const reservationId = randomUUID();
        await taken(admit([ann], { reservationId, nano: 10 }));
        expect(await refused(admit([ann], { nano: 1 }))).toMatchObject({ reason: 'held' });
        await ledger.settle({ reservationId, tokens: 0, nano: 10 });
        expect(await refused(admit([ann], { nano: 1 }))).toMatchObject({ reason: 'budget' });
        await taken(admit([ann], { nano: 0 }));
      });

      test('amounts stay exact to the nano-dollar, however large', async () => {
        const ann = user({ dailyBudgetNano: 9_000_000_000_000_000 });
        const reservationId = randomUUID();
        await taken(admit([ann], { reservationId, nano: 8_999_999_999_999_999 }));
        expect((await ledger.usage('user', ann.id)).reservedNano).toBe(8_999_999_999_999_999);
        await taken(admit([ann], { nano: 1 }));
        expect(await refused(admit([ann], { nano: 1 }))).toMatchObject({ reason: 'held' });
        await ledger.settle({ reservationId, tokens: 0, nano: 8_765_432_109_876_543 });
        expect((await ledger.usage('user', ann.id)).settledNano).toBe(8_765_432_109_876_543);
      });

      test('more owed than reserved is taken in full', async () => {
        const ann = user({ dailyBudgetNano: 100 });
        const reservationId = randomUUID();
        await taken(admit([ann], { reservationId, nano: 10 }));
        await ledger.settle({ reservationId, tokens: 0, nano: 150 });
        expect(await refused(admit([ann], { nano: 0 }))).toMatchObject({ reason: 'budget' });
        expect((await ledger.usage('user', ann.id)).settledNano).toBe(150);
      });

      test('a release gives everything back, as if it had not been', async () => {
        const limits = { requestsPerDay: 1, tokensPerMinute: 10, concurrency: 1, dailyBudgetNano: 10 };
        const ann = user(limits);
        const reservationId = randomUUID();
        await taken(admit([ann], { reservationId, tokens: 10, nano: 10 }));
        await ledger.settle({ reservationId, tokens: 9, nano: 9, release: true });
        expect(await ledger.usage('user', ann.id)).toMatchObject({ requests: 0, tokens: 0, settledNano: 0 });
        await taken(admit([ann], { tokens: 10, nano: 10 }));
      });
    });

    describe('scopes', () => {
      test('all are checked, then all taken, or none', async () => {
        const team = { kind: 'team', id: randomUUID(), requestsPerMinute: 2, dailyBudgetNano: 100 } as const;
        const ann = user({ requestsPerMinute: 5 });
        await taken(admit([team, ann], { nano: 50 }));
        expect(await refused(admit([team, ann], { nano: 60 }))).toMatchObject({
          reason: 'held',
          scope: 'team',
        });
        await taken(admit([team, user()], { nano: 50 }));
        expect(await refused(admit([team, ann]))).toMatchObject({ reason: 'requests', scope: 'team' });
        expect(await ledger.usage('user', ann.id)).toMatchObject({ requests: 1, reservedNano: 50 });
        await taken(admit([ann]));
      });

      test('an end user has its own, beside those of the user that speaks for it', async () => {
        const ann = user({ requestsPerMinute: 5, dailyBudgetNano: 1000 });
        const eve = {
          kind: 'endUser',
          id: randomUUID(),
          requestsPerMinute: 2,
          dailyBudgetNano: 100,
        } as const;
        await taken(admit([ann, eve], { nano: 60 }));
        expect(await refused(admit([ann, eve], { nano: 60 }))).toMatchObject({ scope: 'endUser' });
        await taken(admit([ann, { ...eve, id: randomUUID() }], { nano: 60 }));
        await taken(admit([ann, eve], { nano: 1 }));
        expect(await refused(admit([ann, eve]))).toMatchObject({ reason: 'requests', scope: 'endUser' });
      });

      test('what waiting does not help is said first', async () => {
        const key = { kind: 'key', id: randomUUID(), dailyBudgetNano: 1 } as const;
        expect(await refused(admit([user({ requestsPerMinute: 0 }), key], { nano: 2 }))).toMatchObject({
          reason: 'budget',
          scope: 'key',
        });
      });
    });

    describe('once', () => {
      test('the same reservation twice takes once and answers the same, also after it was settled', async () => {
        const ann = user({ requestsPerMinute: 10, dailyBudgetNano: 10 });
        const reservationId = randomUUID();
        const first = await taken(admit([ann], { reservationId, nano: 6 }));
        expect(await taken(admit([ann], { reservationId, nano: 6 }))).toEqual(first);
        expect(await ledger.usage('user', ann.id)).toMatchObject({ requests: 1, reservedNano: 6 });
        await ledger.settle({ reservationId, tokens: 1, nano: 1 });
        expect(await taken(admit([ann], { reservationId, nano: 6 }))).toEqual(first);
        expect(await ledger.usage('user', ann.id)).toMatchObject({
          requests: 1,
          reservedNano: 0,
          settledNano: 1,
        });
      });

      test('a second settlement is late, one of nothing unknown', async () => {
        const ann = user();
        const reservationId = randomUUID();
        await taken(admit([ann], { reservationId, nano: 6 }));
        expect(await ledger.settle({ reservationId, tokens: 1, nano: 2 })).toBe('settled');
        expect(await ledger.settle({ reservationId, tokens: 1, nano: 3 })).toBe('late');
        expect(await ledger.settle({ reservationId, tokens: 0, nano: 0, release: true })).toBe('late');
        expect(await ledger.settle({ reservationId: randomUUID(), tokens: 1, nano: 3 })).toBe('unknown');
        expect((await ledger.usage('user', ann.id)).settledNano).toBe(2);
      });

      test('one that was refused may be asked again', async () => {
        const ann = user({ concurrency: 1 });
        const [first, second] = [randomUUID(), randomUUID()];
        await taken(admit([ann], { reservationId: first }));
        await refused(admit([ann], { reservationId: second }));
        await ledger.settle({ reservationId: first, tokens: 0, nano: 0 });
        expect(await taken(admit([ann], { reservationId: second }))).toMatchObject({ admitted: true });
      });
    });

    describe('keys', () => {
      test('I25: no version older than the newest set or seen', async () => {
        const keyId = randomUUID();
        const ann = user();
        await taken(admit([ann], { keyId, keyVersion: 3 }));
        expect(await refused(admit([ann], { keyId, keyVersion: 2 }))).toMatchObject({ reason: 'stale_key' });
        const told = new Promise((resolve) => {
          ledger.onKeyChanged((id, version) => id === keyId && resolve(version));
        });
        await ledger.setKeyVersion(keyId, 7);
        expect(await told).toBe(7);
        expect(await refused(admit([ann], { keyId, keyVersion: 6 }))).toMatchObject({ reason: 'stale_key' });
        await taken(admit([ann], { keyId, keyVersion: 7 }));
        await ledger.setKeyVersion(keyId, 5);
        expect(await refused(admit([ann], { keyId, keyVersion: 6 }))).toMatchObject({ reason: 'stale_key' });
        expect((await ledger.usage('user', ann.id)).requests).toBe(2);
      });
    });

    test('knows its day and its health', async () => {
      const { day } = await taken(admit([user()]));
      expect(ledger.day()).toBe(day);
      expect(day).toMatch(/^\d{4}-\d\d-\d\d$/);
      expect(ledger.health().usable).toBe(true);
    });
  });
}
