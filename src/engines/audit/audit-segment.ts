/**
 * Where the audit log's files are and how they hang together: `<chain>/<nnnnnn>.jsonl`, each beginning with an
 * entry that names the file before it and how many bytes of that count. Reads only.
 */
import { hash } from 'node:crypto';
import { open, readdir, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readEntry } from './audit-line.ts';

const NAME = /^(\d{6})\.jsonl$/;
const CHAIN = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const OWN = new RegExp(`${CHAIN.source.slice(0, -1)}/${NAME.source.slice(1)}`);
const FIRST_LINE_BYTES_MAX = 1_048_576;

const place = z.object({ chain: z.string(), segment: z.number() });

const previous = place.extend({
  /** Bytes of that file that count; what follows them never was acknowledged. */
  bytes: z.number(),
  sequence: z.number(),
  hash: z.string(),
  /** What follows: nothing, a line torn by a crash (digest below), or whatever a failed write left. */
  rest: z.enum(['none', 'torn', 'unknown']),
  restBytes: z.number().optional(),
  restDigest: z.string().optional(),
});

const link = z.object({
  segment: z.number(),
  /** Which chain key this chain is hashed with. */
  keyId: z.string(),
  previous: previous.nullable(),
  /** Files between the previous one and this that never came into use. */
  abandoned: z.array(place).readonly(),
  /** The earliest file that can hold an intent without an outcome. */
  oldestOpen: place,
});

/** A file of the log, by its names. */
export type Place = z.infer<typeof place>;
/** What a file's first entry says of the file before. */
export type Previous = z.infer<typeof previous>;
/** Metadata of the first entry of a file (`audit.open` or `audit.segment`). */
export type Link = z.infer<typeof link>;

/** One file of the log as it is found, in order. */
export interface Segment extends Place {
  readonly path: string;
  /** Bytes the file has. */
  readonly size: number;
  /** Bytes that count: up to where the next file's link says, else all. */
  readonly bytes: number;
  /** The link of the file after this one, where that names this one. */
  readonly next?: Previous | undefined;
  /** Its own first entry's link; undefined if there is no whole first line or it is not trusted. */
  readonly link?: Link | undefined;
  /** Of the first entry; ISO 8601. */
  readonly since?: string | undefined;
}

export interface Segments {
  /** In order of writing, without the abandoned ones. */
  readonly live: readonly Segment[];
  readonly abandoned: readonly Place[];
}

/** Absolute path of a file of the log. */
export function segmentPath(root: string, { chain, segment }: Place): string {
  return join(root, chain, `${String(segment).padStart(6, '0')}.jsonl`);
}

/** `chain/000001`, for people. */
export function placeText({ chain, segment }: Place): string {
  return `${chain}/${String(segment).padStart(6, '0')}`;
}

async function listPlaces(root: string): Promise<Place[]> {
  const found: Place[] = [];
  const chains = (await readdir(root, { withFileTypes: true })).filter((d) => d.isDirectory());
  for (const { name: chain } of chains.filter((d) => CHAIN.test(d.name)).sort(byName)) {
    const names = (await readdir(join(root, chain))).filter((name) => NAME.test(name)).sort();
    for (const name of names) found.push({ chain, segment: Number(name.slice(0, 6)) });
  }
  return found;
}

/** Files below `root` that whoever reads all `.jsonl` would take for the log's, and that no log names so. */
export async function listStrangers(root: string): Promise<string[]> {
  const names = await readdir(root, { recursive: true });
  return names.filter((name) => name.endsWith('.jsonl') && !OWN.test(name)).sort();
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}

/** The bytes from `start` to `end` of a file, or as many of them as there are. */
export async function readRange(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.alloc(Math.max(0, end - start));
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length, start + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}

async function firstLine(file: FileHandle): Promise<Buffer | undefined> {
  for (let length = 4096; length <= FIRST_LINE_BYTES_MAX; length *= 16) {
    const bytes = await readRange(file, 0, length);
    const end = bytes.indexOf(10);
    if (end >= 0) return bytes.subarray(0, end);
    if (bytes.length < length) return undefined;
  }
  return undefined;
}

type Trust = (line: Buffer, at: Place) => boolean;

async function look(root: string, at: Place, trusted: Trust): Promise<Omit<Segment, 'bytes'>> {
  const path = segmentPath(root, at);
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const line = await firstLine(file);
    const entry = line && trusted(line, at) ? readEntry(line.toString()) : undefined;
    const found = link.safeParse(entry?.metadata).data;
    const own = found?.segment === at.segment && entry?.chain === at.chain ? found : undefined;
    return { ...at, path, size, link: own, since: own && entry?.timestamp };
  } finally {
    await file.close();
  }
}

/**
 * All files of the log and how far each counts. `trusted` decides whether a first line may be believed; one
 * that may not says nothing about the file before it.
 */
export async function listSegments(root: string, trusted: Trust = () => true): Promise<Segments> {
  const seen = [];
  for (const at of await listPlaces(root)) seen.push(await look(root, at, trusted));
  const abandoned = seen.flatMap((segment) => segment.link?.abandoned ?? []);
  const given = new Set(abandoned.map(placeText));
  const kept = seen.filter((segment) => !given.has(placeText(segment)));
  const live = kept.map((segment, i) => {
    const named = kept[i + 1]?.link?.previous;
    const next = named && placeText(named) === placeText(segment) ? named : undefined;
    return { ...segment, next, bytes: Math.min(segment.size, next?.bytes ?? segment.size) };
  });
  return { live, abandoned };
}

const TAIL_BYTES = 8 * 1_048_576;

/** Bytes after the last whole line. */
export async function tornBytes({ path, size }: Pick<Segment, 'path' | 'size'>): Promise<number> {
  const file = await open(path);
  try {
    const tail = await readRange(file, Math.max(0, size - TAIL_BYTES), size);
    return tail.length - 1 - tail.lastIndexOf(10);
  } finally {
    await file.close();
  }
}

/** SHA-256 of what stands from there on, hex. */
export async function digestFrom(
  { path, size }: Pick<Segment, 'path' | 'size'>,
  start: number,
): Promise<string> {
  const file = await open(path);
  try {
    return hash('sha256', await readRange(file, start, size));
  } finally {
    await file.close();
  }
}

/** Whether an entry says that the file which ended here was removed by the house itself. */
export function isPruned(
  pruned: Readonly<Record<string, unknown>>,
  { chain, sequence, hash: digest }: Previous,
): boolean {
  return pruned['chain'] === chain && pruned['sequence'] === sequence && pruned['hash'] === digest;
}
