/**
 * The kill switch and bans through the operators' door: who may, what is not understood, on record before it holds.
 * Shown false by a permission of `view_logs` for all rows.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN_ROUTES } from '../../src/admin/routes.ts';
import { type Answer, startAdminHouse } from '../support/admin-house.ts';

type House = Awaited<ReturnType<typeof startAdminHouse>>;
let house: House;
const keys = { user: '', developer: '', admin: '' };
beforeAll(async () => {
  house = await startAdminHouse();
  for (const role of ['user', 'developer', 'admin'] as const)
    keys[role] = (await house.call('POST', '/admin/keys', { user: `a-${role}`, tier: 'pro', role })).body.key;
});
afterAll(() => house.close());

const codeOf = (answer: Answer) => answer.headers.get('x-sallyport-code');
const ban = { user: 'nobody', seconds: 60 };
const rows: readonly (readonly [string, string, object | undefined, readonly string[]])[] = [
  ['GET', '/admin/lockdown', undefined, ['developer', 'admin']],
  ['PUT', '/admin/lockdown', { models: ['gpt-4'] }, ['admin']],
  ['GET', '/admin/bans', undefined, ['developer', 'admin']],
  ['POST', '/admin/bans', ban, ['admin']],
  ['DELETE', '/admin/bans/ID', undefined, ['admin']],
  ['POST', '/admin/users/ID/disable', {}, ['admin']],
  ['POST', '/admin/users/ID/enable', {}, ['admin']],
];

test.each(rows)('%s %s: who may', async (method, path, body, may) => {
  for (const [role, key] of Object.entries(keys)) {
    const { id } = (await house.call('POST', '/admin/bans', ban)).body;
    const answer = await house.call(method, path.replace('ID', id), body, key);
    expect([role, codeOf(answer)]).toEqual([role, may.includes(role) ? null : 'access.permission']);
  }
});

test('the table of this test is the whole table', () => {
  const own = ADMIN_ROUTES.filter(({ path }) => /^\/admin\/(?:lockdown|bans|users)\b/.test(path));
  expect(own.map(({ method, path }) => `${method} ${path.replace(':id', 'ID')}`)).toEqual(
    expect.arrayContaining(rows.map(([method, path]) => `${method} ${path}`)),
  );
});

test.each([
  ['PUT', '/admin/lockdown', { everything: true }, 'request.unknown_field'],
  ['PUT', '/admin/lockdown', { all: 'yes' }, 'request.invalid_field'],
  ['PUT', '/admin/lockdown', { users: ['a b'] }, 'request.invalid_field'],
  ['POST', '/admin/bans', { user: 'a', until: 1 }, 'request.unknown_field'],
  ['POST', '/admin/bans', { address: '127.0.0.1' }, 'request.invalid_field'],
  ['DELETE', '/admin/bans/none', undefined, 'access.not_found'],
  ['POST', '/admin/users/a%20b/disable', {}, 'access.not_found'],
  ['POST', '/admin/users/a/disable', { reason: 'nobody would read it' }, 'request.unknown_field'],
] as const)('%s %s %j: %s', async (method, path, body, code) => {
  expect(codeOf(await house.call(method, path, body))).toBe(code);
});

test('on record before it holds, with who and why asked; what was shut is told', async () => {
  const shut = { tiers: ['free'], reason: 'drill' };
  const { body } = await house.call('PUT', '/admin/lockdown', shut, keys.admin);
  expect(body).toMatchObject({ active: true, tiers: ['free'], reason: 'drill', by: 'a-admin' });
  const told = house
    .onDisk()
    .findLast(({ action, status }) => action === 'admin.lockdown.set' && status === 'pending');
  expect(told).toMatchObject({ userId: 'a-admin', metadata: { tiers: ['free'] } });
  expect((await house.call('GET', '/admin/lockdown')).body).toEqual(body);
  expect((await house.call('PUT', '/admin/lockdown', {})).body).toMatchObject({ active: false });
});

test('of what one call names 1,000 are taken, and one by one more are added to them and taken away', async () => {
  const users = Array.from({ length: 1000 }, (_, n) => `u${n}`);
  expect((await house.call('PUT', '/admin/lockdown', { users })).status).toBe(200);
  const disable = (user: string) => house.call('POST', `/admin/users/${user}/disable`, {});
  expect((await disable('one-more')).body).toEqual({ user: 'one-more', disabled: true });
  expect((await house.call('GET', '/admin/lockdown')).body.users).toEqual([...users, 'one-more']);
  const tooMany = await house.call('PUT', '/admin/lockdown', { users: [...users, 'one-more'] });
  expect(codeOf(tooMany)).toBe('request.invalid_field');
  await house.call('POST', '/admin/users/u0/enable', {});
  expect((await house.call('GET', '/admin/lockdown')).body.users).toEqual([...users.slice(1), 'one-more']);
  expect((await house.call('PUT', '/admin/lockdown', {})).body).toMatchObject({ active: false });
});
