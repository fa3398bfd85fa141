/**
 * One process per DATA_DIR: a lock file that names its holder. A holder that died, also by SIGKILL or with its
 * machine or container, does not keep the directory locked; a living one is never pushed out.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync, utimes, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { writeOnce } from '../base/write-once.ts';

const shape = z.object({
  pid: z.int().positive(),
  /** Which boot, and when within it the process began: a pid alone is used again. Empty where unknown. */
  boot: z.string(),
  started: z.string(),
  /** Pids of another host or container cannot be looked up: there the file's age decides. */
  host: z.string(),
  token: z.string(),
});

type Holder = z.infer<typeof shape>;

export interface DataDirLock {
  /** Lets the next process in. Does nothing the second time. */
  release(): void;
}

const HEARTBEAT_MS = 2000;
/** Five missed heartbeats. */
const FOREIGN_STALE_MS = 10_000;

/**
 * Makes the directory (mode 0700) and takes its lock, until `release` or the end of the process.
 * @throws Error if another process holds it; the message names the process
 */
export function acquireDataDir(dir: string): DataDirLock {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const path = join(dir, 'lock');
  const me: Holder = {
    pid: process.pid,
    boot: bootId(),
    started: startOf(process.pid),
    host: hostname(),
    token: randomUUID(),
  };
  if (!take(path, me)) replaceStale(path, me);
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now, () => {});
  }, HEARTBEAT_MS).unref();
  const release = (): void => {
    clearInterval(beat);
    process.removeListener('exit', release);
    if (holderOf(path)?.token === me.token) rmSync(path, { force: true });
  };
  process.on('exit', release);
  return { release };
}

/**
 * The name of this data directory: made once, and kept in it, so that it is the same wherever it is mounted and two
 * directories of the same path on two machines are not taken for one. Only for the holder of the lock.
 */
export function placeOf(dir: string): string {
  const path = join(dir, 'place');
  const known = readOr(path).trim();
  if (known !== '') return known;
  const place = randomUUID();
  writeFileSync(path, `${place}\n`, { mode: 0o600 });
  return place;
}

function take(path: string, me: Holder): boolean {
  return writeOnce(path, JSON.stringify(me));
}

/** Only one may judge at a time: else the second would throw out the first, who has just moved in. */
function replaceStale(path: string, me: Holder): void {
  const guard = `${path}.taking`;
  if (!take(guard, me)) {
    if (!isStale(guard)) throw new Error(`${path}: another process is just starting on this data directory`);
    rmSync(guard, { force: true });
    if (!take(guard, me)) throw new Error(`${path}: another process is just starting on this data directory`);
  }
  try {
    if (isStale(path)) rmSync(path, { force: true });
    if (!take(path, me)) throw heldBy(path);
  } finally {
    rmSync(guard, { force: true });
  }
}

function heldBy(path: string): Error {
  const holder = holderOf(path);
  const who = holder ? `process ${holder.pid} on ${holder.host}` : 'another process';
  return new Error(`${path}: ${who} uses this data directory; one process per DATA_DIR`);
}

function isStale(path: string): boolean {
  const holder = holderOf(path);
  const info = statSync(path, { throwIfNoEntry: false });
  if (!info) return true;
  const old = Date.now() - info.mtimeMs > FOREIGN_STALE_MS;
  if (!holder || holder.host !== hostname()) return old;
  if (holder.boot !== bootId()) return true;
  return startOf(holder.pid) !== holder.started || !alive(holder.pid);
}

function holderOf(path: string): Holder | undefined {
  try {
    return shape.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function bootId(): string {
  return readOr('/proc/sys/kernel/random/boot_id').trim();
}

/** Field 22 of proc_pid_stat(5): clock ticks after boot. The second field may hold spaces and brackets. */
function startOf(pid: number): string {
  const stat = readOr(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
