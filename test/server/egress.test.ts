/** A certificate of ours for upstreams that ask for one. Shown false by a `tlsOf` that leaves it out: the handshake fails. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createUpstream, upstreamSchema } from '../../src/server/upstream.ts';
import { portOf } from '../support/free-port.ts';
import { selfSigned } from '../support/self-signed.ts';

const own = selfSigned();
const theirs = selfSigned();
const folder = mkdtempSync(join(tmpdir(), 'sallyport-egress-'));
const caFile = join(folder, 'ca.pem');
const clientCertFile = join(folder, 'cert.pem');
const clientKeyFile = join(folder, 'key.pem');
const server = createServer(
  { ...theirs, requestCert: true, rejectUnauthorized: true, ca: own.cert },
  (_, reply) => reply.end('{}'),
);

beforeAll(async () => {
  writeFileSync(caFile, theirs.cert);
  writeFileSync(clientCertFile, own.cert);
  writeFileSync(clientKeyFile, own.key);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function asked(more: object): Promise<number | string> {
  const upstream = createUpstream(
    upstreamSchema.parse({ baseUrl: `https://127.0.0.1:${portOf(server)}`, apiKey: 'k', caFile, ...more }),
  );
  const { promise, resolve } = Promise.withResolvers<number | string>();
  upstream.send(
    { method: 'GET', path: '/', headers: {}, body: undefined },
    { sent() {}, head: (status) => resolve(status), data() {}, end() {}, failed: (fault) => resolve(fault) },
  );
  const came = await promise;
  await upstream.close();
  return came;
}

test('it is shown where it is configured', async () => {
  expect(await asked({ clientCertFile, clientKeyFile })).toBe(200);
  expect(['unreachable', 'broken']).toContain(await asked({}));
});

test('a certificate without its key is a fault of the configuration', () => {
  const half = { baseUrl: 'https://127.0.0.1', clientCertFile };
  expect(upstreamSchema.safeParse(half).success).toBe(false);
});
