/** Secrets known by their shape where no prefix begins them: private keys, passwords in URLs, tokens with a middle mark. */
import type { Candidate } from '../candidate.ts';
import { CONFIDENCE } from '../overlaps.ts';
import { entropyBits } from './allowed.ts';

export function vendorToken(type: string, vendor: string, start: number, end: number): Candidate {
  return { type, start, end, score: CONFIDENCE.prefix, reason: `a token of ${vendor}` };
}

const PEM = /-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/y;
const PEM_END = /^-----END [A-Z0-9 ]{3,48}-----/;
const PEM_MAX = 16_384;
const base64Length = (block: string): number => /^[A-Za-z0-9+/=\s\\]*/.exec(block)?.[0].length ?? 0;

/** From the header to its end line; to the end of the text, at most 16 KiB, where there is none. */
export function pemAt(text: string, at: number): Candidate | undefined {
  PEM.lastIndex = at;
  const header = PEM.exec(text)?.[0];
  if (header === undefined) return undefined;
  const bodyStart = at + header.length;
  const dashes = text.indexOf('-----', bodyStart);
  const hasEnd = dashes >= 0 && dashes - bodyStart <= PEM_MAX && text.startsWith('-----END ', dashes);
  const bodyEnd = hasEnd ? dashes : bodyStart + base64Length(text.slice(bodyStart, bodyStart + PEM_MAX));
  if (bodyEnd - bodyStart < 24 || /\.{3}|<[a-z]/i.test(text.slice(bodyStart, bodyEnd))) return undefined;
  const end = hasEnd ? bodyEnd + (PEM_END.exec(text.slice(bodyEnd, bodyEnd + 64))?.[0].length ?? 9) : bodyEnd;
  return {
    type: 'private_key',
    start: at,
    end,
    score: CONFIDENCE.validated,
    reason: 'a private key in PEM form',
  };
}

