/** bubblewrap for tests: from the PATH, else Debian's package, unpacked into a cache folder without root. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The program by its whole path. @throws Error with one sentence that says what is missing */
export function bubblewrap(): string {
  const folders = (process.env['PATH'] ?? '').split(':').filter(Boolean);
  const onPath = folders.map((folder) => join(folder, 'bwrap')).find((path) => existsSync(path));
  if (onPath !== undefined) return onPath;
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'sallyport');
  const root = join(cache, 'bubblewrap');
  if (!existsSync(join(root, 'usr/bin/bwrap'))) unpack(cache, root);
  return join(root, 'usr/bin/bwrap');
}

function unpack(cache: string, root: string): void {
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'bubblewrap-'));
  try {
    execFileSync('apt-get', ['download', 'bubblewrap'], { cwd: work, stdio: 'pipe' });
    execFileSync('sh', ['-c', 'dpkg -x bubblewrap*.deb root'], { cwd: work, stdio: 'pipe' });
    if (!existsSync(root)) renameSync(join(work, 'root'), root);
  } catch (cause) {
    throw new Error('This test needs bubblewrap: put bwrap on the PATH, or make apt-get and dpkg work.', {
      cause,
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Why no sandbox can be had on this machine: its kernel lets nobody make a user namespace. Undefined: it can. */
export function whyNoSandbox(): string | undefined {
  const isRoot = process.getuid?.() === 0;
  const line = [
    '--unshare-user',
    '--unshare-pid',
    '--unshare-net',
    '--disable-userns',
    '--ro-bind',
    '/',
    '/',
  ];
  const tried = spawnSync(bubblewrap(), [...line, '/usr/bin/true'], {
    cwd: '/',
    encoding: 'utf8',
    ...(isRoot && { uid: 65_534, gid: 65_534 }),
  });
  return tried.status === 0 ? undefined : `user namespaces are not to be had here: ${tried.stderr}`;
}

/** A folder that whoever runs the commands may enter, and write if wanted; the caller removes it. */
export function sandboxFolder(): { readonly path: string; readonly data: string; readonly out: string } {
  // Not where other temporary files are: a sandbox has a /dev of its own, and nothing of ours is below it.
  const path = mkdtempSync('/tmp/sallyport-sandbox-');
  const [data, out] = [join(path, 'data'), join(path, 'out')];
  chmodSync(path, 0o755);
  for (const folder of [data, out]) mkdirSync(folder);
  if (process.getuid?.() === 0) chownSync(out, 65_534, 65_534);
  return { path, data, out };
}
