/**
 * Promise 43: whatever a caller sends as a body is served or refused by the catalogue, put on record, takes nothing of
 * the limits, and ends no process. Tests stages/parse, stages/refuse, stages/record-outcome.
 */
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { admin } from '../support/admin.ts';
import { allEntries } from '../support/audit.ts';
import { startGateway } from '../support/gateway.ts';
import { CHAT_BODY, CHAT_LINE, journey } from '../support/journey.ts';
import { openSocket, rawCall, requestBytes } from '../support/raw-call.ts';

const MiB = 1024 * 1024;
const house = journey(
  {
    key: { tier: 'wide' },
    config: { tiers: { wide: { requestsPerMinute: 10_000 } }, server: { bodyMsMax: 2000 } },
  },
  startGateway,
);
/** How often each code was answered to a known caller; '' where it was served. */
const answered = new Map<string, number>();
const count = (code: string): Map<string, number> => answered.set(code, (answered.get(code) ?? 0) + 1);

/** The code of the answer. */
async function ask(bytes: Buffer | readonly Buffer[]): Promise<string> {
  const { answers } = await rawCall(house.gateway.port, bytes);
  const code = answers[0]?.code ?? 'no answer';
  count(code);
  return code;
}
const call = (body: string | Buffer, headers = house.headers): Buffer =>
  requestBytes(CHAT_LINE, headers, body);
const deep = (depth: number): string =>
  `{"model":"gpt-4o-mini","messages":[],"x":${'['.repeat(depth)}${']'.repeat(depth)}}`;
const withField = (raw: string): string => CHAT_BODY.replace('{', `{${raw},`);

const BAD_JSON = 'request.invalid_json';
const bodies: Readonly<Record<string, readonly [string, string | Buffer]>> = {
  nothing: ['request.missing_model', ''],
  'white space': [BAD_JSON, ' \n'],
  'half an object': [BAD_JSON, CHAT_BODY.slice(0, -1)],
  'two documents': [BAD_JSON, CHAT_BODY + CHAT_BODY],
  'a comma too many': [BAD_JSON, withField('"a":[1,]')],
  'a comment': [BAD_JSON, `/* */${CHAT_BODY}`],
  'single quotes': [BAD_JSON, CHAT_BODY.replaceAll('"', "'")],
  'a bare word': [BAD_JSON, withField('"a":undefined')],
  NaN: [BAD_JSON, withField('"a":NaN')],
  'a leading zero': [BAD_JSON, withField('"a":01')],
  'a hexadecimal number': [BAD_JSON, withField('"a":0x10')],
  'a raw line end in a string': [BAD_JSON, CHAT_BODY.replace('Hi', 'H\ni')],
  'an unknown escape': [BAD_JSON, CHAT_BODY.replace('Hi', '\\x41')],
  'half an escape': [BAD_JSON, CHAT_BODY.replace('Hi', '\\u12')],
  'a byte order mark': [BAD_JSON, `\ufeff${CHAT_BODY}`],
  'UTF-16': [BAD_JSON, Buffer.from(CHAT_BODY, 'utf16le')],
  'a byte that is no UTF-8': ['request.invalid_utf8', Buffer.from(CHAT_BODY.replace('Hi', '\xff'), 'latin1')],
  'an overlong slash': ['request.invalid_utf8', Buffer.from(CHAT_BODY.replace('Hi', '\xc0\xaf'), 'latin1')],
  'a surrogate in UTF-8': [
    'request.invalid_utf8',
    Buffer.from(CHAT_BODY.replace('Hi', '\xed\xa0\x80'), 'latin1'),
  ],
  'a key twice': ['request.duplicate_key', withField('"model":"gpt-4o"')],
  'a key twice, once escaped': ['request.duplicate_key', withField('"\\u006dodel":"gpt-4o"')],
  'a nest of 100': ['request.too_deep', deep(100)],
  'a nest of 100,000': ['request.too_deep', deep(100_000)],
  'a number that no machine holds': ['request.number', withField('"a":1e999')],
  'a million values': ['request.too_complex', `{"a":[${'0,'.repeat(1_000_000)}0]}`],
  'an array': ['request.invalid_field', '[]'],
  'no object': ['request.invalid_field', '"text"'],
  'no model': ['request.missing_model', '{"messages":[]}'],
};

test.each(Object.keys(bodies))('a body that is %s', async (name) => {
  const [code, body] = bodies[name] ?? ['', ''];
  expect(await ask(call(body))).toBe(code);
  expect(house.upstream.requests).toHaveLength(0);
});

test('content types and encodings that are not read', async () => {
  const [authorization = ''] = house.headers;
  const types = [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json; charset=utf-16',
    'application/xml',
    'application/json, text/plain',
    '',
  ];
  for (const type of types)
    expect(await ask(call(CHAT_BODY, [authorization, `Content-Type: ${type}`]))).toBe('request.media_type');
  expect(await ask(call(CHAT_BODY, [authorization]))).toBe('request.media_type');
  for (const encoding of ['gzip', 'deflate', 'br', 'zstd', 'identity, gzip', 'x'])
    expect(await ask(call(gzipSync(CHAT_BODY), [...house.headers, `Content-Encoding: ${encoding}`]))).toBe(
      'request.media_type',
    );
  expect(house.upstream.requests).toHaveLength(0);
});

