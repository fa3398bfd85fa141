/**
 * Who calls: exactly one credential, in one place, a key of ours or a token. What fails looks the same whatever
 * the reason, and a credential never gets into an error, a log or an entry.
 */
import { BlockList, isIP } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { Refusal } from '../../base/errors.ts';
import type { KeyRecord } from '../../ports/store.ts';
import { type Caller, callerOfKey } from './caller.ts';
import {
  CLIENT_SECRET_CHARS_MAX,
  CLIENT_SECRET_PREFIX,
  type ClientSecrets,
  type Granted,
} from './client-secrets.ts';
import type { Containment } from './containment.ts';
import type { FailedAttempts } from './failed-attempts.ts';
import { grantedCallers } from './granted-callers.ts';
import type { TokenVerifier } from './jwt.ts';
import type { KeyRing } from './key-ring.ts';
import type { LoweredTiers } from './lowered-tiers.ts';

/** What authentication reads of an arriving request. */
export interface Presented {
  /** Address of the caller. */
  readonly source: string;
  /** The raw request target, for its query. */
  readonly target: string;
  /** Name, value, name, value… as they came. */
  readonly rawHeaders: readonly string[];
  /** `WEBSOCKET`: a browser has no other place for a credential than the list of sub-protocols. */
  readonly method?: string;
}

/** Where other gateways and clients put a credential. One there is a second one, or in the wrong place. */
const otherCarriers = new Set(['x-api-key', 'api-key', 'openai-api-key', 'proxy-authorization']);
const queryCarriers = new Set(['api_key', 'api-key', 'apikey', 'access_token']);
const protocols = 'sec-websocket-protocol';
/** By their lengths first: what carries a credential is one header among many. */
const carrierLengths = new Set(['authorization', protocols, ...otherCarriers].map(({ length }) => length));
/** OpenAI's browser clients put the key into the list of sub-protocols. */
const protocolCarrier = /(^|[,\s])openai-insecure-api-key\./i;
/** An element of that list: a token of RFC 9110, section 5.6.2. */
const protocolCredential = /^openai-insecure-api-key\.([\w!#$%&'*+.^`|~-]+)$/;
/** A second credential in the same line. */
const anotherScheme = /,\s*(basic|bearer)\s/i;
const credentialCharsMax = 8_192;

/**
 * The one credential, from `Authorization: Bearer` (RFC 6750, section 2.1), or of a socket from its sub-protocols.
 * Cookies are no credential here and go nowhere.
 * @throws auth.missing, auth.several, auth.invalid
 */
export function readCredential(rawHeaders: readonly string[], target: string, isSocket = false): string {
  let authorization: string | undefined;
  const offered: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const given = rawHeaders[index] ?? '';
    if (!carrierLengths.has(given.length)) continue;
    const name = given.toLowerCase();
    const value = (rawHeaders[index + 1] ?? '').trim();
    if (value === '') continue;
    if (name === 'authorization') {
      if (authorization !== undefined) throw new Refusal('auth.several');
      authorization = value;
    } else if (isSocket && name === protocols) {
      offered.push(...protocolCredentials(value));
    } else if (otherCarriers.has(name) || (name === protocols && protocolCarrier.test(value))) {
      throw new Refusal('auth.several', { detail: `credential in ${name}` });
    }
  }
  if (hasQueryCredential(target)) throw new Refusal('auth.several', { detail: 'credential in the query' });
  if (offered.length + (authorization === undefined ? 0 : 1) > 1) throw new Refusal('auth.several');
  if (authorization !== undefined) return bearerOf(authorization);
  if (offered[0] === undefined) throw new Refusal('auth.missing');
  return withinBounds(offered[0]);
}

/** @throws auth.invalid for what says that it is one and is not */
function protocolCredentials(list: string): string[] {
  const carriers = list
    .split(',')
    .map((each) => each.trim())
    .filter((each) => protocolCarrier.test(each));
  return carriers.map((each) => {
    const credential = protocolCredential.exec(each)?.[1];
    if (credential === undefined) throw new Refusal('auth.invalid');
    return credential;
  });
}

function hasQueryCredential(target: string): boolean {
  const start = target.indexOf('?');
  if (start === -1) return false;
  const names = [...new URLSearchParams(target.slice(start + 1)).keys()];
  return names.some((name) => queryCarriers.has(name.toLowerCase()));
}

function bearerOf(authorization: string): string {
  const [scheme, rest] = splitOnce(authorization);
  if (anotherScheme.test(authorization)) throw new Refusal('auth.several');
  if (scheme.toLowerCase() !== 'bearer')
    throw new Refusal('auth.invalid', { detail: 'another scheme than Bearer' });
  if (rest === '') throw new Refusal('auth.missing');
  return withinBounds(rest);
}

function withinBounds(credential: string): string {
  const most = credential.startsWith(CLIENT_SECRET_PREFIX) ? CLIENT_SECRET_CHARS_MAX : credentialCharsMax;
  if (credential.length > most) throw new Refusal('auth.invalid');
  return credential;
}

function splitOnce(text: string): [string, string] {
  const space = text.search(/[ \t]/);
  return space === -1 ? [text, ''] : [text.slice(0, space), text.slice(space).trim()];
}

/** Who knows the credentials, and who counts the bad ones. */
export interface AuthenticatorOptions {
  readonly keys: Pick<KeyRing, 'verify' | 'find'>;
  /** Without it, tokens are unknown credentials. */
  readonly tokens?: TokenVerifier | undefined;
  /** Without it, client secrets are unknown credentials. */
  readonly clientSecrets?: Pick<ClientSecrets, 'open'> | undefined;
  readonly failedAttempts: Pick<FailedAttempts, 'check'>;
  readonly clock: Clock;
  /** What is shut, and for whom; without one nothing is. */
  readonly containment?: Pick<Containment, 'isActive' | 'checkCaller' | 'isBannedAddress'> | undefined;
  /** Who is held to a lower tier; without it nobody is. */
  readonly loweredTiers?: LoweredTiers | undefined;
}

/** Tells who calls. */
export interface Authenticator {
  /**
   * At once where the key or token is cached.
   * @param asPerson at the admin API, which stays open while callers are shut out
   * @throws auth.missing, auth.several, auth.invalid, auth.unavailable, access.address, access.locked_down,
   *   access.banned, access.client_secret, rate.source, store.unavailable
   */
  authenticate(presented: Presented, asPerson?: boolean): Caller | Promise<Caller>;
  /**
   * Who calls in a session that a client secret opened, which may have ended since: the credential that made it must not.
   * @throws auth.invalid, access.address, access.locked_down, access.banned, store.unavailable
   */
  authenticateWithin(granted: Granted, source: string): Caller | Promise<Caller>;
}

/** Keys and tokens are told apart by their form alone. */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { failedAttempts, containment, loweredTiers } = options;
  const callerBy = grantedCallers(options.keys, options.clock);
  const callerOf = callersBy(options, callerBy);

  /** Only who failed is ever told to slow down. */
  function failed(source: string, error: Refusal): Refusal {
    if (!error.code.startsWith('auth.')) return error;
    if (containment?.isBannedAddress(source)) return new Refusal('rate.source');
    failedAttempts.check(source);
    return error;
  }

  function accept(caller: Caller | undefined, source: string, asPerson?: boolean): Caller {
    if (caller === undefined) throw failed(source, new Refusal('auth.invalid'));
    checkAddress(caller.key, source);
    if (!containment?.isActive) return caller;
    containment.checkCaller(caller, asPerson);
    // What is not lowered is what operators may do.
    const counted = asPerson || !loweredTiers ? caller : loweredTiers.lowered(caller);
    if (counted !== caller) containment.checkCaller(counted);
    return counted;
  }

  return {
    authenticate({ rawHeaders, target, source, method }, asPerson) {
      let credential: string;
      try {
        credential = readCredential(rawHeaders, target, method === 'WEBSOCKET');
      } catch (error) {
        throw error instanceof Refusal ? failed(source, error) : error;
      }
      const found = callerOf(credential, method);
      return found instanceof Promise
        ? found.then((caller) => accept(caller, source, asPerson))
        : accept(found, source, asPerson);
    },
    authenticateWithin(granted, source) {
      const found = callerBy(granted);
      return found instanceof Promise
        ? found.then((caller) => accept(caller, source))
        : accept(found, source);
    },
  };
}

