import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchHealth, type Health } from '../../src/jobs/watch-health.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('each change is told once, with its reason; what is well from the start is not', () => {
  const now: Record<string, Health> = {
    ledger: { usable: true },
    store: { usable: false, reason: 'not opened' },
  };
  const told: string[] = [];
  const watching = watchHealth({
    health: () => now,
    onChange: (name, { usable, reason = '' }) => told.push(`${name} ${usable} ${reason}`),
    onWarning: () => expect.unreachable(),
  });
  vi.advanceTimersByTime(5000);
  expect(told.splice(0)).toEqual(['store false not opened']);
  now['store'] = { usable: true };
  now['ledger'] = { usable: false, reason: 'away' };
  vi.advanceTimersByTime(5000);
  expect(told.splice(0).sort()).toEqual(['ledger false away', 'store true ']);
  now['ledger'] = { usable: false, reason: 'lost' };
  vi.advanceTimersByTime(5000);
  expect(told.splice(0)).toEqual(['ledger false lost']);
  watching.stop();
  now['ledger'] = { usable: true };
  vi.advanceTimersByTime(5000);
  expect(told).toEqual([]);
});

// Shown false by telling every look, and by remembering for ever what was told.
test('a warning is told when it begins, however often it is looked at, and again when it comes back', () => {
  let warnings: readonly string[] = ['keeps nothing'];
  const told: string[] = [];
  const watching = watchHealth({
    health: () => ({ ledger: { usable: true, warnings }, store: { usable: true } }),
    onChange: () => expect.unreachable(),
    onWarning: (name, warning) => told.push(`${name}: ${warning}`),
  });
  vi.advanceTimersByTime(5000);
  expect(told.splice(0)).toEqual(['ledger: keeps nothing']);
  warnings = ['keeps nothing', 'open'];
  vi.advanceTimersByTime(5000);
  expect(told.splice(0)).toEqual(['ledger: open']);
  warnings = ['keeps nothing'];
  vi.advanceTimersByTime(1000);
  warnings = ['keeps nothing', 'open'];
  vi.advanceTimersByTime(5000);
  expect(told).toEqual(['ledger: open']);
  watching.stop();
});
