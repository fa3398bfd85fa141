/**
 * Scores of texts by heads that never saw their source, and the two points of a head that follow from them. What a
 * head knows by heart says nothing, so nothing else is ever looked at when a threshold is set.
 */
import type { HeadName } from '../model.ts';
import { type Example, FOLDS } from './corpus.ts';
import { learn, type Learned, logit, tokensOf, type Tokens, type Weighted } from './learner.ts';

/** An example ready to be learnt from. */
export interface Prepared extends Example {
  readonly tokens: Tokens;
}

export function prepare(examples: readonly Example[]): Prepared[] {
  return examples.map((example) => ({ ...example, tokens: tokensOf(example.text) })).filter(hasTokens);
}

const hasTokens = ({ tokens }: Prepared): boolean => tokens.ends.length > 0;

/** A source of about this many texts counts each fully; larger ones count less, small ones more, within bounds. */
const SOURCE_SIZE = 1500;
const BENIGN_WEIGHT = 1.5;

/** What a head learns from: large sources do not drown small ones, and honest texts weigh more. */
export function weightedFor(head: HeadName, examples: readonly Prepared[]): Weighted[] {
  const counts = new Map<string, number>();
  const keyOf = ({ source, labels }: Prepared): string => `${source} ${labels[head]}`;
  for (const example of examples) counts.set(keyOf(example), (counts.get(keyOf(example)) ?? 0) + 1);
  return examples.flatMap((example) => {
    const label = example.labels[head];
    if (label === undefined) return [];
    const share = Math.sqrt(SOURCE_SIZE / (counts.get(keyOf(example)) ?? 1));
    const weight = Math.min(3, Math.max(0.5, share)) * (label === 0 ? BENIGN_WEIGHT : 1);
    return [{ tokens: example.tokens, label, weight }];
  });
}

/** A head that was trained without a fold, for each fold. */
export interface CrossFitted {
  readonly learned: readonly Learned[];
  /** By example, from the one that did not see it. */
  readonly logits: Float64Array;
}

export function crossFit(head: HeadName, examples: readonly Prepared[], seed: number): CrossFitted {
  const logits = new Float64Array(examples.length);
  const learned = Array.from({ length: FOLDS }, (_, fold) => {
    const others = examples.filter((example) => example.fold !== fold);
    const own = learn(head, weightedFor(head, others), seed + fold);
    for (const [at, example] of examples.entries())
      if (example.fold === fold) logits[at] = logit(own, example.tokens, head);
    return own;
  });
  return { learned, logits };
}

/** Shares of honest texts that may be found, out of source: of all, and of a source of some size. */
interface Shares {
  readonly pooled: number;
  readonly perSource: number;
}

/** Two heads share what users' texts may come to; what tools return has one head of its own. */
const OBSERVE: Readonly<Record<HeadName, Shares>> = {
  override: { pooled: 0.0012, perSource: 0.01 },
  persona: { pooled: 0.001, perSource: 0.01 },
  untrusted: { pooled: 0.0022, perSource: 0.015 },
};
const BLOCK: Shares = { pooled: 0.0003, perSource: 0.003 };
/** A source of fewer texts has no share worth the name. */
const SOURCE_MIN = 200;
/** Logits on top, for sources that nobody has seen. */
const MARGIN = 0.1;

export interface Points {
  readonly observe: number;
  readonly block: number;
}

/** The written rule: the lowest logits at which the shares above hold on real honest texts, and the margin on top. */
export function pointsOf(head: HeadName, examples: readonly Prepared[], logits: Float64Array): Points {
  const bySource = new Map<string, number[]>();
  for (const [at, { source, labels }] of examples.entries()) {
    if (labels[head] !== 0 || source.includes(':')) continue;
    const own = bySource.get(source) ?? [];
    own.push(logits[at] ?? 0);
    bySource.set(source, own);
  }
  const pooled = [...bySource.values()].flat();
  const large = [...bySource.values()].filter(({ length }) => length >= SOURCE_MIN);
  const point = (shares: Shares): number =>
    MARGIN +
    Math.max(exceeded(pooled, shares.pooled), ...large.map((own) => exceeded(own, shares.perSource)));
  return { observe: point(OBSERVE[head]), block: point(BLOCK) };
}

/** The logit that at most this share lies above. */
function exceeded(logits: readonly number[], share: number): number {
  const sorted = [...logits].sort((a, b) => b - a);
  return sorted[Math.floor(share * sorted.length)] ?? Number.POSITIVE_INFINITY;
}
