/**
 * Takes whole closed files off the beginning of the audit log, one at a time: checked line by line, archived where that
 * is asked for, on record in the log itself, only then removed. Never leaves a hole, whatever ends it in between.
 */
import { createHash } from 'node:crypto';
import { rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditLog } from '../../ports/audit-log.ts';
import { archiveFile } from './audit-archive.ts';
import { localDisk, type DiskPort } from './audit-disk.ts';
import { readSeal } from './audit-line.ts';
import { readChunks } from './audit-read.ts';
import { listSegments, type Place, type Segment, segmentPath } from './audit-segment.ts';
import { fileCheck } from './audit-verify.ts';

/** What may go, and who is told. */
export interface PruneOptions {
  /** `DATA_DIR/audit`; the caller holds the lock of DATA_DIR. */
  readonly dir: string;
  /** Current and earlier chain keys: a file that none of them sealed stays. */
  readonly chainKeys: readonly Buffer[];
  readonly auditLog: Pick<AuditLog, 'record'>;
  /** Milliseconds since 1970: a file with an entry that is not older stays, and all after it. */
  readonly before: number;
  /** Whether everything up to this entry has arrived wherever the log is sent. */
  readonly isExported: (last: { readonly chain: string; readonly sequence: number }) => boolean;
  /** Where a compressed copy of each file is kept; none is made where left out. */
  readonly archiveDir?: string | undefined;
  /** Ends the work between two files. */
  readonly signal?: AbortSignal | undefined;
  /** Asked before each file: whether somebody's entries must stay, from now on. */
  readonly isHeld?: (() => Promise<boolean>) | undefined;
  readonly disk?: Pick<DiskPort, 'remove' | 'sync'> | undefined;
}

/** What went, and why no more of what is old enough. */
export interface PrunedFiles {
  readonly files: number;
  readonly entries: number;
  readonly stoppedBy?: 'not exported' | 'does not verify' | undefined;
}

/** About 0.4 ms of work at a time: callers come first. */
const CHUNK_BYTES = 65_536;
const STAMP_AT = '{"timestamp":"'.length;
const STAMP_CHARS = '2026-01-01T00:00:00.000Z'.length;

/**
 * Removes what may go, the oldest first; `audit.pruned` is durable before each. Again goes on where it stopped.
 * @throws audit.unavailable, the system's errors; what was removed until then is on record
 */
export async function pruneAuditLog(options: PruneOptions): Promise<PrunedFiles> {
  const { dir, chainKeys, before } = options;
  const { isSealed, check } = fileCheck(chainKeys, CHUNK_BYTES);
  const { live } = await listSegments(dir, isSealed);
  const oldestOpen = live.at(-1)?.link?.oldestOpen;
  const limit = new Date(before).toISOString();
  let files = 0;
  let entries = 0;
  if (live.length > 0 && !oldestOpen) return { files, entries, stoppedBy: 'does not verify' };
  for (const segment of live) {
    const { next, since } = segment;
    // The file that is written, and those that hold an intent without an outcome, stay.
    if (!next || !oldestOpen || !isBefore(segment, oldestOpen) || options.signal?.aborted) break;
    if (since !== undefined && since >= limit) break;
    if (since === undefined || !(await check(segment)))
      return { files, entries, stoppedBy: 'does not verify' };
    const facts = await factsOf(segment);
    if (facts.newest >= limit) break;
    if (!options.isExported(next)) return { files, entries, stoppedBy: 'not exported' };
    if (await options.isHeld?.()) break;
    await prune(options, segment, { ...facts, chain: next.chain, sequence: next.sequence, hash: next.hash });
    files += 1;
    entries += facts.entries;
  }
  return { files, entries };
}

function isBefore(one: Place, other: Place): boolean {
  return one.chain < other.chain || (one.chain === other.chain && one.segment < other.segment);
}

/** What is told of a file that goes, beside its last entry. */
interface Facts {
  readonly entries: number;
  readonly firstSequence: number;
  /** SHA-256 of the bytes that count, hex. */
  readonly digest: string;
  /** Timestamp of the newest entry, which need not be the last: clocks are set back. */
  readonly newest: string;
}

async function factsOf(segment: Segment): Promise<Facts> {
  const digest = createHash('sha256');
  let entries = 0;
  let newest = '';
  let firstSequence = 0;
  for await (const chunk of readChunks(segment, CHUNK_BYTES)) {
    digest.update(chunk);
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      const stamp = chunk.toString('latin1', start + STAMP_AT, start + STAMP_AT + STAMP_CHARS);
      if (stamp > newest) newest = stamp;
      if (++entries === 1) firstSequence = readSeal(chunk.subarray(start, end))?.sequence ?? 0;
      start = end + 1;
    }
  }
  return { entries, firstSequence, digest: digest.digest('hex'), newest };
}

type Gone = Facts & { readonly chain: string; readonly sequence: number; readonly hash: string };

async function prune(
  { dir, auditLog, archiveDir, disk = localDisk }: PruneOptions,
  segment: Segment,
  gone: Gone,
) {
  if (archiveDir !== undefined) await archiveFile(segment, archiveDir, gone.digest);
  await auditLog.record({
    userId: 'system',
    action: 'audit.pruned',
    resource: 'audit',
    status: 'success',
    metadata: { ...gone, segment: segment.segment, archived: archiveDir !== undefined },
  });
  // This file's link alone says that these never came into use: they go before it.
  for (const place of segment.link?.abandoned ?? []) await removed(disk, segmentPath(dir, place));
  await removed(disk, segment.path);
  const folder = join(dir, segment.chain);
  await disk.sync(folder);
  // Its last file: the folder is empty.
  await rmdir(folder).catch(() => undefined);
}

/** Gone already is gone. */
async function removed(disk: Pick<DiskPort, 'remove'>, path: string): Promise<void> {
  try {
    await disk.remove(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
