/** What is done about a finding, by the policy and by where it was found. Findings and rules in, an outcome out. */
import type { Action, Finding, Trust } from '../base/finding.ts';
import { type Points, PRESETS } from './injection/signal.ts';
import { outcomeInOutput } from './output-rules.ts';
import type { Outcome, ScreenInput, ScreenPolicy } from './screening.ts';

/** Personal data that is acted upon where nothing else is said. */
export const ENFORCED_PII_TYPES = [
  'EMAIL',
  'PHONE',
  'SSN',
  'CREDIT_CARD',
  'IBAN',
  'PASSPORT',
  'NATIONAL_ID',
] as const;
const TOKEN_FINDINGS = { pii: 'observe', secrets: 'block' } as const;

/** In a text of this class and trust. */
export function decide(finding: Finding, input: ScreenInput, policy: ScreenPolicy): Outcome {
  const outcome = ruled(finding, input, policy);
  return outcome === 'blocked' && policy.isTrial ? 'spared' : outcome;
}

/** In prose of unknown trust. */
export function outcomeInProse(finding: Finding, policy: ScreenPolicy): Outcome {
  return decide(finding, PROSE, policy);
}
const PROSE: ScreenInput = { text: '', trust: 'tool', class: 'prose' };

function ruled(finding: Finding, input: ScreenInput, policy: ScreenPolicy): Outcome {
  const { guardrail } = finding;
  if (guardrail === 'injection') return decideInjection(finding, input, policy);
  if (guardrail === 'links' || guardrail === 'leak') return outcomeInOutput(finding, policy.output);
  const action = guardrail === 'pii' ? piiAction(finding.type, policy) : policy.secrets;
  if (action === 'off' || action === 'observe') return 'observed';
  if (action === 'block') return 'blocked';
  if (input.class === 'prose') return 'redacted';
  return (policy.tokenFindings ?? TOKEN_FINDINGS)[guardrail] === 'block' ? 'blocked' : 'observed';
}

function decideInjection(finding: Finding, { trust }: ScreenInput, policy: ScreenPolicy): Outcome {
  const { injection } = policy;
  if (injection === 'off' || injection === 'observe') return 'observed';
  if (finding.score < pointsFor(trust, policy).block) return 'observed';
  if (injection === 'block' && trust === 'tool' && policy.toolInjection !== 'block') return 'tainted';
  return injection === 'block' ? 'blocked' : 'redacted';
}

/** From which scores on an injection is found, and acted upon. */
export function pointsFor(trust: Trust, { injectionPoints }: ScreenPolicy): Points {
  return injectionPoints?.[trust === 'tool' ? 'tool' : 'user'] ?? PRESETS.balanced;
}

/** Whether findings of this type change a text, or stop it. */
export function isActedUpon(type: string, policy: ScreenPolicy): boolean {
  const action = piiAction(type, policy);
  return action === 'redact' || action === 'block';
}

/** What is done about a type: its own action, else the guardrail's if it is one of those that are acted upon. */
export function piiAction(
  type: string,
  { pii, piiActions, piiTypes = ENFORCED_PII_TYPES }: ScreenPolicy,
): Action {
  if (pii === 'off' || pii === 'observe') return pii;
  return piiActions?.[type] ?? (piiTypes.includes(type) ? pii : 'observe');
}
