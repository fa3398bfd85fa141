/** Chooses and builds the engines that the configuration names; the only place that knows them all. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { utcDay, utcMonth } from '../base/clock.ts';
import { deriveKey, keyedDigest, Secret } from '../base/secret.ts';
import type { Setup } from '../config.ts';
import { moneyFacts } from '../domain/restoring.ts';
import { openAuditLog } from '../engines/audit-file.ts';
import { readEntries } from '../engines/audit-read.ts';
import { acquireDataDir } from '../engines/data-dir.ts';
import { createEmbeddedLedger } from '../engines/ledger-embedded.ts';
import { openOnFailure } from '../engines/ledger-open.ts';
import { createRedisLedger } from '../engines/ledger-redis.ts';
import { openPostgresStore } from '../engines/store-postgres.ts';
import { openSqliteStore } from '../engines/store-sqlite.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Store } from '../ports/store.ts';
import type { Log } from '../server/log.ts';

export interface Engines {
  readonly auditLog: AuditLog;
  readonly auditDir: string;
  readonly ledger: Ledger;
  readonly store: Store;
  /** The store was reached at least once: keys can be read. */
  readonly storeOpened: () => boolean;
  close(): Promise<void>;
}

/** @throws Error if an engine refuses its configuration */
export async function buildEngines(
  { config, environment }: Setup,
  secret: Secret,
  log: Log,
): Promise<Engines> {
  const dataDir = resolve(environment.DATA_DIR);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const lock = acquireDataDir(dataDir);
  const auditDir = join(dataDir, 'audit');
  const auditLog = await openAuditLog({
    dir: auditDir,
    chainKey: deriveKey(secret, 'chain'),
    checkpointKey: deriveKey(secret, 'checkpoint'),
    waitMsMax: config.audit.waitMsMax,
    segmentBytesMax: config.audit.segmentBytesMax,
    onCheckpoint: (line) => log.info({ checkpoint: line }, 'audit checkpoint'),
    onHealth: ({ writable, reason }) =>
      log[writable ? 'info' : 'error']({ reason }, `audit log ${writable ? 'writable' : 'not writable'}`),
    onFault: (err) => log.error({ err }, 'a follower of the audit log failed'),
  });
  const store =
    config.store.kind === 'postgres'
      ? openPostgresStore({ url: config.store.url })
      : openSqliteStore({ file: join(dataDir, 'store.sqlite') });
  const opened = openStore(store, keyedDigest(deriveKey(secret, 'fingerprint'), 'house'), log);
  if (config.store.kind === 'embedded') await opened.done;
  const ledger = await buildLedger(config, secret, auditDir, store);
  return {
    auditLog,
    auditDir,
    ledger,
    store,
    storeOpened: opened.isOpen,
    async close() {
      opened.stop();
      await ledger.close();
      await auditLog.close();
      await store.close();
      lock.release();
    },
  };
}

/** Opens the store, again and again while it cannot be reached; a house with another secret never. */
function openStore(
  store: Store,
  fingerprint: string,
  log: Log,
): { done: Promise<void>; isOpen: () => boolean; stop: () => void } {
  const state = { open: false, stopped: false };
  const attempt = async (): Promise<void> => {
    for (let waitMs = 250; !state.stopped; waitMs = Math.min(waitMs * 2, 5000)) {
      try {
        await store.open();
        const known = await store.getSetting('fingerprint');
        if (known === undefined) await store.putSetting('fingerprint', fingerprint);
        else if (known !== fingerprint) throw new FatalError('the store belongs to another SALLYPORT_SECRET');
        state.open = true;
        return;
      } catch (err) {
        if (err instanceof FatalError) throw err;
        log.warn({ err }, 'the store cannot be reached; trying again');
        await pause(waitMs);
      }
    }
  };
  const done = attempt();
  done.catch((err: unknown) => {
    log.fatal({ err }, 'the store cannot be used');
    process.exitCode = 1;
    process.kill(process.pid, 'SIGTERM');
  });
  return { done, isOpen: () => state.open, stop: () => void (state.stopped = true) };
}

class FatalError extends Error {}

async function buildLedger(
  config: Setup['config'],
  secret: Secret,
  auditDir: string,
  store: Store,
): Promise<Ledger> {
  const embedded = createEmbeddedLedger();
  const thisMonth = `${utcMonth(Date.now())}-01`;
  if (config.ledger.kind === 'embedded') {
    await embedded.restore(
      moneyFacts(readEntries(auditDir, { since: Date.parse(thisMonth), actionPrefix: 'exchange.' })),
    );
    return embedded;
  }
  const redis = createRedisLedger({
    url: config.ledger.url,
    namespace: config.ledger.namespace,
    fingerprint: keyedDigest(deriveKey(secret, 'fingerprint'), 'house'),
    mayInitialise: () => noMoneyToday(auditDir, store),
  });
  await redis.open();
  return config.ledger.onFailure === 'open' ? openOnFailure(redis, embedded) : redis;
}

/** Whether a ledger without a past may begin: nothing this process or the store knows of was spent today. */
async function noMoneyToday(auditDir: string, store: Store): Promise<boolean> {
  const since = Date.parse(utcDay(Date.now()));
  for await (const fact of moneyFacts(readEntries(auditDir, { since, actionPrefix: 'exchange.' }))) {
    if (fact.nano > 0) return false;
  }
  const stored = await store.findEntries({ action: 'exchange.outcome', from: since, limit: 1 });
  return stored.length === 0;
}
