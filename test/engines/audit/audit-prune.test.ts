/**
 * I6: only whole files that are old, exported and as they were written leave the log, each on record in it; what remains
 * verifies wherever the work is cut off, and any other removal is tampering. Shown false by removing before the record,
 * by taking `audit.pruned` with any hash, and by leaving the check of the file out (a changed file goes).
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { pruneArchive } from '../../../src/engines/audit/audit-archive.ts';
import { localDisk } from '../../../src/engines/audit/audit-disk.ts';
import { pruneAuditLog, type PruneOptions } from '../../../src/engines/audit/audit-prune.ts';
import type { AuditLog } from '../../../src/ports/audit-log.ts';
import {
  allEntries,
  auditDir,
  auditLog,
  chainKey,
  intent,
  outcome,
  verify,
  writeLog,
} from '../../support/audit.ts';

const DAY_MS = 86_400_000;
const tomorrow = (): number => Date.now() + DAY_MS;

async function house(): Promise<{ dir: string; checkpoints: string; log: AuditLog; options: PruneOptions }> {
  const dir = await auditDir();
  const checkpoints = await writeLog(dir);
  const log = await auditLog(dir);
  const options = { dir, chainKeys: [chainKey], auditLog: log, before: tomorrow(), isExported: () => true };
  return { dir, checkpoints, log, options };
}

const filesOf = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jsonl'))
    .sort();

test('old files go, each told with its last entry and digest; what remains verifies, also against checkpoints', async () => {
  const { dir, checkpoints, log, options } = await house();
  const before = filesOf(dir);
  const digests = before.map((file) =>
    createHash('sha256')
      .update(readFileSync(join(dir, file)))
      .digest('hex'),
  );
  const { files, entries } = await pruneAuditLog(options);
  expect(files).toBe(before.length - 1);
  expect(filesOf(dir)).toEqual(before.slice(-1));
  const told = await allEntries(dir, { actionPrefix: 'audit.pruned' });
  expect(told.map(({ metadata }) => metadata['digest'])).toEqual(digests.slice(0, -1));
  expect(told.reduce((sum, { metadata }) => sum + Number(metadata['entries']), 0)).toBe(entries);
  expect(told[0]?.metadata).toMatchObject({ segment: 1, firstSequence: 1, archived: false });
  expect(await verify(dir)).toMatchObject({ code: 0 });
  expect((await verify(dir, checkpoints)).lines.join('\n')).toContain('were pruned, as the log says');
  expect((await verify(dir, checkpoints)).code).toBe(0);
  // The next start goes on from it.
  await log.close();
  const next = await auditLog(dir);
  await next.record(intent('later'));
  next.note(outcome('later'));
  await next.close();
  expect(await verify(dir, checkpoints)).toMatchObject({ code: 0 });
});

test('nothing goes that is young, not exported everywhere, follows such a file, or is held from now on', async () => {
  const { dir, options } = await house();
  const all = filesOf(dir);
  expect(await pruneAuditLog({ ...options, before: Date.now() - DAY_MS })).toEqual({ files: 0, entries: 0 });
  expect(filesOf(dir)).toEqual(all);
  expect(await pruneAuditLog({ ...options, isExported: () => false })).toMatchObject({
    files: 0,
    stoppedBy: 'not exported',
  });
  let asked = 0;
  const part = await pruneAuditLog({ ...options, isExported: () => ++asked <= 2 });
  expect(part).toMatchObject({ files: 2, stoppedBy: 'not exported' });
  expect(filesOf(dir)).toEqual(all.slice(2));
  const held = await pruneAuditLog({ ...options, isHeld: async () => ++asked > 4 });
  expect(held).toMatchObject({ files: 1 });
  expect(filesOf(dir)).toEqual(all.slice(3));
  expect((await verify(dir)).code).toBe(0);
});

test('an intent that is open keeps its file, and all after it', async () => {
  const dir = await auditDir();
  const log = await auditLog(dir, { segmentBytesMax: 2500 });
  await log.record(intent('open'));
  for (let i = 0; i < 12; i++) {
    await log.record(intent(`${i}`));
    log.note(outcome(`${i}`));
  }
  const options = { dir, chainKeys: [chainKey], auditLog: log, before: tomorrow(), isExported: () => true };
  expect(filesOf(dir).length).toBeGreaterThan(3);
  expect((await pruneAuditLog(options)).files).toBe(0);
});

test('a file that was changed stays and says why; so does what no key at hand has sealed', async () => {
  const { dir, options } = await house();
  const [, second = ''] = filesOf(dir);
  const path = join(dir, second);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace('"ada"', '"eve"'));
  const kept = await pruneAuditLog(options);
  expect(kept).toMatchObject({ files: 1, stoppedBy: 'does not verify' });
  expect(existsSync(path)).toBe(true);
  const strange = await pruneAuditLog({ ...options, chainKeys: [Buffer.alloc(32, 1)] });
  expect(strange).toMatchObject({ files: 0, stoppedBy: 'does not verify' });
  // Found by who verifies as well, not hidden by what was removed.
  expect((await verify(dir)).code).toBe(1);
});

test('wherever it is cut off the log verifies, and the next time finishes', async () => {
  const first = await house();
  const steps = { count: 0 };
  const counting = {
    ...localDisk,
    remove: countedBy(steps, Infinity, 'remove'),
    sync: countedBy(steps, Infinity, 'sync'),
  };
  await pruneAuditLog({ ...first.options, disk: counting });
  expect(steps.count).toBeGreaterThan(8);
  for (let fails = 1; fails <= steps.count; fails++) {
    const { dir, checkpoints, options } = await house();
    const at = { count: 0 };
    const disk = {
      remove: countedBy(at, fails, 'remove'),
      sync: countedBy(at, fails, 'sync'),
    };
    await expect(pruneAuditLog({ ...options, disk })).rejects.toThrow('cut off');
    expect(await verify(dir, checkpoints)).toMatchObject({ code: 0 });
    await pruneAuditLog(options);
    expect(filesOf(dir)).toHaveLength(1);
    expect(await verify(dir, checkpoints)).toMatchObject({ code: 0 });
  }
});

/** The Nth call and all after it fail, as those of a process that is gone. */
function countedBy(at: { count: number }, failing: number, call: 'remove' | 'sync') {
  return async (path: string): Promise<void> => {
    if (++at.count >= failing) throw new Error('cut off');
    await localDisk[call](path);
  };
}

