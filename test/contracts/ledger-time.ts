/** What every ledger engine must do as its time goes by; each runs this suite with windows as short as it can wait. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { refused, taken, user, type Subject } from './ledger.ts';

/** @param start builds an empty engine whose minute, hour and day are as long as `lengths` says */
export function ledgerTime(
  name: string,
  start: (lengths: Subject['lengths']) => Promise<Subject>,
  short: Subject['lengths'],
): void {
  describe(`${name}: the ledger as time goes by`, () => {
    let brief: Subject;
    beforeAll(async () => {
      brief = await start(short);
    });
    afterAll(() => brief.close());

    test('I19: a window slides: full again only when what was taken has left it', async () => {
      const ann = user({ requestsPerMinute: 4 });
      const ask = () =>
        brief.ledger.admit({ reservationId: randomUUID(), scopes: [ann], tokens: 0, nano: 0 });
      await taken(ask());
      await brief.advance(short.minute / 2);
      for (let i = 0; i < 3; i++) await taken(ask());
      const refusal = await refused(ask());
      expect(refusal.retryAfterMs).toBeLessThanOrEqual(short.minute * 0.6);
      await brief.advance(refusal.retryAfterMs);
      await taken(ask());
      await refused(ask());
    });

    test('I17: a new day has a new budget, and what was reserved before is settled in its own', async () => {
      const ann = user({ dailyBudgetNano: 100 });
      const reservationId = randomUUID();
      const ask = (nano: number, id = randomUUID()) =>
        brief.ledger.admit({ reservationId: id, scopes: [ann], tokens: 0, nano });
      const { day } = await taken(ask(100, reservationId));
      const refusal = await refused(ask(101));
      expect(refusal.reason).toBe('budget');
      await brief.advance(refusal.retryAfterMs);
      const next = await taken(ask(100));
      expect(next.day >= day).toBe(true);
      await brief.ledger.settle({ reservationId, tokens: 0, nano: 100 });
      const usage = await brief.ledger.usage('user', ann.id);
      expect(usage).toMatchObject({ day: next.day, settledNano: 0, reservedNano: 100 });
    });
  });
}
