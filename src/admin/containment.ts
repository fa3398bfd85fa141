/** The kill switch, bans, and users that are switched off: what operators shut, and open again. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { Refusal } from '../base/errors.ts';
import {
  type Ban,
  type ContainmentState,
  type Lockdown,
  lockdownSchema,
  mayBan,
  releases,
  shutsAnything,
} from '../domain/containment.ts';
import { userName } from './keys.ts';
import { iso } from './period.ts';
import { type Actor, type AdminTools, nothing, type Route, route } from './route.ts';

function lockdownView({ lockdown }: ContainmentState): Record<string, unknown> {
  const { by, at, ...shut } = lockdown ?? { ...lockdownSchema.parse({}), by: undefined, at: undefined };
  return { active: shutsAnything(shut), ...shut, by, at: at === undefined ? undefined : iso(at) };
}

const showLockdown = route({
  method: 'GET',
  path: '/admin/lockdown',
  action: 'admin.lockdown.view',
  permission: 'view_logs',
  summary: 'What the kill switch shuts, since when and by whom.',
  status: 200,
  input: nothing,
  plan: (_input, _id, { containing }) => ({
    resource: 'lockdown',
    run: async () => lockdownView(await containing.newest()),
  }),
});

/** Where release takes two, who shut something does not open it. */
function checkSecond(before: ContainmentState, next: Lockdown, actor: Actor, tools: AdminTools): void {
  if (!tools.containing.releaseTakesTwo || !releases(before.lockdown, next)) return;
  if (before.lockdown?.by === actor.user) throw new Refusal('access.second_person');
}

async function shut(
  { containing, clock, ...tools }: AdminTools,
  actor: Actor,
  next: (before: ContainmentState) => Lockdown,
): Promise<Record<string, unknown>> {
  return await containing.change((before) => {
    const lockdown = next(before);
    checkSecond(before, lockdown, actor, { containing, clock, ...tools });
    const { lockdown: _, ...rest } = before;
    const state = shutsAnything(lockdown)
      ? { ...rest, lockdown: { ...lockdown, by: actor.user, at: clock.now() } }
      : rest;
    return { state, result: lockdownView(state) };
  });
}

const setLockdown = route({
  method: 'PUT',
  path: '/admin/lockdown',
  action: 'admin.lockdown.set',
  permission: 'manage_users',
  summary:
    'Shuts what is named, everywhere within a second, open calls included; replaces what was shut before.',
  status: 200,
  input: lockdownSchema,
  plan: (input, _id, tools, actor) => ({
    resource: 'lockdown',
    metadata: {
      all: input.all,
      tiers: input.tiers,
      users: input.users,
      keys: input.keys,
      models: input.models,
      tools: input.tools.length,
    },
    run: () => shut(tools, actor, () => input),
  }),
});

/** A row of `/admin/users/:id/…`. */
function userRoute(verb: 'disable' | 'enable', summary: string): Route {
  return route({
    method: 'POST',
    path: `/admin/users/:id/${verb}`,
    action: `admin.user.${verb}`,
    permission: 'manage_users',
    summary,
    status: 200,
    input: nothing,
    plan(_input, id, tools, actor) {
      const user = userName.safeParse(id).data;
      if (user === undefined) throw new Refusal('access.not_found');
      return {
        resource: user,
        async run() {
          await shut(tools, actor, ({ lockdown }) => {
            const before = lockdownSchema.parse(withoutWhose(lockdown));
            const others = before.users.filter((name) => name !== user);
            return { ...before, users: verb === 'disable' ? [...others, user] : others };
          });
          return { user, disabled: verb === 'disable' };
        },
      };
    },
  });
}

function withoutWhose(lockdown: ContainmentState['lockdown']): Lockdown | object {
  if (!lockdown) return {};
  const { by: _, at: __, ...shut } = lockdown;
  return shut;
}

function banView({ id, kind, value, until, at, by, reason }: Ban): Record<string, unknown> {
  return { id, [kind]: value, until: iso(until), at: iso(at), by, reason };
}

const listBans = route({
  method: 'GET',
  path: '/admin/bans',
  action: 'admin.ban.list',
  permission: 'view_logs',
  summary: 'Bans that hold.',
  status: 200,
  input: nothing,
  plan: (_input, _id, { containing, clock }) => ({
    resource: 'bans',
    async run() {
      const { bans } = await containing.newest();
      return { object: 'list', data: bans.filter(({ until }) => until > clock.now()).map(banView) };
    },
  }),
});

const createBan = route({
  method: 'POST',
  path: '/admin/bans',
  action: 'admin.ban.create',
  permission: 'manage_users',
  summary:
    'Shuts out a user, a key, an end user (by digest) or an address for some time; an address only where no valid credential is shown.',
  status: 201,
  input: z
    .strictObject({
      user: z.string().optional(),
      key: z.string().optional(),
      address: z.string().optional(),
      endUser: z.string().optional(),
      seconds: z.int().min(1).max(2_592_000).default(3600),
      reason: z.string().max(500).default(''),
    })
    .refine(
      ({ user, key, address, endUser }) => [user, key, address, endUser].filter(Boolean).length === 1,
      'exactly one',
    ),
  plan({ user, key, address, endUser, seconds, reason }, _id, { containing, clock }, actor) {
    const kind = user ? 'user' : key ? 'key' : endUser ? 'endUser' : 'address';
    const value = user ?? key ?? endUser ?? address ?? '';
    if (!mayBan(kind, value, containing.isTrusted))
      throw new Refusal('request.invalid_field', { param: kind });
    const id = `ban_${randomBytes(9).toString('hex')}`;
    return {
      resource: id,
      metadata: { kind, value, seconds },
      async run() {
        const at = clock.now();
        const ban: Ban = { id, kind, value, until: at + seconds * 1000, at, by: actor.user, reason };
        return await containing.change((before) => {
          const bans = [...before.bans.filter(({ until }) => until > at), ban];
          return { state: { ...before, bans }, result: banView(ban) };
        });
      },
    };
  },
});

const liftBan = route({
  method: 'DELETE',
  path: '/admin/bans/:id',
  action: 'admin.ban.lift',
  permission: 'manage_users',
  summary: 'Ends a ban before its time.',
  status: 200,
  input: nothing,
  plan: (_input, id, { containing }) => ({
    resource: id,
    run: () =>
      containing.change((before) => {
        const bans = before.bans.filter((ban) => ban.id !== id);
        if (bans.length === before.bans.length) throw new Refusal('access.not_found');
        return { state: { ...before, bans }, result: { id, lifted: true } };
      }),
  }),
});

/** In the order of the description. */
export const CONTAINMENT_ROUTES: readonly Route[] = [
  showLockdown,
  setLockdown,
  listBans,
  createBan,
  liftBan,
  userRoute('disable', 'Shuts out a user with all keys and tokens, everywhere within a second.'),
  userRoute('enable', 'Opens for a user again.'),
];
