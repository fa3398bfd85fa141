/** Incidents of this process: the desk that people use, and the job that counts, opens and responds. */
import { isIPv6 } from 'node:net';
import { createSeal } from '../base/seal.ts';
import { systemClock } from '../base/clock.ts';
import type { HouseSecret } from '../base/secret.ts';
import type { Setup } from '../config.ts';
import { addressList } from '../domain/callers/authentication.ts';
import { IncidentCounting } from '../domain/incidents/incident-counting.ts';
import { IncidentResponse, type IncidentContaining } from '../domain/incidents/incident-response.ts';
import { windowMs } from '../domain/incidents/incident-rules.ts';
import { IncidentDesk } from '../domain/incidents/incidents.ts';
import { readEntries } from '../engines/audit/audit-read.ts';
import { watchIncidents, type WatchIncidents } from '../jobs/watch-incidents.ts';
import type { Log } from '../server/log.ts';
import type { Engines } from './engines.ts';

type Change = Pick<IncidentContaining, 'change'>;
type Containing = Pick<IncidentContaining, 'change' | 'newest'>;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** How long addresses and days of spending are known. */
const LEARNT_DAYS = 400;
const CHUNK_BYTES = 65_536;

/** What people do with incidents. */
export function buildIncidentDesk(
  { config }: Setup,
  secret: HouseSecret,
  { store }: Engines,
  containing: Change,
): IncidentDesk {
  return new IncidentDesk({
    store,
    containing,
    seal: createSeal(secret),
    clock: systemClock,
    settings: config.incidents,
  });
}

/** From now on until stopped. */
export function startIncidents(
  { config }: Setup,
  engines: Engines,
  containing: Containing,
  log: Log,
): WatchIncidents {
  const { store, auditLog, auditDir, notifier } = engines;
  const { incidents: settings, server } = config;
  const proxies = addressList(server.trustProxy);
  const isTrusted = (address: string): boolean => proxies.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  const response = new IncidentResponse({
    store,
    auditLog,
    containing: {
      newest: () => containing.newest(),
      change: (step) => containing.change(step),
      isTrusted,
    },
    notifier,
    clock: systemClock,
    settings,
  });
  const counting = new IncidentCounting({
    incidents: store.incidents,
    rules: settings.rules,
    respond: (reached) => response.respond(reached),
  });
  const windows = Object.values(settings.rules).map(windowMs);
  return watchIncidents({
    auditLog,
    before: () => readEntries(auditDir, { since: Date.now() - MINUTE_MS, chunkBytes: CHUNK_BYTES }),
    rules: settings.rules,
    counting,
    resume: () => response.resume(),
    async prune() {
      const now = Date.now();
      await store.incidents.prune({
        waiting: now - Math.max(DAY_MS, ...windows),
        learnt: now - LEARNT_DAYS * DAY_MS,
      });
    },
    onFailure: (err) =>
      log.debug({ err }, 'incidents are not counted at the moment; what is to be counted waits'),
  });
}
