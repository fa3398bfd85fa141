/** Where personal data are acted upon: in whatever is said, or in conversations alone. Never makes a rule stricter. */
import type { ScreenPolicy } from '../../guardrails/screening.ts';
import type { Endpoint, Shape } from '../../openai/endpoint.ts';

/** Chat and Responses, with the items of their conversations: a model reads a placeholder there, and can give it back. */
const CONVERSATIONS: ReadonlySet<Shape> = new Set(['chat', 'responses', 'items']);

/** One a policy, so that what is known of it by identity stays known. */
const observing = new WeakMap<ScreenPolicy, ScreenPolicy>();

/** The policy as it holds for this operation: `guardrails.pii.elsewhere` outside of conversations. */
export function policyAt({ shape }: Pick<Endpoint, 'shape'>, policy: ScreenPolicy): ScreenPolicy {
  const { pii, piiElsewhere } = policy;
  if (piiElsewhere === undefined || pii === 'off' || CONVERSATIONS.has(shape)) return policy;
  let found = observing.get(policy);
  if (!found) observing.set(policy, (found = { ...policy, pii: piiElsewhere }));
  return found;
}
