/** What an attack is: of one control, by one or more calls; or the reason for which nothing is expected. */
import type { Control } from '../domain/incidents/liveness.ts';
import type { ProbeCall } from './call.ts';
import { MODEL } from './answers.ts';
import type { Judged, Seen } from './seen.ts';

/** Makes a call and resolves with all that is seen of it. */
export type Make = (call: ProbeCall) => Promise<Seen>;

/** Several of one control must all fire. */
export interface Attack {
  readonly control: Control;
  /** Without it the control is off; then a reason is there. */
  readonly run?: ((make: Make) => Promise<Judged>) | undefined;
  readonly off?: string | undefined;
}

/** One call, and what is made of it. */
export function attack(control: Control, call: ProbeCall, judge: (seen: Seen) => Judged): Attack {
  return { control, run: async (make) => judge(await make(call)) };
}

/** Nothing is expected. */
export function offFor(control: Control, off: string): Attack {
  return { control, off };
}

/** A chat of few tokens. */
export function chat(messages: readonly object[], more: object = {}): object {
  return { model: MODEL, messages, max_tokens: 16, ...more };
}

export const user = (content: string): object => ({ role: 'user', content });

export const OFF_BY_POLICY = 'switched off by the policy';
