/**
 * End users: whom a key of an application speaks for, by what the application says of them. It is a keyed digest from the
 * first step on, of its own for each team; what was said is kept nowhere and goes nowhere.
 */
import { z } from 'zod';
import { BoundedMap } from '../../base/bounded-map.ts';
import { Refusal } from '../../base/errors.ts';
import { keyedDigest } from '../../base/secret.ts';
import type { Caller } from './caller.ts';

/** Whether keys and tokens of a tier may say whom they speak for, or must. */
export const endUsersSchema = z.enum(['off', 'allowed', 'required']);

/** Where they say it; lower case. */
export const END_USER_HEADER = 'x-sallyport-end-user';
/** 1 to 256 visible characters (ASCII without spaces), so that two headers in one are none. */
const SAID = /^[\x21-\x7e]{1,256}$/;
/** As logs and the admin API name an end user. */
export const END_USER_DIGEST = /^[0-9a-f]{64}$/;

/** Whose end users: a team's, or of a user without one the user's own. */
export type EndUserScope = Pick<Caller, 'user' | 'team'>;

/** Says who an end user is, and who calls for one. */
export interface EndUsers {
  /** 64 hexadecimal digits. @throws request.end_user */
  digestOf(scope: EndUserScope, said: string): string;
  /** Digests by all secrets of the house that are known, the present one's first. @throws request.end_user */
  digestsOf(scope: EndUserScope, said: string): readonly string[];
  /** The caller, for this end user: the same object again for the same two. @throws request.end_user */
  callerFor(caller: Caller, said: string): Caller;
}

const SCOPES_MAX = 10_000;
const CALLERS_MAX = 10_000;

/**
 * @param key of the house, for digests
 * @param previous the one before, while the secret is being rotated: what was made by it stays its end user's
 */
export function createEndUsers(key: Buffer, previous?: Buffer): EndUsers {
  const now = digesting(key);
  const before = previous && digesting(previous);
  const callers = new BoundedMap<string, { readonly of: Caller; readonly caller: Caller }>(CALLERS_MAX);
  return {
    digestOf: now,
    digestsOf: (scope, said) => [now(scope, said), ...(before ? [before(scope, said)] : [])],
    callerFor(caller, said) {
      const endUser = now(caller, said);
      const name = `${endUser} ${caller.credential}`;
      const known = callers.get(name);
      // Whoever authenticates gives one object a credential, and another once anything of it has changed.
      if (known?.of === caller) return known.caller;
      const made = { ...caller, endUser, ...(before && { endUserBefore: before(caller, said) }) };
      callers.set(name, { of: caller, caller: made });
      return made;
    },
  };
}

function digesting(key: Buffer): EndUsers['digestOf'] {
  const scopes = new BoundedMap<string, string>(SCOPES_MAX);
  return ({ user, team }, said) => {
    if (!SAID.test(said)) throw new Refusal('request.end_user');
    const name = team === undefined ? `user ${user}` : `team ${team}`;
    let scope = scopes.get(name);
    if (scope === undefined) scopes.set(name, (scope = keyedDigest(key, `end users of ${name}`)));
    return keyedDigest(Buffer.from(scope, 'hex'), said);
  };
}

type Speaking = Pick<Caller, 'endUser' | 'endUserBefore'>;

/** Whether something is of the end user that is spoken for; or of none, so that all may use what an application made for itself. */
export function isForSame(caller: Speaking, of: { readonly endUser?: string | undefined }): boolean {
  return of.endUser === undefined || of.endUser === caller.endUser || of.endUser === caller.endUserBefore;
}

/** Whether it is of the same user and of the same end user, or both times of none: what was said in it may be read. */
export function isOwn(
  caller: Speaking & Pick<Caller, 'user'>,
  of: { readonly user: string; readonly endUser?: string | undefined },
): boolean {
  const isOfNone = of.endUser === undefined && caller.endUser !== undefined;
  return of.user === caller.user && !isOfNone && isForSame(caller, of);
}
