/** Web addresses that are somebody's: pages of people on known networks, and what a label calls a person's site. */
import type { Candidate } from '../candidate.ts';
import { CONFIDENCE } from '../overlaps.ts';

const URL_MAX = 200;
const PROFILE = /^(?:www\.|[a-z]{2}\.)?(?:linkedin\.com\/in\/|xing\.com\/profile\/)[\w.%-]{2,64}/i;

/** The URL whose `://` begins at `at`; `isLabelled` where a label says whose it is. */
export function urlAt(text: string, at: number, isLabelled: boolean): Candidate | undefined {
  const scheme = /(?:https?|ftp)$/i.exec(text.slice(Math.max(0, at - 5), at))?.[0];
  if (scheme === undefined) return undefined;
  const rest = /^[^\s"'<>`|\\^{}()[\]]{4,}/
    .exec(text.slice(at + 3, at + 3 + URL_MAX))?.[0]
    .replace(/[.,;:!?*]+$/, '');
  if (rest === undefined || !rest.includes('.')) return undefined;
  if (!isLabelled && !PROFILE.test(rest)) return undefined;
  const score = isLabelled ? CONFIDENCE.contextual : CONFIDENCE.heuristic;
  return {
    type: 'URL',
    start: at - scheme.length,
    end: at + 3 + rest.length,
    score,
    reason: 'a page of a person',
  };
}
