/** What is found in a text, as `TYPE value`, in the order of the text. */
import { piiGuardrail } from '../../../src/guardrails/pii/pii.ts';

export const found = (text: string): string[] =>
  piiGuardrail.inspect(text, 'user').map(({ type, start, end }) => `${type} ${text.slice(start, end)}`);
