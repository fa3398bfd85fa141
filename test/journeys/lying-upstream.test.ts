/**
 * Promises 33, 34, 43 and 8: whatever upstream says or does, the caller gets the catalogue's answer and nothing else.
 * Tests stages/forward, stages/relay, stages/answer-json, stages/answer-raw, stages/answer-stream.
 */
import { once } from 'node:events';
import { beforeAll, expect, test } from 'vitest';
import {
  bytes,
  json,
  openaiError,
  pieceOf,
  reset,
  sse,
  stall,
  type Behaviour,
} from '../support/behaviour.ts';
import { CHAT_BODY, CHAT_LINE, CHAT_STREAM, hastyUpstream, journey } from '../support/journey.ts';
import { honest } from '../support/openai-answer.ts';
import { ownClock, turnOf } from '../support/own-clock.ts';
import { openSocket, rawCall, requestBytes, type RawAnswer } from '../support/raw-call.ts';

const house = journey({ config: { upstreams: hastyUpstream(250) } });
/** The headers of a call that goes where silence is soon too long. */
let hasty: readonly string[];
beforeAll(async () => {
  hasty = await house.headersOf({ tier: 'internal', upstream: 'hasty' });
});
const SILENT = 'upstream.timeout';
const headersFor = (code: string) => (code === SILENT ? hasty : house.headers);

