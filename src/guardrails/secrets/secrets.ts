/**
 * Secrets: one pass over the text that stops at runs of token characters, at `:`, `=` and their like, and at ` is `, and
 * looks around them within fixed bounds. A new vendor is a line of the table, a form without prefix a probe in shapes.ts.
 */
import type { Finding } from '../../base/finding.ts';
import { type Candidate, toFindings } from '../candidate.ts';
import { canonicalise, type View } from '../canonical.ts';
import { codeUnits, type Read } from '../code-units.ts';
import type { Guardrail } from '../guardrail.ts';
import { isDigit, isLatinLetter } from '../units.ts';
import { entropyBits, isStandIn } from './allowed.ts';
import { curlPasswordAt, gluedPasswordAt } from './command-lines.ts';
import {
  assignedAt,
  asideAt,
  enclosedAt,
  flagAt,
  labelledAt,
  statedAt,
  statedBefore,
  toldAt,
} from './labelled.ts';
import { declaredAt, labelEndBefore, pairedAt, pairedSecretAt, quotedAt, rememberedAt } from './told.ts';
import {
  accessSignatureAt,
  appTokenAt,
  azureSecretAt,
  botTokenAt,
  cryptHashAt,
  wholeTokenAt,
  pemAt,
  seedPhraseAt,
  urlPasswordAt,
  vendorToken,
} from './shapes.ts';
import { rulesFor, type VendorRule } from './vendors.ts';

/** Shorter runs hold no vendor's token. */
const RUN_MIN = 10;

/** 1: part of a token; 5: the same, and a digit; 2: may stand between label and value; 3: may enclose one. */
const KIND = new Uint8Array(0x10000);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.+/')
  KIND[char.charCodeAt(0)] = 1;
for (const char of '0123456789') KIND[char.charCodeAt(0)] = 5;
for (const char of ':=') KIND[char.charCodeAt(0)] = 2;
for (const char of '(>~|$\'"') KIND[char.charCodeAt(0)] = 3;

/** Findings in a view, in places of its source; sorted, not overlapping. */
export function findSecrets(view: View): Finding[] {
  const { text } = view;
  const { length } = text;
  const units = codeUnits(text);
  const read = { text, units };
  const found: Candidate[] = [];
  for (let at = 0; at < length; ) {
    const kind = KIND[units[at] ?? 0];
    if (kind === 1 || kind === 5) {
      const start = at;
      let kinds = 0;
      let next = kind;
      do {
        kinds |= next;
        next = KIND[units[++at] ?? 0] ?? 0;
      } while (next === 1 || next === 5);
      if (kinds === 5) add(found, toldAt(read, start));
      if (at - start >= RUN_MIN) inRun(text, units, start, at, found);
      else if (units[start] === DASH) add(found, optionAt(text, start, at));
      else if (isVerbLong(at - start, units[start] ?? 0) && units[at] === SPACE && units[start - 1] === SPACE)
        add(found, statement(read, start, at));
    } else if (kind === 2) {
      const candidate = separated(read, at);
      add(found, candidate);
      at = Math.max(at + 1, candidate?.end ?? 0);
    } else {
      if (kind === 3) add(found, marked(read, at));
      at++;
    }
  }
  return found.length === 0 ? [] : toFindings('secrets', view, found);
}

const DASH = 0x2d;
const SPACE = 0x20;

function add(found: Candidate[], candidate: Candidate | undefined): void {
  if (candidate) found.push(candidate);
}

/** At `:` and `=`. */
function separated(read: Read, at: number): Candidate | undefined {
  const { text } = read;
  return (
    urlPasswordAt(text, at) ??
    botTokenAt(text, at) ??
    accessSignatureAt(text, at) ??
    seedPhraseAt(text, at) ??
    assignedAt(read, at) ??
    otherwiseAt(read, at)
  );
}

/** At `:` and `=` that no label stands right before. */
function otherwiseAt(read: Read, at: number): Candidate | undefined {
  const { text } = read;
  const labelEnd = labelEndBefore(read.units, at);
  const candidate = labelEnd < at ? labelledAt(read, labelEnd, at) : undefined;
  return candidate ?? (text[at] === ':' ? pairedAt(read, at) : declaredAt(text, at));
}

