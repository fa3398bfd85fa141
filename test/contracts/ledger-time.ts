/** What every ledger engine must do as its time goes by; each runs this suite with windows as short as it can wait. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Usage } from '../../src/ports/ledger.ts';
import { refused, taken, user, type Subject } from './ledger.ts';

interface Slid {
  readonly admitted: readonly boolean[];
  readonly retryAfterMs: number;
  /** The machine stood still for so long that this is not of one window. */
  readonly slid: boolean;
}

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

    /** Five calls of a user that has four: one, the rest half a window later; and two more once it is told to come back. */
    async function five(): Promise<Slid> {
      const ann = user({ requestsPerMinute: 4 });
      // What is asked together comes together.
      const ask = (times: number) =>
        Promise.all(
          Array.from({ length: times }, () =>
            brief.ledger.admit({ reservationId: randomUUID(), scopes: [ann], tokens: 0, nano: 0 }),
          ),
        );
      const began = performance.now();
      const answers = await ask(1);
      await brief.advance(short.minute / 2);
      const half = performance.now();
      answers.push(...(await ask(4)));
      const full = performance.now();
      const last = answers.at(-1);
      const retryAfterMs = last && !last.admitted ? last.retryAfterMs : 0;
      await brief.advance(retryAfterMs);
      answers.push(...(await ask(2)));
      const slid = full - began >= short.minute || performance.now() - half >= short.minute;
      return { admitted: answers.map(({ admitted }) => admitted), retryAfterMs, slid };
    }

    test('I19: a window slides: full again only when what was taken has left it', async () => {
      let seen = await five();
      // A machine that stood still let the window go by in the midst of it: nothing can be said of that.
      while (seen.slid) seen = await five();
      expect(seen.admitted).toEqual([true, true, true, true, false, true, false]);
      expect(seen.retryAfterMs).toBeLessThanOrEqual(short.minute * 0.6);
    });

    /** @returns undefined where the day went by before what it holds was read */
    async function secondDay(): Promise<Usage | undefined> {
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
      return usage.day === next.day ? usage : undefined;
    }

    test('I17: a new day has a new budget, and what was reserved before is settled in its own', async () => {
      let usage = await secondDay();
      while (!usage) usage = await secondDay();
      expect(usage).toMatchObject({ settledNano: 0, reservedNano: 100 });
    });
  });
}
