/** Secrets known by the label before them: `password: …`, `API_KEY=…`, "the password is …", `Bearer …`, `--token …`. */
import type { Candidate } from '../candidate.ts';
import { CONFIDENCE } from '../overlaps.ts';
import { isRandom, isUuid } from './allowed.ts';
import type { Read } from '../code-units.ts';
import { isLatinLetter, isSpace } from '../units.ts';
import { endOfName, mayEndLabel, mayHoldLabel } from './label-ends.ts';
import { isSecretValue, openingAt, readValue } from './values.ts';

const LABEL_MAX = 40;
const STATEMENT_MAX = 80;
const SPACE = 0x20;

const PASSWORDS =
  'passwor[dt]s?|passwd|psk|passphrase|passcode|passkey|pwd|psw|pass|pw|contrasena|clave|mot de passe|mdp|kennwort|senha|wachtwoord|haslo|losenord|passord|adgangskode|parola|sifre|salasana|pin code|пароль|密码|密碼|パスワード|비밀번호';
const KEYS =
  'secret|token|api[ _-]?key|apikey|api[ _-]?token|app[ _-]?key|(?:access|auth|private|account|encryption|signing|master|secret|storage|subscription|shared|consumer|client|deploy|webhook|license|service|session|crypto|cipher|aes|hmac|jwt|admin|root|app|application|integration|sdk|write|server|management|oauth|connection|security|recovery|hash|salt)[ _-]?key|credentials?|authorization|auth|salt|nonce|seed phrase|connection[ _-]?string|jsessionid|phpsessid|sessionid|connect\\.sid|fernet|session[ _-]?token|session[ _-]?secret|dsn';
const SUFFIX =
  '(?:[_-]?(?:value|string|base64|base|b64|hash|plain|text|v\\d|\\d|new|old|prod|dev|test|live|staging))?';
