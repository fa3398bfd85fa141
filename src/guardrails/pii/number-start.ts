/**
 * Which groups of digits a number can begin with: a few looks at the units around one, so that in tables of numbers, where
 * every group follows another, nearly none is read on from. Never decides what a number is.
 */
import { isDigit } from '../units.ts';
import { isGap } from './number-span.ts';

const PLUS = 0x2b;
const OPENING = 0x28;
const DOT = 0x2e;
const SPACE = 0x20;
const ZERO = 0x30;
/** Digits of the shortest payment card. */
const CARD_MIN = 12;

/** Whether the group at `at` follows another: a digit, and one mark or space between them. */
export function isInnerGroup(text: string, at: number): boolean {
  return isGap(text.charCodeAt(at - 1)) && isDigit(text.charCodeAt(at - 2));
}

/** Whether a card, an address of the net, a social security or phone number without a label can begin at this group. */
export function mayBeginNumber(text: string, at: number, end: number): boolean {
  const before = text.charCodeAt(at - 1);
  const length = end - at;
  if (before === PLUS || before === OPENING || length >= CARD_MIN) return true;
  const next = text.charCodeAt(end);
  if (!isGap(next)) return false;
  if (next === DOT && length <= 3 && before !== DOT) return true;
  if (text.charCodeAt(at) === ZERO) return true;
  // The country's code of North America, before three digits in brackets or not.
  if (length === 1) return isDigit(text.charCodeAt(end + 2)) || text.charCodeAt(end + 1) === OPENING;
  // `415 555-2671`: with spaces alone it would need a label.
  if (length === 3) return next !== SPACE || text.charCodeAt(end + 4) !== SPACE;
  return (
    (length === 4 || length === 6 || length === 8) &&
    mayBeIssued(text.charCodeAt(at)) &&
    hasDigitsAfter(text, end)
  );
}

/** Issuers of cards have numbers from 1800 to 6999, and 9792. */
const mayBeIssued = (first: number): boolean => (first >= 0x31 && first <= 0x36) || first === 0x39;

/** Groups of cards: four digits at least stand in the next one. */
function hasDigitsAfter(text: string, end: number): boolean {
  return (
    isDigit(text.charCodeAt(end + 2)) &&
    isDigit(text.charCodeAt(end + 3)) &&
    isDigit(text.charCodeAt(end + 4))
  );
}
