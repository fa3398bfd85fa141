/** Which class the official SDK raises for each row of the catalogue, and after how many attempts with its own retries. */
import {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
} from 'openai';
import type { Code } from '../../src/base/errors.ts';

type Raised = readonly [raises: { readonly name: string }, attempts: number];

const bad: Raised = [BadRequestError, 1];
const stranger: Raised = [AuthenticationError, 1];
const forbidden: Raised = [PermissionDeniedError, 1];
const missing: Raised = [NotFoundError, 1];
/** Statuses for which the SDK has no class of their own. */
const other: Raised = [APIError, 1];
const limited: Raised = [RateLimitError, 3];
const down: Raised = [InternalServerError, 3];
/** Nothing may happen a second time. */
const once: Raised = [InternalServerError, 1];

/** One row for each of the catalogue's. */
export const RAISED: Readonly<Record<Code, Raised>> = {
  'edge.https_required': other,
  'edge.draining': down,
  'edge.busy': down,
  'edge.expired': bad,
  'auth.missing': stranger,
  'auth.invalid': stranger,
  'auth.several': stranger,
  'auth.unavailable': down,
  'access.unknown_operation': missing,
  'access.operation_refused': forbidden,
  'access.operation_not_allowed': forbidden,
  'access.client_secret': forbidden,
  'access.permission': forbidden,
  'access.locked_down': forbidden,
  'access.banned': forbidden,
  'access.second_person': forbidden,
  'policy.invalid': bad,
  'policy.needs_restart': bad,
  'retention.held': forbidden,
  'access.address': forbidden,
  'access.origin': forbidden,
  'access.model': forbidden,
  'access.unknown_object': missing,
  'access.method': other,
  'access.not_found': missing,
  'request.too_large': other,
  'request.media_type': other,
  'request.too_slow': bad,
  'request.framing': bad,
  'request.path': bad,
  'request.query': bad,
  'request.invalid_utf8': bad,
  'request.invalid_json': bad,
  'request.duplicate_key': bad,
  'request.too_deep': bad,
  'request.number': bad,
  'request.too_complex': bad,
  'request.invalid_multipart': bad,
  'request.missing_model': bad,
  'request.invalid_field': bad,
  'request.unknown_field': bad,
  'request.too_long': bad,
  'request.characters': bad,
  'request.parameter': bad,
  'request.upstream': bad,
  'request.over_cap': bad,
  'request.unpriced': bad,
  'request.unread_file': bad,
  'request.reference': bad,
  'tool.denied': forbidden,
  'tool.arguments': forbidden,
  'tool.calls_per_minute': forbidden,
  'tool.calls': forbidden,
  'tool.approval_needed': forbidden,
  'tool.approval_pending': forbidden,
  'tool.approval_denied': forbidden,
  'tool.approval_expired': forbidden,
  'tool.approval_used': forbidden,
  'tool.unknown': missing,
  'tool.input': bad,
  'tool.sandbox': down,
  'tool.failed': once,
  'tool.timeout': once,
  'tool.overran': once,
  'approval.own': forbidden,
  'approval.decided': bad,
  'approval.seen': bad,
  'guardrail.injection': bad,
  'guardrail.pii': bad,
  'guardrail.secrets': bad,
  'guardrail.detector': bad,
  'guardrail.answer': bad,
  'guardrail.failed': down,
  'guardrail.busy': down,
  'rate.requests': limited,
  'rate.tokens': limited,
  'rate.concurrency': limited,
  'rate.held': limited,
  'rate.upstream': limited,
  'rate.screening': limited,
  'rate.refusals': limited,
  'rate.approvals': limited,
  'rate.source': limited,
  'budget.exceeded': [RateLimitError, 1],
  'ledger.unavailable': down,
  'audit.unavailable': down,
  'store.unavailable': down,
  'upstream.unreachable': down,
  'upstream.timeout': down,
  'upstream.credential': once,
  'upstream.failed': down,
  'upstream.invalid_answer': down,
  'upstream.overran': down,
  'upstream.broken': down,
  'upstream.limited': limited,
  'upstream.refused': bad,
  'gateway.fault': down,
};

export function nameOf(error: unknown): string {
  return error instanceof Error ? error.constructor.name : String(error);
}
