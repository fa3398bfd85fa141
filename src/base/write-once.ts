/** A file that is whole from the moment it is there, and made by exactly one of those who try. */
import { randomUUID } from 'node:crypto';
import { linkSync, unlinkSync, writeFileSync } from 'node:fs';

/**
 * Written aside, then linked (mode 0600). False if a file of this name was there first; it is left as it is.
 * @throws the system's errors
 */
export function writeOnce(path: string, text: string): boolean {
  const aside = `${path}.${randomUUID()}`;
  writeFileSync(aside, text, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(aside, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(aside);
  }
}
