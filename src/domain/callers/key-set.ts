/**
 * The identity provider's public keys, read from the one configured URL: no redirects, no link-local or metadata
 * address whatever the name resolves to, bounded in time and size.
 */
import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from 'jose';
import { request } from 'undici';
import { Refusal } from '../../base/errors.ts';
import { ownDispatcher, type OwnEgress } from '../../base/own-dispatcher.ts';

/** What a token can ask of a set that is as it should be. */
const tokensFaults = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported];

const readMsMax = 2_000;
const bytesMax = 262_144;
/** A set is read again after so long, so that a withdrawn key ends. */
const ageMsMax = 600_000;

/**
 * Finds the key a token names; reads the set when it is needed, is older than ten minutes, or has no such key,
 * the latter at most once in `cooldownMs`.
 * @throws auth.unavailable if it cannot be read, or is none
 */
export function remoteKeySet(url: URL, cooldownMs: number, egress: OwnEgress = {}): JWTVerifyGetKey {
  const bounds = { msMax: readMsMax, answerBytesMax: bytesMax, connections: 1 };
  const dispatcher = ownDispatcher(egress, bounds);
  const find = createRemoteJWKSet(url, {
    timeoutDuration: readMsMax,
    cooldownDuration: cooldownMs,
    cacheMaxAge: ageMsMax,
    // Undici's request follows no redirects.
    [customFetch]: async (address, { headers, signal }) => {
      const answer = await request(address, { dispatcher, headers: Object.fromEntries(headers), signal });
      const text = await answer.body.text();
      return new Response(answer.statusCode === 200 ? text : null, { status: answer.statusCode });
    },
  });
  return async (header, token) => {
    try {
      return await find(header, token);
    } catch (error) {
      if (tokensFaults.some((fault) => error instanceof fault)) throw error;
      throw new Refusal('auth.unavailable', { cause: error, detail: 'the key set cannot be read' });
    }
  };
}
