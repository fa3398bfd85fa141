/**
 * Reads the audit log in order, without a lock and beside a running writer: for restoring the ledger, for the
 * store to catch up, for export. Does not check hashes; `audit-verify` does.
 */
import { open } from 'node:fs/promises';
import type { Entry } from '../../ports/audit-log.ts';
import { readEntry } from './audit-line.ts';
import { listSegments, readRange, type Place, type Segment } from './audit-segment.ts';

const CHUNK_BYTES = 4 * 1_048_576;

export interface ReadOptions {
  /** Milliseconds since 1970: entries before it are left out, and files that end before it are not opened. */
  readonly since?: number | undefined;
  /** Only what follows this entry, for a reader that keeps a cursor. */
  readonly after?: { readonly chain: string; readonly sequence: number } | undefined;
  /** Only actions that begin with this: the others are skipped unparsed. */
  readonly actionPrefix?: string | undefined;
  /** Only this file and those after it. */
  readonly from?: Place | undefined;
  /** About how much is read, and parsed, at a time; 4 MiB where nobody minds that it takes 20 ms. */
  readonly chunkBytes?: number | undefined;
}

/** The part of a file that counts, in chunks of whole lines, each chunk ending after a line feed. */
export async function* readChunks(segment: Segment, chunkBytes = CHUNK_BYTES): AsyncGenerator<Buffer> {
  const file = await open(segment.path);
  try {
    let offset = 0;
    let wanted = chunkBytes;
    while (offset < segment.bytes) {
      const chunk = await readRange(file, offset, Math.min(segment.bytes, offset + wanted));
      const end = chunk.lastIndexOf(10) + 1;
      if (end === 0) {
        if (chunk.length < wanted) return;
        wanted *= 2;
        continue;
      }
      yield chunk.subarray(0, end);
      offset += end;
      wanted = chunkBytes;
    }
  } finally {
    await file.close();
  }
}

/** Whether there is such a line in any of these files. */
export async function hasLine(
  segments: readonly Segment[],
  isWanted: (line: Buffer) => boolean,
  chunkBytes?: number,
): Promise<boolean> {
  for (const segment of segments) {
    for await (const chunk of readChunks(segment, chunkBytes)) {
      let start = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
        if (isWanted(chunk.subarray(start, end))) return true;
        start = end + 1;
      }
    }
  }
  return false;
}

function wanted(segments: readonly Segment[], { since, after, from }: ReadOptions): Segment[] {
  return segments.filter((segment, i) => {
    const next = segments[i + 1];
    if (since !== undefined && next?.since !== undefined && Date.parse(next.since) < since) return false;
    if (after && segment.chain < after.chain) return false;
    if (after && segment.next && segment.chain === after.chain && segment.next.sequence <= after.sequence) {
      return false;
    }
    if (!from || segment.chain > from.chain) return true;
    return segment.chain === from.chain && segment.segment >= from.segment;
  });
}

/**
 * Lines in order, in batches of one or more, up to the last whole line at the time of the call. What a failed write or
 * a crash left behind is not among them. Of `options` those hold that choose files, and the prefix.
 */
export async function* readLines(root: string, options: ReadOptions = {}): AsyncGenerator<readonly string[]> {
  const { live } = await listSegments(root);
  const marker = options.actionPrefix === undefined ? '' : `","action":"${options.actionPrefix}`;
  for (const segment of wanted(live, options)) {
    for await (const chunk of readChunks(segment, options.chunkBytes)) {
      const lines = chunk.toString().split('\n');
      const kept = lines.filter((line) => line !== '' && line.slice(0, 512).includes(marker));
      if (kept.length > 0) yield kept;
    }
  }
}

/** Entries in order, in batches of one or more: those of the lines that all of `options` choose. */
export async function* readEntries(
  root: string,
  options: ReadOptions = {},
): AsyncGenerator<readonly Entry[]> {
  const from = options.since === undefined ? '' : new Date(options.since).toISOString();
  const { after } = options;
  for await (const lines of readLines(root, options)) {
    const batch: Entry[] = [];
    for (const line of lines) {
      const entry = readEntry(line);
      if (!entry || entry.timestamp < from) continue;
      if (after && entry.chain === after.chain && entry.sequence <= after.sequence) continue;
      batch.push(entry);
    }
    if (batch.length > 0) yield batch;
  }
}
