import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adminOpenApi } from '../../src/admin/openapi.ts';
import { ADMIN_ROUTES } from '../../src/admin/routes.ts';
import type { Role } from '../../src/ports/store.ts';
import { ADMIN_KEY, type Answer, JWT_SECRET, startAdminHouse } from '../support/admin-house.ts';

type House = Awaited<ReturnType<typeof startAdminHouse>>;
let house: House;
beforeAll(async () => {
  house = await startAdminHouse();
});
afterAll(() => house.close());

const wanted = { user: 'ada', tier: 'pro', role: 'user' };
const create = (more: object = {}): Promise<Answer> =>
  house.call('POST', '/admin/keys', { ...wanted, ...more });
const codeOf = (answer: Answer): string | null => answer.headers.get('x-sallyport-code');
/** Actions and statuses on record about one thing, in order. */
const recorded = (resource: string): string[] =>
  house
    .onDisk()
    .filter((entry) => entry.resource === resource)
    .map((entry) => `${entry.action} ${entry.status}`);

const refusedLogins = (): number => house.onDisk().filter((entry) => entry.action === 'admin.refused').length;
const audit = async (query: string) => (await house.call('GET', `/admin/audit?${query}`)).body;

function token(role: Role): Promise<string> {
  return new SignJWT({ iss: 'i', aud: 'a', sub: `jwt-${role}`, exp: Date.now() / 1000 + 60, role })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.from(JWT_SECRET));
}

describe('the life of a key', () => {
  test('created: shown once, opens, and is what was asked for', async () => {
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    const full = {
      ...wanted,
      user: 'fay',
      team: 'core',
      name: 'Größe',
      expiresAt,
      models: ['gpt-5*'],
      endpoints: ['chat.completions', 'files.create', 'tools'],
      tools: ['search'],
      ips: ['10.0.0.0/8', '::1'],
      dailyBudgetUsd: 0.25,
      requestsPerMinute: 7,
      tokensPerMinute: 8,
      maxTokensPerRequest: 9,
      concurrency: 2,
    };
    const made = await create(full);
    expect(made.status).toBe(201);
    expect(made.headers.get('content-type')).toContain('application/json');
    expect(made.body).toMatchObject({ ...full, key: expect.stringMatching(/^sk-sp-/), version: 1 });
    expect(await house.deps.keys.verify(made.body.key)).toMatchObject({ dailyBudgetNano: 250_000_000 });
    const { body: list } = await house.call('GET', '/admin/keys');
    const { key, ...shown } = made.body;
    expect(list).toEqual({ object: 'list', data: expect.arrayContaining([shown]) });
    for (const hidden of [key, 'igest']) expect(JSON.stringify(list)).not.toContain(hidden);
  });

  test('rotated: both open, then the new one alone', async () => {
    const { body: made } = await create();
    const rotated = await house.call('POST', `/admin/keys/${made.id}/rotate`, { overlapSeconds: 60 });
    expect(rotated.status).toBe(200);
    expect(rotated.body).toMatchObject({ id: made.id, version: 2, user: 'ada' });
    expect(Date.parse(rotated.body.previousValidUntil)).toBeGreaterThan(Date.now() + 50_000);
    expect(await house.deps.keys.verify(made.key)).toBeDefined();
    expect(await house.deps.keys.verify(rotated.body.key)).toBeDefined();
    const again = await house.call('POST', `/admin/keys/${made.id}/rotate`, { overlapSeconds: 0 });
    expect(await house.deps.keys.verify(made.key)).toBeUndefined();
    expect(await house.deps.keys.verify(rotated.body.key)).toBeUndefined();
    expect(await house.deps.keys.verify(again.body.key)).toBeDefined();
  });

  test('revoked: opens no more, twice is once, and cannot be rotated back', async () => {
    const { body: made } = await create();
    const revoked = await house.call('DELETE', `/admin/keys/${made.id}`);
    expect(revoked.status).toBe(200);
    expect(revoked.body).toEqual({ id: made.id, revokedAt: expect.stringMatching(/^\d{4}-.*Z$/) });
    expect(await house.deps.keys.verify(made.key)).toBeUndefined();
    expect((await house.call('DELETE', `/admin/keys/${made.id}`)).body).toEqual(revoked.body);
    const back = await house.call('POST', `/admin/keys/${made.id}/rotate`, { overlapSeconds: 0 });
    expect([back.status, codeOf(back)]).toEqual([400, 'request.invalid_field']);
  });

  test('unknown: 404, whatever is done to it', async () => {
    for (const [method, path, body] of [
      ['DELETE', '/admin/keys/absent', undefined],
      ['DELETE', '/admin/keys/%00%2e%2e', undefined],
      ['POST', '/admin/keys/absent/rotate', { overlapSeconds: 1 }],
    ] as const) {
      const answer = await house.call(method, path, body);
      expect([answer.status, codeOf(answer)]).toEqual([404, 'access.not_found']);
    }
  });
});