/** A name that ends in a word for a secret, then what may stand between name and value. */
const LABEL = new RegExp(
  `(?<=(?:^|[^A-Za-z]|[a-z](?=[A-Z])|_)(?:((?:${PASSWORDS})${SUFFIX})|((?:${KEYS})${SUFFIX}))["'\`\\]*}]{0,3}\\s{0,8})`,
  'iy',
);
/** The same in prose, where no capital within a word begins one. */
const STATED = new RegExp(
  `(?<=(?:^|[^A-Za-z])(?:((?:${PASSWORDS})${SUFFIX})|((?:${KEYS})${SUFFIX}))["'\`*]{0,3})`,
  'iy',
);
/** What a secret may be for: "the password for the router is". */
const PURPOSES = new Set('for of to on at in de del du fur zum zur van'.split(' '));
const PURPOSE_WORDS_MAX = 5;
const PURPOSE_WORD_MAX = 24;
const VENDOR_LABEL =
  /(?:adafruit|algolia|amplitude|anthropic|asana|artifactory|auth0|aws|azure|beamer|bitbucket|bittrex|braintree|cloudflare|cloudinary|codecov|cohere|coinbase|confluent|contentful|datadog|dd|digitalocean|discord|droneci|dropbox|dynatrace|etsy|facebook|fastly|finicity|finnhub|firebase|flickr|foursquare|freshbooks|github|gitlab|gitter|gocardless|google|grafana|heroku|hubspot|infura|intercom|jfrog|jira|kraken|kucoin|launchdarkly|linear|linkedin|lob|mailchimp|mailgun|mapbox|mattermost|messagebird|meraki|netlify|newrelic|notion|npm|nytimes|okta|openai|opsgenie|pagerduty|paypal|pinecone|plaid|planetscale|postman|pusher|rapidapi|rollbar|segment|sendbird|sendgrid|sentry|shippo|shopify|slack|snyk|sonar|sonarqube|sourcegraph|spotify|square|squarespace|stripe|sumo|sumologic|supabase|telegram|travis|trello|twilio|twitch|twitter|typeform|vercel|yandex|zendesk)[\w.-]{0,16}?[_.-]?(?:key|token|secret|login|auth|api|pat)["'`\]]{0,2}\s{0,4}$/i;
/** What a label is of: passwords are short and are chosen by people, keys are neither. */
interface Label {
  readonly isPassword: boolean;
}
const OF_PASSWORD: Label = { isPassword: true };
const OF_KEY: Label = { isPassword: false };

/** Labels whose values are made to be seen, or are no values. */
const PUBLIC =
  /(?<=(?:public|publishable|csrf|xsrf|next[_-]?page|continuation|page|sync|cancel(?:lation)?|id(?:empotency)?|max|num|total|prompt|completion|input|output|cached|reasoning|usage|count|no|forgot|reset|invalid|wrong|missing|expired|current|hashed|stop|end|eos|bos|pad|unk|mask|special|confirm)[ _-]?)/iy;

/** Labels that other words end with. */
const SHORT = /^(?:pass|pw|auth|salt|clave)$/i;
const isOperator = (unit: number): boolean =>
  unit === 0x3a ||
  unit === 0x3d ||
  unit === 0x21 ||
  unit === 0x3e ||
  unit === 0x7c ||
  unit === 0x2b ||
  unit === 0x3f ||
  unit === 0x2d;

/** The value after the `:` or `=` at `at`, if a label stands before it. */
export function assignedAt(read: Read, at: number): Candidate | undefined {
  const { text, units } = read;
  let left = at;
  while (left > 0 && at - left < 3 && isOperator(text.charCodeAt(left - 1))) left--;
  // "the password is: …"
  if (text.startsWith(' is', left - 3)) left -= 3;
  if (isOperator(text.charCodeAt(left - 1))) return undefined;
  if (!mayEndLabel(units, endOfName(units, left))) return purposeAt(read, at);
  const label = labelBefore(text, left);
  if (!label && !isVendorLabel(text, left)) return undefined;
  return valueFrom(text, at + 1, label?.isPassword ?? false, left);
}

/** The value behind `at`, of the label that ends at `labelEnd`. */
export function labelledAt({ text, units }: Read, labelEnd: number, at: number): Candidate | undefined {
  if (!mayEndLabel(units, endOfName(units, labelEnd))) return undefined;
  const label = labelBefore(text, labelEnd);
  return label && valueFrom(text, at + 1, label.isPassword, labelEnd);
}

const isKeyLabel = (text: string, end: number): boolean =>
  /(?:api[_-]?(?:key|token|secret)|auth[_-]?token|access[_-]?token|client[_-]?secret)["'\]]{0,2}\s{0,4}$/i.test(
    text.slice(Math.max(0, end - 24), end),
  );

/** `machine api.host login me password …`, in one line or three, as .netrc has it. */
const isOfMachine = (text: string, end: number): boolean =>
  /\bmachine \S{3,64}\s{1,8}login \S{1,64}\s{1,8}password ?$/.test(text.slice(Math.max(0, end - 170), end));

/** "Password for the router: …". */
function purposeAt(read: Read, at: number): Candidate | undefined {
  const { text, units } = read;
  if (text[at + 1] !== ' ' || !/ (?:for|of|to|fur|de) /.test(text.slice(Math.max(0, at - 32), at)))
    return undefined;
  return mayHoldLabel(units, at) ? purposeOf(text, at, at + 1) : undefined;
}

/** The value about `from` of what is stated before `at`: the label there, or the farthest one of those before "for …". */
function purposeOf(text: string, at: number, from: number): Candidate | undefined {
  let end = text.charCodeAt(at - 1) === SPACE ? at - 1 : at;
  let label = statedLabel(text, end, at);
  for (let words = 0; words <= PURPOSE_WORDS_MAX; words++) {
    const start = wordStart(text, end);
    if (start === end || text.charCodeAt(start - 1) !== SPACE) break;
    if (words > 0 && end - start <= 3 && PURPOSES.has(text.slice(start, end).toLowerCase()))
      label = statedLabel(text, start - 1, at) ?? label;
    end = start - 1;
  }
  return label && valueFrom(text, from, label.isPassword, at);
}

/** 1: what the words of a purpose are made of. */
const IN_PURPOSE = new Uint8Array(0x80);
for (let unit = 0; unit < 0x80; unit++) IN_PURPOSE[unit] = /[\w.@'-]/.test(String.fromCharCode(unit)) ? 1 : 0;

function wordStart(text: string, end: number): number {
  let start = end;
  while (end - start < PURPOSE_WORD_MAX && IN_PURPOSE[text.charCodeAt(start - 1)] === 1) start--;
  return start;
}

/** The label that ends at `end`, marks behind it included, at most 80 units before `at`. */
function statedLabel(text: string, end: number, at: number): Label | undefined {
  STATED.lastIndex = end;
  const match = STATED.exec(text);
  if (!match) return undefined;
  const spelling = match[1] ?? match[2] ?? '';
  return text.lastIndexOf(spelling, end - spelling.length) < at - STATEMENT_MAX ? undefined : labelOf(match);
}

const labelOf = (match: RegExpExecArray): Label => (match[1] === undefined ? OF_KEY : OF_PASSWORD);

const isVendorLabel = (text: string, end: number): boolean => {
  const before = text.slice(Math.max(0, end - LABEL_MAX), end);
  return VENDOR_LABEL.test(before) && !/publishable|public/i.test(before);
};

/** "the password is …": the value after a verb of `width` units, spaces included, that begins at `at`. */
export function statedAt(read: Read, at: number, width: number): Candidate | undefined {
  const { text, units } = read;
  return mayHoldLabel(units, at) ? purposeOf(text, at, at + width) : undefined;
}

/** "with password …", "API key - …", "this token …": the value that begins at `at` right behind the word. */
export function toldAt(read: Read, at: number): Candidate | undefined {
  const { text, units } = read;
  let start = at;
  while (at - start < TOLD_MAX && isTold(units[start - 1] ?? SPACE)) start--;
  if (text[start - 1] !== ' ') return undefined;
  const labelEnd = text[start - 2] === '-' && text[start - 3] === ' ' ? start - 3 : start - 1;
  if (!mayEndLabel(units, labelEnd)) return undefined;
  const label = labelBefore(text, labelEnd);
  if (!label) return undefined;
  if (label.isPassword) return valueFrom(text, start, true, start);
  // "token" and "key" stand before names of things as well.
  const candidate = valueFrom(text, start, false, start);
  return candidate && isRandom(text.slice(candidate.start, candidate.end)) ? candidate : undefined;
}

/** Units of a told value before its first run of token characters that holds a digit. */
const TOLD_MAX = 16;
/** Neither white space nor a mark of quotation. */
const isTold = (unit: number): boolean => (unit < 0x80 ? TOLD[unit] === 1 : !isSpace(unit));
const TOLD = new Uint8Array(0x80);
for (let unit = 0; unit < 0x80; unit++) TOLD[unit] = /[^\s"'`]/.test(String.fromCharCode(unit)) ? 1 : 0;

const FLAG =
  /^--?(?:[a-z]{1,16}-)?(?:password|passwd|pass|token|secret|api-?key|access-?key|secret-?key|auth-?token|pwd)$/i;

/** The value after the option at `start` to `end` of a command line. */
export function flagAt(text: string, start: number, end: number): Candidate | undefined {
  if (text[end] !== ' ' || end - start > 40) return undefined;
  const flag = text.slice(start, end);
  return FLAG.test(flag) ? valueFrom(text, end, /pass|pwd/i.test(flag), end) : undefined;
}

/** The literal in `setPassword("…")`, and what stands in `<password>…</password>`; the bracket is at `at`. */
export function enclosedAt(read: Read, at: number): Candidate | undefined {
  const { text, units } = read;
  if (text[at] === '(' && !/^[bruf]?["']/.test(text.slice(at + 1, at + 3))) return undefined;
  if (text[at] === '(' && !mayEndLabel(units, at)) return pairAt(read, at);
  if (
    text[at] === '>' &&
    (text.charCodeAt(at + 1) <= 0x20 || text[at + 1] === '<' || !mayEndLabel(units, endOfName(units, at)))
  )
    return undefined;
  const label = labelBefore(text, at);
  if (!label) return undefined;
  const candidate = valueFrom(text, at + 1, label.isPassword, at);
  if (!candidate && text[at] === '(') return pairAt(read, at);
  return candidate && text[at] === '>' && !text.startsWith('</', candidate.end) ? undefined : candidate;
}

const IN_BRACKETS = /\([\w+/=.-]{20,200}\)/y;

/** "The client secret (…)": what looks random in brackets behind a label; the bracket is at `at`. */
export function asideAt(read: Read, at: number): Candidate | undefined {
  const { text, units } = read;
  IN_BRACKETS.lastIndex = at;
  if (!mayEndLabel(units, at - 1) || !IN_BRACKETS.test(text)) return undefined;
  const label = labelBefore(text, at - 1);
  const candidate = label && valueFrom(text, at + 1, label.isPassword, at);
  const isOne =
    candidate && text[candidate.end] === ')' && isRandom(text.slice(candidate.start, candidate.end));
  return isOne ? candidate : undefined;
}

const OF_WHAT =
  /^ is (?:my|the|our|your|his|her) (?:[a-z]{2,10} ){0,2}(?:password|passphrase|passcode|pwd|api key|token|secret)\b/i;
/** What "my", "the", "our", "your", "his" and "her" begin with. */
function isPossessive(unit: number): boolean {
  const small = unit | 0x20;
  return small === 0x6d || small === 0x74 || small === 0x6f || small === 0x79 || small === 0x68;
}
const BEFORE_VERB = /(?:^|[\s"'`])([A-Za-z0-9][^\s"'`]{5,63})["'`]?$/;

/** "… is the password for the router": the value before the verb whose space is at `at`. */
export function statedBefore(text: string, at: number): Candidate | undefined {
  if (!isPossessive(text.charCodeAt(at + 4)) || !OF_WHAT.test(text.slice(at, at + 56))) return undefined;
  const before = text.slice(Math.max(0, at - 66), at);
  const value = BEFORE_VERB.exec(before)?.[1];
  if (
    value === undefined ||
    !/\d/.test(value) ||
    !/[A-Za-z]/.test(value) ||
    !isSecretValue(value, true, false)
  )
    return undefined;
  const start = at - before.length + before.lastIndexOf(value);
  return labelled(start, start + value.length);
}

const PAIR = /^\((["'])([\w.:-]{3,40})\1\s{0,4},\s{0,4}(?=["'])/;

/** `define('DB_PASSWORD', '…')`, `NetworkCredential("user", "…")`: the name is the first of two literals, or of the call. */
function pairAt(read: Read, at: number): Candidate | undefined {
  const { text, units } = read;
  const pair = PAIR.exec(text.slice(at, at + 60));
  if (!pair?.[2]) return undefined;
  const from = at + pair[0].length;
  if (/credential$/i.test(text.slice(Math.max(0, at - 10), at))) return valueFrom(text, from, true, at);
  const nameEnd = at + 2 + pair[2].length;
  const label = mayEndLabel(units, nameEnd) ? labelBefore(text, nameEnd) : undefined;
  return label && valueFrom(text, from, label.isPassword, nameEnd);
}

const KEYED =
  /(?:key|name)(?:=|: )["']?[\w.:-]{0,32}(?:password|passwd|secret|token|apikey|api_key|secret_key|access_key)["']?(?: {1,3}|\r?\n[ \t]{1,16})["']?value=$/i;

/** The label that ends at `end`, if one does. */
export function labelBefore(text: string, end: number): Label | undefined {
  LABEL.lastIndex = end;
  const match = LABEL.exec(text);
  const spelling = match?.[1] ?? match?.[2];
  if (!match || spelling === undefined) {
    if (!text.endsWith('value', end)) return undefined;
    return KEYED.test(`${text.slice(Math.max(0, end - 96), end)}=`) ? OF_PASSWORD : undefined;
  }
  const from = text.lastIndexOf(spelling, end - spelling.length);
  // `Reisepass` and `compass` end like a label; `userPass` is one.
  if (/^[a-z]/.test(spelling) && SHORT.test(spelling) && isLatinLetter(text.charCodeAt(from - 1)))
    return undefined;
  // The nonce of a page's script is there for all to see.
  if (/^nonce$/i.test(spelling) && text[end] === '=' && text[from - 1] === ' ') return undefined;
  PUBLIC.lastIndex = from;
  return PUBLIC.test(text) ? undefined : labelOf(match);
}

export function labelled(start: number, end: number): Candidate {
  return {
    type: 'labelled_secret',
    start,
    end,
    score: CONFIDENCE.contextual,
    reason: 'a value labelled as a secret',
  };
}

/** The value that begins about `from`, behind a label that ends at `labelEnd`. */
export function valueFrom(
  text: string,
  from: number,
  isPassword: boolean,
  labelEnd: number,
): Candidate | undefined {
  const { start, quote } = openingAt(text, from);
  const value = readValue(text, start, quote);
  const isQuoted = quote !== '' && !quote.startsWith('*');
  // A UUID is somebody's key only where a vendor that hands such keys out is named, or nothing but a key is meant.
  const isKey =
    isUuid(value) &&
    (isVendorLabel(text, labelEnd) || isKeyLabel(text, labelEnd) || isOfMachine(text, labelEnd));
  if (!isKey && !isSecretValue(value, isPassword, isQuoted)) return undefined;
  if (!isQuoted && /[([]/.test(text[start + value.length] ?? '')) return undefined;
  return labelled(start, start + value.length);
}
