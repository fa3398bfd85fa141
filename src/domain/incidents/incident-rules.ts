/**
 * The section `incidents`: which entries of the audit log make an incident, of whom, and what follows. A rule that shuts
 * somebody out counts only what that one did, so that nobody can shut out another.
 */
import { hash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../../base/canonical-json.ts';
import { SUBJECT_KINDS } from '../../ports/incident-store.ts';
import { USER_NAME } from '../callers/caller.ts';

/** A name, or the beginning of names with a `*`; several are alternatives. */
const pattern = z.string().regex(/^[A-Za-z0-9._:/-]{0,127}(?:[A-Za-z0-9._:/-]|\*)$/);
const patterns = z.union([pattern, z.array(pattern).min(1).max(50)]);

const matcherSchema = z.strictObject({
  action: patterns,
  /** `metadata.code` */
  code: patterns.optional(),
  status: z.enum(['pending', 'success', 'failure']).optional(),
  /** Members of `metadata`, inner ones by a dot: their text; `*`: they are there. */
  fields: z.record(z.string().regex(/^[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+){0,3}$/), patterns).optional(),
});
/** After the schema. */
export type Matcher = z.infer<typeof matcherSchema>;

const common = {
  /** Any of these. */
  when: z.union([matcherSchema, z.array(matcherSchema).min(1).max(20)]),
  /** Whose events are counted together, and whom the actions are for. */
  by: z.enum(SUBJECT_KINDS),
  severity: z.enum(['low', 'medium', 'high', 'critical']).default('medium'),
  actions: z
    .array(z.enum(['notify', 'ban', 'lowerTier', 'disableKey', 'disableUser', 'lockDown']))
    .max(6)
    .default(['notify']),
  /** How long `ban` holds. */
  banS: z.int().min(1).max(2_592_000).default(3600),
  /** Of the section `tiers`: what `lowerTier` holds them to. Whoever has less already keeps that. */
  lowerTo: z.string().optional(),
  /** How long. */
  lowerS: z.int().min(1).max(2_592_000).default(3600),
  /** `observe`: what would have been an incident is on record, and nothing else. */
  mode: z.enum(['off', 'observe', 'enforce']).default('enforce'),
};
const withinS = z.int().min(1).max(86_400);

const ruleSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('count'), ...common, count: z.int().min(1).max(100_000), withinS }),
    /** One of `when`, and later one of `followedBy`, by the same. */
    z.strictObject({
      kind: z.literal('sequence'),
      ...common,
      followedBy: z.union([matcherSchema, z.array(matcherSchema).min(1).max(20)]),
      withinS,
    }),
    /** Money that was settled: more than this, or than so many times the mean of the seven days before. */
    z.strictObject({
      kind: z.literal('spend'),
      ...common,
      withinS,
      overUsd: z.number().min(0.000_001).max(1_000_000),
      timesMean: z.number().min(1).max(1000).optional(),
    }),
    /** From an address that this one was not seen at before, after it has been known for so long. */
    z.strictObject({
      kind: z.literal('newAddress'),
      ...common,
      afterDays: z.int().min(1).max(365).default(7),
    }),
  ])
  .superRefine(({ by, actions, lowerTo }, context) => {
    if (actions.includes('lowerTier') !== (lowerTo !== undefined))
      context.addIssue({ code: 'custom', path: ['lowerTo'], message: 'belongs to the action lowerTier' });
    const wrong = actions.find((action) => !FITS[action].includes(by));
    if (wrong === undefined) return;
    const message = `${wrong} would be for others than whom the rule counts`;
    context.addIssue({ code: 'custom', path: ['actions'], message });
  });
/** After the schema. */
export type IncidentRule = z.infer<typeof ruleSchema>;
export type IncidentAction = IncidentRule['actions'][number];

/** Of whom a rule must count what it acts on. `lockDown` counts what the gateway itself says, and no caller. */
const FITS: Readonly<Record<IncidentAction, readonly IncidentRule['by'][]>> = {
  notify: SUBJECT_KINDS,
  ban: ['user', 'key', 'address', 'endUser'],
  lowerTier: ['user', 'key'],
  disableKey: ['key'],
  disableUser: ['user'],
  lockDown: ['house'],
};

/** The section `incidents`. */
export const incidentsSchema = z.strictObject({
  /** What may be shut by rules within an hour, by all processes together; beyond, people are told and nothing is shut. */
  containmentsPerHourMax: z.int().min(0).max(10_000).default(20),
  rules: z.record(z.string().regex(/^[a-z0-9-]{1,64}$/), ruleSchema).default({}),
});
/** After the schema. */
export type IncidentsSettings = z.infer<typeof incidentsSchema>;

/** Equal in every process that has the same rules. 16 hex digits. */
export function rulesVersionOf(settings: IncidentsSettings): string {
  return hash('sha256', canonicalJson(settings)).slice(0, 16);
}

/** How far back a rule looks. */
export function windowMs(rule: IncidentRule): number {
  return rule.kind === 'newAddress' ? 0 : rule.withinS * 1000;
}

/** What a rule's signals must come to. */
export function boundOf(rule: IncidentRule): number {
  if (rule.kind === 'count') return rule.count;
  return rule.kind === 'spend' ? Math.round(rule.overUsd * 1e9) : 1;
}

/** Whether a user, or a key, can be named like this in an entry. */
export function isNamed(name: unknown): name is string {
  return typeof name === 'string' && USER_NAME.test(name);
}
