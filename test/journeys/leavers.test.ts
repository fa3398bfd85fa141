/**
 * Who has left is out: told by SCIM at one of two processes, out at both within a second, with keys, stream and session.
 * Shown false by a directory that bans and revokes nothing (the key opens), by one that revokes but does not ban (the token
 * opens), by a sign-in that does not ask it, and by bans that are written one by one (of 40 at once 18 were refused).
 */
import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { admin } from '../support/admin.ts';
import { type Gateway, startGateways } from '../support/gateway.ts';
import { CLIENT_ID, CLIENT_SECRET, startProvider, type TestProvider } from '../support/identity-provider.ts';
import { CHAT_BODY, CHAT_STREAM } from '../support/journey.ts';
import { chatAnswer, honest } from '../support/openai-answer.ts';
import { ownClock, turnOf } from '../support/own-clock.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';
import { until } from '../support/until.ts';
import { Visitor } from '../support/visitor.ts';

const USERS = '/Users';
const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';
const TOKEN = 'a token of the directory, of thirty-two characters';
const JWT_SECRET = 'a secret of at least thirty-two bytes, for HS256';
/** What is promised, and how long a look at it may take on a busy machine. */
const OUT_MS_MAX = 1_000;
const PATIENCE_MS = 1_500;
let gateways: readonly Gateway[] = [];
let provider: TestProvider;
let postgres: Postgres;
let upstream: Upstream;
const at = (index: number): Gateway => {
  const gateway = gateways[index];
  if (!gateway) throw new Error('not started');
  return gateway;
};

beforeAll(async () => {
  [postgres, upstream] = await Promise.all([startPostgres(), startUpstream()]);
  // Streams last ten seconds, if nobody ends them.
  upstream.script = (seen) =>
    seen.body.includes('"stream":true')
      ? chatAnswer(seen, { outputTokens: 2000 }, { gapMs: 5 })
      : honest(seen);
  provider = await startProvider(() => `${at(0).adminUrl}/console/callback`);
  gateways = await startGateways(2, {
    upstream,
    env: { DATABASE_URL: postgres.url, JWT_SECRET, SCIM_TOKEN: TOKEN },
    key: null,
    config: (baseUrl: string) => ({
      store: { kind: 'postgres', url: 'env:DATABASE_URL' },
      people: {
        issuer: provider.issuer,
        clientId: CLIENT_ID,
        clientSecret: CLIENT_SECRET,
        baseUrl,
        groups: {
          staff: { team: 'red', role: 'user', tier: 'internal' },
          others: { team: 'blue', role: 'user', tier: 'pro' },
          nobodys: { team: 'blue', role: 'user', tier: 'pro' },
        },
        provisioning: { token: 'env:SCIM_TOKEN', groupsAttribute: 'roles' },
      },
    }),
  });
});
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  await Promise.all([upstream.close(), provider[Symbol.asyncDispose](), postgres.stop()]);
});

