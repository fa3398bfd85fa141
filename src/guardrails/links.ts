/**
 * Addresses in what a model writes that a page would follow or load: a picture with the conversation in its query is
 * the cheapest way out of it. An address is found whole, from its scheme to its end; what cannot be read in one way, or
 * hides its scheme, leads nowhere that is allowed. What may be loaded without a click counts as a picture. Linear.
 */
import { coversHost } from '../base/hosts.ts';
import type { Finding } from '../base/finding.ts';
import { CONFIDENCE } from './overlaps.ts';

/** Blanks that are passed over between the parts of a place; more of them hide what comes, and are found themselves. */
const BLANKS = '\\s{0,64}';
/** `url` of style sheets, in their escapes too. */
const CSS_URL = String.raw`(?:u|\\0{0,4}[57]5\s?)(?:r|\\0{0,4}[57]2\s?)(?:l|\\0{0,4}[46]c\s?)\(`;
const ATTRIBUTES =
  'src|srcset|href|poster|background|action|formaction|data|ping|manifest|codebase|archive|dynsrc|lowsrc|longdesc|cite';
/** A page that goes elsewhere by itself: `content="0;url=…"`. */
const REFRESH = `content${BLANKS}=${BLANKS}["']?${BLANKS}[\\d.]{1,16}[;,\\s]${BLANKS}(?:url${BLANKS}=${BLANKS})?`;

