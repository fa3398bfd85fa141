/**
 * Promises 26, 28, 29 and 30: one credential or none, all that fail alike, and nothing of the caller's goes up.
 * Tests stages/authenticate.
 */
import { describe, expect, test } from 'vitest';
import { admin, createKey } from '../support/admin.ts';
import { UPSTREAM_KEY } from '../support/gateway.ts';
import { CHAT_BODY, CHAT_LINE, journey } from '../support/journey.ts';
import type { RawAnswer } from '../support/raw-call.ts';
import { startUpstream } from '../support/upstream.ts';

const house = journey({ config: { upstream: { organization: 'org-house', project: 'proj-house' } } });

function send(headers: readonly string[], line = CHAT_LINE): Promise<RawAnswer> {
  return house.ask(line, CHAT_BODY, ['Content-Type: application/json', ...headers]);
}
async function statusOf(headers: readonly string[], line = CHAT_LINE): Promise<number> {
  return (await send(headers, line)).status;
}
const bearer = (key: string): string => `Authorization: Bearer ${key}`;
/** Head and body but for the request id and the date. */
const visible = ({ head, body }: RawAnswer): string => head.replace(/(x-request-id|date): .*/gi, '$1') + body;

test('unknown, wrong, malformed, expired and revoked keys get the same bytes (26)', async () => {
  const revoked = await createKey(house.gateway, { user: 'gone', tier: 'internal' });
  const expired = await createKey(house.gateway, {
    user: 'old',
    tier: 'internal',
    expiresAt: new Date(Date.now() + 1500).toISOString(),
  });
  expect((await send([bearer(revoked.key)])).status).toBe(200);
  expect((await admin(house.gateway, 'DELETE', `/admin/keys/${revoked.id}`)).status).toBe(200);
  const real = house.gateway.callerKey;
  const flipped = real.slice(0, -1) + (real.endsWith('0') ? '1' : '0');
  const bad = [
    revoked.key,
    flipped,
    real.slice(0, -1),
    `${real}0`,
    real.toUpperCase(),
    'sk-wrong',
    'x',
    'a.b.c',
    `${'a'.repeat(300)}.${'b'.repeat(300)}.${'c'.repeat(300)}`,
    house.gateway.adminKey,
    UPSTREAM_KEY,
    '\x80\xff\xfe',
    '"; drop table keys; --',
    '%00',
    'x'.repeat(8000),
  ];
  const seen = new Set<string>();
  for (const key of bad) seen.add(visible(await send([bearer(key)])));
  let last = await send([bearer(expired.key)]);
  while (last.status === 200) last = await send([bearer(expired.key)]);
  seen.add(visible(last));
  expect([...seen]).toHaveLength(1);
  expect([...seen][0]).toMatch(/^HTTP\/1.1 401 /);
  expect([...seen][0]).toContain('auth.invalid');
  expect(
    house.upstream.requests.every(({ headers }) => headers['authorization'] === `Bearer ${UPSTREAM_KEY}`),
  ).toBe(true);
});

describe('not exactly one credential is refused, and nothing goes up (30)', () => {
  const carriers: Readonly<Record<string, (key: string) => string>> = {
    authorization: (key) => `Authorization: Bearer ${key}`,
    'x-api-key': (key) => `X-Api-Key: ${key}`,
    'api-key': (key) => `api-key: ${key}`,
    'openai-api-key': (key) => `OpenAI-Api-Key: ${key}`,
    'proxy-authorization': (key) => `Proxy-Authorization: Bearer ${key}`,
    protocol: (key) => `Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.${key}`,
  };
  const names = Object.keys(carriers);
  const pairs = names.flatMap((one) => names.map((two) => [one, two] as const));

  test('any two, in any order, the same one twice, and any one in the wrong place', async () => {
    const key = house.gateway.callerKey;
    for (const [one, two] of pairs)
      expect(await statusOf([carriers[one]?.(key) ?? '', carriers[two]?.(key) ?? '']), `${one}, ${two}`).toBe(
        401,
      );
    for (const name of names.slice(1))
      expect(await statusOf([carriers[name]?.(key) ?? '']), `of ${name}`).toBe(401);
    for (const query of ['api_key', 'api-key', 'apikey', 'access_token', 'API_KEY', 'api%5Fkey']) {
      const line = `POST /v1/chat/completions?${query}=${key} HTTP/1.1`;
      expect(await statusOf([bearer(key)], line), `of ${query}`).toBe(401);
      expect(await statusOf([], line), `of ${query}`).toBe(401);
    }
    for (const value of [`Bearer ${key}, Bearer ${key}`, `Basic ${btoa(`:${key}`)}`, key, `Bearer`, ''])
      expect(await statusOf([`Authorization: ${value}`]), `of ${value}`).toBe(401);
    expect(await statusOf([])).toBe(401);
    expect(house.upstream.requests).toHaveLength(0);
  });

  test('one is served, however its scheme is written', async () => {
    const key = house.gateway.callerKey;
    for (const value of [`Bearer ${key}`, `bearer ${key}`, `BEARER   ${key}  `])
      expect((await send([`Authorization: ${value}`])).status).toBe(200);
    expect(house.upstream.requests).toHaveLength(3);
  });
});

