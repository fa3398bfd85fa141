/**
 * So that a restart of a house of one process reads four days of its audit log at most, not the month: what earlier
 * days came to, kept in a file of its own. A file that is gone, old or not ours is no loss: the log has all of it.
 */
import { z } from 'zod';
import { utcMonth } from '../base/clock.ts';
import type { Seal } from '../base/seal.ts';
import type { CursorFiles } from '../engines/export/cursor-file.ts';
import type { EmbeddedLedger, WholeDays } from '../engines/ledger/ledger-embedded.ts';
import { SCOPE_KINDS } from '../ports/ledger.ts';
import { CLOCKS_OFF_MS } from './lost-ledger.ts';

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
  /** Of the data directory: what another one spent is not what this one did. */
  readonly place: string;
}

/** Those of this month, if they leave out the last 24 hours as windows need. @param now milliseconds since 1970 */
export async function readWholeDays(
  { files, seal, place }: WholeDaysFile,
  now: number,
): Promise<WholeDays | undefined> {
  const text = await files.getSetting(NAME).catch(() => undefined);
  const opened = text === undefined ? undefined : seal.open(Buffer.from(text, 'base64'), [NAME, place]);
  if (!opened) return undefined;
  // Another version of the gateway may have written it.
  const days = fileSchema.safeParse(JSON.parse(opened.toString())).data;
  if (!days) return undefined;
  const isUsable = days.until <= now - DAY_MS && utcMonth(days.until - 1) === utcMonth(now);
  return isUsable ? days : undefined;
}

/**
 * Since when entries are read: milliseconds since 1970. They bear the time of a clock that may be off; which day a call is
 * of is the ledger's word, so that what the days have already is passed over where it is read again.
 */
export function readSince(days: WholeDays | undefined, now: number): number {
  if (days) return days.until - CLOCKS_OFF_MS;
  return Math.min(Date.parse(`${utcMonth(now)}-01`), now - DAY_MS);
}

/** Writes them at once and whenever one more is whole. @param onFailure the log has all of it: a later start is slower */
export function keepWholeDays(
  { files, seal, place }: WholeDaysFile,
  ledger: EmbeddedLedger,
  onFailure: (error: unknown) => void,
): { stop(): void } {
  let kept = 0;
  const look = async (): Promise<void> => {
    const days = ledger.wholeDays();
    if (!days || days.until <= kept) return;
    await files.putSetting(NAME, seal.seal(JSON.stringify(days), [NAME, place]).toString('base64'));
    kept = days.until;
  };
  void look().catch(onFailure);
  const timer = setInterval(() => void look().catch(onFailure), LOOK_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
