/**
 * Before all tests: the sources as they are, built as they ship, once for each state of them. Processes that tests
 * start run from it, in half the time. Never older than the sources.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from '../../docker/build.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const BUILDS = join(ROOT, '.cache/built');
/** What nobody has used for so long is deleted. */
const KEPT_MS = 3_600_000;

/** For vitest: leaves in the environment where the build is. */
export async function setup(): Promise<void> {
  const home = join(BUILDS, digest());
  if (!existsSync(home)) await make(home);
  utimesSync(home, new Date(), new Date());
  for (const name of readdirSync(BUILDS)) {
    const path = join(BUILDS, name);
    if (Date.now() - statSync(path).mtimeMs > KEPT_MS) rmSync(path, { recursive: true, force: true });
  }
  process.env['SALLYPORT_BUILT'] = home;
}

/** Appears as a whole, as two runs may begin at once. */
async function make(home: string): Promise<void> {
  const draft = `${home}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  await build(join(draft, 'dist'));
  symlinkSync('../../../config', join(draft, 'config'));
  try {
    renameSync(draft, home);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(home)) throw error;
  }
}

/** Of all that a build is made of. */
function digest(): string {
  const hash = createHash('sha256');
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const path of [...sources, join(ROOT, 'package-lock.json'), join(ROOT, 'docker/build.ts')]) {
    hash.update(`${path}\0`).update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}