const USER_INFO = /:\/\/([^\s:@/"'<>]{0,64}):([^\s@/"'<>]{3,128})@[\w.[-]/y;

/** The password in `scheme://user:password@host`. */
export function urlPasswordAt(text: string, at: number): Candidate | undefined {
  if (text[at + 1] !== '/') return undefined;
  USER_INFO.lastIndex = at;
  const match = USER_INFO.exec(text);
  const password = match?.[2];
  if (
    !match ||
    password === undefined ||
    password === match[1] ||
    /^[$%{<*[]|x{3,}|^pass(?:word)?$|\*{3}|\.{3}/i.test(password)
  )
    return undefined;
  const start = at + 4 + (match[1]?.length ?? 0);
  const reason = 'a password in a URL';
  return { type: 'url_password', start, end: start + password.length, score: CONFIDENCE.prefix, reason };
}

const AZURE_BEFORE = /(?:^|[^A-Za-z0-9_.~-])([A-Za-z0-9_~.-]{3}\dQ)$/;
const AZURE_AFTER = /^~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~.-])/;

/** Client secrets of Microsoft Entra, around the first `~` that `Q` stands before. */
export function azureSecretAt(text: string, at: number): Candidate | undefined {
  if (text[at - 1] !== 'Q') return undefined;
  const before = AZURE_BEFORE.exec(text.slice(Math.max(0, at - 6), at))?.[1];
  const after = AZURE_AFTER.exec(text.slice(at, at + 40))?.[0];
  if (before === undefined || after === undefined || entropyBits(after) < 3) return undefined;
  return vendorToken('azure_secret', 'Microsoft Entra', at - before.length, at + after.length);
}

/** `123456789:AA…`, the token of a Telegram bot, around its colon. */
export function botTokenAt(text: string, at: number): Candidate | undefined {
  if (text[at + 1] !== 'A') return undefined;
  const id = /(?:^|[^0-9A-Za-z])(\d{8,10})$/.exec(text.slice(Math.max(0, at - 11), at))?.[1];
  const token =
    id === undefined ? undefined : /^:A[A-Za-z0-9_-]{34}(?![A-Za-z0-9_-])/.exec(text.slice(at, at + 40))?.[0];
  return id === undefined || token === undefined
    ? undefined
    : vendorToken('telegram_token', 'Telegram', at - id.length, at + token.length);
}

/** `1308742762612587|rhoK…`, the token of an app of Facebook, around its bar. */
export function appTokenAt(text: string, at: number): Candidate | undefined {
  const id = /(?:^|[^0-9A-Za-z])(\d{13,17})$/.exec(text.slice(Math.max(0, at - 18), at))?.[1];
  const token =
    id === undefined ? undefined : /^\|[A-Za-z0-9_-]{27}(?![A-Za-z0-9_-])/.exec(text.slice(at, at + 32))?.[0];
  return id === undefined || token === undefined
    ? undefined
    : vendorToken('facebook_token', 'Facebook', at - id.length, at + token.length);
}

const DISCORD = /(?:^|[^A-Za-z0-9])([MNO][A-Za-z\d]{23,25}\.[\w-]{6}\.[\w-]{27,38})(?![\w-])/;
const MAILCHIMP = /^[0-9a-f]{32}-us\d{1,2}$/;
const ATLAS = /^[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}$/;

/** Where marks stand in keys of Azure (Microsoft's list of identifiable secrets): length without padding, place, mark. */
const AZURE_MARKS: readonly (readonly [length: number, at: number, mark: string])[] = [
  [84, 76, 'AZDO'],
  [84, 52, 'JQQJ99'],
  [52, 42, 'AzSe'],
  [52, 42, '+ACR'],
  [54, 44, 'AzFu'],
  [86, 76, 'ACDb'],
  [86, 76, '+ASt'],
  [86, 76, '+ABa'],
  [84, 70, 'APIM'],
  [82, 70, 'APIM'],
];
const MAXMIND = /^[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk$/;
const NEW_RELIC = /^(?:eu01xx)?[0-9a-f]{30,36}(?:FFFF)?NRAL$/;
const MAILGUN = /^[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}$/;

/** Tokens that are a whole run of token characters: Azure, Discord bots, Mailchimp, Mailgun, Terraform Cloud. */
export function wholeTokenAt(text: string, start: number, end: number): Candidate | undefined {
  const length = end - start;
  if (length < 36 || length > 96) return undefined;
  const isAzure = AZURE_MARKS.some(
    ([whole, at, mark]) => whole === length && text.startsWith(mark, start + at),
  );
  if (isAzure && entropyBits(text.slice(start, end)) > 4)
    return vendorToken('azure_key', 'Azure', start, end);
  const run = text.slice(start, end);
  if (run[32] === '-' && MAILCHIMP.test(run)) return vendorToken('mailchimp_key', 'Mailchimp', start, end);
  if (run.endsWith('_mmk') && MAXMIND.test(run)) return vendorToken('maxmind_key', 'MaxMind', start, end);
  if (run.endsWith('NRAL') && NEW_RELIC.test(run))
    return vendorToken('newrelic_key', 'New Relic', start, end);
  if (run[32] === '-' && MAILGUN.test(run)) return vendorToken('mailgun_key', 'Mailgun', start, end);
  if (!run.includes('.')) return undefined;
  if (run[14] === '.' && ATLAS.test(run))
    return vendorToken('terraform_token', 'Terraform Cloud', start, end);
  const discord = DISCORD.exec(run);
  if (!discord?.[1] || entropyBits(discord[1]) < 3.5) return undefined;
  const from = start + discord.index + discord[0].length - discord[1].length;
  return vendorToken('discord_token', 'Discord', from, from + discord[1].length);
}

const CRYPT =
  /\$(?:2[abxy]?\$\d\d\$[./A-Za-z0-9]{53}|[156]\$(?:rounds=\d{4,9}\$)?[./A-Za-z0-9]{4,16}\$[./A-Za-z0-9]{22,86}|y\$[./A-Za-z0-9]{2,8}\$[./A-Za-z0-9]{4,86}\$[./A-Za-z0-9]{43}|apr1\$[./A-Za-z0-9]{4,8}\$[./A-Za-z0-9]{22}|argon2(?:id|[di])\$v=\d\d\$m=\d{2,8},t=\d{1,4},p=\d{1,3}\$[A-Za-z0-9+/]{11,64}\$[A-Za-z0-9+/]{16,90})(?![./A-Za-z0-9])/y;

/** A password as `/etc/shadow`, htpasswd and tables of users keep it (crypt(5)); the `$` it begins with is at `at`. */
export function cryptHashAt(text: string, at: number): Candidate | undefined {
  CRYPT.lastIndex = at;
  const hash = CRYPT.exec(text)?.[0];
  if (hash === undefined || entropyBits(hash) < 3.5) return undefined;
  return {
    type: 'password_hash',
    start: at,
    end: at + hash.length,
    score: CONFIDENCE.prefix,
    reason: 'a hashed password',
  };
}

/** `&sig=…%3D`: what makes a URL of Azure Storage a key; the `=` is at `at`. */
export function accessSignatureAt(text: string, at: number): Candidate | undefined {
  if (
    text[at] !== '=' ||
    text[at - 1] !== 'g' ||
    !/(?:^|[?&;\s"'])sig$/.test(text.slice(Math.max(0, at - 4), at))
  )
    return undefined;
  const signature = /^(?:[A-Za-z0-9]|%[0-9A-Fa-f]{2}){43}%3[Dd]/.exec(text.slice(at + 1, at + 140))?.[0];
  return signature === undefined
    ? undefined
    : vendorToken('azure_signature', 'Azure Storage', at + 1, at + 1 + signature.length);
}

const SEED_WORDS = /^(?:[a-z]{3,8}[ ,]{1,2}){11,23}[a-z]{3,8}(?![\w' ])/;

/** Twelve to twenty-four words behind "seed phrase:" (BIP 39), which are all the money of a wallet. */
export function seedPhraseAt(text: string, at: number): Candidate | undefined {
  const labelEnd = text[at - 1] === ' ' ? at - 1 : at;
  const last = text[labelEnd - 1];
  if (last !== 'e' && last !== 'c') return undefined;
  const label = text.slice(Math.max(0, labelEnd - 18), labelEnd);
  if (!/(?:seed|recovery|mnemonic)[ _-]?(?:phrase)?$|mnemonic$/i.test(label)) return undefined;
  const start = at + 1 + (/^ ?["']?/.exec(text.slice(at + 1, at + 3))?.[0].length ?? 0);
  const words = SEED_WORDS.exec(text.slice(start, start + 240))?.[0];
  if (words === undefined) return undefined;
  return {
    type: 'seed_phrase',
    start,
    end: start + words.length,
    score: CONFIDENCE.contextual,
    reason: 'the seed phrase of a wallet',
  };
}
