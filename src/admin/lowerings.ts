/** Users and keys that are held to a lower tier for a time: which there are, by hand, and back before their time. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { Refusal } from '../base/errors.ts';
import { type Lowering, mayBan, withLowerings } from '../domain/callers/containment.ts';
import { iso } from './period.ts';
import { listOf, nothing, type Route, route } from './route.ts';

const LOWERINGS_MAX = 10_000;
function loweringView({ id, kind, value, tier, until, at, by, reason }: Lowering): Record<string, unknown> {
  return { id, [kind]: value, tier, until: iso(until), at: iso(at), by, reason };
}

const listLowerings = route({
  method: 'GET',
  path: '/admin/lowerings',
  action: 'admin.lowering.list',
  permission: 'view_logs',
  summary: 'Users and keys that are held to a lower tier.',
  status: 200,
  input: nothing,
  plan: (_input, _id, { containing, clock }) => ({
    resource: 'lowerings',
    async run() {
      const { lowerings = [] } = await containing.newest();
      return listOf(lowerings.filter(({ until }) => until > clock.now()).map(loweringView));
    },
  }),
});

const createLowering = route({
  method: 'POST',
  path: '/admin/lowerings',
  action: 'admin.lowering.create',
  permission: 'manage_users',
  summary:
    'Holds a user, or a key, to a lower tier for some time, everywhere within a second; whoever would have more there keeps their own.',
  status: 201,
  input: z
    .strictObject({
      user: z.string().optional(),
      key: z.string().optional(),
      tier: z.string(),
      seconds: z.int().min(1).max(2_592_000).default(3600),
      reason: z.string().max(500).default(''),
    })
    .refine(({ user, key }) => [user, key].filter(Boolean).length === 1, 'exactly one'),
  plan({ user, key, tier, seconds, reason }, _id, { containing, clock, tiers }, actor) {
    const kind = user ? 'user' : 'key';
    const value = user ?? key ?? '';
    if (!mayBan(kind, value, containing.isTrusted))
      throw new Refusal('request.invalid_field', { param: kind });
    if (!Object.hasOwn(tiers, tier)) throw new Refusal('request.invalid_field', { param: 'tier' });
    const id = `low_${randomBytes(9).toString('hex')}`;
    return {
      resource: id,
      metadata: { kind, value, tier, seconds },
      async run() {
        const at = clock.now();
        const until = at + seconds * 1000;
        const lowering: Lowering = { id, kind, value, tier, until, at, by: actor.user, reason };
        return await containing.change((before) => {
          const state = withLowerings(before, [...(before.lowerings ?? []), lowering], at);
          if ((state.lowerings ?? []).length > LOWERINGS_MAX) throw new Refusal('request.too_complex');
          return { state, result: loweringView(lowering) };
        });
      },
    };
  },
});

const liftLowering = route({
  method: 'DELETE',
  path: '/admin/lowerings/:id',
  action: 'admin.lowering.lift',
  permission: 'manage_users',
  summary: 'Gives back a tier before its time.',
  status: 200,
  input: nothing,
  plan: (_input, id, { containing, clock }) => ({
    resource: id,
    run: () =>
      containing.change((before) => {
        const { lowerings = [] } = before;
        const others = lowerings.filter((lowering) => lowering.id !== id);
        if (others.length === lowerings.length) throw new Refusal('access.not_found');
        return { state: withLowerings(before, others, clock.now()), result: { id, lifted: true } };
      }),
  }),
});

export const LOWERING_ROUTES: readonly Route[] = [listLowerings, createLowering, liftLowering];
