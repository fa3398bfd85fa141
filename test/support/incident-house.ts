/** Counting and response over a real store and a real audit log: what one process has, as many times as wanted. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { createContainment } from '../../src/domain/callers/containment.ts';
import { IncidentCounting } from '../../src/domain/incidents/incident-counting.ts';
import { IncidentResponse } from '../../src/domain/incidents/incident-response.ts';
import { incidentsSchema, type IncidentsSettings } from '../../src/domain/incidents/incident-rules.ts';
import { openSqliteStore } from '../../src/engines/store/store-sqlite.ts';
import { watchContainment, type WatchContainment } from '../../src/jobs/watch-containment.ts';
import type { AuditLog, Entry, EntryDraft } from '../../src/ports/audit-log.ts';
import type { Notice } from '../../src/ports/notifier.ts';
import type { Store } from '../../src/ports/store.ts';
import { openUnhurriedLog } from './audit.ts';

/** Two processes over one database, each with a log of its own; `close()` removes everything. @param clock of what follows a count */
export async function startIncidentHouses(settings: object, clock: Clock = systemClock) {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-incidents-'));
  const houses = await Promise.all(
    [1, 2].map((n) => startHouse(join(folder, `${n}`), folder, settings, clock)),
  );
  const [one, other] = houses;
  if (!one || !other) throw new Error('two were started');
  return {
    one,
    other,
    async close() {
      for (const house of houses) await house.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const isTrusted = (address: string): boolean => address === '192.0.2.254';
const MARK: EntryDraft = {
  userId: 'system',
  action: 'gateway.warning',
  resource: 'gateway',
  status: 'success',
  metadata: {},
};

async function startHouse(dataDir: string, folder: string, settings: object, clock: Clock) {
  const auditLog = await openUnhurriedLog({
    dir: join(dataDir, 'audit'),
    chainKey: randomBytes(32),
    checkpointKey: randomBytes(32),
  });
  const entries: Entry[] = [];
  auditLog.follow((some) => void entries.push(...some));
  const store = openSqliteStore({ file: join(folder, 'store.db') });
  await store.open();
  const containment = createContainment(systemClock);
  const quiet = { onChange: () => undefined, onFailure: () => undefined };
  const watching = watchContainment({ containment, store, dataDir, ...quiet });
  const rules = rulesOver({ store, auditLog, watching, clock }, incidentsSchema.parse(settings));
  return {
    ...rules,
    store,
    containment,
    watching,
    auditLog,
    entries,
    /** Names and states of its own entries about incidents, once all of them are on disk. */
    async recorded() {
      await auditLog.record(MARK);
      const own = entries.filter(({ action }) => action.startsWith('incident.'));
      return own.map(({ action, status }) => `${action} ${status}`);
    },
    async close() {
      watching.stop();
      await auditLog.close();
      await store.close();
    },
  };
}

interface Parts {
  readonly store: Store;
  readonly auditLog: AuditLog;
  readonly watching: WatchContainment;
  readonly clock: Clock;
}

function rulesOver({ store, auditLog, watching, clock }: Parts, settings: IncidentsSettings) {
  const told: Notice[] = [];
  const response = new IncidentResponse({
    store,
    auditLog,
    containing: { newest: () => watching.newest(), change: (step) => watching.change(step), isTrusted },
    notifier: { receivers: 1, notify: (notice) => told.push(notice) > 0, close: async () => {} },
    clock,
    settings,
  });
  const counting = new IncidentCounting({
    incidents: store.incidents,
    rules: settings.rules,
    respond: (reached) => response.respond(reached),
  });
  return { response, counting, told };
}
