/** The rules in force: shown, and read again from the configuration's files. */
import { z } from 'zod';
import { ROLLOUT_ROUTES } from './rollout.ts';
import { type Route, route } from './route.ts';

const nothing = z.strictObject({});

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
  input: nothing,
  plan: (_input, _id, { policy }, actor) => ({
    resource: 'policy',
    run: () => policy.reload(actor.user),
  }),
});

/** In the order of the description. */
export const POLICY_ROUTES: readonly Route[] = [showPolicy, reloadPolicy, ...ROLLOUT_ROUTES];
