/**
 * Webhooks, exports, key sets, detectors and tools that are services go out as the section `egress` says: through the proxy,
 * trusting its authority alone, with the house's certificate. Shown false by a dispatcher that forgets the proxy (no tunnel), by
 * one without the authority, and by a detector, or a tool, that is built without `egress`.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createDetector } from '../../src/assemble/engines.ts';
import { configSchema } from '../../src/config.ts';
import { createGuardModel, guardModelSchema } from '../../src/engines/detector/detector-guard-model.ts';
import { createHttpRunner, httpRunSchema } from '../../src/engines/tool/tool-http.ts';
import { remoteKeySet } from '../../src/domain/callers/key-set.ts';
import { createWebhookExport } from '../../src/engines/export/export-webhook.ts';
import { createNotifier } from '../../src/engines/notify/notify.ts';
import { selfSigned } from '../support/self-signed.ts';
import { until } from '../support/until.ts';

const SECRET = 'sixteen-characters-and-more';
const own = selfSigned();
const shown = selfSigned();
const seen: { path: string; client: boolean }[] = [];
const tunnels: string[] = [];
const receiver = createHttps(
  { ...own, ca: shown.cert, requestCert: true, rejectUnauthorized: false },
  (request, response) => {
    const { socket } = request;
    seen.push({ path: request.url ?? '', client: 'authorized' in socket && socket.authorized === true });
    request.resume().on('end', () => response.end('{"keys":[],"scores":[0.5]}'));
  },
);
const proxy = createHttp();
proxy.on('connect', ({ url = '' }, socket, head) => {
  tunnels.push(url);
  const there = connect(Number(url.split(':')[1]), '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    there.write(head);
    there.pipe(socket).pipe(there);
  });
  for (const end of [there, socket]) end.on('error', () => end.destroy());
});
const portOf = (server: { address(): AddressInfo | string | null }): number => {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
};
beforeAll(async () => {
  for (const server of [receiver, proxy])
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterAll(() => {
  receiver.closeAllConnections();
  receiver.close();
  proxy.closeAllConnections();
  proxy.close();
});

const tls = { ca: Buffer.from(own.cert), cert: Buffer.from(shown.cert), key: Buffer.from(shown.key) };
const egress = () => ({ tls, proxy: `http://127.0.0.1:${portOf(proxy)}` });
const url = (path: string): string => `https://localhost:${portOf(receiver)}${path}`;

test('a notice, a batch of events and a key set: tunnelled, with our certificate', async () => {
  const notifier = createNotifier(
    { webhooks: [{ url: url('/notice'), secret: SECRET, format: 'json' }], baseUrl: 'http://127.0.0.1' },
    () => undefined,
    egress(),
  );
  notifier.notify({ id: 'n', kind: 'incident', text: 'x', path: '/console' });
  const exported = createWebhookExport(
    { kind: 'webhook', name: 'w', url: url('/events'), secret: SECRET },
    egress(),
  );
  await exported.send(['{}']);
  const keySet = remoteKeySet(new URL(url('/keys')), 1000, egress());
  await expect(keySet({ alg: 'RS256', kid: 'none' }, { payload: '', signature: '' })).rejects.toThrow(
    /no applicable key/,
  );
  await until(
    () => Promise.resolve(seen.map(({ path }) => path).sort()),
    (paths) => paths.length === 3,
  );
  expect(seen.map(({ path }) => path).sort()).toEqual(['/events', '/keys', '/notice']);
  expect(seen.every(({ client }) => client)).toBe(true);
  expect(new Set(tunnels)).toEqual(new Set([`localhost:${portOf(receiver)}`]));
  await Promise.all([notifier.close(), exported.close()]);
});

test('texts for a detector, and calls of a tool that is a service', async () => {
  const before = tunnels.length;
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-egress-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  // As the configuration has it, files and all.
  const detector = createDetector(
    configSchema.pick({ detector: true, egress: true }).parse({
      detector: { engine: { kind: 'guardModel', url: url('/judge') } },
      egress: {
        proxy: egress().proxy,
        caFile: file('ca', own.cert),
        clientCertFile: file('cert', shown.cert),
        clientKeyFile: file('key', shown.key),
      },
    }),
  );
  expect(await detector?.judge([{ text: 'x', role: 'user' }])).toEqual([{ score: 0.5, type: 'flagged' }]);
  const run = httpRunSchema.parse({ kind: 'http', url: url('/tool') });
  const tool = createHttpRunner(run, { timeoutMs: 5000, outputBytesMax: 1000 }, egress());
  const { signal } = new AbortController();
  expect(await tool.prepare({})(signal)).toMatchObject({ status: 200 });
  expect(seen.slice(-2)).toEqual([
    { path: '/judge', client: true },
    { path: '/tool', client: true },
  ]);
  expect(tunnels.length).toBe(before + 2);
  await Promise.all([detector?.close(), tool.close()]);
});

test('what is on this machine, by http, is asked without the proxy', async () => {
  const plain = createHttp((request, response) =>
    request.resume().on('end', () => response.end('{"scores":[1]}')),
  );
  await new Promise<void>((done) => plain.listen(0, '127.0.0.1', done));
  onTestFinished(() => void plain.close());
  const before = tunnels.length;
  const service = guardModelSchema.parse({ kind: 'guardModel', url: `http://127.0.0.1:${portOf(plain)}/` });
  const detector = createGuardModel(service, egress());
  expect(await detector.judge([{ text: 'x', role: 'user' }])).toEqual([{ score: 1, type: 'flagged' }]);
  expect(tunnels.length).toBe(before);
  await detector.close();
});

test('an authority that is not named is not trusted', async () => {
  const exported = createWebhookExport(
    { kind: 'webhook', name: 'w', url: url('/events'), secret: SECRET },
    { proxy: egress().proxy },
  );
  const before = seen.length;
  await expect(exported.send(['{}'])).rejects.toThrow(/self-signed certificate/);
  expect(seen.length).toBe(before);
  await exported.close();
});
