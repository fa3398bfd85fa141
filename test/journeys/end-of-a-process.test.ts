/**
 * Promises 45, 46 and 3: at SIGTERM a gateway is not ready at once, lets open calls end, breaks off what does not, has
 * an outcome for every intent, and exits 0.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Secret } from '../../src/base/secret.ts';
import { runVerify } from '../../src/engines/audit/audit-verify-command.ts';
import { allEntries, unbalanced } from '../support/audit.ts';
import { pieceOf, sse, stall } from '../support/behaviour.ts';
import { startGateway, type GatewayProcess, type GatewayOptions } from '../support/gateway.ts';
import { CHAT_BODY, CHAT_LINE, CHAT_STREAM } from '../support/journey.ts';
import { honest } from '../support/openai-answer.ts';
import { ownClock, turnOf } from '../support/own-clock.ts';
import { openSocket, rawCall, requestBytes } from '../support/raw-call.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';

const SECRET = 'ab'.repeat(32);
const CHUNK = 'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n';
let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream();
});
beforeEach(() => upstream.clear());
afterAll(async () => await upstream.close());

/** Its data stays until the test is over, so that its log can be read after its end. */
async function house(
  config: object = {},
): Promise<GatewayProcess & { readonly bytes: (body: string) => Buffer }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-end-'));
  const options: GatewayOptions = {
    upstream,
    key: { tier: 'internal' },
    dataDir,
    config,
    env: { SALLYPORT_SECRET: SECRET },
  };
  const gateway = await startGateway(options);
  const headers = [`Authorization: Bearer ${gateway.callerKey}`, 'Content-Type: application/json'];
  return Object.assign(gateway, { bytes: (body: string) => requestBytes(CHAT_LINE, headers, body) });
}

/** The log as it was left: whole, and with one outcome for each intent. */
async function reckon({ dataDir }: GatewayProcess): Promise<Record<string, number>> {
  const log = join(dataDir, 'audit');
  expect(await runVerify([log], [new Secret(SECRET)])).toMatchObject({ code: 0 });
  const entries = await allEntries(log);
  expect(unbalanced(entries)).toEqual([]);
  expect(entries.some(({ action }) => action === 'gateway.stop')).toBe(true);
  rmSync(dataDir, { recursive: true, force: true });
  const outcomes = entries.filter(({ action }) => action === 'exchange.outcome');
  const byOutcome = Map.groupBy(outcomes, ({ metadata }) => String(metadata['outcome']));
  return Object.fromEntries([...byOutcome].map(([outcome, found]) => [outcome, found.length]));
}

test('open streams end as they would, new calls are told to go elsewhere, and it is not ready at once', async () => {
  const gateway = await house();
  const release = Promise.withResolvers<void>();
  upstream.script = async (seen) => {
    if (seen.index > 0) return honest(seen);
    await release.promise;
    return sse([CHUNK, 'data: [DONE]\n\n']);
  };
  const open = rawCall(gateway.port, gateway.bytes(CHAT_STREAM));
  await upstream.waitFor(1);
  // Connections without a call: one that never had one, and one that is kept for the next.
  const idle = await openSocket(gateway.port);
  const kept = await openSocket(gateway.port, gateway.bytes(CHAT_BODY));
  await once(kept, 'data');
  const released = Promise.all([idle, kept].map((socket) => once(socket.resume(), 'close')));
  process.kill(gateway.pid, 'SIGTERM');
  const clock = ownClock(turnOf(gateway));
  // The last question that was answered with yes was put before these were over, whatever an answer takes.
  let readyMs = 0;
  for (;;) {
    const askedMs = clock.ms();
    const { status } = await fetch(`${gateway.adminUrl}/readyz`);
    if (status === 503) break;
    readyMs = askedMs;
  }
  clock.stop();
  expect(readyMs).toBeLessThan(100);
  expect((await fetch(`${gateway.adminUrl}/livez`)).status).toBe(200);
  const late = await rawCall(gateway.port, gateway.bytes(CHAT_BODY), { answers: Infinity });
  expect(late.answers.map((answer) => [answer.status, answer.code, answer.headers['retry-after']])).toEqual([
    [503, 'edge.draining', '1'],
  ]);
  release.resolve();
  expect((await open).answers[0]).toMatchObject({
    status: 200,
    whole: true,
    body: `${CHUNK}data: [DONE]\n\n`,
  });
  expect(await gateway.exited).toBe(0);
  await released;
  expect(upstream.requests).toHaveLength(2);
  expect(await reckon(gateway)).toEqual({ completed: 2 });
  const refused = connect(gateway.port, '127.0.0.1');
  const [error] = await once(refused, 'error');
  expect(error).toMatchObject({ code: 'ECONNREFUSED' });
});

test('what does not end is broken off: stalled upstream, half a body, half a head, a reader who does not read', async () => {
  const gateway = await house({ server: { drainMsMax: 300 } });
  const stream = { ...sse([CHUNK]), ending: 'stall' } as const;
  const big = {
    headers: { 'content-type': 'audio/mpeg' },
    pieces: Array.from({ length: 400 }, () => pieceOf(Buffer.alloc(65_536))),
  };
  upstream.script = (seen) => (seen.index === 0 ? stall() : seen.index === 1 ? stream : big);
  const silent = rawCall(gateway.port, gateway.bytes(CHAT_BODY));
  await upstream.waitFor(1);
  const stuck = rawCall(gateway.port, gateway.bytes(CHAT_STREAM));
  await upstream.waitFor(2);
  const speech = gateway.bytes(JSON.stringify({ model: 'tts-1', input: 'Hi', voice: 'alloy' }));
  const deaf = await openSocket(
    gateway.port,
    Buffer.from(speech.toString().replace('/v1/chat/completions', '/v1/audio/speech')),
  );
  deaf.pause();
  await upstream.waitFor(3);
  const upload = requestBytes(
    'POST /v1/files HTTP/1.1',
    [
      `Authorization: Bearer ${gateway.callerKey}`,
      'Content-Type: multipart/form-data; boundary=b',
      'Content-Length: 100000',
    ],
    '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n',
  );
  const halves = await Promise.all([
    openSocket(gateway.port, upload),
    openSocket(gateway.port, gateway.bytes(CHAT_BODY).subarray(0, -3)),
    openSocket(gateway.port, 'POST /v1/chat'),
  ]);
  while ((upstream.requests[1]?.sentPieces ?? 0) === 0) await turn();
  process.kill(gateway.pid, 'SIGTERM');
  const [whole, broken] = await Promise.all([silent, stuck]);
  expect([whole.answers[0]?.status, whole.answers[0]?.code]).toEqual([503, 'edge.draining']);
  expect(broken.answers[0]?.body.split('\n\n')[1]).toContain('edge.draining');
  expect(await gateway.exited).toBe(0);
  for (const socket of [deaf, ...halves]) socket.destroy();
  const outcomes = await reckon(gateway);
  expect(Object.values(outcomes).reduce((sum, n) => sum + n, 0)).toBe(3);
});

test('a gateway that did nothing ends just so', async () => {
  const gateway = await house();
  process.kill(gateway.pid, 'SIGINT');
  expect(await gateway.exited).toBe(0);
  expect(await reckon(gateway)).toEqual({});
});
