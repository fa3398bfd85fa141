/**
 * Checks an audit log from outside: every line's hash, every number, every link between files and chains, and
 * the checkpoints it is held against. Reads only, takes no lock, believes nothing that a key did not seal.
 */
import type { KeyObject } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Bad, type BadEntry } from './audit-bad-entry.ts';
import { checkpointOf } from './audit-checkpoint.ts';
import {
  GENESIS_HASH,
  chainHasher,
  readEntry,
  readSeal,
  sealHolds,
  type Hasher,
  type Head,
} from './audit-line.ts';
import { hasLine, readChunks } from './audit-read.ts';
import {
  digestFrom,
  isPruned,
  listSegments,
  listStrangers,
  placeText,
  type Place,
  type Previous,
  type Segment,
  tornBytes,
} from './audit-segment.ts';
import { Witness } from './audit-witness.ts';

export interface VerifyOptions {
  /** Current and earlier chain keys: each chain is hashed with one of them. */
  readonly chainKeys: readonly Buffer[];
  /** Text with one checkpoint a line, kept outside; other lines in it are passed over. */
  readonly checkpoints?: string | undefined;
  /** Keys that may have signed checkpoints. Without one, only their hashes are compared. */
  readonly publicKeys?: readonly KeyObject[] | undefined;
  /** Only the chains that were begun after this one; what came before is not judged. */
  readonly after?: string | undefined;
  /** How much is read at a time. */
  readonly chunkBytes?: number | undefined;
  /** Waited in between. */
  readonly pauseMs?: number | undefined;
}

export interface VerifyReport {
  /** 0 intact, 1 tampered with, 2 cannot be judged. */
  readonly code: 0 | 1 | 2;
  /** The first entry that is not as it was written, missing, or one too many. */
  readonly firstBad?: BadEntry | undefined;
  /** Entries found good, up to the first bad one. */
  readonly entries: number;
  readonly head?: Head | undefined;
  /** The findings, for people, the verdict last. */
  readonly lines: readonly string[];
}

/**
 * Walks the whole log once. About 3 µs an entry.
 * @throws Error if a file cannot be read
 */
export async function verifyAuditLog(root: string, options: VerifyOptions): Promise<VerifyReport> {
  if (options.chainKeys.length === 0) return unusable('no chain key was given');
  const witness = new Witness(options.checkpoints ?? '', options.publicKeys ?? []);
  if (options.checkpoints !== undefined && witness.count === 0) return unusable('no checkpoint was found');
  const forged = witness.forged();
  if (forged) return unusable(`the checkpoint of ${forged.timestamp} was not signed by its key`);
  const walk = new Walk(options.chainKeys, witness, options);
  const { live: all, abandoned } = await listSegments(root, (line) => walk.sealed(line));
  const { after = '' } = options;
  const live = all.filter(({ chain }) => chain > after);
  if (after !== '') walk.beginAt(live[0]?.link?.previous);
  if (live.length === 0 && (witness.count === 0 || after !== ''))
    return unusable('there is no audit log here');
  for (const place of abandoned) walk.say(`${placeText(place)}: never came into use, not counted`);
  try {
    for (const segment of live) await walk.segment(segment, segment === live.at(-1));
    walk.finish();
    for (const name of await listStrangers(root)) walk.reject(name);
    return walk.report();
  } catch (error) {
    if (!(error instanceof Bad)) throw error;
    // Both look alike, so it counts as tampering: else whoever can write files could hide in the operator's mistake.
    if (!walk.hasGood && !(await hasLine(live, (line) => walk.sealed(line), options.chunkBytes)))
      walk.say('no entry is sealed by the secrets given: they are not its own, or all of it was replaced');
    return walk.report(error.at);
  }
}

/** Checks files of a log one after the other, from its beginning on, for who takes them away. */
export interface FileCheck {
  /** Whether one of the keys sealed this line. */
  readonly isSealed: (line: Buffer) => boolean;
  /** Whether the file is as it was written, and ends with the entry that the next one follows. */
  readonly check: (segment: Segment) => Promise<boolean>;
}

