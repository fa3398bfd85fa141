/**
 * Keys that were sent in clear: whoever listened on the way has them. They are put on record and marked, so that their
 * owners see which to rotate; they go on working, or anybody on the way could stop a caller.
 */
import type { Clock } from '../../base/clock.ts';
import { BoundedMap } from '../../base/bounded-map.ts';
import { equalInConstantTime } from '../../base/secret.ts';
import type { AuditLog } from '../../ports/audit-log.ts';
import { type Authenticator, type Presented, readCredential } from './authentication.ts';
import type { Caller } from './caller.ts';
import type { KeyRing } from './key-ring.ts';

/** A key is put on record again after this long. */
const AGAIN_MS = 60_000;
const REMEMBERED_MAX = 10_000;

/** Who knows the keys, and where it is put on record. */
export interface ExposedKeysOptions {
  readonly authenticator: Authenticator;
  /** The house's own, which no ring knows. */
  readonly adminKey: string;
  readonly keys: Pick<KeyRing, 'markExposed'>;
  readonly auditLog: Pick<AuditLog, 'note'>;
  readonly clock: Clock;
}

/**
 * Takes what came in clear and was refused. A credential that opens nothing is left alone; never throws.
 * @returns a function of what was presented, and of the request's id
 */
export function createExposedKeys(
  options: ExposedKeysOptions,
): (presented: Presented, request: string) => Promise<void> {
  const { keys, auditLog, clock } = options;
  const toldAt = new BoundedMap<string, number>(REMEMBERED_MAX);
  return async (presented, request) => {
    try {
      const caller = await ownerOf(presented, options);
      const now = clock.now();
      if (now - (toldAt.get(caller.credential) ?? -AGAIN_MS) < AGAIN_MS) return;
      toldAt.set(caller.credential, now);
      auditLog.note({
        userId: caller.user,
        action: 'access.exposed',
        resource: caller.credential,
        status: 'failure',
        metadata: { exchange: request, credential: caller.credential, source: presented.source },
      });
      if (caller.key && !caller.granted) await keys.markExposed(caller.key.id);
    } catch {
      // Nobody's credential, or nothing can be asked just now: the refusal itself is on record by its source.
    }
  };
}

/** @throws auth.* for what opens nothing */
async function ownerOf(
  presented: Presented,
  { authenticator, adminKey }: ExposedKeysOptions,
): Promise<Pick<Caller, 'user' | 'credential' | 'key' | 'granted'>> {
  const { rawHeaders, target } = presented;
  if (equalInConstantTime(readCredential(rawHeaders, target, presented.method === 'WEBSOCKET'), adminKey))
    return { user: 'admin', credential: 'admin-key' };
  return await authenticator.authenticate(presented);
}
