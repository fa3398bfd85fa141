/**
 * Where what is as large as it is short-lived goes: a database, a browser's profile. In memory where there is room, so
 * that making and removing it holds up no fdatasync of the disks that tests are about. Never for the gateway's own data.
 */
import { mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
/** Containers often have 64 MB of it. */
const FREE_BYTES_MIN = 1024 * 1024 * 1024;

/** A new folder, to be removed by who asked for it. @param name `postgres`, `browser` */
export function passingFolder(name: string): string {
  return mkdtempSync(join(hasRoom() ? MEMORY : tmpdir(), `sallyport-${name}-`));
}

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= FREE_BYTES_MIN;
  } catch {
    return false;
  }
}
