/** Keys that a local start makes for itself, so that a first call needs no preparation. Never in production. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Setup } from '../config.ts';
import { keptSecret } from '../house-secret.ts';
import type { Log } from '../server/log.ts';
import type { House } from './assemble.ts';

const LOCAL_KEY = { user: 'local', tier: 'pro', role: 'user', name: 'made at start' } as const;

/** The first admin's key: given, or in local mode made once and kept. */
export function adminKeyOf({ environment }: Setup): { key: string; made: boolean } {
  if (environment.SALLYPORT_ADMIN_KEY !== undefined)
    return { key: environment.SALLYPORT_ADMIN_KEY, made: false };
  const { text, made } = keptSecret(environment.DATA_DIR, 'admin-key', 'sp-admin-');
  return { key: text, made };
}

/** A caller key for this start; the one of the start before is revoked. */
async function makeLocalKey({ keys, auditLog }: House): Promise<string> {
  const record = (action: string, resource: string): Promise<unknown> =>
    auditLog.record({ userId: 'system', action, resource, status: 'success', metadata: {} });
  for (const { id, name, user, revokedAt } of await keys.list()) {
    if (name !== LOCAL_KEY.name || user !== LOCAL_KEY.user || revokedAt !== undefined) continue;
    await record('admin.key.revoke', id);
    await keys.revoke(id);
  }
  const made = keys.mint(LOCAL_KEY);
  await record('admin.key.create', made.record.id);
  await keys.add(made.record);
  return made.key;
}

/** Once the store was reached, and again if it goes away in between; undefined if the process ends before. */
export async function localKeyOf(house: House, log: Log): Promise<string | undefined> {
  if (!(await house.storeReached)) return undefined;
  for (;;) {
    try {
      return await makeLocalKey(house);
    } catch (err) {
      log.warn({ err }, 'the caller key of this start could not be made; trying again');
      await pause(1000, undefined, { ref: false });
    }
  }
}
