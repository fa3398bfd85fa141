/**
 * Counts of two processes at one store, and what follows. Shown false, each by its case: by a place that is not taken in
 * the store, by a mean that counts today, by bans of proxies, by a ban that is over and still counts what comes.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Counted } from '../../../src/domain/incidents/incident-counting.ts';
import { startIncidentHouses } from '../../support/incident-house.ts';

type Houses = Awaited<ReturnType<typeof startIncidentHouses>>;
let houses: Houses;
const when = { action: 'exchange.refused' };
const base = { by: 'key', when, withinS: 60 };

beforeAll(async () => {
  houses = await startIncidentHouses({
    containmentsPerHourMax: 3,
    rules: {
      ban: { ...base, kind: 'count', count: 4, actions: ['notify', 'ban'], banS: 600 },
      address: { ...base, kind: 'count', by: 'address', count: 1, actions: ['ban'] },
      silent: { ...base, kind: 'count', count: 2, mode: 'observe', actions: ['ban'] },
      after: { ...base, kind: 'sequence', followedBy: { action: 'exchange.outcome' } },
      money: { ...base, kind: 'spend', overUsd: 0.001, timesMean: 10, withinS: 3600 },
      moved: { by: 'key', when, kind: 'newAddress', afterDays: 7 },
    },
  });
});
afterAll(() => houses.close());

const DAY = 86_400_000;
let count = 0;
const counted = (rule: string, subject: string, more: Partial<Counted> = {}): Counted => ({
  rule,
  subject,
  chain: 'chain',
  sequence: (count += 1),
  at: Date.now(),
  step: 0,
  weight: 1,
  user: 'ada',
  ...more,
});
const bring = async (batch: readonly Counted[], house = houses.one): Promise<void> => {
  await house.counting.bring(batch);
  await house.counting.check();
};
const list = (rule: string, subject: string) =>
  houses.one.store.incidents.list({ rule, subject, limit: 100 });

test('what two processes saw adds up to one incident, and one ban, which goes on counting', async () => {
  const { one, other } = houses;
  const four = () => Array.from({ length: 4 }, () => counted('ban', 'key:k1'));
  await bring(four().slice(0, 3));
  expect(await list('ban', 'key:k1')).toEqual([]);
  await Promise.all([bring(four()), bring(four(), other)]);
  const [incident, ...others] = await list('ban', 'key:k1');
  expect(others).toEqual([]);
  await bring([counted('ban', 'key:k1', { weight: 5 })], other);
  expect(await list('ban', 'key:k1')).toMatchObject([
    { state: 'contained', user: 'ada', count: 16, wanted: [], contained: [{ kind: 'ban', value: 'k1' }] },
  ]);
  const caller = { user: 'ada', tier: 'pro', role: 'user', credential: 'k1' } as const;
  const key = (id: string) => ({
    ...caller,
    credential: id,
    key: { ...caller, id, version: 1, secretDigest: '', createdAt: 0 },
  });
  await expect.poll(() => other.containment.state.bans.map(({ id }) => id)).toEqual([incident?.id]);
  for (const { containment } of [one, other]) {
    expect(() => containment.checkCaller(key('k1'))).toThrow('access.banned');
    expect(() => containment.checkCaller(key('k2'))).not.toThrow();
  }
  expect([...one.told, ...other.told].map(({ id, text }) => [id, text.replace(/2\d{3}-\S+/, 'T')])).toEqual([
    [incident?.id, 'Incident (medium): ban, by key k1 of ada; shut out until T'],
  ]);
});

test('who goes on when a ban is over is banned again; not while it holds, nor whom a person let in', async () => {
  const short = { ...base, kind: 'count', count: 4, actions: ['ban'], banS: 1 };
  const own = await startIncidentHouses({ rules: { short } });
  const { store, response } = own.one;
  const of = (key: string) => store.incidents.list({ subject: `key:${key}`, limit: 9 });
  const burst = (key: string) => bring([counted('short', `key:${key}`, { weight: 4 })], own.other);
  await burst('k1');
  await burst('k2');
  const [lifted] = await of('k2');
  if (!lifted) throw new Error('none was opened');
  const contained = lifted.contained.map((each) => ({ ...each, liftedAt: Date.now(), liftedBy: 'grace' }));
  expect(await store.incidents.change({ ...lifted, contained })).toBe(true);
  await response.resume();
  await burst('k1');
  expect(await of('k1')).toMatchObject([{ count: 8 }]);
  // As the incident has it: this process may not have learned of the ban yet.
  const isOver = async () =>
    (await of('k1')).every(({ contained: [ban] }) => (ban?.until ?? Infinity) < Date.now());
  await expect.poll(isOver).toBe(true);
  await response.resume();
  await burst('k1');
  await burst('k2');
  expect(await of('k1')).toMatchObject([
    { state: 'contained', count: 4, contained: [{ kind: 'ban' }] },
    { state: 'contained', count: 8 },
  ]);
  expect(await of('k2')).toMatchObject([{ count: 8 }]);
  await own.close();
});

test('on record before it is done, and what is observed does nothing', async () => {
  const { one } = houses;
  const before = (await one.recorded()).length;
  await bring([counted('ban', 'key:k5', { weight: 4 })]);
  expect((await one.recorded()).slice(before)).toEqual([
    'incident.opened pending',
    'incident.opened success',
    'incident.contained pending',
    'incident.contained success',
    'incident.notified pending',
    'incident.notified success',
  ]);
  const then = (await one.recorded()).length;
  await bring([1, 2, 3].map(() => counted('silent', 'key:k6')));
  expect((await one.recorded()).slice(then)).toEqual(['incident.observed success']);
  expect(await list('silent', 'key:k6')).toEqual([]);
  await bring([counted('silent', 'key:k6')]);
  expect((await one.recorded()).slice(then)).toHaveLength(1);
});

test('never loopback, a proxy, or a token; no more than an hour has places for, by all processes', async () => {
  const { one, other } = houses;
  for (const subject of ['address:127.0.0.1', 'address:192.0.2.254']) {
    await bring([counted('address', subject)]);
    expect(await list('address', subject)).toMatchObject([
      { state: 'detected', contained: [], heldBack: 'nobody to shut out' },
    ]);
  }
  await bring([counted('ban', 'key:jwt:ada', { weight: 4 })]);
  expect(await list('ban', 'key:jwt:ada')).toMatchObject([{ heldBack: 'nobody to shut out' }]);
  const places = [1, 2, 3].map((n) => counted('address', `address:192.0.2.${n}`));
  await Promise.all(places.map((each, n) => bring([each], n % 2 ? one : other)));
  const all = (await houses.one.store.incidents.list({ rule: 'address', limit: 9 })).slice(0, 3);
  expect(all.map(({ state }) => state).toSorted()).toEqual(['contained', 'detected', 'detected']);
  const banned = all.find(({ state }) => state === 'contained')?.subject.value ?? '';
  for (const shown of [banned, `::ffff:${banned}`])
    await expect.poll(() => one.containment.isBannedAddress(shown)).toBe(true);
  const said = await one.recorded();
  await one.response.resume();
  expect(await one.recorded()).toEqual(said);
});

test('a sequence: one after the other by the same, whichever came to the store first', async () => {
  const at = Date.now();
  const part = (subject: string, step: 0 | 1, ms: number) =>
    counted('after', `key:${subject}`, { step, at: at + ms });
  await bring([part('s1', 0, 0)]);
  await bring([part('s1', 1, 100)], houses.other);
  await bring([part('s2', 1, 100)]);
  await bring([part('s2', 0, 0)]);
  await bring([part('s3', 1, 0), part('s3', 0, 100)]);
  await bring([part('s4', 0, 0), part('s4', 1, 61_000)]);
  await bring([part('s5', 0, 0), part('s6', 1, 100)]);
  const found = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => list('after', `key:s${n}`)));
  expect(found.map((each) => each.length)).toEqual([1, 1, 0, 0, 0, 0]);
});

test('money: above the bound, and above what this one spends on other days', async () => {
  const at = Math.floor(Date.now() / DAY) * DAY + DAY / 2;
  const { incidents } = houses.one.store;
  const spend = (subject: string, weight: number) =>
    bring([counted('money', `key:${subject}`, { weight, at })]);
  await spend('m1', 999_999);
  await spend('m2', 600_000);
  await spend('m2', 400_000);
  for (const key of ['m3', 'm4'])
    for (let day = 1; day <= 7; day++)
      await incidents.addDay('money', `key:${key}`, at - DAY / 2 - day * DAY, 2_400_000);
  // A day of 2.4 million is 100,000 an hour, ten times as much a million.
  await spend('m3', 999_999);
  await spend('m4', 1_000_000);
  await incidents.addDay('money', 'key:m5', at - DAY / 2 - DAY, 70_000_000_000);
  await spend('m5', 2_000_000);
  const found = await Promise.all([1, 2, 3, 4, 5].map((n) => list('money', `key:m${n}`)));
  expect(found.map((each) => each.length)).toEqual([0, 1, 0, 1, 0]);
});

const seen = (subject: string, value: string, daysAgo: number) =>
  bring([counted('moved', `key:${subject}`, { value, at: Date.now() - daysAgo * DAY })]);

test('a new address of a key that is known for long, once', async () => {
  await seen('a1', '192.0.2.1', 8);
  await seen('a1', '192.0.2.1', 0);
  await seen('a2', '192.0.2.1', 2);
  await seen('a2', '192.0.2.2', 0);
  expect([await list('moved', 'key:a1'), await list('moved', 'key:a2')]).toEqual([[], []]);
  await seen('a1', '192.0.2.2', 0);
  await seen('a1', '192.0.2.2', 0);
  expect(await list('moved', 'key:a1')).toMatchObject([{ count: 1, contained: [] }]);
});
