import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { Secret } from '../../../src/base/secret.ts';
import {
  createTokenVerifier,
  type JwtSettings,
  jwtSchema,
  type TokenVerifier,
} from '../../../src/domain/callers/jwt.ts';
import { portOf } from '../../support/postgres.ts';

const shared = 'a secret of at least thirty-two bytes, for HS256';
const digestKey = randomBytes(32);
const issuer = 'https://id.example';
const audience = 'sallyport';

/** The identity provider: answers with whatever set it has at the moment. */
const provider = { keys: [] as object[], status: 200, reads: 0, body: undefined as string | undefined };
let server: Server;
let jwksUrl = '';
beforeAll(async () => {
  server = createServer((request, response) => {
    provider.reads++;
    if (request.url === '/hang') return;
    response.writeHead(provider.status, { location: '/elsewhere', 'content-type': 'application/json' });
    response.end(provider.body ?? JSON.stringify({ keys: provider.keys }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  jwksUrl = `http://127.0.0.1:${portOf(server)}/keys`;
});
afterEach(() => {
  vi.useRealTimers();
  Object.assign(provider, { keys: [], status: 200, reads: 0, body: undefined });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function verifier(more: object = {}): TokenVerifier {
  const settings: JwtSettings = jwtSchema.parse({ issuer, audience, defaults: { tier: 'free' }, ...more });
  return createTokenVerifier({
    settings,
    secret: new Secret(shared),
    tiers: new Set(['free', 'pro']),
    digestKey,
    clock: systemClock,
  });
}

const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;
const payload = (more: Record<string, unknown> = {}): JWTPayload => ({
  iss: issuer,
  aud: audience,
  sub: 'ada',
  exp: inSeconds(300),
  ...more,
});
const hs256 = (claims: JWTPayload, key = shared): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(key));

async function keyPair(alg: string, kid: string) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' };
  const sign = (claims = payload()): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(privateKey);
  return { jwk, publicKey, sign };
}

const segment = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const tokens = () => verifier({ hs256: true });
const section = (more: object) => jwtSchema.safeParse({ issuer, audience, ...more }).success;

describe('HS256', () => {
  test('a right token is its caller; again it is answered at once', async () => {
    const own = tokens();
    const exp = inSeconds(300);
    const token = await hs256(payload({ exp, tier: 'pro', role: 'developer', team: 'core' }));
    const until = (exp + 5) * 1000;
    const caller = {
      user: 'ada',
      team: 'core',
      tier: 'pro',
      role: 'developer',
      credential: 'jwt:ada',
      until,
    };
    expect(await own.verify(token)).toEqual(caller);
    expect(own.verify(token)).toEqual(caller);
  });

  test('what a token leaves out comes from the configuration', async () => {
    expect(await tokens().verify(await hs256(payload()))).toMatchObject({ tier: 'free', role: 'user' });
    const none = verifier({ hs256: true, defaults: {} });
    expect(await none.verify(await hs256(payload()))).toBeUndefined();
  });

  const wrong: Record<string, () => Promise<string> | string> = {
    'another secret': () => hs256(payload(), 'another secret of at least thirty-two bytes'),
    expired: () => hs256(payload({ exp: inSeconds(-10) })),
    'not yet valid': () => hs256(payload({ nbf: inSeconds(100) })),
    'no exp': () => hs256({ iss: issuer, aud: audience, sub: 'ada' }),
    'no aud': () => hs256({ iss: issuer, sub: 'ada', exp: inSeconds(300) }),
    'no iss': () => hs256({ aud: audience, sub: 'ada', exp: inSeconds(300) }),
    'another aud': () => hs256(payload({ aud: 'other' })),
    'another iss': () => hs256(payload({ iss: `${issuer}/` })),
    'no sub': () => hs256({ iss: issuer, aud: audience, exp: inSeconds(300) }),
    'an empty sub': () => hs256(payload({ sub: '' })),
    'a sub that is no text': () => hs256(payload({ sub: 7 })),
    'an unknown tier': () => hs256(payload({ tier: 'platinum' })),
    'a tier by prototype': () => hs256(payload({ tier: 'constructor' })),
    'an unknown role': () => hs256(payload({ role: 'root' })),
    'several roles': () => hs256(payload({ role: ['admin'] })),
    'a team that is no text': () => hs256(payload({ team: {} })),
    'alg none': () => `${segment({ alg: 'none' })}.${segment(payload())}.`,
    'alg none with a signature': async () =>
      `${segment({ alg: 'none' })}.${segment(payload())}.${(await hs256(payload())).split('.')[2]}`,
    HS512: () => new SignJWT(payload()).setProtectedHeader({ alg: 'HS512' }).sign(Buffer.from(shared)),
    'an unknown critical header': async () => {
      const [, body, signature] = (await hs256(payload())).split('.');
      return `${segment({ alg: 'HS256', crit: ['x'], x: 1 })}.${body}.${signature}`;
    },
    'a changed payload': async () => {
      const [head, , signature] = (await hs256(payload())).split('.');
      return `${head}.${segment(payload({ role: 'admin' }))}.${signature}`;
    },
    'not a token': () => 'a.b.c',
    nothing: () => '..',
  };
  test.each(Object.entries(wrong))('refused: %s', async (_, make) => {
    expect(await tokens().verify(await make())).toBeUndefined();
  });

  test('a cached token ends with its exp', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const own = verifier({ hs256: true, clockToleranceSeconds: 0 });
    const token = await hs256(payload({ exp: inSeconds(30) }));
    expect(await own.verify(token)).toBeDefined();
    vi.setSystemTime(Date.now() + 29_000);
    expect(own.verify(token)).toMatchObject({ user: 'ada' });
    vi.setSystemTime(Date.now() + 1_001);
    expect(await own.verify(token)).toBeUndefined();
  });

  test('names that cannot stand in the audit log become digests, the same each time, by kind', async () => {
    const users = await Promise.all(
      ['ada@example.com', 'ada@example.com', 'ada lovelace', 'system', 'anonymous', 'x'.repeat(129)].map(
        async (sub) => (await tokens().verify(await hs256(payload({ sub, team: sub }))))?.user ?? '',
      ),
    );
    expect(users[0]).toMatch(/^sub:[0-9a-f]{64}$/);
    expect(users[1]).toBe(users[0]);
    expect(new Set(users).size).toBe(5);
    expect(users.join()).not.toMatch(/example|lovelace/);
  });

  test('claims may have other names', async () => {
    const own = verifier({ hs256: true, claims: { user: 'https://id.example/name', role: 'groups' } });
    const token = await hs256(payload({ 'https://id.example/name': 'bob', groups: 'admin', role: 'user' }));
    expect(await own.verify(token)).toMatchObject({ user: 'bob', role: 'admin' });
  });

  test('HS256 is off unless it is on', async () => {
    expect(await verifier({ jwksUrl }).verify(await hs256(payload()))).toBeUndefined();
  });
});

describe('a key set', () => {
  test.each(['RS256', 'ES256', 'PS256', 'EdDSA'])('%s', async (alg) => {
    const pair = await keyPair(alg, 'one');
    provider.keys = [pair.jwk];
    expect(await verifier({ jwksUrl }).verify(await pair.sign())).toMatchObject({ user: 'ada' });
  });

  test('an algorithm that is not on the list is refused, though the key is right', async () => {
    const pair = await keyPair('ES384', 'one');
    provider.keys = [pair.jwk];
    expect(await verifier({ jwksUrl }).verify(await pair.sign())).toBeUndefined();
    expect(await verifier({ jwksUrl, algorithms: ['ES384'] }).verify(await pair.sign())).toBeDefined();
  });

  test('the public key is no secret of HS256', async () => {
    const pair = await keyPair('RS256', 'one');
    provider.keys = [pair.jwk];
    const pem = await exportSPKI(pair.publicKey);
    for (const secret of [pem, pem.trim(), JSON.stringify(pair.jwk)]) {
      expect(await verifier({ jwksUrl }).verify(await hs256(payload(), secret))).toBeUndefined();
      expect(await verifier({ jwksUrl, hs256: true }).verify(await hs256(payload(), secret))).toBeUndefined();
    }
  });

  test('a key of its own in the header of a token is not looked at', async () => {
    const [theirs, mine] = await Promise.all([keyPair('ES256', 'one'), keyPair('ES256', 'one')]);
    provider.keys = [theirs.jwk];
    expect(await verifier({ jwksUrl }).verify(await mine.sign())).toBeUndefined();
  });

  test('rotation: a new key is found, the old one ends, and unknown ids do not hammer the provider', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const [old, young, stranger] = await Promise.all(
      ['old', 'young', 'stranger'].map((kid) => keyPair('ES256', kid)),
    );
    if (!old || !young || !stranger) throw new Error('no keys');
    provider.keys = [old.jwk];
    const own = verifier({ jwksUrl });
    expect(await own.verify(await old.sign())).toBeDefined();
    provider.keys = [young.jwk];
    for (let tries = 0; tries < 20; tries++) {
      expect(await own.verify(await stranger.sign(payload({ jti: `${tries}` })))).toBeUndefined();
    }
    expect(provider.reads).toBe(1);
    vi.setSystemTime(Date.now() + 31_000);
    expect(await own.verify(await young.sign())).toBeDefined();
    expect(provider.reads).toBe(2);
    expect(await own.verify(await old.sign(payload({ jti: 'afresh' })))).toBeUndefined();
  });

  test('a set that cannot be read is no fault of the token', async () => {
    const pair = await keyPair('ES256', 'one');
    const token = await pair.sign();
    const answers = [
      { status: 500 },
      { status: 302 },
      { body: 'not JSON' },
      { body: '{"keys":7}' },
      { body: `{"keys":[],"pad":"${'x'.repeat(300_000)}"}` },
    ];
    for (const answer of answers) {
      Object.assign(provider, { status: 200, body: undefined, ...answer });
      await expect(verifier({ jwksUrl }).verify(token)).rejects.toMatchObject({ code: 'auth.unavailable' });
    }
    expect(provider.reads).toBe(answers.length);
    const nobody = jwksUrl.replace(/:\d+/, ':1');
    await expect(verifier({ jwksUrl: nobody }).verify(token)).rejects.toMatchObject({ status: 503 });
  });

  test('a provider that says nothing is waited for two seconds', async () => {
    const pair = await keyPair('ES256', 'one');
    const silent = verifier({ jwksUrl: jwksUrl.replace('/keys', '/hang') });
    await expect(silent.verify(await pair.sign())).rejects.toMatchObject({ code: 'auth.unavailable' });
  });
});

describe('the section jwt', () => {
  test.each([
    'https://id.example/keys',
    'http://127.0.0.1:8080/keys',
    'http://localhost/keys',
    'http://[::1]/keys',
    'https://10.0.0.1/keys',
  ])('may read %s', (url) => {
    expect(section({ jwksUrl: url })).toBe(true);
  });

  test.each([
    'http://id.example/keys',
    'https://169.254.169.254/latest',
    'https://[fe80::1]/keys',
    'https://[fd00:ec2::254]/keys',
    'https://[::ffff:169.254.169.254]/keys',
    'https://2852039166/keys',
    'https://user:password@id.example/keys',
    'http://127.0.0.1.example/keys',
    'file:///etc/passwd',
    'keys',
  ])('may not read %s', (url) => {
    expect(section({ jwksUrl: url })).toBe(false);
  });

  test('needs a way to verify, an issuer, an audience, and asymmetric algorithms', () => {
    expect(section({ hs256: true })).toBe(true);
    expect(section({})).toBe(false);
    expect(section({ hs256: true, issuer: undefined })).toBe(false);
    expect(section({ hs256: true, audience: [] })).toBe(false);
    expect(section({ hs256: true, algorithms: ['HS256'] })).toBe(false);
    expect(section({ hs256: true, algorithms: ['none'] })).toBe(false);
    expect(section({ hs256: true, unknown: 1 })).toBe(false);
  });
});
