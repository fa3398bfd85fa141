/** Whose an object of upstream's is: all callers share one account, so an id alone opens nothing. */
import { z } from 'zod';
import { Refusal } from '../../base/errors.ts';
import { fieldAt } from '../../base/field-name.ts';
import { child } from '../../openai/child.ts';
import { sealedId } from '../../openai/sealed.ts';
import type { ObjectOwner, Store } from '../../ports/store.ts';
import type { Caller } from '../callers/caller.ts';
import { isForSame } from '../callers/end-users.ts';

/** The section `objects` of the configuration. */
export const objectsSchema = z.strictObject({
  /** Who may use an object: the maker's team, the maker alone, or everybody. */
  isolation: z.enum(['team', 'user', 'off']).default('team'),
  /** Ids that were made before the gateway stood here. */
  unknown: z.enum(['refuse', 'allow']).default('refuse'),
  /** `encrypted_content` that did not leave to who may use it within 30 days: put on record, or refused. */
  sealed: z.enum(['observe', 'refuse']).default('observe'),
  /** Who uses each other's objects beside that: `team:NAME` and `user:NAME`, by the name of the group. */
  groups: z
    .record(
      z.string().regex(/^[A-Za-z0-9._-]{1,64}$/),
      z.array(z.string().regex(/^(?:team|user):[A-Za-z0-9._:-]{1,128}$/)).max(1000),
    )
    .default({}),
});
/** The section after its schema. */
export type ObjectsSettings = z.infer<typeof objectsSchema>;

/** Whether this caller may use what that owner made: for the same end user, or for nobody else. */
export function mayUse(caller: Caller, owner: ObjectOwner, settings: ObjectsSettings): boolean {
  if (settings.isolation === 'off') return true;
  if (!isForSame(caller, owner)) return false;
  if (owner.user === caller.user) return true;
  if (settings.isolation === 'team' && caller.team !== undefined && owner.team === caller.team) return true;
  return Object.values(settings.groups).some((group) => isIn(group, caller) && isIn(group, owner));
}

function isIn(group: readonly string[], { user, team }: Pick<ObjectOwner, 'user' | 'team'>): boolean {
  return group.includes(`user:${user}`) || (team !== undefined && group.includes(`team:${team}`));
}

/** An object that a call names, and where. */
export interface Reference {
  readonly kind: string;
  readonly id: string;
  readonly pointer: string;
}

/**
 * The owners of all objects a call names.
 * @throws access.unknown_object for another's, and for an unknown one unless the operator adopts those
 * @throws store.unavailable
 */
export async function checkReferences(
  store: Store,
  caller: Caller,
  references: readonly Reference[],
  settings: ObjectsSettings,
): Promise<readonly ObjectOwner[]> {
  if (settings.isolation === 'off' || references.length === 0) return [];
  const owners = await store.getOwners([...new Set(references.map((reference) => reference.id))]);
  const byId = new Map(owners.map((owner) => [owner.id, owner]));
  for (const reference of references) {
    const owner = byId.get(reference.id);
    const allowed = owner ? mayUse(caller, owner, settings) : settings.unknown === 'allow';
    if (!allowed) throw new Refusal('access.unknown_object', { param: fieldAt(reference.pointer) });
  }
  return owners;
}

/** How long it is known to whom sealed content left. */
export const SEALED_MS = 30 * 86_400_000;

/**
 * How many of these contents did not leave to somebody this caller is one with, or not within 30 days. Where that is
 * only observed, a store that is away knows of none.
 * @param sealed references to sealed content
 * @throws access.unknown_object, store.unavailable where it is refused
 */
export async function unknownSealed(
  store: Store,
  caller: Caller,
  sealed: readonly Reference[],
  settings: ObjectsSettings,
  now: number,
): Promise<number> {
  const asked = store.getOwners([...new Set(sealed.map(({ id }) => id))]);
  const owners = await (settings.sealed === 'observe' ? asked.catch(() => []) : asked);
  const isKnown = (owner: ObjectOwner): boolean =>
    owner.createdAt > now - SEALED_MS && mayUse(caller, owner, settings);
  const known = new Set(owners.filter(isKnown).map(({ id }) => id));
  const unknown = sealed.filter(({ id }) => !known.has(id));
  if (settings.sealed === 'refuse' && unknown[0])
    throw new Refusal('access.unknown_object', { param: unknown[0].pointer });
  return unknown.length;
}

/** An id that an answer shows, and of what. */
export interface ShownId {
  readonly kind: string;
  readonly id: string;
}

/** Ids of one answer that are looked at: no answer has more elements than a page. */
export const SHOWN_MAX = 1_000;

/**
 * Ids an answer shows: of the object it made, and of further ones at the paths its row names; at most 1,000. `*` in a
 * path is every element of a list, `?name` goes on where there is such a member.
 */
export function idsShown(
  answer: unknown,
  makes: string | undefined,
  reveals: Readonly<Record<string, string>> = {},
): readonly ShownId[] {
  const shown: ShownId[] = [];
  for (const [path, kind] of Object.entries(reveals)) {
    for (const id of valuesAt(answer, path))
      if (isId(id)) shown.push({ kind, id: kind === 'sealed' ? sealedId(id) : id });
  }
  const own = child(answer, 'id');
  if (makes !== undefined && isId(own)) shown.push({ kind: makes, id: own });
  return shown.length > SHOWN_MAX ? shown.slice(-SHOWN_MAX) : shown;
}

function valuesAt(answer: unknown, path: string): readonly unknown[] {
  return path.split('.').reduce<readonly unknown[]>(
    (values, step) => {
      if (step === '*') return values.flatMap((value) => (Array.isArray(value) ? value : []));
      if (step.startsWith('?')) return values.filter((value) => child(value, step.slice(1)) !== undefined);
      return values.map((value) => child(value, step));
    },
    [answer],
  );
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
