/** Small facts of this data directory that outlive a process: one file each, whole or as before. */
import { mkdirSync } from 'node:fs';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

/** As a store keeps settings. */
export interface CursorFiles {
  getSetting(name: string): Promise<string | undefined>;
  putSetting(name: string, value: string): Promise<void>;
}

/** @param dir made if absent. @throws the system's errors */
export function cursorFiles(dir: string): CursorFiles {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  return {
    async getSetting(name) {
      try {
        return await readFile(join(dir, name), 'utf8');
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async putSetting(name, value) {
      const path = join(dir, name);
      const handle = await open(`${path}.new`, 'w', 0o600);
      try {
        await handle.writeFile(value);
        await handle.datasync();
      } finally {
        await handle.close();
      }
      await rename(`${path}.new`, path);
    },
  };
}
