import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { Readable } from 'node:stream';
import { remoteAdminApi } from '../../src/admin/client.ts';
import { directAdminApi } from '../../src/admin/direct-client.ts';
import { runAudit, runCalibrate, runKeys, runUsage } from '../../src/admin/commands.ts';
import { ADMIN_KEY, startAdminHouse } from '../support/admin-house.ts';

let house: Awaited<ReturnType<typeof startAdminHouse>>;
let env: Record<string, string>;
let out = '';
let err = '';
beforeAll(async () => {
  house = await startAdminHouse();
  env = { ADMIN_HOST: '127.0.0.1', ADMIN_PORT: new URL(house.url).port, SALLYPORT_ADMIN_KEY: ADMIN_KEY };
});
afterAll(() => house.close());
beforeEach(() => {
  out = '';
  err = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text);
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

test('a key through its life', async () => {
  const flags = '--user ada --tier pro --models gpt-5,gpt-4o --daily-budget-usd 1.5 --concurrency 3'.split(
    ' ',
  );
  expect(await runKeys(['create', ...flags], env)).toBe(0);
  const made = JSON.parse(out);
  expect(made).toMatchObject({
    role: 'user',
    models: ['gpt-5', 'gpt-4o'],
    dailyBudgetUsd: 1.5,
    concurrency: 3,
  });
  expect(await house.deps.keys.verify(made.key)).toBeDefined();

  out = '';
  expect(await runKeys(['rotate', made.id, '--overlap', '60'], env)).toBe(0);
  const rotated = JSON.parse(out);
  expect(await house.deps.keys.verify(rotated.key)).toBeDefined();
  expect(await house.deps.keys.verify(made.key)).toBeDefined();

  out = '';
  expect(await runKeys(['list'], env)).toBe(0);
  expect(JSON.parse(out).data.map((key: { id: string }) => key.id)).toContain(made.id);
  expect(out).not.toContain(rotated.key);

  out = '';
  expect(await runKeys(['revoke', made.id], env)).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ id: made.id });
  expect(await house.deps.keys.verify(rotated.key)).toBeUndefined();
});

test('usage and audit', async () => {
  expect(await runUsage(['--user', 'ada'], env)).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ user: 'ada', settledUsd: 0 });
  out = '';
  expect(await runAudit(['--limit', '2', '--user', 'admin'], env)).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ object: 'list' });
});

test('fitted points go on record before they are printed; without a gateway it is said that they did not', async () => {
  const text = 'When does the library open on Mondays?';
  const traffic = () => Readable.from([`${JSON.stringify({ text })}\n`.repeat(500)]);
  expect(await runCalibrate(traffic(), remoteAdminApi(env))).toBe(0);
  expect(out).toContain('user: { observe: 0.4, block: 0.8 } # of 500 texts 0 found, 0 stopped');
  expect(err).toBe('');
  expect(house.onDisk().find(({ action }) => action === 'admin.injection.calibrate')).toMatchObject({
    status: 'pending',
    metadata: { calibration: { user: { texts: 500, observe: 0.4, block: 0.8 } } },
  });
  expect(JSON.stringify(house.onDisk())).not.toContain('library');
  expect(await runCalibrate(traffic(), remoteAdminApi({ ...env, ADMIN_PORT: '1' }))).toBe(0);
  expect(err).toMatch(/^sallyport: not in the audit log: /);
});

test('a refusal is one sentence and exit 1', async () => {
  expect(await runKeys(['create', '--user', 'ada', '--tier', 'nope'], env)).toBe(1);
  expect(err).toMatch(/^sallyport: .*\(tier\) \[request\.invalid_field\]\n$/);
  err = '';
  expect(await runKeys(['create', '--user', 'ada', '--tier', 'pro', '--concurrency', 'many'], env)).toBe(1);
  expect(err).toContain('(concurrency)');
  err = '';
  expect(await runKeys(['list'], { ...env, SALLYPORT_ADMIN_KEY: 'wrong' })).toBe(1);
  expect(err).toContain('[auth.invalid]');
  err = '';
  expect(await runKeys(['list'], { ...env, ADMIN_PORT: '1' })).toBe(1);
  expect(err).toContain('no gateway answers at http://127.0.0.1:1');
  expect(out).toBe('');
});

test.each([
  [[]],
  [['constructor']],
  [['create', '--nope', 'x']],
  [['create', 'positional']],
  [['revoke']],
  [['revoke', 'a', 'b']],
  [['rotate']],
  [['list', 'all']],
])('keys %j is not understood: usage, exit 2', async (args) => {
  expect(await runKeys(args, env)).toBe(2);
  expect(err).toMatch(/^usage: keys create/);
});

test.each([[['help']], [['--help']], [['create', '-h']]])(
  'keys %j says how it is used, exit 0',
  async (args) => {
    expect(await runKeys(args, env)).toBe(0);
    expect([out.startsWith('usage: keys create'), err]).toEqual([true, '']);
  },
);

test('the admin key of a local start is found in its folder', async () => {
  const folder = house.auditDir;
  writeFileSync(join(folder, 'admin-key'), `${ADMIN_KEY}\n`);
  const { SALLYPORT_ADMIN_KEY: _, ...rest } = env;
  expect(await runKeys(['list'], { ...rest, DATA_DIR: folder })).toBe(0);
  expect(await runKeys(['list'], { ...rest, SALLYPORT_ADMIN_KEY_FILE: join(folder, 'admin-key') })).toBe(0);
  expect(await runKeys(['list'], { ...rest, DATA_DIR: '/nonexistent' })).toBe(1);
  expect(err).toContain('SALLYPORT_ADMIN_KEY is needed');
});

test('without a listener the same rules hold, and the same record is kept', async () => {
  const api = directAdminApi(house.deps);
  expect(await runKeys(['create', '--user', 'direct', '--tier', 'pro'], {}, api)).toBe(0);
  const made = JSON.parse(out);
  expect(await house.deps.keys.verify(made.key)).toBeDefined();
  const entries = house.onDisk().filter((entry) => entry.resource === made.id);
  expect(entries[0]).toMatchObject({
    action: 'admin.key.create',
    status: 'pending',
    metadata: { credential: 'command' },
  });
  expect(await runKeys(['create', '--user', 'direct', '--tier', 'nope'], {}, api)).toBe(1);
  expect(await runUsage(['--user', 'direct'], {}, api)).toBe(0);
  expect(await runAudit(['--limit', '1'], {}, api)).toBe(0);
  expect(await runKeys(['revoke', 'absent'], {}, api)).toBe(1);
});