describe('I8, I9 what is on record', () => {
  test('each action before its effect, then how it ended; its key nowhere, in no encoding', async () => {
    const { body: made } = await create({ name: 'free text stays out' });
    const rotated = await house.call('POST', `/admin/keys/${made.id}/rotate`, { overlapSeconds: 5 });
    await house.call('DELETE', `/admin/keys/${made.id}`);
    await house.call('DELETE', '/admin/keys/absent');
    await expect
      .poll(() => recorded(made.id))
      .toEqual([
        'admin.key.create pending',
        'admin.key.create success',
        'admin.key.rotate pending',
        'admin.key.rotate success',
        'admin.key.revoke pending',
        'admin.key.revoke success',
      ]);
    await expect.poll(() => recorded('absent')).toContain('admin.key.revoke failure');
    const text = JSON.stringify(house.onDisk());
    for (const secret of [made.key, rotated.body.key, ADMIN_KEY]) {
      const bytes = Buffer.from(secret.slice(-38));
      for (const form of [bytes.toString(), bytes.toString('hex'), bytes.toString('base64').slice(0, -4)]) {
        expect(text).not.toContain(form);
      }
    }
    expect(text).not.toContain('free text stays out');
    const [first] = house.onDisk().filter((entry) => entry.resource === made.id);
    expect(first).toMatchObject({ userId: 'admin', metadata: { credential: 'admin-key', key: wanted } });
  });

  test('a refused action too: who, what, why', async () => {
    const { body: developer } = await create({ user: 'dev', role: 'developer' });
    expect((await house.call('DELETE', '/admin/keys/someone', undefined, developer.key)).status).toBe(403);
    expect((await create({ tier: 'nope' })).status).toBe(400);
    const entries = house.onDisk();
    expect(entries.find((entry) => entry.userId === 'dev')).toMatchObject({
      action: 'admin.key.revoke',
      resource: 'someone',
      status: 'failure',
      metadata: { code: 'access.permission', credential: developer.id },
    });
    expect(entries.filter((entry) => entry.resource === '/admin/keys').at(-1)).toMatchObject({
      action: 'admin.key.create',
      status: 'failure',
      metadata: { code: 'request.invalid_field' },
    });
  });

  test('bad credentials, the first twenty of a minute', async () => {
    const before = refusedLogins();
    for (let index = 0; index < 30; index++) await house.call('GET', '/admin/keys', undefined, 'wrong');
    await expect.poll(refusedLogins).toBeGreaterThanOrEqual(before + 15);
    expect(refusedLogins()).toBeLessThanOrEqual(before + 40);
  });
});

