/** What deletes by itself what is older than it may be, and ends what is over. */
import { systemClock } from '../base/clock.ts';
import type { Setup } from '../config.ts';
import { forgetPlaceholders } from '../jobs/forget-placeholders.ts';
import { keepApprovals } from '../jobs/keep-approvals.ts';
import { retain } from '../jobs/retain.ts';
import type { Log } from '../server/log.ts';
import type { Rules } from './doors.ts';
import type { Engines } from './engines.ts';

const DAY_MS = 86_400_000;

/** From now on until `stop`, which lets what is being removed come to an end. */
export function startRetaining(
  { config }: Setup,
  { auditLog, store, pruneLog }: Engines,
  { holds, keptPlaceholders, approvals }: Rules,
  log: Log,
): { stop(): Promise<void> } {
  const retaining = retain({
    store,
    auditLog,
    holds,
    settings: config.retention,
    pruneLog,
    clock: systemClock,
    onFailure: (err) => log.warn({ err }, 'what is old was not deleted; tried again later'),
  });
  const forgetting = forgetPlaceholders({
    keptPlaceholders,
    holds,
    auditLog,
    onFailure: (err) =>
      log.warn({ err }, 'old values behind placeholders were not dropped; tried again later'),
  });
  const keeping = keepApprovals(approvals, config.retention.piiDays * DAY_MS, holds, (err) =>
    log.debug({ err }, 'approvals that are over wait'),
  );
  return {
    async stop() {
      forgetting.stop();
      keeping.stop();
      await retaining.stop();
    },
  };
}
