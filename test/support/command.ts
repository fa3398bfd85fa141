/** Runs the project's command line as a person would: a real process, its exit code, what it printed where. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { COMPILED, program } from './program.ts';

export interface Ran {
  /** -1: ended by a signal. */
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  /** Through `npm run --silent sallyport --`, from the sources. */
  readonly npm?: boolean;
}

const ROOT = resolve(import.meta.dirname, '../..');

/** With nothing of the surrounding environment but PATH and HOME. */
export async function runCommand(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const [command, ...before] = options.npm
    ? ['npm', 'run', '--silent', 'sallyport', '--']
    : [process.execPath, program('cli')];
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...COMPILED, ...options.env };
  const child = spawn(command ?? '', [...before, ...args], { cwd: ROOT, env, stdio: 'pipe' });
  child.stdin.end(options.input ?? '');
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode ?? -1, out, err };
}
