/**
 * A client secret opens in every process of the house until it ends, from the addresses of its key, and lasts no longer than
 * what made it. Shown false by leaving out the comparison with `until`, with `tokenUntil`, and `hasStayed`.
 */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { asRefusal } from '../../../src/base/errors.ts';
import { createSeal } from '../../../src/base/seal.ts';
import { Secret } from '../../../src/base/secret.ts';
import { createAuthenticator } from '../../../src/domain/callers/authentication.ts';
import { createClientSecrets } from '../../../src/domain/callers/client-secrets.ts';
import { createKeyRing } from '../../../src/domain/callers/key-ring.ts';
import { VENDOR_RULES } from '../../../src/guardrails/secrets/vendors.ts';
import { memoryStore } from '../../support/exchange.ts';

let now = Date.UTC(2026, 10, 26, 12);
const clock = { now: () => now };
const secret = () => new Secret(randomBytes(32).toString('hex'));
const present = secret();
const secrets = createClientSecrets({ seal: createSeal({ present }), clock });
const session = { type: 'realtime', model: 'gpt-realtime', instructions: 'Be brief.' };
const HOUR = 3_600_000;
const token = { user: 'ada', team: 'red', tier: 'pro', role: 'user', credential: 'jwt:ada' } as const;
const ada = { ...token, until: now + 24 * HOUR };

async function house() {
  const keys = createKeyRing({ store: await memoryStore(), pepper: randomBytes(32), clock });
  const authenticator = createAuthenticator({
    keys,
    clientSecrets: secrets,
    failedAttempts: { check: () => undefined },
    clock,
  });
  const open = async (value: string, source = '192.0.2.1', method = 'WEBSOCKET') => {
    const rawHeaders = ['Authorization', `Bearer ${value}`];
    try {
      return await authenticator.authenticate({ source, target: '/v1/realtime', rawHeaders, method });
    } catch (error) {
      return asRefusal(error).code;
    }
  };
  return { keys, authenticator, open };
}

describe('a client secret', () => {
  test('opens in another process of the house, also once the house secret has changed, and in no other house', () => {
    const { value, until } = secrets.grant(ada, session, 600, 'call-1');
    expect(until).toBe(now + 600_000);
    const other = createClientSecrets({ seal: createSeal({ present: secret(), previous: present }), clock });
    expect(other.open(value)).toMatchObject({ ...token, tokenUntil: ada.until, id: 'call-1', session });
    const strange = createClientSecrets({ seal: createSeal({ present: secret() }), clock });
    expect(strange.open(value)).toBeUndefined();
  });

  test('ends to the second; the session that it opened goes on', async () => {
    const { authenticator, open } = await house();
    const { value } = secrets.grant(ada, session, 10, 'call-1');
    now += 9_999;
    const caller = await open(value);
    expect(caller).toMatchObject({ user: 'ada', granted: { session } });
    now += 1;
    expect(await open(value)).toBe('auth.invalid');
    if (typeof caller === 'string' || !caller.granted) throw new Error('not opened');
    expect(await authenticator.authenticateWithin(caller.granted, '192.0.2.1')).toMatchObject({
      user: 'ada',
    });
  });

  test('of a token ends with that, and so does the session that it opened', async () => {
    const { authenticator, open } = await house();
    const { value, until } = secrets.grant({ ...token, until: now + 5_000 }, session, 7200, 'call-1');
    expect(until).toBe(now + 5_000);
    now += 4_999;
    const caller = await open(value);
    const granted = typeof caller === 'string' ? undefined : caller.granted;
    if (!granted) throw new Error('not opened');
    expect(await authenticator.authenticateWithin(granted, '192.0.2.1')).toMatchObject({ user: 'ada' });
    now += 1;
    expect(await open(value)).toBe('auth.invalid');
    const within = async () => authenticator.authenticateWithin(granted, '192.0.2.1');
    await expect(within()).rejects.toMatchObject({ code: 'auth.invalid' });
  });

  test('is of the tier and the bounds that its key has now, and of its addresses', async () => {
    const { keys, open } = await house();
    const { record } = keys.mint({ user: 'ada', tier: 'pro', role: 'user', ips: ['192.0.2.0/24'] });
    await keys.add(record);
    const own = { ...ada, tier: 'older', key: record, credential: record.id };
    const { value } = secrets.grant(own, session, 600, 'call-1');
    expect(await open(value)).toMatchObject({ tier: 'pro', key: record, granted: { id: 'call-1' } });
    expect(await open(value, '198.51.100.1')).toBe('access.address');
    expect(await open(value, '192.0.2.1', 'POST')).toBe('access.client_secret');
  });

  test('ends with its key, and with the rotation that ends its secret', async () => {
    const { keys, open } = await house();
    const { record } = keys.mint({ user: 'ada', tier: 'pro', role: 'user' });
    await keys.add(record);
    const { value } = secrets.grant({ ...ada, key: record }, session, 600, 'call-1');
    now += 1;
    await keys.rotate(record.id, 60_000);
    expect(await open(value)).toMatchObject({ user: 'ada' });
    now += 60_000;
    expect(await open(value)).toBe('auth.invalid');
    const again = secrets.grant({ ...ada, key: record }, session, 600, 'call-2').value;
    expect(await open(again)).toMatchObject({ user: 'ada' });
    await keys.revoke(record.id);
    expect(await open(again)).toBe('auth.invalid');
  });

  test('says nothing to who holds it, and is known for a secret in a text', () => {
    const { value } = secrets.grant(ada, session, 600, 'call-1');
    const bytes = Buffer.from(value.slice(6, -6), 'base64url').toString('latin1');
    for (const word of ['ada', 'brief', 'gpt']) expect(bytes).not.toContain(word);
    const known = VENDOR_RULES.find(({ prefix }) => value.startsWith(prefix));
    expect([known?.type, known?.pattern.exec(value)?.[0]]).toEqual(['sallyport_secret', value]);
  });
});
