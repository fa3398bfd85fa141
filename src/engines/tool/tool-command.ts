/** Tools that are commands: a template of arguments, filled in and run in a sandbox. Never by a shell. */
import { posix } from 'node:path';
import { z } from 'zod';
import { Refusal } from '../../base/errors.ts';
import { isWithin } from '../../base/folders.ts';
import { placeholderOf } from '../../base/placeholder.ts';
import type { RunTool, ToolArguments, ToolOutput, ToolRunner } from '../../ports/tool-runner.ts';
import type { Ended, ProcessBounds } from './tool-process.ts';
import type { Sandbox, SandboxBounds, SandboxView } from './tool-sandbox.ts';

/** Places that are the system's, or its way to everything else. */
const SYSTEM = ['/proc', '/sys', '/dev', '/run', '/etc', '/boot', '/usr', '/bin', '/sbin', '/lib', '/lib64'];

const folder = z
  .string()
  .max(4096)
  .refine((path) => posix.isAbsolute(path) && posix.normalize(path) === path && !/(?!^)\/$/.test(path), {
    error: 'must be an absolute path without .., empty steps and a slash at its end',
  })
  .refine((path) => path !== '/' && path !== '/tmp' && !SYSTEM.some((own) => isWithin(path, own)), {
    error: 'must not be the root, /tmp itself or a folder of the system',
  });

/** `run` of a tool that is a command. */
export const commandRunSchema = z
  .strictObject({
    kind: z.literal('command'),
    /** The program by its whole path, then its arguments; `{name}` as a whole argument stands for one of the call's. */
    argv: z.array(z.string().min(1).max(4096)).min(1).max(64),
    /** Folders of this machine, seen at the same place inside. */
    folders: z
      .strictObject({
        read: z.array(folder).max(32).default([]),
        write: z.array(folder).max(32).default([]),
      })
      .prefault({}),
    /** One of the folders, or in one; else /tmp, which is empty and goes with the run. */
    workingFolder: folder.optional(),
    network: z
      .literal(false, { error: 'commands have no network; a service is reached by kind: http' })
      .default(false),
    /** Address space of each process, and all files in /tmp. */
    memoryBytesMax: z.int().min(16_777_216).max(68_719_476_736).default(268_435_456),
    processesMax: z.int().min(1).max(1024).default(16),
    fileBytesMax: z.int().min(0).max(1_099_511_627_776).default(67_108_864),
  })
  .superRefine(({ argv, folders, workingFolder }, context) => {
    const fault = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    if (!posix.isAbsolute(argv[0] ?? '')) fault(['argv', 0], 'must be the whole path of a program');
    for (const [i, argument] of argv.entries()) {
      if (/\{[A-Za-z_]\w*\}/.test(argument) && placeholderOf(argument) === undefined)
        fault(['argv', i], 'a placeholder must be a whole argument');
    }
    const all = [...folders.read, ...folders.write];
    if (workingFolder !== undefined && !all.some((own) => isWithin(workingFolder, own)))
      fault(['workingFolder'], 'must be one of the folders, or in one');
  });
/** After its schema. */
export type CommandRun = z.infer<typeof commandRunSchema>;

/** Names that stand in the template. */
export function commandPlaceholders({ argv }: CommandRun): string[] {
  return argv.flatMap((argument) => placeholderOf(argument) ?? []);
}

/** Linux takes 131,072 for one argument. */
const ARGUMENT_BYTES_MAX = 65_536;

/** One tool, whose runs share the sandbox with those of others. */
export function createCommandRunner(run: CommandRun, bounds: ProcessBounds, sandbox: Sandbox): ToolRunner {
  const { folders, memoryBytesMax, processesMax, fileBytesMax } = run;
  const view: SandboxView = { ...folders, workingFolder: run.workingFolder ?? '/tmp' };
  const all: SandboxBounds = { ...bounds, memoryBytesMax, processesMax, fileBytesMax };
  return {
    prepare(args): RunTool {
      const argv = fill(run.argv, args);
      return async (signal) => outputOf(await sandbox.run(argv, view, all, signal));
    },
    close: () => Promise.resolve(),
  };
}

/**
 * A value that begins with `-` is taken only behind a `--` of the template's: before it a program would read an option.
 * @throws tool.arguments
 */
function fill(template: readonly string[], args: ToolArguments): string[] {
  const end = template.indexOf('--');
  return template.map((argument, at) => {
    const name = placeholderOf(argument);
    if (name === undefined) return argument;
    const value = args[name];
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const isOption = text.startsWith('-') && (end === -1 || at < end);
    if (isOption || text.includes('\0') || Buffer.byteLength(text) > ARGUMENT_BYTES_MAX)
      throw new Refusal('tool.arguments', { param: name });
    return text;
  });
}

/** What it printed; of one that failed, what it complained of as well. @throws tool.failed for what is no text */
function outputOf({ status, stdout, stderr }: Pick<Ended, 'status' | 'stdout' | 'stderr'>): ToolOutput {
  const isError = status !== 0;
  const bytes = isError ? Buffer.concat([stdout, stderr]) : stdout;
  try {
    const output = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return { output, isError, status: status ?? 128 };
  } catch (cause) {
    throw new Refusal('tool.failed', { detail: 'the output is not UTF-8', cause });
  }
}
