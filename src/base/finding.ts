/** What a guardrail saw, where, how bad. Holds offsets and reasons, never the text itself. */

/** What is done about findings of one guardrail. A guardrail that is `off` does not run. */
export type Action = 'off' | 'observe' | 'redact' | 'block';

/** The inspectors of text that there are. */
export type GuardrailId = 'injection' | 'pii' | 'secrets' | 'links' | 'leak';

/** Where a text came from, which decides how far it is trusted: system < user < tool result. */
export type Trust = 'system' | 'user' | 'tool';

/** How often what was found, by `guardrail:type`. Small however much was found. */
export type FindingCounts = Readonly<Record<string, number>>;

/** Undefined where nothing was found. */
export function countFindings(
  findings: readonly { readonly guardrail: GuardrailId | 'detector'; readonly type: string }[],
): FindingCounts | undefined {
  if (findings.length === 0) return undefined;
  const counts: Record<string, number> = {};
  for (const { guardrail, type } of findings) {
    const name = `${guardrail}:${type}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** One thing one guardrail saw in one text. */
export interface Finding {
  readonly guardrail: GuardrailId;
  /** `EMAIL`, `CREDIT_CARD`, `override`, `aws_access_key`… upper case for personal data, else snake case. */
  readonly type: string;
  /** Half-open range in UTF-16 units of the text that was inspected. */
  readonly start: number;
  readonly end: number;
  /** 0 to 1. */
  readonly score: number;
  /** One short phrase a person can read; never holds the text found. */
  readonly reason: string;
}
