/** The bench's processes: started by file, pinned to a core where the machine can, measured through /proc. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { PORT_MESSAGE, type Measured, type Order } from './workload.ts';

/** Whether processes can be pinned here: Linux, taskset, two cores. */
export const pinned = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;

/** Core 0 belongs to what is measured; this process and all it starts otherwise stay on core 1. */
export function pinSelf(): void {
  if (pinned) spawnSync('taskset', ['-acp', '1', String(process.pid)]);
}

/** Prefix of a command that runs it on the measured core. */
export const onMeasuredCore: readonly string[] = pinned ? ['taskset', '-c', '0'] : [];

const open = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of open) child.kill('SIGKILL');
});

export function start(
  file: string,
  args: readonly string[] = [],
  prefix: readonly string[] = [],
): ChildProcess {
  const [command, ...rest] = [...prefix, process.execPath, join(import.meta.dirname, file)];
  const child = spawn(command, [...rest, ...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  open.add(child);
  child.once('exit', () => open.delete(child));
  return child;
}

/** The port a process says it listens on. @throws if it ends first */
export async function portOf(child: ChildProcess): Promise<number> {
  const [message] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error('a process of the bench ended before it listened');
    }),
  ]);
  if (isPort(message)) return message.port;
  throw new Error('a process of the bench said something else than its port');
}

function isPort(message: unknown): message is { port: number } {
  return (
    typeof message === 'object' && message !== null && 'kind' in message && message.kind === PORT_MESSAGE
  );
}

/** @throws if the load process ends */
export async function command(load: ChildProcess, order: Order | 'release'): Promise<Measured> {
  load.send(order);
  const ended = new AbortController();
  const measured = await Promise.race([
    once(load, 'message', { signal: ended.signal }),
    once(load, 'exit', { signal: ended.signal }).then(() => {
      throw new Error('the load process ended');
    }),
  ]).finally(() => ended.abort());
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own process, our own message
  return measured[0] as Measured;
}

/** CPU of a process with all its threads so far, user and system, in milliseconds (proc(5): 100 ticks a second). */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Resident memory of a process in KiB. */
export function residentKb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN);
}
