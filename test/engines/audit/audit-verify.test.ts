import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCheckpoint } from '../../../src/engines/audit/audit-checkpoint.ts';
import type { Seal } from '../../../src/engines/audit/audit-line.ts';
import { verifyAuditLog } from '../../../src/engines/audit/audit-verify.ts';
import { auditDir, auditLog, intent, verify, writeLog } from '../../support/audit.ts';

/** One log for all: three starts, several files each, ending in a clean close. */
let original: string;
let checkpoints: string;
let places: Place[];

interface Place {
  /** Of the file, below the log's directory. */
  readonly file: string;
  readonly lines: readonly string[];
}

function readLog(dir: string): Place[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .map((file) => ({ file, lines: readFileSync(join(dir, file), 'utf8').split('\n').slice(0, -1) }));
}

beforeAll(async () => {
  original = mkdtempSync(join(tmpdir(), 'sallyport-verify-'));
  checkpoints = await writeLog(original);
  places = readLog(original);
});
afterAll(() => rmSync(original, { recursive: true, force: true }));

const sealOf = (line: string): Seal => JSON.parse(line);

/** Every entry of the log in order, and where it stands. */
function positions(): { file: string; index: number; seal: Seal }[] {
  return places.flatMap(({ file, lines }) =>
    lines.map((line, index) => ({ file, index, seal: sealOf(line) })),
  );
}

async function copy(): Promise<string> {
  const dir = await auditDir();
  cpSync(original, dir, { recursive: true });
  return dir;
}

function edit(dir: string, file: string, change: (lines: string[]) => void): void {
  const path = join(dir, file);
  const lines = readFileSync(path, 'utf8').split('\n');
  change(lines);
  writeFileSync(path, lines.join('\n'));
}

function where({ chain, sequence }: Seal): object {
  return { chain, sequence };
}

test('an untouched log is intact, alone and against its checkpoints', async () => {
  expect(places.length).toBeGreaterThan(5);
  const alone = await verify(original);
  expect(alone).toMatchObject({ code: 0, entries: positions().length });
  expect(alone.lines.join('\n')).toContain('no checkpoint from outside');
  expect(await verify(original, `pino: ${checkpoints}\nother output`)).toMatchObject({ code: 0 });
});

test('a checkpoint is read from the lines of containers and clusters as well', () => {
  const [plain = ''] = checkpoints.split('\n');
  const own = JSON.stringify({ level: 30, checkpoint: plain, msg: 'audit checkpoint' });
  const kept = JSON.stringify({ log: `${own}\n`, stream: 'stdout' });
  const prefixed = `2026-01-01T00:00:00Z stdout F ${own}`;
  const found = readCheckpoint(plain);
  expect(found).toMatchObject({ checkpoint: 1 });
  for (const line of [own, kept, prefixed, `gateway-1  | ${own}`, JSON.stringify({ line: kept })]) {
    expect(readCheckpoint(line)).toEqual(found);
  }
  expect(readCheckpoint('{"checkpoint":"none"}')).toBeUndefined();
  expect(readCheckpoint(own.slice(0, -9))).toBeUndefined();
});

test('a changed byte is found wherever it is, and the entry is named', async () => {
  const dir = await copy();
  const all = positions();
  const at = fc.tuple(fc.nat(all.length - 1), fc.nat(1000), fc.integer({ min: 1, max: 255 }));
  await fc.assert(
    fc.asyncProperty(at, async ([entry, offset, flip]) => {
      const { file, index, seal } = all[entry] ?? all[0]!;
      const path = join(dir, file);
      const bytes = readFileSync(path);
      const lines = places.find((place) => place.file === file)?.lines ?? [];
      const start = Buffer.byteLength(lines.slice(0, index).join('\n')) + (index > 0 ? 1 : 0);
      const length = Buffer.byteLength(lines[index] ?? '');
      const changed = Buffer.from(bytes);
      const target = start + (offset % length);
      changed[target] = (changed[target] ?? 0) ^ flip;
      writeFileSync(path, changed);
      const report = await verify(dir);
      writeFileSync(path, bytes);
      expect(report.code).toBe(1);
      expect(report.firstBad).toMatchObject(where(seal));
    }),
    { numRuns: 150 },
  );
});

