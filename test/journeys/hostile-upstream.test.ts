/**
 * Promise 43 from the other side: an upstream that breaks off at every byte, and one that says anything at all. What
 * reaches the caller is an answer of the catalogue or upstream's own bytes, never a fault of ours, and never a part
 * of somebody else's answer. Shown false by relaying what is left of a broken stream without an error event.
 */
import { expect, onTestFailed, test } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { heldBytes, INSPECTED } from '../support/held-memory.ts';
import { pieceOf, type Behaviour } from '../support/behaviour.ts';
import { CHAT_BODY, CHAT_LINE, CHAT_STREAM, hastyUpstream, journey } from '../support/journey.ts';
import { honest } from '../support/openai-answer.ts';
import { random, type Random } from '../support/random.ts';
import { rawCall, requestBytes, type RawAnswer } from '../support/raw-call.ts';

const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
const MS_MAX = 10_000;
const CALLS = 1500;
const AT_ONCE = 20;
const house = journey(
  {
    key: { tier: 'internal', requestsPerMinute: 1_000_000 },
    config: { upstreams: hastyUpstream(400) },
    env: INSPECTED,
  },
  startGateway,
);

const usage = '"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}';
const JSON_BODY = `{"id":"c1","object":"chat.completion","choices":[],${usage}}`;
const chunk = (text: string): string =>
  `data: {"id":"c1","choices":[{"index":0,"delta":{"content":"${text}"}}]}\n\n`;
const EVENTS = `${chunk('one')}${chunk('zwei ☀️')}data: {"id":"c1","choices":[],${usage}}\n\ndata: [DONE]\n\n`;

const withLength = (type: string, body: string): string =>
  `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const inChunks = (type: string, body: string, trailer = ''): string => {
  const half = Buffer.from(body).subarray(0, 40).toString('latin1');
  const rest = Buffer.from(body).subarray(40).toString('latin1');
  const pieces = [half, rest].map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`);
  const head = `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\n\r\n`;
  return Buffer.from(`${head}${pieces.join('')}0\r\n${trailer}\r\n`, 'latin1').toString('latin1');
};
const ANSWERS = {
  json: Buffer.from(withLength('application/json', JSON_BODY)),
  stream: Buffer.from(inChunks('text/event-stream', EVENTS), 'latin1'),
};

const raw = (bytes: Buffer, more: Partial<Behaviour> = {}): Behaviour => ({
  raw: true,
  pieces: [pieceOf(bytes)],
  ...more,
});

let calls = 0;
/** One call with a marker of its own, by which the script knows it. */
async function ask(stream: boolean, script: (marker: string) => void, headers = house.headers) {
  const marker = `u${calls++}e`;
  script(marker);
  const body = (stream ? CHAT_STREAM : CHAT_BODY).replace('{', `{"marker":"${marker}",`);
  const bytes = requestBytes(CHAT_LINE, [...headers, 'Connection: close'], body);
  const { answers } = await rawCall(house.gateway.port, bytes, { answers: Infinity });
  return answers[0];
}

const scripts = new Map<string, Behaviour>();
function play(): void {
  house.upstream.script = (seen) => {
    const marker = /"marker":"(u\d+e)"/.exec(seen.body.toString())?.[1] ?? '';
    return scripts.get(marker) ?? honest(seen);
  };
}

/** A refusal of the catalogue, or a stream that began and says that it broke off. */
function endsWell(answer: RawAnswer | undefined): boolean {
  if (!answer) return false;
  if (answer.status === 502) return answer.code.startsWith('upstream.') && answer.whole;
  const told = answer.body.includes('"code":"upstream.') && !answer.body.includes('[DONE]');
  // Its last event is all that was missing.
  return answer.status === 200 && answer.whole && (told || answer.body.endsWith('data: [DONE]\n\n'));
}

test.each(['json', 'stream'] as const)('%s: broken off at every byte', async (kind) => {
  play();
  const whole = ANSWERS[kind];
  const wrong: unknown[] = [];
  for (const ending of ['close', 'reset'] as const) {
    for (let from = 0; from < whole.length; from += AT_ONCE) {
      const offsets = Array.from({ length: Math.min(AT_ONCE, whole.length - from) }, (_, i) => from + i);
      await Promise.all(
        offsets.map(async (at) => {
          const broken = raw(whole.subarray(0, at), { ending });
          const answer = await ask(kind === 'stream', (marker) => scripts.set(marker, broken));
          if (!endsWell(answer)) wrong.push([at, ending, answer]);
        }),
      );
    }
  }
  expect(wrong.slice(0, 3)).toEqual([]);
  const answer = await ask(kind === 'stream', (marker) => scripts.set(marker, raw(whole)));
  expect(answer).toMatchObject({ status: 200, whole: true });
});

