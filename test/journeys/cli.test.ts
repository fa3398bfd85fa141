/** The command line, each command as a real process: with a gateway running, without one, and where none is needed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand, type Ran } from '../support/command.ts';
import { freePorts } from '../support/free-port.ts';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { program } from '../support/program.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-cli-'));
const dataDir = join(folder, 'data');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function statusWith(baseUrl: string, key: string): Promise<number> {
  return (await fetch(`${baseUrl}/models`, { headers: { authorization: `Bearer ${key}` } })).status;
}

/** Exit code, and how both outputs begin. */
async function saidTo(args: string[]): Promise<unknown[]> {
  const { code, out, err } = await runCommand(args);
  return [code, out.split('\n')[0]?.slice(0, 16) ?? '', err.slice(0, 6)];
}

describe('on one data directory', () => {
  let upstream: Upstream;
  let gateway: Gateway | undefined;
  let env: Record<string, string | undefined>;
  beforeAll(async () => {
    upstream = await startUpstream();
  });
  afterAll(async () => {
    await gateway?.stop();
    await upstream.close();
  });

  /** Secrets are made by the gateway, as in a local start. */
  async function start(): Promise<Gateway> {
    const made = { SALLYPORT_SECRET: undefined, SALLYPORT_ADMIN_KEY: undefined };
    const started = await startGateway({ upstream, dataDir, env: made, key: null });
    env = { DATA_DIR: dataDir, ADMIN_PORT: new URL(started.adminUrl).port };
    return started;
  }
  const cli = (...args: string[]): Promise<Ran> => runCommand(args, { env });

  test('keys, usage and audit go to the running gateway, with the admin key of its folder', async () => {
    gateway = await start();
    const created = await cli('keys', 'create', '--user', 'ada', '--tier', 'pro', '--name', 'first');
    expect(created).toMatchObject({ code: 0, err: '' });
    const { id, key } = JSON.parse(created.out);
    expect(await statusWith(gateway.baseUrl, key)).toBe(200);
    const [list, usage, audit] = await Promise.all([
      cli('keys', 'list'),
      cli('usage', '--user', 'ada'),
      cli('audit', 'list', '--action', 'admin.key.create', '--limit', '5'),
    ]);
    expect(JSON.parse(list.out).data).toContainEqual(expect.objectContaining({ id, name: 'first' }));
    expect(list.out).not.toContain(key);
    expect(JSON.parse(usage.out)).toMatchObject({ user: 'ada', requests: 1, budgetUsd: 5 });
    expect(JSON.parse(audit.out).data).toContainEqual(expect.objectContaining({ resource: id }));
    expect(await cli('keys', 'revoke', id)).toMatchObject({ code: 0 });
    expect(await statusWith(gateway.baseUrl, key)).toBe(401);
  });

  test('while it runs nobody else opens its folder; a refusal is one sentence', async () => {
    const [free = 0] = await freePorts(1);
    const elsewhere = { ...env, ADMIN_PORT: String(free) };
    const { code, out, err } = await runCommand(['keys', 'list'], { env: elsewhere });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(
      /^sallyport: no gateway answers at .*: process \d+ on .* uses this data directory.*\n$/,
    );
    const refused = await cli('keys', 'create', '--user', 'ada', '--tier', 'none');
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toMatch(/^sallyport: .*\(tier\) \[request\.invalid_field\]\n$/);
    expect(await cli('keys', 'polish')).toMatchObject({ code: 2, out: '' });
  });

  test('without a gateway they open the store themselves, and what they do is on record', async () => {
    await gateway?.stop();
    const created = await cli('keys', 'create', '--user', 'bob', '--tier', 'free');
    expect(created).toMatchObject({ code: 0, err: '' });
    const { id, key } = JSON.parse(created.out);
    const { data } = JSON.parse((await cli('keys', 'list')).out);
    expect(data.map(({ user }: { user: string }) => user)).toEqual(['local', 'ada', 'bob']);
    const audit = JSON.parse(
      (await cli('audit', 'list', '--user', 'admin', '--action', 'admin.key.create')).out,
    ).data;
    expect(audit.slice(0, 2)).toMatchObject([
      { resource: id, status: 'success', metadata: { credential: 'command' } },
      { resource: id, status: 'pending', metadata: { credential: 'command' } },
    ]);
    expect(await cli('ledger', 'adopt')).toMatchObject({ code: 0, out: '{\n  "adopted": false\n}\n' });

    gateway = await start();
    expect(await statusWith(gateway.baseUrl, key)).toBe(200);
    await gateway.stop();
  });

  test('audit verify: 0 intact, 1 changed, 2 not readable', async () => {
    const verify = (dir: string): Promise<Ran> =>
      runCommand(['audit', 'verify', dir], { env: { DATA_DIR: dataDir } });
    const changed = join(folder, 'changed');
    cpSync(join(dataDir, 'audit'), changed, { recursive: true });
    const files = readdirSync(changed, { recursive: true, encoding: 'utf8' });
    const segment = join(changed, files.filter((name) => name.endsWith('.jsonl')).sort()[0] ?? '');
    writeFileSync(segment, readFileSync(segment, 'utf8').replace('"gateway.start"', '"gateway.stand"'));
    const [intact, tampered, absent] = await Promise.all([
      verify(join(dataDir, 'audit')),
      verify(changed),
      verify(join(folder, 'absent')),
    ]);
    expect(intact).toMatchObject({ code: 0, out: expect.stringContaining('intact: ') });
    expect(tampered).toMatchObject({ code: 1 });
    expect(absent).toMatchObject({ code: 2 });
  });
});

