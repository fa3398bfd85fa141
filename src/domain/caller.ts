/** Who calls: what authentication found out, the same for a key and a token. */
import type { KeyRecord, Role } from '../ports/store.ts';

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
}

/** What a name is made of. */
export const USER_NAME = /^[A-Za-z0-9._:-]{1,128}$/;
/** Names that mean somebody else in the audit log. */
const RESERVED = new Set(['anonymous', 'system']);

/** Whether a user or a team may have this name: it stands in the audit log as it is. */
export function isUserName(name: string): boolean {
  return USER_NAME.test(name) && !RESERVED.has(name);
}
