/**
 * People sign in at a provider over real sockets: the code flow as it should be, and whatever does not hold is refused. The
 * controls are the rows below: each lies in one place, at the provider or in the browser, and the honest way beside it opens.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { admin } from '../support/admin.ts';
import type { Gateway } from '../support/gateway.ts';
import {
  CLIENT_ID,
  CLIENT_SECRET,
  type Lie,
  startProvider,
  type TestProvider,
} from '../support/identity-provider.ts';
import { openGateway } from '../support/open-gateway.ts';
import { Visitor } from '../support/visitor.ts';

let gateway: Gateway;
let provider: TestProvider;
const evil = 'http://127.0.0.1:9';

beforeAll(async () => {
  provider = await startProvider(() => `${gateway.adminUrl}/console/callback`);
  gateway = await openGateway({
    env: { CLIENT_SECRET },
    config: (baseUrl: string) => ({
      people: {
        issuer: provider.issuer,
        clientId: CLIENT_ID,
        clientSecret: 'env:CLIENT_SECRET',
        baseUrl,
        groups: {
          staff: { team: 'red', role: 'user', tier: 'free' },
          ops: { team: 'ops', role: 'developer', tier: 'pro' },
          leads: { team: 'red', role: 'admin', tier: 'pro', administers: 'team' },
          security: { team: 'ops', role: 'admin', tier: 'pro' },
        },
      },
    }),
  });
});
afterAll(async () => {
  await gateway.stop();
  await provider[Symbol.asyncDispose]();
});
beforeEach(() => {
  provider.person = { sub: 'ada', groups: ['ops'] };
  provider.lie = undefined;
});

const visitor = () => new Visitor(gateway.adminUrl);
const signedIn = async (sub: string, groups: readonly string[]) => {
  provider.person = { sub, groups };
  const person = visitor();
  expect((await person.signIn()).headers.get('location')).toBe('/console');
  return person;
};
const entries = async (query: string) =>
  Object((await admin(gateway, 'GET', `/admin/audit?${query}`)).body).data;

test('out, back, and in: a session of the role that the group gives, on record', async () => {
  const person = visitor();
  expect(await (await person.ask('/console/session')).json()).toEqual({ people: true, signedIn: false });
  const out = await person.ask('/console/sign-in?to=/console/audit');
  const there = new URL(out.headers.get('location') ?? '');
  expect(there.origin).toBe(provider.issuer);
  expect([...there.searchParams.keys()].sort()).toEqual([
    'client_id',
    'code_challenge',
    'code_challenge_method',
    'nonce',
    'redirect_uri',
    'response_type',
    'scope',
    'state',
  ]);
  expect(out.headers.getSetCookie()[0]).toMatch(
    /^sallyport-sign-in=[\w-]+; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax$/,
  );
  const back = (await fetch(there, { redirect: 'manual' })).headers.get('location') ?? '';
  const arrived = await person.ask(back);
  expect([arrived.status, arrived.headers.get('location')]).toEqual([303, '/console/audit']);
  const [cleared, set] = arrived.headers.getSetCookie();
  expect(cleared).toContain('sallyport-sign-in=; Path=/; Max-Age=0');
  expect(set).toMatch(/^sallyport=[\w-]{43}; Path=\/; Max-Age=28800; HttpOnly; SameSite=Strict$/);
  expect((await person.call('GET', '/admin/me')).body).toMatchObject({
    user: 'ada',
    role: 'developer',
    team: 'ops',
    person: true,
    credential: 'person:ada',
  });
  expect(await (await person.ask('/console/session')).json()).toEqual({ people: true, signedIn: true });
  await expect
    .poll(async () => (await entries('user=ada&action=admin.session.begin')).map((each: any) => each.status))
    .toEqual(['success', 'pending']);
});

test('what a role may, and no more; several groups: the most privileged; one team alone where it says so', async () => {
  const developer = await signedIn('dev', ['ops', 'nothing-here']);
  expect((await developer.call('GET', '/admin/audit')).status).toBe(200);
  expect((await developer.call('GET', '/admin/keys')).code).toBe('access.permission');
  const both = await signedIn('both', ['staff', 'security', 'leads']);
  expect((await both.call('GET', '/admin/me')).body).toMatchObject({ role: 'admin', team: 'ops' });
  const lead = await signedIn('lead', ['staff', 'leads']);
  expect((await lead.call('GET', '/admin/me')).body).toMatchObject({ team: 'red', administers: 'team' });
  const wanted = { user: 'red.new', role: 'user', tier: 'pro' };
  expect((await lead.call('POST', '/admin/keys', wanted)).body).toMatchObject({ team: 'red' });
  expect((await lead.call('POST', '/admin/keys', { ...wanted, team: 'ops' })).code).toBe('access.permission');
  expect((await lead.call('GET', '/admin/policy')).code).toBe('access.permission');
});

test.each([[['nothing-here']], [[]], [undefined]])('groups that open nothing: %j', async (groups) => {
  provider.person = { sub: 'stranger', ...(groups && { groups }) };
  const person = visitor();
  const refused = await person.signIn();
  expect(refused.headers.get('location')).toBe('/console?refused=access.no_group');
  expect(person.cookies.size).toBe(0);
});

describe('a token that does not hold opens nothing', () => {
  const past = Math.floor(Date.now() / 1000) - 3600;
  const lies: readonly (readonly [string, Lie])[] = [
    ['another nonce', { claims: { nonce: 'another-nonce-of-somebody-else' } }],
    ['another audience', { claims: { aud: 'another-client' } }],
    ['another issuer', { claims: { iss: evil } }],
    ['expired', { claims: { exp: past, iat: past - 300 } }],
    ['without an end', { claims: { exp: undefined } }],
    ['signed by nobody', { unsigned: true }],
    ['signed with a key that is not published', { strangeKey: true }],
    ['without a subject', { claims: { sub: undefined } }],
  ];
  test.each(lies)('%s', async (_what, lie) => {
    provider.lie = lie;
    const person = visitor();
    const refused = await person.signIn();
    expect(refused.headers.get('location')).toBe('/console?refused=auth.sign_in');
    expect(refused.headers.get('x-sallyport-code')).toBe('auth.sign_in');
    expect(person.cookies.size).toBe(0);
    provider.lie = undefined;
    expect((await person.signIn()).headers.get('location')).toBe('/console');
  });
});

/** Where it is sent; nobody is signed in by it. */
const arrival = async (person: Visitor, back: URL): Promise<string | null> => {
  const answer = await person.ask(back.pathname + back.search);
  return person.cookies.has('sallyport') ? 'signed in' : answer.headers.get('location');
};
const REFUSED = '/console?refused=auth.sign_in';
const changed = (back: URL, name: string, value: string): URL => {
  const other = new URL(back);
  if (value === '') other.searchParams.delete(name);
  else other.searchParams.set(name, value);
  return other;
};

