/**
 * Real gateway processes for tests: their own environment, ports and data, ended by process id, never by name. Where a process says
 * nothing that its doors do not, `open-gateway.ts` costs less.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { createKey, type NewKey } from './admin.ts';
import { freePorts } from './free-port.ts';
import { COMPILED, program } from './program.ts';

/** Enough for a test to tell it from any other key; shaped as a project key, so that no warning is due. */
export const UPSTREAM_KEY = `sk-proj-${'fakefakefake'.repeat(4)}`;

export interface GatewayOptions {
  /** Laid over `config/local.yaml`: YAML text, or an object; or one that has to know where the admin port is. */
  readonly config?: string | object | ((adminUrl: string) => object);
  /** Instead of `config`: a file of the test's own, which it may change. */
  readonly configFile?: string;
  /** Over the harness's own environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where OPENAI_BASE_URL points. */
  readonly upstream?: { readonly baseUrl: string };
  /** The key that is made for the test; tier pro, user `tester` unless said otherwise. `null` makes none. */
  readonly key?: Partial<NewKey> | null;
  /** Kept if given; else a temporary folder that goes with the gateway. */
  readonly dataDir?: string;
}

export interface ProcessOptions extends GatewayOptions {
  /** False: do not wait for readiness, and make no key. */
  readonly ready?: boolean;
  /** Instead of the gateway as built: `[program('cli'), 'tools']`, or `['src/main.ts']`, as `npm start` runs it. */
  readonly program?: readonly string[];
  /** Prefix of the command: `['taskset', '-c', '0']`. */
  readonly command?: readonly string[];
}

export interface Gateway extends AsyncDisposable {
  /** With the version prefix: `http://127.0.0.1:PORT/v1`. */
  readonly baseUrl: string;
  readonly port: number;
  /** Without a slash at its end: `http://127.0.0.1:ADMIN_PORT`. */
  readonly adminUrl: string;
  readonly adminKey: string;
  /** Empty where none was made. */
  readonly callerKey: string;
  readonly dataDir: string;
  /** All output so far; of one in this process, its log. */
  logs(): string;
  /** Ends it in order. The data folder goes unless it was given. */
  stop(): Promise<unknown>;
}

/** What only a process has. */
export interface GatewayProcess extends Gateway {
  readonly pid: number;
  /** Resolves with the exit code, or the signal's name. */
  readonly exited: Promise<number | string>;
  /** Sends the signal (SIGTERM), waits for the end; SIGKILL after 60 s. The data folder goes unless it was given. */
  stop(signal?: NodeJS.Signals): Promise<number | string>;
  /** SIGKILL; the data folder stays. Resolves when the process is gone. */
  kill9(): Promise<void>;
}

const ROOT = resolve(import.meta.dirname, '../..');
const PATIENCE_MS = 10_000;
/**
 * What is tried is what happens, not how soon: a process that a crowded machine lets wait refuses nobody. A first run of the
 * probe would be half of what a start costs, and tests ask more often than people. Tests of any of these say otherwise.
 */
const UNHURRIED = {
  audit: { waitMsMax: PATIENCE_MS },
  guardrails: { timeoutMs: 60_000 },
  liveness: { everySeconds: 0, timeoutMs: 60_000 },
  server: { adminRequestsPerMinute: 1_000_000 },
};
/** Where a test's own configuration names such an engine. */
const UNHURRIED_ENGINES = {
  ledger: { kind: 'redis', waitMsMax: PATIENCE_MS },
  store: { kind: 'postgres', waitMsMax: PATIENCE_MS },
} as const;
const READY_MS_MAX = 180_000;
const ENDING_MS_MAX = 60_000;
const open = new Set<ChildProcess>();
/** Those of killed processes too, whose data may still be looked at. */
const homes = new Set<string>();
process.on('exit', () => {
  for (const child of open) child.kill('SIGKILL');
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});
// A worker is ended by a signal, which alone would leave behind what it had started.
process.once('SIGTERM', () => process.exit());

/** One process; ready, with a key. @throws an error with its logs if it ends or is not ready in 3 minutes */
export async function startGateway(options: ProcessOptions = {}): Promise<GatewayProcess> {
  for (let attempt = 1; ; attempt++) {
    const gateway = await launch(options);
    if (options.ready === false) return gateway;
    try {
      await waitUntilReady(gateway);
      if (options.key === null) return gateway;
      const made = await createKey(gateway, { ...options.key });
      return Object.assign(gateway, { callerKey: made.key });
    } catch (error) {
      await gateway.stop('SIGKILL');
      const taken = gateway.logs().includes('EADDRINUSE');
      if (!taken || attempt === 3) throw error;
    }
  }
}

/**
 * N processes with the same secrets. With a shared store all answer to the key made on the first; with a store of
 * its own each has a key of its own for the same user.
 */
