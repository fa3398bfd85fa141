/**
 * What follows a count where something stands in the way: too many are shut out already, or more incidents are open than
 * are looked at. Shown false, each by its case: by room that is looked for after a place of the hour is taken, by what is
 * shut without looking for room, by a list of open incidents that is not of those that wait.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lockdownSchema } from '../../../src/domain/callers/containment.ts';
import type { IncidentResponse } from '../../../src/domain/incidents/incident-response.ts';
import type { IncidentRecord } from '../../../src/ports/incident-store.ts';
import { startIncidentHouses } from '../../support/incident-house.ts';

type Houses = Awaited<ReturnType<typeof startIncidentHouses>>;
let houses: Houses;
const rule = { kind: 'count', when: { action: 'exchange.refused' }, withinS: 60, count: 1 };
let offMs = 0;
const settings = {
  containmentsPerHourMax: 4,
  rules: {
    off: { ...rule, by: 'key', actions: ['disableKey'] },
    both: { ...rule, by: 'key', actions: ['ban', 'disableKey'] },
    ban: { ...rule, by: 'user', actions: ['ban'] },
    told: { ...rule, by: 'user', actions: [] },
  },
};
beforeAll(async () => {
  houses = await startIncidentHouses(settings, { now: () => Date.now() + offMs });
});
afterAll(() => houses.close());

type Reached = Parameters<IncidentResponse['respond']>[0];
const reached = (name: string, kind: 'key' | 'user', value: string): Reached => ({
  rule: name,
  subject: { kind, value },
  user: 'ada',
  count: 1,
  at: Date.now(),
});
const only = async (subject: string): Promise<IncidentRecord> => {
  const [found, ...others] = await houses.one.store.incidents.list({ subject, limit: 9 });
  if (!found || others.length > 0) throw new Error(`one incident of ${subject} was expected`);
  return found;
};
/** Shuts so many keys one by one, as rules do. */
async function fill(keys: number): Promise<void> {
  const names = Array.from({ length: keys }, (_, n) => `full${n}`);
  await houses.one.watching.change((state) => ({
    state: {
      ...state,
      lockdown: { ...lockdownSchema.parse({}), keys: names, by: 'system', at: 1 },
    },
    result: undefined,
  }));
}
/** As a round of its own, when what was opened is no longer under way. */
async function resume(house = houses.one): Promise<void> {
  offMs += 6000;
  await house.response.resume();
}
const FULL = 'too many are shut out already';

test('beyond 1,000 keys one more is shut, and at 10,000 nobody else is held up', async () => {
  const { one } = houses;
  await fill(9_999);
  await one.response.respond(reached('off', 'key', 'k1'));
  expect((await one.watching.newest()).lockdown?.keys.at(-1)).toBe('k1');
  expect(await only('key:k1')).toMatchObject({ state: 'contained', wanted: [] });

  await one.response.respond(reached('off', 'key', 'k2'));
  expect(await only('key:k2')).toMatchObject({ state: 'detected', heldBack: FULL, wanted: [{ of: 'key' }] });
  // Neither costs a place of the hour, however often it is tried.
  for (let n = 0; n < 5; n++) await resume();
  await one.response.respond(reached('both', 'key', 'k3'));
  const left = [{ kind: 'lockdown', of: 'key', value: 'k3' }];
  expect(await only('key:k3')).toMatchObject({
    state: 'contained',
    contained: [{ kind: 'ban', value: 'k3' }],
    wanted: left,
    heldBack: FULL,
  });
  await one.response.respond(reached('ban', 'user', 'eve'));
  expect(await only('user:eve')).toMatchObject({ state: 'contained' });
});

test('once there is room what was held back is done, by whichever process', async () => {
  await fill(3);
  await resume(houses.other);
  expect(await only('key:k2')).toMatchObject({ state: 'contained', wanted: [] });
  const { lockdown } = await houses.one.watching.newest();
  expect(lockdown?.keys).toEqual(['full0', 'full1', 'full2', 'k2']);
});

test('what waits for a place is found behind any number of incidents that wait for nothing', async () => {
  const { one } = houses;
  // The hour has no place left: three were taken above, and one by whoever this is.
  await one.response.respond(reached('ban', 'user', 'frank'));
  await one.response.respond(reached('ban', 'user', 'mallory'));
  expect(await only('user:mallory')).toMatchObject({ heldBack: 'too many within an hour' });
  for (let n = 0; n < 101; n++) await one.response.respond(reached('told', 'user', `u${n}`));
  offMs += 3_600_000;
  await resume();
  expect(await only('user:mallory')).toMatchObject({ state: 'contained', contained: [{ kind: 'ban' }] });
});
