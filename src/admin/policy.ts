/** The rules in force: shown, and read again from the configuration's files. */
import { z } from 'zod';
import { BREAK_GLASS_SECONDS_MAX, type Proposal } from '../domain/policy/policy-proposals.ts';
import { ROLLOUT_ROUTES } from './rollout.ts';
import { iso } from './period.ts';
import { listOf, nothing, type Route, route } from './route.ts';

const showPolicy = route({
  method: 'GET',
  path: '/admin/policy',
  action: 'admin.policy.view',
  permission: 'view_logs',
  summary:
    'The rules in force in this process, their version, since when; and what the last refused reload was at odds with.',
  status: 200,
  input: nothing,
  plan: (_input, _id, { policy }) => ({ resource: 'policy', run: async () => policy.view() }),
});

const reloadPolicy = route({
  method: 'POST',
  path: '/admin/policy/reload',
  action: 'admin.policy.reload',
  permission: 'manage_users',
  summary:
    'Reads the configuration of this process again: whole or not at all. Calls under way end on the old rules.',
  status: 200,
  input: z.strictObject({
    /** What is weaker holds at once, alone, for so long; then the policy before again. */
    breakGlass: z
      .strictObject({
        reason: z.string().min(1).max(500),
        seconds: z.int().min(1).max(BREAK_GLASS_SECONDS_MAX),
      })
      .optional(),
  }),
  plan: ({ breakGlass }, _id, { policy }, actor) => ({
    resource: 'policy',
    metadata: { breakGlassSeconds: breakGlass?.seconds },
    run: () => policy.reload(actor.user, breakGlass),
  }),
});

const listProposals = route({
  method: 'GET',
  path: '/admin/policy/proposals',
  action: 'admin.policy.proposals',
  permission: 'view_logs',
  summary:
    'Weaker policies that wait for a second person, were confirmed, or hold for some hours; what is weaker in each.',
  status: 200,
  input: nothing,
  plan: (_input, _id, { policy }) => ({
    resource: 'policy',
    run: async () => listOf((await policy.proposals.list()).map(proposalView)),
  }),
});

function proposalView({ digest, at, until, ...proposal }: Proposal): Record<string, unknown> {
  return { id: digest, ...proposal, at: iso(at), until: iso(until) };
}

const confirmProposal = route({
  method: 'POST',
  path: '/admin/policy/proposals/:id',
  action: 'admin.policy.confirm',
  permission: 'manage_users',
  summary:
    'Confirms what somebody else proposed: it holds in this process now, in others once they read their files again.',
  status: 200,
  input: nothing,
  plan: (_input, id, { policy }, actor) => ({ resource: id, run: () => policy.confirm(id, actor.user) }),
});

const withdrawProposal = route({
  method: 'DELETE',
  path: '/admin/policy/proposals/:id',
  action: 'admin.policy.withdraw',
  permission: 'manage_users',
  summary: 'Nobody can confirm it any more, or go by it; what is in force stays.',
  status: 200,
  input: nothing,
  plan: (_input, id, { policy }) => ({
    resource: id,
    async run() {
      await policy.proposals.withdraw(id);
      return { id, withdrawn: true };
    },
  }),
});

/** In the order of the description. */
export const POLICY_ROUTES: readonly Route[] = [
  showPolicy,
  reloadPolicy,
  listProposals,
  confirmProposal,
  withdrawProposal,
  ...ROLLOUT_ROUTES,
];
