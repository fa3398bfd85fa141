/** Promise 34: what can be framed in two ways is refused and its connection closed; one call is one request upstream. */
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { CHAT_BODY as BODY, CHAT_LINE as LINE, CHAT_STREAM, journey } from '../support/journey.ts';
import { openSocket, rawCall, requestBytes } from '../support/raw-call.ts';

const HEX = BODY.length.toString(16);
const house = journey({}, startGateway);

/** Head lines of its own, then bytes as they are. */
const wire = (headers: readonly string[], rest: string, line = LINE): string =>
  `${line}\r\n${['Host: gateway', ...house.headers, ...headers].join('\r\n')}\r\n\r\n${rest}`;
const chunked = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
const smuggled = 'GET /v1/models HTTP/1.1\r\nHost: x\r\n\r\n';

describe('refused as ambiguous, and closed', () => {
  const length = `Content-Length: ${BODY.length}`;
  const te = 'Transfer-Encoding: chunked';
  const cases: Readonly<Record<string, () => string>> = {
    'length and chunks': () => wire([length, te], chunked(BODY)),
    'chunks and length': () => wire([te, 'Content-Length: 4'], chunked(BODY) + smuggled),
    'two lengths': () => wire([length, 'Content-Length: 5'], BODY),
    'the same length twice': () => wire([length, length], BODY),
    'a list of lengths': () => wire([`Content-Length: ${BODY.length}, ${BODY.length}`], BODY),
    'a signed length': () => wire([`Content-Length: +${BODY.length}`], BODY),
    'a negative length': () => wire(['Content-Length: -1'], BODY),
    'a length in hex': () => wire([`Content-Length: 0x${HEX}`], BODY),
    'an endless length': () => wire(['Content-Length: 99999999999999999999999'], BODY),
    'an empty length': () => wire(['Content-Length:'], BODY),
    'a length that is a word': () => wire(['Content-Length: ten'], BODY),
    'chunks twice': () => wire([te, te], chunked(BODY)),
    'chunks not last': () => wire(['Transfer-Encoding: chunked, gzip'], chunked(BODY)),
    'gzip before chunks': () => wire(['Transfer-Encoding: gzip, chunked'], chunked(BODY)),
    identity: () => wire(['Transfer-Encoding: identity'], BODY),
    'chunks in disguise': () => wire(['Transfer-Encoding: xchunked'], chunked(BODY)),
    'chunks after a tab': () => wire(['Transfer-Encoding:\x0bchunked'], chunked(BODY)),
    'a space before the colon': () => wire(['Transfer-Encoding : chunked'], chunked(BODY)),
    'a length with a space before the colon': () => wire([`Content-Length : ${BODY.length}`], BODY),
    'a folded header': () => wire([`X-Fold: a\r\n b`, length], BODY),
    'a folded first header': () =>
      `${LINE}\r\n Host: gateway\r\n${[...house.headers, length].join('\r\n')}\r\n\r\n${BODY}`,
    'bare line feeds': () => wire([length], BODY).replaceAll('\r\n', '\n'),
    'a bare carriage return in a header': () => wire(['X-A: b\rX-C: d', length], BODY),
    'a NUL in a header': () => wire(['X-A: b\x00c', length], BODY),
    'a header without a colon': () => wire(['nonsense', length], BODY),
    'a header without a name': () => wire([': value', length], BODY),
    'a name that is no token': () => wire(['X(A): b', length], BODY),
    'a chunk size that is no number': () => wire([te], `zz\r\n${BODY}\r\n0\r\n\r\n`),
    'a chunk size with a sign': () => wire([te], `+${HEX}\r\n${BODY}\r\n0\r\n\r\n`),
    'a chunk size that overflows': () => wire([te], `fffffffffffffffff\r\n${BODY}\r\n0\r\n\r\n`),
    'a chunk longer than it says': () => wire([te], `4\r\n${BODY}\r\n0\r\n\r\n`),
    'a chunk closed by a bare line feed': () => wire([te], `${HEX}\n${BODY}\r\n0\r\n\r\n`),
    'a chunk extension with a bare line feed': () => wire([te], `${HEX};a\nb\r\n${BODY}\r\n0\r\n\r\n`),
    'a folded trailer': () => wire([te], `${HEX}\r\n${BODY}\r\n0\r\nX: a\r\n b\r\n\r\n`),
    'chunks in HTTP/1.0': () => wire([te], chunked(BODY), LINE.replace('1.1', '1.0')),
    'HTTP/0.9': () => 'GET /v1/models\r\n\r\n',
    'HTTP/2.0': () => wire([length], BODY, LINE.replace('1.1', '2.0')),
    'HTTP/1.2': () => wire([length], BODY, LINE.replace('1.1', '1.2')),
    'a tab in the line': () => wire([length], BODY, LINE.replaceAll(' ', '\t')),
    'no Host': () => `${LINE}\r\n${[...house.headers, length].join('\r\n')}\r\n\r\n${BODY}`,
    'two Hosts': () => wire(['Host: other', length], BODY),
    'a head over 16 KiB': () => wire([`X-Long: ${'x'.repeat(17_000)}`, length], BODY),
    'too many headers': () => wire([...Array.from({ length: 3000 }, (_, i) => `a${i}:`), length], BODY),
    'a TLS greeting': () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    'an unknown expectation': () => wire(['Expect: 200-ok', length], BODY),
    'an expectation twice': () => wire(['Expect: 100-continue, 100-continue', length], BODY),
  };

  test.each(Object.keys(cases))('%s', async (name) => {
    const bytes = Buffer.from(cases[name]?.() ?? '', 'latin1');
    const { answers, closed } = await rawCall(house.gateway.port, bytes, { answers: Infinity });
    expect(answers.map(({ status, code }) => [status, code])).toEqual([[400, 'request.framing']]);
    expect(answers[0]?.headers['connection']).toBe('close');
    expect(answers[0]?.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(closed).toBe(true);
    expect(house.upstream.requests).toHaveLength(0);
  });
});

describe('served once', () => {
  const length = `Content-Length: ${BODY.length}`;
  const close = 'Connection: close';
  const cases: Readonly<Record<string, () => string>> = {
    'with a length': () => wire([length, close], BODY),
    'in chunks': () => wire(['Transfer-Encoding: chunked', close], chunked(BODY)),
    'in chunks, shouted': () => wire(['TRANSFER-ENCODING: Chunked', close], chunked(BODY)),
    'with a chunk extension': () =>
      wire(['Transfer-Encoding: chunked', close], `${HEX};a=b\r\n${BODY}\r\n0\r\n\r\n`),
    'with trailers': () =>
      wire(
        ['Transfer-Encoding: chunked', 'Trailer: X-A', close],
        `${HEX}\r\n${BODY}\r\n0\r\nX-A: canary\r\nAuthorization: Bearer x\r\n\r\n`,
      ),
    'in HTTP/1.0': () => wire([length], BODY, LINE.replace('1.1', '1.0')),
    'asking for an upgrade': () =>
      wire(
        [length, 'Connection: Upgrade, close', 'Upgrade: h2c, websocket', 'HTTP2-Settings: AAMAAABkAAQAAP__'],
        BODY,
      ),
    'expecting 100-continue': () => wire([length, 'Expect: 100-continue', close], BODY),
    'after an empty line': () => `\r\n${wire([length, close], BODY)}`,
  };
  test.each(Object.keys(cases))('%s', async (name) => {
    const { answers, closed } = await rawCall(house.gateway.port, cases[name]?.() ?? '', {
      answers: Infinity,
    });
    expect(answers.map(({ status }) => status)).toEqual([200]);
    expect(closed).toBe(true);
    expect(house.upstream.requests).toHaveLength(1);
    expect(house.upstream.requests[0]?.raw.includes('canary')).toBe(false);
    for (const name of ['upgrade', 'expect', 'trailer', 'transfer-encoding', 'http2-settings'])
      expect(house.upstream.requests[0]?.headers).not.toHaveProperty(name);
  });

  // Control: with Node's own answer to the expectation, a stranger was asked for 60 KB, and then refused.
  test('100 Continue comes before the body is sent, and a refusal instead of it', async () => {
    const socket = await openSocket(house.gateway.port, wire([length, 'Expect: 100-continue'], ''));
    const [first] = await once(socket, 'data');
    expect(String(first)).toMatch(/^HTTP\/1.1 100 Continue\r\n/);
    socket.write(BODY);
    const [second] = await once(socket, 'data');
    expect(String(second)).toMatch(/^HTTP\/1.1 200 OK/);
    expect(String(second)).toMatch(/\r\nConnection: keep-alive\r\n/i);
    socket.destroy();
    for (const bytes of [BODY.length, 60_000]) {
      const stranger = `${LINE}\r\nHost: x\r\nContent-Length: ${bytes}\r\nExpect: 100-continue\r\n\r\n`;
      const refused = await openSocket(house.gateway.port, stranger);
      const [only] = await once(refused, 'data');
      expect(String(only)).toMatch(/^HTTP\/1.1 401 /);
      // Whoever reuses it would have its next call read as the body that never came.
      expect(String(only)).toMatch(/\r\nConnection: close\r\n/i);
      refused.destroy();
    }
  });
});

const call = (model: string): Buffer => requestBytes(LINE, house.headers, BODY.replace('gpt-4o-mini', model));

test('a CONNECT whose sender is gone before its answer ends nothing but its connection (43)', async () => {
  for (let i = 0; i < 100; i++) {
    const socket = await openSocket(
      house.gateway.port,
      'CONNECT gateway:443 HTTP/1.1\r\nHost: gateway\r\n\r\n',
    );
    // Handed to the system first, or the reset would overtake it.
    await turn();
    socket.resetAndDestroy();
  }
  expect((await house.ask()).status).toBe(200);
  expect(house.gateway.logs()).not.toContain('"level":60');
});

describe('one connection, several calls', () => {
  test('two pipelined calls are two requests, answered in order', async () => {
    const { answers } = await rawCall(
      house.gateway.port,
      [Buffer.concat([call('gpt-4o-mini'), call('gpt-4o')])],
      {
        answers: 2,
      },
    );
    expect(answers.map(({ status, body }) => [status, /"model":"([^"]*)"/.exec(body)?.[1]])).toEqual([
      [200, 'gpt-4o-mini'],
      [200, 'gpt-4o'],
    ]);
    expect(house.upstream.requests).toHaveLength(2);
  });

  test('rubbish behind a call is never answered into the middle of its stream', async () => {
    house.upstream.script = (seen) => ({
      headers: { 'content-type': 'text/event-stream' },
      pieces: [{ bytes: Buffer.from(`data: {"id":"${seen.index}"}\n\n`), outputTokens: 1 }],
      ending: 'stall',
    });
    const socket = await openSocket(house.gateway.port, requestBytes(LINE, house.headers, CHAT_STREAM));
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    while (!Buffer.concat(chunks).includes('data: ')) await turn();
    socket.write('RUBBISH\r\n\r\n');
    await once(socket, 'close');
    expect(
      Buffer.concat(chunks)
        .toString()
        .match(/HTTP\/1\.1/g),
    ).toHaveLength(1);
    await house.upstream.requests[0]?.over;
    expect(house.upstream.requests).toHaveLength(1);
  });

  // Control: with the connection destroyed at once, neither had an answer.
  test('what comes behind a call is no part of it: the call is answered, and nothing else', async () => {
    const without = await rawCall(house.gateway.port, wire([], BODY), { answers: Infinity });
    expect(without.answers.map(({ code }) => code)).toEqual(['request.missing_model']);
    expect(without.closed).toBe(true);
    expect(house.upstream.requests).toHaveLength(0);
    const bytes = Buffer.concat([call('gpt-4o-mini'), Buffer.from(`RUBBISH\r\n\r\n${smuggled}`)]);
    const { answers, closed } = await rawCall(house.gateway.port, bytes, { answers: Infinity });
    expect(answers.map(({ status, headers }) => [status, headers['connection']])).toEqual([[200, 'close']]);
    expect(closed).toBe(true);
    expect(house.upstream.requests).toHaveLength(1);
  });

  test('a body that turns out broken ends its call, and what hides behind it is no call', async () => {
    const bytes = wire(['Transfer-Encoding: chunked'], `5\r\n{"mod\r\nXX\r\n${smuggled}`);
    const { answers, closed } = await rawCall(house.gateway.port, bytes, { answers: Infinity });
    expect(answers.map(({ code }) => code)).toEqual(['request.framing']);
    expect(closed).toBe(true);
    expect(house.upstream.requests).toHaveLength(0);
  });
});
