/**
 * What the probe plants: made up anew for every run, so that nothing that was read before can stand for it, and nobody's.
 * Words are letters alone, which no pattern for numbers takes for its own.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { makeKey } from '../domain/callers/keys.ts';

/** Personal data of these types can be made up. */
export type PlantedType = 'EMAIL' | 'CREDIT_CARD' | 'IBAN';
export const PLANTED_TYPES: readonly PlantedType[] = ['EMAIL', 'CREDIT_CARD', 'IBAN'];

/** Eight letters. */
export function plantedWord(): string {
  return wordOf(8);
}

export function plantedData(type: PlantedType): string {
  if (type === 'EMAIL') return `mara.${wordOf(8)}@kontor-${wordOf(6)}.net`;
  return type === 'IBAN' ? iban() : cardNumber();
}

/** A key in the form of ours, which opens nothing: made with a pepper that nobody keeps. */
export function plantedKey(): string {
  return makeKey(randomBytes(32), { user: 'nobody', tier: 'none', role: 'user' }, 0).key;
}

/** Some 300 letters, so that what looks for prompts must know it again. */
export function plantedSystemText(): string {
  return Array.from({ length: 40 }, () => wordOf(8)).join(' ');
}

const CONSONANTS = 'bdfgklmnprstvz';
const VOWELS = 'aeiou';

const any = (of: string): string => of[randomInt(of.length)] ?? '';

/** To be spoken, and of no language. */
function wordOf(letters: number): string {
  return Array.from({ length: letters }, (_, i) => any(i % 2 === 0 ? CONSONANTS : VOWELS)).join('');
}

/** Sixteen digits with the check digit of ISO/IEC 7812-1, annex B. */
function cardNumber(): string {
  const digits = [4, ...Array.from({ length: 14 }, () => randomInt(10))];
  const sum = digits.reduce(
    (all, digit, i) => all + (i % 2 === 0 ? ((2 * digit) % 10) + Number(digit > 4) : digit),
    0,
  );
  const text = [...digits, (10 - (sum % 10)) % 10].join('');
  return (text.match(/\d{4}/g) ?? []).join(' ');
}

/** Of Germany, with its check digits (ISO 13616-1). */
function iban(): string {
  const account = Array.from({ length: 18 }, () => randomInt(10)).join('');
  // D is 13, E is 14, and 00 stands for what is looked for.
  const check = 98 - Number(BigInt(`${account}131400`) % 97n);
  return `DE${String(check).padStart(2, '0')}${account}`;
}
