/**
 * I4 from within: what was changed, cut or taken away is found, in any chain; a chain of a secret of long ago is no finding, and
 * hides none after it. Shown false by taking every unknown chain for known, and by beginning anew without what came before.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lookThroughLog } from '../../../src/engines/audit/audit-watch.ts';
import {
  chainKey,
  checkpointKey,
  intent,
  outcome,
  publicKey,
  writeLog,
  openUnhurriedLog,
} from '../../support/audit.ts';

const OLD = Buffer.alloc(32, 1);
let dir: string;
let checkpoints: string;
/** A chain of a secret that is forgotten, then three of the one that holds. */
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'sallyport-watch-'));
  const old = await openUnhurriedLog({ dir, chainKey: OLD, checkpointKey });
  await old.record(intent('old'));
  old.note(outcome('old'));
  await old.close();
  checkpoints = await rotated();
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A first start with both secrets, as a rotation has it; then as usual. */
async function rotated(): Promise<string> {
  const both = { dir, chainKey, previousChainKey: OLD, checkpointKey };
  const log = await openUnhurriedLog(both);
  await log.record(intent('between'));
  log.note(outcome('between'));
  await log.close();
  return await writeLog(dir);
}

const look = () => lookThroughLog(dir, { chainKeys: [chainKey], publicKeys: [publicKey], checkpoints });
const chains = () => readdirSync(dir).sort();
const fileOf = (chain: string) => join(dir, chain, readdirSync(join(dir, chain)).sort()[0] ?? '');
function change(chain: string, by: (text: string) => string): void {
  const file = fileOf(chain);
  writeFileSync(file, by(readFileSync(file, 'utf8')));
}

test('whole: nothing, and how much could not be judged', async () => {
  expect(await look()).toEqual({ firstBad: undefined, unjudged: 1 });
});

test.each([1, 2, 3, 4])('a byte of chain %i', async (nth) => {
  const chain = chains()[nth] ?? '';
  change(chain, (text) => text.replace('"status":"pending"', '"status":"failure"'));
  expect((await look()).firstBad).toMatchObject({ chain });
});

test('the first line of a file, which says what it follows', async () => {
  const chain = chains()[3] ?? '';
  change(chain, (text) => text.replace('"sequence":1', '"sequence":9'));
  expect((await look()).firstBad?.chain).toBe(chain);
});

test('entries that a checkpoint saw, cut off at the end', async () => {
  const chain = chains().at(-1) ?? '';
  rmSync(join(dir, chain, readdirSync(join(dir, chain)).sort().at(-1) ?? ''));
  expect((await look()).firstBad?.chain).toBe(chain);
});

test('a chain that was taken away whole', async () => {
  rmSync(join(dir, chains()[2] ?? ''), { recursive: true });
  expect((await look()).firstBad).toBeDefined();
});
