/** Acts on what the guardrails found while the body was read. Before admitting: a refused text takes nothing. */
import { Refusal } from '../base/errors.ts';
import type { GuardrailId } from '../base/finding.ts';
import type { Guard } from './stage.ts';

const CODES = {
  injection: 'guardrail.injection',
  pii: 'guardrail.pii',
  secrets: 'guardrail.secrets',
  // Of answers alone.
  links: 'guardrail.answer',
  leak: 'guardrail.answer',
} as const satisfies Record<GuardrailId, string>;

/** @throws guardrail.injection, guardrail.pii, guardrail.secrets */
export function screen(): Guard {
  return function screen({ prepared }) {
    if (prepared.blockedBy) throw new Refusal(CODES[prepared.blockedBy]);
  };
}
