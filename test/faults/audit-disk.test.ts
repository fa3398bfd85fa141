/**
 * The disk under the audit log fails, hangs, fills up: nothing is told kept that is not, and the books agree.
 * Negative controls, each red here: the datasync not awaited; the failed file written again; the notes of a
 * failed group not given back; no watch over a flush; an intent behind a flush that hangs not told as lost; an intent of
 * a group that failed not given back.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { localDisk, type DiskPort } from '../../src/engines/audit/audit-disk.ts';
import type { AuditLogOptions } from '../../src/engines/audit/audit-file.ts';
import { type AuditLog, type AuditLogHealth, type Entry, NotKept } from '../../src/ports/audit-log.ts';
import { allEntries, auditDir, auditLog, intent, outcome, unbalanced, verify } from '../support/audit.ts';
import { DiskError, FaultyDisk, unsyncedDisk, type DiskCall } from '../support/faulty-disk.ts';

const refused = { code: 'audit.unavailable' };

function failing(disk: FaultyDisk, code: string, ...calls: DiskCall[]): void {
  disk.fault = (call) => {
    if (calls.includes(call)) throw new DiskError(code);
  };
}

/** As the pipeline does: an intent that may be kept is owed an outcome, one that is lost is none. */
async function exchange(log: AuditLog, name: string): Promise<Entry | undefined> {
  try {
    const entry = await log.record(intent(name));
    log.note(outcome(name));
    return entry;
  } catch (error) {
    if (!(error instanceof NotKept)) throw error;
    if (!error.isLost)
      log.note({ ...outcome(name), status: 'failure', metadata: { exchange: name, outcome: 'refused' } });
    return undefined;
  }
}

async function settled(log: AuditLog): Promise<void> {
  await expect.poll(() => log.health()).toMatchObject({ writable: true, waiting: 0 });
}

/** What must hold after any fault: told entries are there, the chain verifies, each intent has one outcome. */
async function booksAgree(dir: string, told: readonly (Entry | undefined)[]): Promise<Entry[]> {
  await (await auditLog(dir)).close();
  const entries = await allEntries(dir);
  const report = await verify(dir);
  expect(report.lines.at(-1)).toContain('intact');
  expect(report.entries).toBe(entries.length);
  const kept = new Set(entries.map(({ hash }) => hash));
  expect(told.filter((entry) => entry && !kept.has(entry.hash))).toEqual([]);
  expect(unbalanced(entries)).toEqual([]);
  // The process ended in order: nothing that was noted may have been left to recovery.
  expect(entries.filter(({ metadata }) => metadata['outcome'] === 'unknown')).toEqual([]);
  return entries;
}

test.each([
  ['ENOSPC', 'append'],
  ['EIO', 'datasync'],
  ['EIO', 'append'],
] as const)('%s on %s: refused at once, a new file when the disk is back', async (code, call) => {
  for (const losesUnsynced of [false, true]) {
    const dir = await auditDir();
    const disk = new FaultyDisk();
    disk.losesUnsynced = losesUnsynced;
    const heard: AuditLogHealth[] = [];
    const log = await auditLog(dir, { disk, onHealth: (health) => heard.push(health) });
    const before = await exchange(log, 'before');
    await settled(log);
    failing(disk, code, call);
    const during = await Promise.all(Array.from({ length: 20 }, (_, i) => exchange(log, `during-${i}`)));
    expect(during.every((entry) => entry === undefined)).toBe(true);
    expect(log.health()).toMatchObject({ writable: false, reason: `the disk refuses: ${code}` });
    await expect(log.record(intent('again'))).rejects.toMatchObject(refused);
    disk.fault = () => {};
    await settled(log);
    const after = await exchange(log, 'after');
    expect(after).toBeDefined();
    expect(disk.injected).toBeGreaterThan(0);
    expect(heard.map(({ writable }) => writable)).toEqual([true, false, true]);
    await log.close();
    const entries = await booksAgree(dir, [before, after]);
    expect(entries.some(({ metadata }) => metadata['exchange'] === 'again')).toBe(false);
    const late = entries.filter(
      ({ action, metadata }) =>
        action === 'exchange.intent' && String(metadata['exchange']).startsWith('during'),
    );
    expect(entries.filter(({ metadata }) => metadata['outcome'] === 'refused')).toHaveLength(late.length);
  }
});

