/**
 * Where the gateway itself may call: https, or http to this machine; never a link-local or metadata address, whatever
 * a name resolves to. For every call of our own that is no caller's (key sets, detectors).
 */
import { lookup as resolve, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Where clouds answer about the machine itself: no service of anybody's stands there. */
const forbidden = new BlockList();
forbidden.addSubnet('169.254.0.0', 16, 'ipv4');
forbidden.addAddress('100.100.100.200', 'ipv4');
forbidden.addAddress('192.0.0.192', 'ipv4');
forbidden.addAddress('168.63.129.16', 'ipv4');
forbidden.addSubnet('fe80::', 10, 'ipv6');
// Amazon's: metadata, names, time and the identities of pods.
forbidden.addSubnet('fd00:ec2::', 32, 'ipv6');
forbidden.addAddress('fd20:ce::254', 'ipv6');
// 169.254.0.0/16 behind a translator (RFC 6052).
forbidden.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6');

function isForbidden(address: string): boolean {
  return forbidden.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** What a configured URL must be; a name in it is looked at again whenever it is resolved, by `allowedLookup`. */
export function isOwnCallUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  const host = hostname.replace(/^\[|\]$/g, '');
  if (username !== '' || password !== '' || (isIP(host) !== 0 && isForbidden(host))) return false;
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host));
}

/** Whether a configured host, a name or an address, may be called; a name is looked at again when it is resolved. */
export function isOwnCallHost(host: string): boolean {
  return isIP(host) === 0 || !isForbidden(host);
}

/** What is said of a URL that is none of these. */
export const OWN_CALL_URL = 'must be https, or http to loopback, no link-local';

/** `lookup` for a connection: fails where any address of the name is forbidden. */
export const allowedLookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error) return callback(error, '');
    if (addresses.some(({ address }) => isForbidden(address))) {
      return callback(new Error('the name leads to a forbidden address'), '');
    }
    const [first] = addresses;
    return options.all ? callback(null, addresses) : callback(null, first?.address ?? '', first?.family);
  });
};
