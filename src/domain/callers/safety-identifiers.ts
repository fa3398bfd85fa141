/**
 * `safety_identifier` tells upstream which person a call is for, so that what one does is held against that one alone. It
 * is written here, a keyed digest, wherever it is written: nobody names others, and no name of anybody's goes up.
 */
import { BoundedMap } from '../../base/bounded-map.ts';
import { keyedDigest } from '../../base/secret.ts';
import type { JsonBody, MultipartBody } from '../../openai/body.ts';
import { child, isRecord } from '../../openai/child.ts';
import { describedFields } from '../../openai/check-fields.ts';
import type { Endpoint } from '../../openai/endpoint.ts';
import { type Edit, quote, setMember } from '../../openai/json-edit.ts';
import type { Caller } from './caller.ts';

/**
 * What upstream is told of a caller: 64 hexadecimal digits, the same for the same one, and as long as OpenAI takes.
 * Undefined: nothing, and the call stays as it came.
 */
export type SafetyIdentifier = (caller: Caller) => string | undefined;

/** Where calls have no field for it: live sessions, and what opens them. */
export const SAFETY_HEADER = 'openai-safety-identifier';
const FIELD = 'safety_identifier';
/** What it was called before; written where a caller gives one, and where there is no other. */
const OLD_FIELD = 'user';
/** There it says whose sessions are seen, and is no identifier of this kind. */
const OTHERWISE: ReadonlySet<string> = new Set(['chatkit.sessions.create']);
const USERS_MAX = 10_000;

/** @param key of the house, for digests */
export function createSafetyIdentifiers(key: Buffer): (caller: Caller) => string {
  const known = new BoundedMap<string, string>(USERS_MAX);
  return ({ user, endUser }) => {
    if (endUser !== undefined) return endUser;
    let identifier = known.get(user);
    if (identifier === undefined)
      known.set(user, (identifier = keyedDigest(key, `safety identifier of user ${user}`)));
    return identifier;
  };
}

/** Whether it travels as a header. */
export function isToldByHeader({ id, method }: Endpoint): boolean {
  return method === 'WEBSOCKET' || id.startsWith('realtime.');
}

/**
 * What is written into a call's body, whatever its caller gave.
 * @param at where in the body the call's own begins
 * @param identifier undefined: nothing
 */
export function safetyEdits(
  endpoint: Endpoint,
  body: JsonBody,
  at: readonly string[],
  identifier: string | undefined,
): Edit[] {
  const call = at.reduce<unknown>(child, body.value);
  if (identifier === undefined || !isRecord(call)) return [];
  return namesOf(endpoint)
    .filter((name) => name === FIELD || typeof call[name] === 'string')
    .map((name) => setMember(body, [...at, name], quote(identifier)));
}

/** Places of the fields of a form that hold one. */
export function safetyParts(endpoint: Endpoint, { parts }: MultipartBody): number[] {
  const names = namesOf(endpoint);
  return parts.flatMap((part, index) => ('value' in part && names.includes(part.name) ? [index] : []));
}

const NONE: readonly string[] = [];
const namesByEndpoint = new Map<string, readonly string[]>();

/** Those of the two that the operation has. */
function namesOf(endpoint: Endpoint): readonly string[] {
  let names = namesByEndpoint.get(endpoint.id);
  if (!names) {
    const fields = describedFields(endpoint);
    names = OTHERWISE.has(endpoint.id) ? NONE : [FIELD, OLD_FIELD].filter((name) => fields.has(name));
    namesByEndpoint.set(endpoint.id, names);
  }
  return names;
}
