/** stages/authenticate, stages/authorise-route, stages/shed-load: who calls, what, and whether to look at it at all. */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createAuthenticator } from '../../src/domain/callers/authentication.ts';
import type { Caller } from '../../src/domain/callers/caller.ts';
import type { Exchange } from '../../src/domain/exchange.ts';
import { createFailedAttempts } from '../../src/domain/callers/failed-attempts.ts';
import { createKeyRing } from '../../src/domain/callers/key-ring.ts';
import { tiersSchema } from '../../src/domain/limits/tiers.ts';
import { authenticate } from '../../src/stages/authenticate.ts';
import { authoriseRoute } from '../../src/stages/authorise-route.ts';
import { shedLoad } from '../../src/stages/shed-load.ts';
import {
  ADA,
  arriving,
  BOB,
  type CallOptions,
  codeOf,
  memoryStore,
  rules,
  withKey,
} from '../support/exchange.ts';

let now = Date.UTC(2026, 10, 23, 12);
const clock = { now: () => now };

async function house() {
  const keys = createKeyRing({ store: await memoryStore(), pepper: randomBytes(32), clock });
  const failedAttempts = createFailedAttempts({ clock, attemptsMax: 3 });
  const guard = authenticate(createAuthenticator({ keys, failedAttempts, clock }));
  const { key, record } = keys.mint({ user: 'ada', tier: 'pro', role: 'user', ips: ['192.0.2.0/24'] });
  await keys.add(record);
  return { guard, key, id: record.id, failedAttempts };
}

function bearing(credential: string, source?: string): Exchange {
  return arriving({ headers: { authorization: `Bearer ${credential}` }, ...(source && { source }) });
}

function called(options: CallOptions = {}, caller: Caller = ADA): Exchange {
  const exchange = arriving(options);
  exchange.caller = caller;
  return exchange;
}

describe('authenticate', () => {
  test('a key makes its caller known; at once when it was seen before', async () => {
    const { guard, key, id } = await house();
    const first = bearing(key);
    await guard(first);
    expect(first.caller).toMatchObject({ user: 'ada', tier: 'pro', role: 'user', key: { id } });
    expect(first.userId).toBe('ada');
    const again = bearing(key);
    expect(guard(again)).toBeUndefined();
    expect(again.caller).toEqual(first.caller);
  });

  test('none, two, a wrong one, or one at another address are refused; who fails too often waits', async () => {
    const { guard, key, failedAttempts } = await house();
    const wrong = `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`;
    const code = (exchange: Exchange) => codeOf(() => guard(exchange));
    expect(await code(arriving())).toBe('auth.missing');
    const two = { authorization: `Bearer ${key}`, 'x-api-key': 'other' };
    expect(await code(arriving({ headers: two }))).toBe('auth.several');
    expect(await code(bearing(wrong))).toBe('auth.invalid');
    const elsewhere = bearing(key, '198.51.100.1');
    expect(await code(elsewhere)).toBe('access.address');
    expect(elsewhere.userId).toBe('anonymous');
    for (let i = 0; i < 3; i++) failedAttempts.count('192.0.2.1');
    expect(await code(bearing(wrong))).toBe('rate.source');
    expect(await code(bearing(key))).toBe('ok');
  });

  test('nothing is known of a call that was refused', async () => {
    const { guard } = await house();
    const exchange = bearing('sk-nobody');
    await codeOf(() => guard(exchange));
    expect(exchange.userId).toBe('anonymous');
  });
});

async function ask(
  target: string,
  allow = ['responses', 'models'],
  endpoints?: string[],
  method = 'GET',
): Promise<string> {
  const exchange = called({ method, target }, withKey({ endpoints }));
  const code = await codeOf(() => authoriseRoute(allow)(exchange));
  return `${code} ${exchange.operation}`;
}

