/** Where each operation takes the cap of its output. */
import type { Endpoint, RequestFacts } from './endpoint.ts';
import { capPath } from './realtime-facts.ts';

const CAP_FIELDS: Readonly<Record<string, string>> = {
  '/chat/completions': 'max_completion_tokens',
  '/responses': 'max_output_tokens',
  '/completions': 'max_tokens',
};

/**
 * The field, as a path with dots: a live session's events have it where they cost by themselves. Undefined where there is
 * none.
 */
export function capFieldOf({ path, shape }: Endpoint, { event }: RequestFacts): string | undefined {
  return shape === 'realtime' ? capPath(event)?.join('.') : CAP_FIELDS[path];
}
