/**
 * Promise 27 for administrators of one team: they see and manage their team's keys, give nobody more than they have, and
 * every other route and other tenant is closed to them. Shown false, each by its case: without `forTeams` at the door,
 * without the check of the role (a key for the whole house's audit log was made), of the user (another team's user was
 * taken over; a name within `red.west` was), and by a rotation that looks at the team alone (it gave away the text of a house administrator's key).
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN_ROUTES } from '../../src/admin/routes.ts';
import { type Answer, startAdminHouse } from '../support/admin-house.ts';

let house: Awaited<ReturnType<typeof startAdminHouse>>;
/** Of the administrator of red, and of one whose own key is bounded in everything. */
let red = '';
let bounded = '';
const made: Record<string, { readonly id: string; readonly key: string }> = {};

const make = (body: object, by?: string): Promise<Answer> =>
  house.call('POST', '/admin/keys', { tier: 'pro', role: 'user', ...body }, by);
const codeOf = (answer: Answer) => answer.headers.get('x-sallyport-code');
const outcome = (answer: Answer): string =>
  answer.status < 300 ? 'ok' : `${codeOf(answer)} ${answer.body.error.param ?? ''}`.trim();

const BOUNDS = {
  models: ['gpt-5*', 'gpt-4o'],
  endpoints: ['chat.completions'],
  tools: ['search'],
  ips: ['127.0.0.0/8', '10.0.0.0/8'],
  dailyBudgetUsd: 2,
  requestsPerMinute: 10,
  tokensPerMinute: 1000,
  maxTokensPerRequest: 100,
  concurrency: 3,
  expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
};
const teamAdmin = { role: 'admin', team: 'red', administers: 'team' };

beforeAll(async () => {
  house = await startAdminHouse();
  const keys = {
    red: { user: 'ruth', ...teamAdmin },
    bounded: { user: 'rita', ...teamAdmin, ...BOUNDS },
    member: { user: 'rob', team: 'red' },
    dear: { user: 'rob', team: 'red', tier: 'internal' },
    boss: { user: 'rex', team: 'red', role: 'admin' },
    reader: { user: 'rae', team: 'red', role: 'developer' },
    blue: { user: 'bea', team: 'blue' },
    within: { user: 'wim', team: 'red.west' },
    alone: { user: 'una' },
  };
  for (const [name, body] of Object.entries(keys)) made[name] = (await make(body)).body;
  red = made['red']?.key ?? '';
  bounded = made['bounded']?.key ?? '';
});
afterAll(() => house.close());

/** How its rotation ends, and its revocation. */
async function changed(name: string, by = red): Promise<string[]> {
  const path = `/admin/keys/${made[name]?.id ?? ''}`;
  const rotated = await house.call('POST', `${path}/rotate`, { overlapSeconds: 60 }, by);
  return [outcome(rotated), outcome(await house.call('DELETE', path, undefined, by))];
}
const usageOf = async (user: string) =>
  outcome(await house.call('GET', `/admin/usage?user=${user}`, undefined, red));

describe('an administrator of a team', () => {
  test('sees the keys of the team, all of them and no other', async () => {
    const { data } = (await house.call('GET', '/admin/keys', undefined, red)).body;
    const users = new Set(data.map(({ user }: { user: string }) => user));
    expect(users).toEqual(new Set(['rae', 'rex', 'rita', 'rob', 'ruth']));
    expect(new Set(data.map(({ team }: { team: string }) => team))).toEqual(new Set(['red']));
  });

  test('has no name that begins with that of another team, also where that one begins with theirs', async () => {
    for (const user of ['red.west.ann', 'red.west.wim'])
      expect([user, outcome(await make({ user }, red)), await usageOf(user)]).toEqual([
        user,
        'access.permission user',
        'access.permission user',
      ]);
    expect(outcome(await make({ user: 'red.westend' }, red))).toBe('ok');
  });

  test('makes keys of the team, which open and can be rotated and revoked', async () => {
    const key = await make({ user: 'red.new' }, red);
    expect(key.body).toMatchObject({ user: 'red.new', team: 'red', role: 'user' });
    expect(await house.deps.keys.verify(key.body.key)).toMatchObject({ team: 'red' });
    const path = `/admin/keys/${key.body.id}`;
    expect(outcome(await house.call('POST', `${path}/rotate`, { overlapSeconds: 0 }, red))).toBe('ok');
    expect(outcome(await house.call('DELETE', path, undefined, red))).toBe('ok');
    const entries = house.onDisk().filter(({ resource }) => resource === key.body.id);
    expect(entries[0]).toMatchObject({ userId: 'ruth', metadata: { credential: made['red']?.id } });
  });

  test.each([
    ['a member of the team', { user: 'rob' }, 'ok'],
    ['its team named', { user: 'rob', team: 'red' }, 'ok'],
    ['a tier of the list', { user: 'rob', tier: 'free' }, 'ok'],
    ['another of its kind', { user: 'red.two', ...teamAdmin }, 'ok'],
    ['one that reads the team’s log', { user: 'red.log', ...teamAdmin, role: 'developer' }, 'ok'],
    ['money within the team’s', { user: 'rob', dailyBudgetUsd: 3 }, 'ok'],
    ['another team', { user: 'rob', team: 'blue' }, 'access.permission team'],
    ['the house', { user: 'red.x', role: 'admin' }, 'access.permission role'],
    ['the log of the house', { user: 'red.x', role: 'developer' }, 'access.permission role'],
    ['a dearer tier', { user: 'rob', tier: 'internal' }, 'access.permission tier'],
    ['more money than the team’s', { user: 'rob', dailyBudgetUsd: 3.01 }, 'access.permission dailyBudgetUsd'],
    ['a user of another team', { user: 'bea' }, 'access.permission user'],
    ['a user of no team', { user: 'una' }, 'access.permission user'],
    ['a user nobody knows', { user: 'zoe' }, 'access.permission user'],
    ['a user of a team called alike', { user: 'reddish.zoe' }, 'access.permission user'],
    ['another upstream', { user: 'rob', upstream: 'default' }, 'access.permission upstream'],
    ['a field of the record', { user: 'rob', version: 9 }, 'request.unknown_field'],
    [
      'a team admin without a team',
      { user: 'red.x', role: 'admin', administers: 'team' },
      'request.invalid_field administers',
    ],
  ])('gives %s: %#', async (_, body, expected) => {
    expect(outcome(await make(body, red))).toBe(expected);
  });

  test('ends and renews no key that is not the team’s, or may do more than its own', async () => {
    for (const name of ['blue', 'alone', 'none'])
      expect(await changed(name)).toEqual(Array(2).fill('access.not_found'));
    for (const name of ['boss', 'reader'])
      expect(await changed(name)).toEqual(Array(2).fill('access.permission role'));
    expect(await changed('dear')).toEqual(Array(2).fill('access.permission tier'));
    expect(await changed('member', bounded)).toEqual(Array(2).fill('access.permission models'));
    expect(await changed('member')).toEqual(['ok', 'ok']);
    for (const name of ['blue', 'alone', 'boss', 'reader', 'dear'])
      expect(await house.deps.keys.verify(made[name]?.key ?? '')).toBeDefined();
  });
});

