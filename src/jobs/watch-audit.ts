/**
 * Has the audit log of this process looked through at an interval, and says on record, once for each place, where it is not as it
 * was written. A log that could not be looked through is tried again, and is nobody's incident.
 */
import type { AuditLog } from '../ports/audit-log.ts';

/** Where the log is first not as it was written. */
export interface BadPlace {
  readonly chain: string;
  readonly sequence: number;
  /** For people. */
  readonly fault: string;
}

export interface WatchAuditOptions {
  /** 0: never. */
  readonly everyMs: number;
  /** Undefined: all is as it was written. */
  readonly look: () => Promise<BadPlace | undefined>;
  readonly auditLog: Pick<AuditLog, 'note'>;
  readonly onTampered: (where: BadPlace) => void;
  readonly onFailure: (error: unknown) => void;
}

/** So that a start has other things to do first; and after what could not be looked through. */
const SOON_MS = 60_000;

/** From now on until stopped; what is under way then is left alone. */
export function watchAudit(options: WatchAuditOptions): { stop(): void } {
  const { everyMs, look, auditLog, onTampered, onFailure } = options;
  let told = '';
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const next = (ms: number): void => {
    if (!isStopped) timer = setTimeout(() => void run(), Math.min(ms, everyMs)).unref();
  };
  async function run(): Promise<void> {
    try {
      const bad = await look();
      const name = bad ? `${bad.chain}:${bad.sequence}` : '';
      if (bad && name !== told && !isStopped) {
        const { chain, sequence } = bad;
        onTampered(bad);
        auditLog.note({
          userId: 'system',
          action: 'audit.tampered',
          resource: 'audit',
          status: 'failure',
          metadata: { chain, sequence },
        });
      }
      told = name;
      next(everyMs);
    } catch (error) {
      onFailure(error);
      next(SOON_MS);
    }
  }
  if (everyMs > 0) next(SOON_MS);
  return {
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
