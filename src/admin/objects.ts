/** Objects of upstream's as the admin API lists them and gives them to users; never what stands in one. */
import { z } from 'zod';
import { adoptObjects, isObjectId, OBJECT_KINDS, objectsOf } from '../domain/objects/adopted-objects.ts';
import type { ObjectOwner } from '../ports/store.ts';
import { userName } from './keys.ts';
import { iso } from './period.ts';
import { listOf, type Route, route } from './route.ts';

function viewOf({ id, kind, user, team, createdAt }: ObjectOwner): Record<string, unknown> {
  return { id, kind, user, team, recordedAt: iso(createdAt) };
}

const listObjects = route({
  method: 'GET',
  path: '/admin/objects',
  action: 'admin.object.list',
  permission: 'manage_users',
  summary: 'Objects kept upstream for a user or a team, the newest first: of one kind, or of all.',
  status: 200,
  input: z
    .strictObject({
      user: userName.optional(),
      team: userName.optional(),
      kind: z.enum(OBJECT_KINDS).optional(),
      limit: z.coerce.number().int().min(1).max(1000).default(100),
    })
    .refine(({ user, team }) => user !== undefined || team !== undefined, { path: ['user'] }),
  plan: ({ user, team, kind, limit }, _id, { store }) => ({
    resource: user ?? team ?? 'objects',
    metadata: { filter: { user, team, kind, limit } },
    run: async () => listOf((await objectsOf(store, { user, team }, limit, kind)).map(viewOf)),
  }),
});

const adopt = route({
  method: 'POST',
  path: '/admin/objects/adopt',
  action: 'admin.object.adopt',
  permission: 'manage_users',
  summary:
    'Gives objects that nobody made here to a user, or to a user of a team; what another has stays theirs.',
  status: 200,
  input: z.strictObject({
    user: userName,
    team: userName.optional(),
    ids: z.array(z.string().refine(isObjectId)).min(1).max(100),
  }),
  plan: ({ user, team, ids }, _id, { store, clock }) => ({
    resource: user,
    metadata: { objects: { team, ids } },
    run: () => adoptObjects(store, { user, team }, ids, clock.now()),
  }),
});

export const OBJECT_ROUTES: readonly Route[] = [listObjects, adopt];
