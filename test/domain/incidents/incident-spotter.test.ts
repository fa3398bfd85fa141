/**
 * Which entries count, and of whom. Shown false, each by its case: by a subject that takes `userId` without a credential,
 * by counting what `auth.*` refuses, by a lock-down that counts callers.
 */
import { expect, test } from 'vitest';
import { incidentsSchema } from '../../../src/domain/incidents/incident-rules.ts';
import { createSpotter } from '../../../src/domain/incidents/incident-spotter.ts';
import type { Entry } from '../../../src/ports/audit-log.ts';

const entry = (action: string, metadata: Record<string, unknown>, userId = 'ada'): Entry => ({
  timestamp: '2026-11-26T00:00:00.000Z',
  userId,
  action,
  resource: 'chat.completions.create',
  status: 'failure',
  metadata,
  chain: 'c',
  sequence: 1,
  previousHash: '',
  hash: '',
});
const shown = { credential: 'k00000000001', source: '192.0.2.7' };
const rule = (more: object) => ({
  by: 'key',
  when: { action: 'exchange.refused' },
  withinS: 60,
  ...('kind' in more ? {} : { kind: 'count', count: 3 }),
  ...more,
});
const spot = (one: object, of: Entry) =>
  createSpotter(incidentsSchema.parse({ rules: { one: rule(one) } }).rules)(of).map(
    ({ subject, weight, step }) => [subject, weight, step],
  );

test('by action, code, status and members of metadata; several are alternatives', () => {
  const of = (when: unknown) =>
    spot({ when }, entry('exchange.refused', { ...shown, code: 'tool.denied' })).length;
  expect(of({ action: 'exchange.refused' })).toBe(1);
  expect(of({ action: 'exchange.*', code: 'tool.*' })).toBe(1);
  expect(of({ action: ['exchange.intent', 'exchange.refused'], code: ['a.b', 'tool.denied'] })).toBe(1);
  expect(of([{ action: 'ledger.lost' }, { action: 'exchange.*', status: 'failure' }])).toBe(1);
  expect(of({ action: 'exchange' })).toBe(0);
  expect(of({ action: 'exchange.*', code: 'tool' })).toBe(0);
  expect(of({ action: 'exchange.*', status: 'success' })).toBe(0);
  const found = entry('exchange.intent', { ...shown, findings: { pii: { EMAIL: 2 } }, tier: 'pro' });
  const fields = (wanted: object) => spot({ when: { action: '*', fields: wanted } }, found).length;
  expect(fields({ 'findings.pii': '*', tier: 'pro' })).toBe(1);
  expect(fields({ 'findings.pii.EMAIL': '2' })).toBe(1);
  expect(fields({ 'findings.secrets': '*' })).toBe(0);
  expect(fields({ constructor: '*' })).toBe(0);
  expect(spot({ mode: 'off' }, found)).toEqual([]);
});

test('against a user or a key only what their credential did', () => {
  for (const [by, subject] of [
    ['key', 'key:k00000000001'],
    ['user', 'user:ada'],
    ['address', 'address:192.0.2.7'],
    ['house', 'house:house'],
  ] as const)
    expect(spot({ by }, entry('exchange.refused', shown))).toEqual([[subject, 1, 0]]);
  for (const by of ['key', 'user']) {
    const against = (metadata: object, user?: string) =>
      spot({ by }, entry('exchange.refused', { ...metadata }, user));
    expect(against({ source: '192.0.2.7' })).toEqual([]);
    expect(against({ ...shown, code: 'auth.invalid' })).toEqual([]);
    expect(against({ ...shown, code: 'rate.source' })).toEqual([]);
    expect(against(shown, 'anonymous')).toEqual([]);
    expect(against({ credential: ['k00000000001'] })).toEqual([]);
  }
});

const from = (source: unknown, more = {}, action = 'exchange.refused') =>
  spot({ by: 'address', when: { action } }, entry(action, { source, ...more }, 'anonymous'));

test('addresses: IPv4 however it came, never a name; one entry for a flood counts as many', () => {
  expect(from('::ffff:192.0.2.7')).toEqual([['address:192.0.2.7', 1, 0]]);
  expect(from('2001:db8::1')).toEqual([['address:2001:db8::1', 1, 0]]);
  expect(from('others')).toEqual([]);
  expect(from(undefined)).toEqual([]);
  expect(from('192.0.2.7', { attempts: 500 }, 'access.refused')).toEqual([['address:192.0.2.7', 500, 0]]);
  expect(from('192.0.2.7', { attempts: 500 })).toEqual([['address:192.0.2.7', 1, 0]]);
});

test('everything is shut only by what the gateway itself says', () => {
  const all = { by: 'house', actions: ['notify', 'lockDown'], when: { action: '*' } };
  expect(spot(all, entry('exchange.refused', shown))).toEqual([]);
  expect(spot(all, entry('exchange.refused', {}, 'anonymous'))).toEqual([]);
  expect(spot(all, entry('audit.recovered', {}, 'system'))).toEqual([['house:house', 1, 0]]);
});

test('parts of a sequence, money, addresses', () => {
  const when = { action: 'exchange.refused' };
  const sequence = { kind: 'sequence', when, followedBy: { action: 'exchange.outcome' } };
  const parts = (action: string) => spot(sequence, entry(action, shown)).map(([, , step]) => step);
  expect([parts('exchange.refused'), parts('exchange.outcome'), parts('exchange.intent')]).toEqual([
    [0],
    [1],
    [],
  ]);
  const spend = { kind: 'spend', overUsd: 1, when: { action: 'exchange.outcome' } };
  const spent = (settledNano: unknown) => spot(spend, entry('exchange.outcome', { ...shown, settledNano }));
  expect(spent(42)).toEqual([['key:k00000000001', 42, 0]]);
  for (const nothing of [0, -5, 1.5, '42', undefined]) expect(spent(nothing)).toEqual([]);
});

const accepts = (more: object): boolean => incidentsSchema.safeParse({ rules: { one: rule(more) } }).success;

test('what would act on others than it counts is no rule', () => {
  for (const [by, action, fits] of [
    ['key', 'ban', true],
    ['key', 'disableKey', true],
    ['key', 'disableUser', false],
    ['key', 'lockDown', false],
    ['user', 'disableUser', true],
    ['user', 'disableKey', false],
    ['address', 'ban', true],
    ['address', 'disableUser', false],
    ['address', 'lockDown', false],
    ['house', 'ban', false],
    ['house', 'lockDown', true],
  ] as const)
    expect([by, action, accepts({ by, actions: [action] })]).toEqual([by, action, fits]);
  expect(accepts({ when: { action: 'a*b' } })).toBe(false);
  expect(accepts({ counts: 3 })).toBe(false);
});
