/** Chooses and builds the engines that the configuration names; the only place that knows them all. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createSeal } from '../base/seal.ts';
import { deriveKey, keyedDigest, type HouseSecret } from '../base/secret.ts';
import type { Config, Setup } from '../config.ts';
import { cursorFiles } from '../engines/export/cursor-file.ts';
import { acquireDataDir, placeOf } from '../engines/data-dir.ts';
import { createGuardModel } from '../engines/detector/detector-guard-model.ts';
import { createModeration } from '../engines/detector/detector-moderation.ts';
import { createEmbeddedLedger, type EmbeddedLedger } from '../engines/ledger/ledger-embedded.ts';
import { openOnFailure } from '../engines/ledger/ledger-open.ts';
import { createNotifier } from '../engines/notify/notify.ts';
import { openSqliteStore } from '../engines/store/store-sqlite.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { Detector } from '../ports/detector.ts';
import type { Ledger, LedgerAdoption } from '../ports/ledger.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { Store } from '../ports/store.ts';
import { ownEgressOf } from '../server/egress.ts';
import type { Log } from '../server/log.ts';
import type { ShipEntries } from '../jobs/ship-entries.ts';
import { ownRecovery, sharedRecovery } from './ledger-recovery.ts';
import { ownFacts, spentSoFar } from './lost-ledger.ts';
import type { Exporting } from './exporting.ts';
import { openRecords, type Records } from './records.ts';
import { keepWholeDays, readSince, readWholeDays } from './whole-days.ts';

/** The engines of this process, open. */
export interface Engines {
  readonly auditLog: AuditLog;
  readonly auditDir: string;
  /** Name of the data directory, wherever it is mounted. */
  readonly place: string;
  /** The store follows the audit log. */
  readonly shipping: ShipEntries;
  readonly exporting: Pick<Exporting, 'health'>;
  readonly pruneLog: Records['pruneLog'];
  readonly lookThroughLog: Records['lookThroughLog'];
  readonly ledger: Ledger;
  /** Undefined where the ledger cannot lose what the audit log has. */
  readonly adoption: LedgerAdoption | undefined;
  readonly store: Store;
  readonly notifier: Notifier;
  /** The store was reached at least once: keys can be read. */
  readonly storeOpened: () => boolean;
  /** Resolves when it was; false: closed before that. */
  readonly storeReached: Promise<boolean>;
  close(): Promise<void>;
}

/** @throws Error if an engine refuses its configuration */
export async function buildEngines(
  { config, environment }: Setup,
  secret: HouseSecret,
  log: Log,
): Promise<Engines> {
  const dataDir = resolve(environment.DATA_DIR);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const lock = acquireDataDir(dataDir);
  const store = await buildStore(config.store, dataDir);
  // Before anything is written: under another house's secret nothing of this may begin.
  const opened = await openStore(store, fingerprintsOf(secret), log);
  const at = { auditDir: join(dataDir, 'audit'), dataDir, place: placeOf(dataDir), store };
  const records = await openRecords(at, config, secret, log);
  const { ledger, adoption, stopKeeping } = await buildLedger(config, secret, records, log);
  const notifier = createNotifier(
    config.notify,
    (receiver, reason) => log.warn({ receiver, reason }, 'a receiver of notices was not told'),
    ownEgressOf(config.egress),
  );
  return {
    auditLog: records.auditLog,
    auditDir: records.auditDir,
    place: records.place,
    shipping: records.shipping,
    exporting: records.exporting,
    pruneLog: records.pruneLog,
    lookThroughLog: records.lookThroughLog,
    ledger,
    adoption,
    store,
    notifier,
    storeOpened: opened.isOpen,
    storeReached: opened.reached,
    async close() {
      opened.stop();
      stopKeeping?.();
      await notifier.close();
      await ledger.close();
      await records.close();
      await store.close();
      lock.release();
    },
  };
}

/** A driver is loaded where it is configured: each costs a start a tenth of its time. */
export async function buildStore(store: Config['store'], dataDir: string): Promise<Store> {
  if (store.kind !== 'postgres') return openSqliteStore({ file: join(dataDir, 'store.sqlite') });
  const { openPostgresStore } = await import('../engines/store/store-postgres.ts');
  return openPostgresStore(store);
}

/** The one that is configured, if any; connects when it is asked. */
export function createDetector({
  detector,
  egress,
}: Pick<Config, 'detector' | 'egress'>): Detector | undefined {
  if (!detector) return undefined;
  const out = ownEgressOf(egress);
  const { engine } = detector;
  return engine.kind === 'guardModel' ? createGuardModel(engine, out) : createModeration(engine, out);
}

