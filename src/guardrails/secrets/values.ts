/** What stands behind a label: where the value begins, where it ends, and whether it looks like a secret at all. */
import { entropyBits, isAllowedValue, isIdentifier, isNumberedName } from './allowed.ts';
import { isLatinLetter, isSpace } from '../units.ts';

const VALUE_MAX = 200;

/** A value's first unit, and the marks of quotation before it; no marks where there are none. */
interface Opening {
  readonly start: number;
  readonly quote: string;
}

/** The value that begins about `from`: behind `=`, `=>`, spaces, the name of a scheme, a prefix of a string. */
export function openingAt(text: string, from: number): Opening {
  let sign = from;
  while (sign - from < 2 && isArrow(text.charCodeAt(sign))) sign++;
  let blank = sign;
  while (blank - sign < BLANKS_MAX && isBlank(text.charCodeAt(blank))) blank++;
  let quoteAt = schemeEnd(text, blank);
  if (isPrefix(text.charCodeAt(quoteAt))) quoteAt++;
  let start = quoteAt;
  while (start - quoteAt < 3 && isQuote(text.charCodeAt(start))) start++;
  if (start > quoteAt) return { start, quote: text.slice(quoteAt, start) };
  while (blank - sign < BLANKS_MAX && isSpace(text.charCodeAt(blank))) blank++;
  return { start: schemeEnd(text, blank), quote: '' };
}

const BLANKS_MAX = 8;
/** `=` and `>`. */
const isArrow = (unit: number): boolean => unit === 0x3d || unit === 0x3e;
const isBlank = (unit: number): boolean => unit === 0x20 || unit === 0x09;
/** Double, single, backtick, star. */
const isQuote = (unit: number): boolean => unit === 0x22 || unit === 0x27 || unit === 0x60 || unit === 0x2a;

/** `r`, `b`, `u`, `f`, `@` and a backslash before a string. */
function isPrefix(unit: number): boolean {
  const small = unit | 0x20;
  return (
    unit === 0x40 || unit === 0x5c || small === 0x72 || small === 0x62 || small === 0x75 || small === 0x66
  );
}

const SCHEME = /(?:Bearer|Basic|Token|ApiKey|bot|SSWS) /iy;

function schemeEnd(text: string, at: number): number {
  const small = text.charCodeAt(at) | 0x20;
  if (small !== 0x62 && small !== 0x74 && small !== 0x61 && small !== 0x73) return at;
  SCHEME.lastIndex = at;
  return SCHEME.test(text) ? SCHEME.lastIndex : at;
}

/** Up to the closing quote, or to white space and what ends values in code, URLs and prose; at most 200 units. */
export function readValue(text: string, start: number, quote: string): string {
  if (quote === '') return text.slice(start, bareEnd(text, start));
  const raw = text.slice(start, start + VALUE_MAX);
  const close = quote.at(-1);
  const end = raw.search(close === '"' ? /\\?["\n]/ : close === "'" ? /\\?['\n]/ : /[`*\n]/);
  return end < 0 ? (raw.length === VALUE_MAX ? '' : raw) : raw.slice(0, end);
}

/** What ends a bare value: 1 always, 2 where ENDS says so. */
const ENDING = new Uint8Array(0x80);
for (const char of ' \t\n\v\f\r"\'`') ENDING[char.charCodeAt(0)] = 1;
for (const char of ',;)]}&<') ENDING[char.charCodeAt(0)] = 2;
const ENDS =
  /^(?:,(?:\s|$)|[;)\]}](?:\s|$|[;,)])|\}["']|;[A-Za-z][\w .-]{0,24}=|&(?:amp;)?[\w-]{1,24}=|<\/?[a-z])/;

function bareEnd(text: string, start: number): number {
  const limit = Math.min(text.length, start + VALUE_MAX);
  let end = start;
  for (; end < limit; end++) {
    const unit = text.charCodeAt(end);
    const kind = unit < 0x80 ? ENDING[unit] : isSpace(unit) ? 1 : 0;
    if (kind === 1 || (kind === 2 && ENDS.test(text.slice(end, Math.min(limit, end + 32))))) break;
  }
  // Full stops and the like belong to the sentence: three at most.
  const least = Math.max(start, end - 3);
  while (end > least && '.?,;:'.includes(text.charAt(end - 1))) end--;
  return end;
}

export function isSecretValue(value: string, isPassword: boolean, isQuoted: boolean): boolean {
  if (value.length < (isPassword ? 5 : 12) || isOfOneCase(value) || /\s/.test(value)) return false;
  if (/^django-insecure-.{20}/.test(value)) return true;
  if (isAllowedValue(value)) return false;
  return isPassword ? isPasswordValue(value, isQuoted) : isTokenValue(value, isQuoted);
}

/** Nothing but small letters, or nothing but capitals: a word, as nearly all are that stand behind a label. */
function isOfOneCase(value: string): boolean {
  const first = value.charCodeAt(0) & 0x20;
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    if (!isLatinLetter(unit) || (unit & 0x20) !== first) return false;
  }
  return true;
}

