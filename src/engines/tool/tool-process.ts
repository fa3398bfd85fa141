/**
 * A child process within bounds of time and output. Kills, never asks: what is over a bound, or wanted by nobody any more,
 * ends at once. Passes nothing of this process's environment on.
 */
import { spawn } from 'node:child_process';
import { closeSync, readdirSync, readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { Refusal } from '../../base/errors.ts';

export interface ProcessBounds {
  readonly timeoutMs: number;
  /** Of both outputs together. */
  readonly outputBytesMax: number;
}

/** O_CLOEXEC, as /proc prints it. */
const CLOSE_ON_EXEC = 0o2000000;

/**
 * Closes what whoever started this process left open in it: a child would get it as well. Node's own files and sockets all
 * close by themselves there. Once, at the start of a process, before anything is run.
 */
export function closeInherited(): void {
  for (const name of process.platform === 'linux' ? readdirSync('/proc/self/fd') : []) {
    try {
      const [, flags = ''] = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${name}`, 'utf8')) ?? [];
      const isInherited = (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0;
      if (Number(name) > 2 && isInherited) closeSync(Number(name));
    } catch {
      // The listing's own is gone already.
    }
  }
}

/** How it ended by itself. */
export interface Ended {
  /** Undefined where a signal ended it. */
  readonly status: number | undefined;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** What it wrote to its file descriptor 3, at most 64 KiB. */
  readonly told: string;
}

const TOLD_BYTES_MAX = 65_536;
/** Between a SIGKILL and the end of all that held an output. */
const ENDING_MS_MAX = 2000;
/** Nobody, on every Linux: what a process of root's runs is never run as root. */
const NOBODY = { uid: 65_534, gid: 65_534 };

/**
 * Rejects with the signal's reason if it is aborted.
 * @throws tool.sandbox it could not be started
 * @throws tool.timeout, tool.overran
 */
export function runBounded(
  argv: readonly string[],
  { timeoutMs, outputBytesMax }: ProcessBounds,
  signal: AbortSignal,
): Promise<Ended> {
  const [program = '', ...rest] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, {
      cwd: '/',
      env: {},
      // A group of its own: what it starts is killed with it even before it is set to die with its parent.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      ...(process.getuid?.() === 0 ? NOBODY : {}),
    });
    let failure: unknown;
    const end = (reason: unknown): void => {
      if (failure !== undefined) return;
      failure = reason;
      killGroup(child.pid);
      killTold(told);
      setTimeout(() => settle(undefined), ENDING_MS_MAX).unref();
    };
    const onAbort = (): void => end(signal.reason);
    const timer = setTimeout(() => end(new Refusal('tool.timeout')), timeoutMs);
    const left = { bytes: outputBytesMax };
    const over = (): void => end(new Refusal('tool.overran'));
    const stdout = gather(child.stdout, left, over);
    const stderr = gather(child.stderr, left, over);
    const told = gather(child.stdio[3], { bytes: TOLD_BYTES_MAX }, () => undefined);
    const settle = (status: number | undefined): void => {
      if (failure !== undefined) killTold(told);
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      if (failure !== undefined) reject(failure instanceof Error ? failure : new Error('aborted'));
      else resolve({ status, stdout: whole(stdout), stderr: whole(stderr), told: whole(told).toString() });
    };
    child.on('error', (cause) => end(new Refusal('tool.sandbox', { detail: cause.message, cause })));
    child.on('close', (status) => settle(status ?? undefined));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}

/**
 * bubblewrap says the first process of the sandbox before it lets it go on. Between leaving the group and being set to
 * die with its parent (which a change of credentials forgets) nothing else would end it.
 */
function killTold(told: readonly Buffer[]): void {
  const [, pid] = /"child-pid": (\d+)/.exec(whole(told).toString()) ?? [];
  try {
    if (pid !== undefined) process.kill(Number(pid), 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** Chunks as they come, until there are too many. */
function gather(from: unknown, left: { bytes: number }, over: () => void): Buffer[] {
  const chunks: Buffer[] = [];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- stdio says 'pipe' of each
  (from as Readable | undefined)?.on('data', (chunk: Buffer) => {
    left.bytes -= chunk.length;
    if (left.bytes < 0) over();
    else chunks.push(chunk);
  });
  return chunks;
}

function whole(chunks: readonly Buffer[]): Buffer {
  return Buffer.concat(chunks);
}
