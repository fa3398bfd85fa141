/**
 * The arguments of a call in the one form that an approval is bound to. Two texts are the same question only where
 * every reader takes them for the same; where readers could differ, the letters themselves are bound.
 */
import { hash } from 'node:crypto';
import { canonicalJson } from '../../base/canonical-json.ts';
import { parseAnswer } from '../../openai/json.ts';

/** What is bound, and what a person is shown. */
export interface CanonicalArguments {
  /** RFC 8785 where the arguments are JSON with one reading, else as they came. */
  readonly text: string;
  readonly isJson: boolean;
  /** SHA-256 of the form and the text, hex: a text that is no JSON never passes for one that is. */
  readonly digest: string;
}

/** Never throws, for any text. */
export function canonicalArguments(source: string): CanonicalArguments {
  const canonical = canonicalOf(source);
  const isJson = canonical !== undefined;
  const text = canonical ?? source;
  return { text, isJson, digest: hash('sha256', isJson ? text : `text\0${text}`) };
}

/** Undefined where two readers could read two things: keys that come twice, numbers that a double does not hold. */
function canonicalOf(source: string): string | undefined {
  try {
    parseAnswer(source);
    let isExact = true;
    const value: unknown = JSON.parse(source, (_key, member: unknown, context?: { source?: string }) => {
      if (typeof member === 'number' && !isSame(context?.source ?? '', member)) isExact = false;
      return member;
    });
    return isExact ? canonicalJson(value) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the number is what was written, digit by digit. */
function isSame(written: string, value: number): boolean {
  return decimal(written) === decimal(String(value));
}

/** Sign, digits without zeros at their ends, power of ten. */
function decimal(text: string): string {
  const [, sign = '', whole = '', part = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  const digits = (whole + part).replace(/^0+/, '');
  let end = digits.length;
  while (digits[end - 1] === '0') end--;
  const bare = digits.slice(0, end);
  if (bare === '') return '0';
  return `${sign}${bare}e${Number(power) - part.length + digits.length - bare.length}`;
}
