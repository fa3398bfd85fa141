/** Who calls with a client secret: who made it, as long as the key or token that made it stands. */
import type { Clock } from '../../base/clock.ts';
import type { KeyRecord } from '../../ports/store.ts';
import { type Caller, callerOfKey } from './caller.ts';
import type { Granted } from './client-secrets.ts';
import type { KeyRing } from './key-ring.ts';
import { isLive } from './keys.ts';

type Found = Caller | undefined;

/** At once where the key is cached; nobody once it is revoked or rotated away, or has ended. @throws store.unavailable */
export function grantedCallers(
  keys: Pick<KeyRing, 'find'>,
  clock: Clock,
): (granted: Granted) => Found | Promise<Found> {
  return (granted) => {
    const { keyId, tokenUntil = 0 } = granted;
    if (keyId === undefined) return clock.now() < tokenUntil ? callerOf(granted, undefined) : undefined;
    const check = (record: KeyRecord | undefined): Found => {
      const now = clock.now();
      return isLive(record, now) && hasStayed(record, granted, now) ? callerOf(granted, record) : undefined;
    };
    const found = keys.find(keyId);
    return found instanceof Promise ? found.then(check) : check(found);
  };
}

/** A key that was rotated since ends what it made when its secret of then ends. */
function hasStayed({ rotatedAt = 0, previousUntil = 0 }: KeyRecord, { at }: Granted, nowMs: number): boolean {
  return at >= rotatedAt || nowMs < previousUntil;
}

const callers = new WeakMap<Granted, Caller>();

/** One a secret and state of its key: tier and role are those that the key has now. */
function callerOf(granted: Granted, record: KeyRecord | undefined): Caller {
  const known = callers.get(granted);
  if (known && known.key === record) return known;
  const { user, team, tier, role, credential, endUser } = granted;
  const own = record ? callerOfKey(record) : { user, team, tier, role, credential };
  const caller = { ...own, granted, ...(endUser !== undefined && { endUser }) };
  callers.set(granted, caller);
  return caller;
}
