/** The simulator's sockets: of responses, an answer to each `response.create`; of Realtime, sessions of texts. */
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import { isJson, SimulatedError, type Json } from './json-input.ts';
import { RealtimeSession } from './realtime-session.ts';
import { responseEvents } from './response.ts';

const EVENT_BYTES_MAX = 32 * 1024 * 1024;

/** One socket's side of the simulator. */
interface Talk {
  readonly opening: readonly Json[];
  /** @throws SimulatedError 400 */
  answer(event: Json): readonly Json[];
  told(error: SimulatedError): Json;
}

/** Sockets of this server; any other handshake is broken off. */
export function serveSockets(server: Server, eventGapMs: number): void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: EVENT_BYTES_MAX });
  server.on('upgrade', (request, wire, head) => {
    wire.on('error', () => wire.destroy());
    const talk = talkOf(new URL(request.url ?? '/', 'http://simulator'));
    if (!talk) wire.destroy();
    else sockets.handleUpgrade(request, wire, head, (socket) => listen(socket, talk, eventGapMs));
  });
  server.once('close', () => sockets.close());
}

function talkOf({ pathname, searchParams }: URL): Talk | undefined {
  if (pathname === '/v1/responses') return RESPONSES;
  const model = searchParams.get('model');
  if (pathname !== '/v1/realtime' || !model) return undefined;
  const session = new RealtimeSession(model);
  return {
    opening: session.opening(),
    answer: (event) => session.answer(event),
    told: ({ body: { error } }) => ({ type: 'error', event_id: 'event_simulated', error }),
  };
}

const RESPONSES: Talk = {
  opening: [],
  answer(event) {
    if (event['type'] === 'response.create') return responseEvents(event);
    throw new SimulatedError(400, 'The simulator knows no event but response.create.');
  },
  told: ({ status, body }) => ({ type: 'error', status, ...body }),
};

function listen(socket: WebSocket, talk: Talk, eventGapMs: number): void {
  let last = say(socket, talk.opening, 0);
  socket.on('error', () => socket.terminate());
  socket.on('message', (data) => {
    const text = Buffer.isBuffer(data) ? data.toString('utf8') : '';
    last = last.then(() => say(socket, eventsFor(talk, text), eventGapMs));
  });
}

/** Never rejects. */
async function say(socket: WebSocket, events: readonly Json[], eventGapMs: number): Promise<void> {
  for (const event of events) {
    if (socket.readyState !== socket.OPEN) return;
    socket.send(JSON.stringify(event));
    if (eventGapMs > 0) await sleep(eventGapMs);
  }
}

function eventsFor(talk: Talk, text: string): readonly Json[] {
  try {
    const event: unknown = JSON.parse(text);
    if (isJson(event)) return talk.answer(event);
    throw new SimulatedError(400, 'An event is an object.');
  } catch (error) {
    return [talk.told(error instanceof SimulatedError ? error : new SimulatedError(400, 'This is no JSON.'))];
  }
}
