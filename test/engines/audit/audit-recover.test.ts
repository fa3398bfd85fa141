import { appendFileSync, cpSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Entry } from '../../../src/ports/audit-log.ts';
import { allEntries, auditDir, auditLog, intent, outcome, unbalanced, verify } from '../../support/audit.ts';
import { unsyncedDisk } from '../../support/faulty-disk.ts';
import { killedWriter } from '../../support/killed-writer.ts';

const actions = (entries: readonly Entry[]): string[] => entries.map(({ action }) => action);

/** A log whose process ended without a close, as far as its files tell. */
async function abandonedLog(dir: string, options = {}): Promise<{ path: string; told: Entry[] }> {
  const log = await auditLog(dir, options);
  const told = [
    await log.record(intent('e1')),
    await log.record(intent('e2')),
    await log.record(outcome('e1')),
  ];
  told.push(await log.record(intent('e3')));
  const copy = await auditDir();
  cpSync(join(dir, told[0]?.chain ?? ''), copy, { recursive: true });
  await log.close();
  cpSync(copy, join(dir, told[0]?.chain ?? ''), { recursive: true });
  const last =
    readdirSync(join(dir, told[0]?.chain ?? ''))
      .sort()
      .at(-1) ?? '';
  return { path: join(dir, told[0]?.chain ?? '', last), told };
}

test('a line torn at any byte is not counted, and an entry says so; all told entries before it stay', async () => {
  const { path, told } = await abandonedLog(await auditDir());
  const bytes = readFileSync(path);
  const start = bytes.lastIndexOf(10, bytes.length - 2) + 1;
  const tornAt = async (length: number): Promise<void> => {
    const dir = await auditDir();
    const file = join(dir, told[0]?.chain ?? '', '000001.jsonl');
    cpSync(join(path, '..'), join(file, '..'), { recursive: true });
    truncateSync(file, length);
    expect(await verify(dir)).toMatchObject({ code: 0 });
    const log = await auditLog(dir, { disk: unsyncedDisk });
    await log.close();
    const entries = await allEntries(dir);
    expect(entries.slice(1, 4)).toEqual(told.slice(0, 3));
    const recovered = entries.find(({ action }) => action === 'audit.recovered');
    expect(recovered?.metadata).toMatchObject({ tornBytes: length - start, unknownOutcomes: 1 });
    expect(readFileSync(file)).toEqual(bytes.subarray(0, length));
    expect(await verify(dir)).toMatchObject({ code: 0, entries: entries.length });
  };
  const lengths = Array.from({ length: bytes.length - start - 1 }, (_, i) => start + 1 + i);
  while (lengths.length > 0) await Promise.all(lengths.splice(0, 16).map(tornAt));
});

test('each intent without an outcome gets one: unknown, a failure, with what was reserved', async () => {
  const dir = await auditDir();
  const { told } = await abandonedLog(dir);
  const log = await auditLog(dir);
  await log.close();
  const entries = await allEntries(dir);
  expect(unbalanced(entries)).toEqual([]);
  const unknown = entries.filter(({ metadata }) => metadata['outcome'] === 'unknown');
  expect(unknown).toMatchObject(
    ['e2', 'e3'].map((exchange) => ({
      userId: 'ada',
      action: 'exchange.outcome',
      resource: 'chat.create',
      status: 'failure',
      metadata: { ...intent(exchange).metadata, intent: { chain: told[0]?.chain } },
    })),
  );
});

test('a clean close leaves nothing to recover, and nothing is said', async () => {
  const dir = await auditDir();
  for (let i = 0; i < 2; i++) {
    const log = await auditLog(dir);
    await log.record(intent('e1'));
    log.note(outcome('e1'));
    await log.close();
  }
  expect(actions(await allEntries(dir))).not.toContain('audit.recovered');
});

test('an intent many files back is found, and only files from there on are read for it', async () => {
  const dir = await auditDir();
  const log = await auditLog(dir, { segmentBytesMax: 2000 });
  for (let i = 0; i < 10; i++) {
    await log.record(intent(`done-${i}`));
    await log.record(outcome(`done-${i}`));
  }
  const { chain } = await log.record(intent('lost'));
  for (let i = 0; i < 10; i++) {
    await log.record(intent(`late-${i}`));
    await log.record(outcome(`late-${i}`));
  }
  await log.close();
  const files = readdirSync(join(dir, chain)).sort();
  const links = files.map((file) =>
    JSON.parse(readFileSync(join(dir, chain, file), 'utf8').split('\n')[0] ?? ''),
  );
  const { oldestOpen } = links.at(-1).metadata;
  expect(oldestOpen.segment).toBeGreaterThan(2);
  expect(oldestOpen.segment).toBeLessThan(files.length - 2);
  writeFileSync(join(dir, chain, files[1] ?? ''), 'unreadable\n');
  await (await auditLog(dir)).close();
  const unknown = (await allEntries(dir)).filter(({ metadata }) => metadata['outcome'] === 'unknown');
  expect(unknown.map(({ metadata }) => metadata['exchange'])).toEqual(['lost']);
});

