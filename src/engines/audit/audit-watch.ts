/**
 * Looks through the audit log of a process that runs, as `audit verify` does from outside: slowly, so that callers come first,
 * and without taking a chain of a secret that is no longer known for one that was changed.
 */
import type { BadEntry } from './audit-bad-entry.ts';
import { chainHasher, readSeal, sealHolds } from './audit-line.ts';
import { hasLine } from './audit-read.ts';
import { listSegments } from './audit-segment.ts';
import { verifyAuditLog, type VerifyOptions } from './audit-verify.ts';

/** About 0.4 ms of work, and then the rest of a tenth of a processor is others'. */
const SLOWLY = { chunkBytes: 65_536, pauseMs: 4 };

/** What came of it. */
export interface LogLook {
  /** The first entry that is not as it was written; undefined: there is none. */
  readonly firstBad: BadEntry | undefined;
  /** Chains that no known secret sealed. */
  readonly unjudged: number;
}

/** @throws the system's errors, also where a file was pruned meanwhile; Error where checkpoints are none */
export async function lookThroughLog(dir: string, options: VerifyOptions): Promise<LogLook> {
  let after: string | undefined;
  for (let unjudged = 0; ; unjudged++) {
    const { code, firstBad, lines } = await verifyAuditLog(dir, { ...options, ...SLOWLY, after });
    if (code === 2 && unjudged === 0) throw new Error(lines.join('; '));
    const isNew = firstBad && (after === undefined || firstBad.chain > after);
    if (!isNew || (await isKnown(dir, firstBad.chain, options.chainKeys))) return { firstBad, unjudged };
    after = firstBad.chain;
  }
}

/** Whether any line of this chain was sealed by one of the keys: whoever changed some has not changed all. */
async function isKnown(dir: string, chain: string, chainKeys: readonly Buffer[]): Promise<boolean> {
  const hashers = chainKeys.map(chainHasher);
  const isSealed = (line: Buffer): boolean => {
    const seal = readSeal(line);
    return seal !== undefined && hashers.some((hasher) => sealHolds(line, seal, hasher));
  };
  const { live } = await listSegments(dir);
  const own = live.filter((segment) => segment.chain === chain);
  if (await hasLine(own, isSealed, SLOWLY.chunkBytes)) return true;
  // A chain that is gone as a whole, too.
  return own.length === 0;
}
