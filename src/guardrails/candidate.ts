/** What a detector hands in before it becomes a finding: places are those of the view, not yet of the source. */
import type { Finding, GuardrailId } from '../base/finding.ts';
import { sourceRange, type View } from './canonical.ts';
import { resolveOverlaps } from './overlaps.ts';

/** Half-open range in units of the view, or of the source itself where `source` says so. */
export interface Candidate extends Omit<Finding, 'guardrail'> {
  readonly source?: readonly [start: number, end: number] | undefined;
}

/** Candidates as findings on the source: sorted, overlaps resolved. */
export function toFindings(guardrail: GuardrailId, view: View, candidates: readonly Candidate[]): Finding[] {
  const located = candidates.map(({ type, start, end, score, reason, source }) => {
    const [from, to] = source ?? sourceRange(view, start, end);
    return { guardrail, type, start: from, end: to, score, reason };
  });
  return resolveOverlaps(located);
}
