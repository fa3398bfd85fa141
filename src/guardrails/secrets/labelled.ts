/** Secrets known by the label before them: `password: …`, `API_KEY=…`, "the password is …", `Bearer …`. */
import type { Candidate } from '../candidate.ts';
import { CONFIDENCE } from '../overlaps.ts';
import { entropyBits, isAllowedValue } from './allowed.ts';

const LABEL_MAX = 32;
const VALUE_MAX = 160;

/** A name that ends in a word for a secret, then what may stand between name and value. */
const LABEL =
  /((?:passwor[dt]|passwd|passphrase|passcode|pwd|secret|token|api[ _-]?key|apikey|access[ _-]?key|auth[ _-]?key|private[ _-]?key|account[ _-]?key|encryption[ _-]?key|signing[ _-]?key|master[ _-]?key|credentials?|authorization|contrasena|mot de passe|kennwort|senha|пароль|密码|パスワード)(?:[_-]?(?:id|value|string|base64|hash))?)["'`\]]{0,2}\s{0,4}$/i;
const PASSWORD =
  /passwor[dt]|passwd|passphrase|passcode|pwd|contrasena|mot de passe|kennwort|senha|пароль|密码|パスワード/i;

const OPERATORS = ':=!>|+?-';

/** The value after the `:` or `=` at `at`, if a label stands before it. */
export function assignedAt(text: string, at: number): Candidate | undefined {
  let left = at;
  while (left > 0 && at - left < 3 && OPERATORS.includes(text.charAt(left - 1))) left--;
  if (OPERATORS.includes(text.charAt(left - 1))) return undefined;
  const label = /[\w"'`\] ]/.test(text[left - 1] ?? '') ? labelBefore(text, left) : undefined;
  return label === undefined ? undefined : valueFrom(text, at + 1, label);
}

/** "the password is …": the value after a verb of `width` units, spaces included, that begins at `at`. */
export function statedAt(text: string, at: number, width: number): Candidate | undefined {
  const label = labelBefore(text, at);
  return label === undefined ? undefined : valueFrom(text, at + width, label);
}

function labelBefore(text: string, end: number): string | undefined {
  return LABEL.exec(text.slice(Math.max(0, end - LABEL_MAX), end))?.[1];
}

function valueFrom(text: string, from: number, label: string): Candidate | undefined {
  const gap = /^[=>]{0,2}\s{0,4}(?:(?:Bearer|Basic|Token) )?(["'`]?)/i.exec(text.slice(from, from + 20));
  const quote = gap?.[1] ?? '';
  const start = from + (gap?.[0].length ?? 0);
  const value = readValue(text, start, quote);
  if (!isSecretValue(value, PASSWORD.test(label), quote !== '')) return undefined;
  if (!quote && /[([]/.test(text[start + value.length] ?? '')) return undefined;
  const reason = 'a value labelled as a secret';
  return { type: 'labelled_secret', start, end: start + value.length, score: CONFIDENCE.contextual, reason };
}

/** Up to the closing quote, or to white space and what ends values in code, URLs and prose; at most 160 units. */
function readValue(text: string, start: number, quote: string): string {
  const raw = text.slice(start, start + VALUE_MAX);
  const end = quote ? raw.indexOf(quote) : raw.search(/[\s"'`,;<>&)\]}]/);
  const value = end < 0 ? (quote && raw.length === VALUE_MAX ? '' : raw) : raw.slice(0, end);
  return quote ? value : value.replace(/[.!?]{1,3}$/, '');
}

function isSecretValue(value: string, isPassword: boolean, isQuoted: boolean): boolean {
  if (value.length < (isPassword ? 6 : 12) || /^[a-z]+$|^[A-Z]+$|\s/.test(value)) return false;
  const classes = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z\d]/].filter((kind) => kind.test(value)).length;
  if (classes < 2 || (!isPassword && (!/\d/.test(value) || /[(){}]|=>|\?\./.test(value)))) return false;
  if (isIdentifier(value) && !(isQuoted && isPassword && /\d/.test(value))) return false;
  if (!/[^A-Za-z]/.test(value) || isAllowedValue(value)) return false;
  return entropyBits(value) >= (isPassword ? 2.2 : 3);
}

/** Names of variables, fields and files: words joined by case, `.`, `_` or `-`, with at most a number at the end. */
function isIdentifier(value: string): boolean {
  return (
    /^[A-Za-z]+(?:[._-][A-Za-z]+)*\d{0,2}$/.test(value) &&
    /[a-z]{3}|^[A-Z_]+$/.test(value) &&
    !/[a-z]\d[a-zA-Z]/.test(value)
  );
}
