/** Promise 35: X-Forwarded-* counts from configured peers only; and scripts of configured origins alone may read answers. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createKey } from '../support/admin.ts';
import { allEntries } from '../support/audit.ts';
import { CHAT_BODY, CHAT_LINE, journey } from '../support/journey.ts';
import { rawCall, requestBytes, type RawAnswer } from '../support/raw-call.ts';

const PROXY = '127.0.0.7';
const BOUND = '203.0.113.7';
const house = journey({
  config: { server: { trustProxy: [PROXY, '127.1.0.0/16'], cors: ['https://app.example/'] } },
});

async function send(bytes: Buffer, from = '127.0.0.1'): Promise<RawAnswer> {
  const { answers } = await rawCall(house.gateway.port, bytes, { from });
  if (!answers[0]) throw new Error('no answer');
  return answers[0];
}

test('only a configured peer says where a call comes from, and only its last word counts (35)', async () => {
  const { key } = await createKey(house.gateway, { user: 'bound', tier: 'internal', ips: [BOUND] });
  const asked = async (from: string, ...lines: string[]): Promise<number> => {
    const headers = [`Authorization: Bearer ${key}`, 'Content-Type: application/json', ...lines];
    return (await send(requestBytes(CHAT_LINE, headers, CHAT_BODY), from)).status;
  };
  const served: readonly (readonly [string, ...string[]])[] = [
    [PROXY, `X-Forwarded-For: ${BOUND}`],
    ['127.1.9.9', `X-Forwarded-For: ${BOUND}`],
    [PROXY, `X-Forwarded-For: 198.51.100.1, ${BOUND}`],
    [PROXY, `X-Forwarded-For: ${BOUND}, 127.1.2.3`],
    [PROXY, 'X-Forwarded-For: rubbish', `X-Forwarded-For: ${BOUND}`],
  ];
  const refused: readonly (readonly [string, ...string[]])[] = [
    ['127.0.0.1', `X-Forwarded-For: ${BOUND}`],
    ['127.0.0.8', `X-Forwarded-For: ${BOUND}`],
    ['127.2.0.1', `X-Forwarded-For: ${BOUND}`],
    [PROXY, `X-Forwarded-For: ${BOUND}, 198.51.100.1`],
    [PROXY, `X-Forwarded-For: ${BOUND}`, 'X-Forwarded-For: 198.51.100.1'],
    [PROXY, `X-Forwarded-For: ${BOUND}, ${BOUND}x`],
    [PROXY, `Forwarded: for=${BOUND}`],
    [
      PROXY,
      `X-Real-IP: ${BOUND}`,
      `X-Client-IP: ${BOUND}`,
      `True-Client-IP: ${BOUND}`,
      `CF-Connecting-IP: ${BOUND}`,
    ],
    [PROXY],
  ];
  for (const call of served) expect(await asked(...call), `served: ${call.join(' ')}`).toBe(200);
  for (const call of refused) expect(await asked(...call), `refused: ${call.join(' ')}`).toBe(403);
  expect(house.upstream.requests).toHaveLength(served.length);
});

test('what is on record as source is an address, whatever the proxy passes on', async () => {
  const bytes = requestBytes('GET /v1/models HTTP/1.1', ['X-Forwarded-For: <script>canary</script>']);
  expect((await send(bytes, PROXY)).status).toBe(401);
  const log = join(house.gateway.dataDir, 'audit');
  const strangers = async () =>
    (await allEntries(log)).filter(({ metadata }) => metadata['code'] === 'auth.missing');
  await expect.poll(strangers).toMatchObject([{ action: 'exchange.refused', metadata: { source: PROXY } }]);
});

const preflight = (origin: string, ...more: string[]): Buffer =>
  requestBytes('OPTIONS /v1/chat/completions HTTP/1.1', [
    `Origin: ${origin}`,
    'Access-Control-Request-Method: POST',
    'Access-Control-Request-Headers: authorization, content-type, x-stainless-lang',
    ...more,
  ]);
/** What a page needs to go on with a call that waits, and to know what was made of it. */
const OURS = ['code', 'approval', 'output-cap', 'parameters'].map((name) => `x-sallyport-${name}`);
const crossOrigin = ({ headers }: RawAnswer): string[] =>
  Object.keys(headers).filter((name) => name.startsWith('access-control-'));

test('a configured origin: its preflight passes, and it may read answers and refusals', async () => {
  const { status, headers } = await send(preflight('https://app.example'));
  expect(status).toBe(204);
  expect(headers).toMatchObject({
    'access-control-allow-origin': 'https://app.example',
    'access-control-allow-methods': 'GET, POST, DELETE',
    'access-control-allow-headers': 'authorization, content-type, x-stainless-lang',
  });
  expect(headers['vary']).toMatch(/origin/i);
  const origin = 'Origin: https://app.example';
  const answers = [
    await house.ask(CHAT_LINE, CHAT_BODY, [...house.headers, origin]),
    await house.ask(CHAT_LINE, '{', [...house.headers, origin]),
    await house.ask(CHAT_LINE, CHAT_BODY, [origin]),
    await house.ask('GET /nowhere HTTP/1.1', '', [origin]),
    await house.ask('GET /me/usage HTTP/1.1', '', [...house.headers, origin]),
  ];
  expect(answers.map((answer) => answer.status)).toEqual([200, 400, 401, 401, 200]);
  for (const answer of answers) {
    expect(answer.headers['access-control-allow-origin']).toBe('https://app.example');
    const readable = answer.headers['access-control-expose-headers']?.split(', ');
    expect(readable).toEqual(expect.arrayContaining(['x-ratelimit-remaining-requests', ...OURS]));
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
  }
});

test('any other origin gets nothing of it', async () => {
  const others = [
    'https://app.example.evil',
    'http://app.example',
    'https://app.example:8443',
    'null',
    'https://APP.example',
    '',
    'https://evil',
  ];
  for (const origin of others) {
    const asked = await send(preflight(origin));
    expect([asked.status, crossOrigin(asked)]).toEqual([401, []]);
    const answer = await house.ask(CHAT_LINE, CHAT_BODY, [...house.headers, `Origin: ${origin}`]);
    expect([answer.status, crossOrigin(answer)]).toEqual([200, []]);
  }
  expect(crossOrigin(await house.ask())).toEqual([]);
  expect(house.upstream.requests.every(({ method }) => method === 'POST')).toBe(true);
});
