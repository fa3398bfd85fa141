/** Approvals as the admin API shows and decides them. Content is text to be shown as text; no GET decides anything. */
import { z } from 'zod';
import type { ApprovalDesk } from '../domain/approvals/approval-desk.ts';
import { namedIn, recordedTool } from '../domain/approvals/approval-entries.ts';
import { visibleLine } from '../domain/approvals/approval-rendering.ts';
import { userName } from './keys.ts';
import type { ApprovalRecord } from '../ports/approval-store.ts';
import { iso } from './period.ts';
import { nothing, type Route, route } from './route.ts';

/** One line of the list: names are marked where they hide something, as the whole text is. */
function lineOf(record: ApprovalRecord): Record<string, unknown> {
  const { id, state, user, team, endUser, credential, exchange, argumentsDigest, policyVersion, decidedBy } =
    record;
  return {
    id,
    state,
    user,
    team,
    endUser,
    credential,
    tool: visibleLine(record.tool),
    exchange,
    argumentsDigest,
    policyVersion,
    askedAt: iso(record.askedAt),
    expiresAt: iso(record.expiresAt),
    decidedBy,
    decidedAt: iso(record.decidedAt),
  };
}

/** All of it; `text` is null where the secret that sealed it is known no more. */
function viewOf(record: ApprovalRecord, desk: ApprovalDesk): Record<string, unknown> {
  const { text, note } = desk.contentOf(record);
  return { ...lineOf(record), note, text: text ?? null, seen: record.seen };
}

const listApprovals = route({
  method: 'GET',
  path: '/admin/approvals',
  action: 'admin.approval.list',
  permission: 'decide_approvals',
  summary: 'Approvals, the newest first: of one state, of one user.',
  status: 200,
  input: z.strictObject({
    state: z.enum(['pending', 'approved', 'denied', 'expired', 'withdrawn', 'used']).optional(),
    user: userName.optional(),
    limit: z.coerce.number().int().min(1).max(1000).default(100),
  }),
  plan: (filter, _id, { approvals }) => ({
    resource: 'approvals',
    metadata: { filter: { state: filter.state, limit: filter.limit } },
    run: async () => ({ object: 'list', data: (await approvals.list(filter)).map(lineOf) }),
  }),
});

const showApproval = route({
  method: 'GET',
  path: '/admin/approvals/:id',
  action: 'admin.approval.view',
  permission: 'decide_approvals',
  summary: 'An approval with the text that is decided about, and its digest `seen`.',
  status: 200,
  input: nothing,
  async plan(_input, id, { approvals }) {
    const record = await approvals.find(id);
    return {
      resource: record.id,
      metadata: { seen: record.seen },
      run: async () => viewOf(record, approvals),
    };
  },
});

const decideApproval = route({
  method: 'POST',
  path: '/admin/approvals/:id',
  action: 'admin.approval.decide',
  permission: 'decide_approvals',
  summary: 'Approves or denies a pending call, once, by somebody other than who called.',
  status: 200,
  input: z.strictObject({
    decision: z.enum(['approve', 'deny']),
    note: z.string().max(1000).optional(),
    /** Digest of the text that was seen: another one decides nothing. */
    seen: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
  }),
  async plan({ decision, note, seen }, id, { approvals, endUsers }, actor) {
    const record = await approvals.find(id);
    const asEndUser = endUsers.digestsOf(record, actor.user);
    approvals.checkDecision(record, { ...actor, asEndUser }, seen);
    const said = {
      decision,
      caller: record.user,
      ...namedIn(record),
      tool: recordedTool(record.tool),
      confirmed: seen !== undefined,
      noteChars: note?.length,
    };
    return {
      resource: record.id,
      metadata: { approval: said },
      async run() {
        const state = decision === 'approve' ? 'approved' : 'denied';
        return lineOf(await approvals.decide(record, actor, { state, note }));
      },
    };
  },
});

export const APPROVAL_ROUTES: readonly Route[] = [listApprovals, showApproval, decideApproval];
