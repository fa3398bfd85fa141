/**
 * The audit log on files of this process: opening and recovery, checkpoints, followers, and what is left out
 * when the disk runs full. The commit of entries is `audit-commit`, their form `audit-line`.
 */
import { V7Generator } from 'uuidv7';
import { systemClock, type Clock } from '../../base/clock.ts';
import {
  type AuditLog,
  type AuditLogHealth,
  type Entry,
  type EntryDraft,
  isIntent,
  isOutcome,
  NotKept,
} from '../../ports/audit-log.ts';
import { checkpointSigner, type CheckpointSigner } from './audit-checkpoint.ts';
import { GroupCommit, later } from './audit-commit.ts';
import { localDisk, type DiskPort } from './audit-disk.ts';
import { recoverLog, type Recovered } from './audit-recover.ts';
import { ChainWriter } from './audit-writer.ts';

export interface AuditLogOptions {
  /** `DATA_DIR/audit`; the caller holds the lock of DATA_DIR. */
  readonly dir: string;
  readonly chainKey: Buffer;
  /** Of the chains before it, where the secret was changed. */
  readonly previousChainKey?: Buffer | undefined;
  /** Seed of an Ed25519 key, 32 bytes. */
  readonly checkpointKey: Buffer;
  /** Longest wait for a record, from the start of the flush that covers it. */
  readonly waitMsMax?: number | undefined;
  readonly segmentBytesMax?: number | undefined;
  /**
   * Free bytes kept for intents and outcomes: with fewer left, other notes are dropped and counted; with fewer
   * than half of it left, intents are refused as well, so that outcomes still find room.
   */
  readonly reserveBytes?: number | undefined;
  readonly checkpointMsMax?: number | undefined;
  readonly checkpointEntriesMax?: number | undefined;
  readonly disk?: DiskPort | undefined;
  readonly clock?: Clock | undefined;
  /** One signed line, no line feed: at rotation, at close, every so many entries or milliseconds. */
  readonly onCheckpoint?: ((line: string) => void) | undefined;
  /** When the log becomes writable or ceases to be, or the reason changes. */
  readonly onHealth?: ((health: AuditLogHealth) => void) | undefined;
  /** A listener threw; it stays a listener. */
  readonly onFault?: ((error: unknown) => void) | undefined;
}

const MIB = 1_048_576;
const OPEN_MS_MAX = 5000;
const CLOSE_MS_MAX = 3000;
const TICK_MS = 1000;

/**
 * Opens the log in `dir`: reads how the last process left it, begins a new chain that follows on, and writes
 * what it found: an `unknown` outcome for each open intent, `audit.recovered` if there was anything to recover.
 * A disk that does not take writes is no error here: the log is then not writable and keeps trying.
 * @throws Error if the directory cannot be made or read, or the log is damaged beyond what a crash does
 */
export async function openAuditLog(options: AuditLogOptions): Promise<AuditLog> {
  const { dir, chainKey, segmentBytesMax = 64 * MIB, disk = localDisk, clock = systemClock } = options;
  await disk.makeDir(dir);
  const recovered = await recoverLog(
    dir,
    chainKey,
    ...(options.previousChainKey ? [options.previousChainKey] : []),
  );
  const signer = checkpointSigner(options.checkpointKey);
  const chain = chainAfter(recovered.newestChain, clock);
  const about = { format: 1, checkpointKeyId: signer.keyId };
  const writer = new ChainWriter({
    root: dir,
    chain,
    chainKey,
    disk,
    clock,
    segmentBytesMax,
    recovered,
    about,
  });
  const log = new FileAuditLog({ ...options, disk, clock }, writer, signer);
  await log.start(recovered);
  return log;
}

/** Sorts after every earlier chain even if the clock was set back. */
function chainAfter(newest: string | undefined, clock: Clock): string {
  const newestMs = newest ? Number.parseInt(newest.replaceAll('-', '').slice(0, 12), 16) : 0;
  return new V7Generator().generateOrResetCore(Math.max(clock.now(), newestMs + 1), 0).toString();
}

type Options = AuditLogOptions & { readonly disk: DiskPort; readonly clock: Clock };

class FileAuditLog implements AuditLog {
  readonly #options: Options;
  /** The disk has taken something, or refused to. */
  readonly #answered = Promise.withResolvers<void>();
  readonly #writer: ChainWriter;
  readonly #signer: CheckpointSigner;
  readonly #commit: GroupCommit;
  readonly #listeners: ((entries: readonly Entry[]) => void)[] = [];
  readonly #timers: NodeJS.Timeout[] = [];
  #told: string | undefined;
  #space: 'ample' | 'low' | 'out' = 'ample';
  #askingSpace = false;
  /** Durable entries since the last checkpoint, those of checkpoints not counted. */
  #uncovered = 0;
  #closing: Promise<void> | undefined;

