/** The targets that the audit log is exported to: each follows it by itself, with a cursor of its own, and nobody waits for it. */
import { join } from 'node:path';
import type { OwnEgress } from '../base/own-dispatcher.ts';
import type { Config } from '../config.ts';
import { ocsfEvent, type Product } from '../domain/records/ocsf.ts';
import { readEntries } from '../engines/audit/audit-read.ts';
import { cursorFiles } from '../engines/export/cursor-file.ts';
import { createFileExport } from '../engines/export/export-file.ts';
import { createSyslogExport } from '../engines/export/export-syslog.ts';
import { createWebhookExport } from '../engines/export/export-webhook.ts';
import { shipEntries } from '../jobs/ship-entries.ts';
import type { AuditLog, Entry } from '../ports/audit-log.ts';
import type { EventSink } from '../ports/event-sink.ts';
import type { Log } from '../server/log.ts';

type Target = Config['exports'][number];

/** The log, and where it and the cursors are. */
export interface Exported {
  readonly auditLog: Pick<AuditLog, 'follow'>;
  readonly auditDir: string;
  readonly dataDir: string;
  readonly product: Product;
  /** Of webhooks. */
  readonly egress: OwnEgress;
}

/** Exports at work. */
export interface Exporting {
  /** By name, whether the last batch arrived. */
  health(): Readonly<Record<string, boolean>>;
  /** Sends what is left, as far as it is taken, and stops. */
  stop(): Promise<void>;
}

/** Some hundred entries, parsed in less than a millisecond: callers come first. */
const CHUNK_BYTES = 65_536;
const INTERVAL_MS = 500;
const FIRST_WAIT_MS = 1_000;
const WAIT_MS_MAX = 60_000;

/** Begins where each target's cursor stands, the first time with the oldest entry there is. */
export function startExporting(targets: readonly Target[], exported: Exported, log: Log): Exporting {
  const { auditLog, auditDir, dataDir, product, egress } = exported;
  if (targets.length === 0) return { health: () => ({}), stop: () => Promise.resolve() };
  const cursors = cursorFiles(join(dataDir, 'exports'));
  const started = targets.map((target) => {
    const sink = sinkOf(target, egress);
    const patient = patiently(sink, target.name, log);
    const shipping = shipEntries({
      auditLog,
      store: { ...cursors, appendEntries: (entries) => patient.send(linesOf(entries, product)) },
      cursorName: target.name,
      readAfter: (after) => readEntries(auditDir, { after, chunkBytes: CHUNK_BYTES }),
      onFailure: () => undefined,
      intervalMs: INTERVAL_MS,
    });
    return { name: target.name, patient, shipping, sink };
  });
  return {
    health: () => Object.fromEntries(started.map(({ name, patient }) => [name, patient.isArriving()])),
    async stop() {
      await Promise.all(started.map(({ shipping }) => shipping.stop()));
      await Promise.all(started.map(({ sink }) => sink.close()));
    },
  };
}

function sinkOf(target: Target, egress: OwnEgress): EventSink {
  if (target.kind === 'file') return createFileExport(target);
  return target.kind === 'syslog' ? createSyslogExport(target) : createWebhookExport(target, egress);
}

function linesOf(entries: readonly Entry[], product: Product): string[] {
  return entries.map((entry) => JSON.stringify(ocsfEvent(entry, product)));
}

interface Patient extends Pick<EventSink, 'send'> {
  isArriving(): boolean;
}

/** A receiver that is away is asked again after a second, then less and less often, and said to be away once. */
function patiently(sink: EventSink, target: string, log: Log): Patient {
  let waitMs = 0;
  let notBefore = 0;
  return {
    isArriving: () => waitMs === 0,
    async send(events) {
      if (performance.now() < notBefore) throw new Error('not yet');
      try {
        await sink.send(events);
        if (waitMs > 0) log.info({ target }, 'events arrive again');
        waitMs = 0;
      } catch (err) {
        if (waitMs === 0) log.warn({ err, target }, 'events do not arrive; they wait in the audit log');
        waitMs = Math.min(Math.max(waitMs * 2, FIRST_WAIT_MS), WAIT_MS_MAX);
        notBefore = performance.now() + waitMs;
        throw err;
      }
    },
  };
}
