/** What is known of controls over several runs. Shown false by counting what could not be tried as having fired. */
import { describe, expect, test } from 'vitest';
import {
  CONTROL_NAMES,
  GuardLiveness,
  type Result,
  type Verdict,
} from '../../../src/domain/incidents/liveness.ts';

/** All fire, but for these. */
function verdicts(
  others: Partial<Record<(typeof CONTROL_NAMES)[number], Result>> = {},
  reason?: string,
): Verdict[] {
  return CONTROL_NAMES.map((control) => ({ control, result: others[control] ?? 'fired', reason }));
}

describe('a house', () => {
  test('is not proven before all of it was tried', () => {
    const liveness = new GuardLiveness();
    expect(liveness.reason()).toMatch(/^not tried yet: credentials, .*audit-log$/);
    liveness.take(verdicts({ budget: 'untried' }, 'ledger.unavailable'), 1);
    expect(liveness.reason()).toBe('not tried yet: budget');
    liveness.take(verdicts(), 2);
    expect(liveness.reason()).toBeUndefined();
  });

  test('is proven where the policy has switched a control off', () => {
    const liveness = new GuardLiveness();
    liveness.take(verdicts({ injection: 'off' }), 1);
    expect(liveness.reason()).toBeUndefined();
    expect(liveness.list().find(({ control }) => control === 'injection')?.result).toBe('off');
  });

  test('tells what is silent at every run, and once what fires again', () => {
    const liveness = new GuardLiveness();
    liveness.take(verdicts(), 1);
    for (const at of [2, 3]) {
      const { silent, recovered } = liveness.take(verdicts({ secrets: 'silent' }, 'it went upstream'), at);
      expect(silent).toEqual([
        { control: 'secrets', result: 'silent', reason: 'it went upstream', triedAt: at, firedAt: 1 },
      ]);
      expect(recovered).toEqual([]);
      expect(liveness.reason()).toBe('did not fire: secrets');
    }
    expect(liveness.take(verdicts(), 4).recovered).toMatchObject([{ control: 'secrets', firedAt: 4 }]);
    expect(liveness.take(verdicts(), 5).recovered).toEqual([]);
  });
});

describe('what could not be tried', () => {
  test('stays what it was, and is silent after the third time in a row', () => {
    const liveness = new GuardLiveness();
    const timedOut = verdicts({ 'large-bodies': 'untried' }, 'timeout');
    liveness.take(verdicts(), 1);
    liveness.take(timedOut, 2);
    liveness.take(timedOut, 3);
    expect(liveness.reason()).toBeUndefined();
    liveness.take(verdicts(), 4);
    liveness.take(timedOut, 5);
    liveness.take(timedOut, 6);
    expect(liveness.reason()).toBeUndefined();
    liveness.take(timedOut, 7);
    expect(liveness.reason()).toBe('did not fire: large-bodies');
    expect(liveness.list().find(({ control }) => control === 'large-bodies')).toMatchObject({
      reason: 'could not be tried: timeout',
      firedAt: 4,
    });
  });

  test.each(['ledger.unavailable', 'store.unavailable', 'guardrail.busy'])('is no silence: %s', (code) => {
    const liveness = new GuardLiveness();
    liveness.take(verdicts(), 1);
    for (let at = 2; at < 10; at++) liveness.take(verdicts({ budget: 'untried' }, code), at);
    expect(liveness.reason()).toBeUndefined();
  });

  test('proves nothing of what was off before', () => {
    const liveness = new GuardLiveness();
    liveness.take(verdicts({ injection: 'off' }), 1);
    liveness.take(verdicts({ injection: 'untried' }, 'timeout'), 2);
    expect(liveness.reason()).toBe('not tried yet: injection');
  });
});
