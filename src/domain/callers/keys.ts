/**
 * The keys we issue: `sk-sp-<public id>-<secret><checksum>`. The secret exists in clear only in the answer that
 * shows it once; everything else holds the public id or a keyed digest.
 */
import { randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { equalInConstantTime, keyedDigest, keyIdOf } from '../../base/secret.ts';
import type { KeyRecord } from '../../ports/store.ts';

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const base36 = '0123456789abcdefghijklmnopqrstuvwxyz';
/** 62 bits: a name, not a secret. */
const idLength = 12;
/** 190 bits. */
const secretLength = 32;
const checksumLength = 6;

const shape = `sk-sp-([a-z0-9]{${idLength}})-([A-Za-z0-9]{${secretLength}})([A-Za-z0-9]{${checksumLength}})`;
const format = new RegExp(`^${shape}$`);
const within = new RegExp(shape, 'g');

/** What an administrator says of a new key; the rest is made. Times are milliseconds since 1970. */
export type NewKey = Omit<
  KeyRecord,
  | 'id'
  | 'version'
  | 'secretDigest'
  | 'secondDigest'
  | 'pepperId'
  | 'previousDigest'
  | 'previousUntil'
  | 'createdAt'
  | 'revokedAt'
>;

/** `key` is the only copy of the secret: show it once, never store or log it. */
export interface IssuedKey {
  readonly key: string;
  readonly record: KeyRecord;
}

/** A key with a fresh id and secret, version 1. Nothing is stored. */
export function makeKey(pepper: Buffer, input: NewKey, nowMs: number): IssuedKey {
  const id = randomText(base36, idLength);
  const { key, secretDigest } = makeSecret(pepper, id);
  return {
    key,
    record: { ...input, id, version: 1, secretDigest, pepperId: keyIdOf(pepper), createdAt: nowMs },
  };
}

/**
 * The same key with a new secret; the present one stays valid for `overlapMs` (0: ends at once), any secret
 * before that ends now. Version + 1. Nothing is stored.
 */
export function rotateKey(pepper: Buffer, old: KeyRecord, overlapMs: number, nowMs: number): IssuedKey {
  const { previousDigest: _, previousUntil: __, exposedAt: ___, secondDigest, ...kept } = old;
  const { key, secretDigest } = makeSecret(pepper, old.id);
  const present =
    secondDigest !== undefined && old.pepperId === keyIdOf(pepper) ? secondDigest : old.secretDigest;
  const previous = overlapMs > 0 && { previousDigest: present, previousUntil: nowMs + overlapMs };
  const made = { secretDigest, pepperId: keyIdOf(pepper), rotatedAt: nowMs };
  return { key, record: { ...kept, ...previous, ...made, version: old.version + 1 } };
}

const OLD_MS = 90 * 86_400_000;

/** Its present secret is over 90 days old: to be rotated. */
export function isOld({ createdAt, rotatedAt = createdAt }: KeyRecord, nowMs: number): boolean {
  return nowMs - rotatedAt > OLD_MS;
}

function makeSecret(pepper: Buffer, id: string): { key: string; secretDigest: string } {
  const secret = randomText(base62, secretLength);
  const body = `sk-sp-${id}-${secret}`;
  return { key: body + checksum(body), secretDigest: digestSecret(pepper, id, secret) };
}

/** Undefined for whatever cannot be a key of ours, told without a look-up: wrong shape or checksum. */
export function parseKey(text: string): { readonly id: string; readonly secret: string } | undefined {
  const [, id, secret, sum] = format.exec(text) ?? [];
  if (id === undefined || secret === undefined) return undefined;
  return checksum(`sk-sp-${id}-${secret}`) === sum ? { id, secret } : undefined;
}

/** What can be keys of ours in a text, whatever stands around them: each once. */
export function keysIn(text: string): readonly string[] {
  return [...new Set(text.match(within))].filter((found) => parseKey(found) !== undefined);
}

/** HMAC-SHA-256 with the pepper over id and secret, hex: a digest is of no use under another id. */
export function digestSecret(pepper: Buffer, id: string, secret: string): string {
  return keyedDigest(pepper, `${id}.${secret}`);
}

const nobody = '0'.repeat(64);

/** What a secret that was presented has to show: its digest with the pepper, and with the one before it, if that counts. */
export interface Shown {
  readonly digest: string;
  readonly digestBefore?: string | undefined;
}

/**
 * Whether this secret opens this key now: right, unexpired, unrevoked. Does the same work for every record with digests
 * of one pepper, and for none, so that time tells nothing.
 */
export function opens(record: KeyRecord | undefined, shown: Shown, nowMs: number): boolean {
  const now = matches(record, shown.digest, nowMs);
  const before = shown.digestBefore !== undefined && matches(record, shown.digestBefore, nowMs);
  return (now || before) && isLive(record, nowMs);
}

function matches(record: KeyRecord | undefined, digest: string, nowMs: number): boolean {
  const current = equalInConstantTime(digest, record?.secretDigest ?? nobody);
  const previous = equalInConstantTime(digest, record?.previousDigest ?? nobody);
  const second = record?.secondDigest !== undefined && equalInConstantTime(digest, record.secondDigest);
  return current || second || (previous && nowMs < (record?.previousUntil ?? 0));
}

/**
 * The record with a digest of the present pepper beside the one before, for a secret that opens it with that alone;
 * undefined if there is nothing to add. Its version stays: no copy of it is wrong. Processes that know only the pepper before still find theirs.
 */
export function redigested(record: KeyRecord, shown: Shown, pepperId: string): KeyRecord | undefined {
  const { digest, digestBefore } = shown;
  if (digestBefore === undefined || record.pepperId === pepperId) return undefined;
  const { secretDigest, secondDigest } = record;
  if (digestBefore !== secretDigest && digestBefore !== secondDigest) return undefined;
  return { ...record, secretDigest: digestBefore, secondDigest: digest, pepperId };
}

/** Neither revoked nor expired. */
export function isLive(record: KeyRecord | undefined, nowMs: number): record is KeyRecord {
  return record?.revokedAt === undefined && nowMs < (record?.expiresAt ?? Infinity) && record !== undefined;
}

/** CRC-32 in base 62, six digits, as the secret scanners of code hosts know it: it finds typing errors, it protects nothing. */
export function checksum(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let index = 0; index < checksumLength; index++) {
    digits = base62.charAt(rest % 62) + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

function randomText(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
}
