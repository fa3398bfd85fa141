/** The simulator's socket for responses: one answer to each `response.create`, event by event. */
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import { isJson, SimulatedError, type Json } from './json-input.ts';
import { responseEvents } from './response.ts';

const EVENT_BYTES_MAX = 32 * 1024 * 1024;

/** Sockets of this server at `/v1/responses`; any other handshake is broken off. */
export function serveResponseSockets(server: Server, eventGapMs: number): void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: EVENT_BYTES_MAX });
  server.on('upgrade', (request, wire, head) => {
    wire.on('error', () => wire.destroy());
    if (new URL(request.url ?? '/', 'http://simulator').pathname !== '/v1/responses') wire.destroy();
    else sockets.handleUpgrade(request, wire, head, (socket) => listen(socket, eventGapMs));
  });
  server.once('close', () => sockets.close());
}

function listen(socket: WebSocket, eventGapMs: number): void {
  let last = Promise.resolve();
  socket.on('error', () => socket.terminate());
  socket.on('message', (data) => {
    const text = Buffer.isBuffer(data) ? data.toString('utf8') : '';
    last = last.then(() => answer(socket, text, eventGapMs));
  });
}

/** Never rejects. */
async function answer(socket: WebSocket, text: string, eventGapMs: number): Promise<void> {
  for (const event of eventsFor(text)) {
    if (socket.readyState !== socket.OPEN) return;
    socket.send(JSON.stringify(event));
    if (eventGapMs > 0) await sleep(eventGapMs);
  }
}

function eventsFor(text: string): readonly Json[] {
  try {
    const event: unknown = JSON.parse(text);
    if (isJson(event) && event['type'] === 'response.create') return responseEvents(event);
    throw new SimulatedError(400, 'The simulator knows no event but response.create.');
  } catch (error) {
    const known = error instanceof SimulatedError ? error : new SimulatedError(400, 'This is no JSON.');
    return [{ type: 'error', status: known.status, ...known.body }];
  }
}
