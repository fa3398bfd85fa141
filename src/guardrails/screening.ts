/**
 * The join of all guardrails over one request: which findings there are, what is done about each, and the texts as
 * they may go up. Pure: same texts and policy, same result. Whoever calls refuses, forwards, or runs it in a worker.
 */
import { hash } from 'node:crypto';
import type { Action, Finding, GuardrailId, Trust } from '../base/finding.ts';
import { BoundedMap } from '../base/bounded-map.ts';
import { canonicalise, type View } from './canonical.ts';
import { findInjection } from './injection/injection.ts';
import { BLOCK_AT } from './injection/signal.ts';
import { resolveOverlaps } from './overlaps.ts';
import { knownNames, namesIn } from './pii/known-names.ts';
import { findPii } from './pii/pii.ts';
import { Vault, type VaultEntry } from './placeholders.ts';
import { recall, RECALLED_CHARS_MIN } from './recent-texts.ts';
import { findSecrets } from './secrets/secrets.ts';

/** A string of the request; what a body's reader knows of it beyond this does not matter here. */
export interface ScreenInput {
  readonly text: string;
  readonly trust: Trust;
  /** `prose` may be rewritten, `token` (ids, names, URLs, keys) may not, `opaque` is not read. */
  readonly class: 'prose' | 'token' | 'opaque';
}

/** Personal data that is acted upon where nothing else is said. */
export const ENFORCED_PII_TYPES = [
  'EMAIL',
  'PHONE',
  'SSN',
  'CREDIT_CARD',
  'IBAN',
  'PASSPORT',
  'NATIONAL_ID',
] as const;
const TOKEN_FINDINGS = { pii: 'observe', secrets: 'block' } as const;

/** What is done about findings. An `off` guardrail does not run. */
export interface ScreenPolicy {
  readonly injection: Action;
  readonly pii: Action;
  readonly secrets: Action;
  /** Placeholders that the answer can be restored from, else `[REDACTED]`. */
  readonly reversible: boolean;
  /** Types of personal data the action is for; the others are observed. Default ENFORCED_PII_TYPES. */
  readonly piiTypes?: readonly string[];
  /** An injection in a tool result: the exchange goes on, marked (default), or stops. */
  readonly toolInjection?: 'taint' | 'block';
  /** A finding to redact where nothing may be rewritten: personal data is observed by default, a secret blocks. */
  readonly tokenFindings?: Readonly<Record<'pii' | 'secrets', 'observe' | 'block'>>;
}

export type Outcome = 'observed' | 'redacted' | 'tainted' | 'blocked';

export interface LocatedFinding extends Finding {
  /** Index of the text among those screened. */
  readonly textIndex: number;
  readonly outcome: Outcome;
}

/** Plain data: it crosses threads. */
export interface Screening {
  /** By text, then by start; findings of different guardrails may overlap. */
  readonly findings: readonly LocatedFinding[];
  /** The guardrail of the first finding that blocks: the refusal's code is `guardrail.<id>`. */
  readonly block?: GuardrailId;
  /** A tool result tried to give orders: tools need care for the rest of the exchange. */
  readonly taint: boolean;
  /** Texts to send instead, one a text at most, in order; empty where the call is blocked. */
  readonly rewrites: readonly { readonly textIndex: number; readonly text: string }[];
  /** What the placeholders in `rewrites` stand for. */
  readonly placeholders: readonly VaultEntry[];
}

const NOTHING_FOUND: Screening = { findings: [], taint: false, rewrites: [], placeholders: [] };

/** Personal data and secrets in every text that is not opaque; injection in prose of users and tools. */
export function screen(texts: readonly ScreenInput[], policy: ScreenPolicy): Screening {
  const own = texts.map((input) => inspect(input, policy));
  // As nearly always.
  if (!own.some((findings) => findings.length > 0)) return NOTHING_FOUND;
  const found = withKnownNames(texts, own);
  const findings: LocatedFinding[] = [];
  for (const [textIndex, input] of texts.entries()) {
    for (const finding of found[textIndex] ?? []) {
      findings.push({ ...finding, textIndex, outcome: decide(finding, input, policy) });
    }
  }
  const block = findings.find(({ outcome }) => outcome === 'blocked')?.guardrail;
  const taint = findings.some(({ outcome }) => outcome === 'tainted');
  if (block) return { findings, block, taint, rewrites: [], placeholders: [] };
  return { findings, taint, ...rewrite(texts, findings, policy) };
}

/** Findings by text. */
type Found = readonly (readonly Finding[])[];

/** Names of people that one text tells are looked for in all prose; nothing is done where no text tells one. */
function withKnownNames(texts: readonly ScreenInput[], found: Found): Found {
  const spellings = new Set<string>();
  for (const [i, findings] of found.entries()) {
    for (const { type, start, end } of findings) {
      if (type === 'PERSON') spellings.add(texts[i]?.text.slice(start, end) ?? '');
    }
  }
  if (spellings.size === 0) return found;
  const names = knownNames(spellings);
  return texts.map(({ text, class: kind }, i) => {
    const known = found[i] ?? [];
    if (kind !== 'prose') return known;
    const more = namesIn(text, names)
      .filter(({ start, end }) => !known.some((other) => other.start < end && start < other.end))
      .map((candidate) => ({ ...candidate, guardrail: 'pii' as const }));
    return more.length === 0 ? known : [...known, ...resolveOverlaps(more)].sort((a, b) => a.start - b.start);
  });
}

