/** Secrets known by the label before them: `password: …`, `API_KEY=…`, "the password is …", `Bearer …`, `--token …`. */
import type { Candidate } from '../candidate.ts';
import { CONFIDENCE } from '../overlaps.ts';
import { entropyBits, isAllowedValue, isIdentifier, isNumberedName, isRandom, isUuid } from './allowed.ts';
import { isLatinLetter } from '../units.ts';
import { endOfName, mayEndLabel, mayHoldLabel } from './label-ends.ts';

const LABEL_MAX = 40;
const STATEMENT_MAX = 80;
const VALUE_MAX = 200;

const PASSWORDS =
  'passwor[dt]s?|passwd|passphrase|passcode|passkey|pwd|psw|pass|pw|contrasena|clave|mot de passe|mdp|kennwort|senha|wachtwoord|haslo|losenord|passord|adgangskode|parola|sifre|salasana|pin code|пароль|密码|密碼|パスワード|비밀번호';
const KEYS =
  'secret|token|api[ _-]?key|apikey|api[ _-]?token|app[ _-]?key|(?:access|auth|private|account|encryption|signing|master|secret|storage|subscription|shared|consumer|client|deploy|webhook|license|service|session|crypto|cipher|aes|hmac|jwt|admin|root|app|application|integration|sdk|write|server|management|oauth|connection|security|recovery|hash|salt)[ _-]?key|credentials?|authorization|auth|salt|nonce|seed phrase|connection[ _-]?string|jsessionid|phpsessid|sessionid|connect\\.sid|session[ _-]?token|session[ _-]?secret|dsn';
const SUFFIX =
  '(?:[_-]?(?:value|string|base64|base|b64|hash|plain|text|v\\d|\\d|new|old|prod|dev|test|live|staging))?';
