/**
 * Money is an integer of nano-dollars (1e-9 USD) in a JavaScript number, exact up to ±9,007,199 USD.
 * Never a float of dollars: those exist only at the edges (configuration, admin API).
 */

/** Nano-dollars: an integer, exact; never the result of a division that was not rounded. */
export type NanoUsd = number;

/** The largest amount that may be configured or reserved, in nano-dollars: 9,000,000 USD. */
export const NANO_USD_MAX: NanoUsd = 9_000_000_000_000_000;

/** Dollars from a configuration or an API body, rounded to the nearest nano-dollar. */
export function nanoFromUsd(usd: number): NanoUsd {
  const nano = Math.round(usd * 1e9);
  if (!Number.isSafeInteger(nano) || nano < 0 || nano > NANO_USD_MAX) {
    throw new RangeError('amount out of range');
  }
  return nano;
}

/** Dollars to the last nano-dollar, as sums of any size are told: `12.5`, `0.00000015`. */
export function exactUsd(nano: bigint): string {
  const digits = String(nano).padStart(10, '0');
  const cents = digits.slice(-9).replace(/0+$/, '');
  return digits.slice(0, -9) + (cents && `.${cents}`);
}

/** Dollars for people and the admin API. */
export function usdFromNano(nano: NanoUsd): number {
  return nano / 1e9;
}
