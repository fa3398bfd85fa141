/** Keys as they are looked for: all of them, those that nobody uses, one by its text. */
import { z } from 'zod';
import { isUnused } from '../domain/callers/key-use.ts';
import { keysIn } from '../domain/callers/keys.ts';
import { keysOf } from '../domain/people/team-admins.ts';
import { keyView } from './keys.ts';
import { listOf, route } from './route.ts';

export const listKeys = route({
  method: 'GET',
  path: '/admin/keys',
  action: 'admin.key.list',
  permission: 'manage_users',
  summary:
    'Every key, the oldest first, and the day of its last use; those not used for so many days; never its text.',
  status: 200,
  input: z.strictObject({ unusedDays: z.coerce.number().int().min(1).max(3650).optional() }),
  forTeams: true,
  plan: ({ unusedDays }, _id, { keys, store, clock }, { teamAdmin }) => ({
    resource: 'keys',
    metadata: { unusedDays },
    async run() {
      const [all, uses, now] = [await keys.list(), await store.keyUse.read(), clock.now()];
      const own = teamAdmin ? keysOf(teamAdmin, all) : all;
      const shown =
        unusedDays === undefined ? own : own.filter((record) => isUnused(record, uses, unusedDays, now));
      return listOf(shown.map((record) => keyView(record, keys.pepperId, now, uses)));
    },
  }),
});

export const reportKey = route({
  method: 'POST',
  path: '/admin/keys/report',
  action: 'admin.key.report',
  urgent: true,
  permission: 'view_logs',
  summary:
    'A key whose text was found where it does not belong, alone or as it stood there: revoked, if it opens anything.',
  status: 200,
  // Told of two, whoever reports them must not take the one that was revoked for both.
  input: z.strictObject({
    key: z
      .string()
      .min(1)
      .max(4096)
      .refine((text) => keysIn(text).length <= 1, 'one at a time'),
  }),
  async plan({ key }, _id, { keys }) {
    const [shown] = keysIn(key);
    const found = shown === undefined ? undefined : await keys.verify(shown);
    return {
      // Never its text, which may be somebody's else.
      resource: found?.id ?? 'keys',
      metadata: { opens: found !== undefined },
      async run() {
        if (found === undefined) return { revoked: false };
        const { revokedAt } = keyView(await keys.revoke(found.id));
        return { revoked: true, id: found.id, user: found.user, revokedAt };
      },
    };
  },
});
