/**
 * Secrets: one pass over the text that stops at runs of token characters and at `:`, `=` and ` is `, and looks
 * around them within fixed bounds. A new vendor is a row of the table; kinds with checksums join there too.
 */
import type { Finding } from '../../base/finding.ts';
import { type Candidate, toFindings } from '../candidate.ts';
import { canonicalise, type View } from '../canonical.ts';
import type { Guardrail } from '../guardrail.ts';
import { CONFIDENCE } from '../overlaps.ts';
import { isDigit, isLatinLetter } from '../units.ts';
import { entropyBits, isStandIn } from './allowed.ts';
import { assignedAt, statedAt } from './labelled.ts';
import { RULES_BY_START, startOf } from './vendors.ts';

/** Shorter runs hold no vendor's token. */
const RUN_MIN = 10;

/** 1: part of a token; 2: may stand between label and value. */
const KIND = new Uint8Array(128);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.+/')
  KIND[char.charCodeAt(0)] = 1;
for (const char of ':=') KIND[char.charCodeAt(0)] = 2;

/** The table, for a place inside the text; beyond ASCII nothing is part of a token. */
function kindAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit < 128 ? (KIND[unit] ?? 0) : 0;
}

/** Findings in a view, in places of its source; sorted, not overlapping. */
export function findSecrets(view: View): Finding[] {
  const { text } = view;
  const { length } = text;
  const found: Candidate[] = [];
  for (let at = 0; at < length; ) {
    const kind = kindAt(text, at);
    if (kind === 1) {
      let end = at + 1;
      while (end < length && kindAt(text, end) === 1) end++;
      if (end - at >= RUN_MIN) inRun(text, at, end, found);
      else if (end - at === 2 || end - at === 3) add(found, statement(text, at, end));
      at = end;
    } else {
      const candidate = kind === 2 ? (urlPasswordAt(text, at) ?? assignedAt(text, at)) : undefined;
      add(found, candidate);
      at = Math.max(at + 1, candidate?.end ?? 0);
    }
  }
  return found.length === 0 ? [] : toFindings('secrets', view, found);
}

function add(found: Candidate[], candidate: Candidate | undefined): void {
  if (candidate) found.push(candidate);
}

/** `is`, `was`, `es`, `ist`, `est` after a label. */
function statement(text: string, at: number, end: number): Candidate | undefined {
  const last = text.charCodeAt(end - 1);
  if ((last !== 0x73 && last !== 0x74) || text[at - 1] !== ' ' || text[end] !== ' ') return undefined;
  const verb = text.slice(at, end);
  return VERBS.has(verb) ? statedAt(text, at - 1, verb.length + 2) : undefined;
}
const VERBS = new Set(['is', 'was', 'es', 'ist', 'est']);

/** Vendors' tokens in a run: at its start, and wherever a new word begins in it. */
function inRun(text: string, start: number, end: number, found: Candidate[]): void {
  for (let at = start; at + RUN_MIN <= end; at++) {
    if (at > start && isAlphanumeric(text.charCodeAt(at - 1))) continue;
    const candidate = text.startsWith('-----BEGIN', at) ? pemAt(text, at) : vendorTokenAt(text, at);
    if (!candidate) continue;
    found.push(candidate);
    at = candidate.end - 1;
  }
}

const isAlphanumeric = (unit: number): boolean => isDigit(unit) || isLatinLetter(unit);

function vendorTokenAt(text: string, at: number): Candidate | undefined {
  for (const { type, vendor, prefix, pattern } of RULES_BY_START.get(startOf(text, at)) ?? []) {
    if (!text.startsWith(prefix, at)) continue;
    pattern.lastIndex = at;
    const token = pattern.exec(text)?.[0];
    if (token === undefined) continue;
    if (isStandIn(token) || entropyBits(token.slice(prefix.length, prefix.length + 64)) < 2.5)
      return undefined;
    return {
      type,
      start: at,
      end: at + token.length,
      score: CONFIDENCE.prefix,
      reason: `a token of ${vendor}`,
    };
  }
  return undefined;
}

const PEM = /-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/y;
const PEM_END = /^-----END [A-Z0-9 ]{3,48}-----/;
const PEM_MAX = 16_384;
const base64Length = (block: string): number => /^[A-Za-z0-9+/=\s\\]*/.exec(block)?.[0].length ?? 0;

/** From the header to its end line; to the end of the text, at most 16 KiB, where there is none. */
function pemAt(text: string, at: number): Candidate | undefined {
  PEM.lastIndex = at;
  const header = PEM.exec(text)?.[0];
  if (header === undefined) return undefined;
  const bodyStart = at + header.length;
  const dashes = text.indexOf('-----', bodyStart);
  const hasEnd = dashes >= 0 && dashes - bodyStart <= PEM_MAX && text.startsWith('-----END ', dashes);
  const bodyEnd = hasEnd ? dashes : bodyStart + base64Length(text.slice(bodyStart, bodyStart + PEM_MAX));
  if (bodyEnd - bodyStart < 24 || /\.{3}|<[a-z]/i.test(text.slice(bodyStart, bodyEnd))) return undefined;
  const end = hasEnd ? bodyEnd + (PEM_END.exec(text.slice(bodyEnd, bodyEnd + 64))?.[0].length ?? 9) : bodyEnd;
  return {
    type: 'private_key',
    start: at,
    end,
    score: CONFIDENCE.validated,
    reason: 'a private key in PEM form',
  };
}

const USER_INFO = /:\/\/([^\s:@/"'<>]{0,64}):([^\s@/"'<>]{3,128})@[\w.[-]/y;

/** The password in `scheme://user:password@host`. */
function urlPasswordAt(text: string, at: number): Candidate | undefined {
  if (text[at + 1] !== '/') return undefined;
  USER_INFO.lastIndex = at;
  const match = USER_INFO.exec(text);
  const password = match?.[2];
  if (
    !match ||
    password === undefined ||
    password === match[1] ||
    /^[$%{<*[]|x{3,}|^pass(?:word)?$|\*{3}|\.{3}/i.test(password)
  )
    return undefined;
  const start = at + 4 + (match[1]?.length ?? 0);
  const reason = 'a password in a URL';
  return { type: 'url_password', start, end: start + password.length, score: CONFIDENCE.prefix, reason };
}

/** The guardrail as others see it; the request's join calls the finder on a view it has already. */
export const secretsGuardrail: Guardrail = {
  id: 'secrets',
  inspect: (text) => findSecrets(canonicalise(text)),
};
