/**
 * Promise 49: what ships runs in a folder of its own, without packages or sources beside it, and without a network: its
 * doors to files and threads open, and its source maps name the line. Negative control: red without the copied scripts,
 * console, vocabularies, maps, names of packages, any entry but `cli` and `count-worker` in docker/build.ts (without the latter
 * streams-are-charged.test.ts is red), or a word of a vocabulary; that it needs no network, by a start that opens a way to another
 * host.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire, SourceMap } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bubblewrap, whyNoSandbox } from '../support/bubblewrap.ts';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { program, shippedFlags } from '../support/program.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';

const app = mkdtempSync(join(tmpdir(), 'sallyport-built-'));
const dist = join(app, 'dist');
let redis: TestRedis;
let upstream: Upstream;
let gateway: Gateway;

beforeAll(async () => {
  cpSync(dirname(program('main')), dist, { recursive: true });
  cpSync('config', join(app, 'config'), { recursive: true });
  cpSync('package.json', join(app, 'package.json'));
  [redis, upstream] = await Promise.all([startRedis(), startUpstream()]);
  const config = { ledger: { kind: 'redis', url: 'env:REDIS_URL' } };
  const env = { REDIS_URL: redis.url, NODE_COMPILE_CACHE: undefined };
  gateway = await startGateway({
    upstream,
    config,
    env,
    program: [...shippedFlags(), join(dist, 'main.js')],
  });
});
afterAll(async () => {
  await gateway?.stop();
  await Promise.all([redis?.stop(), upstream?.close()]);
  rmSync(app, { recursive: true, force: true });
});

test('the image starts it with the flags of `npm start`', () => {
  const command =
    /^CMD (\[[^\]]*\])$/m.exec(readFileSync('Dockerfile', 'utf8').replaceAll('\\\n', ''))?.[1] ?? '';
  expect(JSON.parse(command)).toEqual(['node', ...shippedFlags(), '--enable-source-maps', 'dist/main.js']);
});

/** 200, or the code of the refusal. */
async function toldBy(path: string, body: object): Promise<number | string> {
  const headers = { authorization: `Bearer ${gateway.callerKey}`, 'content-type': 'application/json' };
  const answer = await fetch(gateway.baseUrl + path, { method: 'POST', headers, body: JSON.stringify(body) });
  await answer.arrayBuffer();
  return answer.ok ? answer.status : (answer.headers.get('x-sallyport-code') ?? '');
}

test('scripts for Redis are there, and the thread that writes to the store', async () => {
  const call = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }], max_tokens: 5 };
  expect(await toldBy('/chat/completions', call)).toBe(200);
});

test('a large body is screened on its thread, and counted by the vocabulary', async () => {
  const content = 'The harbour was quiet that morning, and nobody spoke of the storm. '.repeat(250);
  const call = { model: 'gpt-4o-mini', messages: [{ role: 'user', content }], max_tokens: 5 };
  expect(await toldBy('/chat/completions', call)).toBe(200);
});

test('numbers of tokens are read by the vocabulary', async () => {
  expect(await toldBy('/embeddings', { model: 'text-embedding-3-small', input: [9906, 1917] })).toBe(200);
});

test('the vocabularies are the package’s', () => {
  const [shipped, own] = [join(dist, 'main.js'), import.meta.url].map((from) => createRequire(from));
  for (const name of ['o200k_base', 'cl100k_base']) {
    const path = `gpt-tokenizer/cjs/bpeRanks/${name}`;
    expect(isDeepStrictEqual(shipped?.(path).default, own?.(path).default)).toBe(true);
  }
});

test('the console is served', async () => {
  for (const file of ['', '/console.js', '/console.css']) {
    expect((await fetch(`${gateway.adminUrl}/console${file}`)).status).toBe(200);
  }
});

test('a place in a chunk is a line of the sources', () => {
  const needle = 'function cannotStart(';
  const chunks = readdirSync(dist).filter((name) => name.endsWith('.js'));
  const chunk = chunks.find((name) => readFileSync(join(dist, name), 'utf8').includes(needle)) ?? '';
  const lines = readFileSync(join(dist, chunk), 'utf8').split('\n');
  const line = lines.findIndex((text) => text.includes(needle));
  const map = new SourceMap(JSON.parse(readFileSync(join(dist, `${chunk}.map`), 'utf8')));
  const found = map.findEntry(line, lines[line]?.indexOf('cannotStart') ?? 0);
  const source = 'src/assemble/cannot-start.ts';
  expect(found).toMatchObject({ originalSource: expect.stringMatching(`${source}$`) });
  const told = 'originalLine' in found ? readFileSync(source, 'utf8').split('\n')[found.originalLine] : '';
  expect(told).toContain(needle);
});

test('every package that is inside is named with its licence', () => {
  const named = readFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  for (const name of ['fastify', 'undici', 'pg', 'ioredis', 'nodemailer', 'openid-client', 'gpt-tokenizer']) {
    const { version, license } = lock.packages[`node_modules/${name}`];
    expect(named).toContain(`\n${name} ${version} (${license})\n`);
  }
});

test('nothing is downloaded: without any network it starts, answers and ends', (context) => {
  const why = whyNoSandbox();
  context.skip(why !== undefined, why);
  mkdirSync(join(app, 'data'), { recursive: true });
  const sandbox = ['--unshare-user', '--unshare-net', '--die-with-parent', '--dev-bind', '/', '/'];
  const inside = ['--tmpfs', join(app, 'data'), '--chdir', app, process.execPath];
  const line = [...sandbox, ...inside, resolve('test/support/alone.ts'), join(dist, 'main.js')];
  const told = execFileSync(bubblewrap(), line, { encoding: 'utf8', timeout: 60_000, env: {} });
  expect(JSON.parse(told)).toEqual({ status: 200, exit: 0, networks: ['lo'] });
});
