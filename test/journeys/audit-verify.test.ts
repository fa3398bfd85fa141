/**
 * I4, I7, I52 as an operator meets them: the log of a gateway that ran, checked by the command, against checkpoints
 * taken from what the gateway wrote to standard output, however little it was told to log.
 */
import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand, type Ran } from '../support/command.ts';
import { startGateway } from '../support/gateway.ts';
import { chat, MONEY_ONLY } from '../support/money.ts';
import { startUpstream } from '../support/upstream.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-verify-'));
const dataDir = join(folder, 'data');
const output = join(folder, 'gateway.log');
const SALLYPORT_SECRET = randomBytes(32).toString('hex');
const env = { SALLYPORT_SECRET };

beforeAll(async () => {
  const upstream = await startUpstream();
  const gateway = await startGateway({
    upstream,
    dataDir,
    config: { ...MONEY_ONLY, tiers: { open: {} } },
    key: { tier: 'open' },
    env: { ...env, LOG_LEVEL: 'error' },
    command: ['sh', '-c', `exec "$0" "$@" > ${output}`],
  });
  await Promise.all(Array.from({ length: 20 }, (_, n) => chat(gateway, { stream: n % 2 === 0 })));
  await gateway.stop();
  await upstream.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A copy of the log, changed; its folder. */
function copy(change: (file: string, lines: readonly string[]) => void = () => undefined): string {
  const dir = mkdtempSync(join(folder, 'copy-'));
  cpSync(join(dataDir, 'audit'), dir, { recursive: true });
  const file = join(dir, readdirSync(dir)[0] ?? '', '000001.jsonl');
  change(file, readFileSync(file, 'utf8').split('\n').filter(Boolean));
  return dir;
}

const verify = (dir: string, ...more: string[]): Promise<Ran> =>
  runCommand(['audit', 'verify', dir, ...more], { env });
const outside = ['--checkpoint', output];

describe('audit verify', () => {
  test('an untouched log: 0, and how it could still lie without a checkpoint', async () => {
    const [alone, held] = await Promise.all([
      // As a person would from a folder of sources.
      runCommand(['audit', 'verify', copy()], { npm: true, env }),
      verify(copy(), ...outside),
    ]);
    expect([alone.code, held.code]).toEqual([0, 0]);
    expect(alone.out).toContain('no checkpoint from outside was given');
    expect(held.out).toMatch(/held against [1-9]\d* checkpoints from outside\nintact/);
  });

  test('one flipped bit: 1, by its sequence number', async () => {
    const dir = copy((file, lines) => {
      const bytes = readFileSync(file);
      const at = Buffer.byteLength(`${lines.slice(0, 9).join('\n')}\n`) + 40;
      bytes.writeUInt8((bytes[at] ?? 0) ^ 1, at);
      writeFileSync(file, bytes);
    });
    const { code, out } = await verify(dir);
    expect(code).toBe(1);
    expect(out).toContain('the first bad entry is 10 ');
  });

  test('a tail cut off: unseen, but by a checkpoint', async () => {
    let left = 0;
    const dir = copy((file, lines) => {
      left = lines.length - 3;
      writeFileSync(file, `${lines.slice(0, left).join('\n')}\n`);
    });
    const [alone, held] = await Promise.all([verify(dir), verify(dir, ...outside)]);
    expect([alone.code, held.code]).toEqual([0, 1]);
    expect(held.out).toContain(`the first bad entry is ${left + 1} `);
  });

  test('a torn tail: 0 and said; 1 where a checkpoint had seen the entry', async () => {
    const dir = copy((file) => truncateSync(file, readFileSync(file).length - 20));
    const [alone, held] = await Promise.all([verify(dir), verify(dir, ...outside)]);
    expect([alone.code, held.code]).toEqual([0, 1]);
    expect(alone.out).toContain('are a torn line, not counted');
  });

  test('output without a checkpoint, and checkpoints that were changed, are no evidence: 2', async () => {
    const [none, forged] = [join(folder, 'none'), join(folder, 'forged')];
    writeFileSync(none, 'nothing here\n');
    writeFileSync(forged, readFileSync(output, 'utf8').replaceAll(/\\"sequence\\":\d+/g, '\\"sequence\\":3'));
    const rans = await Promise.all([none, forged].map((file) => verify(copy(), '--checkpoint', file)));
    expect(rans.map(({ code }) => code)).toEqual([2, 2]);
    expect(rans[1]?.out).toContain('was not signed by its key');
  });
  test('I52: what the store kept is evidence too, of every start, the last entry of it', {
    timeout: 60_000,
  }, async () => {
    const own = { ...env, DATA_DIR: dataDir, SALLYPORT_ADMIN_KEY: 'a'.repeat(40), ADMIN_PORT: '1' };
    const { code, out } = await runCommand(['audit', 'checkpoints'], { env: own });
    expect(code).toBe(0);
    const kept = join(folder, 'kept.jsonl');
    writeFileSync(kept, out);
    const [untouched, cut] = [copy(), copy()];
    const first = readdirSync(cut).sort()[0] ?? '';
    // Everything since the first start, and the last entry of that.
    for (const chain of readdirSync(cut)) if (chain !== first) rmSync(join(cut, chain), { recursive: true });
    const file = join(cut, first, '000001.jsonl');
    const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
    writeFileSync(file, `${lines.slice(0, -1).join('\n')}\n`);
    const [good, bad] = await Promise.all([untouched, cut].map((dir) => verify(dir, '--checkpoint', kept)));
    expect([good?.code, bad?.code]).toEqual([0, 1]);
    expect(good?.out).toMatch(/held against 1 checkpoints/);
    expect(bad?.out).toContain(`the first bad entry is ${lines.length} `);
  });
});
