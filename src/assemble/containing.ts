/** The kill switch and the bans of this process: read from the store and from its own folder, told to the log and on record. */
import { resolve } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { type Containment, createContainment } from '../domain/callers/containment.ts';
import { createLoweredTiers, type LoweredTiers } from '../domain/callers/lowered-tiers.ts';
import { watchContainment, type WatchContainment } from '../jobs/watch-containment.ts';
import type { Log } from '../server/log.ts';
import type { Engines } from './engines.ts';
import type { Policy } from './policy.ts';

/** What holds, and the way to change it. */
export interface Containing {
  readonly containment: Containment;
  readonly loweredTiers: LoweredTiers;
  readonly watching: WatchContainment;
}

/** Holds from the first call on what was last known. */
export function startContaining(policy: Policy, engines: Engines, log: Log): Containing {
  const { store, auditLog } = engines;
  const containment = createContainment(systemClock);
  const watching = watchContainment({
    containment,
    store,
    dataDir: resolve(policy.setup.environment.DATA_DIR),
    onChange({ local, state: { lockdown, bans, lowerings } }) {
      const metadata = {
        local,
        lockdown: lockdown !== undefined,
        all: lockdown?.all,
        bans: bans.length,
        lowerings: lowerings?.length,
      };
      log.warn(metadata, 'what is shut has changed');
      auditLog.note({
        userId: 'system',
        action: 'containment.applied',
        resource: 'gateway',
        status: 'success',
        metadata,
      });
    },
    onFailure: (err) => log.debug({ err }, 'the store does not tell what is shut; what was last known holds'),
  });
  return { watching, containment, loweredTiers: createLoweredTiers(containment, () => policy.compared) };
}
