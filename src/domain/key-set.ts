/**
 * The identity provider's public keys, read from the one configured URL: no redirects, no link-local or metadata
 * address whatever the name resolves to, bounded in time and size.
 */
import { lookup as resolve, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from 'jose';
import { Agent, request } from 'undici';
import { Refusal } from '../base/errors.ts';

/** What a token can ask of a set that is as it should be. */
const tokensFaults = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported];

const readMsMax = 2_000;
const bytesMax = 262_144;
/** A set is read again after so long, so that a withdrawn key ends. */
const ageMsMax = 600_000;

/** Where clouds answer about the machine itself: nothing there is an identity provider. */
const forbidden = new BlockList();
forbidden.addSubnet('169.254.0.0', 16, 'ipv4');
forbidden.addAddress('100.100.100.200', 'ipv4');
forbidden.addAddress('192.0.0.192', 'ipv4');
forbidden.addSubnet('fe80::', 10, 'ipv6');
forbidden.addAddress('fd00:ec2::254', 'ipv6');

function isForbidden(address: string): boolean {
  return forbidden.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** https, or http to this machine; never an address of the machine's own services. */
export function isAllowedKeySetUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  const host = hostname.replace(/^\[|\]$/g, '');
  if (username !== '' || password !== '' || (isIP(host) !== 0 && isForbidden(host))) return false;
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host));
}

const lookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error) return callback(error, '');
    if (addresses.some(({ address }) => isForbidden(address))) {
      return callback(new Error('the name leads to a forbidden address'), '');
    }
    const [first] = addresses;
    return options.all ? callback(null, addresses) : callback(null, first?.address ?? '', first?.family);
  });
};

/**
 * Finds the key a token names; reads the set when it is needed, is older than ten minutes, or has no such key,
 * the latter at most once in `cooldownMs`.
 * @throws auth.unavailable if it cannot be read, or is none
 */
export function remoteKeySet(url: URL, cooldownMs: number): JWTVerifyGetKey {
  const dispatcher = new Agent({
    connect: { lookup, timeout: readMsMax },
    connections: 1,
    headersTimeout: readMsMax,
    bodyTimeout: readMsMax,
    maxResponseSize: bytesMax,
  });
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
