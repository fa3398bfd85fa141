import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deriveKey, Secret } from '../../../src/base/secret.ts';
import { checkpointSigner } from '../../../src/engines/audit/audit-checkpoint.ts';
import { verifyAuditLog } from '../../../src/engines/audit/audit-verify.ts';
import { runVerify } from '../../../src/engines/audit/audit-verify-command.ts';
import {
  auditDir,
  auditLog,
  chainKey,
  intent,
  outcome,
  publicKey,
  verify,
  writeLog,
} from '../../support/audit.ts';

let original: string;
let checkpoints: string;

beforeAll(async () => {
  original = mkdtempSync(join(tmpdir(), 'sallyport-witness-'));
  checkpoints = await writeLog(original);
});
afterAll(() => rmSync(original, { recursive: true, force: true }));

test('whole replacement: found by the key, and by a checkpoint where the key was known', async () => {
  const foreign = await auditDir();
  await writeLog(foreign, Buffer.alloc(32, 1));
  expect(await verify(foreign)).toMatchObject({ code: 1, firstBad: { sequence: 1 } });
  const rewritten = await auditDir();
  await writeLog(rewritten);
  expect((await verify(rewritten)).code).toBe(0);
  expect(await verify(rewritten, checkpoints)).toMatchObject({ code: 1, firstBad: { sequence: 1 } });
});

test('the same chain written anew by a holder of every key is found against an outside checkpoint', async () => {
  let now = 1_800_000_000_000;
  const clock = { now: () => now };
  const write = async (userId: string): Promise<{ dir: string; line: string }> => {
    const dir = await auditDir();
    let line = '';
    now = 1_800_000_000_000;
    const log = await auditLog(dir, { clock, onCheckpoint: (told) => (line = told) });
    await log.record({ ...intent('e1'), userId });
    await log.close();
    return { dir, line };
  };
  const [honest, forged] = [await write('eve'), await write('ada')];
  const [from, to] = [readdirSync(honest.dir)[0] ?? '', readdirSync(forged.dir)[0] ?? ''];
  const swapped = honest.line.replace(from, to);
  const report = await verifyAuditLog(forged.dir, { chainKeys: [chainKey], checkpoints: swapped });
  expect(report).toMatchObject({ code: 1, firstBad: { chain: to, sequence: 3 } });
});

test('a checkpoint its key did not sign, none at all, no key, no log: unusable, not intact', async () => {
  const options = { chainKeys: [chainKey], publicKeys: [publicKey] };
  const other = checkpointSigner(Buffer.alloc(32, 3)).publicKey;
  const altered = checkpoints.replaceAll('"sequence":', '"sequence":1');
  expect((await verifyAuditLog(original, { ...options, checkpoints: altered })).code).toBe(2);
  expect((await verifyAuditLog(original, { ...options, checkpoints: 'nothing' })).code).toBe(2);
  expect((await verifyAuditLog(original, { ...options, chainKeys: [] })).code).toBe(2);
  expect((await verifyAuditLog(await auditDir(), options)).code).toBe(2);
  const foreign = await verifyAuditLog(original, { ...options, publicKeys: [other], checkpoints });
  expect(foreign.code).toBe(0);
  expect(foreign.lines.join('\n')).toContain('signed by keys not given');
});

test('a rotated secret: both keys verify the log, one alone does not', async () => {
  const dir = await auditDir();
  const later = Buffer.alloc(32, 1);
  for (const key of [chainKey, later]) {
    const log = await auditLog(dir, { chainKey: key });
    await log.record(intent('e1'));
    log.note(outcome('e1'));
    await log.close();
  }
  expect((await verifyAuditLog(dir, { chainKeys: [later, chainKey] })).code).toBe(0);
  expect((await verifyAuditLog(dir, { chainKeys: [later] })).code).toBe(1);
});

test('the command: a code for each verdict, and lines for people', async () => {
  const dir = await auditDir();
  const secret = new Secret('a house secret of at least 32 characters');
  const lines: string[] = [];
  const log = await auditLog(dir, {
    chainKey: deriveKey(secret, 'chain'),
    checkpointKey: deriveKey(secret, 'checkpoint'),
    onCheckpoint: (line) => lines.push(line),
  });
  const { chain } = await log.record(intent('e1'));
  await log.close();
  const outside = join(await auditDir(), 'checkpoints');
  writeFileSync(outside, lines.join('\n'));
  expect(await runVerify([dir], [secret])).toMatchObject({ code: 0 });
  const held = await runVerify([dir, '--checkpoint', outside], [new Secret('another one'), secret]);
  expect(held).toEqual({
    code: 0,
    text: expect.stringMatching(/held against 1 checkpoint.*\nintact: 3 entries/),
  });
  expect(await runVerify([dir], [])).toMatchObject({ code: 2 });
  expect(await runVerify([join(dir, 'nowhere')], [secret])).toMatchObject({ code: 2 });
  expect(await runVerify([dir, '--what'], [secret])).toMatchObject({ code: 2 });
  expect(await runVerify([], [secret])).toMatchObject({ code: 2, text: expect.stringContaining('usage') });
  rmSync(join(dir, chain, '000001.jsonl'));
  expect(await runVerify([dir, '--checkpoint', outside], [secret])).toMatchObject({ code: 1 });
  rmSync(join(dir, chain), { recursive: true });
  cpSync(join(original, readdirSync(original).sort()[1] ?? ''), join(dir, chain), { recursive: true });
  expect(await runVerify([dir], [secret])).toMatchObject({ code: 1 });
});
