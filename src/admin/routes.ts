/** The admin API: one row a route. Handlers are thin; what they do is in domain/. */
import { z } from 'zod';
import { Refusal } from '../base/errors.ts';
import { CHECKPOINTS, keptCheckpoints } from '../domain/records/checkpoints.ts';
import { isHarmless } from '../domain/requests/harmless.ts';
import { isLive } from '../domain/callers/keys.ts';
import { opensMore } from '../domain/limits/key-weakening.ts';
import { checkManages, grantOf, isOfTeam } from '../domain/people/team-admins.ts';
import { usageOf } from '../domain/limits/usage.ts';
import { POINT_BOUNDS } from '../guardrails/injection/signal.ts';
import { APPROVAL_ROUTES } from './approvals.ts';
import { CHARGE_ROUTES } from './charges.ts';
import { CONTAINMENT_ROUTES } from './containment.ts';
import { GUARD_ROUTES } from './guards.ts';
import { INCIDENT_ROUTES } from './incidents.ts';
import { END_USER_ROUTES, endUserDigest } from './end-users.ts';
import { listKeys, reportKey } from './key-lists.ts';
import { keyView, newKeyFrom, newKeySchema, rotateSchema, userName } from './keys.ts';
import { LOWERING_ROUTES } from './lowerings.ts';
import { ME_ROUTES } from './me.ts';
import { OBJECT_ROUTES } from './objects.ts';
import { time } from './period.ts';
import { PERSON_ROUTES } from './persons.ts';
import { POLICY_ROUTES } from './policy.ts';
import { type AdminTools, listOf, nothing, type Route, route } from './route.ts';

