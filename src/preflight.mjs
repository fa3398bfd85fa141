/**
 * Runs before every npm script, under whatever Node the machine has: installs what is missing, and says in one
 * sentence what is wrong where it cannot. Plain JavaScript without dependencies, so that any Node ≥ 20 reads it.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  closeSync,
} from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const modules = join(root, 'node_modules');
const stamp = join(modules, '.sallyport-installed');
const NODE_MIN = [22, 19];

/** @param {string} sentence @returns {never} */
function fail(sentence) {
  process.stderr.write(`sallyport: ${sentence}\n`);
  process.exit(1);
}

/** Digest of the lock file: a change of it means installing anew. */
function wanted() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

function installed() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted();
}

/** One install at a time: whoever finds the lock waits for its holder, at most five minutes. */
function withLock(work) {
  const lock = join(root, '.install-lock');
  const until = Date.now() + 300_000;
  for (;;) {
    try {
      closeSync(openSync(lock, 'wx'));
      break;
    } catch {
      if (Date.now() > until) fail(`another install seems to hang; remove ${lock} and try again.`);
      if (existsSync(lock) && Date.now() - statSync(lock).mtimeMs > 300_000) rmSync(lock, { force: true });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
    }
  }
  process.once('exit', () => rmSync(lock, { force: true }));
  work();
}

function install() {
  if (installed()) return;
  process.stderr.write('sallyport: installing dependencies (once)…\n');
  const npm = process.env.npm_execpath;
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const run = npm
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: ['ignore', 2, 2] })
    : spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (run.status !== 0) fail('the dependencies could not be installed; see the lines above.');
  mkdirSync(modules, { recursive: true });
  writeFileSync(stamp, wanted());
}

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 20) fail(`Node 20 or newer is needed to start; this is ${process.versions.node}.`);
if (!installed()) withLock(install);

try {
  const version = execFileSync('node', ['--version'], {
    env: { ...process.env, PATH: `${join(modules, '.bin')}:${process.env.PATH ?? ''}` },
    encoding: 'utf8',
  });
  const [a = 0, b = 0] = version.trim().slice(1).split('.').map(Number);
  if (a < NODE_MIN[0] || (a === NODE_MIN[0] && b < NODE_MIN[1])) {
    fail(
      `Node ${NODE_MIN.join('.')} or newer is needed to run, none came for ${process.platform} ${process.arch}, and this is ${version.trim()}.`,
    );
  }
} catch (error) {
  fail(`no Node could be run: ${error instanceof Error ? error.message : String(error)}`);
}
