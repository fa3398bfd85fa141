/** `npm start` with nothing configured: what it prints works, a second one is refused, a restart forgets nothing but its own key. */
import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKey } from '../support/admin.ts';
import { runCommand } from '../support/command.ts';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { program } from '../support/program.ts';
import { until } from '../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-local-'));
const dataDir = join(folder, 'data');
const nothing = { OPENAI_API_KEY: undefined, SALLYPORT_SECRET: undefined, SALLYPORT_ADMIN_KEY: undefined };

interface Started {
  readonly gateway: Gateway;
  readonly printed: string;
  readonly key: string;
}

/** As `npm start` runs it, or as it ships, which starts sooner. */
async function start(main = program('main')): Promise<Started> {
  const gateway = await startGateway({ dataDir, env: nothing, key: null, program: [main] });
  const printed = await until(
    () => gateway.logs(),
    (logs) => /^ {2}curl .*\n/m.test(logs),
  );
  return { gateway, printed, key: /sk-sp-[A-Za-z0-9-]+/.exec(printed)?.[0] ?? '' };
}

let first: Started;
let second: Started | undefined;
beforeAll(async () => {
  first = await start('src/main.ts');
});
afterAll(async () => {
  await first.gateway.stop();
  await second?.gateway.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function statusWith({ baseUrl }: Gateway, key: string): Promise<number> {
  return (await fetch(`${baseUrl}/models`, { headers: { authorization: `Bearer ${key}` } })).status;
}

/** For machines without curl: as much of it as the printed line uses. */
const CURL = `#!${process.execPath}
const [url, ...rest] = process.argv.slice(2);
const all = (flag) => rest.flatMap((word, at) => (word === flag ? [rest[at + 1]] : []));
const headers = Object.fromEntries(all('-H').map((line) => line.split(': ')));
const answer = await fetch(url, { method: 'POST', headers, body: all('-d')[0] });
process.stdout.write(await answer.text());
`;

test('it says that a simulator answers, where it listens, and one caller key', () => {
  const { printed, gateway } = first;
  expect(printed).toContain('SIMULATOR');
  expect(printed).toMatch(new RegExp(`Base URL +${gateway.baseUrl}$`, 'm'));
  expect(new Set(printed.match(/sk-sp-[^\s"']*/g))).toEqual(new Set([first.key]));
  expect(printed.match(/sp-admin-\S+/g)).toEqual([readFileSync(join(dataDir, 'admin-key'), 'utf8').trim()]);
});

test('the printed curl line works as it stands', async () => {
  const line = /^ {2}(curl .*)$/m.exec(first.printed)?.[1] ?? '';
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'curl'), CURL);
  writeFileSync(join(bin, 'package.json'), '{"type":"module"}');
  chmodSync(join(bin, 'curl'), 0o755);
  const env = { PATH: `${process.env['PATH']}:${bin}` };
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', line], { env });
  expect(JSON.parse(stdout)).toMatchObject({
    object: 'chat.completion',
    choices: [{ message: { role: 'assistant', content: expect.stringMatching(/\S/) } }],
  });
});

test('the console answers under a strict content security policy', async () => {
  const url = /Console +(\S+)/.exec(first.printed)?.[1] ?? '';
  const answer = await fetch(url);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toContain('text/html');
  const policy = answer.headers.get('content-security-policy') ?? '';
  for (const rule of [
    "default-src 'none'",
    "script-src 'self'",
    "frame-ancestors 'none'",
    "form-action 'none'",
  ]) {
    expect(policy).toContain(rule);
  }
  expect(policy).not.toContain('unsafe');
  const page = await answer.text();
  expect(page).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>|\son\w+=|style=/i);
  expect(page).not.toContain(first.key);
});

test('what it made is its owner’s alone', () => {
  for (const name of ['secret', 'admin-key']) {
    expect(statSync(join(dataDir, name)).mode & 0o777).toBe(0o600);
  }
  expect(statSync(dataDir).mode & 0o777).toBe(0o700);
});

test('a second process on the same folder ends with one sentence', async () => {
  const env = { DATA_DIR: dataDir, PORT: '0', ADMIN_PORT: '0', LOG_LEVEL: 'silent' };
  const { code, out, err } = await runCommand(['start'], { env });
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(
    /^sallyport: cannot start: .*process \d+ on .* uses this data directory; one process per DATA_DIR\n$/,
  );
});

test('a restart keeps the keys made before, and the printed one ends', async () => {
  const adminKey = readFileSync(join(dataDir, 'admin-key'), 'utf8').trim();
  const { key: kept } = await createKey({ adminUrl: first.gateway.adminUrl, adminKey }, { name: 'kept' });
  expect(await statusWith(first.gateway, first.key)).toBe(200);
  expect(await first.gateway.stop()).toBe(0);

  second = await start();
  expect(second.key).not.toBe(first.key);
  expect(await statusWith(second.gateway, second.key)).toBe(200);
  expect(await statusWith(second.gateway, kept)).toBe(200);
  expect(await statusWith(second.gateway, first.key)).toBe(401);
  expect(second.printed).not.toContain('sp-admin-');
});

test('another secret is a start-up error in one sentence, and changes nothing', async () => {
  await second?.gateway.stop();
  const env = {
    DATA_DIR: dataDir,
    PORT: '0',
    ADMIN_PORT: '0',
    LOG_LEVEL: 'silent',
    SALLYPORT_SECRET: 'x'.repeat(40),
  };
  const { code, out, err } = await runCommand(['start'], { env });
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/^sallyport: cannot start: .*another SALLYPORT_SECRET\n$/);
  const verified = await runCommand(['audit', 'verify', join(dataDir, 'audit')], {
    env: { DATA_DIR: dataDir },
  });
  expect(verified).toMatchObject({ code: 0 });
});

test('in production nothing is made, nothing simulated and no key printed', async () => {
  await using gateway = await startGateway({ env: { NODE_ENV: 'production' } });
  expect(await statusWith(gateway, 'sk-sp-none')).toBe(401);
  expect(gateway.logs()).not.toMatch(/sk-sp-|sp-admin-|SIMULATOR|curl/);
  expect(gateway.logs()).toContain('the embedded ledger serves one process only');
  for (const name of ['secret', 'admin-key']) expect(existsSync(join(gateway.dataDir, name))).toBe(false);
});