test('a file whose sync failed is never written again', async () => {
  const dir = await auditDir();
  const disk = new FaultyDisk();
  const log = await auditLog(dir, { disk });
  const { chain } = await log.record(intent('e1'));
  let left = 1;
  disk.fault = (call) => {
    if (call === 'datasync' && left-- > 0) throw new DiskError('EIO');
  };
  await expect(log.record(intent('e2'))).rejects.toMatchObject(refused);
  await settled(log);
  await log.record(intent('e3'));
  expect(readdirSync(join(dir, chain)).sort()).toEqual(['000001.jsonl', '000002.jsonl']);
  const [link] = (await allEntries(dir)).filter(({ action }) => action === 'audit.segment');
  expect(link?.metadata).toMatchObject({ previous: { segment: 1, sequence: 2, rest: 'unknown' } });
});

test('read-only: no file can be made, the log opens unwritable, and is back when the disk is', async () => {
  const dir = await auditDir();
  const disk = new FaultyDisk();
  failing(disk, 'EROFS', 'create', 'remove');
  const log = await auditLog(dir, { disk });
  expect(log.health()).toMatchObject({ writable: false, reason: 'the disk refuses: EROFS' });
  await expect(log.record(intent('e1'))).rejects.toMatchObject(refused);
  log.note({ ...outcome('noted'), action: 'exchange.refused' });
  disk.fault = () => {};
  await settled(log);
  const told = await exchange(log, 'e2');
  await log.close();
  const entries = await booksAgree(dir, [told]);
  expect(entries.map(({ metadata }) => metadata['exchange'])).toContain('noted');
});

test('a disk that hangs: refused within waitMsMax, no second call; what got through late is said', async () => {
  const dir = await auditDir();
  const disk = new FaultyDisk();
  const log = await auditLog(dir, { disk, waitMsMax: 60 });
  await settled(log);
  const gate = Promise.withResolvers<void>();
  disk.fault = (call) => (call === 'datasync' ? gate.promise : undefined);
  disk.trace.length = 0;
  const begun = exchange(log, 'in flight');
  await expect.poll(() => disk.trace).toContain('+datasync');
  const queued = exchange(log, 'queued');
  expect(await Promise.all([begun, queued])).toEqual([undefined, undefined]);
  expect(log.health()).toMatchObject({ writable: false, reason: 'the disk does not answer' });
  const refusal = log.record(intent('at once'));
  await expect(refusal).rejects.toMatchObject(refused);
  expect(disk.trace.filter((step) => step.startsWith('+'))).toEqual(['+append', '+datasync']);
  gate.resolve();
  await settled(log);
  const after = await exchange(log, 'after');
  await log.close();
  const entries = await booksAgree(dir, [after]);
  const late = entries.find(({ metadata }) => metadata['exchange'] === 'in flight');
  expect(late).toMatchObject({ action: 'exchange.intent' });
  const said = entries.find(({ action }) => action === 'audit.late');
  expect(said?.metadata).toEqual({ sequences: [late?.sequence] });
  const intents = entries.filter(({ action }) => action === 'exchange.intent');
  expect(intents.map(({ metadata }) => metadata['exchange'])).toEqual(['in flight', 'after']);
});

test('a disk that hangs, then fails: what may lie on it is put on record again, late, before its outcome', async () => {
  const dir = await auditDir();
  const disk = new FaultyDisk();
  const log = await auditLog(dir, { disk, waitMsMax: 30 });
  await settled(log);
  const gate = Promise.withResolvers<void>();
  let left = 1;
  disk.fault = (call) => (call === 'datasync' && left-- > 0 ? gate.promise : undefined);
  expect(await exchange(log, 'e1')).toBeUndefined();
  gate.reject(new DiskError('EIO'));
  await settled(log);
  await log.close();
  const entries = await booksAgree(dir, []);
  const [late] = entries.filter(({ action }) => action === 'exchange.intent');
  expect(late?.metadata).toMatchObject({ exchange: 'e1' });
  const [said] = entries.filter(({ action }) => action === 'audit.late');
  expect(said?.metadata).toEqual({ sequences: [late?.sequence] });
});

/** Takes seven bytes at a time. */
const createSlow: DiskPort['create'] = async (path) => {
  const file = await localDisk.create(path);
  return { ...file, append: (bytes, offset) => file.append(bytes.subarray(0, offset + 7), offset) };
};

