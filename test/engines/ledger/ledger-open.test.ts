import { describe, expect, test } from 'vitest';
import { Refusal } from '../../../src/base/errors.ts';
import { createEmbeddedLedger } from '../../../src/engines/ledger/ledger-embedded.ts';
import { openOnFailure } from '../../../src/engines/ledger/ledger-open.ts';
import type { Ledger } from '../../../src/ports/ledger.ts';

const clock = { now: () => Date.UTC(2026, 10, 23, 12) };

/** An engine that is away when told so; half away, it takes what it is asked and its answers are lost. */
function house() {
  const state: { is: 'there' | 'away' | 'half away' } = { is: 'there' };
  const engine = createEmbeddedLedger({ clock });
  const stand = createEmbeddedLedger({ clock });
  const first: Ledger = {
    admit: async (request) => {
      const away = new Refusal('ledger.unavailable');
      if (state.is === 'away') throw away;
      const answer = await engine.admit(request);
      if (state.is === 'half away') throw away;
      return answer;
    },
    settle: (request) => engine.settle(request),
    usage: (kind, id) => engine.usage(kind, id),
    setKeyVersion: (id, version) => engine.setKeyVersion(id, version),
    onKeyChanged: (listener) => engine.onKeyChanged(listener),
    day: () => engine.day(),
    health: () =>
      state.is === 'there' ? engine.health() : { usable: false, reason: 'frozen', warnings: ['old'] },
    close: () => engine.close(),
  };
  return { state, engine, stand, ledger: openOnFailure(first, stand) };
}

const scope = {
  kind: 'user',
  id: 'ann',
  requestsPerMinute: 2,
  dailyBudgetNano: 10,
  monthlyBudgetNano: 10,
} as const;
const ask = (reservationId: string, nano = 10) => ({ reservationId, scopes: [scope], tokens: 1, nano });

describe('while the engine is there', () => {
  test('all is as without', async () => {
    const { ledger, stand, engine } = house();
    expect(await ledger.admit(ask('a'))).not.toHaveProperty('degraded');
    expect(await ledger.admit(ask('b'))).toMatchObject({ admitted: false, reason: 'held' });
    expect(await ledger.settle({ reservationId: 'a', tokens: 1, nano: 7 })).toBe('settled');
    expect(await ledger.usage('user', 'ann')).toEqual(await engine.usage('user', 'ann'));
    expect((await stand.usage('user', 'ann')).requests).toBe(0);
    expect(ledger.health()).toEqual({ usable: true, warnings: [] });
  });
});

describe('while it is away', () => {
  test('I22: calls are let through, each of them said to be degraded, without a bound on money', async () => {
    const { ledger, state } = house();
    state.is = 'away';
    for (const id of ['a', 'b'])
      expect(await ledger.admit(ask(id, 1e9))).toMatchObject({ admitted: true, degraded: true });
    expect(ledger.health()).toEqual({
      usable: true,
      warnings: ['old', 'open while the ledger is away: frozen'],
    });
  });

  test('rates hold, by what this process alone has seen', async () => {
    const { ledger, state } = house();
    state.is = 'away';
    await ledger.admit(ask('a'));
    await ledger.admit(ask('b'));
    expect(await ledger.admit(ask('c'))).toMatchObject({ admitted: false, reason: 'requests' });
  });

  test('what it let through is settled there, once, and also where it may have been taken', async () => {
    const { ledger, state, engine, stand } = house();
    state.is = 'half away';
    expect(await ledger.admit(ask('a'))).toMatchObject({ degraded: true });
    expect(await ledger.settle({ reservationId: 'a', tokens: 3, nano: 7 })).toBe('settled');
    for (const books of [engine, stand])
      expect(await books.usage('user', 'ann')).toMatchObject({ tokens: 3, settledNano: 7, reservedNano: 0 });
    expect(await ledger.settle({ reservationId: 'a', tokens: 3, nano: 7 })).toBe('late');
  });

  test('another fault than an outage is no reason to let anybody through', async () => {
    const stand = createEmbeddedLedger({ clock });
    const faulty: Ledger = { ...house().ledger, admit: () => Promise.reject(new Error('a bug')) };
    await expect(openOnFailure(faulty, stand).admit(ask('a'))).rejects.toThrow('a bug');
    expect((await stand.usage('user', 'ann')).requests).toBe(0);
  });
});
