/** An audit log in a directory of its own, with keys of its own, for tests. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { checkpointSigner } from '../../src/engines/audit/audit-checkpoint.ts';
import { openAuditLog, type AuditLogOptions } from '../../src/engines/audit/audit-file.ts';
import { readEntries, type ReadOptions } from '../../src/engines/audit/audit-read.ts';
import { verifyAuditLog, type VerifyReport } from '../../src/engines/audit/audit-verify.ts';
import type { AuditLog, Entry } from '../../src/ports/audit-log.ts';
import { chainKey, checkpointKey, intent, outcome } from './audit-drafts.ts';

export { chainKey, checkpointKey, intent, outcome };
export const { publicKey } = checkpointSigner(checkpointKey);

/** Gone when the test is over. */
export async function auditDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'sallyport-audit-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** What is tried is what is kept, not how soon: patient with a crowded machine unless told otherwise. */
export const openUnhurriedLog = (options: AuditLogOptions): Promise<AuditLog> =>
  openAuditLog({ waitMsMax: 10_000, ...options });

/** Closed when the test is over. */
export async function auditLog(dir: string, options: Partial<AuditLogOptions> = {}): Promise<AuditLog> {
  const log = await openUnhurriedLog({ dir, chainKey, checkpointKey, ...options });
  onTestFinished(() => log.close());
  return log;
}

/** Three starts on one log, each closed, several files each. Returns the checkpoints, one a line. */
export async function writeLog(dir: string, key = chainKey): Promise<string> {
  const lines: string[] = [];
  for (let start = 0; start < 3; start++) {
    const log = await openUnhurriedLog({
      dir,
      chainKey: key,
      checkpointKey,
      segmentBytesMax: 2500,
      onCheckpoint: (line) => lines.push(line),
    });
    for (let i = 0; i < 4; i++) {
      await log.record(intent(`${start}-${i}`));
      log.note(outcome(`${start}-${i}`));
    }
    await log.close();
  }
  return lines.join('\n');
}

export async function allEntries(dir: string, options: ReadOptions = {}): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const batch of readEntries(dir, options)) entries.push(...batch);
  return entries;
}

export function verify(dir: string, checkpoints?: string): Promise<VerifyReport> {
  return verifyAuditLog(dir, {
    chainKeys: [chainKey],
    publicKeys: [publicKey],
    ...(checkpoints === undefined ? {} : { checkpoints }),
  });
}

/** Intents that have not exactly one outcome, and outcomes of nothing, by exchange. */
export function unbalanced(entries: readonly Entry[]): string[] {
  const open = new Map<string, number>();
  const lost: string[] = [];
  for (const { action, metadata } of entries) {
    const exchange = String(metadata['exchange']);
    const outcomes = open.get(exchange);
    if (action === 'exchange.intent') open.set(exchange, outcomes ?? 0);
    if (action !== 'exchange.outcome') continue;
    if (outcomes === undefined) lost.push(exchange);
    else open.set(exchange, outcomes + 1);
  }
  return [...lost, ...[...open].filter(([, outcomes]) => outcomes !== 1).map(([exchange]) => exchange)];
}
