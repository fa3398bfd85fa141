/**
 * Where the temporary files of all tests are: in memory, where there is room. No test can tell what a disk has from what
 * its system only remembers, so waiting for one proves nothing; that the gateway asks for it, and what follows if a disk
 * is slow or full, is seen at its system calls and at its edge.
 */
import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

const MEMORY = '/dev/shm';
/** Containers often have 64 MB of it. */
const FREE_BYTES_MIN = 1024 * 1024 * 1024;

/** For TMPDIR. */
export function memoryFolder(): string {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= FREE_BYTES_MIN ? MEMORY : tmpdir();
  } catch {
    return tmpdir();
  }
}
