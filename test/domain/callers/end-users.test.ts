/**
 * End users are digests, a world for each team, and what is one's is nobody else's. Shown false by a scope that is the same
 * for all teams, by taking an object of an end user's for the application's, and by forgetting the secret of before.
 */
import { describe, expect, test } from 'vitest';
import { createEndUsers, isForSame, isOwn } from '../../../src/domain/callers/end-users.ts';
import { mayUse, objectsSchema } from '../../../src/domain/objects/objects.ts';
import { ADA, BOB, codeOf } from '../../support/exchange.ts';

const KEY = Buffer.alloc(32, 7);
const endUsers = createEndUsers(KEY);
const RED = { ...ADA, team: 'red' };
const eve = endUsers.digestOf(RED, 'eve@example.com');
const mal = endUsers.digestOf(RED, 'mal@example.com');

describe('the digest of an end user', () => {
  test('is the same for the same one of a team, whoever of it says so', () => {
    expect(eve).toMatch(/^[0-9a-f]{64}$/);
    expect(endUsers.digestOf({ ...BOB, team: 'red' }, 'eve@example.com')).toBe(eve);
    const others = [
      endUsers.digestOf({ ...RED, team: 'blue' }, 'eve@example.com'),
      endUsers.digestOf(ADA, 'eve@example.com'),
      endUsers.digestOf({ ...ADA, user: 'red' }, 'eve@example.com'),
      createEndUsers(Buffer.alloc(32, 8)).digestOf(RED, 'eve@example.com'),
      mal,
    ];
    expect(new Set([eve, ...others]).size).toBe(6);
  });

  test.each(['', ' ', 'a b', 'a, b', 'ä', 'a\tb', 'x'.repeat(257), '\u007f'])(
    'is none of %j',
    async (said) => {
      expect(await codeOf(() => endUsers.digestOf(RED, said))).toBe('request.end_user');
    },
  );

  test('is on the caller, the same object each time, until the caller is another', () => {
    const caller = endUsers.callerFor(RED, 'x'.repeat(256));
    expect(caller).toMatchObject({ user: 'ada', team: 'red', endUser: expect.any(String) });
    expect(JSON.stringify(caller)).not.toContain('xxx');
    expect(endUsers.callerFor(RED, 'x'.repeat(256))).toBe(caller);
    expect(endUsers.callerFor({ ...RED, tier: 'free' }, 'x'.repeat(256))).toMatchObject({ tier: 'free' });
  });

  test('is also known by the secret of before', () => {
    const both = createEndUsers(Buffer.alloc(32, 9), KEY);
    const caller = both.callerFor(RED, 'eve@example.com');
    expect(both.digestsOf(RED, 'eve@example.com')).toEqual([caller.endUser, eve]);
    expect(isOwn(caller, { user: 'ada', endUser: eve })).toBe(true);
    expect(isOwn(caller, { user: 'ada', endUser: mal })).toBe(false);
  });
});

describe('what is whose', () => {
  const forEve = { ...RED, endUser: eve };
  const forMal = { ...RED, endUser: mal };
  const ofEve = { user: 'ada', team: 'red', endUser: eve };
  const ofNone = { user: 'ada', team: 'red', endUser: undefined };

  test.each([
    ['her own', forEve, ofEve, true, true],
    ["another's", forMal, ofEve, false, false],
    ["an end user's, by the application itself", RED, ofEve, false, false],
    ["the application's, by an end user", forEve, ofNone, true, false],
    ["the application's own", RED, ofNone, true, true],
  ])('%s', (_, caller, owner, mayBeUsed, isRead) => {
    expect(isForSame(caller, owner)).toBe(mayBeUsed);
    expect(isOwn(caller, owner)).toBe(isRead);
    const object = { ...owner, id: 'file-1', kind: 'file', createdAt: 0 };
    for (const isolation of ['team', 'user'] as const)
      expect(mayUse(caller, object, objectsSchema.parse({ isolation }))).toBe(mayBeUsed);
    const groups = { all: ['team:red'] };
    expect(mayUse(caller, object, objectsSchema.parse({ isolation: 'user', groups }))).toBe(mayBeUsed);
  });

  test("a team-mate's, for the same one: used, not read", () => {
    const mate = { ...BOB, team: 'red', endUser: eve };
    expect(isForSame(mate, ofEve)).toBe(true);
    expect(isOwn(mate, ofEve)).toBe(false);
  });
});
