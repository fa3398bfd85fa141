/** What a guardrail is: text in, findings out, no I/O, no state between calls, time linear in the text. */
import type { Finding, GuardrailId, Trust } from '../base/finding.ts';

export interface Guardrail {
  readonly id: GuardrailId;
  /** Findings sorted by start, not overlapping within one guardrail. Never throws for any text. */
  inspect(text: string, trust: Trust): readonly Finding[];
}
