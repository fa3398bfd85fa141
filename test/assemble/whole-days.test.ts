import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keepWholeDays, readSince, readWholeDays } from '../../src/assemble/whole-days.ts';
import { createSeal } from '../../src/base/seal.ts';
import { Secret } from '../../src/base/secret.ts';
import { cursorFiles } from '../../src/engines/export/cursor-file.ts';
import { createEmbeddedLedger } from '../../src/engines/ledger/ledger-embedded.ts';
import { until } from '../support/until.ts';

const NOON = Date.UTC(2026, 10, 23, 12);
const DAY_MS = 86_400_000;
const SCOPE = { kind: 'user', id: 'ann' } as const;
const DAYS = { until: Date.UTC(2026, 10, 22), settled: [[SCOPE, 5]] };

let dir: string;
let path: string;
const sealOf = (text: string) => createSeal({ present: new Secret(text.repeat(32)) });
const file = () => ({ files: cursorFiles(dir), seal: sealOf('ab'), place: 'here' });

/** A ledger in which ann spent 5 two days ago. */
async function spent() {
  let now = NOON - 2 * DAY_MS;
  const ledger = createEmbeddedLedger({ clock: { now: () => now } });
  await ledger.admit({ reservationId: 'r', scopes: [SCOPE], tokens: 0, nano: 9 });
  await ledger.settle({ reservationId: 'r', tokens: 0, nano: 5 });
  now = NOON;
  return ledger;
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sallyport-days-'));
  path = join(dir, 'whole-days');
  const keeping = keepWholeDays(file(), await spent(), (error) => {
    throw error;
  });
  await until(
    () => readWholeDays(file(), NOON),
    (days) => days !== undefined,
  );
  keeping.stop();
});
afterAll(() => rmSync(dir, { recursive: true }));

describe('what whole days came to', () => {
  test('is read back, and entries from two days before its end on', async () => {
    const days = await readWholeDays(file(), NOON);
    expect(days).toEqual(DAYS);
    expect(readSince(days, NOON)).toBe(DAYS.until - 2 * DAY_MS);
  });

  test('is nothing in another month, or where it would leave less than a day to the windows', async () => {
    expect(await readWholeDays(file(), Date.UTC(2026, 11, 1))).toBeUndefined();
    expect(await readWholeDays(file(), DAYS.until + DAY_MS - 1)).toBeUndefined();
  });

  test('is not believed of anybody else, nor of a file that was changed', async () => {
    expect(await readWholeDays({ ...file(), seal: sealOf('cd') }, NOON)).toBeUndefined();
    expect(await readWholeDays({ ...file(), place: 'there' }, NOON)).toBeUndefined();
    const sealed = readFileSync(path, 'utf8');
    const changed = Buffer.from(sealed, 'base64');
    changed[60] = (changed[60] ?? 0) ^ 1;
    writeFileSync(path, changed.toString('base64'));
    expect(await readWholeDays(file(), NOON)).toBeUndefined();
    writeFileSync(path, sealed);
    expect(await readWholeDays(file(), NOON)).toEqual(DAYS);
  });

  test('is not read where another version wrote it', async () => {
    const sealed = readFileSync(path, 'utf8');
    const other = sealOf('ab').seal(JSON.stringify({ ...DAYS, version: 2 }), ['whole-days', 'here']);
    writeFileSync(path, other.toString('base64'));
    expect(await readWholeDays(file(), NOON)).toBeUndefined();
    writeFileSync(path, sealed);
  });

  test('without it the month is read, and of its first hours the day before', () => {
    expect(readSince(undefined, NOON)).toBe(Date.UTC(2026, 10, 1));
    expect(readSince(undefined, Date.UTC(2026, 10, 1, 6))).toBe(Date.UTC(2026, 9, 31, 6));
  });

  test('a disk that takes no file is told, and ends nothing', async () => {
    const failures: unknown[] = [];
    const files = { ...cursorFiles(dir), putSetting: () => Promise.reject(new Error('full')) };
    keepWholeDays({ ...file(), files }, await spent(), (error) => failures.push(error)).stop();
    await until(
      () => failures.length,
      (told) => told > 0,
    );
    expect(failures).toEqual([new Error('full')]);
  });
});
