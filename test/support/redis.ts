/**
 * A real Redis for a test file: its own process on its own port, gone with the test. From REDIS_URL, else
 * redis-server on the PATH, else Debian's packages unpacked into a cache folder, which needs no root.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePorts } from './free-port.ts';

export interface RedisOptions {
  /** Never the one of REDIS_URL: for tests that kill, freeze or flush it. */
  readonly own?: boolean;
  readonly password?: string;
  /** Keeps an append-only file, so that `restart` finds its data again. */
  readonly appendOnly?: boolean;
  /** More of the command line. */
  readonly settings?: readonly string[];
  /** A sentinel: it takes a file that it may write, and none of what a server is told. */
  readonly bare?: boolean;
}

export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** One command, by a connection of its own; the reply as it came over the wire. */
  command(...words: string[]): Promise<string>;
  /** SIGSTOP and SIGCONT. */
  freeze(): void;
  thaw(): void;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again on the same port, after `kill`. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const DEBIAN_PACKAGES = [
  'redis-server',
  'redis-tools',
  'libjemalloc2',
  'liblzf1',
  'liblua5.1-0',
  'lua-cjson',
  'lua-bitop',
  'libatomic1',
];

interface Program {
  readonly path: string;
  readonly libraries?: string;
}

function onPath(): Program | undefined {
  for (const folder of (process.env['PATH'] ?? '').split(':')) {
    for (const name of ['redis-server', 'valkey-server']) {
      if (folder !== '' && existsSync(join(folder, name))) return { path: join(folder, name) };
    }
  }
  return undefined;
}

function unpacked(folder: string): Program | undefined {
  const path = join(folder, 'usr/bin/redis-server');
  if (!existsSync(path)) return undefined;
  const under = join(folder, 'usr/lib');
  const machine = readdirSync(under).find((name) => name.endsWith('-linux-gnu'));
  return { path, libraries: join(under, machine ?? '') };
}

/** Downloads and unpacks beside the cache folder, then moves there in one step: who loses the race uses the winner's. */
function fromDebian(cache: string): Program {
  const target = join(cache, 'redis');
  const ready = unpacked(target);
  if (ready) return ready;
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'redis-'));
  const apt = (...args: string[]) => execFileSync('apt-get', args, { cwd: work, stdio: 'pipe' });
  try {
    try {
      apt('download', ...DEBIAN_PACKAGES);
    } catch {
      // Without package lists: fetch them into a folder of our own, which needs no root.
      mkdirSync(join(work, 'lists/partial'), { recursive: true });
      mkdirSync(join(work, 'archives/partial'), { recursive: true });
      const lists = ['-o', `Dir::State::lists=${work}/lists`, '-o', `Dir::Cache=${work}`];
      apt(...lists, 'update');
      apt(...lists, 'download', ...DEBIAN_PACKAGES);
    }
    for (const file of readdirSync(work).filter((name) => name.endsWith('.deb'))) {
      execFileSync('dpkg', ['-x', join(work, file), join(work, 'root')]);
    }
    try {
      renameSync(join(work, 'root'), target);
    } catch (error) {
      if (!unpacked(target)) throw error;
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const program = unpacked(target);
  if (!program) throw new Error('the packages hold no redis-server');
  return program;
}

let found: Program | undefined;

function redisServer(): Program {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'sallyport');
  try {
    found ??= onPath() ?? fromDebian(cache);
    return found;
  } catch (cause) {
    throw new Error(
      'The tests need Redis: set REDIS_URL, put redis-server on the PATH, or make apt-get and dpkg work.',
      { cause },
    );
  }
}

/** A command as it goes over the wire. */
function encoded(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}

/**
 * Sends one command and resolves with the first bytes of the reply.
 * @throws Error where the server ends the connection before, as Sentinel does to all clients of a new master
 */
async function command(url: URL, words: readonly string[]): Promise<string> {
  const socket = connect(Number(url.port || 6379), url.hostname);
  const over = new AbortController();
  socket.once('close', () => over.abort());
  const next = async (event: string): Promise<unknown> => {
    const [told]: unknown[] = await once(socket, event, over);
    return told;
  };
  try {
    await next('connect');
    if (url.password !== '') {
      socket.write(encoded(['AUTH', decodeURIComponent(url.password)]));
      await next('data');
    }
    socket.write(encoded(words));
    return String(await next('data'));
  } finally {
    socket.destroy();
  }
}

async function isUp(url: URL): Promise<boolean> {
  return command(url, ['PING']).then(
    (reply) => reply.startsWith('+PONG'),
    () => false,
  );
}

function emptyFile(folder: string): string {
  const file = join(folder, 'sentinel.conf');
  if (!existsSync(file)) writeFileSync(file, '');
  return file;
}

async function launch(url: URL, folder: string, options: RedisOptions): Promise<ChildProcess> {
  const program = redisServer();
  const settings = ['--bind', '127.0.0.1', '--port', url.port, '--dir', folder];
  if (options.bare) settings.unshift(emptyFile(folder));
  else {
    settings.push('--save', '', '--maxmemory-policy', 'noeviction');
    settings.push('--appendonly', options.appendOnly ? 'yes' : 'no');
  }
  settings.push(...(options.settings ?? []));
  if (options.password !== undefined) settings.push('--requirepass', options.password);
  const environment = { ...process.env, ...(program.libraries && { LD_LIBRARY_PATH: program.libraries }) };
  const child = spawn(program.path, settings, { env: environment, stdio: 'ignore' });
  const exited = once(child, 'exit');
  for (let tries = 0; tries < 500 && child.exitCode === null; tries++) {
    if (await isUp(url)) return child;
    await Promise.race([pause(20), exited]);
  }
  child.kill('SIGKILL');
  throw new Error('redis-server did not start');
}

function never(): never {
  throw new Error('this Redis is not ours: ask for an own one');
}

function shared(address: string): TestRedis {
  const url = new URL(address);
  return {
    url: address,
    port: Number(url.port || 6379),
    command: (...words) => command(url, words),
    freeze: never,
    thaw: never,
    kill: never,
    restart: never,
    stop: async () => undefined,
  };
}

/** @throws Error with one sentence that says what is missing */
export async function startRedis(options: RedisOptions = {}): Promise<TestRedis> {
  const given = process.env['REDIS_URL'];
  if (given && !options.own && options.password === undefined) return shared(given);
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-redis-'));
  const [port = 0] = await freePorts(1);
  const url = new URL(`redis://127.0.0.1:${port}`);
  if (options.password !== undefined) url.password = options.password;
  let child = await launch(url, folder, options);
  const atExit = () => child.kill('SIGKILL');
  process.once('exit', atExit);

  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  return {
    url: url.href,
    port,
    command: (...words) => command(url, words),
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    kill,
    restart: async () => {
      child = await launch(url, folder, options);
    },
    stop: async () => {
      await kill();
      process.off('exit', atExit);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