const auditSchema = z.strictObject({
  user: z
    .string()
    .regex(/^[A-Za-z0-9._:-]{1,128}$/)
    .optional(),
  action: z
    .string()
    .regex(/^[a-z0-9._-]{1,64}$/)
    .optional(),
  status: z.enum(['success', 'failure', 'pending']).optional(),
  endUser: endUserDigest.optional(),
  from: time.optional(),
  to: time.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

const createKey = route({
  method: 'POST',
  path: '/admin/keys',
  action: 'admin.key.create',
  permission: 'manage_users',
  summary: 'Creates a key; its text is in this answer and nowhere else.',
  status: 201,
  forTeams: true,
  input: newKeySchema,
  async plan(input, _id, tools, { teamAdmin }) {
    const { keys, teams, tiers, clock, widerKeys } = tools;
    const asked = newKeyFrom(input, tools, clock.now());
    const known = await keys.list();
    const wanted = teamAdmin ? grantOf(teamAdmin, asked, teams, known) : asked;
    const { key, record } = keys.mint(wanted);
    const { name: _, ...recorded } = wanted;
    // What the administrator of a team gives is bounded by what they have.
    const why = teamAdmin ? undefined : opensMore(wanted, known, tiers, clock.now());
    const { breakGlass, ...what } = input;
    return {
      resource: record.id,
      metadata: { key: recorded, weaker: why && [why] },
      weakens:
        why && widerKeys === 'hold' ? { why, what, of: wanted.user, once: true, breakGlass } : undefined,
      async run() {
        await keys.add(record);
        return { id: record.id, key, ...keyView(record) };
      },
    };
  },
});

const revokeKey = route({
  method: 'DELETE',
  path: '/admin/keys/:id',
  action: 'admin.key.revoke',
  urgent: true,
  permission: 'manage_users',
  summary: 'Revokes a key, everywhere and for good. Again is no fault.',
  status: 200,
  input: nothing,
  forTeams: true,
  async plan(_input, id, { keys, teams }, { teamAdmin }) {
    if (teamAdmin) checkManages(teamAdmin, await keys.find(id), teams);
    return {
      resource: id,
      async run() {
        const { revokedAt } = keyView(await keys.revoke(id));
        return { id, revokedAt };
      },
    };
  },
});

const rotateKey = route({
  method: 'POST',
  path: '/admin/keys/:id/rotate',
  action: 'admin.key.rotate',
  permission: 'manage_users',
  summary: 'A new secret for a key; the present one stays valid for the overlap, older ones end.',
  status: 200,
  input: rotateSchema,
  forTeams: true,
  async plan({ overlapSeconds }, id, { keys, teams }, { teamAdmin }) {
    if (teamAdmin) checkManages(teamAdmin, await keys.find(id), teams);
    return {
      resource: id,
      metadata: { overlapSeconds },
      async run() {
        const { key, record } = await keys.rotate(id, overlapSeconds * 1000);
        return { id, key, ...keyView(record) };
      },
    };
  },
});

const usage = route({
  method: 'GET',
  path: '/admin/usage',
  action: 'admin.usage.view',
  permission: 'view_costs',
  summary: 'What a user has used today (UTC), and may.',
  status: 200,
  input: z.strictObject({ user: userName }),
  forTeams: true,
  async plan({ user }, _id, tools, { teamAdmin }) {
    if (teamAdmin && !isOfTeam(teamAdmin, user, await tools.keys.list(), tools.teams))
      throw new Refusal('access.permission', { param: 'user' });
    return {
      resource: user,
      run: async () => await usageOf(tools, { user, tier: await largestTier(user, tools) }),
    };
  },
});

/**
 * The budget belongs to the user and the presented credential's tier gives its size: the largest there is. A token is kept
 * nowhere, so that its tier is known by the newest call on record.
 */
async function largestTier(
  user: string,
  { keys, store, tiers, clock }: Pick<AdminTools, 'keys' | 'store' | 'tiers' | 'clock'>,
): Promise<string | undefined> {
  const own = (await keys.list()).filter((key) => key.user === user && isLive(key, clock.now()));
  const [newest] = await store.findEntries({ user, action: 'exchange.intent', limit: 1 });
  const { credential, tier: last } = newest?.metadata ?? {};
  const byToken = typeof credential === 'string' && credential.startsWith('jwt:') && typeof last === 'string';
  const known = [...own.map(({ tier }) => tier), ...(byToken ? [last] : [])].filter((tier) => tiers[tier]);
  const budget = (tier: string): number => tiers[tier]?.dailyBudgetUsd ?? Infinity;
  return known.sort((a, b) => budget(b) - budget(a))[0];
}

/** What was looked for, unless it is a secret or somebody's data that was pasted here. */
function nameOf(user: string): string {
  return isHarmless(user) ? user : '[hidden]';
}

const audit = route({
  method: 'GET',
  path: '/admin/audit',
  action: 'admin.audit.view',
  permission: 'view_logs',
  summary: 'Entries of the audit log, the newest first: from ≤ timestamp < to; a date is its start in UTC.',
  status: 200,
  input: auditSchema,
  forTeams: true,
  plan: ({ from, to, ...filter }, _id, { store }, { teamAdmin }) => ({
    resource: 'audit',
    metadata: { filter: { ...filter, user: filter.user && nameOf(filter.user), from, to } },
    run: async () =>
      listOf(
        await store.findEntries({
          ...filter,
          team: teamAdmin?.team,
          from: from === undefined ? undefined : Date.parse(from),
          to: to === undefined ? undefined : Date.parse(to),
        }),
      ),
  }),
});

const checkpoints = route({
  method: 'GET',
  path: '/admin/audit/checkpoints',
  action: 'admin.audit.checkpoints',
  permission: 'view_logs',
  summary:
    'The newest signed checkpoint of every chain of the audit log, by place: what `audit verify` takes.',
  status: 200,
  input: nothing,
  plan: (_input, _id, { store }) => ({
    resource: 'audit',
    run: async () => listOf(keptCheckpoints(await store.listSettings(CHECKPOINTS))),
  }),
});

const adoptLedger = route({
  method: 'POST',
  path: '/admin/ledger/adopt',
  action: 'admin.ledger.adopt',
  permission: 'manage_users',
  summary: 'Leaves behind what a ledger lost; what the audit log and the store know to be spent stays spent.',
  status: 200,
  input: nothing,
  plan: (_input, _id, { adoption }) => ({
    resource: 'ledger',
    async run() {
      const adopted = adoption?.needed() ?? false;
      if (adopted) await adoption?.adopt();
      return { adopted };
    },
  }),
});

const fitted = z.strictObject({
  observe: z.number().min(POINT_BOUNDS.observe[0]).max(POINT_BOUNDS.observe[1]),
  block: z.number().min(POINT_BOUNDS.block[0]).max(POINT_BOUNDS.block[1]),
  texts: z.int().min(0).max(1_000_000_000),
  found: z.int().min(0).max(1_000_000_000),
  stopped: z.int().min(0).max(1_000_000_000),
});

const recordCalibration = route({
  method: 'POST',
  path: '/admin/calibrations',
  action: 'admin.injection.calibrate',
  permission: 'manage_users',
  summary:
    'Puts on record which points of the injection guardrail were fitted to how much traffic; changes nothing.',
  status: 201,
  input: z.strictObject({ user: fitted.optional(), tool: fitted.optional() }),
  plan: (input, _id) => ({
    resource: 'injection',
    metadata: { calibration: input },
    run: async () => ({ recorded: true }),
  }),
});

const coverage = route({
  method: 'GET',
  path: '/admin/coverage',
  action: 'admin.coverage.view',
  permission: 'view_logs',
  summary: 'Every operation of the API, and what is done with it.',
  status: 200,
  input: nothing,
  plan: (_input, _id, tools) => ({ resource: 'coverage', run: async () => tools.coverage() }),
});

export const ADMIN_ROUTES: readonly Route[] = [
  createKey,
  listKeys,
  revokeKey,
  rotateKey,
  reportKey,
  usage,
  ...CHARGE_ROUTES,
  audit,
  checkpoints,
  adoptLedger,
  recordCalibration,
  coverage,
  ...ME_ROUTES,
  ...APPROVAL_ROUTES,
  ...CONTAINMENT_ROUTES,
  ...LOWERING_ROUTES,
  ...OBJECT_ROUTES,
  ...INCIDENT_ROUTES,
  ...PERSON_ROUTES,
  ...END_USER_ROUTES,
  ...POLICY_ROUTES,
  ...GUARD_ROUTES,
];
