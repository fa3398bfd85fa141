/** System calls of a real process in the order the kernel saw them (strace), for promises about what happens first. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface SystemCall {
  readonly name: string;
  /** Arguments as strace prints them, strings escaped. */
  readonly text: string;
  /** Line at which the call began, and at which it had returned: numbers to compare, in one trace. */
  readonly begun: number;
  readonly ended: number;
  readonly result: number;
}

const WHOLE = /^(\d+)\s+(\w+)\((.*)\)\s+= (-?\d+)/;
const BEGUN = /^(\d+)\s+(\w+)\((.*?)\s*<unfinished \.\.\.>$/;
const RESUMED = /^(\d+)\s+<\.\.\. (\w+) resumed>(.*)\)\s+= (-?\d+)/;

/** Reads what `strace -f -o` wrote. Calls that never returned are left out. */
export function parseTrace(trace: string): SystemCall[] {
  const open = new Map<string, { name: string; text: string; begun: number }>();
  const calls: SystemCall[] = [];
  for (const [at, line] of trace.split('\n').entries()) {
    const whole = WHOLE.exec(line);
    const begun = BEGUN.exec(line);
    const resumed = RESUMED.exec(line);
    if (whole) {
      const [, , name = '', text = '', result] = whole;
      calls.push({ name, text, begun: at, ended: at, result: Number(result) });
    } else if (begun) {
      const [, pid = '', name = '', text = ''] = begun;
      open.set(`${pid} ${name}`, { name, text, begun: at });
    } else if (resumed) {
      const [, pid = '', name = '', rest = '', result] = resumed;
      const call = open.get(`${pid} ${name}`);
      if (call) calls.push({ ...call, text: call.text + rest, ended: at, result: Number(result) });
    }
  }
  return calls;
}

/**
 * What to put before a command so that its system calls are written to a file. The process stays the child of
 * whoever starts it, with its own id; the file is whole when both its outputs are closed.
 */
export function traced(
  file: string,
  calls: readonly string[],
): { command: string[]; env: NodeJS.ProcessEnv } {
  const { path, env } = strace();
  const what = ['-s', '1000000', '-e', `trace=${calls.join(',')}`, '-o', file];
  return { command: [path, '-D', '-f', '--seccomp-bpf', ...what], env };
}

/** `strace` from the PATH, else Debian's package, unpacked into a cache folder without root. */
export function strace(): { path: string; env: NodeJS.ProcessEnv } {
  const folders = (process.env['PATH'] ?? '').split(':').filter(Boolean);
  const onPath = folders.map((folder) => join(folder, 'strace')).find((path) => existsSync(path));
  if (onPath !== undefined) return { path: onPath, env: process.env };
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'sallyport');
  const root = join(cache, 'strace');
  if (!existsSync(join(root, 'usr/bin/strace'))) unpack(cache, root);
  const machine = readdirSync(join(root, 'usr/lib')).find((name) => name.endsWith('-linux-gnu')) ?? '';
  const env = { ...process.env, LD_LIBRARY_PATH: join(root, 'usr/lib', machine) };
  return { path: join(root, 'usr/bin/strace'), env };
}

function unpack(cache: string, root: string): void {
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'strace-'));
  try {
    execFileSync('apt-get', ['download', 'strace', 'libunwind8'], { cwd: work, stdio: 'pipe' });
    for (const file of readdirSync(work)) execFileSync('dpkg', ['-x', join(work, file), join(work, 'root')]);
    if (!existsSync(root)) renameSync(join(work, 'root'), root);
  } catch (cause) {
    throw new Error('This test needs strace: put it on the PATH, or make apt-get and dpkg work.', { cause });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
