/** What is kept of a person: their history, its erasure, and legal holds on both. Who read what is on record first. */
import { z } from 'zod';
import { Refusal } from '../base/errors.ts';
import { isUserName } from '../domain/callers/caller.ts';
import { type Erased, erasePerson } from '../domain/history/erasure.ts';
import { historyQuerySchema } from '../domain/history/history-view.ts';
import { ALL, type Hold } from '../domain/history/retention.ts';
import { endUserDigest } from './end-users.ts';
import { userName } from './keys.ts';
import { iso } from './period.ts';
import { breakGlassReason, listOf, nothing, type Route, route } from './route.ts';

const readHistory = route({
  method: 'GET',
  path: '/admin/history',
  action: 'admin.history.view',
  permission: 'view_others_history',
  summary: "A user's conversations, the newest first; which of them were shown is on record.",
  status: 200,
  input: historyQuerySchema.extend({
    user: userName,
    endUser: endUserDigest.optional(),
    breakGlass: breakGlassReason,
  }),
  async plan({ user, endUser, breakGlass, ...query }, _id, { history }) {
    const page = await history({ user, endUsers: endUser === undefined ? undefined : [endUser] }, query);
    const { from, to, limit } = query;
    return {
      resource: user,
      metadata: {
        filter: { endUser, from, to, limit, searched: query.q === undefined ? undefined : true },
        exchanges: page.data.map(({ id }) => id),
      },
      weakens: { why: 'what a person said is read', what: { endUser }, once: false, breakGlass },
      run: async () => page,
    };
  },
});

const erase = route({
  method: 'DELETE',
  path: '/admin/users/:id/data',
  action: 'admin.user.erase',
  permission: 'manage_users',
  summary:
    'Erases what was said by a user: history, values behind placeholders, texts of approvals, parked answers, names of keys.',
  status: 200,
  input: nothing,
  async plan(_input, id, { store, keys, holds, clock }) {
    if (!isUserName(id)) throw new Refusal('access.not_found');
    const user = id;
    await holds.refuseIfHeld(user);
    let erased: Erased | undefined;
    return {
      resource: user,
      async run() {
        erased = await erasePerson({ store, keys, clock }, { user });
        return { user, erased };
      },
      done: () => ({ erased }),
    };
  },
});

const holdView = ({ user, since }: Hold) => ({
  user,
  since: iso(since),
  configured: since === undefined || undefined,
});

const listHolds = route({
  method: 'GET',
  path: '/admin/holds',
  action: 'admin.hold.list',
  permission: 'manage_users',
  summary: 'Legal holds: of whom nothing is deleted; `all` is everybody.',
  status: 200,
  input: nothing,
  plan: (_input, _id, { holds }) => ({
    resource: 'holds',
    run: async () => listOf((await holds.list()).map(holdView)),
  }),
});

const putHold = route({
  method: 'POST',
  path: '/admin/holds',
  action: 'admin.hold.put',
  permission: 'manage_users',
  summary: 'Nothing of this user, or of `all`, is deleted from now on, by time or on request.',
  status: 201,
  input: z.strictObject({ user: userName }),
  plan: ({ user }, _id, { holds }) => ({
    resource: user,
    run: async () => holdView(await holds.put(user)),
  }),
});

const liftHold = route({
  method: 'DELETE',
  path: '/admin/holds/:id',
  action: 'admin.hold.lift',
  permission: 'manage_users',
  summary: 'Ends a hold; one of the configuration stays.',
  status: 200,
  input: nothing,
  plan: (_input, id, { holds }) => ({
    resource: id,
    run: async () => {
      const lifted = await holds.lift(id);
      const held = await holds.held();
      return { user: id, lifted, held: held === ALL || held.includes(id) };
    },
  }),
});

export const PERSON_ROUTES: readonly Route[] = [readHistory, erase, listHolds, putHold, liftHold];