describe('I27 who may do what', () => {
  const rows: [string, string, object | undefined, readonly Role[]][] = [
    ['POST', '/admin/keys', wanted, ['admin']],
    ['GET', '/admin/keys', undefined, ['admin']],
    ['DELETE', '/admin/keys/ID', undefined, ['admin']],
    ['POST', '/admin/keys/ID/rotate', { overlapSeconds: 1 }, ['admin']],
    ['POST', '/admin/keys/report', { key: 'sk-sp-nobody' }, ['developer', 'admin']],
    ['GET', '/admin/usage?user=ada', undefined, ['admin']],
    ['GET', '/admin/charges?from=2026-11-01', undefined, ['admin']],
    ['GET', '/admin/audit', undefined, ['developer', 'admin']],
    ['GET', '/admin/audit/checkpoints', undefined, ['developer', 'admin']],
    ['POST', '/admin/ledger/adopt', {}, ['admin']],
    ['POST', '/admin/calibrations', {}, ['admin']],
    ['GET', '/admin/coverage', undefined, ['developer', 'admin']],
    ['GET', '/admin/me', undefined, ['user', 'developer', 'admin']],
    ['POST', '/admin/end-users/digest', { team: 'red', endUser: 'eve' }, ['developer', 'admin']],
    ['POST', '/admin/end-users/erase', { team: 'red', endUser: 'eve' }, ['admin']],
    ['GET', '/admin/policy', undefined, ['developer', 'admin']],
    ['POST', '/admin/policy/reload', {}, ['admin']],
    ['GET', '/admin/rollout', undefined, ['developer', 'admin']],
    ['DELETE', '/admin/rollout/fallback', undefined, ['admin']],
    ['GET', '/admin/report?from=2026-11-01', undefined, ['developer', 'admin']],
    ['GET', '/admin/guards', undefined, ['developer', 'admin']],
  ];
  const roles: readonly Role[] = ['user', 'developer', 'admin'];
  const cases = rows.flatMap(([method, path, body, may]) =>
    roles.map((role) => ({ method, path, body, role, may: may.includes(role) })),
  );

  test.each(cases)('$role $method $path: $may', async ({ method, path, body, role, may }) => {
    const { body: own } = await create({ user: `u-${role}`, role });
    const { body: target } = await create();
    for (const credential of [own.key, await token(role)]) {
      const answer = await house.call(method, path.replace('ID', target.id), body, credential);
      expect(codeOf(answer)).toBe(may ? null : 'access.permission');
      expect(answer.status < 300).toBe(may);
    }
    const { data } = (await house.call('GET', '/admin/keys')).body;
    const after = data.find((key: { id: string }) => key.id === target.id);
    expect(after.version === 1).toBe(!(may && path.includes('ID')));
  });

  test('the table of this test is the whole table', () => {
    // Others have tables of their own: approvals.test.ts, containment.test.ts, incidents.test.ts, objects.test.ts,
    // persons.test.ts, policies-are-loosened-by-two.test.ts; who may lower is tried in every-route.test.ts.
    const others =
      /^\/admin\/(?:me\/(?:keys|usage)|approvals|incidents|objects|lockdown|bans|lowerings|users|history|holds|policy\/proposals)\b/;
    const own = ADMIN_ROUTES.filter(({ path }) => !others.test(path));
    expect(own.map(({ method, path }) => `${method} ${path.replace(':id', 'ID')}`)).toEqual(
      rows.map(([method, path]) => `${method} ${path.split('?')[0]}`),
    );
  });

  test('no credential, two, or a wrong one: 401, and nothing is told', async () => {
    const { body: revoked } = await create({ user: 'u-admin', role: 'admin' });
    await house.call('DELETE', `/admin/keys/${revoked.id}`);
    const wrong = [revoked.key, 'x', `${ADMIN_KEY}x`, ADMIN_KEY.slice(1), ADMIN_KEY.toUpperCase()];
    const texts = await Promise.all(
      wrong.map(async (key) => {
        const { status, text, headers } = await house.call('POST', '/admin/keys', wanted, key);
        return `${status} ${headers.get('x-sallyport-code')} ${text}`;
      }),
    );
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toMatch(/^401 auth\.invalid/);
    expect(codeOf(await house.send('GET', '/admin/keys'))).toBe('auth.missing');
    const headers = { authorization: `Bearer ${ADMIN_KEY}`, 'x-api-key': 'b' };
    expect(codeOf(await house.send('GET', '/admin/keys', { headers }))).toBe('auth.several');
    const query = `/admin/keys?api_key=${encodeURIComponent(ADMIN_KEY)}`;
    expect(codeOf(await house.send('GET', query))).toBe('auth.several');
  });

  test('a key bound to addresses opens this door from those alone', async () => {
    const { body: far } = await create({ user: 'u-admin', role: 'admin', ips: ['192.0.2.0/24'] });
    const { body: near } = await create({ user: 'u-admin', role: 'admin', ips: ['127.0.0.0/8'] });
    expect(codeOf(await house.call('GET', '/admin/keys', undefined, far.key))).toBe('access.address');
    expect((await house.call('GET', '/admin/keys', undefined, near.key)).status).toBe(200);
  });
});