test('a line feed that was changed is found; the last of all leaves a torn line, which is said', async () => {
  const dir = await copy();
  for (const { file, lines } of places) {
    const path = join(dir, file);
    const text = readFileSync(path, 'utf8');
    const last = file === places.at(-1)?.file;
    writeFileSync(path, `${text.slice(0, -1)} `);
    const report = await verify(dir);
    expect(report.code).toBe(last ? 0 : 1);
    expect(report.lines.join('\n').includes('torn line')).toBe(last);
    expect((await verify(dir, checkpoints)).code).toBe(1);
    for (const i of lines.keys()) {
      if (i === lines.length - 1) continue;
      writeFileSync(
        path,
        text
          .split('\n')
          .map((l, n) => (n === i ? `${l} ` : `${l}\n`))
          .join('')
          .slice(0, -1),
      );
      expect((await verify(dir)).firstBad).toMatchObject(where(sealOf(lines[i] ?? '')));
    }
    writeFileSync(path, text);
  }
});

const edits: Record<string, (lines: string[], i: number) => void> = {
  delete: (lines, i) => lines.splice(i, 1),
  insert: (lines, i) => lines.splice(i, 0, lines[i]?.replace('"resource":"', '"resource":"x') ?? ''),
  'insert a foreign line': (lines, i) => lines.splice(i, 0, 'not an entry'),
  'insert an empty line': (lines, i) => lines.splice(i, 0, ''),
  swap: (lines, i) => lines.splice(i, 2, lines[i + 1] ?? '', lines[i] ?? ''),
};

test.each(Object.entries(edits))('%s: found at every place, and the entry is named', async (_, change) => {
  const dir = await copy();
  for (const { file, index, seal } of positions()) {
    const lines = places.find((place) => place.file === file)?.lines ?? [];
    const text = `${lines.join('\n')}\n`;
    // The last line of the log can only be missed by a checkpoint, and has none after it to be swapped with.
    if (file === places.at(-1)?.file && index === lines.length - 1) continue;
    if (change === edits['swap'] && index === lines.length - 1) continue;
    edit(dir, file, (all) => change(all, index));
    const report = await verify(dir);
    expect(report.code).toBe(1);
    expect(report.firstBad).toMatchObject(where(seal));
    writeFileSync(join(dir, file), text);
  }
});

test('duplicate: found at every place, and the number that is one too many is named', async () => {
  const dir = await copy();
  for (const { file, index, seal } of positions()) {
    const lines = places.find((place) => place.file === file)?.lines ?? [];
    edit(dir, file, (all) => all.splice(index, 0, lines[index] ?? ''));
    const report = await verify(dir);
    expect(report.firstBad).toMatchObject({ chain: seal.chain, sequence: seal.sequence + 1 });
    writeFileSync(join(dir, file), `${lines.join('\n')}\n`);
  }
});

test('head cut: lines, a file, a whole chain', async () => {
  const dir = await copy();
  const [first] = places;
  edit(dir, first?.file ?? '', (lines) => lines.splice(0, 2));
  const chain = first?.file.split('/')[0];
  expect((await verify(dir)).firstBad).toMatchObject({ chain, sequence: 1 });
  rmSync(join(dir, first?.file ?? ''));
  expect((await verify(dir)).firstBad).toMatchObject({ chain, sequence: 1 });
  rmSync(join(dir, chain ?? ''), { recursive: true });
  expect((await verify(dir)).firstBad).toMatchObject({ chain, sequence: 1 });
});

test('a file or a chain taken out of the middle', async () => {
  for (const { file, lines } of places.slice(0, -1)) {
    const dir = await copy();
    rmSync(join(dir, file));
    const { chain, sequence } = sealOf(lines[0] ?? '');
    expect((await verify(dir)).firstBad).toMatchObject({ chain, sequence });
  }
  const chains = readdirSync(original).sort();
  const dir = await copy();
  rmSync(join(dir, chains[1] ?? ''), { recursive: true });
  expect((await verify(dir)).firstBad).toMatchObject({ chain: chains[1], sequence: 1 });
});

