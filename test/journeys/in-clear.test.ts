/**
 * Keys do not travel in clear: TLS at both ports with a certificate that is followed, and what comes without it refused,
 * never redirected, its key marked, at either port. Shown false by marking nothing at one of them, by not looking at what a
 * proxy says, and by not following the files: one test turns red for each.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { once } from 'node:events';
import OpenAI from 'openai';
import { Agent, fetch } from 'undici';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { admin, createKey } from '../support/admin.ts';
import { allEntries } from '../support/audit.ts';
import type { Gateway } from '../support/gateway.ts';
import { CHAT_BODY, CHAT_LINE, journey } from '../support/journey.ts';
import { openGateway } from '../support/open-gateway.ts';
import { rawCall, requestBytes } from '../support/raw-call.ts';
import { selfSigned } from '../support/self-signed.ts';
import { until } from '../support/until.ts';

const PROXY = '127.0.0.7';
const folder = mkdtempSync(join(tmpdir(), 'sallyport-tls-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
const first = selfSigned();
writeFileSync(files.certFile, first.cert);
writeFileSync(files.keyFile, first.key);

const house = journey({ config: { server: { tls: files } } });
const proxied = journey({
  env: { NODE_ENV: 'production' },
  config: { server: { trustProxy: [PROXY] } },
});

const trusting = (ca: string) => new Agent({ connect: { ca } });
const models = z.object({ object: z.string() });
const secure = () => house.gateway.baseUrl.replace('http:', 'https:');

async function fingerprint(): Promise<string> {
  const socket = connect({ port: house.gateway.port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256.replaceAll(':', '').toLowerCase();
}

const keySchema = z.object({ data: z.array(z.object({ id: z.string(), exposedAt: z.string().optional() })) });
const exposed = async (gateway: typeof house.gateway) =>
  keySchema
    .parse((await admin(gateway, 'GET', '/admin/keys')).body)
    .data.filter(({ exposedAt }) => exposedAt !== undefined);

test('the SDK is served over TLS, streamed and not', async () => {
  const client = new OpenAI({
    apiKey: house.gateway.callerKey,
    baseURL: secure(),
    maxRetries: 0,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one fetch, described in two packages
    fetch: fetch as unknown as typeof globalThis.fetch,
    fetchOptions: { dispatcher: trusting(first.cert) },
  });
  const body = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] } as const;
  const whole = await client.chat.completions.create({ ...body, messages: [...body.messages] });
  expect(whole.choices[0]?.message.content).not.toBe('');
  let events = 0;
  const stream = await client.chat.completions.create({
    ...body,
    messages: [...body.messages],
    stream: true,
  });
  for await (const _ of stream) events += 1;
  expect(events).toBeGreaterThan(1);
});

test('what comes in clear on that port is told so, reaches nobody, and its key is marked', async () => {
  const { answers, closed } = await rawCall(
    house.gateway.port,
    requestBytes(CHAT_LINE, house.headers, CHAT_BODY),
    { answers: Infinity },
  );
  expect(answers[0]).toMatchObject({ status: 426, code: 'edge.https_required' });
  expect(answers[0]?.headers).toMatchObject({ upgrade: 'TLS/1.2, HTTP/1.1', 'x-should-retry': 'false' });
  expect(answers[0]?.headers['location']).toBeUndefined();
  expect(closed).toBe(true);
  expect(house.upstream.requests).toEqual([]);
  await expect.poll(() => exposed(house.gateway)).toHaveLength(1);
  const entries = await allEntries(join(house.gateway.dataDir, 'audit'));
  expect(entries.filter(({ action }) => action === 'access.exposed')).toMatchObject([
    { userId: 'tester', status: 'failure', metadata: { source: '127.0.0.1' } },
  ]);
  // Marked, not locked: whoever listens could lock anybody out.
  const served = await fetch(`${secure()}/models`, {
    headers: { authorization: `Bearer ${house.gateway.callerKey}` },
    dispatcher: trusting(first.cert),
  });
  expect([served.status, models.parse(await served.json()).object]).toEqual([200, 'list']);
});

test('bytes that are neither, and a connection that says nothing of use, end and harm nobody', async () => {
  for (const bytes of ['\x00\x01\x02', '\x16'.repeat(64), 'GET'])
    await rawCall(house.gateway.port, [bytes, '\r\n\r\n'], { answers: Infinity });
  expect(await fingerprint()).toBe(first.fingerprint);
});

test('a new certificate is taken without a restart, half a one is not', async () => {
  const second = selfSigned();
  writeFileSync(files.certFile, second.cert);
  await until(
    () => house.gateway.logs(),
    (logs) => logs.includes('the last one stays'),
  );
  expect(await fingerprint()).toBe(first.fingerprint);
  writeFileSync(files.keyFile, second.key);
  await until(fingerprint, (seen) => seen === second.fingerprint);
});

test('behind a proxy in production its word counts: http is refused, https and silence are served', async () => {
  const answered = async (from: string, ...lines: string[]) => {
    const bytes = requestBytes(CHAT_LINE, [...proxied.headers, ...lines], CHAT_BODY);
    return (await rawCall(proxied.gateway.port, bytes, { from })).answers[0]?.status;
  };
  expect(await answered(PROXY, 'X-Forwarded-Proto: https')).toBe(200);
  expect(await answered(PROXY)).toBe(200);
  expect(await exposed(proxied.gateway)).toEqual([]);
  expect(await answered(PROXY, 'X-Forwarded-Proto: http')).toBe(426);
  expect(await answered(PROXY, 'X-Forwarded-Proto: https, http')).toBe(426);
  expect(await answered('127.0.0.1', 'X-Forwarded-Proto: http')).toBe(426);
  expect(proxied.upstream.requests).toHaveLength(2);
  await expect.poll(() => exposed(proxied.gateway)).toHaveLength(1);
});

test('the console is sent to where it is safe, the admin API is refused, probes are answered', async () => {
  const asked = async (path: string) => {
    const url = proxied.gateway.adminUrl + path;
    const answer = await fetch(url, { headers: { 'x-forwarded-proto': 'http' }, redirect: 'manual' });
    return [answer.status, answer.headers.get('location')];
  };
  const { host } = new URL(proxied.gateway.adminUrl);
  expect(await asked('/console')).toEqual([308, `https://${host}/console`]);
  expect(await asked('/admin/keys')).toEqual([426, null]);
  expect(await asked('/livez')).toEqual([200, null]);
});

const askedInClear = async (to: Gateway, shown: string, headers = {}): Promise<number> => {
  const asked = { headers: { authorization: `Bearer ${shown}`, ...headers }, redirect: 'manual' } as const;
  return (await fetch(`${to.adminUrl}/admin/keys`, asked)).status;
};
const exposedIn = async (of: Gateway) =>
  (await allEntries(join(of.dataDir, 'audit')))
    .filter(({ action }) => action === 'access.exposed')
    .map(({ userId, resource }) => `${userId} ${resource}`);

test('a key that comes in clear to the admin port is marked there, and the house’s own is on record', async () => {
  const { key, id } = await createKey(proxied.gateway, { user: 'chief', tier: 'internal', role: 'admin' });
  const alone = await openGateway({ key: null, config: { server: { adminTls: files } } });
  const said = { 'x-forwarded-proto': 'http' };
  expect(await askedInClear(proxied.gateway, key, said)).toBe(426);
  expect(await askedInClear(proxied.gateway, proxied.gateway.adminKey, said)).toBe(426);
  expect(await askedInClear(alone, alone.adminKey)).toBe(426);
  expect(await askedInClear(alone, `${alone.adminKey.slice(0, -1)}?`)).toBe(426);
  await expect.poll(() => exposed(proxied.gateway)).toContainEqual(expect.objectContaining({ id }));
  await expect
    .poll(() => exposedIn(proxied.gateway))
    .toEqual(expect.arrayContaining([`chief ${id}`, 'admin admin-key']));
  await expect.poll(() => exposedIn(alone)).toEqual(['admin admin-key']);
  await alone.stop();
});
