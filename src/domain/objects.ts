/** Whose an object of upstream's is: all callers share one account, so an id alone opens nothing. */
import { z } from 'zod';
import { Refusal } from '../base/errors.ts';
import { child } from '../openai/child.ts';
import type { ObjectOwner, Store } from '../ports/store.ts';
import type { Caller } from './caller.ts';

/** The section `objects` of the configuration. */
export const objectsSchema = z.strictObject({
  /** Who may use an object: the maker's team, the maker alone, or everybody. */
  isolation: z.enum(['team', 'user', 'off']).default('team'),
  /** Ids that were made before the gateway stood here. */
  unknown: z.enum(['refuse', 'allow']).default('refuse'),
});
/** The section after its schema. */
export type ObjectsSettings = z.infer<typeof objectsSchema>;

/** Whether this caller may use what that owner made. */
export function mayUse(caller: Caller, owner: ObjectOwner, settings: ObjectsSettings): boolean {
  if (settings.isolation === 'off') return true;
  if (owner.user === caller.user) return true;
  return settings.isolation === 'team' && caller.team !== undefined && owner.team === caller.team;
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
    if (!allowed) throw new Refusal('access.unknown_object', { param: reference.pointer });
  }
  return owners;
}

/** Ids an answer shows: of the object it made, and of further ones at the paths its row names. */
export function idsShown(
  answer: unknown,
  makes: string | undefined,
  reveals: Readonly<Record<string, string>> = {},
): readonly { readonly kind: string; readonly id: string }[] {
  const shown = Object.entries(reveals).map(([path, kind]) => ({
    kind,
    id: path.split('.').reduce<unknown>(child, answer),
  }));
  if (makes !== undefined) shown.push({ kind: makes, id: child(answer, 'id') });
  return shown.flatMap(({ kind, id }) => (typeof id === 'string' && id !== '' ? [{ kind, id }] : []));
}
