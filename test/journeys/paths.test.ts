/**
 * Promises 31 to 33: what is not an operation of the table never opens a connection upstream, however it is written.
 * Tests stages/authorise-route.
 */
import { describe, expect, test } from 'vitest';
import { redirect } from '../support/behaviour.ts';
import { CHAT_BODY, journey } from '../support/journey.ts';
import { rawCall, requestBytes, type RawAnswer } from '../support/raw-call.ts';
import { startUpstream } from '../support/upstream.ts';

const CHAT = '/v1/chat/completions';
const house = journey({ config: { endpoints: { allow: ['*'] }, objects: { isolation: 'off' } } });
const port = (): number => house.upstream.port;

function ask(line: string, body = '', more: readonly string[] = []): Promise<RawAnswer> {
  return house.ask(line, body, [...house.headers, ...more]);
}

describe('no trick with a path reaches upstream', () => {
  const long = 'a'.repeat(9000);
  const targets: readonly (string | (() => string))[] = [
    '/',
    '*',
    '/v1',
    '/v1/',
    '//v1/models',
    '/v1//models',
    '/v1/models/',
    '/v1/./models',
    '/v1/../v1/models',
    '/v1/x/../models',
    '/v1/%2e/models',
    '/v1/%2e%2e/v1/models',
    '/v1/.%2e/models',
    '/%76%31/models',
    '/v1%2fmodels',
    '/v1/%2fmodels',
    '/v1/models%2f',
    '/v1/models%2fgpt-4o',
    '/v1/models/a%2fb',
    '/v1/models/..%2fusers',
    '/v1/models/%2e%2e',
    '/v1/models/%252e%252e',
    '/v1\\models',
    '/v1/\\models',
    '/v1/models\\..\\..',
    '/v1/models%5c..',
    '/v1/models;x=1',
    '/v1/models/;',
    '/v1/mod;els',
    '/v1;/models',
    '/v1/models%00',
    '/v1/models/%00',
    '/v1/models/a%00b',
    '/v1/models%20',
    '/v1/models/%0d%0aX-Evil:1',
    '/v1/models/%',
    '/v1/models/%zz',
    '/v1/models/%c0%ae%c0%ae',
    '/v1/models/%e2%80%ae',
    '/v1/models/ａ',
    '/v1/ｍodels',
    '/V1/models',
    '/v1/Models',
    '/v1/m%6fdels',
    '/v1/models/%E2%84%AA',
    '/v2/models',
    '/v1/unknown',
    '/v1/models#frag',
    '/v1/models/a#b',
    '/v1/models/~root',
    '/v1/models/{model}',
    '/v1/models/$(id)',
    "/v1/models/'",
    '/v1/models/a,b',
    '/v1/models/@evil',
    '/v1/models:80',
    '@evil/v1/models',
    '.evil/v1/models',
    '/v1/models?x=1',
    '/v1/models?limit=1',
    '/v1/models/a/b',
    `/v1/models/${long}`,
    `/v1/${long}`,
    `/v1/models?${long}=1`,
    '/v1/responses/resp_1?include=a&x=%zz',
    '/me/usage/',
    '/livez',
    '/readyz',
    '/metrics',
    '/admin/keys',
    '/admin/usage',
    '/console',
    '/v1/admin/keys',
    'http://evil/v1/models',
    'https://api.openai.com/v1/models',
    () => `http://127.0.0.1:${port()}/v1/models`,
    () => `//127.0.0.1:${port()}/v1/models`,
    () => `/v1/models@127.0.0.1:${port()}/`,
    () => `127.0.0.1:${port()}`,
    'v1/models',
    '?',
    '/v1?/models',
    'file:///etc/passwd',
    'javascript:1',
  ]; // prettier-ignore

  test('refused in the catalogue, before a connection is opened', async () => {
    for (const target of targets) {
      const path = typeof target === 'string' ? target : target();
      for (const [method, body] of [
        ['GET', ''],
        ['POST', CHAT_BODY],
      ] as const) {
        const answer = await ask(`${method} ${Buffer.from(path).toString('latin1')} HTTP/1.1`, body);
        expect([400, 403, 404], `${method} ${path}: ${answer.head}`).toContain(answer.status);
        expect(answer.code, `${method} ${path}`).toMatch(/^(request|access)\./);
        expect(answer.body).not.toContain('evil');
      }
    }
    expect(house.upstream.connections).toBe(0);
  });

  test('without a credential every path looks the same', async () => {
    const seen = new Set<string>();
    for (const path of [
      '/v1/models',
      '/v1/unknown',
      '/admin/keys',
      '/',
      '/v1/organization/users',
      '/v1/%zz',
      '/v1/..',
    ]) {
      const { answers } = await rawCall(house.gateway.port, requestBytes(`GET ${path} HTTP/1.1`));
      seen.add(`${answers[0]?.status} ${answers[0]?.code}`);
    }
    expect([...seen]).toEqual(['401 auth.missing']);
  });

  test('the plain path goes up as its template says, with its parameter as it is', async () => {
    for (const id of ['gpt-4o-mini', 'ft:gpt-4o:acme::x1', 'a%3Ab', 'o1.2_3'])
      expect((await ask(`GET /v1/models/${id} HTTP/1.1`)).status, `of ${id}`).toBe(200);
    expect((await ask(`POST ${CHAT} HTTP/1.1`, CHAT_BODY)).status).toBe(200);
    expect(house.upstream.requests.map(({ target }) => target)).toEqual([
      '/v1/models/gpt-4o-mini',
      '/v1/models/ft:gpt-4o:acme::x1',
      '/v1/models/a:b',
      '/v1/models/o1.2_3',
      CHAT,
    ]);
  });
});

