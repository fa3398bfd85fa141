import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exactUsd, NANO_USD_MAX, nanoFromUsd, usdFromNano } from '../../src/base/money.ts';

describe('money', () => {
  test.each([
    [0n, '0'],
    [1n, '0.000000001'],
    [1_500_000_000n, '1.5'],
    [100_000_000_000n, '100'],
    [2n ** 80n, '1208925819614629.174706176'],
  ])('%d nano-dollars are told as %s', (nano, usd) => {
    expect(exactUsd(nano)).toBe(usd);
  });

  test.each([
    [0, 0],
    [0.1, 100_000_000],
    [0.1 + 0.2, 300_000_000],
    [1e-9, 1],
    [4e-10, 0],
    [6e-10, 1],
    [9_000_000, NANO_USD_MAX],
  ])('%d dollars are %d nano-dollars', (usd, nano) => {
    expect(nanoFromUsd(usd)).toBe(nano);
  });

  test.each([-1, -1e-9, 9_000_000.01, 1e300, Infinity, -Infinity, Number.NaN])(
    '%d dollars are none',
    (usd) => {
      expect(() => nanoFromUsd(usd)).toThrow(RangeError);
    },
  );

  test('an amount up to a million dollars comes back as it was, to the nano-dollar', () => {
    const amount = fc.integer({ min: 0, max: 1e15 });
    const back = fc.property(amount, (nano) => {
      expect(nanoFromUsd(usdFromNano(nano))).toBe(nano);
    });
    fc.assert(back, { seed: 7 });
  });
});
