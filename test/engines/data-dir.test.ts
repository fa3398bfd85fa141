import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { acquireDataDir, placeOf } from '../../src/engines/data-dir.ts';

const module = JSON.stringify(new URL('../../src/engines/data-dir.ts', import.meta.url).href);

function dataDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-data-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Another process that holds the directory until it is ended. */
async function holder(dir: string) {
  const script = `import { acquireDataDir, placeOf } from ${module};
    process.on('SIGTERM', () => process.exit(0));
    acquireDataDir(${JSON.stringify(dir)}); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

test('a second process is refused and told who is there; after a stop or a kill it is let in', async () => {
  const dir = dataDir();
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const child = await holder(dir);
    expect(() => acquireDataDir(dir)).toThrow(`process ${child.pid}`);
    child.kill(signal);
    await once(child, 'exit');
    expect(existsSync(join(dir, 'lock'))).toBe(signal === 'SIGKILL');
    acquireDataDir(dir).release();
    expect(readdirSync(dir)).toEqual([]);
  }
});

test('the same process cannot take it twice, and can again after release', () => {
  const dir = dataDir();
  const first = acquireDataDir(dir);
  expect(() => acquireDataDir(dir)).toThrow('one process per DATA_DIR');
  first.release();
  const second = acquireDataDir(dir);
  first.release();
  expect(() => acquireDataDir(dir)).toThrow('one process per DATA_DIR');
  second.release();
});

test('a pid that was given to another process does not keep the lock', () => {
  const dir = dataDir();
  const path = join(dir, 'lock');
  acquireDataDir(dir);
  const told: object = Object(JSON.parse(readFileSync(path, 'utf8')));
  for (const change of [{ started: '1' }, { boot: 'an earlier one' }, { pid: 4_194_304 }]) {
    writeFileSync(path, JSON.stringify({ ...told, ...change, token: 'x' }));
    acquireDataDir(dir).release();
    expect(existsSync(path)).toBe(false);
  }
});

test('a holder on another host is believed while its heartbeat is fresh', () => {
  const dir = dataDir();
  const path = join(dir, 'lock');
  acquireDataDir(dir);
  const told: object = Object(JSON.parse(readFileSync(path, 'utf8')));
  writeFileSync(path, JSON.stringify({ ...told, host: 'elsewhere', token: 'x' }));
  expect(() => acquireDataDir(dir)).toThrow('elsewhere');
  utimesSync(path, new Date(), new Date(Date.now() - 60_000));
  acquireDataDir(dir).release();
});

test('a lock file that makes no sense is stale once it is old', () => {
  const dir = dataDir();
  const path = join(dir, 'lock');
  writeFileSync(path, 'nonsense');
  expect(() => acquireDataDir(dir)).toThrow('another process');
  utimesSync(path, new Date(), new Date(Date.now() - 60_000));
  acquireDataDir(dir).release();
});

test('a directory keeps its name; another one, of whatever path, has another', () => {
  const [one, other] = [dataDir(), dataDir()];
  const name = placeOf(one);
  expect(placeOf(one)).toBe(name);
  expect(placeOf(other)).not.toBe(name);
  rmSync(join(one, 'place'));
  expect(placeOf(one)).not.toBe(name);
});
