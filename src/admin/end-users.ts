/**
 * End users for operators: by which digest logs name one, and the erasure of one. What they are called comes in a body and
 * goes no further than into a digest.
 */
import { z } from 'zod';
import { Refusal } from '../base/errors.ts';
import { END_USER_DIGEST } from '../domain/callers/end-users.ts';
import { type Erased, erasePerson } from '../domain/history/erasure.ts';
import { ALL } from '../domain/history/retention.ts';
import { userName } from './keys.ts';
import { type AdminTools, type Route, route } from './route.ts';

/** As logs have it. */
export const endUserDigest = z.string().regex(END_USER_DIGEST);

/** Of a team; or of a user without one. */
const namedSchema = z
  .strictObject({
    team: userName.optional(),
    user: userName.optional(),
    /** As the application says it in X-Sallyport-End-User. */
    endUser: z.string().min(1).max(256),
  })
  .refine(({ user, team }) => (user === undefined) !== (team === undefined), { path: ['team'] });
type Named = z.infer<typeof namedSchema>;

/** @throws request.end_user */
function digestsOf({ team, user = '', endUser }: Named, { endUsers }: AdminTools): readonly string[] {
  return endUsers.digestsOf({ team, user }, endUser);
}

const find = route({
  method: 'POST',
  path: '/admin/end-users/digest',
  action: 'admin.end_user.find',
  permission: 'view_logs',
  summary: 'The digest by which an end user of a team, or of a user without one, is named everywhere.',
  status: 200,
  input: namedSchema,
  plan(input, _id, tools) {
    const [endUser, before] = digestsOf(input, tools);
    const view = { endUser, before };
    return { resource: 'end-users', metadata: view, run: async () => view };
  },
});

const erase = route({
  method: 'POST',
  path: '/admin/end-users/erase',
  action: 'admin.end_user.erase',
  permission: 'manage_users',
  summary:
    'Erases what was said by an end user: history, values behind placeholders, texts of approvals, parked answers; not by users who are held.',
  status: 200,
  input: namedSchema,
  async plan(input, _id, tools) {
    const digests = digestsOf(input, tools);
    const withheld = await heldOf(input, tools);
    let erased: Omit<Erased, 'keyNames'> | undefined;
    return {
      resource: 'end-users',
      metadata: { team: input.team, user: input.user, endUser: digests[0], withheld },
      async run() {
        const { keyNames: _, ...found } = await erasePerson(tools, { endUsers: digests, except: withheld });
        erased = found;
        return { endUser: digests[0], erased, withheld };
      },
      done: () => ({ erased }),
    };
  },
});

/** Users of whom nothing may be taken: what they said for somebody is theirs as well. @throws retention.held, store.unavailable */
async function heldOf({ user }: Named, { holds }: AdminTools): Promise<readonly string[]> {
  if (user !== undefined) await holds.refuseIfHeld(user);
  const held = await holds.held();
  if (held === ALL) throw new Refusal('retention.held');
  return held;
}

export const END_USER_ROUTES: readonly Route[] = [find, erase];