/** @param chunkBytes about how much is checked at a time */
export function fileCheck(chainKeys: readonly Buffer[], chunkBytes: number): FileCheck {
  const walk = new Walk(chainKeys, new Witness('', []), { chunkBytes });
  return {
    isSealed: (line) => walk.sealed(line),
    async check(segment) {
      try {
        await walk.segment(segment, false);
        return segment.next !== undefined && walk.isAt(segment.next);
      } catch (error) {
        if (error instanceof Bad) return false;
        throw error;
      }
    },
  };
}

function unusable(reason: string): VerifyReport {
  return { code: 2, entries: 0, lines: [`unusable: ${reason}`] };
}

type Pace = Pick<VerifyOptions, 'chunkBytes' | 'pauseMs'>;

class Walk {
  readonly #hashers: readonly Hasher[];
  readonly #witness: Witness;
  readonly #lines: string[] = [];
  #head: Head | undefined;
  /** The log begins after this entry, and no entry that says it was pruned has been met. */
  #cut: Previous | undefined;
  #begin: Previous | undefined;
  #entries = 0;

  readonly #pace: Pace;

  constructor(chainKeys: readonly Buffer[], witness: Witness, pace: Pace) {
    this.#pace = pace;
    this.#hashers = chainKeys.map(chainHasher);
    this.#witness = witness;
  }

  get hasGood(): boolean {
    return this.#entries > 0;
  }

  say(line: string): void {
    this.#lines.push(line);
  }

  sealed(line: Buffer): boolean {
    const seal = readSeal(line);
    return seal !== undefined && this.#hashers.some((hasher) => sealHolds(line, seal, hasher));
  }

  isAt({ chain, sequence, hash: digest }: Head): boolean {
    const head = this.#head;
    return head?.chain === chain && head.sequence === sequence && head.hash === digest;
  }

  /** What came before is taken for what it says. */
  beginAt(previous: Previous | null | undefined): void {
    if (!previous) return;
    const { chain, sequence, hash } = previous;
    this.#begin = previous;
    this.#head = { chain, sequence, hash };
  }

