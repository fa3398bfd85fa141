/** Payment card numbers: check digit, issuer and how such numbers are printed. */
import { shapeOf } from './number-span.ts';

/** The Luhn check digit (ISO/IEC 7812-1, annex B) of the digits in a part of a text; what is no digit is passed over. */
export function hasLuhnDigit(text: string, start: number, end: number): boolean {
  let sum = 0;
  let isDoubled = false;
  for (let i = end - 1; i >= start; i--) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) continue;
    sum += isDoubled ? (digit > 4 ? 2 * digit - 9 : 2 * digit) : digit;
    isDoubled = !isDoubled;
  }
  return sum % 10 === 0;
}

/** Issuer by its range of leading digits, and the lengths it uses. */
const ISSUERS: readonly (readonly [from: number, to: number, lengths: readonly number[]])[] = [
  [4, 4, [13, 16, 19]], // Visa
  [51, 55, [16]], // Mastercard
  [2221, 2720, [16]],
  [34, 34, [15]], // American Express
  [37, 37, [15]],
  [6011, 6011, [16, 19]], // Discover
  [644, 649, [16, 19]],
  [65, 65, [16, 19]],
  [62, 62, [16, 17, 18, 19]], // UnionPay
  [3528, 3589, [16, 19]], // JCB
  [1800, 1800, [15]],
  [2131, 2131, [15]],
  [300, 305, [14, 16]], // Diners Club
  [36, 36, [14]],
  [38, 39, [14, 16]],
  [5018, 5018, [12, 13, 14, 15, 16, 17, 18, 19]], // Maestro
  [5020, 5020, [12, 13, 14, 15, 16, 17, 18, 19]],
  [5038, 5038, [12, 13, 14, 15, 16, 17, 18, 19]],
  [5893, 5893, [12, 13, 14, 15, 16, 17, 18, 19]],
  [6304, 6304, [12, 13, 14, 15, 16, 17, 18, 19]],
  [6759, 6759, [12, 13, 14, 15, 16, 17, 18, 19]],
  [6761, 6763, [12, 13, 14, 15, 16, 17, 18, 19]],
  [2200, 2204, [16, 17, 18, 19]], // Mir
  [5060, 5061, [16, 18, 19]], // Verve
  [5019, 5019, [16]], // Dankort
  [6062, 6062, [16]], // Hipercard
  [9792, 9792, [16]], // Troy
];

/** How the digits stand in groups on cards and forms. */
const GROUPINGS: ReadonlySet<number> = new Set(
  [
    [4, 4, 4, 4],
    [4, 6, 5],
    [4, 6, 4],
    [4, 4, 4, 4, 3],
    [4, 4, 4, 1],
    [4, 4, 5],
    [6, 13],
    [8, 8],
    [4, 4, 4, 2],
    [4, 4, 4, 4, 2],
    [4, 5, 6],
    [4, 4, 4, 3],
  ].map(shapeOf),
);

/** Leading digits of an issuer, a length it uses, and not all digits alike. */
export function isIssued(digits: string): boolean {
  if (/^(\d)\1+$/.test(digits)) return false;
  const lead = Number(digits.slice(0, 4));
  return ISSUERS.some(([from, to, lengths]) => {
    const prefix = Math.floor(lead / 10 ** (4 - String(from).length));
    return prefix >= from && prefix <= to && lengths.includes(digits.length);
  });
}

/** Whether cards are written in groups of these lengths (`shapeOf`). */
export const isCardGrouping = (shape: number): boolean => GROUPINGS.has(shape);
