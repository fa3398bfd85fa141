/**
 * A real PostgreSQL for tests: DATABASE_URL, else one of our own from the PATH, from Debian's folder, or from
 * Debian's package; one server a process, and a database of its own for whoever asks. Fails in one sentence where
 * there is none; never skips. Ours dies with the process.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

export interface Postgres {
  /** A fresh, empty database. */
  readonly url: string;
  /** Drops the database. */
  stop(): Promise<void>;
}

/** Where databases are made, once that is known. */
let server: Promise<string> | undefined;

/** Another database, empty. The first of a process takes up to 3 s where a server is installed. */
export async function startPostgres(): Promise<Postgres> {
  server ??= process.env['DATABASE_URL']
    ? Promise.resolve(process.env['DATABASE_URL'])
    : findBinaries().then(startServer);
  const url = await server;
  const name = `sallyport_test_${randomBytes(6).toString('hex')}`;
  await ask(url, `create database ${name}`);
  const fresh = new URL(url);
  fresh.pathname = `/${name}`;
  return { url: fresh.href, stop: () => ask(url, `drop database ${name} with (force)`) };
}

async function ask(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 20_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(text);
  } finally {
    await client.end().catch(() => {});
  }
}

/** The server refuses to be root, so root runs it as somebody else. */
function identity(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const found = [spawnSync('id', ['-u', name]), spawnSync('id', ['-g', name])];
    const [uid, gid] = found.map((answer) => (answer.status === 0 ? Number(answer.stdout) : 0));
    if (uid && gid) return { uid, gid };
  }
  throw new Error('PostgreSQL refuses to run as root and there is no user postgres or nobody to run it as.');
}

/** Its address; it ends with this process. */
async function startServer(bin: string): Promise<string> {
  const who = identity();
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-postgres-'));
  chmodSync(folder, 0o700);
  if (who.uid !== undefined && who.gid !== undefined) chownSync(folder, who.uid, who.gid);
  const data = join(folder, 'data');
  const env = { ...process.env, ...librariesOf(bin) };
  const how = { ...who, env, cwd: folder };
  const user = ['--username', 'sallyport', '--auth', 'trust'];
  execFileSync(join(bin, 'initdb'), [...user, '--encoding', 'UTF8', '--no-sync', '--pgdata', data], {
    ...how,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const port = await freePort();
  const settings = { listen_addresses: '127.0.0.1', port, unix_socket_directories: folder, fsync: 'off' };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(join(bin, 'postgres'), ['-D', data, ...flags], { ...how, stdio: 'ignore' });
  child.unref();
  process.once('exit', () => {
    // SIGQUIT: at once, children too.
    child.kill('SIGQUIT');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  // A worker is ended by a signal, which alone would leave the server behind.
  process.once('SIGTERM', () => process.exit());
  const url = `postgres://sallyport@127.0.0.1:${port}/postgres`;
  await answering(url, child);
  return url;
}

async function answering(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    try {
      return await ask(url, 'select 1');
    } catch (error) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error('PostgreSQL was started but does not answer.', { cause: error });
      }
      await sleep(50);
    }
  }
}

/** The port a listening server was given. */
export function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on TCP');
  return address.port;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const port = portOf(probe);
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** The folder with `postgres` and `initdb` in it; installs Debian's package where there is none. */
async function findBinaries(): Promise<string> {
  const found = installed('/usr/lib/postgresql') ?? cached();
  if (found) return found;
  return await underLock(async () => installed('/usr/lib/postgresql') ?? cached() ?? install());
}

function complete(folder: string): boolean {
  return existsSync(join(folder, 'postgres')) && existsSync(join(folder, 'initdb'));
}

function installed(root: string): string | undefined {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  return [...onPath, ...versions.map((version) => join(root, version, 'bin'))].find(complete);
}

/** Root's own home is closed to the user the server runs as. */
function cacheFolder(): string {
  return process.getuid?.() === 0 ? '/var/cache/sallyport' : join(homedir(), '.cache', 'sallyport');
}
const unpacked = (): string => join(cacheFolder(), 'postgresql');

function cached(): string | undefined {
  return existsSync(join(unpacked(), '.complete'))
    ? installed(join(unpacked(), 'usr/lib/postgresql'))
    : undefined;
}

/** An unpacked package brings its libraries along; an installed one finds its own. */
function librariesOf(bin: string): Record<string, string> {
  if (!bin.startsWith(unpacked())) return {};
  const arch = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const folders = ['usr/lib', 'lib'].map((folder) => join(unpacked(), folder, `${arch}-linux-gnu`));
  return { LD_LIBRARY_PATH: folders.join(delimiter) };
}

function run(command: string, args: string[], cwd?: string): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(command, args, { cwd, stdio: 'ignore', env }).status === 0;
}

function install(): string {
  if (process.getuid?.() === 0) {
    run('apt-get', ['update', '-qq']);
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'postgresql']);
  }
  const found = installed('/usr/lib/postgresql') ?? download();
  if (found) return found;
  throw new Error(
    'These tests need PostgreSQL: set DATABASE_URL, put postgres and initdb on the PATH, or install the package postgresql.',
  );
}

function download(): string | undefined {
  const depends = spawnSync('apt-cache', ['depends', 'postgresql'], { encoding: 'utf8' }).stdout ?? '';
  const server = /postgresql-\d+/.exec(depends)?.[0];
  if (!server) return undefined;
  mkdirSync(unpacked(), { recursive: true });
  const needed = spawnSync('apt-cache', ['depends', server], { encoding: 'utf8' }).stdout ?? '';
  // What every Debian has must be its own; the JIT's compiler is large and only loaded where it is there.
  const libraries = [...needed.matchAll(/Depends: (lib[a-z0-9.+-]+)/g)]
    .map((match) => match[1] ?? '')
    .filter((name) => !/^lib(c6|gcc|stdc|llvm|systemd)/.test(name));
  for (const name of [server, ...libraries]) run('apt-get', ['download', name], unpacked());
  const archives = readdirSync(unpacked()).filter((name) => name.endsWith('.deb'));
  const all = archives.map((name) => run('dpkg', ['-x', name, unpacked()], unpacked()));
  if (all.length === 0 || all.includes(false)) return undefined;
  for (const name of archives) rmSync(join(unpacked(), name));
  mkdirSync(join(unpacked(), '.complete'), { recursive: true });
  return cached();
}

/** One installer at a time; a lock left by a process that died is broken after five minutes. */
async function underLock<T>(work: () => Promise<T>): Promise<T> {
  const lock = join(cacheFolder(), 'postgresql.lock');
  mkdirSync(cacheFolder(), { recursive: true });
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch {
      const age = existsSync(lock) ? Date.now() - statSync(lock).mtimeMs : 0;
      if (age > 300_000) rmSync(lock, { recursive: true, force: true });
      else await sleep(200);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}
