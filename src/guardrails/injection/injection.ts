/**
 * Prompt injection: every view of a text (as it reads, and what hides in it) goes through the detectors, and their
 * evidence adds up. Trained heads join DETECTORS, decoders join decode.ts, detectors elsewhere have a port of their own.
 */
import type { Finding, Trust } from '../../base/finding.ts';
import { type Candidate, toFindings } from '../candidate.ts';
import { canonicalise, type View } from '../canonical.ts';
import type { Guardrail } from '../guardrail.ts';
import { findHidden, type Hidden, taggedText } from './decode.ts';
import { type Heads, heads as shipped } from './heads.ts';
import { matchPhrases } from './phrases.ts';
import { withQuotedLight } from './quoting.ts';
import { findRoleMarkers } from './role-markers.ts';
import { applyRules } from './rules.ts';
import {
  BLOCK_AT,
  combine,
  type Detector,
  heaviestStretch,
  OBSERVE_AT,
  type Reading,
  type Signal,
} from './signal.ts';
import { scanWords } from './words.ts';

const DETECTORS: readonly Detector[] = [
  ({ view, words, trust }) => heard(ofOwnPrompt(view.text, applyRules(words)), trust),
  ({ view, words, trust }) => heard(matchPhrases(view.text, words.cues, trust === 'tool'), trust),
  ({ view }) => findRoleMarkers(view.text),
  ({ view, trust, heads }) => heads.judge(view.text, trust),
];

/** Personas are what users ask for; documents only speak of them, so their cues weigh less there. */
const PERSONA_SHARE = 0.7;

function heard(signals: readonly Signal[], trust: Trust): readonly Signal[] {
  if (trust !== 'tool' || signals.length === 0) return signals;
  return signals.map((signal) =>
    signal.type === 'persona' ? { ...signal, weight: PERSONA_SHARE * signal.weight } : signal,
  );
}

/** A prompt of somebody else, or one to be written: "give me a system prompt for …", "leak their instructions". */
const OTHERS = /\b(?:an?|some|their|its|his|her|another|good|better|examples?)\b/i;

function ofOwnPrompt(text: string, signals: readonly Signal[]): readonly Signal[] {
  if (!signals.some(({ rule }) => rule === 'extraction.reveal')) return signals;
  return signals.filter(
    ({ rule, start, end }) => rule !== 'extraction.reveal' || !OTHERS.test(text.slice(start, end)),
  );
}

const DEPTH_MAX = 2;
/** Hidden content is a cue of its own, too weak alone: encodings have honest uses. */
const HIDDEN_WEIGHT = 0.3;
/** Units of hidden text that are read for one text, at all depths together: so many, and so many times its own. */
const HIDDEN_MAX = 131_072;
const HIDDEN_LEAST = 4096;
const HIDDEN_TIMES = 8;

/**
 * Findings in a view at or above the observe point (0 to 1), one a type at most, in places of its source; by other heads
 * than the shipped ones where training asks what they would find.
 */
export function findInjection(
  view: View,
  trust: Trust,
  observe: number = OBSERVE_AT,
  heads: Heads = shipped,
): Finding[] {
  const reading = { view, words: scanWords(view.text), trust, heads };
  const open = heaviestStretch(withQuotedLight(view.text, inspect(reading)));
  const isPlain = combine(open) >= BLOCK_AT;
  const signals = isPlain ? open : [...open, ...hiddenSignals(reading, open)];
  return signals.length === 0 ? [] : toFindings('injection', view, candidatesOf(signals, observe));
}

const inspect = (reading: Reading): Signal[] => DETECTORS.flatMap((detect) => detect(reading));

/** What hides in the view counts at the place where it hides. */
function hiddenSignals({ view, words, trust, heads }: Reading, open: readonly Signal[]): Signal[] {
  const signals: Signal[] = [];
  const reader = { trust, heads, left: Math.min(HIDDEN_MAX, HIDDEN_LEAST + HIDDEN_TIMES * view.text.length) };
  for (const hidden of [...taggedText(view), ...findHidden(view.text, words)]) {
    const weight = weigh(hidden, reader, 1);
    const isAttack = weight >= OBSERVE_AT;
    if (!isAttack && (open.length === 0 || hidden.isReading)) continue;
    const { start, end, source, coding } = hidden;
    const reason = isAttack ? `hides an injection in ${coding}` : `holds text in ${coding}`;
    const own = { weight: isAttack ? weight : HIDDEN_WEIGHT, reason };
    signals.push({ type: 'hidden_text', rule: 'hidden', start, end, source, ...own });
  }
  return signals;
}

interface HiddenReader extends Pick<Reading, 'trust' | 'heads'> {
  /** Units that may still be read. */
  left: number;
}

/** How much hidden text, and what hides in it in turn, looks like an injection; what is too much is not read. */
function weigh(hidden: Hidden, reader: HiddenReader, depth: number): number {
  reader.left -= hidden.text.length;
  if (reader.left < 0) return HIDDEN_WEIGHT;
  const view = canonicalise(hidden.text);
  const words = scanWords(view.text);
  const { trust, heads } = reader;
  const said = heaviestStretch(inspect({ view, words, trust, heads }));
  const own = combine(hidden.isReading ? said : [...said, hiddenCue(hidden)]);
  if (depth >= DEPTH_MAX) return own;
  return Math.max(own, ...findHidden(view.text, words).map((inner) => weigh(inner, reader, depth + 1)));
}

function hiddenCue({ start, end }: Hidden): Signal {
  return { type: 'hidden_text', rule: 'hidden', start, end, weight: HIDDEN_WEIGHT, reason: '' };
}

/** A rule has a sentence a person can check: where one is sure enough alone, the head only adds to it. */
function preferSaid(strongest: Signal[]): void {
  const [first] = strongest;
  if (first?.rule !== 'head') return;
  const said = strongest.findIndex(({ rule, weight }) => rule !== 'head' && weight >= OBSERVE_AT);
  if (said > 0) strongest.unshift(...strongest.splice(said, 1));
}

/** What a head hears where the first stands is in the first's score: it would only say the same without a sentence. */
const isHeardAlready = (signal: Signal, first = signal): boolean =>
  signal !== first && signal.rule === 'head' && signal.start < first.end && first.start < signal.end;

/** One candidate a type, at its strongest signal; the strongest type carries the weight of all. */
function candidatesOf(signals: readonly Signal[], observe: number): Candidate[] {
  const strongest = [...signals].sort((a, b) => b.weight - a.weight);
  preferSaid(strongest);
  const [first] = strongest;
  const candidates: Candidate[] = [];
  for (const signal of strongest) {
    const { type, start, end, source, reason } = signal;
    if (candidates.some((candidate) => candidate.type === type) || isHeardAlready(signal, first)) continue;
    const score = combine(type === first?.type ? signals : signals.filter((signal) => signal.type === type));
    if (score < observe) continue;
    candidates.push({ type, start, end, source, reason, score: Math.round(score * 1000) / 1000 });
  }
  return candidates;
}

/** The guardrail as others see it; the request's join calls the finder on a view it has already. */
export const injectionGuardrail: Guardrail = {
  id: 'injection',
  inspect: (text, trust) => findInjection(canonicalise(text), trust),
};