test('tail cut: unseen without a checkpoint, and then said so; found against the last one, at every length', async () => {
  const dir = await copy();
  const all = positions();
  for (const { file, index, seal } of all.toReversed()) {
    edit(dir, file, (lines) => lines.splice(index, lines.length));
    appendFileSync(join(dir, file), index > 0 ? '\n' : '');
    if (index === 0) rmSync(join(dir, file));
    if (readdirSync(join(dir, seal.chain)).length === 0) rmSync(join(dir, seal.chain), { recursive: true });
    if (seal === all[0]?.seal) break;
    const alone = await verify(dir);
    expect(alone.code).toBe(0);
    expect(alone.lines.join('\n')).toContain('cut back');
    const held = await verify(dir, checkpoints.split('\n').at(-1));
    expect(held.code).toBe(1);
    const chain = all.at(-1)?.seal.chain;
    expect(held.firstBad).toMatchObject({ chain, sequence: seal.chain === chain ? seal.sequence : 1 });
  }
});

test('bytes after the end of a finished file are found', async () => {
  const dir = await copy();
  const [first] = places;
  appendFileSync(join(dir, first?.file ?? ''), 'half a line');
  const last = sealOf(first?.lines.at(-1) ?? '');
  expect((await verify(dir)).firstBad).toMatchObject({ chain: last.chain, sequence: last.sequence + 1 });
});

test('a file that is none of the log is found, however well its lines were copied', async () => {
  const [first] = places;
  const [chain = '', name = ''] = first?.file.split('/') ?? [];
  const last = positions().at(-1)?.seal;
  for (const file of ['x.jsonl', `${chain}/0${name}`, `${chain}/more/${name}`, `kept/${chain}/${name}`]) {
    const dir = await copy();
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    cpSync(join(original, first?.file ?? ''), join(dir, file));
    const report = await verify(dir);
    expect(report.firstBad).toMatchObject({ chain: last?.chain, sequence: (last?.sequence ?? 0) + 1 });
    expect(report.lines.at(-1)).toContain(file);
    rmSync(join(dir, file));
    expect((await verify(dir)).code).toBe(0);
  }
});

test('a log that is gone as a whole: found against a checkpoint, without one there is nothing to judge', async () => {
  const dir = await auditDir();
  expect((await verify(dir)).code).toBe(2);
  const report = await verify(dir, checkpoints);
  expect(report.code).toBe(1);
  expect(report.firstBad).toMatchObject({ chain: places[0]?.file.split('/')[0], sequence: 1 });
});

test('under another secret it is as bad as a log that was replaced, and says which two it can be', async () => {
  const told = 'no entry is sealed by the secrets given';
  const report = await verifyAuditLog(original, { chainKeys: [Buffer.alloc(32, 9)] });
  expect(report).toMatchObject({ code: 1, firstBad: where(positions()[0]!.seal) });
  expect(report.lines[0]).toContain(told);
  const dir = await copy();
  edit(dir, places[0]?.file ?? '', (lines) => lines.splice(0, 1, lines[0]?.replace('"', "'") ?? ''));
  expect((await verify(dir)).lines.join('\n')).not.toContain(told);
});

test('a pruned beginning is no fault where a later entry says so, and is one where none does', async () => {
  const dir = await auditDir();
  await writeLog(dir);
  const first = readLog(dir).filter(({ file }) => file.startsWith(readdirSync(dir).sort()[0] ?? ''));
  const last = sealOf(first.at(-1)?.lines.at(-1) ?? '');
  const { chain, sequence, hash } = last;
  const log = await auditLog(dir);
  await log.record({ ...intent(''), action: 'audit.pruned', metadata: { chain, sequence, hash } });
  await log.close();
  rmSync(join(dir, chain), { recursive: true });
  const report = await verify(dir);
  expect(report.lines.join('\n')).toContain('were pruned');
  expect(report.code).toBe(0);
  rmSync(join(dir, readdirSync(dir).sort()[0] ?? ''), { recursive: true });
  expect((await verify(dir)).code).toBe(1);
});