describe('I27 what is not understood is refused', () => {
  const bad: [string, object, string | null][] = [
    ['an unknown field', { isAdmin: true }, null],
    ['a field of the record', { secretDigest: '0'.repeat(64) }, null],
    ['a version', { version: 9 }, null],
    ['an unknown tier', { tier: 'platinum' }, 'tier'],
    ['a tier by prototype', { tier: 'constructor' }, 'tier'],
    ['an unknown role', { role: 'root' }, 'role'],
    ['no user', { user: undefined }, 'user'],
    ['a user with a space', { user: 'ada lovelace' }, 'user'],
    ['a user with a line feed', { user: 'ada\n' }, 'user'],
    ['a user who is somebody else', { user: 'system' }, 'user'],
    ['an expiry that is over', { expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    ['an expiry that is a number', { expiresAt: 4_000_000_000 }, 'expiresAt'],
    ['an address that is none', { ips: ['10.0.0.0/8', 'example.com'] }, 'ips[1]'],
    ['a negative budget', { dailyBudgetUsd: -1 }, 'dailyBudgetUsd'],
    ['a budget beyond all money', { dailyBudgetUsd: 9_000_001 }, 'dailyBudgetUsd'],
    ['half a request', { requestsPerMinute: 0.5 }, 'requestsPerMinute'],
    ['models that are no list', { models: '*' }, 'models'],
    ['an operation that there is not', { endpoints: ['models', 'chat.completion'] }, 'endpoints'],
    ['a name with control characters', { name: 'a\u0000b' }, 'name'],
  ];
  test.each(bad)('%s', async (_, more, param) => {
    const before = (await house.call('GET', '/admin/keys')).body.data.length;
    const answer = await create(more);
    expect(answer.status).toBe(400);
    expect(answer.body.error.param).toBe(param);
    expect(codeOf(answer)).toBe(param === null ? 'request.unknown_field' : 'request.invalid_field');
    expect((await house.call('GET', '/admin/keys')).body.data).toHaveLength(before);
  });

  const json = { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' };
  const wire: [string, string, string, RequestInit, string][] = [
    ['a key twice', 'POST', '/admin/keys', { body: '{"user":"a","user":"b"}' }, 'request.duplicate_key'],
    ['half of JSON', 'POST', '/admin/keys', { body: '{"user":' }, 'request.invalid_json'],
    ['no body', 'POST', '/admin/keys', {}, 'request.invalid_json'],
    ['a list', 'POST', '/admin/keys', { body: '[]' }, 'request.invalid_field'],
    [
      'a prototype',
      'POST',
      '/admin/keys',
      { body: '{"__proto__":{"role":"admin"}}' },
      'request.unknown_field',
    ],
    ['64 KiB', 'POST', '/admin/keys', { body: `"${'x'.repeat(65_536)}"` }, 'request.too_large'],
    ['a query on a POST', 'POST', '/admin/keys?role=admin', { body: '{}' }, 'request.query'],
    ['a query nobody knows', 'GET', '/admin/keys?all=1', {}, 'request.unknown_field'],
    ['a body on a DELETE', 'DELETE', '/admin/keys/x', { body: '{}' }, 'request.unknown_field'],
    ['no user', 'GET', '/admin/usage', {}, 'request.invalid_field'],
    ['two users', 'GET', '/admin/usage?user=a&user=b', {}, 'request.invalid_field'],
    ['a limit beyond', 'GET', '/admin/audit?limit=1001', {}, 'request.invalid_field'],
    ['a time that is none', 'GET', '/admin/audit?from=yesterday', {}, 'request.invalid_field'],
    ['a NUL', 'GET', '/admin/audit?user=%00', {}, 'request.invalid_field'],
  ];
  test.each(wire)('%s', async (_, method, path, init, code) => {
    const answer = await house.send(method, path, { headers: json, ...init });
    expect(codeOf(answer)).toBe(code);
    expect(answer.body.error).toMatchObject({ message: expect.any(String), type: expect.any(String) });
  });

  test('a body that is not JSON by its type', async () => {
    const headers = { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'text/plain' };
    const answer = await house.send('POST', '/admin/keys', { headers, body: JSON.stringify(wanted) });
    expect([answer.status, codeOf(answer)]).toEqual([415, 'request.media_type']);
  });

  test.each(['/admin', '/admin/', '/admin/other', '/admin/keys/', '/admin/keys/a/b', '/admin/keys/a/rotate'])(
    'GET %s is nothing',
    async (path) => {
      for (const key of [ADMIN_KEY, 'wrong']) {
        const answer = await house.call('GET', path, undefined, key);
        expect(answer.status).toBe(404);
      }
    },
  );

  test.each(['PUT', 'PATCH', 'HEAD', 'OPTIONS'])('%s is nothing', async (method) => {
    expect((await house.send(method, '/admin/keys', { headers: json })).status).toBe(404);
  });
});

describe('what can be seen', () => {
  test('usage, in dollars, with what is held and what may be spent', async () => {
    await create({ user: 'grace', tier: 'pro' });
    await create({ user: 'grace', tier: 'free' });
    const { ledger } = house;
    const scopes = [{ kind: 'user', id: 'grace' }] as const;
    await ledger.admit({ reservationId: 'r1', scopes, tokens: 100, nano: 1_000_000_000 });
    await ledger.settle({ reservationId: 'r1', tokens: 40, nano: 250_000_000 });
    await ledger.admit({ reservationId: 'r2', scopes, tokens: 10, nano: 5_000_000 });
    const { body } = await house.call('GET', '/admin/usage?user=grace');
    expect(body).toEqual({
      day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      user: 'grace',
      requests: 2,
      tokens: expect.any(Number),
      settledUsd: 0.25,
      reservedUsd: 0.005,
      budgetUsd: 5,
    });
    await create({ user: 'grace', tier: 'internal' });
    expect(JSON.stringify(house.onDisk())).toContain('"weaker":["more money for the user"]');
    expect((await house.call('GET', '/admin/usage?user=grace')).body.budgetUsd).toBeNull();
    expect((await house.call('GET', '/admin/usage?user=nobody')).body).toMatchObject({
      settledUsd: 0,
      budgetUsd: null,
    });
  });

  test('the audit log, from the store, by every filter', async () => {
    const { body: made } = await create({ user: 'filters' });
    await expect
      .poll(async () =>
        (await audit('action=admin.key.create&limit=1000')).data.map(
          (entry: { resource: string }) => entry.resource,
        ),
      )
      .toContain(made.id);
    const failed = await audit('status=failure&limit=5');
    expect(failed.object).toBe('list');
    expect(failed.data.length).toBeGreaterThan(0);
    expect(failed.data.every((entry: { status: string }) => entry.status === 'failure')).toBe(true);
    expect((await audit('to=2020-01-01')).data).toEqual([]);
    expect((await audit('from=2020-01-01T00:00:00Z&user=admin&limit=1')).data).toHaveLength(1);
    expect(await audit('user=nobody')).toEqual({ object: 'list', data: [] });
  });

  test('coverage', async () => {
    expect((await house.call('GET', '/admin/coverage')).body).toEqual([
      { id: 'chat.completions.create', relayed: true },
    ]);
  });

  test('the description of all this, without a key', async () => {
    const { status, body } = await house.send('GET', '/admin/openapi.json');
    expect(status).toBe(200);
    expect(body).toEqual(JSON.parse(JSON.stringify(adminOpenApi())));
    const described = Object.entries<object>(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace('{id}', ':id')}`),
    );
    expect(described.sort()).toEqual(ADMIN_ROUTES.map(({ method, path }) => `${method} ${path}`).sort());
    const post = body.paths['/admin/keys'].post;
    expect(post.requestBody.content['application/json'].schema).toMatchObject({
      additionalProperties: false,
      required: ['user', 'tier', 'role'],
    });
    expect(body.paths['/admin/audit'].get.parameters.map((each: { name: string }) => each.name)).toContain(
      'limit',
    );
  });
});
