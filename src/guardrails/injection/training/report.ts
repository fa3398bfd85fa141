/**
 * What training prints: what each head, and the guardrail as a whole (rules, decoders, heads), finds of sources whose texts
 * the heads did not see, and of texts that are held back from training for good.
 */
import type { Trust } from '../../../base/finding.ts';
import { canonicalise } from '../../canonical.ts';
import type { Heads } from '../heads.ts';
import { findInjection } from '../injection.ts';
import { type HeadName, HEADS } from '../model.ts';
import { BLOCK_AT, OBSERVE_AT } from '../signal.ts';
import type { Example } from './corpus.ts';
import type { Points } from './cross-fit.ts';

interface Scored {
  readonly found: boolean;
  readonly stopped: boolean;
}

/** Rows of a table: the shares found and stopped of each group, groups in the order they come. */
function rowsOf(groups: ReadonlyMap<string, readonly Scored[]>): string[] {
  return [...groups].map(([name, members]) => {
    const share = (is: (scored: Scored) => boolean): string =>
      ((100 * members.filter(is).length) / members.length).toFixed(2);
    return `| ${name} | ${members.length} | ${share(({ found }) => found)} | ${share(({ stopped }) => stopped)} |`;
  });
}

const HEADER = (first: string): readonly string[] => [
  `| ${first} | source | label | texts | found % | stopped % |`,
  '|---|---|---|---:|---:|---:|',
];

/** Heads alone, each by the fold that did not see the text. */
export function reportOfHeads(
  examples: readonly Example[],
  fits: ReadonlyMap<HeadName, { logits: Float64Array; points: Points }>,
): string {
  const groups = new Map<string, Scored[]>();
  for (const head of HEADS) {
    const fit = fits.get(head);
    for (const [at, { source, labels }] of examples.entries()) {
      const label = labels[head];
      if (!fit || label === undefined) continue;
      const logit = fit.logits[at] ?? 0;
      const scored = { found: logit >= fit.points.observe, stopped: logit >= fit.points.block };
      add(groups, `${head} | ${source} | ${label === 1 ? 'attack' : 'benign'}`, scored);
    }
  }
  return [...HEADER('head'), ...rowsOf(groups)].join('\n');
}

/** The guardrail as a whole; `headsOf` gives the heads that did not see an example. Texts of grammars are left out. */
export function reportOfWhole(
  title: string,
  examples: readonly Example[],
  headsOf: (example: Example) => Heads | undefined,
): string {
  const groups = new Map<string, Scored[]>();
  for (const example of examples) {
    const heads = headsOf(example);
    if (!heads) continue;
    for (const trust of trustsOf(example)) {
      const score = scoreOf(example, trust, heads);
      const label = isAttack(example) ? 'attack' : 'benign';
      const scored = { found: score >= OBSERVE_AT, stopped: score >= BLOCK_AT };
      add(groups, `${trust} | ${example.source} | ${label}`, scored);
      if (label === 'benign') add(groups, `${trust} | all | benign`, scored);
    }
  }
  return [...HEADER(title), ...rowsOf(groups)].join('\n');
}

const isAttack = ({ labels }: Example): boolean => Object.values(labels).includes(1);

/** Documents are what users paste and what tools return; the rest is what users say. */
function trustsOf({ labels, kind, source }: Example): readonly Trust[] {
  if (Object.keys(labels).length === 0) return [];
  if (labels.untrusted === undefined) return ['user'];
  if (labels.untrusted === 0) return ['user', 'tool'];
  return labels.override === undefined || /^(?:indirect|rag_|agent_)/.test(kind) || source === 'asb'
    ? ['tool']
    : ['user'];
}

function scoreOf({ raw, text }: Example, trust: Trust, heads: Heads): number {
  return Math.max(
    0,
    ...findInjection(canonicalise(raw ?? text), trust, OBSERVE_AT, heads).map(({ score }) => score),
  );
}

function add(groups: Map<string, Scored[]>, name: string, scored: Scored): void {
  const own = groups.get(name);
  if (own) own.push(scored);
  else groups.set(name, [scored]);
}