type CallerBy<T> = (by: T, method?: string) => Caller | undefined | Promise<Caller | undefined>;

/** Whose a credential is. @throws access.client_secret where one cannot be used */
function callersBy(
  { keys, tokens, clientSecrets }: AuthenticatorOptions,
  callerBy: CallerBy<Granted>,
): CallerBy<string> {
  return (credential, method) => {
    if (credential.startsWith(CLIENT_SECRET_PREFIX)) {
      const granted = clientSecrets?.open(credential);
      if (granted && method !== 'WEBSOCKET') throw new Refusal('access.client_secret', { subject: granted });
      return granted && callerBy(granted);
    }
    if (tokens && !credential.startsWith('sk-') && isTokenShaped(credential))
      return tokens.verify(credential);
    const record = keys.verify(credential);
    return record instanceof Promise ? record.then(callerOfKey) : callerOfKey(record);
  };
}

function isTokenShaped(credential: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(credential);
}

const addressesOf = new WeakMap<KeyRecord, BlockList>();

/** A key bound to addresses opens from those alone. @throws access.address */
export function checkAddress(key: KeyRecord | undefined, source: string): void {
  if (key?.ips === undefined) return;
  const plain = source.startsWith('::ffff:') && source.includes('.') ? source.slice(7) : source;
  let list = addressesOf.get(key);
  if (list === undefined) addressesOf.set(key, (list = addressList(key.ips)));
  const family = isIP(plain);
  if (family === 0 || !list.check(plain, family === 6 ? 'ipv6' : 'ipv4')) {
    throw new Refusal('access.address', { subject: { user: key.user, credential: key.id } });
  }
}

const rangeFormat = /^([0-9A-Fa-f:.]{2,45})(?:\/(\d{1,3}))?$/;

/** Addresses and CIDR ranges of both families. @throws Error on anything else */
export function addressList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [, address = '', bits] = rangeFormat.exec(range) ?? [];
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

/** Whether `addressList` takes it. */
export function isAddressRange(range: string): boolean {
  try {
    addressList([range]);
    return true;
  } catch {
    return false;
  }
}
