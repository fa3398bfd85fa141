/** Requests that ask to become a socket: answered like any other request, or handed over once the way up is open. */
import { type IncomingMessage, type RequestListener, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { Refusal } from '../base/errors.ts';
import type { Handshake } from '../ports/socket.ts';
import { SOCKET_OPTIONS, socketEnd } from './web-socket.ts';

/** A frame has at most the size of the largest body of its like. */
const FRAME_BYTES_MAX = 16 * 1024 * 1024;
const server = new WebSocketServer({
  ...SOCKET_OPTIONS,
  noServer: true,
  clientTracking: false,
  maxPayload: FRAME_BYTES_MAX,
  // A credential among them is never said again.
  handleProtocols: (offered) => (offered.has('realtime') ? 'realtime' : false),
});

interface Upgrade {
  readonly socket: Socket;
  readonly head: Buffer;
}
/** RFC 6455, section 4.1. */
const KEY = /^[+/0-9A-Za-z]{22}==$/;
/** Different tokens; which occur twice is looked at once more when it is answered. */
const PROTOCOLS = /^[\w!#$%&'*+.^`|~-]+(?:[ \t]*,[ \t]*[\w!#$%&'*+.^`|~-]+)*$/;
const upgrades = new WeakMap<IncomingMessage, Upgrade>();

/** Only these become sockets: whoever asks for another protocol is answered in this one. */
export function asksForSocket({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';
}

/** Whether this request is one. */
export function isUpgrade(request: IncomingMessage): boolean {
  return upgrades.has(request);
}

/** Lets the listener of all requests answer it; no further request comes over its connection. */
export function serveUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  listener: RequestListener,
): void {
  socket.on('error', () => socket.destroy());
  if (!(socket instanceof Socket)) {
    socket.destroy();
    return;
  }
  upgrades.set(request, { socket, head });
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => socket.end());
  listener(request, response);
}

/** The caller's side of a handshake. */
export function handshakeOf(request: IncomingMessage, response: ServerResponse): Handshake {
  return {
    check() {
      const { headers } = request;
      const isWhole =
        KEY.test(headers['sec-websocket-key'] ?? '') && headers['sec-websocket-version'] === '13';
      const list = headers['sec-websocket-protocol'];
      const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
      if (!isWhole || hasBody || (list !== undefined && !PROTOCOLS.test(list)))
        throw new Refusal('request.framing', { detail: 'a handshake that is none' });
    },
    accept(listener) {
      const upgrade = upgrades.get(request);
      if (!upgrade || upgrade.socket.destroyed) return undefined;
      response.detachSocket(upgrade.socket);
      let end: ReturnType<Handshake['accept']>;
      server.handleUpgrade(request, upgrade.socket, upgrade.head, (opened) => {
        end = socketEnd(opened, listener);
      });
      return end;
    },
  };
}