/** What callers and what stands between them and here may add. */
const FOREIGN = [
  'Cookie OpenAI-Organization OpenAI-Project X-Forwarded-For X-Forwarded-Host X-Forwarded-Proto',
  'Forwarded X-Real-IP Via Traceparent Tracestate Baggage X-Request-Id X-Custom User-Agent',
  'Accept-Encoding Accept-Language Origin Referer X-Stainless-Lang X-HTTP-Method-Override',
  'X-Original-URL X-Rewrite-URL Keep-Alive TE X-Client-Request-Id OpenAI-Safety-Identifier From',
  'Content-Language Content-Location Range If-None-Match Priority Sec-Fetch-Site',
].flatMap((line) => line.split(' '));

test('nothing of the caller goes up but what the map lists (28, 29)', async () => {
  const secret = 'canary-7f3a';
  const answer = await send([
    bearer(house.gateway.callerKey),
    ...FOREIGN.map((name) => `${name}: ${secret}`),
    `Connection: keep-alive, x-custom, authorization`,
    `Idempotency-Key: ${house.gateway.callerKey}`,
    `OpenAI-Beta: ${house.gateway.callerKey}`,
    `Accept: application/json, ${house.gateway.callerKey}/x`,
  ]);
  expect(answer.status).toBe(200);
  const [seen] = house.upstream.requests;
  expect(seen?.raw.includes(secret)).toBe(false);
  expect(seen?.raw.includes(house.gateway.callerKey)).toBe(false);
  const wrapped = Buffer.from(house.gateway.callerKey).toString('base64').slice(0, -4);
  expect(seen?.raw.includes(wrapped)).toBe(false);
  expect(seen?.rawHeaders.map(([name]) => name.toLowerCase()).sort()).toEqual([
    'accept-encoding',
    'authorization',
    'connection',
    'content-length',
    'content-type',
    'host',
    'openai-organization',
    'openai-project',
    'user-agent',
  ]); // prettier-ignore
  expect(seen?.headers).toMatchObject({
    authorization: `Bearer ${UPSTREAM_KEY}`,
    host: `127.0.0.1:${house.upstream.port}`,
    'openai-organization': 'org-house',
    'openai-project': 'proj-house',
    'user-agent': 'sallyport',
  });
  expect(seen?.body.toString()).toContain('"Hi"');
});

test('what the map lists goes up, if it is one plain line', async () => {
  const id = 'b5f1c6a0-6a6e-4a0f-9d54-6f9ea8d53f0e';
  await send([
    bearer(house.gateway.callerKey),
    `Idempotency-Key: ${id}`,
    'OpenAI-Beta: assistants=v2',
    'Accept: */*',
  ]);
  expect(house.upstream.requests[0]?.headers).toMatchObject({
    'idempotency-key': id,
    'openai-beta': 'assistants=v2',
    accept: '*/*',
  });
});

test("upstream's key leaves towards upstream alone, whatever the caller asks for", async () => {
  const elsewhere = await startUpstream();
  const answer = await send([
    bearer(house.gateway.callerKey),
    `X-Forwarded-Host: 127.0.0.1:${elsewhere.port}`,
    'Host: evil',
  ]);
  expect(answer.status).toBe(200);
  expect(`${answer.head}${answer.body}`).not.toContain(UPSTREAM_KEY);
  expect(elsewhere.connections).toBe(0);
  expect(house.upstream.requests).toHaveLength(1);
  await elsewhere.close();
});
