/** The audit log of this data directory, and what follows it: the store, exports, the checkpoints that leave the host. */
import { deriveKey, type HouseSecret } from '../base/secret.ts';
import type { Config } from '../config.ts';
import { openAuditLog } from '../engines/audit/audit-file.ts';
import { CHECKPOINTS } from '../domain/records/checkpoints.ts';
import { checkpointSigner } from '../engines/audit/audit-checkpoint.ts';
import { type LogLook, lookThroughLog } from '../engines/audit/audit-watch.ts';
import { keepCheckpoints } from '../jobs/keep-checkpoints.ts';
import type { RetainOptions } from '../jobs/retain.ts';
import type { ShipEntries } from '../jobs/ship-entries.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { Store } from '../ports/store.ts';
import { ownEgressOf } from '../server/egress.ts';
import { always, type Log } from '../server/log.ts';
import { type Exporting, startExporting } from './exporting.ts';
import { PRODUCT } from './product.ts';
import { logPruning } from './pruning.ts';
import { startShipping } from './shipping.ts';

/** Where the records of this process are. */
export interface RecordsAt {
  readonly auditDir: string;
  readonly dataDir: string;
  /** Name of the data directory among those that share a store; stays when processes and machines change. */
  readonly place: string;
  readonly store: Store;
}

/** Open. */
export interface Records extends RecordsAt {
  readonly auditLog: AuditLog;
  readonly shipping: ShipEntries;
  readonly exporting: Exporting;
  /** Removes files with nothing in them from that time on. @throws audit.unavailable, store.unavailable */
  readonly pruneLog: RetainOptions['pruneLog'];
  /** Where the log is not as it was written. @throws store.unavailable, the system's errors */
  readonly lookThroughLog: () => Promise<LogLook>;
  /** The log first, then all that follows it; the store stays open. */
  close(): Promise<void>;
}

/** @throws Error if the log is damaged or its directory cannot be read */
export async function openRecords(
  at: RecordsAt,
  config: Config,
  secret: HouseSecret,
  log: Log,
): Promise<Records> {
  const { auditDir: dir, place, store } = at;
  const { audit, exports, egress } = config;
  const statements = always(log);
  const checkpoints = keepCheckpoints({
    store,
    place,
    onFailure: (err) => log.debug({ err }, 'the store does not take checkpoints; the newest waits'),
  });
  const auditLog = await openAuditLog({
    dir,
    chainKey: deriveKey(secret.present, 'chain'),
    previousChainKey: secret.previous && deriveKey(secret.previous, 'chain'),
    checkpointKey: deriveKey(secret.present, 'checkpoint'),
    waitMsMax: audit.waitMsMax,
    segmentBytesMax: audit.segmentBytesMax,
    onCheckpoint(line) {
      statements.info({ checkpoint: line }, 'audit checkpoint');
      checkpoints.keep(line);
    },
    onHealth: ({ writable, reason }) =>
      log[writable ? 'info' : 'error']({ reason }, `audit log ${writable ? 'writable' : 'not writable'}`),
    onFault: (err) => log.error({ err }, 'a follower of the audit log failed'),
  });
  const shipping = startShipping({ ...at, auditLog }, log);
  const exporting = startExporting(
    exports,
    { ...at, auditLog, product: PRODUCT, egress: ownEgressOf(egress) },
    log,
  );
  return {
    ...at,
    auditLog,
    shipping,
    exporting,
    pruneLog: logPruning({ ...at, auditLog }, config, secret),
    lookThroughLog: () => lookThrough(at, secret),
    async close() {
      await auditLog.close();
      await Promise.all([shipping.stop(), exporting.stop()]);
      await checkpoints.stop();
    },
  };
}

/** By the secrets that are known, and by what the store has seen of it. */
async function lookThrough({ auditDir, place, store }: RecordsAt, secret: HouseSecret): Promise<LogLook> {
  const secrets = secret.previous ? [secret.present, secret.previous] : [secret.present];
  const kept = await store.listSettings(`${CHECKPOINTS}${place}:`);
  return await lookThroughLog(auditDir, {
    chainKeys: secrets.map((one) => deriveKey(one, 'chain')),
    publicKeys: secrets.map((one) => checkpointSigner(deriveKey(one, 'checkpoint')).publicKey),
    ...(kept.size > 0 && { checkpoints: [...kept.values()].join('\n') }),
  });
}