test('what cannot be put on record is not removed', async () => {
  const { dir, log, options } = await house();
  const all = filesOf(dir);
  await log.close();
  await expect(pruneAuditLog(options)).rejects.toMatchObject({ code: 'audit.unavailable' });
  expect(filesOf(dir)).toEqual(all);
  expect((await verify(dir)).code).toBe(0);
});

test('a removal that the log does not tell of is tampering: one file more, another one, the record itself', async () => {
  const more = await house();
  let asked = 0;
  await pruneAuditLog({ ...more.options, isExported: () => ++asked <= 2 });
  const [next = ''] = filesOf(more.dir);
  rmSync(join(more.dir, next));
  expect((await verify(more.dir)).code).toBe(1);

  const hole = await house();
  asked = 0;
  await pruneAuditLog({ ...hole.options, isExported: () => ++asked <= 1 });
  rmSync(join(hole.dir, filesOf(hole.dir)[1] ?? ''));
  expect((await verify(hole.dir)).code).toBe(1);

  // The beginning goes with an entry that tells of another file.
  const other = await house();
  const [own = ''] = filesOf(other.dir);
  const last = z
    .object({ chain: z.string(), sequence: z.int() })
    .parse(JSON.parse(readFileSync(join(other.dir, own), 'utf8').trimEnd().split('\n').at(-1) ?? ''));
  const metadata = { ...last, hash: 'f'.repeat(64) };
  await other.log.record({ ...intent(''), action: 'audit.pruned', metadata });
  rmSync(join(other.dir, own));
  expect((await verify(other.dir)).code).toBe(1);
});

test('files that never came into use go with the file whose link says so', async () => {
  const dir = await auditDir();
  await writeLog(dir);
  const [chain = ''] = readdirSync(dir).sort().slice(-1);
  const unused = join(dir, chain, '000099.jsonl');
  appendFileSync(unused, 'torn');
  const log = await auditLog(dir, { segmentBytesMax: 2500 });
  for (let i = 0; i < 8; i++) {
    await log.record(intent(`${i}`));
    log.note(outcome(`${i}`));
  }
  expect((await verify(dir)).lines.join('\n')).toContain('never came into use');
  await pruneAuditLog({
    dir,
    chainKeys: [chainKey],
    auditLog: log,
    before: tomorrow(),
    isExported: () => true,
  });
  expect(existsSync(unused)).toBe(false);
  expect((await verify(dir)).code).toBe(0);
});

test('an archive holds what went, byte for byte, and is deleted in its own time', async () => {
  const { dir, options } = await house();
  const archiveDir = await auditDir();
  const originals = filesOf(dir).map((file) => [file, readFileSync(join(dir, file))] as const);
  await pruneAuditLog({ ...options, archiveDir });
  for (const [file, bytes] of originals.slice(0, -1))
    expect(gunzipSync(readFileSync(join(archiveDir, `${file}.gz`))).equals(bytes)).toBe(true);
  expect(await pruneArchive(archiveDir, Date.now() - DAY_MS)).toBe(0);
  expect(await pruneArchive(archiveDir, tomorrow())).toBe(originals.length - 1);
  expect(readdirSync(archiveDir)).toEqual([]);
});
