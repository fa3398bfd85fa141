/** What goes up instead: findings to redact become placeholders or marks, everything else stays as it came. */
import { isEscapedJson, unescapedPiece } from './json-escapes.ts';
import { type ChainPlaceholders, REDACTED, Vault } from './placeholders.ts';
import type { LocatedFinding, Screening, ScreenInput, ScreenPolicy } from './screening.ts';

/** Numbers run left to right over the whole request and leave out those its texts, or earlier calls, hold already. */
export function rewrite(
  texts: readonly ScreenInput[],
  findings: readonly LocatedFinding[],
  policy: ScreenPolicy,
  earlier?: ChainPlaceholders,
  above = 0,
): Pick<Screening, 'rewrites' | 'placeholders' | 'hasIssued' | 'chain'> {
  const byText = Map.groupBy(
    findings.filter(({ outcome }) => outcome === 'redacted'),
    ({ textIndex }) => textIndex,
  );
  if (byText.size === 0 && !earlier && above === 0)
    return { rewrites: [], placeholders: [], hasIssued: false };
  const vault = new Vault(earlier, above);
  for (const { text } of texts) vault.reserve(text);
  let hasIssued = false;
  const issue = (type: string, value: string): string => {
    const placeholder = vault.issue(type, value);
    if (placeholder !== REDACTED) hasIssued = true;
    return placeholder;
  };
  const rewrites = [...byText].map(([textIndex, found]) => {
    const text = texts[textIndex]?.text ?? '';
    return { textIndex, text: replaceAll(text, found, policy.reversible ? issue : () => REDACTED) };
  });
  return { rewrites, placeholders: vault.restorable, hasIssued, chain: vault.chain };
}

function replaceAll(
  text: string,
  findings: readonly LocatedFinding[],
  issue: (type: string, value: string) => string,
): string {
  const isEscaped = isEscapedJson(text);
  let result = '';
  let from = 0;
  for (const { guardrail, type, start, end } of mergeOverlaps(findings)) {
    result += text.slice(from, start);
    if (guardrail === 'secrets') result += '[REDACTED_SECRET]';
    else if (guardrail === 'links') result += '[link removed]';
    else if (guardrail === 'pii')
      result += issue(type, isEscaped ? unescapedPiece(text.slice(start, end)) : text.slice(start, end));
    else result += REDACTED;
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