interface OpenedStore {
  readonly isOpen: () => boolean;
  /** Pending while the store cannot be reached, false if it was stopped before. A rejection is for the process. */
  readonly reached: Promise<boolean>;
  stop(): void;
}

/**
 * Tries once; where the store cannot be reached, again and again behind the back of the caller.
 * @throws Error at once if it belongs to another house secret; if that is found out later, it ends the process
 */
async function openStore(store: Store, fingerprints: readonly string[], log: Log): Promise<OpenedStore> {
  const state = { open: false, stopped: false };
  const attempt = async (): Promise<void> => {
    try {
      await store.open();
      state.open = await isOurs(store, fingerprints);
    } catch (err) {
      log.warn({ err }, 'the store cannot be reached; trying again');
      return;
    }
    if (!state.open) throw new Error('the store was made with another SALLYPORT_SECRET');
  };
  const keepTrying = async (): Promise<boolean> => {
    for (let waitMs = 250; !state.open && !state.stopped; waitMs = Math.min(waitMs * 2, 2000)) {
      await pause(waitMs, undefined, { ref: false });
      await attempt();
    }
    return state.open;
  };
  await attempt();
  return {
    isOpen: () => state.open,
    reached: state.open ? Promise.resolve(true) : keepTrying(),
    stop: () => void (state.stopped = true),
  };
}

/** The present one first. */
function fingerprintsOf({ present, previous }: HouseSecret): string[] {
  const secrets = previous ? [present, previous] : [present];
  return secrets.map((secret) => keyedDigest(deriveKey(secret, 'fingerprint'), 'house'));
}

/** While a secret is being rotated the store knows both; who knows one alone ends that. @throws store.unavailable */
async function isOurs(store: Store, fingerprints: readonly string[]): Promise<boolean> {
  const known = await store.getSetting('fingerprint');
  if (known === undefined) {
    await store.putSetting('fingerprint', fingerprints.join(' '));
    return true;
  }
  const old = known.split(' ');
  if (!fingerprints.some((one) => old.includes(one))) return false;
  const kept = fingerprints.length === 1 ? fingerprints : [...new Set([...fingerprints, ...old])];
  const wanted = kept.join(' ');
  if (wanted !== known) await store.changeSetting('fingerprint', known, wanted);
  return true;
}

interface BuiltLedger {
  readonly ledger: Ledger;
  readonly adoption: LedgerAdoption | undefined;
  /** What it does by itself. */
  readonly stopKeeping?: () => void;
}

async function buildLedger(
  config: Setup['config'],
  secret: HouseSecret,
  records: Records,
  log: Log,
): Promise<BuiltLedger> {
  const embedded = createEmbeddedLedger();
  if (config.ledger.kind === 'embedded') return await ownLedger(embedded, secret, records, log);
  const { kind: _, onFailure, ...servers } = config.ledger;
  const options = { ...records, monthly: hasMonthlyBudgets(config) };
  const shared = config.store.kind === 'postgres' ? sharedRecovery(options) : undefined;
  const { createRedisLedger } = await import('../engines/ledger/ledger-redis.ts');
  const redis = createRedisLedger({
    ...servers,
    fingerprints: fingerprintsOf(secret),
    processName: records.place,
    recovery: shared ?? ownRecovery(options),
  });
  await redis.open();
  return {
    ledger: onFailure === 'open' ? openOnFailure(redis, embedded) : redis,
    adoption: {
      needed: () => redis.needsAdoption(),
      async adopt() {
        await records.shipping.flush();
        const spent = await spentSoFar(redis.day(), records.store);
        await shared?.forgetMembers();
        await redis.adopt(spent);
      },
    },
  };
}

/** In this process alone; knows what its audit log knows. */
async function ownLedger(
  ledger: EmbeddedLedger,
  secret: HouseSecret,
  { auditDir, dataDir, place }: Records,
  log: Log,
): Promise<BuiltLedger> {
  const file = { files: cursorFiles(join(dataDir, 'ledger')), seal: createSeal(secret), place };
  const now = Date.now();
  const days = await readWholeDays(file, now);
  await ledger.restore(ownFacts(auditDir, readSince(days, now)), days);
  const keeping = keepWholeDays(file, ledger, (err) =>
    log.warn({ err }, 'what whole days came to is not kept: the next start reads more of the audit log'),
  );
  return { ledger, adoption: undefined, stopKeeping: () => keeping.stop() };
}

function hasMonthlyBudgets({ house, teams, tiers }: Setup['config']): boolean {
  return [house, ...Object.values(teams), ...Object.values(tiers)].some(
    ({ monthlyBudgetUsd }) => monthlyBudgetUsd !== undefined,
  );
}
