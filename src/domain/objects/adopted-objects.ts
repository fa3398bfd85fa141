/**
 * Objects in the books of the house, for operators: whose they are, and those that nobody made here (older than the
 * gateway, made in OpenAI's own pages) given to somebody. What is one user's is never given to another.
 */
import { screen, type ScreenPolicy } from '../../guardrails/screening.ts';
import type { ObjectKind } from '../../openai/endpoint.ts';
import { ENDPOINTS } from '../../openai/endpoints/index.ts';
import { kindOfId, PREFIXES } from '../../openai/object-ids.ts';
import type { ObjectOwner, Store } from '../../ports/store.ts';

/** Every kind that may be in the books. */
export const OBJECT_KINDS: readonly ObjectKind[] = [
  ...new Set([
    ...PREFIXES.map(([, kind]) => kind),
    ...ENDPOINTS.flatMap(({ makes, locates, reveals = {} }) => [
      ...(makes ? [makes] : []),
      ...(locates ? [locates] : []),
      ...Object.values(reveals),
    ]),
  ]),
];

const KEYS_ALONE: ScreenPolicy = { injection: 'off', pii: 'off', secrets: 'block', reversible: false };

/** Whether it can be an id of upstream's, and is no key that was pasted in its place: it stands in the audit log. */
export function isObjectId(id: string): boolean {
  if (!/^(?!s[kp]-|ek_)[A-Za-z0-9][A-Za-z0-9._:-]{0,255}$/.test(id)) return false;
  return screen([{ text: id, trust: 'user', class: 'token' }], KEYS_ALONE).block === undefined;
}

/** Which were given, and which somebody else has. */
export interface Adopted {
  readonly adopted: readonly string[];
  readonly taken: readonly string[];
}

/** Again is no fault: who has an object already keeps it. @throws store.unavailable */
export async function adoptObjects(
  store: Pick<Store, 'putOwner'>,
  to: Pick<ObjectOwner, 'user' | 'team'>,
  ids: readonly string[],
  nowMs: number,
): Promise<Adopted> {
  const adopted: string[] = [];
  const taken: string[] = [];
  for (const id of new Set(ids)) {
    const kind = kindOfId(id) ?? 'unknown';
    const isTheirs = await store.putOwner({ id, kind, user: to.user, team: to.team, createdAt: nowMs });
    (isTheirs ? adopted : taken).push(id);
  }
  return { adopted, taken };
}

/** The newest objects of a user or team, at most `limit`; of one kind, or of all that `OBJECT_KINDS` names. */
export async function objectsOf(
  store: Pick<Store, 'listOwners'>,
  of: { readonly user?: string | undefined; readonly team?: string | undefined },
  limit: number,
  kind?: string,
): Promise<readonly ObjectOwner[]> {
  const whose = {
    ...(of.user !== undefined && { user: of.user }),
    ...(of.team !== undefined && { team: of.team }),
  };
  const kinds = kind === undefined ? [...OBJECT_KINDS, 'unknown'] : [kind];
  const lists = await Promise.all(kinds.map((one) => store.listOwners(one, whose, limit)));
  return lists
    .flat()
    .sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1))
    .slice(0, limit);
}