describe('a way back that does not hold opens nothing', () => {
  test.each([
    ['state', 'another-state-of-somebody-else'],
    ['state', ''],
    ['iss', evil],
    ['iss', ''],
    ['code', 'another-code'],
    ['code', ''],
    ['error', 'access_denied'],
  ])('%s: %j', async (name, value) => {
    const person = visitor();
    expect(await arrival(person, changed(await person.goOut(), name, value))).toBe(REFUSED);
  });

  test('in a browser that did not leave: its owner would be signed in as somebody else', async () => {
    expect(await arrival(visitor(), await visitor().goOut())).toBe(REFUSED);
    const other = visitor();
    await other.goOut();
    expect(await arrival(other, await visitor().goOut())).toBe(REFUSED);
  });

  test('a second time, with everything that was there the first time', async () => {
    const person = visitor();
    const back = await person.goOut();
    const pending = person.cookies.get('sallyport-sign-in') ?? '';
    await person.ask(back.pathname + back.search);
    const again = visitor();
    again.cookies.set('sallyport-sign-in', pending);
    expect(await arrival(again, back)).toBe(REFUSED);
  });

  test('a cookie that was made up, or changed', async () => {
    for (const value of ['x', Buffer.from('{"state":"x"}').toString('base64url')]) {
      const person = visitor();
      const back = await person.goOut();
      person.cookies.set('sallyport-sign-in', value);
      expect(await arrival(person, back)).toBe(REFUSED);
    }
  });
});

test.each([
  evil,
  '//127.0.0.1:9/console',
  '/console/../admin',
  '/console\\@evil',
  '/console?x=1',
  'javascript:alert(1)',
  '/console/approvals#<b>',
])('afterwards a page of the console, not %s', async (to) => {
  const answer = await visitor().signIn(`?to=${encodeURIComponent(to)}`);
  expect(answer.headers.get('location')).toBe('/console');
});

test('what a notice links to is gone back to', async () => {
  const to = '/console/approvals#01a21626-a745-70b9-a342-3b1f15bb9bc6';
  expect((await visitor().signIn(`?to=${encodeURIComponent(to)}`)).headers.get('location')).toBe(to);
});

