/**
 * When keys were last used, as operators see it; which operations they can be bound to; how one that leaked is revoked.
 * Shown false by a list that leaves out the day of a use, or asks nothing of it; by a key that is made without a look at
 * the table of operations, or for 0 requests a minute; by a report that is read as a key from its first letter to its last.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAdminHouse } from '../support/admin-house.ts';

let house: Awaited<ReturnType<typeof startAdminHouse>>;
beforeAll(async () => {
  house = await startAdminHouse();
});
afterAll(() => house.close());

test('keys are listed with the day of its last use, or where it had none for so long', async () => {
  const { body: made } = await house.call('POST', '/admin/keys', { user: 'ada', tier: 'pro', role: 'user' });
  const day = Date.UTC(2026, 9, 1);
  const listed = async (query = '') => {
    const { data } = (await house.call('GET', `/admin/keys${query}`)).body;
    return data.find(({ id }: { id: string }) => id === made.id);
  };
  expect((await listed()).lastUsedOn).toBeUndefined();
  await house.deps.store.keyUse.mark([made.id], day);
  expect((await listed()).lastUsedOn).toBe('2026-10-01');
  const days = Math.floor((Date.now() - day) / 86_400_000);
  expect(await listed(`?unusedDays=${days - 2}`)).toMatchObject({ lastUsedOn: '2026-10-01' });
  expect(await listed(`?unusedDays=${days + 1}`)).toBeUndefined();
  await house.call('DELETE', `/admin/keys/${made.id}`);
  expect(await listed(`?unusedDays=${days - 2}`)).toBeUndefined();
  for (const wrong of ['unusedDays=0', 'unusedDays=x', 'unusedDays=9999'])
    expect((await house.call('GET', `/admin/keys?${wrong}`)).headers.get('x-sallyport-code')).toBe(
      'request.invalid_field',
    );
});

const create = (fields: object) =>
  house.call('POST', '/admin/keys', { user: 'ada', tier: 'pro', role: 'user', ...fields });

test('a key is for operations that there are', async () => {
  for (const unknown of [['chat.completion'], ['models', 'nope']])
    expect(await create({ endpoints: unknown })).toMatchObject({
      status: 400,
      body: { error: { param: 'endpoints' } },
    });
  for (const known of [['chat.completions', 'files.create'], ['*'], ['tools']])
    expect((await create({ endpoints: known })).status).toBe(201);
});

test('a key of which no call could ever go is none; of no money it is, as not all costs any', async () => {
  for (const name of ['requestsPerMinute', 'tokensPerMinute', 'maxTokensPerRequest', 'concurrency'])
    expect(await create({ [name]: 0 })).toMatchObject({ status: 400, body: { error: { param: name } } });
  expect((await create({ dailyBudgetUsd: 0 })).status).toBe(201);
});

test('a key that was found somewhere is revoked by its text, as it stood there; it is on no record; another does nothing', async () => {
  const [made, other] = [(await create({ user: 'lost' })).body, (await create({})).body];
  const { key: dev } = (await create({ user: 'finder', role: 'developer' })).body;
  const report = async (key: string) => (await house.call('POST', '/admin/keys/report', { key }, dev)).body;
  expect(await report(`${made.key.slice(0, -1)}_`)).toEqual({ revoked: false });
  expect((await report(`${made.key} ${other.key}`)).error.param).toBe('key');
  const told = await report(`OPENAI_API_KEY="${made.key}"\n`);
  expect(told).toMatchObject({ revoked: true, id: made.id, user: 'lost' });
  expect(await report(made.key)).toEqual({ revoked: false });
  const { data } = (await house.call('GET', '/admin/keys')).body;
  const revoked = data.filter(({ revokedAt }: { revokedAt?: string }) => revokedAt === told.revokedAt);
  expect(revoked.map(({ id }: { id: string }) => id)).toEqual([made.id]);
  expect(JSON.stringify(house.onDisk())).not.toContain(made.key);
});
