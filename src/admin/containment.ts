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
  shutSchema,
  shutsAnything,
} from '../domain/callers/containment.ts';
import { userName } from './keys.ts';
import { iso } from './period.ts';
import {
  type Actor,
  type AdminTools,
  breakGlassReason,
  nothing,
  type Route,
  route,
  type Weakens,
} from './route.ts';

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

type Next = (before: ContainmentState) => Lockdown;

/** Where release takes two, who shut something does not open it. */
function opensAlone(before: ContainmentState, next: Lockdown, actor: Actor): boolean {
  return releases(before.lockdown, next) && before.lockdown?.by === actor.user;
}

async function takesTwo({ containing, policy }: AdminTools, actor: Actor): Promise<boolean> {
  const { release } = containing;
  return release === 'two' || (release === 'auto' && (await policy.proposals.needsSecond(actor.user)));
}

/** For the plan of what shuts: whoever opens alone, for a reason, has it told. */
async function weakensBy(
  tools: AdminTools,
  actor: Actor,
  next: Next,
  breakGlass: string | undefined,
): Promise<Weakens | undefined> {
  if (breakGlass === undefined) return undefined;
  const before = await tools.containing.newest();
  const isAlone = opensAlone(before, next(before), actor) && (await takesTwo(tools, actor));
  return isAlone ? { why: 'the kill switch is lifted', what: {}, once: true, breakGlass } : undefined;
}

async function shut(
  tools: AdminTools,
  actor: Actor,
  next: Next,
  breakGlass: string | undefined,
): Promise<Record<string, unknown>> {
  const { containing, clock } = tools;
  const needsOther = breakGlass === undefined && (await takesTwo(tools, actor));
  return await containing.change((before) => {
    const lockdown = next(before);
    if (needsOther && opensAlone(before, lockdown, actor)) throw new Refusal('access.second_person');
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
  urgent: true,
  permission: 'manage_users',
  summary:
    'Shuts what is named, everywhere within a second, open calls included; replaces what was shut before.',
  status: 200,
  input: lockdownSchema.extend({ breakGlass: breakGlassReason }),
  plan: async ({ breakGlass, ...input }, _id, tools, actor) => ({
    resource: 'lockdown',
    metadata: {
      all: input.all,
      tiers: input.tiers,
      users: input.users,
      keys: input.keys,
      models: input.models,
      tools: input.tools.length,
    },
    weakens: await weakensBy(tools, actor, () => input, breakGlass),
    run: () => shut(tools, actor, () => input, breakGlass),
  }),
});

/** A row of `/admin/users/:id/…`. */
function userRoute(verb: 'disable' | 'enable', summary: string): Route {
  return route({
    method: 'POST',
    path: `/admin/users/:id/${verb}`,
    action: `admin.user.${verb}`,
    ...(verb === 'disable' && { urgent: true }),
    permission: 'manage_users',
    summary,
    status: 200,
    input: z.strictObject({ breakGlass: breakGlassReason }),
    async plan({ breakGlass }, id, tools, actor) {
      const user = userName.safeParse(id).data;
      if (user === undefined) throw new Refusal('access.not_found');
      const next: Next = ({ lockdown }) => {
        const before = shutSchema.parse(withoutWhose(lockdown));
        const others = before.users.filter((name) => name !== user);
        return { ...before, users: verb === 'disable' ? [...others, user] : others };
      };
      return {
        resource: user,
        weakens: await weakensBy(tools, actor, next, breakGlass),
        async run() {
          await shut(tools, actor, next, breakGlass);
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
  urgent: true,
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
