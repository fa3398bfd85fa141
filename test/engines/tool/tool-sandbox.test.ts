/**
 * engines/tool/tool-sandbox, tool-process, tool-command: what a command can reach and use inside, tried from inside by a shell,
 * each beside a twin that is allowed. Shown false by leaving out of
 * tool-sandbox.ts: `net` (network), `--remount-ro /` (the root is written), `--size` (/tmp), nproc (forks), checkFolder (links);
 * and of tool-process.ts killTold, on a busy machine (what is aborted early stays).
 * Where the kernel lets nobody make a user namespace, the refusal is what is shown.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Refusal } from '../../../src/base/errors.ts';
import { commandRunSchema, createCommandRunner } from '../../../src/engines/tool/tool-command.ts';
import { closeInherited } from '../../../src/engines/tool/tool-process.ts';
import { createSandbox } from '../../../src/engines/tool/tool-sandbox.ts';
import type { ToolOutput } from '../../../src/ports/tool-runner.ts';
import { bubblewrap, sandboxFolder, whyNoSandbox } from '../../support/bubblewrap.ts';
import { ownClock } from '../../support/own-clock.ts';
import { until } from '../../support/until.ts';

const reason = whyNoSandbox();
const MIB = 1_048_576;
const home = sandboxFolder();
const elsewhere = sandboxFolder();
const sandbox = createSandbox(bubblewrap());
const listener = createServer((socket) => socket.end('reached\n'));
let port = 0;

beforeAll(async () => {
  closeInherited();
  writeFileSync(join(home.data, 'note.txt'), 'kept inside\n');
  writeFileSync(join(elsewhere.data, 'secret.txt'), 'kept outside\n');
  process.env['SALLYPORT_CANARY'] = 'canary-of-the-environment';
  await sandbox.probe();
  await new Promise<void>((resolve) => {
    listener.listen(0, '127.0.0.1', () => resolve());
  });
  const address = listener.address();
  port = typeof address === 'object' && address ? address.port : 0;
});
afterAll(() => {
  delete process.env['SALLYPORT_CANARY'];
  listener.close();
  for (const { path } of [home, elsewhere]) rmSync(path, { recursive: true, force: true });
});

const BOUNDS = { timeoutMs: 60_000, outputBytesMax: 65_536 };

function shell(more: object = {}, bounds = BOUNDS) {
  const run = commandRunSchema.parse({
    kind: 'command',
    argv: ['/bin/bash', '-c', '{script}'],
    folders: { read: [home.data], write: [home.out] },
    ...more,
  });
  return createCommandRunner(run, bounds, sandbox);
}

async function inside(script: string, more: object = {}, bounds = BOUNDS): Promise<ToolOutput> {
  return await shell(more, bounds).prepare({ script })(new AbortController().signal);
}

/** The code of the refusal; the output where there is none. */
async function endOf(pending: Promise<ToolOutput>): Promise<string> {
  try {
    return (await pending).output;
  } catch (error) {
    return error instanceof Refusal ? error.code : String(error);
  }
}

/** Processes of the whole machine whose command line holds a word. */
function processesWith(word: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word);
    } catch {
      return false;
    }
  });
}

test('whether there is a sandbox on this machine is said by a trial, not by a guess', async () => {
  expect([sandbox.trouble(), reason].filter((why) => why === undefined)).toHaveLength(
    reason === undefined ? 2 : 0,
  );
  const none = createSandbox('/usr/bin/no-such-program');
  await none.probe();
  expect(none.trouble()).toMatch(/ENOENT/);
  const run = commandRunSchema.parse({ kind: 'command', argv: ['/usr/bin/id'] });
  const refused = createCommandRunner(run, BOUNDS, none).prepare({})(new AbortController().signal);
  expect(await endOf(refused)).toBe('tool.sandbox');
});

