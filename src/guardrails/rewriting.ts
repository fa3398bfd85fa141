/** What goes up instead: findings to redact become placeholders or marks, everything else stays as it came. */
import { isEscapedJson, unescapedPiece } from './json-escapes.ts';
import { REDACTED, Vault } from './placeholders.ts';
import type { LocatedFinding, Screening, ScreenInput, ScreenPolicy } from './screening.ts';

/** Numbers run left to right over the whole request and leave out those its texts hold already. */
export function rewrite(
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
  const isEscaped = isEscapedJson(text);
  let result = '';
  let from = 0;
  for (const { guardrail, type, start, end } of mergeOverlaps(findings)) {
    result += text.slice(from, start);
    if (guardrail === 'secrets') result += '[REDACTED_SECRET]';
    else if (guardrail === 'links') result += '[link removed]';
    else if (guardrail === 'pii' && reversible)
      result += vault.issue(
        type,
        isEscaped ? unescapedPiece(text.slice(start, end)) : text.slice(start, end),
      );
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
