/**
 * Files of the audit log, compressed, for as long as the operator wants to have them after they left the log. A copy
 * counts only once it was read back from the disk and is what it should be.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rmdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { localDisk } from './audit-disk.ts';
import { readChunks } from './audit-read.ts';
import type { Segment } from './audit-segment.ts';

/**
 * `<archive>/<chain>/<nnnnnn>.jsonl.gz`, mode 0600, on the medium when this resolves.
 * @param digest SHA-256 of the file's bytes that count, hex
 * @throws Error if what was written does not read back as that; the system's errors
 */
export async function archiveFile(segment: Segment, archiveDir: string, digest: string): Promise<void> {
  const folder = join(archiveDir, segment.chain);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${String(segment.segment).padStart(6, '0')}.jsonl.gz`);
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await pipeline(Readable.from(readChunks(segment)), createGzip(), async (compressed) => {
      for await (const chunk of compressed) await file.writeFile(chunk);
    });
    await file.sync();
  } finally {
    await file.close();
  }
  const found = createHash('sha256');
  await pipeline(createReadStream(`${path}.new`), createGunzip(), found);
  if (found.digest('hex') !== digest) throw new Error('a file of the audit log cannot be archived');
  await rename(`${path}.new`, path);
  await localDisk.sync(folder);
}

/** Deletes copies that were made before this time, milliseconds since 1970; how many. */
export async function pruneArchive(archiveDir: string, before: number): Promise<number> {
  let deleted = 0;
  for (const chain of await readdir(archiveDir).catch(() => [])) {
    const folder = join(archiveDir, chain);
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      if (!name.endsWith('.jsonl.gz') || (await stat(path)).mtimeMs >= before) continue;
      await unlink(path);
      deleted += 1;
    }
    await rmdir(folder).catch(() => undefined);
  }
  return deleted;
}
