/**
 * The sandbox for commands, by bubblewrap: namespaces of their own without a network, a read-only root of the system's
 * programs alone, the folders that are given, bounds on memory, time, processes and files. Nothing runs outside of it.
 */
import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { Refusal } from '../../base/errors.ts';
import { type Ended, type ProcessBounds, runBounded } from './tool-process.ts';

/** What one run may have. Bytes and counts. */
export interface SandboxBounds extends ProcessBounds {
  /** Address space of each process, and of all files in /tmp. */
  readonly memoryBytesMax: number;
  readonly processesMax: number;
  /** One file that it writes. */
  readonly fileBytesMax: number;
}

/** Which folders of the host it sees, at the same place, and where it starts. */
export interface SandboxView {
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly workingFolder: string;
}

/** One kind of sandbox on one machine. */
export interface Sandbox {
  /** Undefined: it works; else why not, as the last try showed. */
  readonly trouble: () => string | undefined;
  /** Really runs something, unless that was done a moment ago. */
  probe(): Promise<void>;
  /** Runs it inside. @throws tool.sandbox, tool.timeout, tool.overran */
  run(
    argv: readonly string[],
    view: SandboxView,
    bounds: SandboxBounds,
    signal: AbortSignal,
  ): Promise<Omit<Ended, 'told'>>;
}

const PROBE_AGE_MS = 5000;
const PROBE: SandboxBounds = {
  timeoutMs: 5000,
  outputBytesMax: 4096,
  memoryBytesMax: 67_108_864,
  processesMax: 8,
  fileBytesMax: 4096,
};
const PROBE_VIEW: SandboxView = { read: [], write: [], workingFolder: '/tmp' };
/** What programs expect to find; none of it says anything about the house. */
const ETC = ['/etc/ld.so.cache', '/etc/alternatives', '/etc/localtime'];

/** @param bwrap bubblewrap, by its whole path */
export function createSandbox(bwrap: string): Sandbox {
  let trouble: string | undefined = 'not tried yet';
  let triedAt = -Infinity;
  let probing: Promise<void> | undefined;

  async function tryIt(): Promise<void> {
    triedAt = performance.now();
    try {
      const { status } = await enter(bwrap, ['/usr/bin/true'], PROBE_VIEW, PROBE, AbortSignal.timeout(6000));
      trouble = status === 0 ? undefined : `a trial run ended with ${status ?? 'a signal'}`;
    } catch (error) {
      trouble = error instanceof Error ? error.message : String(error);
    }
  }

  function probe(): Promise<void> {
    const isFresh = performance.now() - triedAt < PROBE_AGE_MS;
    if (isFresh && !probing) return Promise.resolve();
    probing ??= tryIt().finally(() => (probing = undefined));
    return probing;
  }

  return {
    trouble: () => trouble,
    probe,
    async run(argv, view, bounds, signal) {
      if (trouble !== undefined) await probe();
      if (trouble !== undefined) throw new Refusal('tool.sandbox', { detail: trouble });
      return await enter(bwrap, argv, view, bounds, signal);
    },
  };
}

async function enter(
  bwrap: string,
  argv: readonly string[],
  view: SandboxView,
  bounds: SandboxBounds,
  signal: AbortSignal,
): Promise<Ended> {
  for (const folder of [...view.read, ...view.write]) checkFolder(folder);
  const inside = [...limits(bounds), ...argv];
  const line = [bwrap, ...ISOLATION, ...mounts(view, bounds), '--chdir', view.workingFolder, '--', ...inside];
  const ended = await runBounded(line, bounds, signal);
  // bubblewrap says how the command ended; where it says nothing, there was none.
  if (ended.told.includes('"exit-code"')) return ended;
  throw new Refusal('tool.sandbox', { detail: ended.stderr.toString().slice(0, 300) });
}

/** One of each kind; no further ones for users, behind which stands most of what kernels have had to mend. */
const NAMESPACES =
  '--unshare-user --unshare-ipc --unshare-pid --unshare-net --unshare-uts --unshare-cgroup --disable-userns';
const NOBODY = '--uid 65534 --gid 65534 --hostname sandbox --cap-drop ALL';
const ENDING = '--die-with-parent --new-session --json-status-fd 3';
const ENVIRONMENT = '--clearenv --setenv PATH /usr/bin:/bin --setenv HOME /tmp --setenv LANG C.UTF-8';
const ISOLATION = [NAMESPACES, NOBODY, ENDING, ENVIRONMENT].join(' ').split(' ');
const SYSTEM_FOLDERS = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
const OWN = '--proc /proc --dev /dev --remount-ro /dev'.split(' ');

/** In their order: what is mounted later covers what was before. The root itself is closed last. */
function mounts({ read, write }: SandboxView, { memoryBytesMax }: SandboxBounds): string[] {
  const system = [
    ...SYSTEM_FOLDERS.flatMap(systemFolder),
    ...ETC.flatMap((path) => ['--ro-bind-try', path, path]),
  ];
  const folders = [
    ...read.flatMap((folder) => ['--ro-bind', folder, folder]),
    ...write.flatMap((folder) => ['--bind', folder, folder]),
  ];
  const scratch = `--size ${memoryBytesMax} --tmpfs /tmp`.split(' ');
  return ['--ro-bind', '/usr', '/usr', ...system, ...OWN, ...scratch, ...folders, '--remount-ro', '/'];
}

/** A link into /usr on most systems, a folder on some. */
function systemFolder(path: string): string[] {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isSymbolicLink()) return ['--symlink', readlinkSync(path), path];
  return stats ? ['--ro-bind', path, path] : [];
}

/** bubblewrap would follow a link out of what the operator named. @throws tool.sandbox */
function checkFolder(folder: string): void {
  let real: string | undefined;
  try {
    real = realpathSync(folder);
  } catch (cause) {
    throw new Refusal('tool.sandbox', { detail: `${folder} cannot be reached`, cause });
  }
  if (real !== folder)
    throw new Refusal('tool.sandbox', { detail: `${folder} is, or stands behind, a link` });
}

/** Inside, so that they hold for the command alone; every process it starts inherits them. */
function limits({ memoryBytesMax, processesMax, fileBytesMax, timeoutMs }: SandboxBounds): string[] {
  const bounds = {
    as: memoryBytesMax,
    cpu: Math.ceil(timeoutMs / 1000) + 1,
    // Counted in the namespace for users, that is in the sandbox: bubblewrap's own process there is one of them.
    nproc: processesMax + 1,
    fsize: fileBytesMax,
    nofile: 256,
    core: 0,
    memlock: 0,
  };
  return ['/usr/bin/prlimit', ...Object.entries(bounds).map(([name, value]) => `--${name}=${value}`), '--'];
}
