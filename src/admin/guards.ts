/** The controls of this process: which fired when they were last tried, which did not, which are off. */
import { CONTROLS, type GuardStatus } from '../domain/incidents/liveness.ts';
import { iso } from './period.ts';
import { listOf, nothing, type Route, route } from './route.ts';

const showGuards = route({
  method: 'GET',
  path: '/admin/guards',
  action: 'admin.guards.view',
  permission: 'view_logs',
  summary:
    'Every control of this process, what it promises, and whether it fired when it was last tried; none where nothing is tried.',
  status: 200,
  input: nothing,
  plan: (_input, _id, { guards }) => ({
    resource: 'guards',
    run: async () => listOf((guards?.list() ?? []).map(viewOf)),
  }),
});

function viewOf({ control, result, reason, triedAt, firedAt }: GuardStatus) {
  return {
    control,
    promises: CONTROLS[control],
    result,
    reason,
    triedAt: iso(triedAt),
    firedAt: iso(firedAt),
  };
}

/** In the order of the description. */
export const GUARD_ROUTES: readonly Route[] = [showGuards];
