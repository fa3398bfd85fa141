/** What people who signed in do for themselves: their own keys, within the bounds of their group, and their own usage. */
import { z } from 'zod';
import { Refusal } from '../base/errors.ts';
import { isLive, type NewKey } from '../domain/callers/keys.ts';
import type { Access } from '../domain/people/people.ts';
import { usageOf } from '../domain/limits/usage.ts';
import type { KeyRecord } from '../ports/store.ts';
import { keyView } from './keys.ts';
import { type Actor, type AdminTools, listOf, nothing, type Route, route } from './route.ts';

const DAY_MS = 86_400_000;

interface Own {
  readonly user: string;
  readonly access: Access;
  readonly bounds: { readonly max: number; readonly daysMax: number };
}

/** @throws access.permission for whoever acts by a key: a key makes no keys for itself */
function ownOf({ ownKeys }: AdminTools, { user, person }: Actor): Own {
  if (person === undefined || ownKeys === undefined) throw new Refusal('access.permission');
  return { user, access: person, bounds: ownKeys };
}

/** Those that count, the oldest first; of two of the same moment the order is everybody's. */
async function liveKeysOf(user: string, { keys, clock }: AdminTools): Promise<readonly KeyRecord[]> {
  const own = (await keys.list()).filter((key) => key.user === user && isLive(key, clock.now()));
  return own.sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
}

const createKey = route({
  method: 'POST',
  path: '/admin/me/keys',
  action: 'admin.me.key.create',
  permission: 'query',
  summary: "A key of one's own, of the group's team and tier; its text is in this answer and nowhere else.",
  status: 201,
  forTeams: true,
  input: z.strictObject({
    name: z
      .string()
      .regex(/^[^\p{Cc}\p{Cs}]{1,128}$/u)
      .optional(),
    days: z.int().min(1).max(366).optional(),
  }),
  async plan({ name, days }, _id, tools, actor) {
    const { keys, clock } = tools;
    const { user, access, bounds } = ownOf(tools, actor);
    const lasting = days ?? bounds.daysMax;
    if (lasting > bounds.daysMax) throw new Refusal('access.permission', { param: 'days' });
    const expiresAt = clock.now() + lasting * DAY_MS;
    const { team, tier } = access;
    const wanted: NewKey = { user, team, tier, role: 'user', own: true, name, expiresAt };
    const count = (await liveKeysOf(user, tools)).length;
    if (count >= bounds.max) throw new Refusal('access.own_keys');
    const { key, record } = keys.mint(wanted);
    return {
      resource: record.id,
      metadata: { key: { user, team, tier, role: 'user', expiresAt } },
      async run() {
        await keys.add(record);
        // Two at once saw the same room: whoever is beyond it goes, at whichever process.
        const place = (await liveKeysOf(user, tools)).findIndex(({ id }) => id === record.id);
        if (place < bounds.max) return { id: record.id, key, ...keyView(record) };
        await keys.revoke(record.id);
        throw new Refusal('access.own_keys');
      },
    };
  },
});

const listKeys = route({
  method: 'GET',
  path: '/admin/me/keys',
  action: 'admin.me.key.list',
  permission: 'query',
  summary: "One's own keys, the oldest first; never their text.",
  status: 200,
  forTeams: true,
  input: nothing,
  plan(_input, _id, tools, actor) {
    const { user } = ownOf(tools, actor);
    const { keys, clock } = tools;
    return {
      resource: 'keys',
      async run() {
        const own = (await keys.list()).filter((key) => key.user === user);
        return listOf(own.map((record) => keyView(record, keys.pepperId, clock.now())));
      },
    };
  },
});

const revokeKey = route({
  method: 'DELETE',
  path: '/admin/me/keys/:id',
  action: 'admin.me.key.revoke',
  permission: 'query',
  summary: 'Revokes a key of one’s own, everywhere and for good.',
  status: 200,
  forTeams: true,
  input: nothing,
  async plan(_input, id, tools, actor) {
    const { user } = ownOf(tools, actor);
    // Somebody else's is as unknown as one that is not.
    if ((await tools.keys.find(id))?.user !== user) throw new Refusal('access.not_found');
    return {
      resource: id,
      async run() {
        const { revokedAt } = keyView(await tools.keys.revoke(id));
        return { id, revokedAt };
      },
    };
  },
});

const usage = route({
  method: 'GET',
  path: '/admin/me/usage',
  action: 'admin.me.usage.view',
  permission: 'query',
  summary: 'What one has used today (UTC), and may.',
  status: 200,
  forTeams: true,
  input: nothing,
  plan(_input, _id, tools, actor) {
    const { user, access } = ownOf(tools, actor);
    return { resource: user, run: async () => await usageOf(tools, { user, tier: access.tier }) };
  },
});

/** In the order of the description. */
export const OWN_KEY_ROUTES: readonly Route[] = [createKey, listKeys, revokeKey, usage];
