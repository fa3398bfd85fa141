/**
 * People who sign in at the company's identity provider: which group of theirs opens what. The section `people`, and
 * the rules over it; who they are is the provider's word, what they may do is the configuration's.
 */
import { z } from 'zod';
import { isOwnCallUrl, OWN_CALL_URL } from '../../base/own-calls.ts';
import type { Identity } from '../../ports/identity-provider.ts';
import type { Role } from '../../ports/store.ts';
import { isUserName, nameFrom, USER_NAME } from '../callers/caller.ts';
import { SIGNATURE_ALGORITHMS } from '../callers/jwt.ts';
import type { TeamAdmin } from './team-admins.ts';

const text = z.string().min(1).max(256);
const secret = z.string().min(32, 'must have at least 32 characters').max(1024);

const groupSchema = z.strictObject({
  team: z.string().regex(USER_NAME).refine(isUserName, 'is a reserved name'),
  role: z.enum(['user', 'developer', 'admin']),
  /** Of the keys that its people make for themselves. */
  tier: z.string().max(64),
  /** Its people see and manage their team's alone, as keys with `administers` do. */
  administers: z.literal('team').optional(),
});

/** An origin: https, or http to this machine. */
const origin = z
  .string()
  .refine(isOwnCallUrl, OWN_CALL_URL)
  .refine((url) => URL.canParse(url) && new URL(url).origin === url, 'must be an origin: nothing behind it');

/** The section `people`; without it nobody signs in but by key or token. */
export const peopleSchema = z.strictObject({
  issuer: z.string().refine(isOwnCallUrl, OWN_CALL_URL),
  clientId: text,
  clientSecret: text.optional(),
  /** Where browsers reach the admin port: redirects and cookies go by it, never by what a request says. */
  baseUrl: origin,
  scopes: z.array(text).min(1).max(20).default(['openid', 'profile']),
  /** Names the person, in every record: must never be given to another. */
  userClaim: text.default('sub'),
  groupsClaim: text.default('groups'),
  groups: z.record(z.string().min(1).max(256), groupSchema),
  algorithms: z.array(z.enum(SIGNATURE_ALGORITHMS)).min(1).default(['RS256', 'PS256', 'ES256', 'EdDSA']),
  sessionHours: z.number().min(0.01).max(24).default(8),
  /** Of keys that people make for themselves. */
  keys: z
    .strictObject({ max: z.int().min(0).max(100).default(5), daysMax: z.int().min(1).max(366).default(90) })
    .prefault({}),
  /** SCIM 2.0: what tells who has left. */
  provisioning: z
    .strictObject({
      token: secret,
      /** Which attribute has what `userClaim` has. */
      userAttribute: z.enum(['externalId', 'userName']).default('externalId'),
      /** Which attribute has the names of groups, so that who is in another one is known at once; left out: at the next sign-in. */
      groupsAttribute: z.enum(['roles', 'entitlements']).optional(),
    })
    .optional(),
});
/** The section after its schema. */
export type PeopleSettings = z.infer<typeof peopleSchema>;

/** What a group opens. */
export type Access = Readonly<z.infer<typeof groupSchema>>;

const RANK: Readonly<Record<Role, number>> = { user: 0, developer: 1, admin: 2 };
const GROUPS_MAX = 1000;

/**
 * What these groups open: of several the most privileged role, and among equals the group that the configuration names
 * first. Undefined: nothing.
 */
export function accessOf(settings: Pick<PeopleSettings, 'groups'>, given: unknown): Access | undefined {
  const names = new Set((Array.isArray(given) ? given : [given]).slice(0, GROUPS_MAX));
  const own = Object.entries(settings.groups).filter(([name]) => names.has(name));
  // A stable sort keeps the order of the configuration among equals.
  return own.map(([, access]) => access).sort((a, b) => rankOf(b) - rankOf(a))[0];
}

/** The whole house is more than one team. */
const rankOf = ({ role, administers }: Access): number => RANK[role] * 2 + (administers ? 0 : 1);

/** A person as the house knows them. */
export interface Person {
  /** `[A-Za-z0-9._:-]{1,128}`: the claim as it is, else a keyed digest of it; the same as for a token's subject. */
  readonly user: string;
  readonly access: Access;
}

/** Undefined for one whose claim names nobody, or whose groups open nothing. */
export function personOf(
  settings: PeopleSettings,
  identity: Identity,
  digestKey: Buffer,
): Person | undefined {
  const { claims } = identity;
  const said = (name: string): unknown => (Object.hasOwn(claims, name) ? claims[name] : undefined);
  const user = nameFrom(said(settings.userClaim), 'sub', digestKey);
  const access = accessOf(settings, said(settings.groupsClaim));
  return user === undefined || access === undefined ? undefined : { user, access };
}

/** Undefined for whoever administers the house, or nobody. */
export function teamAdminBy({ team, tier, role, administers }: Access): TeamAdmin | undefined {
  return administers && { team, key: { tier, role } };
}
