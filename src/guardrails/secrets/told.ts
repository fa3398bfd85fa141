/**
 * Secrets that people and programs tell in other ways than `label: value`: "I think it was …", `user / password`, a
 * quoted word right behind a label, what a declaration of Terraform or a bracket stands between. Fixed bounds all over.
 */
import type { Candidate } from '../candidate.ts';
import type { Read } from '../code-units.ts';
import { isLatinLetter } from '../units.ts';
import { mayEndLabel } from './label-ends.ts';
import { labelBefore, labelled, valueFrom } from './labelled.ts';
import { isSecretValue } from './values.ts';

const IDENTIFIED = /\bidentified (?:with \w{1,32} )?by$/i;
const SPACE = 0x20;
const APOSTROPHE = 0x27;

/** `PASSWORD '…'`, `IDENTIFIED BY '…'`, `storePassword "…"`: what is quoted right behind a word; the mark is at `at`. */
export function quotedAt({ text, units }: Read, at: number): Candidate | undefined {
  if (units[at - 1] !== SPACE || !isLatinLetter(units[at - 2] ?? 0)) return undefined;
  const isBy =
    units[at] === APOSTROPHE &&
    ((units[at - 2] ?? 0) | 0x20) === 0x79 &&
    IDENTIFIED.test(text.slice(Math.max(0, at - 52), at - 1));
  if (isBy) return valueFrom(text, at, true, at - 1);
  if (!mayEndLabel(units, at - 1)) return undefined;
  const label = labelBefore(text, at - 1);
  return label?.isPassword ? valueFrom(text, at, true, at - 1) : undefined;
}

const SUBJECT =
  /\b(?:passwor[dt]|passphrase|passcode|pwd|pw|contrasena|mot de passe|kennwort|senha)\b(?! (?:manager|vault|polic|hash|field|length|generator|prompt|rule|hint))[^.!?\n]{0,40}$/i;
const CHANGED = /\b(?:changed|changing|set|reset|updated|switched|back)$/i;
/** What may stand between verb and value. */
const ADVERB = /(?:still|now|currently|just|actually) /y;
const DIGIT_AHEAD = /[^\s\d]{0,40}\d/y;

/** "My password, I think it was …", "used to be …", "was changed to …": so far from its label only what looks chosen counts; the space before the verb is at `at`. */
export function rememberedAt(text: string, at: number, verb: string): Candidate | undefined {
  let from = at + verb.length + 2;
  ADVERB.lastIndex = from;
  if (ADVERB.test(text)) from = ADVERB.lastIndex;
  DIGIT_AHEAD.lastIndex = from;
  if (!DIGIT_AHEAD.test(text)) return undefined;
  const candidate = valueFrom(text, from, true, at);
  if (!candidate || !isChosen(text.slice(candidate.start, candidate.end))) return undefined;
  const before = text.slice(Math.max(0, at - 64), at);
  return SUBJECT.test(before) && (verb !== 'to' || CHANGED.test(before)) ? candidate : undefined;
}

/** A letter, a digit, and a mark or both cases. */
const isChosen = (value: string): boolean =>
  /[A-Za-z]/.test(value) &&
  /\d/.test(value) &&
  (/[^\w.:/-]/.test(value) || (/[a-z]/.test(value) && /[A-Z]/.test(value)));

const ACCOUNT =
  /\b(?:creds?|credentials?|log-?in|log-?on|sign-?in)(?: (?:for|to|of|on|at) (?:[\w.-]{1,24} ?){1,3})? ?$/i;
const PAIR = /^ {1,2}["'`]?[\w.@+-]{2,40}["'`]?(?: \/ |\/| : |:| \| )["'`]?(?=[^\s"'`]{6})/;

/** "creds for the database: postgres / …": the second of two; the colon is at `at`. */
export function pairedAt({ text, units }: Read, at: number): Candidate | undefined {
  if (!isPairAhead(units, at + 1)) return undefined;
  const pair = PAIR.exec(text.slice(at + 1, at + 64));
  if (!pair || !ACCOUNT.test(text.slice(Math.max(0, at - 64), at))) return undefined;
  const candidate = valueFrom(text, at + 1 + pair[0].length, true, at);
  return candidate && isChosen(text.slice(candidate.start, candidate.end)) ? candidate : undefined;
}

/** A space, one word, and a sign that parts it from another. */
function isPairAhead(units: Uint16Array, from: number): boolean {
  if (units[from] !== SPACE) return false;
  let at = from + 1;
  while (at - from < 44 && isInPair(units[at] ?? 0)) at++;
  if (units[at] === SPACE) at++;
  return at - from > 2 && isParting(units[at] ?? 0);
}

/** Letters, digits, marks of quotation and the rest that no pair is parted by. */
const isInPair = (unit: number): boolean => unit > SPACE && !isParting(unit);
/** `/`, `:`, `|`. */
const isParting = (unit: number): boolean => unit === 0x2f || unit === 0x3a || unit === 0x7c;

const DECLARED =
  /\bvariable\s{1,4}"[\w-]{0,40}(?:password|passwd|secret|token|api_key|access_key)"\s{0,4}\{[^{}]{0,160}$/i;

/** `variable "db_password" { default = "…" }` of Terraform; the `=` is at `at`. */
export function declaredAt(text: string, at: number): Candidate | undefined {
  let end = at;
  while (at - end < 8 && text.charCodeAt(end - 1) === SPACE) end--;
  if (end === at || !text.endsWith('default', end)) return undefined;
  return DECLARED.test(text.slice(Math.max(0, at - 220), at)) ? valueFrom(text, at + 1, true, at) : undefined;
}

const BETWEEN_MAX = 44;

/**
 * Where the label ends that something stands between and the sign at `at`: `token: string =`, "key (AES, hex):";
 * `at` where nothing does.
 */
export function labelEndBefore(units: Uint16Array, at: number): number {
  if (units[at] === COLON) {
    if (units[at - 1] !== CLOSE) return at;
    let open = at - 2;
    while (at - open < BETWEEN_MAX && open > 0 && (units[open] ?? 0) > 0x1f && units[open] !== OPEN) open--;
    return units[open] === OPEN && units[open - 1] === SPACE ? open - 1 : at;
  }
  if (units[at - 1] !== SPACE) return at;
  let colon = at - 2;
  while (at - colon < BETWEEN_MAX && IN_TYPE[units[colon] ?? 0] === 1) colon--;
  return units[colon] === COLON && colon < at - 3 ? colon : at;
}

const COLON = 0x3a;
const OPEN = 0x28;
const CLOSE = 0x29;
/** 1: what types are written with. */
const IN_TYPE = new Uint8Array(0x10000);
for (let unit = 0; unit < 0x80; unit++)
  IN_TYPE[unit] = /[\w .<>[\],|?]/.test(String.fromCharCode(unit)) ? 1 : 0;

const ACCESS_KEY_PAIR = /^.{0,80}?["'\s:=,/]([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/s;

/** The secret that stands within 80 units behind an access key of AWS, which ends at `end`. */
export function pairedSecretAt(text: string, end: number): Candidate | undefined {
  const secret = ACCESS_KEY_PAIR.exec(text.slice(end, end + 124))?.[1];
  if (secret === undefined || !isSecretValue(secret, false, false) || !/[A-Z]/.test(secret)) return undefined;
  const start = text.indexOf(secret, end);
  return labelled(start, start + secret.length);
}
