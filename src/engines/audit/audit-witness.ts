/**
 * The checkpoints a log is held against: those from outside, which no one on the host could change, and the
 * signatures of those inside. Knows nothing of files.
 */
import type { KeyObject } from 'node:crypto';
import { checkpointHolds, publicKeyId, readCheckpoint, type Checkpoint } from './audit-checkpoint.ts';
import type { Head } from './audit-line.ts';

export class Witness {
  readonly #keys: ReadonlyMap<string, KeyObject>;
  /** Those not met yet, by the entry they state. */
  readonly #unmet = new Map<string, Checkpoint[]>();
  readonly #given: readonly Checkpoint[];

  /** @param text one checkpoint a line; lines that hold none are passed over */
  constructor(text: string, keys: readonly KeyObject[]) {
    this.#keys = new Map(keys.map((key) => [publicKeyId(key), key]));
    this.#given = text.split('\n').flatMap((line) => readCheckpoint(line) ?? []);
    for (const checkpoint of this.#given) {
      const name = nameOf(checkpoint);
      this.#unmet.set(name, [...(this.#unmet.get(name) ?? []), checkpoint]);
    }
  }

  get count(): number {
    return this.#given.length;
  }

  /** Undefined where none of the known keys claims to have signed it. */
  signed(checkpoint: Checkpoint): boolean | undefined {
    const key = this.#keys.get(checkpoint.keyId);
    return key && checkpointHolds(checkpoint, key);
  }

  /** A checkpoint from outside that its own key did not sign: the file is no evidence. */
  forged(): Checkpoint | undefined {
    return this.#given.find((checkpoint) => this.signed(checkpoint) === false);
  }

  /** How many of those from outside none of the known keys can be asked about. */
  unsigned(): number {
    return this.#given.filter((checkpoint) => this.signed(checkpoint) === undefined).length;
  }

  /** False if a checkpoint from outside saw another entry in this place. */
  agrees(head: Head): boolean {
    const name = nameOf(head);
    const seen = this.#unmet.get(name);
    if (!seen) return true;
    this.#unmet.delete(name);
    return seen.every(({ hash }) => hash === head.hash);
  }

  /** States an entry that was not in the log; undefined if all were met. */
  unmet(outside: (checkpoint: Checkpoint) => boolean): Checkpoint | undefined {
    return [...this.#unmet.values()].flat().find(outside);
  }
}

function nameOf({ chain, sequence }: { chain: string; sequence: number }): string {
  return `${chain}/${sequence}`;
}
