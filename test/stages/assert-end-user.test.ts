/**
 * Who may say whom they speak for, who must, and whose limits hold then. Shown false by a guard that passes on what it may
 * not take, and by floods that go by the credential alone.
 */
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { createContainment } from '../../src/domain/callers/containment.ts';
import { createEndUsers, END_USER_HEADER } from '../../src/domain/callers/end-users.ts';
import { createFloods, checkFloods, countRefusal } from '../../src/domain/limits/floods.ts';
import { notAdmitted } from '../../src/domain/limits/not-admitted.ts';
import { assertEndUser } from '../../src/stages/assert-end-user.ts';
import { ADA, arriving, codeOf, rules } from '../support/exchange.ts';

const endUsers = createEndUsers(Buffer.alloc(32, 7));
const containment = createContainment(systemClock);
const tier = (endUsersOf?: 'off' | 'allowed' | 'required', perEndUser?: object) =>
  rules({ scopes: { tiers: { pro: { endUsers: endUsersOf, perEndUser, requestsPerMinute: 60 } } } });
const { limiting } = tier('allowed', { requestsPerMinute: 2, dailyBudgetUsd: 1 });
const speaking = (said: string) => endUsers.callerFor(ADA, said);

async function asserted(said: string | undefined, deps = limiting) {
  const exchange = arriving(said === undefined ? {} : { headers: { [END_USER_HEADER]: said } });
  exchange.caller = ADA;
  await assertEndUser({ endUsers, limiting: deps, containment })(exchange);
  return exchange.caller;
}

describe('a caller', () => {
  test.each([
    [undefined, undefined, 'ok'],
    [undefined, 'eve', 'access.end_user'],
    ['off', 'eve', 'access.end_user'],
    ['allowed', undefined, 'ok'],
    ['allowed', 'eve', 'ok'],
    ['allowed', '', 'request.end_user'],
    ['required', undefined, 'request.end_user'],
    ['required', 'eve', 'ok'],
    ['required', 'e v e', 'request.end_user'],
  ] as const)('whose tier has endUsers: %s and who says %s: %s', async (rule, said, end) => {
    expect(await codeOf(() => asserted(said, tier(rule).limiting))).toBe(end);
  });

  test('is known by a digest from then on', async () => {
    expect(await asserted('eve')).toBe(speaking('eve'));
    expect(await asserted(undefined)).toBe(ADA);
  });

  test('does not speak for who is banned', async () => {
    const ban = { id: 'ban_1', kind: 'endUser', at: 0, by: 'x', reason: '' } as const;
    const until = systemClock.now() + 60_000;
    containment.replace({ bans: [{ ...ban, value: speaking('mal').endUser ?? '', until }] }, false);
    expect(await codeOf(() => asserted('mal'))).toBe('access.banned');
    expect(await codeOf(() => asserted('eve'))).toBe('ok');
    containment.replace({ bans: [] }, false);
    expect(await codeOf(() => asserted('mal'))).toBe('ok');
  });
});

describe('limits', () => {
  test('are those of the caller, and of each end user beside', () => {
    const kinds = (said?: string) =>
      limiting.scopes(said === undefined ? ADA : speaking(said)).map(({ kind, id }) => `${kind}:${id}`);
    expect(kinds()).toEqual(['house:house', 'user:ada']);
    expect(kinds('eve')).toEqual(['house:house', 'user:ada', `endUser:${speaking('eve').endUser}`]);
    expect(limiting.scopes(speaking('eve')).at(-1)).toMatchObject({
      requestsPerMinute: 2,
      dailyBudgetNano: 1_000_000_000,
    });
    expect(limiting.scopes(speaking('eve'))).toBe(limiting.scopes(speaking('eve')));
    expect(
      tier('allowed')
        .limiting.scopes(speaking('eve'))
        .map(({ kind }) => kind),
    ).toEqual(['house', 'user']);
  });

  test('whoever is over theirs waits alone', async () => {
    const floods = createFloods(systemClock);
    const told = { admitted: false, reason: 'requests', scope: 'endUser', retryAfterMs: 9000 } as const;
    expect(notAdmitted(speaking('mal'), told, { floods, forgetKey: () => undefined }).code).toBe(
      'rate.requests',
    );
    expect(await codeOf(() => checkFloods(floods, speaking('mal'), 600))).toBe('rate.requests');
    expect(await codeOf(() => checkFloods(floods, speaking('eve'), 600))).toBe('ok');
    expect(await codeOf(() => checkFloods(floods, ADA, 600))).toBe('ok');
  });

  test('whoever is refused too often waits alone, long before the credential does', async () => {
    const floods = createFloods(systemClock);
    for (let i = 0; i < 61; i++) countRefusal(floods, speaking('mal'), 'guardrail.injection');
    for (let i = 0; i < 1000; i++) countRefusal(floods, speaking('mal'), 'rate.refusals');
    expect(await codeOf(() => checkFloods(floods, speaking('mal'), 600))).toBe('rate.refusals');
    expect(await codeOf(() => checkFloods(floods, speaking('eve'), 600))).toBe('ok');
    for (let i = 0; i < 600; i++) countRefusal(floods, speaking(`mal-${i}`), 'guardrail.injection');
    expect(await codeOf(() => checkFloods(floods, speaking('eve'), 600))).toBe('rate.refusals');
  });
});