  async segment(segment: Segment, last: boolean): Promise<void> {
    const { chunkBytes, pauseMs } = this.#pace;
    if (segment.link) this.#follow(segment, segment.link.previous);
    let count = 0;
    for await (const chunk of readChunks(segment, chunkBytes)) {
      if (pauseMs !== undefined) await pause(pauseMs);
      let start = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
        this.#line(chunk.subarray(start, end), segment);
        if (++count === 1 && !segment.link)
          throw this.#bad(segment, 'the file does not begin with its link', 0);
        start = end + 1;
      }
    }
    if (count === 0 && !last) throw this.#bad(segment, 'holds no entry');
    await this.#rest(segment, last);
  }

  /** The file says what it follows: that must be what came before it. */
  #follow(segment: Segment, previous: Previous | null): void {
    const head = this.#head;
    const at = placeText(segment);
    if (previous === null) {
      if (head) throw new Bad(segment.chain, 1, `${at}: begins a log of its own inside another`);
    } else if (!head) {
      this.#cut = this.#begin = previous;
      this.#head = { chain: previous.chain, sequence: previous.sequence, hash: previous.hash };
    } else if (head.chain !== previous.chain) {
      throw new Bad(previous.chain, 1, `${at}: follows a chain that is not here`);
    } else if (head.sequence !== previous.sequence || head.hash !== previous.hash) {
      const first = Math.min(head.sequence + 1, previous.sequence);
      throw new Bad(previous.chain, first, `${at}: follows entry ${previous.sequence}, which is not here`);
    }
  }

  #next(chain: string): number {
    return this.#head?.chain === chain ? this.#head.sequence + 1 : 1;
  }

  #bad(segment: Place, fault: string, ahead = 1): Bad {
    return new Bad(segment.chain, this.#next(segment.chain) + ahead - 1, `${placeText(segment)}: ${fault}`);
  }

  #line(line: Buffer, segment: Segment): void {
    const seal = readSeal(line);
    if (!seal) throw this.#bad(segment, 'a line is no entry');
    const { chain, sequence } = seal;
    if (chain !== segment.chain || sequence !== this.#next(chain)) {
      throw this.#bad(segment, `entry ${sequence} of chain ${chain} stands here`);
    }
    if (seal.previousHash !== (this.#head?.hash ?? GENESIS_HASH)) {
      throw this.#bad(segment, 'does not follow the entry before it');
    }
    if (!this.#hashers.some((hasher) => sealHolds(line, seal, hasher))) {
      throw this.#bad(segment, 'was changed after it was written, or its key is not among those given');
    }
    const head = { chain, sequence, hash: seal.hash };
    if (!this.#witness.agrees(head)) {
      throw this.#bad(segment, 'a checkpoint from outside saw another entry in this place');
    }
    if (line.includes('"action":"audit.')) this.#readHouse(line, segment);
    this.#head = head;
    this.#entries += 1;
  }

  /** Entries that speak of the log itself. */
  #readHouse(line: Buffer, segment: Segment): void {
    const entry = readEntry(line.toString());
    if (entry?.action === 'audit.checkpoint') {
      const checkpoint = checkpointOf(entry.metadata);
      if (!checkpoint || this.#witness.signed(checkpoint) === false) {
        throw this.#bad(segment, 'the signature of a checkpoint does not hold');
      }
    }
    if (entry?.action === 'audit.pruned' && this.#cut && isPruned(entry.metadata, this.#cut))
      this.#cut = undefined;
  }

  /** What lies after the part of the file that counts. */
  async #rest(segment: Segment, last: boolean): Promise<void> {
    const { next, size } = segment;
    if (!next) {
      const torn = await tornBytes(segment);
      if (torn > 0 && !last) throw this.#bad(segment, 'ends inside an entry');
      if (torn > 0) this.say(`${placeText(segment)}: its last ${torn} bytes are a torn line, not counted`);
      return;
    }
    const surplus = size - next.bytes;
    if (surplus < 0) throw this.#bad(segment, `${-surplus} bytes are missing at its end`);
    if (next.rest === 'none' && surplus > 0) throw this.#bad(segment, 'bytes were added at its end');
    if (next.rest === 'torn' && (await digestFrom(segment, next.bytes)) !== next.restDigest) {
      throw this.#bad(segment, 'what a crash had left at its end was changed');
    }
    if (surplus > 0) this.say(`${placeText(segment)}: its last ${surplus} bytes were never acknowledged`);
  }

  /** After the last file: what should have been met and was not. */
  finish(): void {
    const begin = this.#begin;
    if (this.#cut) throw new Bad(this.#cut.chain, 1, 'the beginning of the log is not here');
    if (begin)
      this.say(`entries up to ${begin.sequence} of chain ${begin.chain} were pruned, as the log says`);
    const gone = this.#witness.unmet(
      ({ chain, sequence }) =>
        !begin || chain > begin.chain || (chain === begin.chain && sequence > begin.sequence),
    );
    if (!gone) return;
    const fault = `entry ${gone.sequence}, which a checkpoint from outside saw, is not here`;
    throw new Bad(gone.chain, Math.min(gone.sequence, this.#next(gone.chain)), fault);
  }

  /** A file that looks like one of the log's: what it holds was not written here. @throws Bad */
  reject(name: string): never {
    const chain = this.#head?.chain ?? '-';
    throw new Bad(chain, this.#next(chain), `${name}: is none of the log's files`);
  }

  report(firstBad?: BadEntry): VerifyReport {
    const { count } = this.#witness;
    const unsigned = this.#witness.unsigned();
    const head = this.#head;
    const verdict = firstBad
      ? `tampered with: the first bad entry is ${firstBad.sequence} of chain ${firstBad.chain} (${firstBad.fault})`
      : `intact: ${this.#entries} entries, the last is ${head?.sequence ?? 0} of chain ${head?.chain ?? '-'}`;
    const lines = [
      ...this.#lines,
      count > 0
        ? `held against ${count} checkpoints from outside${unsigned > 0 ? `, ${unsigned} of them signed by keys not given` : ''}`
        : 'no checkpoint from outside was given: a log cut back to an earlier state, or written anew by a holder of its keys, looks intact',
      verdict,
    ];
    return { code: firstBad ? 1 : 0, firstBad, entries: this.#entries, head, lines };
  }
}
