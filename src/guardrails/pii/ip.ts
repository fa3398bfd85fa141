/** Public IP addresses. Private, loopback and multicast ranges name no one, and versions are not addresses. */
import { isIPv6 } from 'node:net';
import type { Candidate } from '../candidate.ts';
import { CONFIDENCE } from '../overlaps.ts';
import { isDigit, isWord } from '../units.ts';
import { endOf, lengthAt, type NumberSpan } from './number-span.ts';

const IPV6_MAX = 45;
const VERSION = /(?:version|ver|release|build|oid)\W{0,3}$/i;

/** Four octets at the start of the span, nothing of the kind before or after. */
export function ipv4At(text: string, span: NumberSpan): Candidate | undefined {
  const { count, gaps } = span;
  if (count < 4 || gaps[0] !== '.' || gaps[1] !== '.' || gaps[2] !== '.') return undefined;
  const start = span.starts[0] ?? 0;
  const end = endOf(span, 4);
  for (let i = 0; i < 4; i++) if (octetAt(text, span, i) > 255) return undefined;
  if (gaps[3] === '.' || isWord(text.charCodeAt(end)) || isWord(text.charCodeAt(start - 1))) return undefined;
  if (/[.-]/.test(text[start - 1] ?? '') || VERSION.test(text.slice(Math.max(0, start - 12), start)))
    return undefined;
  if (!isPublic(octetAt(text, span, 0), octetAt(text, span, 1)) || !isPersonal(text, start)) return undefined;
  return { type: 'IP', start, end, score: CONFIDENCE.heuristic, reason: 'a public IP address' };
}

/** The number in group i; over 255 where it is no octet, as with leading zeros. */
function octetAt(text: string, span: NumberSpan, i: number): number {
  const start = span.starts[i] ?? 0;
  const length = lengthAt(span, i);
  if (length > 3 || (length > 1 && text.charCodeAt(start) === 0x30)) return 256;
  let octet = 0;
  for (let at = start; at < start + length; at++) octet = 10 * octet + text.charCodeAt(at) - 0x30;
  return octet;
}

const LABEL =
  /\bip(?:v[46])?[ _-]?address\W{1,4}(?:(?:is|was|of)\W)?$|(?:my|his|her|your|its|the|user'?s?|client|customer|visitor|login|^|[\n{,"])[ _]?(?:ip|addr(?:ess)?)\W{1,4}(?:(?:is|was)\W)?$/i;

/** Only beside a label: the addresses of logs, code and configuration are machines in the main. */
function isPersonal(text: string, start: number): boolean {
  // Most follow another number, as in tables.
  if (isDigit(text.charCodeAt(start - 2))) return false;
  return LABEL.test(text.slice(Math.max(0, start - 24), start));
}

/** RFC 6890, section 2.2.2: the ranges that are not global. */
function isPublic(a: number, b: number): boolean {
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false;
  if (a === 100) return b < 64 || b > 127;
  if (a === 169) return b !== 254;
  if (a === 172) return b < 16 || b > 31;
  return a !== 192 || b !== 168;
}

const isHex = (unit: number): boolean =>
  (unit >= 0x30 && unit <= 0x39) || ((unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x66);

/** The IPv6 address with its first colon at `at`, of at least four groups; at most 45 units. */
export function ipv6At(text: string, at: number): Candidate | undefined {
  let start = at;
  while (start > 0 && at - start < 4 && isHex(text.charCodeAt(start - 1))) start--;
  if (text[start - 1] === ':') return undefined;
  let end = at + 1;
  while (end - start <= IPV6_MAX && (isHex(text.charCodeAt(end)) || text[end] === ':')) end++;
  if (end - start < 9) return undefined;
  const address = text.slice(start, end);
  if (isWord(text.charCodeAt(start - 1)) || isWord(text.charCodeAt(end)) || !isIPv6(address))
    return undefined;
  if (
    address.split(/:+/).filter(Boolean).length < 4 ||
    /^fe[89ab]|^f[cd]/i.test(address) ||
    !isPersonal(text, start)
  )
    return undefined;
  return { type: 'IP', start, end, score: CONFIDENCE.heuristic, reason: 'a public IP address' };
}
