/**
 * Orders cut up over messages, parts or fields, each harmless alone: the user's last texts are read as one. Costs
 * nothing where there is one text; bounded in texts and characters, so that long histories cost no more than short.
 */
import type { Finding, Trust } from '../../base/finding.ts';
import { canonicalise } from '../canonical.ts';
import { findInjection } from './injection.ts';

/** What is known of a text of the request. */
export interface CutUpInput {
  readonly text: string;
  readonly trust: Trust;
  readonly class: 'prose' | 'token' | 'opaque';
}

const TEXTS_MAX = 12;
const CHARS_MAX = 2048;

/** A finding that only the texts together make; it stands on the whole of the last of them. */
export function findCutUp(
  texts: readonly CutUpInput[],
  observe: number,
): { readonly finding: Finding; readonly textIndex: number } | undefined {
  const pieces: string[] = [];
  let chars = 0;
  let last = -1;
  for (let at = texts.length - 1; at >= 0 && pieces.length < TEXTS_MAX && chars < CHARS_MAX; at--) {
    const input = texts[at];
    if (!input || input.class !== 'prose' || input.trust !== 'user' || input.text.trim() === '') continue;
    if (last < 0) last = at;
    const piece = input.text.slice(-(CHARS_MAX - chars));
    pieces.push(piece);
    chars += piece.length;
  }
  const end = texts[last]?.text.length ?? 0;
  if (pieces.length < 2) return undefined;
  const whole = pieces.reverse().join(' ');
  const found = findInjection(canonicalise(whole), 'user', observe);
  const [worst] = [...found].sort((a, b) => b.score - a.score);
  if (!worst) return undefined;
  return {
    finding: { ...worst, start: 0, end, reason: `${worst.reason}, cut up over several texts` },
    textIndex: last,
  };
}
