/**
 * `GET /me/usage`: what one has used today, for keys and tokens alike, in the form operators see; of nobody else.
 * Shown false by not reading the query.
 */
import { SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { admin, createKey } from '../support/admin.ts';
import { CHAT_BODY, journey } from '../support/journey.ts';

const SECRET = 'a secret of at least thirty-two bytes, for HS256';
const house = journey({ env: { JWT_SECRET: SECRET }, key: { user: 'ada', tier: 'pro' } });
const usageSchema = z.strictObject({
  day: z.iso.date(),
  user: z.string(),
  requests: z.int(),
  tokens: z.int(),
  settledUsd: z.number(),
  reservedUsd: z.number(),
  budgetUsd: z.number().nullable(),
});

async function get(credential: string | undefined, path = '/me/usage') {
  const headers = credential === undefined ? {} : { authorization: `Bearer ${credential}` };
  const answer = await fetch(house.gateway.baseUrl.replace('/v1', path), { headers });
  const body: unknown = await answer.json();
  const code = answer.headers.get('x-sallyport-code');
  return { status: answer.status, code, headers: answer.headers, body };
}

async function spend(credential: string): Promise<void> {
  const headers = { authorization: `Bearer ${credential}`, 'content-type': 'application/json' };
  const url = `${house.gateway.baseUrl}/chat/completions`;
  expect((await fetch(url, { method: 'POST', headers, body: CHAT_BODY })).status).toBe(200);
}

const usageOf = async (credential: string, path?: string) =>
  usageSchema.parse((await get(credential, path)).body);

test('a key and a token of the same user see the same, and operators too; another sees their own', async () => {
  const key = house.gateway.callerKey;
  const token = await new SignJWT({ iss: 'sallyport', aud: 'sallyport', sub: 'ada', tier: 'pro' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('5m')
    .sign(Buffer.from(SECRET));
  const { key: bobs } = await createKey(house.gateway, { user: 'bob', tier: 'internal' });
  await spend(key);
  await spend(token);
  await expect
    .poll(() => usageOf(key))
    .toMatchObject({ user: 'ada', requests: 2, reservedUsd: 0, budgetUsd: 5 });
  const own = await usageOf(key);
  expect(own.settledUsd).toBeGreaterThan(0);
  expect(await usageOf(token)).toEqual(own);
  expect(await usageOf(bobs)).toMatchObject({ user: 'bob', requests: 0, settledUsd: 0 });
  expect(await get(bobs, '/me/usage?user=ada')).toMatchObject({ status: 400, code: 'request.unknown_field' });
  expect(await get(bobs, '/me/usage?a=1&a=2')).toMatchObject({ status: 400, code: 'request.query' });
  expect((await admin(house.gateway, 'GET', '/admin/usage?user=ada')).body).toEqual(own);
  expect(house.upstream.requests).toHaveLength(2);
});

// Control: by keys alone, operators read of such a user that nothing bounds them, while 0.10 does.
test('of who has tokens and no key, operators see the budget of the tier that the newest call had', async () => {
  const token = await new SignJWT({ iss: 'sallyport', aud: 'sallyport', sub: 'tom', tier: 'free' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('5m')
    .sign(Buffer.from(SECRET));
  await spend(token);
  await expect
    .poll(async () => (await admin(house.gateway, 'GET', '/admin/usage?user=tom')).body)
    .toMatchObject({ user: 'tom', requests: 1, reservedUsd: 0, budgetUsd: 0.1 });
  expect(await usageOf(token)).toMatchObject({ user: 'tom', requests: 1, reservedUsd: 0, budgetUsd: 0.1 });
});

test('nobody, and a key at a wrong address, are refused in the form of every other call', async () => {
  const { key } = await createKey(house.gateway, { user: 'eve', ips: ['192.0.2.0/24'] });
  expect(await get(undefined)).toMatchObject({ status: 401, code: 'auth.missing' });
  expect(await get('sk-nobody')).toMatchObject({ status: 401, code: 'auth.invalid' });
  const far = await get(key);
  expect(far).toMatchObject({
    status: 403,
    code: 'access.address',
    body: { error: { type: expect.any(String) } },
  });
  expect(far.headers.get('cache-control')).toBe('no-store');
  const entries = async () => (await admin(house.gateway, 'GET', '/admin/audit?user=eve')).body;
  await expect.poll(entries).toMatchObject({ data: [{ metadata: { code: 'access.address' } }] });
});

// Control: without the headers of the hook, none of the four was there, so that anybody between might keep the answer.
test('what one sees of oneself is kept by nobody in between, and has the headers of every answer', async () => {
  for (const path of ['/me/usage', '/me/history']) {
    const { status, headers } = await get(house.gateway.callerKey, path);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('strict-transport-security')).toBeTruthy();
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  }
  const refused = await get('sk-sp-none');
  expect([refused.status, refused.headers.get('cache-control')]).toEqual([401, 'no-store']);
  expect(refused.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});
