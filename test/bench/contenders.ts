/** Who takes part: upstream without anything before it, proxies that only forward, Sallyport with everything on. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../support/free-port.ts';
import { startGateway } from '../support/gateway.ts';
import { program, shippedFlags } from '../support/program.ts';
import { onMeasuredCore, portOf, start } from './worker.ts';

export interface Contender {
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined for upstream alone. */
  readonly pid: number | undefined;
  /** Where it tells its metrics, if it does. */
  readonly metricsUrl?: string;
  stop(): Promise<unknown>;
}

const PATH = '/v1/chat/completions';

export function direct(origin: string): Contender {
  return { name: 'direct', url: origin + PATH, headers: {}, pid: undefined, stop: async () => undefined };
}

export async function bareProxy(kind: 'http' | 'fastify', origin: string): Promise<Contender> {
  const child = start('bare-proxies.ts', [kind, origin], onMeasuredCore);
  const url = `http://127.0.0.1:${await portOf(child)}${PATH}`;
  const name = kind === 'http' ? 'node:http + undici' : '@fastify/http-proxy';
  const stop = async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { name, url, headers: {}, pid: child.pid, stop };
}

/** Key, Redis ledger, guardrails as shipped, usage, metrics, durable audit log; limits nobody reaches. */
export async function sallyport(origin: string, redisUrl: string, more: object = {}): Promise<Contender> {
  const bench = { requestsPerMinute: 100_000_000, maxTokensPerRequest: 2_000_000, dailyBudgetUsd: 1_000_000 };
  const gateway = await startGateway({
    upstream: { baseUrl: `${origin}/v1` },
    env: { REDIS_URL: redisUrl, LOG_LEVEL: 'warn' },
    config: { ledger: { kind: 'redis', url: 'env:REDIS_URL' }, tiers: { bench }, ...more },
    key: { tier: 'bench' },
    command: onMeasuredCore,
    program: [...shippedFlags(), program('main')],
  });
  return {
    name: 'Sallyport',
    url: `${gateway.baseUrl}/chat/completions`,
    headers: { authorization: `Bearer ${gateway.callerKey}` },
    pid: gateway.pid,
    metricsUrl: `${gateway.adminUrl}/metrics`,
    stop: async () => await gateway.stop(),
  };
}

/** With newer ones of these two its streams answer 500, also where a dependency of its own brings them. */
const PINNED = { hono: '4.9.7', '@hono/node-server': '1.3.3' };
const PORTKEY = { private: true, dependencies: { '@portkey-ai/gateway': '1.15.2' }, overrides: PINNED };

/** A peer that only forwards, installed on demand into the cache; a sentence where that cannot be. */
export async function portkey(origin: string): Promise<Contender | string> {
  const home = join(homedir(), '.cache', 'sallyport', 'portkey-1.15.2');
  const main = join(home, 'node_modules/@portkey-ai/gateway/build/start-server.js');
  if (!existsSync(main)) {
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'package.json'), JSON.stringify(PORTKEY));
    const flags = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    const installed = spawnSync('npm', flags, { cwd: home, stdio: 'ignore', timeout: 120_000 });
    if (installed.status !== 0 || !existsSync(main)) return 'Portkey is left out: it could not be installed.';
  }
  const [port = 0] = await freePorts(1);
  const [command, ...args] = [...onMeasuredCore, process.execPath, main, `--port=${port}`, '--headless'];
  const env = { ...process.env, TRUSTED_CUSTOM_HOSTS: '127.0.0.1,localhost' };
  const child = spawn(command, args, { cwd: home, env, stdio: 'ignore' });
  const stop = async () => {
    if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit');
  };
  process.on('exit', () => child.kill('SIGKILL'));
  const url = `http://127.0.0.1:${port}${PATH}`;
  const headers = {
    authorization: 'Bearer sk-proj-bench',
    'x-portkey-provider': 'openai',
    'x-portkey-custom-host': `${origin}/v1`,
  };
  for (let attempt = 0; attempt < 100 && child.exitCode === null; attempt++) {
    const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] });
    const asked = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body };
    const answer = await fetch(url, asked).catch(() => undefined);
    if (answer?.ok) return { name: 'Portkey 1.15.2', url, headers, pid: child.pid, stop };
    if (answer) {
      await stop();
      return `Portkey is left out: it answered ${answer.status}.`;
    }
    await sleep(100);
  }
  await stop();
  return 'Portkey is left out: it did not start.';
}
