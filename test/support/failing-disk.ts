/**
 * Faults of the kernel's making, for a process that runs: system calls that fail or hang (strace), files that may
 * not grow (a resource limit). Nothing of the process is changed, and all of it can be taken back.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strace } from './syscall-trace.ts';

export interface Fault {
  /** As strace's `inject` takes them: `fdatasync`, `write,openat`. */
  readonly calls: string;
  /** `error=EIO`, or `delay_enter=60s`. */
  readonly how: string;
  /** On these files alone; they need not be there yet. */
  readonly files?: readonly string[];
}

export interface Failing {
  /** From now on the calls are as ever; those that hang go on. Resolves with how many there were. */
  stop(): Promise<number>;
}

/** Resolves when every such call of the process meets the fault. @throws if it may not be traced */
export async function failCalls(pid: number, { calls, how, files = [] }: Fault): Promise<Failing> {
  const { path, env } = strace();
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-faults-'));
  const log = join(folder, 'calls');
  const only = files.flatMap((file) => ['-P', file]);
  const what = ['-e', `trace=${calls}`, '-e', `inject=${calls}:${how}`, ...only];
  const child = spawn(path, ['-f', '-p', String(pid), '-o', log, ...what], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(child, 'exit');
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (/attached/.test(said)) resolve();
    });
    exited.then(() => reject(new Error(`strace ended: ${said}`)), reject);
  });
  return {
    async stop() {
      child.kill('SIGINT');
      await exited;
      const count = readFileSync(log, 'utf8').match(/^\d+ +\w+\(/gm)?.length ?? 0;
      rmSync(folder, { recursive: true, force: true });
      return count;
    },
  };
}

/**
 * Writes of the process end at this offset of any file: torn first, then EFBIG. No limit: as ever.
 * Needs no privilege.
 */
export function limitFiles(pid: number, bytes?: number): void {
  execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes ?? 'unlimited'}:`]);
}

/** The files that the newest chain of an audit log has and will have. */
export function chainFiles(auditDir: string): string[] {
  const chain = readdirSync(auditDir).sort().at(-1) ?? '';
  return Array.from({ length: 40 }, (_, n) =>
    join(auditDir, chain, `${String(n + 1).padStart(6, '0')}.jsonl`),
  );
}

const YAMA = '/proc/sys/kernel/yama/ptrace_scope';
/** prctl(2) by its number. */
const PRCTL: Readonly<Record<string, number>> = { x64: 157, arm64: 167 };

/** What to put before a command that `failCalls` shall reach, where Yama lets only parents trace. */
export function traceable(): readonly string[] {
  const restricted = existsSync(YAMA) && readFileSync(YAMA, 'utf8').trim() === '1';
  if (!restricted || process.getuid?.() === 0) return [];
  // PR_SET_PTRACER, PR_SET_PTRACER_ANY.
  return ['perl', '-e', `syscall ${PRCTL[process.arch] ?? 0}, 0x59616d61, -1, 0, 0, 0; exec @ARGV`];
}
