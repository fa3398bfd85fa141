/**
 * The join of all guardrails over one request: which findings there are, what is done about each, and the texts as
 * they may go up. Pure: same texts and policy, same result. Whoever calls refuses, forwards, or runs it in a worker.
 */
import type { Action, Finding, GuardrailId, Trust } from '../base/finding.ts';
import { BoundedMap } from '../base/bounded-map.ts';
import { canonicalise, sourceRange, type View } from './canonical.ts';
import { decide, pointsFor } from './decide.ts';
import { encodedRuns } from './encoded.ts';
import { findCutUp } from './injection/cut-up.ts';
import { findInjection } from './injection/injection.ts';
import type { Points } from './injection/signal.ts';
import { viewOf } from './json-escapes.ts';
import { type AllowList, type CustomPattern, findCustom, withoutAllowed } from './operator-rules.ts';
import { findInOutput, type OutputRules } from './output-rules.ts';
import { resolveOverlaps } from './overlaps.ts';
import { knownNames, namesIn } from './pii/known-names.ts';
import { findPii } from './pii/pii.ts';
import type { ChainPlaceholders, VaultEntry } from './placeholders.ts';
import { readerOf, recall, RECALLED_CHARS_MIN, RECALLED_TOKEN_CHARS_MIN } from './recent-texts.ts';
import { rewrite } from './rewriting.ts';
import { findSecrets } from './secrets/secrets.ts';
import { joinedLinesView, quotedPrintableView } from './wrapped.ts';
import { escapesView, joinedViews } from './written-out.ts';

/** A string of the request; what a body's reader knows of it beyond this does not matter here. */
export interface ScreenInput {
  readonly text: string;
  readonly trust: Trust;
  /** `prose` may be rewritten, `token` (ids, names, URLs, keys) may not, `opaque` is not read. */
  readonly class: 'prose' | 'token' | 'opaque';
  /** Somebody's page shows it: addresses in it may be followed, or loaded. */
  readonly isRendered?: boolean;
  /** An answer repeats the system text of whoever asked: no words of it can leak there. */
  readonly isSystemText?: boolean;
}

/** What is done about findings. An `off` guardrail does not run. */
export interface ScreenPolicy {
  readonly injection: Action;
  readonly pii: Action;
  readonly secrets: Action;
  /** Placeholders that the answer can be restored from, else `[REDACTED]`. */
  readonly reversible: boolean;
  /** Types of personal data the action is for; the others are observed. Default ENFORCED_PII_TYPES. */
  readonly piiTypes?: readonly string[];
  /** Types with an action of their own, which holds unless the whole guardrail is off or observes; outside of conversations, less. */
  readonly piiActions?: Readonly<Record<string, Action>>;
  readonly piiElsewhere?: 'observe';
  /** Of answers. */
  readonly output?: OutputRules;
  /** The operator's own patterns for personal data. */
  readonly custom?: readonly CustomPattern[];
  /** What the operator says is none. */
  readonly allow?: Readonly<Record<'pii' | 'secrets', AllowList>>;
  /** An injection in a tool result: the exchange goes on, marked (default), or stops. */
  readonly toolInjection?: 'taint' | 'block';
  /** From which scores on an injection is found and stops the exchange, by who said it. Default the shipped ones. */
  readonly injectionPoints?: Readonly<Record<'user' | 'tool', Points>>;
  /** A finding to redact where nothing may be rewritten: personal data is observed by default, a secret blocks. */
  readonly tokenFindings?: Readonly<Record<'pii' | 'secrets', 'observe' | 'block'>>;
  /** Tried on a caller: what would stop a text is only told, everything else holds. */
  readonly isTrial?: boolean;
}

/** `spared`: it would stop the text, for a caller who is not stopped. */
export type Outcome = 'observed' | 'redacted' | 'tainted' | 'blocked' | 'spared';

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
  /** What may be put back in the answer: for the placeholders in `rewrites`, and in what the call continues. */
  readonly placeholders: readonly VaultEntry[];
  /** There are placeholders in `rewrites`. */
  readonly hasIssued: boolean;
  /** What stands upstream after this call; left out where nothing was replaced and nothing is continued. */
  readonly chain?: ChainPlaceholders;
}