describe.runIf(reason === undefined)('inside', () => {
  test('there is no network, not even to this machine', async () => {
    const knock = `exec 5<>/dev/tcp/127.0.0.1/${port} && cat <&5`;
    expect((await inside(knock)).output).toMatch(/refused|unreachable/);
    expect((await inside('cat /proc/net/dev | tail -n +3 | wc -l')).output.trim()).toBe('1');
    // The twin: the same from outside.
    const child = spawn('/bin/bash', ['-c', knock], { stdio: ['ignore', 'pipe', 'ignore'] });
    const said = await new Promise<string>((resolve) => {
      child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()));
    });
    expect(said).toBe('reached\n');
  });

  test('files are those of its folders: others are not there, whatever a link says', async () => {
    symlinkSync(join(elsewhere.data, 'secret.txt'), join(home.data, 'link.txt'));
    symlinkSync('/etc/shadow', join(home.data, 'shadow.txt'));
    expect((await inside(`cat ${home.data}/note.txt`)).output).toBe('kept inside\n');
    for (const path of [
      '/etc/shadow',
      '/etc/passwd',
      join(elsewhere.data, 'secret.txt'),
      join(home.data, 'link.txt'),
      join(home.data, 'shadow.txt'),
      `${home.data}/../../${elsewhere.path.split('/').at(-1)}/data/secret.txt`,
      '/proc/1/root/etc/shadow',
    ]) {
      const { output, isError } = await inside(`cat ${path}`);
      expect([path, isError, output.includes('kept outside'), /root:/.test(output)]).toEqual([
        path,
        true,
        false,
        false,
      ]);
    }
  });

  test('it writes into its own folder and /tmp, and nowhere else', async () => {
    const places = [
      join(home.data, 'x'),
      '/x',
      '/usr/x',
      '/etc/x',
      '/dev/shm/x',
      '/proc/sys/kernel/hostname',
    ];
    for (const path of places)
      expect([path, (await inside(`echo x > ${path}`)).isError]).toEqual([path, true]);
    expect(await inside(`echo made > ${home.out}/x && echo y > /tmp/y && cat /tmp/y`)).toMatchObject({
      output: 'y\n',
      isError: false,
    });
    expect(readFileSync(join(home.out, 'x'), 'utf8')).toBe('made\n');
    expect((await inside('ls /tmp/y')).isError).toBe(true);
    rmSync(join(home.out, 'x'));
  });

  test('nothing of this process is known there: no variable, no process, no open file, no user', async () => {
    const { output } = await inside(
      'env; ls /proc | grep -c "^[0-9]"; id -u; ls /proc/self/fd | tr "\\n" " "',
    );
    expect(output).not.toContain('canary');
    expect(output).toMatch(/^HOME=\/tmp$/m);
    const [processes, user, files] = output.trim().split('\n').slice(-3);
    expect(Number(processes)).toBeLessThan(8);
    expect(user).toBe('65534');
    expect(files?.trim()).toBe('0 1 2 3');
    expect((await inside(`kill -9 ${process.pid} ${process.ppid}; echo $?`)).output).toMatch(/1$/m);
    expect((await inside('unshare --user --map-root-user id')).isError).toBe(true);
    expect((await inside('mount -t tmpfs none /tmp')).isError).toBe(true);
  });
});