/** At `(`, `>`, `~`, `|`, `$`, and marks of quotation. */
function marked(read: Read, at: number): Candidate | undefined {
  const { text } = read;
  const mark = text[at];
  if (mark === "'" || mark === '"') return quotedAt(read, at);
  if (mark === '~') return azureSecretAt(text, at);
  if (mark === '$') return cryptHashAt(text, at);
  if (mark === '(' && text.charCodeAt(at - 1) === SPACE) return asideAt(read, at);
  return mark === '|' ? appTokenAt(text, at) : enclosedAt(read, at);
}

/** `is`, `was`, `be`, `es`, `ist`, `est`, `to`, `as` after a label. */
function statement(read: Read, at: number, end: number): Candidate | undefined {
  const { text, units } = read;
  const last = units[end - 1];
  if (last !== 0x73 && last !== 0x74 && last !== 0x6f && last !== 0x65) return undefined;
  const verb = text.slice(at, end);
  if (!VERBS.has(verb)) return undefined;
  return (
    statedAt(read, at - 1, verb.length + 2) ??
    (REMEMBERED.has(verb) ? rememberedAt(text, at - 1, verb) : undefined) ??
    (verb === 'is' ? statedBefore(text, at - 1) : undefined)
  );
}

/** `--password …` and `-u user:password` on a command line. */
function optionAt(text: string, start: number, end: number): Candidate | undefined {
  const option = text.slice(start, Math.min(end, start + 8));
  if (option.startsWith('-p')) return gluedPasswordAt(text, start, end);
  return option === '-u' || option === '--user' ? curlPasswordAt(text, end) : flagAt(text, start, end);
}

const VERBS = new Set(['is', 'was', 'be', 'es', 'ist', 'est', 'to', 'as', 'lautet']);
const REMEMBERED = new Set(['is', 'was', 'be', 'to']);
const isVerbLong = (length: number, first: number): boolean =>
  length <= 3 || (length === 6 && first === 0x6c);

/** Vendors' tokens in a run: at its start, and wherever a new word begins in it. */
function inRun(text: string, units: Uint16Array, start: number, end: number, found: Candidate[]): void {
  for (let at = start; at + RUN_MIN <= end; at++) {
    if (at > start && isAlphanumeric(units[at - 1] ?? 0)) continue;
    const rules = rulesFor(units[at] ?? 0, units[at + 1] ?? 0);
    const isPem = rules.length === 0 && units[at] === DASH && text.startsWith('-----BEGIN', at);
    const candidate = isPem ? pemAt(text, at) : rules.length > 0 ? vendorTokenAt(text, at, rules) : undefined;
    if (!candidate) continue;
    found.push(candidate);
    if (candidate.type === 'aws_access_key') add(found, pairedSecretAt(text, candidate.end));
    at = candidate.end - 1;
  }
  add(
    found,
    units[start] === DASH
      ? (flagAt(text, start, end) ?? gluedPasswordAt(text, start, end))
      : wholeTokenAt(text, start, end),
  );
}

const isAlphanumeric = (unit: number): boolean => isDigit(unit) || isLatinLetter(unit);

function vendorTokenAt(text: string, at: number, rules: readonly VendorRule[]): Candidate | undefined {
  for (const { type, vendor, prefix, pattern } of rules) {
    if (!text.startsWith(prefix, at)) continue;
    pattern.lastIndex = at;
    const token = pattern.exec(text)?.[0];
    if (token === undefined) continue;
    if (
      isStandIn(token.slice(prefix.length)) ||
      entropyBits(token.slice(prefix.length, prefix.length + 64)) < 2.5
    )
      return undefined;
    return vendorToken(type, vendor, at, at + token.length);
  }
  return undefined;
}

/** The guardrail as others see it; the request's join calls the finder on a view it has already. */
export const secretsGuardrail: Guardrail = {
  id: 'secrets',
  inspect: (text) => findSecrets(canonicalise(text)),
};
