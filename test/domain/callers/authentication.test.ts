import { randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { asRefusal, errorBody, errorHeaders } from '../../../src/base/errors.ts';
import { Secret } from '../../../src/base/secret.ts';
import {
  addressList,
  createAuthenticator,
  readCredential,
} from '../../../src/domain/callers/authentication.ts';
import { createFailedAttempts } from '../../../src/domain/callers/failed-attempts.ts';
import { createTokenVerifier, jwtSchema } from '../../../src/domain/callers/jwt.ts';
import { createKeyRing } from '../../../src/domain/callers/key-ring.ts';
import { openSqliteStore } from '../../../src/engines/store/store-sqlite.ts';

const store = openSqliteStore({ file: ':memory:' });
afterAll(() => store.close());
const keys = createKeyRing({ store, pepper: randomBytes(32), clock: systemClock });
const secret = 'a secret of at least thirty-two bytes, for HS256';
const tokens = createTokenVerifier({
  settings: jwtSchema.parse({ issuer: 'i', audience: 'a', hs256: true }),
  secret: new Secret(secret),
  tiers: new Set(['pro']),
  digestKey: randomBytes(32),
  clock: systemClock,
});
const failedAttempts = createFailedAttempts({ clock: systemClock });
const authenticator = createAuthenticator({ keys, tokens, failedAttempts, clock: systemClock });

const present = (authorization: string, source = '192.0.2.1') => ({
  rawHeaders: ['Host', 'x', 'Authorization', authorization],
  target: '/v1/models',
  source,
});

async function issue(more: object = {}) {
  const issued = keys.mint({ user: 'ada', tier: 'pro', role: 'user', ...more });
  await keys.add(issued.record);
  return issued;
}

const read = (headers: string[], target = '/v1/models') => readCredential(headers, target);

/** What the caller would read of it: status, headers, body. */
async function refusalOf(work: () => unknown): Promise<string> {
  try {
    await work();
    return 'accepted';
  } catch (error) {
    const refusal = asRefusal(error);
    return JSON.stringify([refusal.status, errorHeaders(refusal), errorBody(refusal)]);
  }
}

describe('I30 one credential, in one place', () => {
  test.each(['Bearer k', 'bearer k', 'BEARER   k', 'Bearer\tk', '  Bearer k  '])('%j is k', (line) => {
    expect(read(['authorization', line, 'cookie', 'session=1', 'x-request-id', 'k'])).toBe('k');
  });

  test('an administrator may choose a key with spaces and commas', () => {
    expect(read(['authorization', 'Bearer correct, horse battery'])).toBe('correct, horse battery');
  });

  const several: Record<string, [string[], string?]> = {
    'two lines': [['Authorization', 'Bearer a', 'authorization', 'Bearer a']],
    'two in one line': [['authorization', 'Bearer a, Bearer b']],
    'two schemes in one line': [['authorization', 'Bearer a, Basic b']],
    'two schemes in one line, Basic first': [['authorization', 'Basic YTpi, Bearer a']],
    'x-api-key': [['authorization', 'Bearer a', 'X-Api-Key', 'b']],
    'x-api-key alone': [['x-api-key', 'b']],
    'api-key': [['authorization', 'Bearer a', 'api-key', 'b']],
    'openai-api-key': [['authorization', 'Bearer a', 'OpenAI-API-Key', 'b']],
    'proxy-authorization': [['authorization', 'Bearer a', 'proxy-authorization', 'Basic b']],
    'a sub-protocol': [
      ['authorization', 'Bearer a', 'sec-websocket-protocol', 'realtime, openai-insecure-api-key.b'],
    ],
    'the query': [['authorization', 'Bearer a'], '/v1/models?api_key=b'],
    'the query, encoded': [['authorization', 'Bearer a'], '/v1/models?a=1&access%5Ftoken=b'],
  };
  test.each(Object.entries(several))('refused: %s', (_, [headers, target]) => {
    expect(() => read(headers, target)).toThrow(
      expect.objectContaining({ code: 'auth.several', status: 401 }),
    );
  });

  // Control: before, one credential was told to be more than one.
  test.each(['Basic YTpi', 'Token sk-sp-abc', 'sk-sp-abc', 'Digest username="a", realm="b"'])(
    'no key of ours, alone: %s',
    (value) => {
      expect(() => read(['authorization', value])).toThrow(expect.objectContaining({ code: 'auth.invalid' }));
    },
  );

  test.each([
    [[]],
    [['cookie', 'a=b']],
    [['authorization', '']],
    [['authorization', 'Bearer']],
    [['authorization', 'Bearer ']],
  ])('missing: %j', (headers) => {
    expect(() => read(headers)).toThrow(expect.objectContaining({ code: 'auth.missing' }));
  });

  test('benign twins: other headers and queries with similar names', () => {
    expect(
      read(['authorization', 'Bearer a', 'x-api-key-id', 'b', 'x-api-key', ''], '/v1/models?limit=1'),
    ).toBe('a');
  });
});

describe('who calls', () => {
  test('a key', async () => {
    const { key, record } = await issue({ team: 'core' });
    const caller = {
      user: 'ada',
      team: 'core',
      tier: 'pro',
      role: 'user',
      key: record,
      credential: record.id,
    };
    expect(await authenticator.authenticate(present(`Bearer ${key}`))).toEqual(caller);
    expect(authenticator.authenticate(present(`Bearer ${key}`))).toEqual(caller);
  });

  test('a token, where tokens are taken', async () => {
    const token = await new SignJWT({
      iss: 'i',
      aud: 'a',
      sub: 'bob',
      exp: Date.now() / 1000 + 60,
      tier: 'pro',
    })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from(secret));
    expect(await authenticator.authenticate(present(`Bearer ${token}`))).toMatchObject({ user: 'bob' });
    const without = createAuthenticator({ keys, failedAttempts, clock: systemClock });
    expect(await refusalOf(() => without.authenticate(present(`Bearer ${token}`)))).toContain('auth.invalid');
  });

  test('I26 whatever is wrong with a credential, the answer is the same to the byte', async () => {
    const expired = await issue({ expiresAt: 1 });
    const revoked = await issue();
    await keys.revoke(revoked.record.id);
    const right = await issue();
    const unknown = keys.mint({ user: 'ada', tier: 'pro', role: 'user' });
    const other = keys.mint({ user: 'ada', tier: 'pro', role: 'user' }).key.slice(-38);
    const wrong = [
      expired.key,
      revoked.key,
      unknown.key,
      `sk-sp-${right.record.id}-${other}`,
      `${right.key}x`,
      'sk-proj-abcdefgh',
      'a.b.c',
      'x'.repeat(9000),
    ];
    const answers = new Set<string>();
    for (const credential of wrong) {
      answers.add(
        await refusalOf(() => authenticator.authenticate(present(`Bearer ${credential}`, '192.0.2.9'))),
      );
    }
    expect([...answers].slice(1)).toEqual([]);
    expect([...answers][0]).toContain('Incorrect API key provided.');
    expect([...answers][0]).not.toContain(right.record.id);
  });

  test('a source with too many failures waits; a valid key from it does not', async () => {
    const { key } = await issue();
    const source = '192.0.2.77';
    for (let count = 0; count < 100; count++) failedAttempts.count(source);
    const wrong = await refusalOf(() => authenticator.authenticate(present('Bearer nonsense', source)));
    expect(wrong).toContain('rate.source');
    expect(
      await refusalOf(() => authenticator.authenticate({ ...present('', source), rawHeaders: [] })),
    ).toBe(wrong);
    expect(await authenticator.authenticate(present(`Bearer ${key}`, source))).toMatchObject({ user: 'ada' });
  });
});

describe('a key bound to addresses', () => {
  test.each([
    ['192.0.2.7', true],
    ['::ffff:192.0.2.7', true],
    ['192.0.3.7', false],
    ['198.51.100.1', true],
    ['198.51.100.2', false],
    ['2001:db8::5', true],
    ['2001:db9::5', false],
    ['not an address', false],
  ])('%s: %s', async (source, opens) => {
    const { key } = await issue({ ips: ['192.0.2.0/24', '198.51.100.1', '2001:db8::/32'] });
    const answer = await refusalOf(() => authenticator.authenticate(present(`Bearer ${key}`, source)));
    expect(answer.includes('access.address')).toBe(!opens);
    expect(answer === 'accepted').toBe(opens);
  });

  test.each(['', '1.2.3', '1.2.3.4/33', '1.2.3.4/', '1.2.3.4/8/8', '::/129', 'example.com'])(
    '%j is no range',
    (range) => {
      expect(() => addressList([range])).toThrow(/invalid|range/i);
    },
  );
});