describe('authorise-route', () => {
  test('an operation that is allowed is matched, with its parameters', async () => {
    const exchange = called({ method: 'GET', target: '/v1/responses/resp_1?include[]=a' });
    await authoriseRoute(['responses'])(exchange);
    expect(exchange.match).toMatchObject({ params: { response_id: 'resp_1' }, query: [['include[]', 'a']] });
    expect(exchange.operation).toBe('responses.retrieve');
  });

  test('what is unknown, not allowed, administration, or not canonical is refused', async () => {
    expect(await ask('/v1/models')).toBe('ok models.list');
    expect(await ask('/v1/nonsense')).toBe('access.unknown_operation none');
    expect(await ask('/v1/models', undefined, undefined, 'PATCH')).toBe('access.unknown_operation none');
    expect(await ask('/v1/files')).toBe('access.operation_not_allowed files.list');
    expect(await ask('/v1/organization/usage/costs', ['*'])).toMatch(/^access\.operation_refused/);
    expect(await ask('/v1/organization/never_heard_of', ['*'])).toMatch(/^access\.operation_refused/);
    expect(await ask('/v1/models/../files', ['*'])).toBe('request.path none');
    expect(await ask('/v1/models?key=x')).toBe('request.query none');
  });

  test("a key's own list narrows what is open, and never widens it", async () => {
    expect(await ask('/v1/models', undefined, ['models'])).toBe('ok models.list');
    expect(await ask('/v1/models', undefined, ['responses'])).toMatch(/^access\.operation_not_allowed/);
    expect(await ask('/v1/files', undefined, ['files'])).toMatch(/^access\.operation_not_allowed/);
    expect(await ask('/v1/models', undefined, [])).toMatch(/^access\.operation_not_allowed/);
  });
});

describe('shed-load', () => {
  test('who was told to wait is refused until then; others are not', async () => {
    const { floods, limiting } = rules({ clock });
    const guard = shedLoad(floods, limiting);
    floods.refusedFor(ADA.credential, 'rate.tokens', 5000);
    expect(await codeOf(() => guard(called()))).toBe('rate.tokens');
    expect(await codeOf(() => guard(called({}, BOB)))).toBe('ok');
    now += 5000;
    expect(await codeOf(() => guard(called()))).toBe('ok');
  });

  test('ten times the rate of the tier in refusals is enough for a minute', async () => {
    const { floods, limiting } = rules({ clock });
    const guard = shedLoad(floods, limiting);
    const refusalsMax = limiting.refusalsPerMinute(ADA);
    expect(refusalsMax).toBe(600);
    for (let i = 0; i < refusalsMax; i++) floods.countRefusal(ADA.credential);
    expect(await codeOf(() => guard(called()))).toBe('ok');
    floods.countRefusal(ADA.credential);
    expect(await codeOf(() => guard(called()))).toBe('rate.refusals');
    expect(await codeOf(() => guard(called({}, BOB)))).toBe('ok');
  });

  // Shown false by the number of the tier where the key has less, and by ten times whatever the tier says.
  test("or of the key's own rate, or what the tier says", async () => {
    const { limiting } = rules();
    const keys = createKeyRing({ store: await memoryStore(), pepper: randomBytes(32), clock });
    const bound = (requestsPerMinute: number): Caller => {
      const { record: key } = keys.mint({ user: 'ada', tier: 'pro', role: 'user', requestsPerMinute });
      return { ...ADA, credential: key.id, key };
    };
    expect(limiting.refusalsPerMinute(bound(5))).toBe(50);
    expect(limiting.refusalsPerMinute(bound(500))).toBe(600);
    const tiers = tiersSchema.parse({ pro: { requestsPerMinute: 60, refusalsPerMinute: 7 } });
    expect(rules({ scopes: { tiers } }).limiting.refusalsPerMinute(ADA)).toBe(7);
    expect(rules({ scopes: { tiers: { pro: {} } } }).limiting.refusalsPerMinute(ADA)).toBe(600);
  });
});
