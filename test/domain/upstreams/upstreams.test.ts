/**
 * Which upstream a call goes to, and with which of two keys. Shown false by a choice that asks the caller's team alone, and
 * by a credential that stays with its first key.
 */
import { describe, expect, test } from 'vitest';
import { UpstreamCredential } from '../../../src/domain/upstreams/upstream-credential.ts';
import { upstreamOfCall, upstreamOfCaller } from '../../../src/domain/upstreams/upstreams.ts';
import type { ObjectOwner } from '../../../src/ports/store.ts';
import { ADA, codeOf, withKey } from '../../support/exchange.ts';

const choice = {
  names: new Set(['us', 'eu']),
  teams: { red: { upstream: 'eu' }, gone: { upstream: 'old' } },
};
const owner = (upstream?: string): ObjectOwner => ({
  id: 'file-1',
  kind: 'file',
  user: 'ada',
  createdAt: 0,
  upstream,
});

describe('a caller goes', () => {
  test.each([
    ['to the default one', ADA, undefined],
    ['to the team’s', { ...ADA, team: 'red' }, 'eu'],
    ['to the key’s, whatever the team has', { ...withKey({ upstream: 'us' }), team: 'red' }, 'us'],
    ['to the default one by key', { ...withKey({ upstream: 'default' }), team: 'red' }, undefined],
    ['nowhere else for a team that is named like a property', { ...ADA, team: 'constructor' }, undefined],
  ])('%s', (_what, caller, to) => expect(upstreamOfCaller(caller, choice)).toBe(to));

  test('nowhere if what is named is configured no more', async () => {
    expect(await codeOf(() => upstreamOfCaller({ ...ADA, team: 'gone' }, choice))).toBe(
      'upstream.unreachable',
    );
    expect(await codeOf(() => upstreamOfCall('eu', [owner('old')], choice.names))).toBe(
      'upstream.unreachable',
    );
  });
});

describe('a call goes', () => {
  test('where its objects are', () => {
    expect(upstreamOfCall('eu', [], choice.names)).toBe('eu');
    expect(upstreamOfCall('eu', [owner('us'), owner('us')], choice.names)).toBe('us');
    expect(upstreamOfCall('eu', [owner()], choice.names)).toBeUndefined();
  });
  test('nowhere if they are in two places, or not where its socket is', async () => {
    expect(await codeOf(() => upstreamOfCall('eu', [owner('us'), owner()], choice.names))).toBe(
      'request.upstream',
    );
    expect(await codeOf(() => upstreamOfCall('eu', [owner('us')], choice.names, true))).toBe(
      'request.upstream',
    );
    expect(upstreamOfCall('us', [owner('us')], choice.names, true)).toBe('us');
  });
});

const made = (next?: string) => {
  const told: object[] = [];
  let now = 0;
  const clock = { now: () => now };
  const credential = new UpstreamCredential({
    present: 'a',
    next,
    clock,
    onRefused: (what) => told.push(what),
  });
  return { credential, told, later: (ms: number) => (now += ms) };
};

describe('two keys', () => {
  test('the other one is used from the first refusal on, and it is told once', () => {
    const { credential, told } = made('b');
    expect([credential.refused('a'), credential.refused('a')]).toEqual([true, true]);
    expect(credential.key()).toBe('b');
    expect(told).toEqual([{ place: 'present', replaced: true }]);
  });

  test('both refused: they take turns, and a notice a minute is enough', () => {
    const { credential, told, later } = made('b');
    for (const key of ['a', 'b', 'a', 'b']) credential.refused(key);
    expect(told).toHaveLength(1);
    later(60_000);
    credential.refused('a');
    expect(told).toHaveLength(2);
  });

  test('a single one is told and stays', () => {
    const { credential, told } = made();
    expect(credential.refused('a')).toBe(false);
    expect([credential.key(), told]).toEqual(['a', [{ place: 'present', replaced: false }]]);
  });

  test('new ones take effect at once', () => {
    const { credential } = made('b');
    credential.refused('a');
    credential.replace('c', 'd');
    expect(credential.key()).toBe('c');
    expect(credential.refused('a')).toBe(true);
    expect(credential.key()).toBe('c');
  });
});
