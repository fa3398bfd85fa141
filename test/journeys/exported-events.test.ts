/**
 * Promise 50: what is on record reaches a file, a syslog server over TLS and a webhook, valid, in order, at least once,
 * over restarts of either side; callers notice nothing. Shown false by a cursor that moves before its batch
 * has arrived: the second test turns red.
 */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { allEntries } from '../support/audit.ts';
import { freePorts } from '../support/free-port.ts';
import { startGateway, type GatewayProcess } from '../support/gateway.ts';
import { ocsfSchema } from '../support/ocsf-schema.ts';
import { selfSigned } from '../support/self-signed.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';
import { until } from '../support/until.ts';

const SECRET = 'a-secret-that-signs-exports';
const folder = mkdtempSync(join(tmpdir(), 'sallyport-exports-'));
const dataDir = join(folder, 'data');
const file = join(folder, 'events.jsonl');
const certificate = selfSigned();
writeFileSync(join(folder, 'ca.pem'), certificate.cert);

/** A webhook that refuses while told to, and believes nothing that is not signed. */
const taken: string[] = [];
let refusing = false;
let refused = 0;
const webhook = createServer((request, response) => {
  void text(request).then((body) => {
    const at = request.headers['x-sallyport-timestamp'];
    const wanted = `v1=${createHmac('sha256', SECRET).update(`${at?.toString()}.${body}`).digest('hex')}`;
    const isOurs = request.headers['x-sallyport-signature'] === wanted;
    if (refusing || !isOurs) refused += 1;
    else taken.push(...body.trimEnd().split('\n'));
    return response.writeHead(refusing || !isOurs ? 503 : 204).end();
  });
});
/** A syslog server that counts octets. */
let heard = Buffer.alloc(0);
const syslog = createTlsServer(certificate, (socket) => {
  socket.on('data', (chunk: Buffer) => (heard = Buffer.concat([heard, chunk])));
  socket.on('error', () => undefined);
});

let gateway: GatewayProcess;
let upstream: Upstream;
let config: object;
const start = (): Promise<GatewayProcess> =>
  startGateway({ upstream, dataDir, config, env: secrets, key: { tier: 'internal' } });
const secrets = {
  SALLYPORT_ADMIN_KEY: 'an-admin-key-that-is-kept-over-restarts',
  SALLYPORT_SECRET: 'a-house-secret-that-is-kept-over-restarts',
};
beforeAll(async () => {
  const [port = 0, syslogPort = 0] = await freePorts(2);
  await Promise.all([
    once(webhook.listen(port, '127.0.0.1'), 'listening'),
    once(syslog.listen(syslogPort, '127.0.0.1'), 'listening'),
  ]);
  config = {
    exports: [
      { kind: 'file', name: 'file', file },
      { kind: 'syslog', name: 'syslog', host: 'localhost', port: syslogPort, caFile: join(folder, 'ca.pem') },
      { kind: 'webhook', name: 'webhook', url: `http://127.0.0.1:${port}/in`, secret: SECRET },
    ],
  };
  upstream = await startUpstream();
  gateway = await start();
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
  webhook.close();
  syslog.close();
  rmSync(folder, { recursive: true, force: true });
});

async function call(): Promise<number> {
  const answer = await fetch(`${gateway.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.callerKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] }),
  });
  await answer.text();
  return answer.status;
}

const fileLines = (): string[] => readFileSync(file, 'utf8').trimEnd().split('\n');
function syslogLines(): string[] {
  const lines: string[] = [];
  for (let rest = heard.toString('latin1'); rest !== ''; ) {
    const [, size = '', message = ''] = /^(\d+) ([^]*)$/.exec(rest) ?? [];
    const whole = Buffer.from(message.slice(0, Number(size)), 'latin1').toString();
    lines.push(/^<\d{1,3}>1 \S+ \S+ sallyport \d+ \d+ - (\{[^]*\})$/.exec(whole)?.[1] ?? `wrong: ${whole}`);
    rest = message.slice(Number(size));
  }
  return lines;
}
const uidOf = z.object({ metadata: z.object({ uid: z.string() }) });
const uids = (lines: readonly string[]): string[] =>
  lines.map((line) => uidOf.parse(JSON.parse(line)).metadata.uid);
const onRecord = async (): Promise<string[]> =>
  (await allEntries(join(dataDir, 'audit'))).map(({ chain, sequence }) => `${chain}:${sequence}`);
/** Each at least once, and each for the first time in the order of the log. */
async function allArrive(lines: () => readonly string[], but = 0): Promise<void> {
  await until(
    async () => {
      const wanted = await onRecord();
      return [[...new Set(uids(lines()))], wanted] as const;
    },
    ([seen, wanted]) => seen.length > 0 && seen.join() === wanted.slice(0, wanted.length - but).join(),
  );
}

test('every entry arrives at each target, valid and in order', async () => {
  expect(await Promise.all([call(), call(), call()])).toEqual([200, 200, 200]);
  for (const lines of [fileLines, syslogLines, () => taken]) {
    await allArrive(lines);
    for (const line of lines()) ocsfSchema.parse(JSON.parse(line));
  }
  expect(refused).toBe(0);
});

test('a receiver that is away keeps nobody waiting, and misses nothing, even over a restart', async () => {
  refusing = true;
  expect(await Promise.all([call(), call(), call()])).toEqual([200, 200, 200]);
  await until(
    () => refused,
    (count) => count > 0,
  );
  const metrics = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
  expect(metrics).toContain('sallyport_export_arriving{target="webhook"} 0');
  expect(metrics).toContain('sallyport_export_arriving{target="file"} 1');
  await gateway.kill9();
  refusing = false;
  gateway = await start();
  for (const lines of [fileLines, syslogLines, () => taken]) await allArrive(lines);
});