test('a short write is continued where it stopped', async () => {
  const dir = await auditDir();
  const disk = { ...localDisk, create: createSlow };
  const log = await auditLog(dir, { disk, waitMsMax: 5000 });
  const told = await exchange(log, 'e1');
  await log.close();
  expect(told).toBeDefined();
  await booksAgree(dir, [told]);
});

test('a full queue: notes are dropped and counted, outcomes have room longest', async () => {
  const dir = await auditDir();
  const disk = new FaultyDisk();
  const log = await auditLog(dir, { disk });
  failing(disk, 'ENOSPC', 'append');
  await expect(log.record(intent('e'))).rejects.toMatchObject(refused);
  const refusal = {
    userId: 'anonymous',
    action: 'auth.refused',
    resource: '-',
    status: 'failure',
    metadata: {},
  } as const;
  for (let i = 0; i < 60_000; i++) log.note(refusal);
  for (let i = 0; i < 16_000; i++) log.note(outcome(`e${i}`));
  expect(log.health().waiting).toBeLessThanOrEqual(65_536);
  disk.fault = () => {};
  await settled(log);
  await log.close();
  const entries = await allEntries(dir);
  const dropped = entries.find(({ action }) => action === 'audit.dropped')?.metadata;
  const kept = entries.filter(({ action }) => action === 'auth.refused').length;
  expect(dropped).toEqual({ dropped: { 'auth.refused': 60_000 - kept } });
  expect(entries.filter(({ action }) => action === 'exchange.outcome')).toHaveLength(16_000);
  expect((await verify(dir)).code).toBe(0);
});

test('little space left: first only intents and outcomes go in, then outcomes alone', async () => {
  const dir = await auditDir();
  const disk = new FaultyDisk();
  disk.freeBytesNow = 999;
  const options: Partial<AuditLogOptions> = { disk, reserveBytes: 1000 };
  const low = await auditLog(dir, options);
  const refusal = { ...outcome('x'), action: 'auth.refused' };
  low.note(refusal);
  expect(await exchange(low, 'low')).toBeDefined();
  await low.close();
  disk.freeBytesNow = 499;
  const out = await auditLog(dir, options);
  expect(out.health()).toMatchObject({ writable: false, reason: 'the disk is almost full' });
  expect(await exchange(out, 'out')).toBeUndefined();
  expect(await out.record({ ...refusal, action: 'key.revoke' })).toBeDefined();
  out.note(refusal);
  disk.freeBytesNow = 5000;
  await settled(out);
  expect(await exchange(out, 'ample')).toBeDefined();
  await out.close();
  const entries = await booksAgree(dir, []);
  expect(entries.filter(({ action }) => action === 'auth.refused')).toEqual([]);
  expect(entries.find(({ action }) => action === 'audit.dropped')?.metadata).toEqual({
    dropped: { 'auth.refused': 1 },
  });
});

test.each([false, true])(
  'fail the Nth call, for N = 1, 2, 3 … until a run is untouched (lost data: %s)',
  async (loses) => {
    const run = async (fails: (count: number) => boolean, dir: string): Promise<number> => {
      const disk = new FaultyDisk(unsyncedDisk);
      disk.losesUnsynced = loses;
      disk.fault = (_, count) => {
        if (fails(count)) throw new DiskError('EIO');
      };
      const told: (Entry | undefined)[] = [];
      const options = { disk, segmentBytesMax: 1500 };
      // The directory itself could not be made: that is an error at start.
      const log = await auditLog(dir, options).catch(() => auditLog(dir, options));
      for (const i of [1, 2]) {
        told.push(...(await Promise.all([exchange(log, `a${i}`), exchange(log, `b${i}`)])));
        await settled(log);
      }
      await log.close();
      await booksAgree(dir, told);
      return disk.injected;
    };
    let n = 1;
    for (; n < 200; n += 8) {
      const some = Array.from({ length: 8 }, (_, i) => n + i);
      const single = some.map(async (at) => run((count) => count === at, await auditDir()));
      const double = some.map(async (at) =>
        run((count) => count === at || count === at + 2, await auditDir()),
      );
      const injected = await Promise.all([...single, ...double]);
      if (injected.every((count) => count === 0)) break;
    }
    expect(n).toBeGreaterThan(24);
    expect(n).toBeLessThan(200);
  },
);
