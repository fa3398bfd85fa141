/** A user as SCIM 2.0 says it (RFC 7643, section 4.1), as far as it matters here: who, and whether they are still here. */
import { z } from 'zod';
import { Refusal } from '../base/errors.ts';
import { fieldName } from '../base/field-name.ts';
import type { Member } from '../domain/people/directory.ts';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

const name = z.string().min(1).max(512);
/** Some directories write booleans as words. */
const flag = z.union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })]);

/** A multi-valued attribute; some directories write one value as it is. */
export const scimValues = z.preprocess(
  (given) => (given === undefined || Array.isArray(given) ? given : [given]),
  z.array(z.union([name, z.object({ value: name }).transform(({ value }) => value)])).max(1000),
);

/** What is read of a user; whatever else a directory tells is left alone. */
export const scimUserSchema = z.object({
  userName: name,
  externalId: name.optional(),
  active: flag.optional(),
  /** Groups, where the configuration says that they stand in one of these: values, plain or as `{value}`. */
  roles: scimValues.optional(),
  entitlements: scimValues.optional(),
});
export type ScimUser = z.infer<typeof scimUserSchema>;

/** A PATCH (RFC 7644, section 3.5.2). */
const patchSchema = z.object({
  Operations: z
    .array(
      z.object({
        op: z.string().max(16),
        path: z.string().max(256).optional(),
        value: z.unknown().optional(),
      }),
    )
    .min(1)
    .max(100),
});
const changeSchema = scimUserSchema.omit({ roles: true, entitlements: true }).partial();

/** Its operations, in order. @throws request.invalid_field */
export function operationsOf(body: unknown): z.infer<typeof patchSchema>['Operations'] {
  const patch = patchSchema.safeParse(body);
  if (!patch.success) throw new Refusal('request.invalid_field', { param: 'Operations' });
  return patch.data.Operations;
}

/** What a PATCH changes of what is read here, but for groups. @throws request.invalid_field */
export function changesOf(body: unknown): z.infer<typeof changeSchema> {
  const changes = operationsOf(body).flatMap(({ op, path, value }): object[] => {
    if (!/^(?:add|replace)$/i.test(op)) return [];
    const told = path === undefined ? Object.entries(Object(value)) : [[path, value] as const];
    return told.flatMap(([name, what]) => {
      const known = NAMES[name.toLowerCase().replace(/^urn:.*:/, '')];
      return known === undefined ? [] : [{ [known]: what }];
    });
  });
  return readScim(changeSchema, Object.assign({}, ...changes));
}

/** Names of attributes have no case (RFC 7643, section 2.1). */
const NAMES: Readonly<Record<string, keyof z.infer<typeof changeSchema>>> = {
  active: 'active',
  username: 'userName',
  externalid: 'externalId',
};

/** @throws request.invalid_field */
export function readScim<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  throw new Refusal('request.invalid_field', { param: fieldName(read.error.issues[0]?.path ?? []) });
}

/** As a directory reads it. */
export function scimView({ user, userName, externalId, active, changedAt }: Member): object {
  return {
    schemas: [USER],
    id: user,
    userName,
    externalId,
    active,
    meta: { resourceType: 'User', lastModified: new Date(changedAt).toISOString() },
  };
}

/** Some of a list, from the place that is asked for; places begin with 1. */
export function scimList(all: readonly object[], startIndex: number, count: number): object {
  const some = all.slice(startIndex - 1, startIndex - 1 + count);
  return {
    schemas: [LIST],
    totalResults: all.length,
    startIndex,
    itemsPerPage: some.length,
    Resources: some,
  };
}

/** What is offered (RFC 7643, section 5). */
export const SERVICE_PROVIDER = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: 100 },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: false },
  authenticationSchemes: [
    { type: 'oauthbearertoken', name: 'Bearer', description: 'people.provisioning.token' },
  ],
};
