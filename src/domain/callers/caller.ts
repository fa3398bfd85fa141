/** Who calls: what authentication found out, the same for a key and a token. */
import { keyedDigest } from '../../base/secret.ts';
import type { KeyRecord, Role } from '../../ports/store.ts';
import type { Granted } from './client-secrets.ts';

/** Known once authenticated, and the same for the whole call. */
export interface Caller {
  /** `[A-Za-z0-9._:-]{1,128}`. */
  readonly user: string;
  readonly team?: string | undefined;
  readonly tier: string;
  readonly role: Role;
  /** The key presented; a token has none. */
  readonly key?: KeyRecord | undefined;
  /** Public id of the credential, for logs and load shedding: the key's id, or `jwt:` and the user. */
  readonly credential: string;
  /** When the token presented ends, in milliseconds since 1970; what is made with it lasts no longer. Left out for a key. */
  readonly until?: number | undefined;
  /** What was presented is a client secret that this caller's credential made: it opens one kind of socket. */
  readonly granted?: Granted | undefined;
  /** Digest of whom the call is for, where its caller said so: 64 hexadecimal digits. */
  readonly endUser?: string | undefined;
  /** The same by the secret of before, while it is being rotated. */
  readonly endUserBefore?: string | undefined;
}

/** What a name is made of. */
export const USER_NAME = /^[A-Za-z0-9._:-]{1,128}$/;
/** Names that mean somebody else in the audit log. */
const RESERVED = new Set(['anonymous', 'system']);

/** Whether a user or a team may have this name: it stands in the audit log as it is. */
export function isUserName(name: string): boolean {
  return USER_NAME.test(name) && !RESERVED.has(name);
}

const callersOfKeys = new WeakMap<KeyRecord, Caller>();

/** Who calls with a key: one a record, so that what is known of it can be kept with it. */
export function callerOfKey(record: KeyRecord): Caller;
export function callerOfKey(record: KeyRecord | undefined): Caller | undefined;
export function callerOfKey(record: KeyRecord | undefined): Caller | undefined {
  if (record === undefined) return undefined;
  let caller = callersOfKeys.get(record);
  if (caller === undefined) {
    const { user, team, tier, role, id } = record;
    caller = { user, team, tier, role, key: record, credential: id };
    callersOfKeys.set(record, caller);
  }
  return caller;
}

/** A name of a provider's as it is where it can stand in the audit log, else a keyed digest of it; undefined for no name. */
export function nameFrom(value: unknown, kind: 'sub' | 'team', digestKey: Buffer): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  if (isUserName(value)) return value;
  return `${kind}:${keyedDigest(digestKey, value)}`;
}