describe.runIf(reason === undefined)('bounds', () => {
  test('memory, of a process and of /tmp', async () => {
    const hog = (mib: number) => `x=$(head -c ${mib * MIB} /dev/zero | tr '\\0' a); echo \${#x}`;
    const bound = { memoryBytesMax: 96 * MIB, fileBytesMax: 1024 * MIB };
    expect((await inside(hog(8), bound)).output).toBe(`${8 * MIB}\n`);
    expect((await inside(hog(90), bound)).isError).toBe(true);
    expect((await inside(`head -c ${100 * MIB} /dev/zero > /tmp/x`, bound)).isError).toBe(true);
    expect(
      (await inside(`head -c ${10 * MIB} /dev/zero > ${home.out}/x`, { fileBytesMax: MIB })).isError,
    ).toBe(true);
    rmSync(join(home.out, 'x'));
  });

  test('processes: a bomb of forks is some of them, and none is left', async () => {
    const word = `bomb-${process.pid}`;
    const bomb = `f() { f | f & }; : ${word}; f; sleep 60`;
    let ended = false;
    const pending = endOf(inside(bomb, { processesMax: 8 }, { ...BOUNDS, timeoutMs: 2000 })).finally(
      () => (ended = true),
    );
    let most = 0;
    // A shell that cannot fork tries again and again, so the bomb goes on until its time is over.
    await until(
      () => {
        most = Math.max(most, processesWith(word).length);
        return ended;
      },
      (over) => over,
    );
    expect(await pending).toBe('tool.timeout');
    expect(most).toBeGreaterThan(2);
    expect(most).toBeLessThan(16);
    expect(processesWith(word)).toEqual([]);
    expect((await inside('(sleep 0.01 &) ; echo fine', { processesMax: 8 })).output).toBe('fine\n');
  });

  test('time: what is over it is killed with all its children', async () => {
    const word = `late-${process.pid}`;
    const script = `: ${word}; (setsid sleep 61 &) ; (nohup bash -c 'sleep 61; : ${word}' &) ; trap '' TERM; sleep 61`;
    const clock = ownClock();
    const pending = endOf(inside(script, {}, { ...BOUNDS, timeoutMs: 2000 }));
    await until(
      () => processesWith(word).length,
      (count) => count > 1,
    );
    expect(await pending).toBe('tool.timeout');
    expect(clock.stop()).toBeLessThan(4000);
    expect(processesWith(word)).toEqual([]);
  });

  test('what outlives its command ends with it, and whoever aborts ends all', async () => {
    const word = `left-${process.pid}`;
    expect(await endOf(inside(`(setsid bash -c 'sleep 62; : ${word}' &) ; echo done`))).toBe('done\n');
    expect(processesWith(word)).toEqual([]);
    const gone = new AbortController();
    const pending = shell().prepare({ script: `: ${word}; sleep 62` })(gone.signal);
    await until(
      () => processesWith(word).length,
      (count) => count > 0,
    );
    gone.abort(new Refusal('auth.invalid'));
    expect(await endOf(pending)).toBe('auth.invalid');
    expect(processesWith(word)).toEqual([]);
  });

  test('whenever it is aborted, also while the sandbox is being made, nothing stays', async () => {
    const word = `early-${process.pid}`;
    const ends = Array.from({ length: 24 }, async (_, i) => {
      const gone = AbortSignal.timeout(2 * i);
      return await endOf(shell().prepare({ script: `: ${word}; sleep 62` })(gone));
    });
    expect(new Set(await Promise.all(ends)).size).toBe(1);
    await until(
      () => processesWith(word),
      (left) => left.length === 0,
    );
  });

  test('output: endless, or no text', async () => {
    expect(await endOf(inside('yes'))).toBe('tool.overran');
    expect(await endOf(inside('yes >&2'))).toBe('tool.overran');
    expect(await endOf(inside('head -c 65536 /dev/zero | tr "\\0" a | wc -c'))).toBe('65536\n');
    expect(await endOf(inside("printf '\\xff\\xfe'"))).toBe('tool.failed');
    expect(await inside('echo out; echo err >&2; exit 3')).toEqual({
      output: 'out\nerr\n',
      isError: true,
      status: 3,
    });
    expect(await inside('echo out; echo err >&2')).toEqual({ output: 'out\n', isError: false, status: 0 });
  });

  test('a folder that has become a link is shown to nobody', async () => {
    const made = join(home.path, 'swapped');
    mkdirSync(made);
    const more = { folders: { read: [made], write: [] } };
    expect((await inside(`ls ${made}`, more)).isError).toBe(false);
    rmSync(made, { recursive: true });
    symlinkSync(elsewhere.data, made);
    expect(await endOf(inside(`cat ${made}/secret.txt`, more))).toBe('tool.sandbox');
  });
});

function filled(argv: readonly string[], args: Readonly<Record<string, unknown>>): () => unknown {
  const run = commandRunSchema.parse({ kind: 'command', argv });
  return () => createCommandRunner(run, BOUNDS, sandbox).prepare(args);
}

describe('arguments', () => {
  test('one that a program would take for an option is refused, unless the template has ended them', () => {
    expect(filled(['/usr/bin/cat', '{path}'], { path: '--version' })).toThrow('tool.arguments');
    expect(filled(['/usr/bin/cat', '{path}'], { path: '-' })).toThrow('tool.arguments');
    expect(filled(['/usr/bin/head', '-n', '{n}'], { n: -5 })).toThrow('tool.arguments');
    expect(filled(['/usr/bin/cat', '--', '{path}'], { path: '--version' })).not.toThrow();
    expect(filled(['/usr/bin/cat', '{path}'], { path: 'a-b' })).not.toThrow();
  });

  test('one that cannot be passed on is refused', () => {
    expect(filled(['/usr/bin/cat', '--', '{path}'], { path: 'a\0b' })).toThrow('tool.arguments');
    expect(filled(['/usr/bin/cat', '--', '{path}'], { path: 'a'.repeat(65_537) })).toThrow('tool.arguments');
    expect(filled(['/usr/bin/cat', '--', '{path}'], { path: 'a'.repeat(65_536) })).not.toThrow();
  });

  test.runIf(reason === undefined)('no shell reads them', async () => {
    const run = commandRunSchema.parse({ kind: 'command', argv: ['/bin/echo', '{text}'] });
    const text = '$(id) `id` ; id | id > /tmp/x && "\' * ~ {text}';
    const said = await createCommandRunner(run, BOUNDS, sandbox).prepare({ text })(
      new AbortController().signal,
    );
    expect(said.output).toBe(`${text}\n`);
  });
});
