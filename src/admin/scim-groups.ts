/**
 * Groups of a user as SCIM tells them, in an attribute that the configuration names. An operation on it that is not understood is refused,
 * as it may take something away.
 */
import { Refusal } from '../base/errors.ts';
import { operationsOf, readScim, type ScimUser, scimValues } from './scim-user.ts';

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
