/** Takes files off the audit log of this data directory that every follower of it has read, and keeps copies where wanted. */
import { join } from 'node:path';
import { z } from 'zod';
import { deriveKey, type HouseSecret } from '../base/secret.ts';
import type { Config } from '../config.ts';
import { pruneArchive } from '../engines/audit/audit-archive.ts';
import { pruneAuditLog } from '../engines/audit/audit-prune.ts';
import { cursorFiles } from '../engines/export/cursor-file.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { Records, RecordsAt } from './records.ts';
import { cursorNameOf } from './shipping.ts';

const DAY_MS = 86_400_000;
const cursorSchema = z.object({ chain: z.string(), sequence: z.int() });
type Cursor = z.infer<typeof cursorSchema>;

/** Removes what is older than `before`, milliseconds since 1970. @throws audit.unavailable, store.unavailable */
export function logPruning(
  at: RecordsAt & { readonly auditLog: AuditLog },
  { retention, exports }: Config,
  secret: HouseSecret,
): Records['pruneLog'] {
  const { auditDir, dataDir, auditLog } = at;
  const archiveDir = join(dataDir, 'archive');
  const secrets = secret.previous ? [secret.present, secret.previous] : [secret.present];
  return async (before, { signal, isHeld }) => {
    const cursors = await cursorsOf(at, exports);
    const pruned = await pruneAuditLog({
      dir: auditDir,
      chainKeys: secrets.map((one) => deriveKey(one, 'chain')),
      auditLog,
      before,
      signal,
      isHeld,
      isExported: (last) => cursors.every((cursor) => cursor !== undefined && hasPassed(cursor, last)),
      archiveDir: retention.archiveDays > 0 ? archiveDir : undefined,
    });
    const isOver = Date.now() - retention.archiveDays * DAY_MS;
    const archived = (await isHeld()) ? 0 : await pruneArchive(archiveDir, isOver);
    return { ...pruned, archived };
  };
}

/** How far the store and every target have come. */
async function cursorsOf({ store, place, dataDir }: RecordsAt, exports: Config['exports']) {
  const texts = [await store.getSetting(cursorNameOf(place))];
  const files = exports.length === 0 ? undefined : cursorFiles(join(dataDir, 'exports'));
  for (const { name } of exports) texts.push(await files?.getSetting(name));
  return texts.map((text): Cursor | undefined =>
    text === undefined ? undefined : cursorSchema.parse(JSON.parse(text)),
  );
}

/** Chains sort by the time they were begun. */
function hasPassed(cursor: Cursor, last: Cursor): boolean {
  return cursor.chain > last.chain || (cursor.chain === last.chain && cursor.sequence >= last.sequence);
}
