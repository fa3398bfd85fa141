/**
 * Keys that people make for themselves: of their group's team and tier, bounded in number and time, nobody else's; and whose
 * call it was may not decide about it, by key or by sign-in. Shown false by a run that does not
 * count again (ten at once), by a revocation that looks at no user, by a user of the session's own, and by a sign-in that ends nothing.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { admin } from '../support/admin.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { CLIENT_ID, CLIENT_SECRET, startProvider, type TestProvider } from '../support/identity-provider.ts';
import { Visitor } from '../support/visitor.ts';

let gateway: Gateway;
let provider: TestProvider;
const MAX = 3;

beforeAll(async () => {
  provider = await startProvider(() => `${gateway.adminUrl}/console/callback`);
  gateway = await startGateway({
    env: { OPENAI_API_KEY: undefined },
    key: null,
    config: (baseUrl: string) => ({
      tools: { needsApproval: ['send_email'] },
      people: {
        issuer: provider.issuer,
        clientId: CLIENT_ID,
        clientSecret: CLIENT_SECRET,
        baseUrl,
        groups: {
          staff: { team: 'red', role: 'user', tier: 'free' },
          security: { team: 'ops', role: 'admin', tier: 'pro' },
        },
        keys: { max: MAX, daysMax: 30 },
      },
    }),
  });
});
afterAll(async () => {
  await gateway.stop();
  await provider[Symbol.asyncDispose]();
});

const signedIn = async (sub: string, group = 'staff') => {
  provider.person = { sub, groups: [group] };
  const person = new Visitor(gateway.adminUrl);
  await person.signIn();
  return person;
};
const call = (key: string, body: object = {}) =>
  fetch(`${gateway.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }], ...body }),
  });

test('made, used, seen, revoked; of the team and tier of the group, for callers alone', async () => {
  const ada = await signedIn('ada');
  const { status, body } = await ada.call('POST', '/admin/me/keys', { name: 'laptop', days: 7 });
  expect(status).toBe(201);
  expect(body).toMatchObject({ user: 'ada', team: 'red', tier: 'free', role: 'user', name: 'laptop' });
  expect(Date.parse(body.expiresAt) - Date.now()).toBeCloseTo(7 * 86_400_000, -5);
  expect((await call(body.key)).status).toBe(200);
  expect((await ada.call('GET', '/admin/me/usage')).body).toMatchObject({ user: 'ada', budgetUsd: 0.1 });
  const { body: list } = await ada.call('GET', '/admin/me/keys');
  expect(list.data).toMatchObject([{ id: body.id, name: 'laptop' }]);
  expect(JSON.stringify(list)).not.toContain(body.key);
  expect((await ada.call('DELETE', `/admin/me/keys/${body.id}`)).body).toMatchObject({ id: body.id });
  expect((await call(body.key)).status).toBe(401);
});

test('no more days than there may be, no field that is not asked for', async () => {
  const ada = await signedIn('bounds');
  const made = async (body: object) => (await ada.call('POST', '/admin/me/keys', body)).code;
  expect(await made({ days: 31 })).toBe('access.permission');
  for (const more of [{ tier: 'pro' }, { role: 'admin' }, { user: 'x' }, { team: 'ops' }])
    expect(await made(more)).toBe('request.unknown_field');
  const { body } = await ada.call('POST', '/admin/me/keys', {});
  expect(Date.parse(body.expiresAt) - Date.now()).toBeCloseTo(30 * 86_400_000, -5);
});

test('no more keys than there may be, also ten at once', async () => {
  const eve = await signedIn('eve');
  const made = await Promise.all(Array.from({ length: 10 }, () => eve.call('POST', '/admin/me/keys', {})));
  expect(made.filter(({ status }) => status === 201).length).toBeLessThanOrEqual(MAX);
  const codes = new Set(made.filter(({ status }) => status !== 201).map(({ code }) => code));
  expect([...codes]).toEqual(['access.own_keys']);
  const live = async () =>
    (await eve.call('GET', '/admin/me/keys')).body.data.filter(
      ({ revokedAt }: any) => revokedAt === undefined,
    );
  const before = (await live()).length;
  expect(before).toBeLessThanOrEqual(MAX);
  for (let more = before; more < MAX; more++)
    expect((await eve.call('POST', '/admin/me/keys', {})).status).toBe(201);
  expect((await eve.call('POST', '/admin/me/keys', {})).code).toBe('access.own_keys');
  const [{ id }] = await live();
  await eve.call('DELETE', `/admin/me/keys/${id}`);
  expect((await eve.call('POST', '/admin/me/keys', {})).status).toBe(201);
});

test("somebody else's keys are not there, and a key makes none", async () => {
  const [ida, joe] = [await signedIn('ida'), await signedIn('joe')];
  const { body } = await ida.call('POST', '/admin/me/keys', {});
  expect((await joe.call('GET', '/admin/me/keys')).body.data).toEqual([]);
  expect((await joe.call('DELETE', `/admin/me/keys/${body.id}`)).code).toBe('access.not_found');
  expect((await call(body.key)).status).toBe(200);
  for (const [method, path] of [
    ['POST', '/keys'],
    ['GET', '/keys'],
    ['DELETE', `/keys/${body.id}`],
    ['GET', '/usage'],
  ] as const)
    for (const adminKey of [body.key, gateway.adminKey]) {
      const input = method === 'POST' ? {} : undefined;
      const { body: answer } = await admin({ ...gateway, adminKey }, method, `/admin/me${path}`, input);
      expect([path, Object(answer).error.code]).toEqual([path, 'access.permission']);
    }
});

test('who called decides about it neither by key nor by sign-in; another person does', async () => {
  const [kim, lee] = [await signedIn('kim', 'security'), await signedIn('lee', 'security')];
  const { body: own } = await kim.call('POST', '/admin/me/keys', {});
  const asked = await call(own.key, {
    messages: [{ role: 'user', content: 'send_email, please' }],
    tools: [{ type: 'function', function: { name: 'send_email', parameters: { type: 'object' } } }],
  });
  expect(asked.headers.get('x-sallyport-code')).toBe('tool.approval_pending');
  const [{ id, user }] = (await kim.call('GET', '/admin/approvals?state=pending')).body.data;
  expect(user).toBe('kim');
  const decide = (by: Visitor) => by.call('POST', `/admin/approvals/${id}`, { decision: 'approve' });
  expect((await decide(kim)).code).toBe('approval.own');
  const { body: byAdmin } = await admin(gateway, 'POST', '/admin/keys', {
    user: 'kim',
    role: 'admin',
    tier: 'pro',
    // Two of them administer: what gives them more takes both, or a reason.
    breakGlass: 'for this test',
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
  });
  const byKey = { ...gateway, adminKey: Object(byAdmin).key };
  expect((await admin(byKey, 'POST', `/admin/approvals/${id}`, { decision: 'approve' })).status).toBe(403);
  expect((await decide(lee)).body).toMatchObject({ state: 'approved', decidedBy: 'lee' });
});

test('what a group gave ends with it: own keys and sessions, at the sign-in that says so; what an administrator gave stays', async () => {
  const before = await signedIn('mia');
  const { body: own } = await before.call('POST', '/admin/me/keys', {});
  const wanted = { user: 'mia', tier: 'free', role: 'user', team: 'red' };
  const { body: given } = await admin(gateway, 'POST', '/admin/keys', wanted);
  const again = await signedIn('mia');
  expect([(await call(own.key)).status, (await before.call('GET', '/admin/me')).status]).toEqual([200, 200]);
  const moved = await signedIn('mia', 'security');
  expect([(await call(own.key)).status, (await call(Object(given).key)).status]).toEqual([401, 200]);
  for (const session of [before, again]) expect((await session.call('GET', '/admin/me')).status).toBe(401);
  const { body: next } = await moved.call('POST', '/admin/me/keys', {});
  expect(next).toMatchObject({ team: 'ops', tier: 'pro', own: true });
  // In none that is named: nothing of it is left.
  await signedIn('mia', 'strangers');
  expect([(await call(next.key)).status, (await moved.call('GET', '/admin/me')).status]).toEqual([401, 401]);
  expect((await call(Object(given).key)).status).toBe(200);
});
