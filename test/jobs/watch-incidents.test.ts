/**
 * What a process brings to the store of what it wrote. Shown false, each by its case: by a queue without `SINGLY_MAX`, by
 * a batch that is dropped where the store does not take it, by money that is brought again from the files.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { incidentsSchema } from '../../src/domain/incidents/incident-rules.ts';
import { watchIncidents } from '../../src/jobs/watch-incidents.ts';
import type { Entry, EntryDraft } from '../../src/ports/audit-log.ts';
import { startIncidentHouses } from '../support/incident-house.ts';

type Houses = Awaited<ReturnType<typeof startIncidentHouses>>;
const settings = {
  rules: {
    many: {
      kind: 'count',
      by: 'key',
      when: { action: 'exchange.refused' },
      count: 1000,
      withinS: 3600,
    },
    money: {
      kind: 'spend',
      by: 'key',
      when: { action: 'exchange.outcome' },
      overUsd: 1000,
      withinS: 60,
    },
  },
};
const { rules } = incidentsSchema.parse(settings);
let houses: Houses;
beforeAll(async () => {
  houses = await startIncidentHouses(settings);
});
afterAll(() => houses.close());

const draft = (credential: string, action = 'exchange.refused', settledNano = 0): EntryDraft => ({
  userId: 'ada',
  action,
  resource: 'chat.completions.create',
  status: 'failure',
  metadata: { credential, settledNano },
});
const since = { since: 0, step: 0 };
const sum = async (rule: string, key: string) =>
  (await houses.one.store.incidents.sums(rule, [`key:${key}`], since)).get(`key:${key}`) ?? 0;

function watch(before: readonly Entry[], fail: () => boolean, sizes: number[] = []) {
  const { auditLog, counting } = houses.one;
  return watchIncidents({
    auditLog,
    before: async function* () {
      yield before;
    },
    rules,
    counting: {
      async bring(batch) {
        if (fail()) throw new Error('the store is away');
        sizes.push(batch.length);
        await counting.bring(batch);
      },
      check: () => counting.check(),
    },
    resume: async () => undefined,
    prune: async () => undefined,
    onFailure: () => undefined,
  });
}

test('a burst is few rows, and counted to the last; what the store does not take waits; the past counts once', async () => {
  const { auditLog } = houses.one;
  const sizes: number[] = [];
  let away = true;
  let failed = 0;
  const watching = watch([], () => away && (failed += 1) > 0, sizes);
  for (let n = 0; n < 900; n++) auditLog.note(draft('k1'));
  for (let n = 0; n < 10; n++) auditLog.note(draft('k1', 'exchange.outcome', 7));
  await auditLog.record(draft('k2'));
  await expect.poll(() => failed).toBeGreaterThan(1);
  expect(await sum('many', 'k1')).toBe(0);
  away = false;
  await expect.poll(() => sum('many', 'k1')).toBe(900);
  await expect.poll(() => sum('money', 'k1')).toBe(70);
  expect(await sum('many', 'k2')).toBe(1);
  expect(Math.max(...sizes)).toBeLessThan(250);
  // Without the last, which named what was brought: the rest must not pass for something else.
  const spent = houses.one.entries.filter(({ action }) => action === 'exchange.outcome').slice(0, -1);
  const written = [...houses.one.entries.filter(({ action }) => action === 'exchange.refused'), ...spent];
  await watching.stop();

  const again = watch(written, () => false);
  await auditLog.record(draft('k3'));
  await expect.poll(() => sum('many', 'k3')).toBe(1);
  await auditLog.record(draft('k3', 'exchange.outcome', 5));
  await expect.poll(() => sum('money', 'k3')).toBe(5);
  await again.stop();
  expect([await sum('many', 'k2'), await sum('money', 'k1')]).toEqual([1, 70]);
  // Folded entries come back one by one: those that had no row of their own.
  expect(await sum('many', 'k1')).toBeLessThanOrEqual(900 + 201);
});
