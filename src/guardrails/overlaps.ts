/** Which of several findings on the same characters stands. */
import type { Finding } from '../base/finding.ts';

/** How sure a kind of evidence is: validated > a vendor's own prefix > a label beside it > its looks alone. */
export const CONFIDENCE = { validated: 0.99, prefix: 0.95, contextual: 0.8, heuristic: 0.6 } as const;

function isBetter(a: Finding, b: Finding): boolean {
  return a.score === b.score ? a.end - a.start > b.end - b.start : a.score > b.score;
}

/** Sorted by start, none overlapping; the surer one stands, of equals the longer. Sorting apart, linear. */
export function resolveOverlaps<F extends Finding>(findings: readonly F[]): F[] {
  if (findings.length < 2) return [...findings];
  const kept: F[] = [];
  for (const next of [...findings].sort((a, b) => a.start - b.start || b.end - a.end)) {
    let stands = true;
    for (let last = kept.at(-1); last && last.end > next.start; last = kept.at(-1)) {
      stands = isBetter(next, last);
      if (!stands) break;
      kept.pop();
    }
    if (stands) kept.push(next);
  }
  return kept;
}
