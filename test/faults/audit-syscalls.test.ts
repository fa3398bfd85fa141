/**
 * An intent is told only when a finished fdatasync covers it, as the kernel saw it. Negative control: with the
 * datasync of audit-writer's `append` not awaited, or left out, this test is red.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { auditDir } from '../support/audit.ts';
import { writerScript } from '../support/killed-writer.ts';
import { parseTrace, strace, type SystemCall } from '../support/syscall-trace.ts';

const INTENTS = 200;

/** Traces a writer until it has told so many intents. */
async function trace(dir: string): Promise<SystemCall[]> {
  const out = join(await auditDir(), 'trace');
  const { path, env } = strace();
  const follow = ['-f', '-s', '1000000', '-e', 'trace=write,fdatasync', '-o', out];
  const node = [process.execPath, '--input-type=module-typescript', '-e', writerScript(dir)];
  const child = spawn(path, [...follow, ...node], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const { pid = 0 } = child;
  const end = (): void => void (child.exitCode === null && process.kill(-pid, 'SIGKILL'));
  onTestFinished(end);
  let told = 0;
  for await (const _ of createInterface(child.stdout)) {
    told += 1;
    // A few more, whose own calls may be cut off by the kill.
    if (told === INTENTS + 20) break;
  }
  const exited = once(child, 'exit');
  end();
  await exited;
  return parseTrace(readFileSync(out, 'utf8'));
}

test('write, fdatasync begun, fdatasync finished, and only then told: 200 intents', async () => {
  const calls = await trace(await auditDir());
  const syncs = calls.filter(({ name, result }) => name === 'fdatasync' && result === 0);
  const writes = calls.filter(({ name }) => name === 'write');
  const told = writes.filter(({ text }) => /^\d+, "e\d+\\n/.test(text));
  let checked = 0;
  for (const { text, begun } of told) {
    for (const [, exchange] of text.matchAll(/(e\d+)\\n/g)) {
      const marker = `\\"action\\":\\"exchange.intent\\"`;
      const line = writes.find((call) => {
        const at = call.text.indexOf(`\\"exchange\\":\\"${exchange}\\"`);
        return at >= 0 && call.text.includes(marker);
      });
      const fd = line?.text.split(',')[0];
      const covering = syncs.filter((sync) => sync.text === fd && sync.begun > (line?.ended ?? Infinity));
      expect(covering.some(({ ended }) => ended < begun)).toBe(true);
      checked += 1;
    }
  }
  expect(checked).toBeGreaterThanOrEqual(INTENTS);
});