describe('where no gateway is needed', () => {
  test('scan answers a line for a line', async () => {
    const lines = ['{"text":"hello"}', '{"text":"mail ada@example.com"}', 'no json'];
    const { code, out } = await runCommand(['scan'], { npm: true, input: `${lines.join('\n')}\n` });
    expect(code).toBe(0);
    const rows = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows).toMatchObject([
      { findings: [], action: 'allow' },
      { action: 'redact', redacted: 'mail <EMAIL_1>' },
      { error: 'the line is not JSON' },
    ]);
  });

  // Control: before, the file was not read, nothing was found, and that was exit 0.
  test('scan reads standard input alone: a file named is a mistake', async () => {
    const { code, out } = await runCommand(['scan', join(folder, 'texts.jsonl')], { input: '' });
    expect([code, out]).toEqual([2, '']);
  });

  test('coverage lists every operation, api-diff what the table does not know', async () => {
    const newer = join(folder, 'openapi.json');
    writeFileSync(newer, JSON.stringify({ paths: { '/oracles': { post: {} } } }));
    const [coverage, diff, unusable] = await Promise.all([
      runCommand(['coverage']),
      runCommand(['api-diff', newer]),
      runCommand(['api-diff', join(folder, 'none.json')]),
    ]);
    expect(JSON.parse(coverage.out)).toContainEqual(
      expect.objectContaining({ id: 'chat.completions.create', decision: 'relayed' }),
    );
    expect(diff.code).toBe(1);
    expect(diff.out.split('\n')).toEqual(
      expect.arrayContaining(['+ POST /oracles', '- POST /chat/completions']),
    );
    expect(unusable).toMatchObject({ code: 1, out: '' });
  });

  test('simulate answers until it is ended', async () => {
    const child = spawn(process.execPath, [program('cli'), 'simulate'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
    const answer = await fetch(`${String(line).trim()}/models`);
    expect(await answer.json()).toMatchObject({ object: 'list' });
    child.kill();
    await once(child, 'exit');
  });

  test('check-config prints what is in force without a secret, or all faults and exit 1', async () => {
    const good = {
      SALLYPORT_SECRET: 'canary of thirty-two characters or more',
      OPENAI_API_KEY: 'sk-canary',
      JWT_SECRET: 'canary of thirty-two characters or more',
    };
    const bad = { PORT: 'canary', NODE_ENV: 'production', SALLYPORT_CONFIG: join(folder, 'absent.yaml') };
    const [fine, faulty, none] = await Promise.all([
      runCommand(['check-config'], { env: good }),
      runCommand(['check-config'], { env: bad, npm: true }),
      runCommand(['brew']),
    ]);
    expect(fine).toMatchObject({ code: 0, err: expect.stringContaining('not scoped to a project') });
    expect(JSON.parse(fine.out)).toMatchObject({
      tiers: { free: { dailyBudgetUsd: 0.1 } },
      jwt: { hs256: true },
    });
    expect(fine.out + fine.err).not.toContain('canary');
    expect(faulty).toMatchObject({ code: 1, out: '' });
    for (const path of ['PORT', 'absent.yaml', 'OPENAI_API_KEY', 'SALLYPORT_SECRET', 'SALLYPORT_ADMIN_KEY']) {
      expect(faulty.err).toContain(path);
    }
    expect(none).toMatchObject({ code: 2, err: expect.stringContaining('usage:') });
  });

  test('asked how it is used it says so, exit 0; not understood is exit 2', async () => {
    const asked = [
      ['--help'],
      ['help'],
      ['policy', '--help'],
      ['audit', 'verify', '-h'],
      ['api-diff', '--help'],
    ];
    const told = await Promise.all([...asked, [], ['policy', 'nonsense'], ['brew', '--help']].map(saidTo));
    expect(told).toEqual([
      [0, 'usage: npm run s', ''],
      [0, 'usage: npm run s', ''],
      [0, 'usage: policy sh', ''],
      [0, 'usage: npm run s', ''],
      [0, 'usage: npm run s', ''],
      [2, '', 'usage:'],
      [2, '', 'usage:'],
      [2, '', 'usage:'],
    ]);
  });

  test('a process with faults ends before it listens', async () => {
    const [port = 0] = await freePorts(1);
    const env = { PORT: String(port), HOST: '0.0.0.0', LOG_LEVEL: 'loud', DATA_DIR: join(folder, 'never') };
    const { code, err } = await runCommand(['start'], { env });
    expect(code).toBe(1);
    expect(err).toMatch(/^sallyport: the configuration is not usable:\n {2}LOG_LEVEL: /);
    expect(readdirSync(folder)).not.toContain('never');
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
  });
});
