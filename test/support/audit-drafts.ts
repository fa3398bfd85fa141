/** Keys and drafts for tests of the audit log; without the test runner, for processes of their own. */
import type { EntryDraft } from '../../src/ports/audit-log.ts';

export const chainKey = Buffer.alloc(32, 7);
export const checkpointKey = Buffer.alloc(32, 9);

export function intent(exchange: string): EntryDraft {
  const metadata = { exchange, reservation: `r-${exchange}`, model: 'gpt-5', tokens: 4000, nano: 1_000_000 };
  return { userId: 'ada', action: 'exchange.intent', resource: 'chat.create', status: 'pending', metadata };
}

export function outcome(exchange: string): EntryDraft {
  const metadata = { exchange, outcome: 'completed', nano: 12 };
  return { userId: 'ada', action: 'exchange.outcome', resource: 'chat.create', status: 'success', metadata };
}
