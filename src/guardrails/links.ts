/**
 * Addresses in what a model writes that a page would follow or load: a picture with the conversation in its query is
 * the cheapest way out of it. An address is found whole, from its scheme to its end; what cannot be read in one way, or
 * hides its scheme, leads nowhere that is allowed. Linear.
 */
import { coversHost } from '../base/hosts.ts';
import type { Finding } from '../base/finding.ts';
import { CONFIDENCE } from './overlaps.ts';

/** An address, or what stands where Markdown and HTML expect one and need not begin with a scheme. */
const ADDRESS =
  /(?<place>\]\(\s{0,8}<?|(?:src|srcset|href|poster|background|action)\s{0,8}=\s{0,8}["']?|url\(\s{0,8}["']?)(?<target>[^\s"'<>)]{1,4096})|https?:[^\s"'<>)\]]{1,4096}/gi;
const ENCODED = /&(?:#|colon;|sol;|tab;|newline;|bsol;)|[\u0000-\u001f]/i; // oxlint-disable-line no-control-regex
const ABSOLUTE = /^(?:https?:)?[\\/]{2,}|^https?:/i;
const HOST = /^(?:https?:)?[\\/]*(?<host>[^\\/?#@:]*)(?<next>[\\/?#:@]?)/i;
const PLAIN_HOST = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/;
const IMAGE_BEFORE =
  /!\[[^\]]{0,256}\]\(\s{0,8}<?$|(?:src|srcset|poster|background)\s{0,8}=\s{0,8}["']?$|url\(\s{0,8}["']?$/i;
const BEFORE = 280;

/** Addresses of hosts that no entry of `allow` covers. */
export function findLinks(text: string, allow: readonly string[]): Finding[] {
  if (!text.includes(':') && !text.includes('//') && !text.includes('](') && !text.includes('=')) return [];
  const found: Finding[] = [];
  for (const match of text.matchAll(ADDRESS)) {
    const whole = match.groups?.['target'] ?? match[0];
    const target = whole.replace(/[.,;:!?]{1,8}$/, '');
    if (!leadsOut(target, allow)) continue;
    const start = match.index + match[0].length - whole.length;
    const end = start + target.length;
    const isImage = IMAGE_BEFORE.test(text.slice(Math.max(0, start - BEFORE), start));
    found.push({
      guardrail: 'links',
      type: isImage ? 'image' : 'link',
      start,
      end,
      score: CONFIDENCE.validated,
      reason: 'an address of a host that is not listed',
    });
  }
  return found;
}

function leadsOut(target: string, allow: readonly string[]): boolean {
  if (ENCODED.test(target)) return true;
  if (!ABSOLUTE.test(target)) return false;
  const { host = '', next = '' } = HOST.exec(target)?.groups ?? {};
  // A name and a password before the host, or a host in other letters: another reader may go elsewhere.
  if (next === '@' || target.includes('@') || !PLAIN_HOST.test(host.toLowerCase()))
    return !allow.includes('*');
  return !allow.some((entry) => coversHost(entry, host.toLowerCase()));
}
