/**
 * `prompt_cache_key` names a cache of upstream's account, which all callers share: what goes up is a keyed digest, so
 * that no team (or user without one) reaches the cache of another, and no name of a caller's is told.
 */
import { createHmac } from 'node:crypto';
import { BoundedMap } from '../../base/bounded-map.ts';
import { keyedDigest } from '../../base/secret.ts';
import type { JsonBody } from '../../openai/body.ts';
import { child } from '../../openai/child.ts';
import { type Edit, quote, setMember } from '../../openai/json-edit.ts';
import type { Caller } from '../callers/caller.ts';

/** What the names of one team or user are digested with: 64 hexadecimal digits. */
export type CacheScope = (caller: Caller) => string;

const SCOPES_MAX = 10_000;

/** @param key of the house, for digests */
export function createCacheScopes(key: Buffer): CacheScope {
  const known = new BoundedMap<string, string>(SCOPES_MAX);
  return ({ user, team }) => {
    const name = team === undefined ? `user ${user}` : `team ${team}`;
    let scope = known.get(name);
    if (scope === undefined) known.set(name, (scope = keyedDigest(key, `prompt cache of ${name}`)));
    return scope;
  };
}

/** The name upstream is told: 43 characters, the same for the same scope and name. OpenAI takes at most 64. */
export function cacheName(scope: string, given: string): string {
  return createHmac('sha256', scope).update(given).digest('base64url');
}

/**
 * The name of a cache, digested, if the call has one.
 * @param at where in the body the call's own begins
 */
export function cacheEdits(body: JsonBody, at: readonly string[], scope: string | undefined): Edit[] {
  const named = child(at.reduce<unknown>(child, body.value), 'prompt_cache_key');
  if (scope === undefined || typeof named !== 'string') return [];
  return [setMember(body, [...at, 'prompt_cache_key'], quote(cacheName(scope, named)))];
}