test('methods that are no operation are refused, whatever they override', async () => {
  const before = house.upstream.connections;
  const methods = [
    'HEAD',
    'OPTIONS',
    'TRACE',
    'PATCH',
    'PUT',
    'DELETE',
    'GET',
    'PROPFIND',
    'PURGE',
    'QUERY',
    'SEARCH',
    'M-SEARCH',
    'LINK',
  ];
  for (const method of methods) {
    const answer = await ask(`${method} ${CHAT}/x/y HTTP/1.1`, '', ['X-HTTP-Method-Override: POST']);
    expect([400, 404], `${method}: ${answer.head}`).toContain(answer.status);
    if (method === 'GET' || method === 'DELETE') continue;
    const plain = await ask(`${method} ${CHAT} HTTP/1.1`, '', ['X-HTTP-Method-Override: POST']);
    expect([400, 404], `${method}: ${plain.head}`).toContain(plain.status);
  }
  for (const line of [
    'CONNECT 127.0.0.1:80 HTTP/1.1',
    'CONNECT /v1/models HTTP/1.1',
    'PRI * HTTP/2.0',
    'get /v1/models HTTP/1.1',
    'FOO /v1/models HTTP/1.1',
  ])
    expect((await ask(line)).code, `of ${line}`).toBe('request.framing');
  expect(house.upstream.connections).toBe(before);
});

test('administration is refused although everything is allowed', async () => {
  const before = house.upstream.connections;
  const paths = [
    'GET /v1/organization/users',
    'POST /v1/organization/admin_api_keys',
    'GET /v1/organization/costs',
    'DELETE /v1/organization/users/u1',
    'GET /v1/organization/anything/new',
    'POST /v1/organization/projects/p1/api_keys',
    'GET /v1/projects/p1/groups',
    'GET /v1/organization',
    'GET /v1/projects/p1/roles/r1/x',
  ]; // prettier-ignore
  for (const line of paths) {
    const answer = await ask(`${line} HTTP/1.1`);
    expect([403, 404], `of ${line}`).toContain(answer.status);
    expect(answer.code).toMatch(/^access\./);
  }
  expect(house.upstream.connections).toBe(before);
});

test("upstream's redirects are not followed (33)", async () => {
  const elsewhere = await startUpstream();
  for (const status of [301, 302, 303, 307, 308]) {
    house.upstream.script = () => redirect(`${elsewhere.baseUrl}/chat/completions`, status);
    const answer = await ask(`POST ${CHAT} HTTP/1.1`, CHAT_BODY);
    expect([answer.status, answer.code]).toEqual([502, 'upstream.failed']);
    expect(answer.headers['location']).toBeUndefined();
  }
  expect(house.upstream.requests).toHaveLength(5);
  expect(elsewhere.connections).toBe(0);
  await elsewhere.close();
});
