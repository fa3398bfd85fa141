/**
 * What the audit log of an earlier process looks like to the next one: where its trusted part ends, and which
 * intents have no outcome. Reads only: torn bytes stay where they are, the next file's link says they do not count.
 */
import { hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { keyIdOf } from '../../base/secret.ts';
import { type Entry, isIntent, isOutcome } from '../../ports/audit-log.ts';
import { chainHasher, readSeal, sealHolds, type Seal } from './audit-line.ts';
import { GROUP_BYTES_MAX } from './audit-queue.ts';
import { readEntries } from './audit-read.ts';
import {
  listSegments,
  placeText,
  readRange,
  type Place,
  type Previous,
  type Segment,
} from './audit-segment.ts';

export interface OpenIntent {
  readonly entry: Entry;
  /** The file to begin at when looking for it again. */
  readonly place: Place;
}

export interface Recovered {
  /** The newest chain of the directory, used or not; a new chain's id must come after it. */
  readonly newestChain?: string | undefined;
  /** What the first entry of the new chain follows; null in an empty log. */
  readonly previous: Previous | null;
  /** Files after that which hold no whole entry. */
  readonly abandoned: readonly Place[];
  /** Intents without an outcome, by exchange, oldest first. */
  readonly open: ReadonlyMap<string, OpenIntent>;
}

/** The last line of the file that is an entry, and where it ends. */
async function lastEntry(
  segment: Segment,
  chainKeys: readonly Buffer[],
): Promise<{ seal: Seal; end: number } | undefined> {
  const key = chainKeys.find((one) => keyIdOf(one) === segment.link?.keyId);
  const hasher = key && chainHasher(key);
  const file = await open(segment.path);
  try {
    const start = Math.max(0, segment.bytes - 2 * GROUP_BYTES_MAX);
    const tail = await readRange(file, start, segment.bytes);
    let end = tail.lastIndexOf(10);
    while (end > 0) {
      const from = tail.lastIndexOf(10, end - 1) + 1;
      const line = tail.subarray(from, end);
      const seal = readSeal(line);
      const good = seal?.chain === segment.chain && (!hasher || sealHolds(line, seal, hasher));
      if (good && (from > 0 || start === 0)) return { seal, end: start + end + 1 };
      end = from - 1;
    }
    return undefined;
  } finally {
    await file.close();
  }
}

async function previousOf(segment: Segment, last: { seal: Seal; end: number }): Promise<Previous> {
  const { chain, segment: number, bytes } = segment;
  const { sequence, hash: lastHash } = last.seal;
  const base = { chain, segment: number, bytes: last.end, sequence, hash: lastHash };
  if (last.end === bytes) return { ...base, rest: 'none' };
  const file = await open(segment.path);
  try {
    const torn = await readRange(file, last.end, bytes);
    return { ...base, rest: 'torn', restBytes: torn.length, restDigest: hash('sha256', torn) };
  } finally {
    await file.close();
  }
}

async function findOpen(root: string, last: Segment): Promise<Map<string, OpenIntent>> {
  const from = last.link?.oldestOpen ?? { chain: last.chain, segment: 1 };
  const found = new Map<string, OpenIntent>();
  for await (const batch of readEntries(root, { from })) {
    for (const entry of batch) {
      const { exchange } = entry.metadata;
      if (typeof exchange !== 'string') continue;
      if (isIntent(entry.action)) found.set(exchange, { entry, place: from });
      else if (isOutcome(entry.action)) found.delete(exchange);
    }
  }
  return found;
}

/**
 * Looks at the log as the last process left it.
 * @throws Error if more than one group at the end of it is unreadable: no crash does that, and nothing may be
 * written after it before somebody has looked
 */
export async function recoverLog(root: string, ...chainKeys: readonly Buffer[]): Promise<Recovered> {
  const { live } = await listSegments(root);
  const newestChain = live.at(-1)?.chain;
  const abandoned: Place[] = [];
  for (const segment of live.toReversed()) {
    const last = await lastEntry(segment, chainKeys);
    if (segment.bytes - (last?.end ?? 0) > GROUP_BYTES_MAX) {
      throw new Error(
        `the audit log is damaged at ${placeText(segment)}: run "audit verify", then move it away`,
      );
    }
    if (last) {
      const previous = await previousOf(segment, last);
      return { newestChain, previous, abandoned, open: await findOpen(root, segment) };
    }
    abandoned.unshift({ chain: segment.chain, segment: segment.segment });
  }
  return { newestChain, previous: null, abandoned, open: new Map() };
}
