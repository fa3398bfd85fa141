/** The keys of the house, and what keeps and looks through the days on which they were used. */
import { systemClock } from '../base/clock.ts';
import { deriveKey, type HouseSecret } from '../base/secret.ts';
import { createKeyRing, type KeyRing } from '../domain/callers/key-ring.ts';
import type { OpenedKeys } from '../domain/callers/key-use.ts';
import { keepKeyUse } from '../jobs/keep-key-use.ts';
import type { Log } from '../server/log.ts';
import type { Rules } from './doors.ts';
import type { Engines } from './engines.ts';

/** @param opened told of each that opens */
export function keyRing(
  { present, previous }: HouseSecret,
  { store, ledger }: Engines,
  opened: OpenedKeys,
): KeyRing {
  return createKeyRing({
    store,
    ledger,
    pepper: deriveKey(present, 'pepper'),
    previousPepper: previous && deriveKey(previous, 'pepper'),
    clock: systemClock,
    opened,
  });
}

/** From now on until `stop`, which writes what is left. */
export function startKeyUse(
  { store, auditLog }: Engines,
  { opened }: Rules,
  log: Log,
): { stop(): Promise<void> } {
  return keepKeyUse({
    opened,
    store,
    auditLog,
    clock: systemClock,
    onWarning: (warning) => log.warn(warning),
    onFailure: (err) => log.debug({ err }, 'what is known of the use of keys waits'),
  });
}
