/** Attacks over a socket, whatever is spoken there: what a caller says, and what comes down. */
import type { Control } from '../domain/incidents/liveness.ts';
import type { SealedAnswer } from './sealed-upstream.ts';
import { type Attack, attack } from './attack.ts';
import { answerActionOf, type Policy, profilesOf, strongestOf } from './expected.ts';
import { plantedData } from './plants.ts';
import { hiddenIn } from './request-attacks.ts';
import { actedUpon, actedUponInAnswer } from './seen.ts';

/** How a socket is opened, and what is said on it. */
export interface Spoken {
  readonly control: Control;
  readonly target: string;
  /** @param isObserved what is found has to be read by a call, as its record alone tells it */
  readonly saying: (text: string, isObserved: boolean) => object;
  /** An event that asks for an answer. */
  readonly asking: object;
  /** Events of an answer that says this. */
  readonly answering: (text: string) => SealedAnswer;
}

/** What the first guardrail that is on must find. */
export function saidUp(policy: Policy, { control, target, saying, answering }: Spoken): readonly Attack[] {
  for (const profile of profilesOf(policy)) {
    const found = hiddenIn(profile, policy.guardrails);
    if (!found) continue;
    const { expected, text } = found;
    const event = saying(text, expected.action === 'observe');
    const call = { tier: profile.tier, target, event, answer: answering('Yes.') };
    return [attack(control, { ...call, planted: expected.values }, (seen) => actedUpon(seen, expected))];
  }
  return [];
}

/** What must not come down. */
export function saidDown(
  { guardrails }: Policy,
  { control, target, asking, answering }: Spoken,
): readonly Attack[] {
  const strongest = strongestOf((type) => answerActionOf(type, guardrails));
  if (!strongest) return [];
  const { type, action } = strongest;
  const value = plantedData(type);
  const call = { target, event: asking, answer: answering(`They wrote: ${value} and left.`) };
  const expected = { action, guardrail: 'pii', values: [value] } as const;
  return [attack(control, call, (seen) => actedUponInAnswer(seen, expected))];
}
