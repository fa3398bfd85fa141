/**
 * Old values behind placeholders go at once and again, on record first. Shown false by a job that drops before it
 * records (a disk that is away leaves nothing behind).
 */
import { expect, onTestFinished, test } from 'vitest';
import { forgetPlaceholders } from '../../src/jobs/forget-placeholders.ts';
import type { EntryDraft } from '../../src/ports/audit-log.ts';
import { ADA, keptIn, memoryStore } from '../support/exchange.ts';

const DAY = 86_400_000;

test('goes on when the log is back, and says how many objects had some', async () => {
  const store = await memoryStore();
  const clock = { at: 100 * DAY, now: () => clock.at };
  const keptPlaceholders = keptIn(store, { clock });
  const chain = {
    numbers: { EMAIL: 1 },
    entries: [{ placeholder: '<EMAIL_1>', type: 'EMAIL', value: 'ann@example.com' }],
  };
  const owner = { id: 'resp_1', kind: 'response', user: ADA.user, createdAt: 1 };
  await store.putOwner(owner, keptPlaceholders.row(ADA, chain, owner.id));
  clock.at += 8 * DAY;
  const drafts: EntryDraft[] = [];
  const failures: unknown[] = [];
  let isAway = true;
  const job = forgetPlaceholders({
    keptPlaceholders,
    holds: { held: async () => [] },
    auditLog: {
      record: async (draft) => {
        if (isAway) throw new Error('no disk');
        drafts.push(draft);
        return { ...draft, timestamp: '', chain: '', sequence: 1, previousHash: '', hash: '' };
      },
    },
    onFailure: (error) => failures.push(error),
    everyMs: 20,
  });
  onTestFinished(() => job.stop());
  await expect.poll(() => failures.length).toBeGreaterThan(0);
  expect((await store.getSealed(['resp_1'])).size).toBe(1);
  isAway = false;
  await expect.poll(async () => (await store.getSealed(['resp_1'])).size).toBe(0);
  expect(drafts).toMatchObject([{ action: 'placeholders.dropped', metadata: { objects: 1 } }]);
});
