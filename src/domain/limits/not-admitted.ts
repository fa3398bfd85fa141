/** What a caller is told whom the ledger did not admit, and what is remembered of it so that the ledger is not asked again. */
import { type Code, Refusal } from '../../base/errors.ts';
import type { NotAdmitted, RefusalReason } from '../../ports/ledger.ts';
import type { Caller } from '../callers/caller.ts';
import { type Floods, floodName, waitS } from './floods.ts';
import { rateLimitHeaders } from './rate-limit-headers.ts';

const CODES: Record<RefusalReason, Code> = {
  requests: 'rate.requests',
  tokens: 'rate.tokens',
  concurrency: 'rate.concurrency',
  budget: 'budget.exceeded',
  held: 'rate.held',
  stale_key: 'auth.invalid',
};

/** Reasons that time alone ends: the same credential need not ask again before. */
const WAITING = new Set<RefusalReason>(['requests', 'tokens']);

/** The catalogue's. */
export function codeOfReason(reason: RefusalReason): Code {
  return CODES[reason];
}

/** Who remembers. */
export interface Remembering {
  readonly floods: Floods;
  /** A newer version of the key is known: what is cached of it is dropped. */
  readonly forgetKey: (id: string) => void;
}

/** The refusal, one of rate.*, budget.exceeded, auth.invalid. */
export function notAdmitted(caller: Caller, answer: NotAdmitted, deps: Remembering): Refusal {
  const code = CODES[answer.reason];
  if (answer.reason === 'stale_key' && caller.key) deps.forgetKey(caller.key.id);
  if (WAITING.has(answer.reason)) {
    const name = answer.scope === 'endUser' ? floodName(caller) : caller.credential;
    deps.floods.refusedFor(name, code, answer.retryAfterMs, answer);
  }
  return new Refusal(code, {
    retryAfterS: waitS(answer.retryAfterMs),
    headers: rateLimitHeaders(answer),
    detail: `${answer.reason} of ${answer.scope}`,
  });
}
