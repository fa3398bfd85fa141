/** A process that runs tools, as a test asks it: over HTTP with a key, and what its audit log says of it. */
import { join } from 'node:path';
import type { Entry } from '../../src/ports/audit-log.ts';
import { allEntries } from './audit.ts';
import { bubblewrap } from './bubblewrap.ts';
import { startGateway, type GatewayProcess, type ProcessOptions } from './gateway.ts';
import { program } from './program.ts';

export interface ToolAnswer {
  readonly status: number;
  readonly code: string | null;
  readonly headers: Headers;
  // Whatever JSON came.
  readonly body: any;
}

export interface ToolHouse {
  readonly process: GatewayProcess;
  readonly url: string;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<ToolAnswer>;
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<ToolAnswer>;
  /** Those of actions that begin with `tool.`, in order. */
  entries(): Promise<Entry[]>;
}

/** Its own keys, ledger and records; the key made has no limit but a day's money. */
export async function startToolHouse(
  config: object,
  tools: object,
  options: ProcessOptions = {},
): Promise<ToolHouse> {
  const process = await startGateway({
    program: [program('cli'), 'tools'],
    key: { tier: 'internal' },
    ...options,
    // Patient with the disk of a busy machine.
    config: { ...config, toolServer: { bubblewrap: bubblewrap(), tools } },
    env: { OPENAI_API_KEY: undefined, ...options.env },
  });
  const url = process.baseUrl.replace(/\/v1$/, '');
  async function ask(path: string, init: RequestInit, headers = {}): Promise<ToolAnswer> {
    const all = { authorization: `Bearer ${process.callerKey}`, ...headers };
    const answer = await fetch(url + path, { ...init, headers: all });
    const text = await answer.text();
    return {
      status: answer.status,
      code: answer.headers.get('x-sallyport-code'),
      headers: answer.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
  }
  return {
    process,
    url,
    get: (path, headers) => ask(path, { method: 'GET' }, headers),
    post: (path, body, headers) =>
      ask(
        path,
        { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) },
        { 'content-type': 'application/json', ...headers },
      ),
    async entries() {
      const all = await allEntries(join(process.dataDir, 'audit'));
      return all.filter(({ action }) => action.startsWith('tool.'));
    },
  };
}
