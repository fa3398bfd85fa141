/**
 * Promise 43, by force: bytes of every kind over bare sockets, in every piece and with every ending, against a whole
 * gateway. Oracles: upstream's own books, what is answered, what the process says, holds, and has open afterwards.
 * Shown false by a refused socket without a listener for its errors: the process ends within a hundred connections; and, with
 * the seed 403363711, by watching the ends of answers alone: two calls whose answers waited behind others never ended.
 */
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFailed, test } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { heldBytes, INSPECTED } from '../support/held-memory.ts';
import { CHAT_BODY, CHAT_LINE, journey } from '../support/journey.ts';
import { type OwnClock, ownClock, turnOf } from '../support/own-clock.ts';
import { random, type Random } from '../support/random.ts';
import { openSocket } from '../support/raw-call.ts';

const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
/** As many connections as fit into this time; no more than so many. */
const MS_MAX = 12_000;
const CALLS = 1500;
const AT_ONCE = 25;
const WAIT_MS = 400;
const house = journey(
  {
    key: { tier: 'internal', requestsPerMinute: 1_000_000 },
    env: INSPECTED,
  },
  startGateway,
);

const LINES = [
  'GET /v1/models HTTP/1.1',
  'GET /v1/models HTTP/1.0',
  'GET http://gateway/v1/models HTTP/1.1',
  'GET http://evil.example:99/v1/models HTTP/1.1',
  'POST //v1/chat/completions HTTP/1.1',
  'POST /v1/chat/completions?x=%00 HTTP/1.1',
  'GET /me/usage HTTP/1.1',
  'HEAD /v1/models HTTP/1.1',
  'OPTIONS * HTTP/1.1',
  'CONNECT gateway:443 HTTP/1.1',
  'PRI * HTTP/2.0',
  'TRACE /v1/models HTTP/1.1',
  'DELETE /v1/files/file-1 HTTP/1.1',
  'GET /v1/realtime HTTP/1.1',
];
const ODD_HEADERS = [
  'Expect: 100-continue',
  'Expect: nothing',
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13',
  'Connection: close, authorization, content-length',
  'Connection: keep-alive',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  'Content-Length: 5',
  'Content-Length: 99999999999999999999',
  'Content-Encoding: gzip',
  'Trailer: X-A',
  'Host: other',
  'X-Eight: \xff\xfe\x80',
  'X-Nul: a\0b',
  ' folded: x',
  'Cookie: a=b',
  'X-Forwarded-For: 10.0.0.1',
  'Authorization: Bearer sk-other',
];

/** A request, honest or odd; the marker says whose it is when it comes out upstream. */
function requestOf(r: Random, marker: string): string {
  const body = CHAT_BODY.replace('{', `{"marker":"${marker}",`);
  const chat = r.chance(0.7);
  const headers = ['Host: gateway', ...house.headers];
  while (r.chance(0.4)) headers.splice(r.below(headers.length + 1), 0, r.pick(ODD_HEADERS));
  if (r.chance(0.05)) headers.push(`X-Long: ${'x'.repeat(r.below(70_000))}`);
  if (r.chance(0.03)) for (let i = r.below(2500); i > 0; i--) headers.push(`x${i}:`);
  let sent = '';
  if (chat && r.chance(0.6)) {
    headers.push(`Content-Length: ${body.length}`);
    sent = body;
  } else if (chat) {
    headers.push('Transfer-Encoding: chunked');
    sent = chunksOf(r, body);
  }
  return `${chat ? CHAT_LINE : r.pick(LINES)}\r\n${headers.join('\r\n')}\r\n\r\n${sent}`;
}

function chunksOf(r: Random, body: string): string {
  let sent = '';
  for (let at = 0; at < body.length; ) {
    const size = 1 + r.below(body.length - at);
    const extension = r.chance(0.1) ? ';x=y' : '';
    sent += `${size.toString(16)}${extension}\r\n${body.slice(at, at + size)}\r\n`;
    at += size;
  }
  return `${sent}0\r\n${r.chance(0.2) ? 'X-Trailer: canary\r\nAuthorization: Bearer x\r\n' : ''}\r\n`;
}

function damaged(r: Random, bytes: Buffer): Buffer {
  let damagedBytes: Buffer = bytes;
  for (let changes = 1 + r.below(3); changes > 0; changes--) {
    const at = r.below(damagedBytes.length);
    const odd = Buffer.from(
      r.pick(['\0', '\r', '\n', '\r\n', ' ', '\t', ':', ';', '\xff', '%', 'chunked', '0\r\n\r\n']),
      'latin1',
    );
    const gone = r.chance(0.5) ? r.below(6) : 0;
    damagedBytes = Buffer.concat([damagedBytes.subarray(0, at), odd, damagedBytes.subarray(at + gone)]);
  }
  return damagedBytes;
}

/** The gateway's own, while callers come. */
let clock: OwnClock;

interface Told {
  readonly sent: Buffer;
  readonly got: string;
  /** Everything was sent, the answers were waited for, and the gateway did not break off. */
  readonly patient: boolean;
}

