/** Who acts here, and what they may do: what a page has to know before it offers anything. */
import { PERMISSIONS } from '../domain/callers/permissions.ts';
import { OWN_KEY_ROUTES } from './own-keys.ts';
import { nothing, type Route, route } from './route.ts';

const showMe = route({
  method: 'GET',
  path: '/admin/me',
  action: 'admin.me.view',
  permission: 'query',
  summary: 'Who acts here, and what they may do.',
  status: 200,
  forTeams: true,
  input: nothing,
  plan: (_input, _id, _tools, { user, role, credential, teamAdmin, person }) => ({
    resource: 'me',
    run: async () => ({
      user,
      role,
      credential,
      person: person !== undefined,
      team: teamAdmin?.team ?? person?.team,
      administers: teamAdmin && 'team',
      permissions: [...PERMISSIONS[role]],
    }),
  }),
});

/** In the order of the description. */
export const ME_ROUTES: readonly Route[] = [showMe, ...OWN_KEY_ROUTES];