/** Findings of all guardrails that are on, by start. */
function inspect({ text, trust, class: kind }: ScreenInput, policy: ScreenPolicy): readonly Finding[] {
  if (kind === 'opaque' || text.length < 3) return NOTHING;
  const vocabulary = kind === 'token' && text.length <= VOCABULARY_CHARS_MAX;
  if (vocabulary && clean.has(text)) return NOTHING;
  const found =
    text.length < RECALLED_CHARS_MIN
      ? inspectWith(canonicalise(text), kind, trust, policy)
      : recall(text, `${nameOf(policy)} ${kind} ${trust} `, () =>
          inspectWith(canonicalise(text), kind, trust, policy),
        );
  // Only what everything that reads tokens has read, so that it holds under any policy.
  if (vocabulary && found.length === 0 && policy.pii !== 'off' && policy.secrets !== 'off')
    clean.set(text, true);
  return found;
}

const NOTHING: readonly Finding[] = [];

/** The same for policies that say the same, on every thread: what findings depend on beside the text. */
function nameOf(policy: ScreenPolicy): string {
  let name = names.get(policy);
  if (name === undefined) names.set(policy, (name = hash('sha256', JSON.stringify(policy), 'base64')));
  return name;
}
const names = new WeakMap<ScreenPolicy, string>();

/** Keys and enumerations of the API come in every request: those that were clean are not read again. */
const clean = new BoundedMap<string, true>(512);
const VOCABULARY_CHARS_MAX = 24;

function inspectWith(
  view: View,
  kind: ScreenInput['class'],
  trust: Trust,
  policy: ScreenPolicy,
): readonly Finding[] {
  const pii = policy.pii === 'off' ? [] : findPii(view);
  const secrets = policy.secrets === 'off' ? [] : findSecrets(view);
  const isHeard = kind === 'prose' && trust !== 'system' && policy.injection !== 'off';
  const injection = isHeard ? findInjection(view, trust) : [];
  const found = [...pii, ...secrets, ...injection];
  return found.length > 1 ? found.sort((a, b) => a.start - b.start) : found;
}

function decide(finding: Finding, input: ScreenInput, policy: ScreenPolicy): Outcome {
  const { guardrail } = finding;
  const action = policy[guardrail];
  if (action === 'off' || action === 'observe') return 'observed';
  if (guardrail === 'injection') {
    if (finding.score < BLOCK_AT) return 'observed';
    if (action === 'block' && input.trust === 'tool' && policy.toolInjection !== 'block') return 'tainted';
    return action === 'block' ? 'blocked' : 'redacted';
  }
  if (guardrail === 'pii' && !isEnforced(finding.type, policy)) return 'observed';
  if (action === 'block') return 'blocked';
  if (input.class === 'prose') return 'redacted';
  return (policy.tokenFindings ?? TOKEN_FINDINGS)[guardrail] === 'block' ? 'blocked' : 'observed';
}

function isEnforced(type: string, { piiTypes = ENFORCED_PII_TYPES }: ScreenPolicy): boolean {
  return piiTypes.includes(type);
}

/** Numbers run left to right over the whole request and leave out those its texts hold already. */
function rewrite(
  texts: readonly ScreenInput[],
  findings: readonly LocatedFinding[],
  policy: ScreenPolicy,
): Pick<Screening, 'rewrites' | 'placeholders'> {
  const byText = Map.groupBy(
    findings.filter(({ outcome }) => outcome === 'redacted'),
    ({ textIndex }) => textIndex,
  );
  if (byText.size === 0) return { rewrites: [], placeholders: [] };
  const vault = new Vault();
  if (policy.reversible) for (const { text } of texts) vault.reserve(text);
  const rewrites = [...byText].map(([textIndex, found]) => {
    const text = texts[textIndex]?.text ?? '';
    return { textIndex, text: replaceAll(text, found, vault, policy) };
  });
  return { rewrites, placeholders: vault.entries };
}

function replaceAll(
  text: string,
  findings: readonly LocatedFinding[],
  vault: Vault,
  { reversible }: ScreenPolicy,
): string {
  let result = '';
  let from = 0;
  for (const { guardrail, type, start, end } of mergeOverlaps(findings)) {
    result += text.slice(from, start);
    if (guardrail === 'secrets') result += '[REDACTED_SECRET]';
    else if (guardrail === 'pii' && reversible) result += vault.issue(type, text.slice(start, end));
    else result += '[REDACTED]';
    from = end;
  }
  return result + text.slice(from);
}

/** Where guardrails overlap, all of it goes, and for good if any of it is a secret. */
function mergeOverlaps(findings: readonly LocatedFinding[]): LocatedFinding[] {
  const merged: LocatedFinding[] = [];
  for (const next of findings) {
    const last = merged.at(-1);
    if (!last || next.start >= last.end) {
      merged.push(next);
      continue;
    }
    const end = Math.max(last.end, next.end);
    const surer = next.guardrail === 'secrets' || (last.guardrail !== 'secrets' && next.score > last.score);
    merged[merged.length - 1] = { ...(surer ? next : last), start: last.start, end };
  }
  return merged;
}