describe('bounds of its own are bounds of what it gives', () => {
  const within = { user: 'red.w', ...BOUNDS };
  const beyond = {
    models: ['gpt-4o', 'o3'],
    endpoints: ['*'],
    tools: ['search', 'send'],
    ips: ['0.0.0.0/0'],
    dailyBudgetUsd: 2.5,
    requestsPerMinute: 11,
    tokensPerMinute: 1001,
    maxTokensPerRequest: 101,
    concurrency: 4,
    expiresAt: new Date(Date.now() + 7_200_000).toISOString(),
  };

  test('as much, and less', async () => {
    expect(outcome(await make(within, bounded))).toBe('ok');
    expect(outcome(await make({ ...within, models: [], concurrency: 1 }, bounded))).toBe('ok');
  });

  test.each(Object.entries(beyond))('%s: not more, and not left out', async (field, given) => {
    const without = Object.fromEntries(Object.entries(within).filter(([name]) => name !== field));
    expect(outcome(await make({ ...within, [field]: given }, bounded))).toBe(`access.permission ${field}`);
    expect(outcome(await make(without, bounded))).toBe(`access.permission ${field}`);
  });
});

describe('what it sees', () => {
  test('usage of the team’s users alone', async () => {
    expect(await usageOf('rob')).toBe('ok');
    for (const user of ['bea', 'una', 'zoe']) expect(await usageOf(user)).toBe('access.permission user');
  });

  test('of the audit log what is of the team, whatever it asks for', async () => {
    const { auditLog } = house.deps;
    for (const [userId, team] of [
      ['rob', 'red'],
      ['bea', 'blue'],
      ['una', undefined],
      ['eve', 'r_d'],
    ] as const) {
      const metadata = { exchange: userId, team, note: '"team":"red"' };
      auditLog.note({ userId, action: 'exchange.outcome', resource: 'chat', status: 'success', metadata });
    }
    const seen = async (query: string) =>
      (await house.call('GET', `/admin/audit?action=exchange.outcome${query}`, undefined, red)).body.data;
    await expect
      .poll(async () => (await house.call('GET', '/admin/audit?action=exchange.outcome')).body.data)
      .toHaveLength(4);
    expect(await seen('')).toMatchObject([{ userId: 'rob' }]);
    expect(await seen('&user=bea')).toEqual([]);
    const refused = await house.call('GET', '/admin/audit?team=blue', undefined, red);
    expect(codeOf(refused)).toBe('request.unknown_field');
  });
});

/** Shown false by a row that forgets to keep to the team: it is not in this list. */
test('every other route is closed to it', async () => {
  const open = ADMIN_ROUTES.filter(({ forTeams }) => forTeams).map(({ method, path }) => `${method} ${path}`);
  expect(open).toEqual([
    'POST /admin/keys',
    'GET /admin/keys',
    'DELETE /admin/keys/:id',
    'POST /admin/keys/:id/rotate',
    'GET /admin/usage',
    'GET /admin/charges',
    'GET /admin/audit',
    'GET /admin/me',
    'POST /admin/me/keys',
    'GET /admin/me/keys',
    'DELETE /admin/me/keys/:id',
    'GET /admin/me/usage',
    'GET /admin/report',
  ]);
  for (const { method, path, forTeams } of ADMIN_ROUTES) {
    if (forTeams) continue;
    const body = method === 'GET' || method === 'DELETE' ? undefined : {};
    const answer = await house.call(method, path.replace(':id', 'some'), body, red);
    expect([path, codeOf(answer)]).toEqual([path, 'access.permission']);
  }
});