test('what is written unusually, but in one reading, is served', async () => {
  const [authorization = ''] = house.headers;
  const plain = [
    call(CHAT_BODY, [authorization, 'Content-Type: Application/JSON;charset=UTF-8']),
    call(CHAT_BODY, [...house.headers, 'Content-Encoding: identity']),
    call(` \t\r\n${CHAT_BODY}\n`),
    call(withField('"user":"\\ud83d\\ude00 \\u0041"')),
    call(withField('"metadata":{"__proto__":"x","constructor":"y"}')),
    call(withField('"temperature":1.0e0,"top_p":1E+0,"seed":9007199254740993')),
  ];
  for (const bytes of plain) expect(await ask(bytes)).toBe('');
  expect(house.upstream.requests).toHaveLength(plain.length);
  // The digits that were written, not those of the nearest double.
  expect(house.upstream.requests.at(-1)?.body.toString()).toContain('"seed":9007199254740993');
});

test('a body over the limit, announced or in chunks, is refused without being read', async () => {
  const announced = requestBytes(CHAT_LINE, [...house.headers, `Content-Length: ${100 * MiB}`]);
  expect(await ask(announced)).toBe('request.too_large');
  const size = 20 * MiB;
  const chunks = Buffer.concat([
    Buffer.from(`${size.toString(16)}\r\n`),
    Buffer.alloc(size, ' '),
    Buffer.from('\r\n0\r\n\r\n'),
  ]);
  const chunked = requestBytes(CHAT_LINE, [...house.headers, 'Transfer-Encoding: chunked']);
  expect(await ask([chunked, chunks])).toBe('request.too_large');
  expect(house.upstream.requests).toHaveLength(0);
});

test('a body that comes too slowly, and one that never ends', async () => {
  const head = requestBytes(CHAT_LINE, [...house.headers, `Content-Length: ${CHAT_BODY.length}`]);
  const chunked = requestBytes(CHAT_LINE, [...house.headers, 'Transfer-Encoding: chunked']);
  const slow = [
    [head, Buffer.from(CHAT_BODY.slice(0, 9))],
    [chunked, Buffer.from('5\r\n{"mod\r\n')],
  ];
  expect(await Promise.all(slow.map(ask))).toEqual(['request.too_slow', 'request.too_slow']);
  expect(house.upstream.requests).toHaveLength(0);
});

test('connections that are reset, half closed or left within a body take nothing along', async () => {
  const head = requestBytes(CHAT_LINE, [...house.headers, `Content-Length: ${CHAT_BODY.length}`]);
  for (const leave of ['resetAndDestroy', 'destroy', 'end'] as const) {
    const socket = await openSocket(house.gateway.port, Buffer.concat([head, Buffer.from('{"model"')]));
    socket[leave]();
    if (leave === 'end') await once(socket.resume(), 'close');
    count('request.framing');
  }
  const early = await openSocket(house.gateway.port, head.subarray(0, 40));
  early.resetAndDestroy();
  expect(await ask(call(CHAT_BODY))).toBe('');
  expect(house.upstream.requests).toHaveLength(1);
});

test('each refusal is on record as often as it was answered, and none took anything', async () => {
  const served = answered.get('') ?? 0;
  const expected = new Map([...answered].filter(([code]) => code !== ''));
  await expect
    .poll(async () => {
      const entries = await allEntries(join(house.gateway.dataDir, 'audit'), {
        actionPrefix: 'exchange.refused',
      });
      const known = entries.filter(({ userId }) => userId === 'tester');
      const byCode = Map.groupBy(known, ({ metadata }) => String(metadata['code']));
      return new Map([...byCode].map(([code, found]) => [code, found.length]));
    })
    .toEqual(expected);
  const usage = await admin(house.gateway, 'GET', '/admin/usage?user=tester');
  expect(usage.body).toMatchObject({ requests: served, reservedUsd: 0 });
});

/** A call with one or two things done to its bytes. */
const mutated = fc
  .tuple(
    fc.constantFrom(
      'POST /v1/chat/completions',
      'POST /v1/responses',
      'POST /v1/embeddings',
      'GET /v1/models',
      'POST /v1/files',
      'POST /v1/moderations',
    ),
    fc.oneof(
      fc.json({ maxDepth: 5 }),
      fc.constant(CHAT_BODY),
      fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
      fc
        .array(fc.string({ unit: 'grapheme' }), { maxLength: 5 })
        .map((strings) => JSON.stringify({ model: 'gpt-4o-mini', input: strings, messages: strings })),
    ),
    fc.constantFrom('application/json', 'multipart/form-data; boundary=a', 'text/plain'),
    fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 2 }),
  )
  .map(([line, body, type, changes]) => {
    const [authorization = ''] = house.headers;
    const bytes = requestBytes(
      `${line} HTTP/1.1`,
      [authorization, 'Connection: close', `Content-Type: ${type}`],
      body,
    );
    for (const [at, value] of changes) bytes[at % bytes.length] = value;
    return bytes;
  });

/** The status that came, if one did; whoever is done sending waits a little for an answer, and leaves. */
async function statusOf(bytes: Buffer): Promise<number | undefined> {
  const socket = await openSocket(house.gateway.port, bytes);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await Promise.race([once(socket, 'close'), once(socket, 'end'), sleep(700, undefined, { ref: false })]);
  socket.destroy();
  const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(Buffer.concat(chunks).toString('latin1')) ?? [];
  return status === undefined ? undefined : Number(status);
}

test('300 calls with bytes changed at random: none is a fault of ours', async () => {
  const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
  const cases = fc.sample(mutated, { seed, numRuns: 300 });
  for (let from = 0; from < cases.length; from += 50) {
    const batch = cases.slice(from, from + 50);
    const statuses = await Promise.all(batch.map(statusOf));
    const faults = batch.filter((_, index) => (statuses[index] ?? 0) >= 500);
    expect(
      faults.map((bytes) => bytes.toString('latin1')),
      `FUZZ_SEED=${seed}`,
    ).toEqual([]);
  }
  expect(await ask(call(CHAT_BODY))).toBe('');
});