const NOTHING_FOUND: Screening = {
  findings: [],
  taint: false,
  rewrites: [],
  placeholders: [],
  hasIssued: false,
};

/**
 * Personal data and secrets in every text that is not opaque; injection in prose of users and tools, and in what the
 * user's last texts are together, for orders that were cut up.
 * @param earlier what stands upstream already in what the call continues
 * @param above placeholders are numbered from behind it
 */
export function screen(
  texts: readonly ScreenInput[],
  policy: ScreenPolicy,
  earlier?: ChainPlaceholders,
  above = 0,
): Screening {
  const own = withCutUp(
    texts,
    texts.map((input) => inspect(input, policy)),
    policy,
  );
  // As nearly always.
  if (!earlier && !own.some((findings) => findings.length > 0)) return NOTHING_FOUND;
  const found = withKnownNames(texts, own);
  const findings: LocatedFinding[] = [];
  for (const [textIndex, input] of texts.entries()) {
    for (const finding of found[textIndex] ?? []) {
      findings.push({ ...finding, textIndex, outcome: decide(finding, input, policy) });
    }
  }
  const block = findings.find(({ outcome }) => outcome === 'blocked')?.guardrail;
  const taint = findings.some(({ outcome }) => outcome === 'tainted');
  if (block) return { ...NOTHING_FOUND, findings, block, taint };
  return { findings, taint, ...rewrite(texts, findings, policy, earlier, above) };
}

/** Findings by text. */
type Found = readonly (readonly Finding[])[];

/** The finding that the user's last texts make together, where none of them makes one alone. */
function withCutUp(texts: readonly ScreenInput[], found: Found, policy: ScreenPolicy): Found {
  if (policy.injection === 'off') return found;
  const isFound = found.some((own) => own.some(({ guardrail }) => guardrail === 'injection'));
  const cut = isFound ? undefined : findCutUp(texts, pointsFor('user', policy).observe);
  if (!cut) return found;
  return found.map((own, at) => (at === cut.textIndex ? [cut.finding, ...own] : own));
}

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
function inspect(input: ScreenInput, policy: ScreenPolicy): readonly Finding[] {
  const { text, class: kind } = input;
  if (kind === 'opaque' || text.length < 3) return NOTHING;
  const vocabulary = kind === 'token' && text.length <= VOCABULARY_CHARS_MAX && !hasOwnWords(policy);
  if (vocabulary && clean.has(text)) return NOTHING;
  const found =
    text.length < (kind === 'token' ? RECALLED_TOKEN_CHARS_MIN : RECALLED_CHARS_MIN)
      ? inspectWith(input, policy)
      : recall(text, readerOf(policy, wayOf(input)), () => inspectWith(input, policy));
  // Only what everything that reads tokens has read, so that it holds under any policy.
  if (vocabulary && found.length === 0 && isWhole(policy)) clean.set(text, true);
  return found;
}

const NOTHING: readonly Finding[] = [];

/** A number for each way in which a text is read under a policy. */
function wayOf({ class: kind, trust, isRendered = false, isSystemText = false }: ScreenInput): number {
  const flags = (isRendered ? 1 : 0) + (isSystemText ? 2 : 0) + (kind === 'token' ? 4 : 0);
  return 8 * TRUSTS.indexOf(trust) + flags;
}
const TRUSTS: readonly Trust[] = ['tool', 'user', 'system'];

/** Whether words are looked for that only this policy knows: what is clean under others need not be. */
function hasOwnWords({ custom, output }: ScreenPolicy): boolean {
  return custom !== undefined || (output?.leak !== undefined && output.leak.canaries.length > 0);
}

/** Whether nothing that is found is left out. */
function isWhole({ pii, secrets, allow, piiActions }: ScreenPolicy): boolean {
  return pii !== 'off' && secrets !== 'off' && !allow && !piiActions;
}

