/** Where an audit log is first not as it was written: names a place, and repeats nothing of what stands there. */

/** The first such entry. */
export interface BadEntry {
  readonly chain: string;
  readonly sequence: number;
  /** File and what is wrong there, for people. */
  readonly fault: string;
}

/** Stops the walk at the first entry that is not as it should be. */
export class Bad extends Error {
  readonly at: BadEntry;
  constructor(chain: string, sequence: number, fault: string) {
    super(fault);
    this.at = { chain, sequence, fault };
  }
}
