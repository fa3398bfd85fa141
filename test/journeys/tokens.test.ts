/** JWT_SECRET alone makes tokens work: issuer and audience `sallyport`, tier and role by claim, wrong ones all alike. */
import { createHmac } from 'node:crypto';
import { SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { admin } from '../support/admin.ts';
import { CHAT_BODY, journey } from '../support/journey.ts';
import { until } from '../support/until.ts';

const SECRET = 'a secret of at least thirty-two bytes, for HS256';
const house = journey({ env: { JWT_SECRET: SECRET } });

const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

function token(
  claims: Record<string, unknown> = {},
  { alg = 'HS256', secret = SECRET } = {},
): Promise<string> {
  const payload = { iss: 'sallyport', aud: 'sallyport', sub: 'ada', exp: inSeconds(300), ...claims };
  return new SignJWT(payload).setProtectedHeader({ alg }).sign(Buffer.from(secret));
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

async function call(
  credential: string,
  path = '/chat/completions',
  body: string | null = CHAT_BODY,
): Promise<Answer> {
  const answer = await fetch(house.gateway.baseUrl + path, {
    method: body === null ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${credential}`, 'content-type': 'application/json' },
    body,
  });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

async function entries(query: string): Promise<readonly unknown[]> {
  const { body } = await admin(house.gateway, 'GET', query);
  return z.object({ data: z.array(z.unknown()) }).parse(body).data;
}

async function adminStatus(role: string): Promise<number> {
  const door = { adminUrl: house.gateway.adminUrl, adminKey: await token({ role }) };
  return (await admin(door, 'GET', '/admin/keys')).status;
}

describe('a right token', () => {
  test('is its user, of the tier it names, and goes no further than the gateway', async () => {
    const own = await token({ tier: 'pro', team: 'orion' });
    const answer = await call(own);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-ratelimit-limit-requests')).toBe('60');
    expect(house.upstream.requests).toHaveLength(1);
    expect(house.upstream.requests[0]?.raw.includes(own)).toBe(false);
    const query = '/admin/audit?user=ada&action=exchange.intent';
    const [intent] = await until(
      () => entries(query),
      ({ length }) => length > 0,
    );
    expect(intent).toMatchObject({
      userId: 'ada',
      metadata: { credential: 'jwt:ada', tier: 'pro', team: 'orion' },
    });
  });

  test('without a tier is of the free one, and held to it', async () => {
    const answer = await call(await token({ sub: 'bob' }));
    expect(answer.headers.get('x-ratelimit-limit-requests')).toBe('10');
    const long = JSON.stringify({ ...JSON.parse(CHAT_BODY), max_completion_tokens: 2000 });
    const over = await call(await token({ sub: 'bob' }), '/chat/completions', long);
    expect([over.status, over.headers.get('x-sallyport-code')]).toEqual([400, 'request.over_cap']);
  });

  test('shares its rate with every other token of its user', async () => {
    const statuses: number[] = [];
    for (let calls = 0; calls < 11; calls++) {
      statuses.push((await call(await token({ sub: 'eve', jti: String(calls) }))).status);
    }
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 200), 429]);
  });

  test('of a subject that no name can be is kept as a digest', async () => {
    const answer = await call(await token({ sub: 'ada lovelace <ada@example.com>' }), '/models', null);
    expect(answer.status).toBe(200);
    const { body } = await admin(house.gateway, 'GET', '/admin/audit?limit=1000');
    expect(JSON.stringify(body)).not.toContain('lovelace');
  });
});

test('the role it names opens the admin API, or does not', async () => {
  expect([await adminStatus('user'), await adminStatus('developer'), await adminStatus('admin')]).toEqual([
    403, 403, 200,
  ]);
});

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const claimed = (): object => ({ iss: 'sallyport', aud: 'sallyport', sub: 'ada', exp: inSeconds(300) });

function signedOtherwise(): string {
  const text = `${encode({ alg: 'HS512' })}.${encode(claimed())}`;
  return `${text}.${createHmac('sha512', SECRET).update(text).digest('base64url')}`;
}

const WRONG: Readonly<Record<string, () => string | Promise<string>>> = {
  'signed with another secret': () => token({}, { secret: `${SECRET}.` }),
  'over since a minute': () => token({ exp: inSeconds(-60) }),
  'without an end': () => token({ exp: undefined }),
  'not valid yet': () => token({ nbf: inSeconds(120) }),
  'of another issuer': () => token({ iss: 'elsewhere' }),
  'for another audience': () => token({ aud: 'elsewhere' }),
  'of nobody': () => token({ sub: undefined }),
  'of a tier that is none': () => token({ tier: 'platinum' }),
  'of a role that is none': () => token({ role: 'root' }),
  unsigned: () => `${encode({ alg: 'none' })}.${encode(claimed())}.`,
  'of another algorithm': signedOtherwise,
  'with a fourth part': async () => `${await token()}.x`,
};

describe('a wrong token', () => {
  test('is told nothing but what every wrong credential is told', async () => {
    const plain = await call('sk-sp-000000000000-wrong');
    for (const [what, make] of Object.entries(WRONG)) {
      const { status, headers, text } = await call(await make());
      expect([what, status, text]).toEqual([what, 401, plain.text]);
      const shown = [...headers.keys()].filter((name) => !['date', 'x-request-id'].includes(name));
      expect(shown).toEqual(
        [...plain.headers.keys()].filter((name) => !['date', 'x-request-id'].includes(name)),
      );
      expect(headers.get('x-sallyport-code')).toBe('auth.invalid');
    }
    expect(house.upstream.requests).toEqual([]);
  });
});
