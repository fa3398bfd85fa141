/**
 * Groups of a user as SCIM tells them, in an attribute that the configuration names. An operation on it that is not understood is refused,
 * as it may take something away. Groups by themselves are shown, and changed nowhere but at their users.
 */
import { Refusal } from '../base/errors.ts';
import type { Member } from '../domain/people/directory.ts';
import { operationsOf, readScim, type ScimUser, scimValues } from './scim-user.ts';

const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';

/** A group as a directory reads it (RFC 7643, section 4.2). */
export interface ScimGroup {
  /** Its name, which is its id as well. */
  readonly id: string;
  readonly displayName: string;
  readonly members: readonly { readonly value: string; readonly display: string }[];
}

/** Those that the configuration names, and those that users are said to be in; by name. @param members those who are not deleted */
export function scimGroups(configured: readonly string[], members: readonly Member[]): readonly ScimGroup[] {
  const groups = new Map<string, ScimGroup['members'][number][]>(configured.map((name) => [name, []]));
  for (const { user, userName, groups: names = [] } of members)
    for (const name of names) {
      const known = groups.get(name) ?? [];
      groups.set(name, known);
      known.push({ value: user, display: userName });
    }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, of]) => ({
      schemas: [GROUP],
      id,
      displayName: id,
      members: of,
      meta: { resourceType: 'Group' },
    }));
}

/** Which one. */
export type GroupsAttribute = 'roles' | 'entitlements';

/** Of a user that was told whole; undefined where groups are not told at all. */
export function groupsOf(
  given: ScimUser,
  attribute: GroupsAttribute | undefined,
): readonly string[] | undefined {
  return attribute && (given[attribute] ?? []);
}

/** After a PATCH, whose operations hold in turn. @throws request.invalid_field */
export function groupsAfter(
  body: unknown,
  attribute: GroupsAttribute | undefined,
  before: readonly string[] = [],
): readonly string[] | undefined {
  if (attribute === undefined) return undefined;
  let groups = [...before];
  for (const { op, path, value } of operationsOf(body)) {
    const given: unknown = path === undefined ? Object(value)[attribute] : value;
    const at: string = (path ?? attribute).replace(/^urn:.*:/, '');
    if (!at.toLowerCase().startsWith(attribute) || (path === undefined && given === undefined)) continue;
    const one = ONE_VALUE.exec(at.slice(attribute.length))?.[1];
    if (one === undefined && at.length > attribute.length)
      throw new Refusal('request.invalid_field', { param: attribute });
    const named = one === undefined ? readScim(scimValues.optional(), given) : [one];
    groups = [...changed(groups, op.toLowerCase(), named)];
  }
  return groups;
}

const ONE_VALUE = /^\[value eq "([^"\\]{1,512})"\]$/i;

function changed(groups: readonly string[], op: string, named: readonly string[] | undefined): Set<string> {
  if (op === 'add') return new Set([...groups, ...(named ?? [])]);
  if (op === 'replace') return new Set(named);
  return new Set(named && groups.filter((each) => !named.includes(each)));
}