  constructor(options: Options, writer: ChainWriter, signer: CheckpointSigner) {
    this.#options = options;
    this.#writer = writer;
    this.#signer = signer;
    this.#commit = new GroupCommit({
      writer,
      clock: options.clock,
      waitMsMax: options.waitMsMax ?? 250,
      onDurable: (entries) => this.#durable(entries),
      onLate: (sequences) => this.#commit.note(house('audit.late', { sequences })),
      onTrouble: () => {
        this.#tellHealth();
        this.#answered.resolve();
      },
    });
    this.#told = this.#commit.trouble;
  }

  /** Resolves when what was recovered is durable, or the disk refused or has had time for it. */
  async start({ open, previous, abandoned }: Recovered): Promise<void> {
    for (const { entry } of open.values()) this.#commit.note(unknownOutcome(entry));
    const tornBytes = previous?.restBytes ?? 0;
    if (tornBytes > 0 || open.size > 0 || abandoned.length > 0) {
      this.#commit.note(house('audit.recovered', { tornBytes, unknownOutcomes: open.size, abandoned }));
    }
    const patience = later(OPEN_MS_MAX);
    await Promise.race([this.#askSpace(), patience]);
    void this.#commit.start();
    await Promise.race([this.#answered.promise, patience]);
    this.#every(TICK_MS, () => this.#tick());
    this.#every(this.#options.checkpointMsMax ?? 30_000, () => this.#checkpoint());
  }

  record(draft: EntryDraft): Promise<Entry> {
    if (this.#closing) return Promise.reject(new NotKept('the audit log is closed', true));
    const short = isIntent(draft.action) ? this.#shortage() : undefined;
    return short === undefined ? this.#commit.record(draft) : Promise.reject(new NotKept(short, true));
  }

  note(draft: EntryDraft): void {
    if (this.#closing) return;
    const dropped = this.#space !== 'ample' && !isOutcome(draft.action);
    if (dropped) this.#commit.countDropped(draft.action);
    else this.#commit.note(draft);
  }

  follow(listener: (entries: readonly Entry[]) => void): void {
    this.#listeners.push(listener);
  }

  health(): AuditLogHealth {
    const reason = this.#closing ? 'the audit log is closed' : (this.#commit.trouble ?? this.#shortage());
    return { writable: reason === undefined, reason, waiting: this.#commit.waiting };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#writeDropped();
    this.#commit.note(house('audit.close', {}));
    const drained = await this.#commit.drain(CLOSE_MS_MAX);
    this.#checkpoint();
    if (drained) await this.#writer.close().catch((error: unknown) => this.#options.onFault?.(error));
  }

  #shortage(): string | undefined {
    return this.#space === 'out' ? 'the disk is almost full' : undefined;
  }

  #tellHealth(): void {
    const health = this.health();
    if (health.reason === this.#told) return;
    this.#told = health.reason;
    this.#guarded(() => this.#options.onHealth?.(health));
  }

  #durable(entries: readonly Entry[]): void {
    for (const { action } of entries) if (action !== 'audit.checkpoint') this.#uncovered += 1;
    for (const listener of this.#listeners) this.#guarded(() => listener(entries));
    const rotated = entries[0]?.action === 'audit.segment';
    if (rotated || this.#uncovered >= (this.#options.checkpointEntriesMax ?? 10_000)) this.#checkpoint();
    this.#sayDropped();
  }

  #guarded(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#options.onFault?.(error);
    }
  }

  /** States the durable head, outside first; as an entry too while the log goes on. */
  #checkpoint(): void {
    if (this.#uncovered === 0) return;
    this.#uncovered = 0;
    const statement = this.#signer.sign(this.#writer.head, new Date(this.#options.clock.now()).toISOString());
    this.#guarded(() => this.#options.onCheckpoint?.(JSON.stringify(statement)));
    if (!this.#closing) this.#commit.note(house('audit.checkpoint', { ...statement }));
  }

  /** Once the queue has room, or the note of what was dropped would be dropped itself. */
  #sayDropped(): void {
    const room = this.#commit.waiting < 1000 && this.#commit.trouble === undefined;
    if (room && this.#space === 'ample') this.#writeDropped();
  }

  #writeDropped(): void {
    const dropped = this.#commit.takeDropped();
    if (dropped) this.#commit.note(house('audit.dropped', { dropped }, 'failure'));
  }

  #tick(): void {
    // A disk that hangs would keep one more thread for the question.
    if (!this.#commit.stalled) void this.#askSpace();
    this.#sayDropped();
  }

  async #askSpace(): Promise<void> {
    if (this.#askingSpace) return;
    this.#askingSpace = true;
    const { disk, dir, reserveBytes = 64 * MIB } = this.#options;
    try {
      const free = await disk.freeBytes(dir);
      this.#space = free >= reserveBytes ? 'ample' : free >= reserveBytes / 2 ? 'low' : 'out';
      this.#tellHealth();
    } catch {
      // What cannot be asked is found out by writing.
    } finally {
      this.#askingSpace = false;
    }
  }

  #every(ms: number, call: () => void): void {
    this.#timers.push(setInterval(call, ms).unref());
  }
}

function house(
  action: string,
  metadata: Record<string, unknown>,
  status: 'success' | 'failure' = 'success',
): EntryDraft {
  return { userId: 'system', action, resource: 'audit', status, metadata };
}

/** What became of it nobody knows: the caller may have been answered, upstream may have charged. */
function unknownOutcome({ userId, action, resource, metadata, chain, sequence }: Entry): EntryDraft {
  const told = { ...metadata, outcome: 'unknown', intent: { chain, sequence } };
  const closing = action.replace(/intent$/, 'outcome');
  return { userId, action: closing, resource, status: 'failure', metadata: told };
}
