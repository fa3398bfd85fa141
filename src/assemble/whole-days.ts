/**
 * So that a restart of a house of one process reads two days of its audit log, not the month: what earlier days came
 * to, kept in a file of its own. A file that is gone, old or not ours is no loss: the log has all of it.
 */
import { z } from 'zod';
import { utcMonth } from '../base/clock.ts';
import type { Seal } from '../base/seal.ts';
import type { CursorFiles } from '../engines/cursor-file.ts';
import type { EmbeddedLedger, WholeDays } from '../engines/ledger-embedded.ts';
import { SCOPE_KINDS } from '../ports/ledger.ts';

const NAME = 'whole-days';
const DAY_MS = 86_400_000;
/** Days come to an end once a day; a call may be open then. */
const LOOK_MS = 3_600_000;

const fileSchema = z.strictObject({
  until: z.int().min(0),
  settled: z.array(z.tuple([z.strictObject({ kind: z.enum(SCOPE_KINDS), id: z.string() }), z.int().min(0)])),
});

/** Where the file is, and who alone can write one: with it, money that was spent could be made forgotten. */
export interface WholeDaysFile {
  readonly files: CursorFiles;
  readonly seal: Seal;
}

/** Those of this month, if they leave out the last 24 hours as windows need. @param now milliseconds since 1970 */
export async function readWholeDays(
  { files, seal }: WholeDaysFile,
  now: number,
): Promise<WholeDays | undefined> {
  const text = await files.getSetting(NAME).catch(() => undefined);
  const opened = text === undefined ? undefined : seal.open(Buffer.from(text, 'base64'), [NAME]);
  if (!opened) return undefined;
  const days = fileSchema.parse(JSON.parse(opened.toString()));
  const isUsable = days.until <= now - DAY_MS && utcMonth(days.until - 1) === utcMonth(now);
  return isUsable ? days : undefined;
}

/** Since when entries are read: milliseconds since 1970. */
export function readSince(days: WholeDays | undefined, now: number): number {
  return days?.until ?? Math.min(Date.parse(`${utcMonth(now)}-01`), now - DAY_MS);
}

/** Writes them at once and whenever one more is whole. @param onFailure the log has all of it: a later start is slower */
export function keepWholeDays(
  { files, seal }: WholeDaysFile,
  ledger: EmbeddedLedger,
  onFailure: (error: unknown) => void,
): { stop(): void } {
  let kept = 0;
  const look = async (): Promise<void> => {
    const days = ledger.wholeDays();
    if (!days || days.until <= kept) return;
    await files.putSetting(NAME, seal.seal(JSON.stringify(days), [NAME]).toString('base64'));
    kept = days.until;
  };
  void look().catch(onFailure);
  const timer = setInterval(() => void look().catch(onFailure), LOOK_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