function isPasswordValue(value: string, isQuoted: boolean): boolean {
  // What code writes in the place of a value: a type, a parameter.
  if (!isQuoted && /^\(|[)>]$|^[a-z]+-$/.test(value)) return false;
  if (/^\d{6,}$/.test(value)) return !/^(.)\1+$/.test(value);
  if (/^[a-z]+$|^[A-Z]+$/i.test(value) && !isMixed(value)) return false;
  if (isNumberedName(value) || (isIdentifier(value) && !/\d/.test(value) && !isMixed(value))) return false;
  if (
    !isQuoted &&
    (/^[\w$]+(?:\.[\w$]+)+$|=>|\w\(|^[\w.]+\[|[{}]|\|\|/.test(value) ||
      (/^[\w.-]+=$/.test(value) && !isBase64(value)))
  )
    return false;
  if (
    !isQuoted &&
    ((value.length < 10 && /^[a-z]+\d{0,3}[A-Z][A-Za-z]*$/.test(value)) ||
      (isIdentifier(value) && /[._]/.test(value) && !isPairOfWords(value)))
  )
    return false;
  if (/^[a-z]+(?:-[a-z\d]+){3,}$/.test(value)) return isRowOfWords(value);
  return /[^A-Za-z]/.test(value) || isMixed(value) ? entropyBits(value) >= 1.9 : false;
}

/** `tiger_Winter94`: two words and a number, none of which says what a value is for. */
const isPairOfWords = (value: string): boolean =>
  /^[A-Za-z]{3,12}[._][A-Za-z]{3,12}\d{2,4}$/.test(value) && !OF_PURPOSE.test(value);

/** `stone-acorn-violet-river09`: words drawn from a list and a number; names of services and files say what they are. */
const isRowOfWords = (value: string): boolean =>
  /^(?:[a-z]{3,9}-){3,5}[a-z]{3,9}-?\d{1,4}$/.test(value) && !OF_PURPOSE.test(value);

const OF_PURPOSE =
  /pass|pwd|user|token|key|secret|auth|field|input|value|hash|param|default|sample|conf|cred|prod|stag|login|(?:^|[._-])(?:sha|md|base|utf|int|str|arg|test|var|dev|app|api|svc|service|the|for|and|with|from|see|ver|version|admin|root|postgres|mysql|redis|data|database|cluster|server|node|host|east|west|north|south|central)(?=[._\d-]|$)/i;

const isBase64 = (value: string): boolean =>
  value.length % 4 === 0 && /\d/.test(value) && /[a-z]/.test(value) && /[A-Z]/.test(value);

/** Capitals among small letters in a way no name in code has. */
function isMixed(value: string): boolean {
  return (
    /[a-z]/.test(value) &&
    (/[A-Z]{2}[a-z]/.test(value) || (value.match(/[a-z][A-Z]/g) ?? []).length > 2) &&
    entropyBits(value) > 3
  );
}

function isTokenValue(value: string, isQuoted: boolean): boolean {
  if (isIdentifier(value) || /[(){}<>]|=>|\?\.|\|\||^\w+(?:[.:]\w+)*\.\w+$/.test(value)) return false;
  if (!/\d/.test(value) && !(isQuoted && value.length >= 20 && isMixed(value))) return false;
  if (/^[\d.,:/-]+$|^[a-z]+(?:[-_][a-z\d]+){4,}$/.test(value)) return false;
  return /[A-Za-z]/.test(value) && entropyBits(value) >= 2.9;
}