const COMPLETION = /"object":"chat\.completion"/g;
const countOf = (text: string, what: RegExp): number => text.match(what)?.length ?? 0;
const wentUp = (marker: string): number =>
  house.upstream.requests.filter(({ body }) => body.includes(`"${marker}"`)).length;

/** Until that time of the gateway's own, or until it holds. */
async function waited(ms: number, holds: () => boolean): Promise<void> {
  while (!holds() && clock.ms() < ms) await sleep(20);
}

/** One connection: some requests, in pieces, ended in some way. */
async function connection(r: Random, marker: string): Promise<Told> {
  let bytes: Buffer = Buffer.from(
    Array.from({ length: 1 + r.below(3) }, () => requestOf(r, marker)).join(''),
    'latin1',
  );
  if (r.chance(0.5)) bytes = damaged(r, bytes);
  const sent = r.chance(0.25) ? bytes.subarray(0, r.below(bytes.length)) : bytes;
  const ending = r.pick(['wait', 'wait', 'wait', 'end', 'destroy', 'reset']);
  const socket = await openSocket(house.gateway.port);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  let closed = false;
  socket.once('close', () => {
    closed = true;
  });
  for (let at = 0; at < sent.length && socket.writable; ) {
    const size = r.chance(0.5) ? sent.length : 1 + r.below(400);
    socket.write(sent.subarray(at, at + size));
    at += size;
    if (r.chance(0.3)) await sleep(r.below(4));
  }
  if (ending === 'end') socket.end();
  if (ending === 'reset') socket.resetAndDestroy();
  if (ending === 'destroy') socket.destroy();
  await waited(clock.ms() + WAIT_MS, () => closed);
  const got = (): string => Buffer.concat(chunks).toString('latin1');
  const waits = (): boolean => ending === 'wait' && !closed;
  for (let tries = 0; waits() && tries < 300 && wentUp(marker) !== countOf(got(), COMPLETION); tries++)
    await sleep(100);
  const patient = waits();
  socket.destroy();
  return { sent, got: got(), patient };
}

/** Calls that have not ended, as the gateway's metrics have it. */
async function openCalls(): Promise<number> {
  const metrics = await (await fetch(`${house.gateway.adminUrl}/metrics`)).text();
  return Number(/^sallyport_open_exchanges (\d+)$/m.exec(metrics)?.[1]);
}

const openFiles = (): number => readdirSync(`/proc/${house.gateway.pid}/fd`).length;

test.skipIf(process.platform !== 'linux')('whatever comes, the gateway is what it was', async () => {
  onTestFailed(() => console.info(house.gateway.logs().slice(-3000)));
  console.info(`hostile-callers.test.ts: FUZZ_SEED=${seed}`);
  const r = random(seed);
  expect((await house.ask()).status).toBe(200);
  const [heldBefore, filesBefore] = [await heldBytes(house.gateway), openFiles()];
  house.upstream.clear();
  clock = ownClock(turnOf(house.gateway));
  let answered = 0;
  const faults: unknown[] = [];
  const until = performance.now() + MS_MAX;
  let call = 0;
  for (; call < CALLS && performance.now() < until; call += AT_ONCE) {
    const told = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, i) => connection(random(r.word()), `m${call + i}e`)),
    );
    for (const [i, { sent, got, patient }] of told.entries()) {
      answered += countOf(got, /HTTP\/1\.1 [2-5]\d\d/g);
      const [up, served] = [wentUp(`m${call + i}e`), countOf(got, COMPLETION)];
      // Who waited was answered for all that went up, and of what was refused nothing did.
      const odd = patient ? up !== served : up < served;
      if (odd || /HTTP\/1\.1 5\d\d/.test(got))
        faults.push({ up, served, sent: sent.toString('latin1'), got });
    }
    expect(faults.slice(0, 2)).toEqual([]);
  }
  clock.stop();
  expect(answered).toBeGreaterThan(call / 4);
  for (const { method, target, raw, json } of house.upstream.requests) {
    expect(['POST /v1/chat/completions', 'GET /v1/models']).toContain(`${method} ${target}`);
    expect(raw.toString('latin1')).not.toMatch(/canary|sk-other|evil|10\.0\.0\.1|cookie|x-long|x-eight/i);
    expect(method === 'GET' || json !== undefined).toBe(true);
  }
  house.upstream.clear();
  expect((await fetch(`${house.gateway.adminUrl}/livez`)).status).toBe(200);
  expect((await house.ask()).status).toBe(200);
  expect(house.upstream.requests).toHaveLength(1);
  expect(house.gateway.logs()).not.toMatch(/unhandled|uncaught|gateway fault|Warning|\n\s+at /i);
  await expect.poll(openCalls).toBe(0);
  await expect.poll(openFiles).toBeLessThan(filesBefore + 20);
  expect((await heldBytes(house.gateway)) - heldBefore).toBeLessThan(16 * 1024 * 1024);
});
