/** What a group opens, who a person is, and which configurations of people are faults: each row is its own control. */
import { expect, test } from 'vitest';
import { accessOf, peopleSchema, personOf } from '../../../src/domain/people/people.ts';

const GIVEN = {
  issuer: 'https://login.example.com',
  clientId: 'sallyport',
  baseUrl: 'https://sallyport.example.com',
  groups: {
    staff: { team: 'red', role: 'user', tier: 'free' },
    leads: { team: 'red', role: 'admin', tier: 'pro', administers: 'team' },
    first: { team: 'blue', role: 'developer', tier: 'pro' },
    second: { team: 'ops', role: 'developer', tier: 'pro' },
    house: { team: 'ops', role: 'admin', tier: 'pro' },
  },
};
const settings = peopleSchema.parse(GIVEN);
const key = Buffer.alloc(32, 1);

test.each([
  [['staff'], 'red user'],
  ['staff', 'red user'],
  [['leads', 'staff'], 'red admin'],
  [['leads', 'house'], 'ops admin'],
  [['second', 'first'], 'blue developer'],
  [['first', 'second', 'staff'], 'blue developer'],
  [['unknown'], undefined],
  [[], undefined],
  [undefined, undefined],
  [[['staff']], undefined],
  [{ staff: true }, undefined],
  [['constructor', '__proto__', 'toString'], undefined],
])('groups %j: %s', (groups, expected) => {
  const access = accessOf(settings, groups);
  expect(access && `${access.team} ${access.role}`).toBe(expected);
});

const who = (claims: Record<string, unknown>) =>
  personOf(settings, { subject: 'x', claims: { groups: ['staff'], ...claims } }, key)?.user;

test('a person is the claim, or a keyed digest of what could not stand in a record', () => {
  expect(who({ sub: 'ada' })).toBe('ada');
  expect(who({ sub: 'auth0|ada' })).toMatch(/^sub:[0-9a-f]{64}$/);
  expect(who({ sub: 'system' })).toMatch(/^sub:/);
  for (const sub of [undefined, '', 7, ['ada']]) expect(who({ sub })).toBeUndefined();
});

test.each([
  ['an issuer without TLS', { issuer: 'http://login.example.com' }],
  ['an issuer where clouds answer', { issuer: 'https://169.254.169.254' }],
  ['an address with a path', { baseUrl: 'https://sallyport.example.com/console' }],
  ['an address without TLS', { baseUrl: 'http://sallyport.example.com' }],
  ['algorithms that anybody could use', { algorithms: ['none'] }],
  ['a secret that is shared as a signature', { algorithms: ['HS256'] }],
  ['a session without an end', { sessionHours: 1000 }],
  ['a short token', { provisioning: { token: 'short' } }],
  ['a reserved team', { groups: { g: { team: 'system', role: 'user', tier: 'free' } } }],
  ['a field that nobody knows', { trustEveryone: true }],
])('a fault: %s', (_what, more) => {
  expect(peopleSchema.safeParse(GIVEN).success).toBe(true);
  expect(peopleSchema.safeParse({ ...GIVEN, ...more }).success).toBe(false);
});
