/** Promise 44: readers who do not read slow upstream down; what they did not take is held nowhere in the gateway. */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { startGateway } from '../support/gateway.ts';
import { heldBytes, INSPECTED } from '../support/held-memory.ts';
import { pieceOf, type Behaviour } from '../support/behaviour.ts';
import { CHAT_BODY, CHAT_LINE, CHAT_STREAM, journey } from '../support/journey.ts';
import { honest } from '../support/openai-answer.ts';
import { openSocket, requestBytes } from '../support/raw-call.ts';
import type { Script } from '../support/upstream.ts';

const MiB = 1024 * 1024;
const READERS = 100;
const ANSWER_BYTES = 50 * MiB;
const PIECE = 65_536;
const house = journey(
  {
    // A hundred calls at once on a machine that is busy with their answers: the disk is not what is tried here.
    env: INSPECTED,
  },
  startGateway,
);

const sentBytes = (): number => house.upstream.requests.reduce((sum, seen) => sum + seen.sentBytes, 0);

/** Until upstream can send no more: every buffer on the way is full. */
async function untilHeld(): Promise<void> {
  for (let before = -1, same = 0; same < 5; before = sentBytes()) {
    await sleep(40);
    same = sentBytes() === before && before > 0 ? same + 1 : 0;
  }
}

async function untilRead(socket: Socket): Promise<number> {
  let bytes = 0;
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  await new Promise((resolve) => socket.once('end', resolve).once('close', resolve).resume());
  return bytes;
}

const event = `data: {"choices":[{"index":0,"delta":{}}],"x":"${'x'.repeat(4096)}"}\n\n`;
const events = event.repeat(PIECE / 4096);
const answers: Readonly<Record<string, readonly [string, string, Behaviour]>> = {
  bytes: [
    'POST /v1/audio/speech HTTP/1.1',
    JSON.stringify({ model: 'tts-1', input: 'Hi', voice: 'alloy' }),
    {
      headers: { 'content-type': 'audio/mpeg' },
      pieces: Array(ANSWER_BYTES / PIECE).fill(pieceOf(Buffer.alloc(PIECE))),
    },
  ],
  'a stream of events': [
    CHAT_LINE,
    CHAT_STREAM,
    {
      headers: { 'content-type': 'text/event-stream' },
      pieces: Array(ANSWER_BYTES / PIECE).fill(pieceOf(events)),
    },
  ],
};

test.each(Object.keys(answers))('%s', async (name) => {
  const [line = '', body = '', behaviour] = answers[name] ?? [];
  const script: Script = (seen) => behaviour ?? honest(seen);
  house.upstream.script = script;
  const headers = [...house.headers, 'Connection: close'];
  // What the first answers of a process cost once is no reader's doing.
  for (let warm = 0; warm < 2; warm++)
    await untilRead(await openSocket(house.gateway.port, requestBytes(line, headers, body)));
  house.upstream.clear();
  house.upstream.script = script;
  const before = await heldBytes(house.gateway);
  const readers = await Promise.all(
    Array.from({ length: READERS }, async () => {
      const socket = await openSocket(house.gateway.port, requestBytes(line, headers, body));
      onTestFinished(() => void socket.destroy());
      return socket.pause();
    }),
  );
  await house.upstream.waitFor(READERS);
  await untilHeld();
  // Of five thousand MiB; nothing that grows with the answer.
  expect((await heldBytes(house.gateway)) - before).toBeLessThan(64 * MiB);
  // Most of it stands in the buffers of two connections each.
  expect(sentBytes()).toBeLessThan((READERS * ANSWER_BYTES) / 2);
  const [first, ...others] = readers;
  for (const socket of others) socket.destroy();
  // Who reads on after all gets everything.
  expect(first && (await untilRead(first))).toBeGreaterThan(ANSWER_BYTES);
  house.upstream.script = honest;
  expect((await house.ask(CHAT_LINE, CHAT_BODY)).status).toBe(200);
});