test('an id of a session that was there before is not the one that opens', async () => {
  const planted = 'A'.repeat(43);
  const person = visitor();
  person.cookies.set('sallyport', planted);
  await person.signIn();
  expect(person.cookies.get('sallyport')).not.toBe(planted);
  const fixer = visitor();
  fixer.cookies.set('sallyport', planted);
  expect((await fixer.call('GET', '/admin/me')).code).toBe('auth.missing');
});

test('no page of elsewhere acts by the cookie', async () => {
  const person = await signedIn('target', ['security']);
  const body = JSON.stringify({ user: 'mallory' });
  const from = (headers: Record<string, string>) =>
    person.ask('/admin/bans', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
  for (const headers of [
    { origin: evil },
    { origin: 'null' },
    { origin: gateway.adminUrl.replace('127.0.0.1', 'localhost') },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])
    expect((await from(headers)).headers.get('x-sallyport-code')).toBe('access.origin');
  const cookie = `sallyport=${person.cookies.get('sallyport')}`;
  const bare = { method: 'POST', body, headers: { cookie, 'content-type': 'application/json' } };
  expect((await fetch(`${gateway.adminUrl}/admin/bans`, bare)).status).toBe(403);
  const read = await person.ask('/admin/keys', { headers: { 'sec-fetch-site': 'cross-site' } });
  expect(read.headers.get('x-sallyport-code')).toBe('access.origin');
  expect(Object((await admin(gateway, 'GET', '/admin/bans')).body).data).toEqual([]);
  expect((await person.ask('/console/sign-out', { method: 'POST', headers: { origin: evil } })).status).toBe(
    403,
  );
  expect((await from({ 'sec-fetch-site': 'same-origin' })).status).toBe(201);
});

test('a key that is shown is meant, whatever cookie comes along; two cookies are none', async () => {
  const person = await signedIn('shown', ['staff']);
  const headers = { authorization: `Bearer ${gateway.adminKey}` };
  expect(await (await person.ask('/admin/me', { headers })).json()).toMatchObject({ user: 'admin' });
  const cookie = `sallyport=${person.cookies.get('sallyport')}; sallyport=${'B'.repeat(43)}`;
  const two = await fetch(`${gateway.adminUrl}/admin/me`, { headers: { cookie } });
  expect(two.headers.get('x-sallyport-code')).toBe('auth.several');
});

test('signed out: the session is over, and the browser is told where to end it at the provider', async () => {
  const person = await signedIn('leaving', ['ops']);
  const id = person.cookies.get('sallyport') ?? '';
  const answer = await person.ask('/console/sign-out', { method: 'POST' });
  const { url } = Object(await answer.json());
  expect(new URL(url).origin).toBe(provider.issuer);
  expect(person.cookies.has('sallyport')).toBe(false);
  person.cookies.set('sallyport', id);
  expect((await person.call('GET', '/admin/me')).code).toBe('auth.missing');
});

const tell = (token: string) =>
  fetch(`${gateway.adminUrl}/console/backchannel-logout`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ logout_token: token }).toString(),
  });

describe('logged out at the provider', () => {
  const past = Math.floor(Date.now() / 1000) - 3600;

  test.each([
    ['another audience', { sub: 'bea', aud: 'another' }],
    ['another issuer', { sub: 'bea', iss: evil }],
    ['expired', { sub: 'bea', exp: past }],
    ['old', { sub: 'bea', iat: past }],
    ['an ID token', { sub: 'bea', nonce: 'n' }],
    ['no event', { sub: 'bea', events: {} }],
    ['of nobody', {}],
  ])('not by a token that does not hold: %s', async (_what, claims) => {
    const person = await signedIn('bea', ['ops']);
    const answer = await tell(await provider.logoutToken(claims));
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([400, 'no-store']);
    expect((await person.call('GET', '/admin/me')).status).toBe(200);
  });

  test('all sessions of a person, or one; a token is good once', async () => {
    const [first, second, other] = [
      await signedIn('cleo', ['ops']),
      await signedIn('cleo', ['ops']),
      await signedIn('dora', ['ops']),
    ];
    const token = await provider.logoutToken({ sub: 'cleo' });
    expect((await tell(token)).status).toBe(200);
    for (const gone of [first, second])
      expect((await gone.call('GET', '/admin/me')).code).toBe('auth.missing');
    expect((await other.call('GET', '/admin/me')).status).toBe(200);
    const back = await signedIn('cleo', ['ops']);
    expect((await tell(token)).status).toBe(400);
    expect((await back.call('GET', '/admin/me')).status).toBe(200);
    expect((await tell(await provider.logoutToken({ sid: 'sid-dora' }))).status).toBe(200);
    expect((await other.call('GET', '/admin/me')).code).toBe('auth.missing');
  });
});