const HEADS = [
  'content-encoding: gzip',
  'content-type: text/html',
  'content-type: text/event-stream; charset=utf-16',
  'content-length: 7',
  'content-length: -1',
  'transfer-encoding: chunked',
  'connection: close',
  'connection: upgrade\r\nupgrade: websocket',
  'keep-alive: timeout=0',
  'keep-alive: timeout=99999999999',
  'x-request-id: \xff\xfe',
  'retry-after: never',
  'set-cookie: a=b',
  'location: http://127.0.0.1:1/',
  ' folded: x',
  'x-sallyport-code: mine',
  'x-ratelimit-remaining-requests: 99',
];
const STARTS = [
  '',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n'.repeat(20),
  '\r\n',
  'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
];
const ENDS = ['', '', 'x', '\r\n', 'HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{"stolen":1}'];

function lie(r: Random, stream: boolean): Behaviour {
  const type = r.pick(['application/json', 'text/event-stream', 'text/event-stream', 'audio/mpeg']);
  const body = r.chance(0.5) ? EVENTS : JSON_BODY;
  let answer = r.chance(0.5)
    ? inChunks(type, body, r.pick(['', 'x-trailer: canary\r\n']))
    : withLength(type, body);
  if (r.chance(0.3)) answer = (stream ? ANSWERS.stream : ANSWERS.json).toString('latin1');
  while (r.chance(0.4)) answer = answer.replace('\r\n', `\r\n${r.pick(HEADS)}\r\n`);
  if (r.chance(0.2))
    answer = answer.replace('200 OK', r.pick(['204 No Content', '101 X', '999 X', '400 X', '500 X', '00 X']));
  if (r.chance(0.05)) answer = answer.replace('\r\n', `\r\nx-long: ${'x'.repeat(r.below(100_000))}\r\n`);
  const bytes = Buffer.from(r.pick(STARTS) + answer + r.pick(ENDS), 'latin1');
  for (let changes = r.chance(0.5) ? r.below(4) : 0; changes > 0; changes--)
    bytes[r.below(bytes.length)] = r.below(256);
  // In one write: what comes behind an answer later than it cannot be told from the next one.
  return raw(bytes, { ending: r.pick(['close', 'close', 'reset', 'stall']) });
}

/** Its own answer, or the catalogue's where the connection was spoilt by a liar; never what a liar said to another. */
function isOwn(answer: RawAnswer | undefined): boolean {
  if (answer?.status === 200)
    return answer.whole && answer.body.includes('upstream') && !answer.body.includes('"c1"');
  return answer?.code.startsWith('upstream.') === true;
}

test('an upstream that says anything at all', async () => {
  console.info(`hostile-upstream.test.ts: FUZZ_SEED=${seed}`);
  onTestFailed(() => console.info(house.gateway.logs().slice(-3000)));
  play();
  const r = random(seed);
  const hasty = await house.headersOf({ tier: 'internal', upstream: 'hasty' });
  await ask(false, () => {}, hasty);
  const before = await heldBytes(house.gateway);
  const wrong: unknown[] = [];
  const until = performance.now() + MS_MAX;
  for (let call = 0; call < CALLS && performance.now() < until; call += AT_ONCE) {
    await Promise.all(
      Array.from({ length: AT_ONCE }, async (_, i) => {
        const own = random(r.word());
        const stream = own.chance(0.5);
        const isHonest = i % 4 === 0;
        const behaviour = lie(own, stream);
        const told = (marker: string): void => {
          if (!isHonest) scripts.set(marker, behaviour);
        };
        const answer = await ask(stream, told, hasty);
        const fine = isHonest ? isOwn(answer) : answer?.code !== 'gateway.fault';
        if (!fine || !answer || /canary|set-cookie|location:|x-sallyport-code: mine/i.test(answer.head))
          wrong.push([
            isHonest,
            stream,
            behaviour.pieces[0]?.bytes.toString('latin1').slice(0, 2000),
            answer,
          ]);
      }),
    );
    expect(wrong.slice(0, 2)).toEqual([]);
  }
  scripts.clear();
  expect((await fetch(`${house.gateway.adminUrl}/livez`)).status).toBe(200);
  expect((await ask(true, () => {}))?.body).toContain('[DONE]');
  expect(house.gateway.logs()).not.toMatch(/unhandled|uncaught|gateway fault|Warning|\n\s+at /i);
  expect((await heldBytes(house.gateway)) - before).toBeLessThan(16 * 1024 * 1024);
});
