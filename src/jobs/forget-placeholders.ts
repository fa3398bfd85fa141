/**
 * Values behind placeholders are dropped before they are older than they may be; on record first. Which placeholders
 * stand where stays known, so that no number is given again.
 */
import type { KeptPlaceholders } from '../domain/placeholders/kept-placeholders.ts';
import type { Holds } from '../domain/history/retention.ts';
import type { AuditLog } from '../ports/audit-log.ts';

const EVERY_MS = 3_600_000;

/** What it works with. */
export interface ForgetPlaceholdersOptions {
  readonly keptPlaceholders: Pick<KeptPlaceholders, 'forgetOld'>;
  /** Of whom nothing is dropped. */
  readonly holds: Pick<Holds, 'held'>;
  readonly auditLog: Pick<AuditLog, 'record'>;
  /** Told of a store or a log that is away: what is due waits for the next time. */
  readonly onFailure: (error: unknown) => void;
  readonly everyMs?: number;
}

/** Looks at once, and every hour until stopped. */
export function forgetPlaceholders(options: ForgetPlaceholdersOptions): { stop(): void } {
  const { keptPlaceholders, holds, auditLog, onFailure, everyMs = EVERY_MS } = options;
  const record = (objects: number): Promise<unknown> =>
    auditLog.record({
      userId: 'system',
      action: 'placeholders.dropped',
      resource: 'store',
      status: 'success',
      metadata: { objects },
    });
  const drop = (): Promise<void> =>
    keptPlaceholders.forgetOld(
      everyMs,
      async (n) => void (await record(n)),
      () => holds.held(),
    );
  const forget = (): void => void drop().catch(onFailure);
  const timer = setInterval(forget, everyMs);
  timer.unref();
  forget();
  return { stop: () => clearInterval(timer) };
}