/** A name that ends in a word for a secret, then what may stand between name and value. */
const LABEL = new RegExp(
  `(?<=(?:^|[^A-Za-z]|[a-z](?=[A-Z])|_)((?:${PASSWORDS}|${KEYS})${SUFFIX})["'\`\\]*}]{0,3}\\s{0,8})`,
  'iy',
);
/** The same with what the secret is for: "the password for the router is". */
const STATEMENT = new RegExp(
  `(?:^|[^A-Za-z])((?:${PASSWORDS}|${KEYS})${SUFFIX})["'\`*]{0,3}(?: (?:for|of|to|on|at|in|de|del|du|fur|zum|zur|van)(?: [\\w.@'-]{1,24}){1,5})? ?$`,
  'i',
);
const VENDOR_LABEL =
  /(?:adafruit|algolia|amplitude|anthropic|asana|artifactory|auth0|aws|azure|beamer|bitbucket|bittrex|braintree|cloudflare|cloudinary|codecov|cohere|coinbase|confluent|contentful|datadog|dd|digitalocean|discord|droneci|dropbox|dynatrace|etsy|facebook|fastly|finicity|finnhub|firebase|flickr|foursquare|freshbooks|github|gitlab|gitter|gocardless|google|grafana|heroku|hubspot|infura|intercom|jfrog|jira|kraken|kucoin|launchdarkly|linear|linkedin|lob|mailchimp|mailgun|mapbox|mattermost|messagebird|meraki|netlify|newrelic|notion|npm|nytimes|okta|openai|opsgenie|pagerduty|paypal|pinecone|plaid|planetscale|postman|pusher|rapidapi|rollbar|segment|sendbird|sendgrid|sentry|shippo|shopify|slack|snyk|sonar|sonarqube|sourcegraph|spotify|square|squarespace|stripe|sumo|sumologic|supabase|telegram|travis|trello|twilio|twitch|twitter|typeform|vercel|yandex|zendesk)[\w.-]{0,16}?[_.-]?(?:key|token|secret|login|auth|api|pat)["'`\]]{0,2}\s{0,4}$/i;
const IS_PASSWORD = new RegExp(`^(?:${PASSWORDS})`, 'i');
/** Labels whose values are made to be seen, or are no values. */
const PUBLIC =
  /(?<=(?:public|publishable|csrf|xsrf|next[_-]?page|continuation|page|sync|cancel(?:lation)?|id(?:empotency)?|max|num|total|prompt|completion|input|output|cached|reasoning|usage|count|no|forgot|reset|invalid|wrong|missing|expired|current|hashed|stop|end|eos|bos|pad|unk|mask|special|confirm)[ _-]?)/iy;

/** Labels that other words end with. */
const SHORT = /^(?:pass|pw|auth|salt|clave)$/i;
const OPERATORS = ':=!>|+?-';

/** The value after the `:` or `=` at `at`, if a label stands before it. */
export function assignedAt(text: string, at: number): Candidate | undefined {
  let left = at;
  while (left > 0 && at - left < 3 && OPERATORS.includes(text.charAt(left - 1))) left--;
  // "the password is: …"
  if (text.startsWith(' is', left - 3)) left -= 3;
  if (OPERATORS.includes(text.charAt(left - 1))) return undefined;
  if (!mayEndLabel(text, endOfName(text, left))) return purposeAt(text, at);
  const label = labelBefore(text, left);
  const isPassword = label !== undefined && IS_PASSWORD.test(label);
  if (label === undefined && !isVendorLabel(text, left)) return undefined;
  return valueFrom(text, at + 1, isPassword, left);
}

const isKeyLabel = (text: string, end: number): boolean =>
  /(?:api[_-]?(?:key|token|secret)|auth[_-]?token|access[_-]?token|client[_-]?secret)["'\]]{0,2}\s{0,4}$/i.test(
    text.slice(Math.max(0, end - 24), end),
  );

/** "Password for the router: …". */
function purposeAt(text: string, at: number): Candidate | undefined {
  if (text[at + 1] !== ' ' || !/ (?:for|of|to|fur|de) /.test(text.slice(Math.max(0, at - 32), at)))
    return undefined;
  return mayHoldLabel(text, at) ? purposeOf(text, at, at + 1) : undefined;
}

function purposeOf(text: string, at: number, from: number): Candidate | undefined {
  const label = STATEMENT.exec(text.slice(Math.max(0, at - STATEMENT_MAX), at))?.[1];
  return label === undefined ? undefined : valueFrom(text, from, IS_PASSWORD.test(label), at);
}

const isVendorLabel = (text: string, end: number): boolean => {
  const before = text.slice(Math.max(0, end - LABEL_MAX), end);
  return VENDOR_LABEL.test(before) && !/publishable|public/i.test(before);
};

/** "the password is …": the value after a verb of `width` units, spaces included, that begins at `at`. */
export function statedAt(text: string, at: number, width: number): Candidate | undefined {
  return mayHoldLabel(text, at) ? purposeOf(text, at, at + width) : undefined;
}

/** "with password …", "API key - …", "this token …": the value that begins at `at` right behind the word. */
export function toldAt(text: string, at: number): Candidate | undefined {
  let start = at;
  while (at - start < 4 && /[^\s\w"'`]/.test(text[start - 1] ?? ' ')) start--;
  if (text[start - 1] !== ' ') return undefined;
  const labelEnd = text[start - 2] === '-' && text[start - 3] === ' ' ? start - 3 : start - 1;
  if (!mayEndLabel(text, labelEnd)) return undefined;
  const label = labelBefore(text, labelEnd);
  if (label === undefined) return undefined;
  if (IS_PASSWORD.test(label)) return valueFrom(text, start, true, start);
  // "token" and "key" stand before names of things as well.
  const candidate = valueFrom(text, start, false, start);
  return candidate && isRandom(text.slice(candidate.start, candidate.end)) ? candidate : undefined;
}

const FLAG =
  /^--?(?:[a-z]{1,16}-)?(?:password|passwd|pass|token|secret|api-?key|access-?key|secret-?key|auth-?token|pwd)$/i;

/** The value after the option at `start` to `end` of a command line. */
export function flagAt(text: string, start: number, end: number): Candidate | undefined {
  if (text[end] !== ' ' || end - start > 40) return undefined;
  const flag = text.slice(start, end);
  return FLAG.test(flag) ? valueFrom(text, end, /pass|pwd/i.test(flag), end) : undefined;
}

/** The literal in `setPassword("…")`, and what stands in `<password>…</password>`; the bracket is at `at`. */
export function enclosedAt(text: string, at: number): Candidate | undefined {
  if (text[at] === '(' && !/["']/.test(text[at + 1] ?? '')) return undefined;
  if (text[at] === '(' && !mayEndLabel(text, at)) return pairAt(text, at);
  if (
    text[at] === '>' &&
    (text.charCodeAt(at + 1) <= 0x20 || text[at + 1] === '<' || !mayEndLabel(text, endOfName(text, at)))
  )
    return undefined;
  const label = labelBefore(text, at);
  if (label === undefined) return undefined;
  const candidate = valueFrom(text, at + 1, IS_PASSWORD.test(label), at);
  if (!candidate && text[at] === '(') return pairAt(text, at);
  return candidate && text[at] === '>' && !text.startsWith('</', candidate.end) ? undefined : candidate;
}

const IN_BRACKETS = /\([\w+/=.-]{20,200}\)/y;

/** "The client secret (…)": what looks random in brackets behind a label; the bracket is at `at`. */
export function asideAt(text: string, at: number): Candidate | undefined {
  IN_BRACKETS.lastIndex = at;
  if (!mayEndLabel(text, at - 1) || !IN_BRACKETS.test(text)) return undefined;
  const label = labelBefore(text, at - 1);
  const candidate = label === undefined ? undefined : valueFrom(text, at + 1, IS_PASSWORD.test(label), at);
  const isOne =
    candidate && text[candidate.end] === ')' && isRandom(text.slice(candidate.start, candidate.end));
  return isOne ? candidate : undefined;
}

const OF_WHAT =
  /^ is (?:my|the|our|your|his|her) (?:[a-z]{2,10} ){0,2}(?:password|passphrase|passcode|pwd|api key|token|secret)\b/i;
const BEFORE_VERB = /(?:^|[\s"'`])([A-Za-z0-9][^\s"'`]{5,63})["'`]?$/;

/** "… is the password for the router": the value before the verb whose space is at `at`. */
export function statedBefore(text: string, at: number): Candidate | undefined {
  if (!OF_WHAT.test(text.slice(at, at + 56))) return undefined;
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
function pairAt(text: string, at: number): Candidate | undefined {
  const pair = PAIR.exec(text.slice(at, at + 60));
  if (!pair?.[2]) return undefined;
  const from = at + pair[0].length;
  if (/credential$/i.test(text.slice(Math.max(0, at - 10), at))) return valueFrom(text, from, true, at);
  const nameEnd = at + 2 + pair[2].length;
  const label = mayEndLabel(text, nameEnd) ? labelBefore(text, nameEnd) : undefined;
  return label === undefined ? undefined : valueFrom(text, from, IS_PASSWORD.test(label), nameEnd);
}

const KEYED =
  /(?:key|name)(?:=|: )["']?[\w.:-]{0,32}(?:password|passwd|secret|token|apikey|api_key|secret_key|access_key)["']?(?: {1,3}|\r?\n[ \t]{1,16})["']?value=$/i;

function labelBefore(text: string, end: number): string | undefined {
  LABEL.lastIndex = end;
  const label = LABEL.exec(text)?.[1];
  if (label === undefined) {
    if (!text.endsWith('value', end)) return undefined;
    return KEYED.test(`${text.slice(Math.max(0, end - 96), end)}=`) ? 'password' : undefined;
  }
  const from = text.lastIndexOf(label, end - label.length);
  // `Reisepass` and `compass` end like a label; `userPass` is one.
  if (/^[a-z]/.test(label) && SHORT.test(label) && isLatinLetter(text.charCodeAt(from - 1))) return undefined;
  // The nonce of a page's script is there for all to see.
  if (/^nonce$/i.test(label) && text[end] === '=' && text[from - 1] === ' ') return undefined;
  PUBLIC.lastIndex = from;
  return PUBLIC.test(text) ? undefined : label;
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

const GAP =
  /^(?:[=>]{0,2}(?:[ \t]{0,8}|(?:\r?\n[ \t]{1,8}))(?:(?:Bearer|Basic|Token|ApiKey|bot|SSWS) )?(?:[rbuf@]|\\)?)(["'`*]{0,3})/i;

/** The value that begins about `from`, behind a label that ends at `labelEnd`. */
function valueFrom(text: string, from: number, isPassword: boolean, labelEnd: number): Candidate | undefined {
  const gap = GAP.exec(text.slice(from, from + 28));
  const bare =
    /^[=>]{0,2}\s{0,8}(?:(?:Bearer|Basic|Token|ApiKey|bot|SSWS) )?/i.exec(text.slice(from, from + 28))?.[0]
      .length ?? 0;
  const quote = gap?.[1] ?? '';
  const start = from + (quote ? (gap?.[0].length ?? 0) : bare);
  const value = readValue(text, start, quote);
  const isQuoted = quote !== '' && !quote.startsWith('*');
  // A UUID is somebody's key only where a vendor that hands such keys out is named, or nothing but a key is meant.
  const isKey = isUuid(value) && (isVendorLabel(text, labelEnd) || isKeyLabel(text, labelEnd));
  if (!isKey && !isSecretValue(value, isPassword, isQuoted)) return undefined;
  if (!isQuoted && /[([]/.test(text[start + value.length] ?? '')) return undefined;
  return labelled(start, start + value.length);
}

/** Up to the closing quote, or to white space and what ends values in code, URLs and prose; at most 200 units. */
function readValue(text: string, start: number, quote: string): string {
  const raw = text.slice(start, start + VALUE_MAX);
  const close = quote.at(-1) ?? '';
  const end = quote
    ? raw.search(close === '"' ? /\\?["\n]/ : close === "'" ? /\\?['\n]/ : /[`*\n]/)
    : raw.search(/[\s"'`]|,(?:\s|$)|[;)\]}](?:\s|$|[;,)])|&(?:amp;)?[\w-]{1,24}=|<\/?[a-z]/);
  const value = end < 0 ? (quote && raw.length === VALUE_MAX ? '' : raw) : raw.slice(0, end);
  return quote ? value : value.replace(/[.?,;:]{1,3}$/, '');
}

export function isSecretValue(value: string, isPassword: boolean, isQuoted: boolean): boolean {
  if (value.length < (isPassword ? 5 : 12) || /\s/.test(value)) return false;
  if (/^django-insecure-.{20}/.test(value)) return true;
  if (isAllowedValue(value)) return false;
  return isPassword ? isPasswordValue(value, isQuoted) : isTokenValue(value, isQuoted);
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
  if (/^[a-z]+(?:-[a-z\d]+){3,}$/.test(value)) return false;
  return /[^A-Za-z]/.test(value) || isMixed(value) ? entropyBits(value) >= 1.9 : false;
}

/** `tiger_Winter94`: two words and a number, none of which says what a value is for. */
const isPairOfWords = (value: string): boolean =>
  /^[A-Za-z]{3,12}[._][A-Za-z]{3,12}\d{2,4}$/.test(value) &&
  !/pass|pwd|user|token|key|secret|auth|field|input|value|hash|param|default|sample|conf|(?:^|[._])(?:sha|md|base|utf|int|str|arg|test|var)(?=[._\d]|$)/i.test(
    value,
  );

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
