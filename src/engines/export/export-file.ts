/**
 * Events as JSON lines at the end of a file, which a forwarder reads. The file is opened for each batch, so that whoever
 * rotates it only has to rename it.
 */
import { open } from 'node:fs/promises';
import { z } from 'zod';
import type { EventSink } from '../../ports/event-sink.ts';

/** A target of this kind in the section `exports`. */
export const fileExportSchema = z.strictObject({
  kind: z.literal('file'),
  name: z.string().regex(/^[a-z0-9-]{1,64}$/),
  file: z.string().min(1),
});

/** Mode 0600. A batch counts when it is on disk. */
export function createFileExport({ file }: { readonly file: string }): EventSink {
  return {
    async send(events) {
      const handle = await open(file, 'a', 0o600);
      try {
        await handle.appendFile(`${events.join('\n')}\n`);
        await handle.datasync();
      } finally {
        await handle.close();
      }
    },
    close: () => Promise.resolve(),
  };
}