/** Where Markdown, HTML and style sheets expect an address, which need not begin with a scheme there. */
const PLACES = [
  `(?<inline>\\]\\(${BLANKS}(?:<${BLANKS})?)`,
  `(?<defined>\\]:${BLANKS}(?:<${BLANKS})?)`,
  `(?<set>srcset${BLANKS}=${BLANKS})`,
  `(?<attribute>(?:${ATTRIBUTES})${BLANKS}=${BLANKS}|${REFRESH})`,
  `(?<style>${CSS_URL}${BLANKS}|@import${BLANKS}|image-set\\(${BLANKS})`,
];
/** Between quotes blanks may stand in an address. */
const TARGET = `(?:"(?<double>[^"]{1,4096})|'(?<single>[^']{1,4096})|(?<bare>(?:(?!\\]\\()[^\\s"'<>)]){1,4096}|\\s{65}))`;
const PLACED = new RegExp(`(?:${PLACES.join('|')})${TARGET}`, 'gi');
/** Addresses that say what they are wherever they stand. */
const PLAIN =
  /(?:https?:|(?:ftp|wss?|file):[\\/]{2}|(?<![a-z0-9])www\.[a-z0-9-]{1,63}\.)[^\s"'<>)\]]{1,4096}/gi;
const MAY_BE_PLACED = /\]\(|\]:|=|\(|@import/i;
const MAY_BE_PLAIN = /:|www\./i;

const HIDDEN = /&(?:#|colon;|sol;|tab;|newline;|bsol;)|[\u0000-\u0008\u000b\u000c\u000e-\u001f]/i; // oxlint-disable-line no-control-regex
const LINE_BREAKS = /[\t\n\r]/g;
const EDGES = /^[\u0000-\u0020]+|[\u0000-\u0020]+$/g; // oxlint-disable-line no-control-regex
const SCRIPT = /^(?:javascript|vbscript|data(?!:image\/(?:png|jpe?g|gif|webp|avif|bmp|x-icon)[;,])):/i;
const ABSOLUTE = /^(?:[a-z][a-z0-9+.-]{0,31}:)?[\\/]{2,}|^https?:|^www\./i;
const HOST = /^(?:[a-z][a-z0-9+.-]{0,31}:)?[\\/]*(?<host>[^\\/?#@:]*)/i;
/** A name and a password before the host, for any reader: they end at the first slash, for some elsewhere. */
const USER = /^(?:[a-z][a-z0-9+.-]{0,31}:)?[\\/]*(?![\\/])[^/]*@/i;
const PLAIN_HOST = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/;

/** A link of Markdown whose label leaves no doubt that it is none of a picture's. */
const LINK_BEFORE = /(?:^|[^!\\])\[[^[\]`<>\\]{0,240}$/;
/** A link of HTML, in a tag that can be read in one way. */
const ANCHOR_BEFORE =
  /(?:^|[^=\s])\s{0,8}<(?:a|area|form)(?:\s{1,8}[a-z-]{1,32}(?:=(?:"[^"<>]{0,200}"|'[^'<>]{0,200}'|[^\s"'<>=]{1,200}))?){0,8}\s{1,8}$/i;
const BEFORE = 256;

/** Addresses of hosts that no entry of `allow` covers; by start, apart. */
export function findLinks(text: string, allow: readonly string[]): Finding[] {
  const placed = MAY_BE_PLACED.test(text) ? findPlaced(text, allow) : [];
  if (!MAY_BE_PLAIN.test(text)) return placed;
  const found = [...placed];
  for (const { 0: whole, index } of text.matchAll(PLAIN)) {
    const { target } = one(whole);
    const end = index + target.length;
    if (placed.some((other) => other.start < end && index < other.end)) continue;
    if (leadsOut(target, allow, false)) found.push(asFinding('link', index, end));
  }
  return found.sort((a, b) => a.start - b.start);
}

function findPlaced(text: string, allow: readonly string[]): Finding[] {
  const found: Finding[] = [];
  PLACED.lastIndex = 0;
  for (let match = PLACED.exec(text); match; match = PLACED.exec(text)) {
    const { groups = {}, index } = match;
    const quoted = groups['double'] ?? groups['single'];
    const whole = quoted ?? groups['bare'] ?? '';
    const offset = PLACED.lastIndex - whole.length;
    const targets = groups['set'] === undefined ? [one(whole)] : candidates(whole);
    const out = targets.filter(({ target }) => leadsOut(target, allow, groups['style'] !== undefined));
    const before = text.slice(Math.max(0, index - BEFORE), index);
    const type = out.length > 0 && isLoaded(groups, before) ? 'image' : 'link';
    for (const { start, target } of out)
      found.push(asFinding(type, offset + start, offset + start + target.length));
    // A quote that nobody closed hides nothing behind it; two kinds of quotes are looked behind twice at most.
    if (quoted !== undefined && out.length === 0) PLACED.lastIndex = offset;
  }
  return found;
}

function asFinding(type: 'image' | 'link', start: number, end: number): Finding {
  const reason = 'an address of a host that is not listed';
  return { guardrail: 'links', type, start, end, score: CONFIDENCE.validated, reason };
}

type Groups = Readonly<Record<string, string | undefined>>;

/** Whether a page may load the address by itself; what is only defined here may be a picture's elsewhere. */
function isLoaded({ inline, attribute, set, style, defined }: Groups, before: string): boolean {
  if (inline !== undefined) return !LINK_BEFORE.test(before);
  if (attribute !== undefined)
    return !(/^(?:href|action|ping|cite)/i.test(attribute) && ANCHOR_BEFORE.test(before));
  return set !== undefined || style !== undefined || defined !== undefined;
}

interface Target {
  readonly start: number;
  readonly target: string;
}

function one(whole: string): Target {
  return { start: 0, target: whole.replace(/[.,;:!?]{1,8}$/, '') };
}

/** Of a list of pictures, each with its size. */
function candidates(whole: string): Target[] {
  const list = Array.from(whole.matchAll(/[^\s,][^\s]{0,4095}/g), ({ 0: target, index }) => ({
    start: index,
    target,
  }));
  return list.flatMap(({ start, target }) => {
    // Without blanks a comma parts two of them, or belongs to one.
    const parts = target.split(/,(?=[^,])/);
    let at = start;
    return parts.map((part) => {
      const from = at;
      at += part.length + 1;
      return { start: from, target: part };
    });
  });
}

function leadsOut(target: string, allow: readonly string[], isStyle: boolean): boolean {
  // Nothing but blanks: too many to see what comes.
  if (target.trim() === '') return target.length > 64;
  if (HIDDEN.test(target) || (isStyle && target.includes('\\'))) return true;
  const plain = target.replace(LINE_BREAKS, '').replace(EDGES, '');
  // Markdown takes backslashes away that browsers take for slashes.
  return (
    goesTo(plain, allow) ||
    (plain.includes('\\') && goesTo(plain.replace(/\\(?=[!-/:-@[-`{-~])/g, ''), allow))
  );
}

function goesTo(target: string, allow: readonly string[]): boolean {
  if (SCRIPT.test(target)) return true;
  if (!ABSOLUTE.test(target)) return false;
  const host = (HOST.exec(target)?.groups?.['host'] ?? '').toLowerCase();
  // Another reader may go elsewhere.
  if (USER.test(target) || !PLAIN_HOST.test(host)) return !allow.includes('*');
  return !allow.some((entry) => coversHost(entry, host));
}