async function scim(method: string, path: string, body?: object, token = TOKEN, index = 0) {
  const answer = await fetch(`${at(index).adminUrl}/scim/v2${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/scim+json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
}
const user = (sub: string, more: object = {}) => ({
  userName: `${sub}@example.com`,
  externalId: sub,
  ...more,
});
const patched = (value: unknown) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: [{ op: 'Replace', path: 'active', value }],
});

const leaves = (sub: string, index: number) => scim('PATCH', `${USERS}/${sub}`, patched(false), TOKEN, index);

/** At the first process. */
async function signedIn(sub: string): Promise<Visitor> {
  provider.person = { sub, groups: ['staff'] };
  const person = new Visitor(at(0).adminUrl);
  await person.signIn();
  return person;
}
const call = (gateway: Gateway, credential: string, body = CHAT_BODY) =>
  fetch(`${gateway.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${credential}`, 'content-type': 'application/json' },
    body,
  });
const tokenOf = (sub: string) =>
  new SignJWT({ sub, iss: 'sallyport', aud: 'sallyport', exp: Date.now() / 1000 + 3600, tier: 'internal' })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.from(JWT_SECRET));
const keyOf = async (sub: string): Promise<string> => {
  const wanted = { user: sub, tier: 'internal', role: 'user' };
  return Object((await admin(at(0), 'POST', '/admin/keys', wanted)).body).key;
};

test.each([
  ['switched off', (sub: string) => scim('PATCH', `${USERS}/${sub}`, patched('False'))],
  ['put as not active', (sub: string) => scim('PUT', `${USERS}/${sub}`, user(sub, { active: false }))],
  ['deleted', (sub: string) => scim('DELETE', `${USERS}/${sub}`)],
])('%s: keys, token, stream and session are out at both processes within a second', async (how, leave) => {
  const sub = `leaver-${how.length}`;
  expect((await scim('POST', USERS, user(sub))).status).toBe(201);
  const [key, token] = [await keyOf(sub), await tokenOf(sub)];
  const open = async () =>
    await Promise.all(
      [0, 1].flatMap((index) => [key, token].map(async (one) => (await call(at(index), one)).status)),
    );
  expect(await open()).toEqual([200, 200, 200, 200]);
  const stream = await call(at(1), key, CHAT_STREAM);
  const ended = stream.text().catch(() => '');
  const person = await signedIn(sub);
  const clock = ownClock(turnOf(at(0)), turnOf(at(1)));
  expect((await leave(sub)).status).toBeLessThan(300);
  await until(open, (statuses) => statuses.every((status) => status === 401 || status === 403));
  expect(clock.ms()).toBeLessThan(OUT_MS_MAX + PATIENCE_MS);
  await ended;
  expect(clock.stop()).toBeLessThan(2 * OUT_MS_MAX + PATIENCE_MS);
  expect((await person.call('GET', '/admin/me')).status).toBeGreaterThanOrEqual(401);
  expect(Object((await admin(at(1), 'GET', '/admin/keys')).body).data).toContainEqual(
    expect.objectContaining({ user: sub, revokedAt: expect.any(String) }),
  );
  provider.person = { sub, groups: ['staff'] };
  const again = await new Visitor(at(0).adminUrl).signIn();
  expect(again.headers.get('location')).toBe('/console?refused=access.banned');
});

test('many who leave at once are all out, whichever process is told of whom', async () => {
  const subs = Array.from({ length: 24 }, (_, n) => `crowd-${n}`);
  await Promise.all(subs.map((sub) => scim('POST', USERS, user(sub))));
  const told = await Promise.all(subs.map((sub, n) => leaves(sub, n % 2)));
  expect(new Set(told.map(({ status }) => status))).toEqual(new Set([200]));
  for (const index of [0, 1])
    await until(
      async () => Object((await admin(at(index), 'GET', '/admin/bans')).body).data,
      (bans: { user?: string }[]) => subs.every((sub) => bans.some(({ user: of }) => of === sub)),
    );
  expect((await call(at(1), await tokenOf('crowd-7'))).status).toBe(403);
});

test('who has left stays out when their ban is over', async () => {
  await scim('POST', USERS, user('gone', { active: false }));
  const { data } = Object((await admin(at(0), 'GET', '/admin/bans')).body);
  const ban = data.find((each: { user?: string }) => each.user === 'gone');
  expect((await admin(at(0), 'DELETE', `/admin/bans/${ban.id}`)).status).toBe(200);
  provider.person = { sub: 'gone', groups: ['staff'] };
  // Told anew, without a word on whether they are here.
  expect((await scim('PUT', `${USERS}/gone`, user('gone'))).body).toMatchObject({ active: false });
  const refused = await new Visitor(at(0).adminUrl).signIn();
  expect(refused.headers.get('location')).toBe('/console?refused=access.banned');
});

test('without the token nothing is told, and nothing happens', async () => {
  expect((await scim('POST', USERS, user('guarded'))).status).toBe(201);
  for (const token of ['x', at(0).adminKey, `${TOKEN}x`]) {
    const refused = await scim('PATCH', `${USERS}/guarded`, patched(false), token);
    expect([refused.status, refused.body.status, refused.body.schemas]).toEqual([401, '401', [ERROR]]);
  }
  expect((await scim('GET', `${USERS}/guarded`)).body).toMatchObject({ active: true });
});

test('found by what the directory calls them; one person is one user', async () => {
  await scim('POST', USERS, user('found', { name: { givenName: 'F' }, roles: [] }));
  expect((await scim('POST', USERS, user('found'))).body).toMatchObject({
    status: '409',
    scimType: 'uniqueness',
  });
  const filtered = async (filter: string) => scim('GET', `${USERS}?filter=${encodeURIComponent(filter)}`);
  for (const filter of ['externalId eq "found"', 'userName eq "found@example.com"', 'ID eq "found"']) {
    const { body } = await filtered(filter);
    expect(body).toMatchObject({ totalResults: 1, Resources: [{ id: 'found', externalId: 'found' }] });
  }
  expect((await filtered('userName eq "nobody"')).body).toMatchObject({ totalResults: 0, Resources: [] });
  expect((await filtered('userName sw "f"')).status).toBe(400);
  expect((await filtered('userName eq "Found@EXAMPLE.com"')).body).toMatchObject({ totalResults: 1 });
  expect((await filtered('externalId eq "Found"')).body).toMatchObject({ totalResults: 0 });
  const least = (await scim('GET', `${USERS}?startIndex=-1&count=-1`)).body;
  expect([least.startIndex, least.itemsPerPage]).toEqual([1, 0]);
  const page = (await scim('GET', `${USERS}?startIndex=2&count=1`)).body;
  expect([page.startIndex, page.itemsPerPage, page.Resources.length]).toEqual([2, 1, 1]);
  expect((await scim('GET', `${USERS}/unknown`)).body).toMatchObject({ status: '404', schemas: [ERROR] });
});

const change = (value: object) => ({ Operations: [{ op: 'replace', value }] });

test('nobody becomes somebody else, and what cannot be read changes nothing', async () => {
  await scim('POST', USERS, user('same'));
  for (const [method, body] of [
    ['PUT', user('other', { active: false })],
    ['PATCH', change({ externalId: 'other', active: false })],
    ['PATCH', change({ active: 'perhaps' })],
    ['PATCH', { Operations: [] }],
    ['PUT', { externalId: 'same', active: false }],
  ] as const)
    expect((await scim(method, `${USERS}/same`, body)).status).toBe(400);
  expect((await scim('GET', `${USERS}/same`)).body).toMatchObject({ active: true });
  expect((await scim('POST', USERS, { userName: 'without@example.com' })).status).toBe(400);
  const renamed = await scim('PATCH', `${USERS}/same`, change({ userName: 'new@example.com' }));
  expect(renamed.body).toMatchObject({ id: 'same', userName: 'new@example.com', active: true });
});

test('who is back may sign in again; the keys that were theirs stay ended', async () => {
  await scim('POST', USERS, user('back'));
  const key = await keyOf('back');
  await scim('DELETE', `${USERS}/back`);
  expect((await scim('GET', `${USERS}/back`)).status).toBe(404);
  expect((await scim('POST', USERS, user('back'))).body).toMatchObject({ id: 'back', active: true });
  const person = await signedIn('back');
  await until(
    async () => (await person.call('GET', '/admin/me')).status,
    (status) => status === 200,
  );
  const { status, body } = await person.call('POST', '/admin/me/keys', {});
  expect(status).toBe(201);
  expect((await call(at(0), body.key)).status).toBe(200);
  expect((await call(at(0), key)).status).toBe(401);
});

const roles = (op: string, value: unknown, path = 'roles') => ({ Operations: [{ op, path, value }] });

test('who is in another group has what it gives: own keys and sessions of the one before end, as revoked ones do', async () => {
  await scim('POST', USERS, user('mover', { roles: [{ value: 'staff' }, { value: 'unheard of' }] }));
  const person = await signedIn('mover');
  const { body: own } = await person.call('POST', '/admin/me/keys', {});
  const given = await keyOf('mover');
  const patch = (body: object) => scim('PATCH', `${USERS}/mover`, body);
  expect((await patch(roles('add', ['staff']))).status).toBe(200);
  expect((await patch(roles('remove', undefined, 'roles[value eq "unheard of"]'))).status).toBe(200);
  expect((await patch(change({ userName: 'mover@b.example.com' }))).status).toBe(200);
  const statuses = async () =>
    await Promise.all([0, 1].map(async (index) => (await call(at(index), own.key)).status));
  expect(await statuses()).toEqual([200, 200]);
  for (const odd of [roles('remove', undefined, 'roles[primary eq true]'), roles('replace', [7])])
    expect((await patch(odd)).status).toBe(400);
  const clock = ownClock(turnOf(at(0)), turnOf(at(1)));
  expect((await patch(roles('replace', 'others'))).status).toBe(200);
  await until(statuses, (all) => all.every((status) => status === 401));
  // No Redis tells the other process: it goes by a copy of at most 5 s.
  expect(clock.stop()).toBeLessThan(5_000 + PATIENCE_MS);
  expect((await person.call('GET', '/admin/me')).status).toBe(401);
  expect((await call(at(1), given)).status).toBe(200);
});

/** Shown false by leaving out the groups of the configuration, and by counting members who are deleted. */
test('groups are listed with who is in them, found by name, and changed nowhere but at their users', async () => {
  for (const sub of ['grouped', 'deleted'])
    await scim('POST', USERS, user(sub, { roles: ['readers', 'staff'] }));
  await scim('DELETE', `${USERS}/deleted`);
  const readers = {
    id: 'readers',
    displayName: 'readers',
    members: [{ value: 'grouped', display: 'grouped@example.com' }],
  };
  const { body } = await scim('GET', '/Groups');
  expect(body.Resources.map(({ id }: { id: string }) => id)).toEqual(
    expect.arrayContaining(['nobodys', 'readers', 'staff']),
  );
  expect(body.Resources).toContainEqual(expect.objectContaining(readers));
  const found = await scim('GET', `/Groups?filter=${encodeURIComponent('displayName eq "Readers"')}`);
  expect(found.body).toMatchObject({ totalResults: 1, Resources: [readers] });
  expect((await scim('GET', '/Groups/readers')).body).toMatchObject(readers);
  const { members, ...bare } = (await scim('GET', '/Groups/readers?excludedAttributes=members')).body;
  expect([members, bare.id]).toEqual([undefined, 'readers']);
  expect((await scim('GET', '/Groups?filter=members%20eq%20"x"')).status).toBe(400);
  expect((await scim('GET', '/Groups/nobody')).status).toBe(404);
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
    expect((await scim(method, method === 'POST' ? '/Groups' : '/Groups/readers', readers)).status).toBe(404);
  expect((await scim('GET', '/Groups', undefined, 'another token of thirty-two characters')).status).toBe(
    401,
  );
});