/** The whole answer, written to the socket as it is. */
function wire(...parts: readonly (string | Buffer)[]): Behaviour {
  return { raw: true, pieces: parts.map((part) => pieceOf(part)) };
}
const plain = (head: string, body = '{}'): string =>
  `HTTP/1.1 200 OK\r\n${head}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
const half = '{"id":"chatcmpl-1","choices":[';
const opening = { headers: { 'content-type': 'application/json' } };

const BAD = 'upstream.invalid_answer';
const BROKEN = 'upstream.broken';
const lies: Readonly<Record<string, readonly [number, string, () => Behaviour]>> = {
  'a page instead of JSON': [502, BAD, () => json('<html>', { headers: { 'content-type': 'text/html' } })],
  'no JSON': [502, BAD, () => json('{"id":')],
  'nothing at all': [502, BAD, () => json('')],
  'nothing, and no type': [502, BAD, () => wire('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')],
  'an encoding nobody asked for': [502, BAD, () => json('x', { headers: { 'content-encoding': 'gzip' } })],
  'two content types': [
    502,
    BAD,
    () => wire(plain('content-type: application/json\r\ncontent-type: text/html')),
  ],
  'a line end within a header': [502, BROKEN, () => wire(plain('x-a: b\rx-c: d'))],
  'a NUL within a header': [502, BROKEN, () => wire(plain('x-a: b\0c'))],
  'a head without end': [
    502,
    BROKEN,
    () => wire(`HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(5)}`, 'z'.repeat(90_000)),
  ],
  'no HTTP': [502, BROKEN, () => wire('SSH-2.0-OpenSSH_9.9\r\n')],
  'two lengths': [502, BROKEN, () => wire(plain('content-length: 5\r\ncontent-type: application/json'))],
  'chunks and a length': [
    502,
    BROKEN,
    () => wire(plain('transfer-encoding: chunked\r\ncontent-type: application/json')),
  ],
  'a broken chunk': [
    502,
    BROKEN,
    () =>
      wire('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}'),
  ],
  'another protocol': [
    502,
    BROKEN,
    () => wire('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
  ],
  'an answer of 100 alone': [502, BROKEN, () => wire('HTTP/1.1 100 Continue\r\n\r\n')],
  'a flood of early hints': [
    502,
    BROKEN,
    () => ({ ...wire(...Array.from({ length: 2000 }, () => 'HTTP/1.1 103 Early Hints\r\n\r\n')), gapMs: 5 }),
  ],
  'a reset before the head': [502, BROKEN, () => reset()],
  'an end before the head': [502, BROKEN, () => reset('close')],
  'a reset in the body': [502, BROKEN, () => ({ ...bytes([half], opening), ending: 'reset' })],
  'an end in the body': [502, BROKEN, () => ({ ...bytes([half], opening), ending: 'close' })],
  'less than its length': [
    502,
    BROKEN,
    () => json(half, { headers: { 'content-length': '500' }, ending: 'close' }),
  ],
  'silence before the head': [504, SILENT, () => stall()],
  'silence in the body': [504, SILENT, () => ({ ...bytes([half], opening), ending: 'stall' })],
  'a status of its own': [502, 'upstream.failed', () => json({}, { status: 799 })],
  'not modified': [502, 'upstream.failed', () => wire('HTTP/1.1 304 Not Modified\r\n\r\n')],
  'a refusal of our key': [
    502,
    'upstream.credential',
    () => openaiError(401, 'invalid_api_key', 'sk-proj-abcdefghijkl'),
  ],
  'a refusal of our project': [
    502,
    'upstream.credential',
    () => openaiError(403, 'no_access', 'org-abcdefghijkl'),
  ],
  'its own limit': [
    429,
    'upstream.limited',
    () => openaiError(429, 'rate_limit_exceeded', 'org-abcdefghijkl'),
  ],
  'no quota': [502, 'upstream.quota', () => openaiError(429, 'insufficient_quota', 'acct_abcdefghijkl')],
  'an error of its own': [
    502,
    'upstream.failed',
    () => openaiError(500, null, 'org-abcdefghijkl at 10.0.0.1'),
  ],
  'an error that is a page': [
    502,
    'upstream.failed',
    () => bytes(['<html>'], { status: 503, headers: { 'content-type': 'text/html' } }),
  ],
  'an error without end': [
    502,
    'upstream.failed',
    () =>
      bytes(
        Array.from({ length: 40 }, () => 'x'.repeat(65_536)),
        { status: 500 },
      ),
  ],
  'a refusal that is no JSON': [
    400,
    'upstream.refused',
    () => bytes(['<html>org-abcdefghijkl'], { status: 400 }),
  ],
  'a redirect': [
    502,
    'upstream.failed',
    () => wire(`HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n`),
  ],
}; // prettier-ignore

test.each(Object.keys(lies))('%s', async (name) => {
  const [status, code, behaviour] = lies[name] ?? [0, '', () => reset()];
  house.upstream.script = () => behaviour();
  const answer = await house.ask(CHAT_LINE, CHAT_BODY, headersFor(code));
  expect([answer.status, answer.code]).toEqual([status, code]);
  expect(answer.body).toMatch(
    /^\{"error":\{"message":"[^"]+","type":"\w+","param":null,"code":("[\w.]+"|null)\}\}$/,
  );
  expect(`${answer.head}${answer.body}`).not.toMatch(/abcdefghijkl|html|10\.0\.0\.1|location/);
  house.upstream.script = honest;
  expect((await house.ask()).status).toBe(200);
  expect(house.upstream.requests).toHaveLength(2);
});

test('what is odd but plain is relayed: header bytes beyond ASCII, HTTP/1.0, a type with a parameter', async () => {
  const body = '{"id":"x"}';
  house.upstream.script = () =>
    wire(
      `HTTP/1.0 200 \r\ncontent-type: application/json; charset="utf-8"; é=1\r\nopenai-version: é\r\n\r\n${body}`,
    );
  const answer = await house.ask();
  expect([answer.status, answer.body]).toEqual([200, body]);
});

test("a second answer that nobody asked for is not the next call's", async () => {
  const answer = plain('content-type: application/json', '{"id":"first"}');
  house.upstream.script = () => wire(answer + answer.replace('first', 'stray'));
  expect((await house.ask()).body).toContain('first');
  house.upstream.script = honest;
  expect((await house.ask()).body).not.toContain('stray');
});

test('a refusal of the request is relayed, without names of the account, secrets or personal data', async () => {
  const parts = [
    'org-AbCdEf123456',
    'proj_AbCdEf123456',
    'sk-proj-AbCd****wxyz',
    'ada@example.com',
    '4111 1111 1111 1111',
  ];
  const token = ['ghp', '16C7e42F292c6912E7710c838347Ae178B4a'].join('_');
  const message = `Invalid 'temperature' for ${parts.join(', ')} and ${token}.`;
  house.upstream.script = () =>
    json({ error: { message, type: 'x', param: parts[2], code: token, extra: parts } }, { status: 422 });
  const answer = await house.ask();
  expect([answer.status, answer.code]).toEqual([422, 'upstream.refused']);
  for (const part of [...parts, token]) expect(answer.body).not.toContain(part);
  expect(answer.body).toContain("Invalid 'temperature' for [hidden], [hidden], [hidden], [REDACTED]");
  expect(JSON.parse(answer.body)).toMatchObject({ error: { param: null, code: null } });
});

test('an honest refusal reaches the caller as it is', async () => {
  const message = "Unsupported value: 'temperature' does not support 0.3 with this model.";
  house.upstream.script = () =>
    json({ error: { message, type: 'x', param: 'temperature', code: 'unsupported_value' } }, { status: 400 });
  const answer = await house.ask();
  expect(answer.status).toBe(400);
  expect(JSON.parse(answer.body)).toMatchObject({
    error: { message, param: 'temperature', code: 'unsupported_value' },
  });
});

/** Streams end in an error event, or break off; never in `[DONE]`, and never in half an event. */
const chunk = (content: string): string =>
  `data: {"choices":[{"index":0,"delta":{"content":"${content}"}}]}\n\n`;
async function stream(behaviour: Behaviour, headers = house.headers): Promise<RawAnswer> {
  house.upstream.script = () => behaviour;
  return await house.ask(CHAT_LINE, CHAT_STREAM, headers);
}

test.each([
  ['an end between events', 'upstream.broken', { ...sse([chunk('a')]), ending: 'close' }],
  [
    'an end of the connection within an event',
    'upstream.broken',
    { ...sse([chunk('a'), 'data: {']), ending: 'close' },
  ],
  ['silence within a stream', SILENT, { ...sse([chunk('a')]), ending: 'stall' }],
] as const)('%s is told in the stream', async (_name, code, behaviour) => {
  const answer = await stream(behaviour, headersFor(code));
  const [first, second, ...more] = answer.body.split('\n\n').filter(Boolean);
  expect(first).toContain('"a"');
  expect(JSON.parse(second?.slice('data: '.length) ?? '')).toMatchObject({ error: { code } });
  expect([answer.whole, more]).toEqual([true, []]);
});

test('a break after the last event changes nothing for the caller', async () => {
  const answer = await stream({ ...sse([chunk('a'), 'data: [DONE]\n\n']), ending: 'close' });
  expect(answer.body).toBe(`${chunk('a')}data: [DONE]\n\n`);
});

test('an honest stream arrives byte for byte, however it is cut', async () => {
  const events = [
    chunk('a'),
    ': comment\n\n',
    chunk('é€😀'),
    'event: x\r\nid: 7\r\ndata: {"choices":[]}\r\n\r\n',
    'data: [DONE]\n\n',
  ];
  const whole = events.join('');
  const splitAt = Array.from({ length: Buffer.byteLength(whole) }, (_, at) => at).filter(
    (at) => at % 7 === 0,
  );
  expect((await stream(sse(events, { splitAt }))).body).toBe(whole);
});

test('bytes that break off break off for the caller too', async () => {
  const type = { headers: { 'content-type': 'audio/mpeg' } };
  const body = JSON.stringify({ model: 'tts-1', input: 'Hi', voice: 'alloy' });
  const line = 'POST /v1/audio/speech HTTP/1.1';
  house.upstream.script = () => ({ ...bytes(['abc'], type), ending: 'close' });
  const broken = await rawCall(house.gateway.port, requestBytes(line, house.headers, body));
  expect(broken.answers[0]).toMatchObject({ status: 200, whole: false });
  house.upstream.script = () => bytes(['abc', 'def'], type);
  expect((await house.ask(line, body)).body).toBe('abcdef');
});

test('a caller who leaves ends the call upstream, before its head and within its stream (16)', async () => {
  for (const behaviour of [stall(), { ...sse([chunk('a')]), ending: 'stall' } as const]) {
    house.upstream.clear();
    house.upstream.script = () => behaviour;
    const socket = await openSocket(house.gateway.port, requestBytes(CHAT_LINE, house.headers, CHAT_STREAM));
    const [seen] = await house.upstream.waitFor(1);
    if (!behaviour.silent) await once(socket, 'data');
    const clock = ownClock(turnOf(house.gateway));
    socket.resetAndDestroy();
    await once(socket, 'close');
    await seen?.over;
    expect(clock.stop()).toBeLessThan(1000);
    expect(seen?.abortedAt).toBeDefined();
  }
  house.upstream.script = honest;
  expect((await house.ask()).status).toBe(200);
});
