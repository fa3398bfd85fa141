/** I9, I27: what is kept of a person, by whom it is read, erased, held; on record with counts. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PERSON_ROUTES } from '../../src/admin/persons.ts';
import { startAdminHouse } from '../support/admin-house.ts';

let house: Awaited<ReturnType<typeof startAdminHouse>>;
beforeAll(async () => {
  house = await startAdminHouse();
});
afterAll(() => house.close());

const rows: readonly [method: string, path: string, body?: object][] = [
  ['GET', '/admin/history?user=ada&breakGlass=a%20complaint'],
  ['DELETE', '/admin/users/ada/data'],
  ['GET', '/admin/holds'],
  ['POST', '/admin/holds', { user: 'eve' }],
  ['DELETE', '/admin/holds/eve'],
];
const create = async (more: object) =>
  (await house.call('POST', '/admin/keys', { user: 'ada', tier: 'pro', role: 'user', ...more })).body;

test.each(rows)('%s %s is an administrator’s alone', async (method, path, body) => {
  for (const role of ['user', 'developer'] as const) {
    const { key } = await create({ user: `u-${role}`, role });
    const answer = await house.call(method, path, body, key);
    expect(answer.headers.get('x-sallyport-code')).toBe('access.permission');
  }
  const { key } = await create({ user: 'boss', role: 'admin' });
  expect((await house.call(method, path, body, key)).status).toBeLessThan(300);
});

test('the table of this test is the whole table', () => {
  expect(PERSON_ROUTES.map(({ method, path }) => `${method} ${path}`)).toEqual(
    rows.map(([method, path]) => `${method} ${(path.split('?')[0] ?? '').replace(/ada|eve/, ':id')}`),
  );
});

test('erasing takes names off the keys of one user, and the keys go on', async () => {
  const mine = await create({ user: 'carl', name: 'Carl of sales' });
  const other = await create({ user: 'dora', name: 'Dora of sales' });
  const { body } = await house.call('DELETE', '/admin/users/carl/data');
  expect(body).toMatchObject({ user: 'carl', erased: { keyNames: 1, history: 0 } });
  const { data } = (await house.call('GET', '/admin/keys')).body;
  const nameOf = (id: string) => data.find((key: { id: string }) => key.id === id)?.name;
  expect([nameOf(mine.id), nameOf(other.id)]).toEqual([undefined, 'Dora of sales']);
  expect(await house.deps.keys.verify(mine.key)).toMatchObject({ id: mine.id });
});

test('holds: of the configuration and of people; who is held is not erased, nor anybody while all are', async () => {
  const codeOf = async (user: string) =>
    (await house.call('DELETE', `/admin/users/${user}/data`)).headers.get('x-sallyport-code');
  expect(await codeOf('bound')).toBe('retention.held');
  expect((await house.call('DELETE', '/admin/holds/bound')).body).toEqual({
    user: 'bound',
    lifted: false,
    held: true,
  });
  const { body: first } = await house.call('POST', '/admin/holds', { user: 'all' });
  expect((await house.call('POST', '/admin/holds', { user: 'all' })).body).toEqual(first);
  expect(await codeOf('anybody')).toBe('retention.held');
  expect((await house.call('GET', '/admin/holds')).body.data).toEqual([
    { user: 'bound', configured: true },
    { user: 'all', since: first.since },
  ]);
  expect((await house.call('DELETE', '/admin/holds/all')).body.lifted).toBe(true);
  expect(await codeOf('anybody')).toBe(null);
  const refused = house
    .onDisk()
    .filter(({ action, status }) => action === 'admin.user.erase' && status === 'failure');
  expect(refused.map(({ metadata }) => metadata['code'])).toContain('retention.held');
});

test.each(['system', 'a b', 'x'.repeat(129)])('%s is nobody to erase or hold', async (user) => {
  expect((await house.call('DELETE', `/admin/users/${encodeURIComponent(user)}/data`)).status).toBe(404);
  expect((await house.call('POST', '/admin/holds', { user })).status).toBe(400);
});