export async function startGateways(
  count: 2,
  options?: ProcessOptions,
): Promise<[GatewayProcess, GatewayProcess]>;
export async function startGateways(count: number, options?: ProcessOptions): Promise<GatewayProcess[]>;
export async function startGateways(count: number, options: ProcessOptions = {}): Promise<GatewayProcess[]> {
  const env = { ...freshSecrets(), ...options.env };
  const shared = typeof env.DATABASE_URL === 'string' && options.key !== null;
  const first = await startGateway({ ...options, env });
  const key = shared ? null : options.key;
  const others = await Promise.all(
    Array.from({ length: count - 1 }, () =>
      startGateway({ ...options, env, ...(key !== undefined && { key }) }),
    ),
  );
  if (shared) for (const other of others) Object.assign(other, { callerKey: first.callerKey });
  return [first, ...others];
}

function freshSecrets(): Record<string, string | undefined> {
  return {
    SALLYPORT_ADMIN_KEY: `sp-admin-${randomBytes(24).toString('hex')}`,
    SALLYPORT_SECRET: randomBytes(32).toString('hex'),
  };
}

/** A folder of a test's own; gone with this process at the latest. */
export function makeHome(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'sallyport-test-'));
  homes.add(path);
  return {
    path,
    remove() {
      homes.delete(path);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

async function launch(options: ProcessOptions): Promise<GatewayProcess> {
  const [port = 0, adminPort = 0] = await freePorts(2);
  const home = makeHome();
  const dataDir = options.dataDir ?? join(home.path, 'data');
  const env = environmentOf(options, home.path, { port, adminPort, dataDir });
  const run = [process.execPath, ...(options.program ?? [program('main')])];
  const [command = '', ...args] = [...(options.command ?? []), ...run];
  const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  open.add(child);
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => output.push(chunk));
  }
  const exited = once(child, 'close').then(([code, signal]: (number | string | null)[]) => {
    open.delete(child);
    return code ?? signal ?? 'unknown';
  });
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), ENDING_MS_MAX);
    const end = await exited;
    clearTimeout(late);
    home.remove();
    return end;
  };
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    port,
    adminUrl: `http://127.0.0.1:${adminPort}`,
    adminKey: env['SALLYPORT_ADMIN_KEY'] ?? '',
    callerKey: '',
    pid: child.pid ?? 0,
    dataDir,
    logs: () => output.join(''),
    exited,
    stop,
    kill9: async () => {
      child.kill('SIGKILL');
      await exited;
    },
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
}

/** What a gateway finds in its environment; files of the configuration are laid into `home`. */
export function environmentOf(
  options: GatewayOptions,
  home: string,
  own: { port: number; adminPort: number; dataDir: string },
): NodeJS.ProcessEnv {
  const files = ['config/local.yaml'];
  const lay = (name: string, content: string | object): void => {
    files.push(join(home, name));
    writeFileSync(join(home, name), typeof content === 'string' ? content : JSON.stringify(content));
  };
  const { config = {} } = options;
  const { configFile } = options;
  const content =
    configFile !== undefined
      ? readFileSync(configFile, 'utf8')
      : typeof config === 'function'
        ? config(`http://127.0.0.1:${own.adminPort}`)
        : config;
  lay('unhurried.yaml', { ...UNHURRIED, ...unhurriedEngines(content) });
  if (configFile === undefined) lay('overlay.yaml', content);
  else files.push(configFile);
  return {
    PATH: process.env['PATH'],
    HOME: home,
    ...COMPILED,
    TMPDIR: tmpdir(),
    HOST: '127.0.0.1',
    PORT: String(own.port),
    ADMIN_PORT: String(own.adminPort),
    DATA_DIR: own.dataDir,
    SALLYPORT_CONFIG: files.join(','),
    OPENAI_API_KEY: UPSTREAM_KEY,
    ...(options.upstream && { OPENAI_BASE_URL: options.upstream.baseUrl }),
    ...freshSecrets(),
    ...options.env,
  };
}

function unhurriedEngines(content: string | object): object {
  const tree: unknown = typeof content === 'string' ? parse(content) : content;
  const named = Object.entries(UNHURRIED_ENGINES).filter(
    ([section, { kind }]) => Object(Object(tree)[section]).kind === kind,
  );
  return Object.fromEntries(named);
}

async function waitUntilReady(gateway: GatewayProcess): Promise<void> {
  const until = performance.now() + READY_MS_MAX;
  const ended = gateway.exited.then((end) => {
    throw new Error(`the gateway ended (${end}) before it was ready:\n${gateway.logs()}`);
  });
  const asked = (async () => {
    for (;;) {
      const answer = await fetch(`${gateway.adminUrl}/readyz`).catch(() => undefined);
      if (answer?.ok) return;
      if (performance.now() > until) {
        const why = (await answer?.text()) ?? 'no answer';
        throw new Error(`the gateway was not ready in ${READY_MS_MAX} ms: ${why}\n${gateway.logs()}`);
      }
      // Nobody listens before anything is said: asking then costs more than it finds.
      await sleep(gateway.logs() === '' ? 100 : 20);
    }
  })();
  ended.catch(() => undefined);
  await Promise.race([asked, ended]);
}
