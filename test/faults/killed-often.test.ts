/**
 * I3, I4 of the whole gateway: killed again and again in the middle of streams, plain calls, refusals and callers
 * who leave, with files of the log that rotate meanwhile. After every start each intent has exactly one outcome, the
 * ledger holds what upstream was paid and what nobody saw the end of, and the log verifies. Seen red with recovery's
 * outcomes left out of audit-file's `start`. KILLS=200 runs more of it.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, assert, beforeAll, expect, test, vi } from 'vitest';
import type { Entry } from '../../src/ports/audit-log.ts';
import { createKey, usageAs } from '../support/admin.ts';
import { unbalanced } from '../support/audit.ts';
import { runCommand } from '../support/command.ts';
import { chainFiles } from '../support/failing-disk.ts';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { chat, entriesOf, INPUT_NANO, MONEY_ONLY, openChat, OUTPUT_NANO } from '../support/money.ts';
import { chatAnswer, honest } from '../support/openai-answer.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';

const KILLS = Number(process.env['KILLS'] ?? 12);
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const CALLERS = 12;

const folder = mkdtempSync(join(tmpdir(), 'sallyport-killed-'));
const env = {
  SALLYPORT_ADMIN_KEY: `sp-admin-${randomBytes(24).toString('hex')}`,
  SALLYPORT_SECRET: randomBytes(32).toString('hex'),
};
let random = SEED;
/** In the middle of things. */
function killAfterMs(): number {
  random = (random * 1_103_515_245 + 12_345) % 2_147_483_648;
  return 80 + (random % 250);
}

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(async () => {
  await upstream?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Streams are slow enough to be open when the end comes; a third of them never ends. */
function script(seen: Parameters<Upstream['script']>[0]) {
  if (!seen.body.includes('"stream":true')) return honest(seen);
  const more = seen.index % 3 === 0 ? ({ ending: 'stall', stopAfterBytes: 2000 } as const) : { gapMs: 5 };
  return chatAnswer(seen, { outputTokens: 20, inputTokens: 40 }, more);
}

type Door = Pick<Gateway, 'baseUrl' | 'callerKey'>;

/** Calls of all kinds, one after the other, until the gateway is gone. */
async function call(gateway: Door, from: number): Promise<void> {
  for (let n = from; ; n++) {
    try {
      if (n % 4 === 0) await chat(gateway, { max_completion_tokens: 100 });
      // Refused before and after its intent.
      else if (n % 4 === 1)
        await chat(gateway, {
          model: 'never-heard-of',
          tools: [{ type: 'function', function: { name: 'execute_shell' } }],
        });
      else if (n % 8 === 3) {
        const leaving = AbortSignal.timeout(20);
        await chat(gateway, { stream: true, max_completion_tokens: 100 }, leaving);
      } else {
        const answer = await openChat(gateway, { stream: true, max_completion_tokens: 100 });
        await answer.text();
      }
    } catch (error) {
      if (!(error instanceof DOMException)) return;
    }
  }
}

/** What the log says was spent: the outcome's, or what was reserved where nobody saw the end. */
function spent(entries: readonly Entry[]): number {
  return entries
    .filter(({ action }) => action === 'exchange.outcome')
    .reduce(
      (sum, { metadata }) =>
        sum + Number(metadata[metadata['outcome'] === 'unknown' ? 'reservedNano' : 'settledNano']),
      0,
    );
}

/** Lives and kills one house; the entries that its log has in the end. */
async function live(lane: number, kills: number): Promise<readonly Entry[]> {
  const dataDir = join(folder, `data-${lane}`);
  const config = { ...MONEY_ONLY, tiers: { few: { concurrency: 4 } }, audit: { segmentBytesMax: 65_536 } };
  const start = () => startGateway({ upstream, dataDir, config, env, key: null });
  let callerKey = '';
  for (let life = 0; life < kills; life++) {
    const gateway = await start();
    callerKey ||= (await createKey(gateway, { user: 'ada', tier: 'few' })).key;
    await isWhole(gateway);
    const callers = Array.from({ length: CALLERS }, (_, n) => call({ ...gateway, callerKey }, n));
    await (life === 0 ? rotated(dataDir) : pause(killAfterMs()));
    await gateway.kill9();
    await Promise.all(callers);
  }
  await using last = await start();
  return await isWhole(last);
}

/** The second file of its chain has begun. */
async function rotated(dataDir: string): Promise<void> {
  const [, second = ''] = chainFiles(join(dataDir, 'audit'));
  await vi.waitFor(() => assert(existsSync(second)), { timeout: 10_000, interval: 5 });
}

async function isWhole(gateway: Gateway): Promise<readonly Entry[]> {
  const entries = await entriesOf(gateway);
  expect(unbalanced(entries)).toEqual([]);
  expect(await usageAs(gateway, 'ada')).toMatchObject({ settledNano: spent(entries), reservedNano: 0 });
  return entries;
}

test(`${KILLS} kills of two houses (SEED=${SEED})`, async () => {
  upstream.script = script;
  const houses = await Promise.all([live(1, Math.ceil(KILLS / 2)), live(2, Math.floor(KILLS / 2))]);
  const entries = houses.flat();
  const kinds = entries.map(({ action, metadata }) => `${action} ${String(metadata['outcome'])}`);
  const counts = Object.fromEntries(
    [...new Set(kinds)].map((kind) => [kind, kinds.filter((each) => each === kind).length]),
  );
  const all = [
    'outcome unknown',
    'outcome completed',
    'outcome aborted',
    'outcome refused',
    'refused refused',
  ];
  expect(Object.keys(counts)).toEqual(expect.arrayContaining(all.map((kind) => `exchange.${kind}`)));
  expect(counts['audit.segment undefined']).toBeGreaterThan(0);
  const { nano } = upstream.tally({ inputNano: INPUT_NANO, outputNano: OUTPUT_NANO });
  expect(spent(entries)).toBeGreaterThanOrEqual(nano);
  const dirs = [1, 2].map((lane) => join(folder, `data-${lane}`, 'audit'));
  const verified = await Promise.all(dirs.map((dir) => runCommand(['audit', 'verify', dir], { env })));
  expect(verified.map(({ code }) => code)).toEqual([0, 0]);
}, 900_000);
