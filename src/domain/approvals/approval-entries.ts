/** What the audit log keeps of approvals: who, which tool, digests, counts; never arguments, notes or answers. */
import type { ApprovalRecord } from '../../ports/approval-store.ts';
import type { EntryDraft, EntryStatus } from '../../ports/audit-log.ts';
import { isHarmless } from '../requests/harmless.ts';

/** Steps that are on record before they take effect; `pending` before, `success` or `failure` after. */
export type ApprovalStep =
  | 'asked'
  | 'joined'
  | 'notified'
  | 'expired'
  | 'withdrawn'
  | 'used'
  | 'parked'
  | 'released'
  | 'pruned';

/** What of an approval is in each of its entries. */
export type Named = Pick<
  ApprovalRecord,
  | 'id'
  | 'user'
  | 'team'
  | 'endUser'
  | 'credential'
  | 'exchange'
  | 'tool'
  | 'argumentsDigest'
  | 'policyVersion'
  | 'seen'
>;

/** Tools are named by callers: only what looks like a name, and is nobody's, is kept. */
export function recordedTool(tool: string): string | undefined {
  return /^[A-Za-z0-9_.:-]{1,128}$/.test(tool) && isHarmless(tool) ? tool : undefined;
}

/** What a person saw is `seen`, a digest: whoever has the text can tell whether it was that. */
export function namedIn(approval: Named): Record<string, unknown> {
  const { team, endUser, credential, exchange, tool, argumentsDigest, policyVersion, seen } = approval;
  return {
    exchange,
    credential,
    team,
    endUser,
    tool: recordedTool(tool),
    argumentsDigest,
    policyVersion,
    seen,
  };
}

/** Of a step in the life of an approval. */
export function approvalEntry(
  step: ApprovalStep,
  status: EntryStatus,
  approval: Named,
  more: Readonly<Record<string, unknown>> = {},
): EntryDraft {
  return {
    userId: approval.user,
    action: `approval.${step}`,
    resource: approval.id,
    status,
    metadata: { ...namedIn(approval), ...more },
  };
}