/** Keys and enumerations of the API come in every request: those that were clean are not read again. */
const clean = new BoundedMap<string, true>(512);
const VOCABULARY_CHARS_MAX = 24;

function inspectWith(input: ScreenInput, policy: ScreenPolicy): readonly Finding[] {
  const { text, class: kind, trust } = input;
  const view = viewOf(text);
  const plain = protectedIn(view, text, policy);
  const encoded = encodedIn(view, text, plain, policy);
  const isHeard = kind === 'prose' && trust !== 'system' && policy.injection !== 'off';
  const injection = isHeard ? findInjection(view, trust, pointsFor(trust, policy).observe) : [];
  const output = policy.output ? findInOutput(input, view, policy.output) : [];
  const found = [...plain, ...encoded, ...injection, ...output];
  return found.length > 1 ? found.sort((a, b) => a.start - b.start) : found;
}

function protectedIn(view: View, text: string, policy: ScreenPolicy): Finding[] {
  const pii = policy.pii === 'off' ? [] : personalData(view, text, policy);
  const secrets =
    policy.secrets === 'off' ? [] : withoutAllowed(text, findSecrets(view), policy.allow?.secrets);
  return [...pii, ...secrets];
}

/** What is found once a text is decoded; what is found as it is written needs no other reason. */
function encodedIn(view: View, source: string, plain: readonly Finding[], policy: ScreenPolicy): Finding[] {
  if (policy.pii === 'off' && policy.secrets === 'off') return [];
  const found = [...inRuns(view, policy), ...inTags(view, policy)];
  const escapes = escapesView(source);
  if (escapes) found.push(...reasoned(protectedIn(escapes, source, policy), 'escapes'));
  const lines = joinedLinesView(source);
  if (lines) found.push(...reasoned(protectedIn(lines, source, policy), 'broken lines'));
  const quoted = quotedPrintableView(source);
  if (quoted) found.push(...reasoned(protectedIn(quoted, source, policy), 'quoted-printable'));
  for (const joined of joinedViews(source))
    found.push(...reasoned(protectedIn(joined, source, policy), 'characters set apart'));
  if (found.length === 0) return found;
  const isNew = ({ start, end }: Finding): boolean =>
    !plain.some((other) => other.start < end && start < other.end);
  return resolveOverlaps(found.filter(isNew));
}

const reasoned = (findings: readonly Finding[], coding: string): Finding[] =>
  findings.map((finding) => ({ ...finding, reason: `${finding.reason}, in ${coding}` }));

/** In a run that decodes to text, the run as a whole. */
function inRuns(view: View, policy: ScreenPolicy): Finding[] {
  return encodedRuns(view.text).flatMap((run) => {
    const [start, end] = sourceRange(view, run.start, run.end);
    return protectedIn(canonicalise(run.text), run.text, policy).map((finding) => ({
      ...finding,
      start,
      end,
      reason: `${finding.reason}, in ${run.coding}`,
    }));
  });
}

/** In what invisible characters spell, all of them. */
function inTags({ tags }: View, policy: ScreenPolicy): Finding[] {
  if (!tags) return [];
  const found = protectedIn({ text: tags.text }, tags.text, policy);
  return reasoned(found, 'invisible characters').map((finding) => ({
    ...finding,
    start: tags.start,
    end: tags.end,
  }));
}

function personalData(view: View, source: string, policy: ScreenPolicy): Finding[] {
  let found = findPii(view);
  if (policy.custom && policy.custom.length > 0) {
    const custom = findCustom(view, policy.custom);
    if (custom.length > 0) found = resolveOverlaps([...found, ...custom]);
  }
  if (found.length === 0) return found;
  if (policy.piiActions) found = found.filter(({ type }) => policy.piiActions?.[type] !== 'off');
  return withoutAllowed(source, found, policy.allow?.pii);
}

/** Findings in a piece of prose that nobody keeps, by start. */
export function inspectProse(text: string, policy: ScreenPolicy, isRendered = false): readonly Finding[] {
  return inspectWith({ text, class: 'prose', trust: 'tool', isRendered }, policy);
}
