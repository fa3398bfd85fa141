/**
 * Appends groups of entries to the chain and makes them durable. One caller at a time. A file whose write or
 * sync failed is closed and never written again; the next `begin` says how much of it counts.
 */
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { keyIdOf } from '../../base/secret.ts';
import { type Entry, isIntent, isOutcome } from '../../ports/audit-log.ts';
import type { DiskFile, DiskPort } from './audit-disk.ts';
import { GENESIS_HASH, chainHasher, draftText, sealLine, type Hasher, type Head } from './audit-line.ts';
import type { Pending } from './audit-queue.ts';
import type { Recovered } from './audit-recover.ts';
import { segmentPath, type Link, type Place, type Previous } from './audit-segment.ts';

export interface WriterOptions {
  readonly root: string;
  readonly chain: string;
  readonly chainKey: Buffer;
  readonly disk: DiskPort;
  readonly clock: Clock;
  readonly segmentBytesMax: number;
  readonly recovered: Recovered;
  /** More to say in the chain's first entry. */
  readonly about: Readonly<Record<string, unknown>>;
}

async function appendAll(file: DiskFile, bytes: Buffer): Promise<void> {
  for (let offset = 0; offset < bytes.length; ) {
    const taken = await file.append(bytes, offset);
    if (taken <= 0) throw new Error('the disk took nothing');
    offset += taken;
  }
}

interface OpenFile {
  readonly file: DiskFile;
  readonly place: Place;
  /** Durable bytes. */
  bytes: number;
}

export class ChainWriter {
  readonly #options: WriterOptions;
  readonly #hasher: Hasher;
  readonly #keyId: string;
  /** Exchanges whose intent is durable and whose outcome is not, and the file the intent is in. */
  readonly #open: Map<string, Place>;
  #head: Head;
  #current: OpenFile | undefined;
  /** The highest file number that may exist. */
  #tried = 0;
  #previous: Previous | null;
  #abandoned: readonly Place[];

  constructor(options: WriterOptions) {
    const { recovered, chain, chainKey } = options;
    this.#options = options;
    this.#hasher = chainHasher(chainKey);
    this.#keyId = keyIdOf(chainKey);
    this.#open = new Map([...recovered.open].map(([exchange, { place }]) => [exchange, place]));
    this.#previous = recovered.previous;
    this.#abandoned = recovered.abandoned;
    this.#head = { chain, sequence: 0, hash: recovered.previous?.hash ?? GENESIS_HASH };
  }

  /** The newest durable entry. */
  get head(): Head {
    return this.#head;
  }

  /** There is a file to append to. */
  get ready(): boolean {
    return this.#current !== undefined;
  }

  /** The file is large enough for the next to begin. */
  get full(): boolean {
    return this.#current !== undefined && this.#current.bytes >= this.#options.segmentBytesMax;
  }

  /**
   * Begins the next file with an entry that links it to the one before; both name and entry are durable when
   * this resolves. If it rejects, `ready` is false, and a file may lie about which the next one will name.
   */
  async begin(): Promise<readonly Entry[]> {
    const { disk, root } = this.#options;
    const place = { chain: this.#head.chain, segment: this.#tried + 1 };
    await this.close().catch(ignore);
    const dir = join(root, place.chain);
    if (this.#head.sequence === 0) await this.#syncEarlier();
    await disk.makeDir(dir);
    await disk.sync(root);
    const file = await this.#create(place);
    try {
      const sealed = this.#seal([this.#linkOf(place)]);
      await appendAll(file, sealed.bytes);
      await file.datasync();
      await disk.sync(dir);
      this.#tried = place.segment;
      this.#abandoned = [];
      this.#current = { file, place, bytes: 0 };
      this.#advance(sealed, this.#current);
      return sealed.entries;
    } catch (error) {
      await this.#abandon(file, place);
      throw error;
    }
  }

  /** Appends a group; durable when this resolves. If it rejects the file is given up, and `ready` is false. */
  async append(group: readonly Pending[]): Promise<readonly Entry[]> {
    const current = this.#current;
    if (!current) throw new Error('no file is open');
    try {
      const sealed = this.#seal(group);
      await appendAll(current.file, sealed.bytes);
      await current.file.datasync();
      this.#advance(sealed, current);
      return sealed.entries;
    } catch (error) {
      if (this.#previous) this.#previous = { ...this.#previous, rest: 'unknown' };
      await this.close().catch(ignore);
      throw error;
    }
  }

  async close(): Promise<void> {
    const current = this.#current;
    this.#current = undefined;
    await current?.file.close();
  }

  #linkOf(place: Place): Pending {
    const { clock, about } = this.#options;
    const first = this.#head.sequence === 0;
    const link: Link = {
      segment: place.segment,
      keyId: this.#keyId,
      previous: this.#previous,
      abandoned: this.#abandoned,
      oldestOpen: this.#open.values().next().value ?? place,
    };
    const timestamp = new Date(clock.now()).toISOString();
    const action = first ? 'audit.open' : 'audit.segment';
    const metadata = { ...link, ...(first ? about : {}) };
    const draft = { userId: 'system', action, resource: 'audit', status: 'success', metadata } as const;
    return { draft, timestamp, text: draftText(draft, timestamp, Infinity) };
  }

  #seal(group: readonly Pending[]): Sealed {
    const entries: Entry[] = [];
    let head = this.#head;
    let text = '';
    for (const { draft, timestamp, text: open } of group) {
      const previousHash = head.hash;
      const sealed = sealLine(open, head, this.#hasher);
      text += sealed.line;
      text += '\n';
      head = sealed.head;
      const { userId, action, resource, status, metadata } = draft;
      const { chain, sequence, hash } = head;
      entries.push({
        timestamp,
        userId,
        action,
        resource,
        status,
        metadata,
        chain,
        sequence,
        previousHash,
        hash,
      });
    }
    return { bytes: Buffer.from(text), entries, head };
  }

  #advance({ bytes, entries, head }: Sealed, current: OpenFile): void {
    this.#head = head;
    current.bytes += bytes.length;
    const { place } = current;
    const { sequence, hash } = head;
    this.#previous = { ...place, bytes: current.bytes, sequence, hash, rest: 'none' };
    for (const { action, metadata } of entries) {
      const { exchange } = metadata;
      if (typeof exchange !== 'string') continue;
      if (isIntent(action)) this.#open.set(exchange, place);
      else if (isOutcome(action)) this.#open.delete(exchange);
    }
  }

  /** A killed process may have left entries that no fdatasync covered: a link may name only what will last. */
  async #syncEarlier(): Promise<void> {
    if (!this.#previous) return;
    const { disk, root } = this.#options;
    await disk.sync(segmentPath(root, this.#previous));
    await disk.sync(join(root, this.#previous.chain));
  }

  async #create(place: Place): Promise<DiskFile> {
    try {
      return await this.#options.disk.create(segmentPath(this.#options.root, place));
    } catch (error) {
      // The call failed, yet the name may have been made.
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') this.#giveUp(place);
      throw error;
    }
  }

  async #abandon(file: DiskFile, place: Place): Promise<void> {
    await file.close().catch(ignore);
    try {
      await this.#options.disk.remove(segmentPath(this.#options.root, place));
    } catch {
      this.#giveUp(place);
    }
  }

  #giveUp(place: Place): void {
    this.#abandoned = [...this.#abandoned, place];
    this.#tried = place.segment;
  }
}

interface Sealed {
  readonly bytes: Buffer;
  readonly entries: readonly Entry[];
  readonly head: Head;
}

function ignore(): void {}