test('a recovery that is cut short is made up for by the next one', async () => {
  const dir = await auditDir();
  await abandonedLog(dir);
  const second = await auditLog(dir);
  await second.close();
  const chain = readdirSync(dir).sort()[1] ?? '';
  const file = join(dir, chain, '000001.jsonl');
  const lines = readFileSync(file, 'utf8').split('\n');
  for (const kept of [1, 2, 3]) {
    const again = await auditDir();
    cpSync(dir, again, { recursive: true });
    writeFileSync(join(again, chain, '000001.jsonl'), `${lines.slice(0, kept).join('\n')}\n{"half`);
    await (await auditLog(again)).close();
    const entries = await allEntries(again);
    expect(unbalanced(entries)).toEqual([]);
    expect(await verify(again)).toMatchObject({ code: 0 });
  }
});

test('a chain that was cut before its first entry was whole is passed over and named', async () => {
  const dir = await auditDir();
  const { told } = await abandonedLog(dir);
  await (await auditLog(dir)).close();
  const [, chain = ''] = readdirSync(dir).sort();
  for (const length of [0, 50]) {
    truncateSync(join(dir, chain, '000001.jsonl'), length);
    expect(await verify(dir)).toMatchObject({ code: 0 });
    const again = await auditDir();
    cpSync(dir, again, { recursive: true });
    await (await auditLog(again)).close();
    const entries = await allEntries(again);
    expect(unbalanced(entries)).toEqual([]);
    expect(
      entries.find(({ sequence, chain }) => sequence === 1 && chain !== told[0]?.chain)?.metadata,
    ).toMatchObject({ abandoned: [{ chain, segment: 1 }] });
    expect(await verify(again)).toMatchObject({ code: 0 });
  }
});

test('what a crash left behind may not be changed afterwards', async () => {
  const dir = await auditDir();
  const { path } = await abandonedLog(dir);
  appendFileSync(path, '{"timestamp":"2026-11-23T10');
  await (await auditLog(dir)).close();
  expect(await verify(dir)).toMatchObject({ code: 0 });
  const bytes = readFileSync(path);
  bytes[bytes.length - 1] = 57;
  writeFileSync(path, bytes);
  expect(await verify(dir)).toMatchObject({ code: 1, firstBad: { sequence: 6 } });
});

test('damage in the middle is left for verify to find; damage beyond a crash refuses to start', async () => {
  const dir = await auditDir();
  const { path } = await abandonedLog(dir);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace('"e2"', '"e9"'));
  await (await auditLog(dir)).close();
  expect(await verify(dir)).toMatchObject({ code: 1, firstBad: { sequence: 3 } });
  const other = await auditDir();
  const { path: last } = await abandonedLog(other);
  appendFileSync(last, 'x'.repeat(5_000_000));
  await expect(auditLog(other)).rejects.toThrow('the audit log is damaged');
});

test('killed at any moment: what was told is there, each intent has one outcome, the chain holds', async () => {
  const dir = await auditDir();
  const told = new Set<string>();
  for (let round = 0; round < 4; round++) {
    for (const exchange of await killedWriter(dir, 150 + round * 67)) told.add(`${round}-${exchange}`);
  }
  await (await auditLog(dir)).close();
  const entries = await allEntries(dir);
  const chains = [...new Set(entries.map(({ chain }) => chain))];
  const kept = new Set(
    entries.map(({ chain, metadata }) => `${chains.indexOf(chain)}-${String(metadata['exchange'])}`),
  );
  expect(told.size).toBeGreaterThan(400);
  expect([...told].filter((name) => !kept.has(name))).toEqual([]);
  const renamed = entries.map((entry) => {
    const intent = Object(entry.metadata['intent']);
    const chain = intent.chain ?? entry.chain;
    return { ...entry, metadata: { exchange: `${chain} ${String(entry.metadata['exchange'])}` } };
  });
  expect(unbalanced(renamed)).toEqual([]);
  expect(await verify(dir)).toMatchObject({ code: 0, entries: entries.length });
});
