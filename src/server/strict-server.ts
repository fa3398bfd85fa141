/**
 * Node's HTTP server, held to one reading of what it reads: what is ambiguous is refused and its connection closed. A
 * connection whose bytes cannot be trusted is answered at most once for them, never into the middle of another answer,
 * and brings no further call.
 */
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { errorBody, errorHeaders, Refusal } from '../base/errors.ts';
import { isAmbiguous } from './ambiguous.ts';
import { requestId } from './request-id.ts';
import { createListener, type Secured } from './tls.ts';
import { asksForSocket, serveUpgrade } from './upgrades.ts';

type Code = 'request.framing' | 'request.too_slow';
/** Told of what was refused here, but for what belongs to a call that is on record by itself. */
type OnRefused = (source: string, refusal: Refusal, id: string) => void;

/** A slow head ends in 10 s; answers have no time. */
const OPTIONS = {
  headersTimeout: 10_000,
  keepAliveTimeout: 75_000,
  connectionsCheckingInterval: 2000,
  // Looked at with the rest of the head, and refused in our own words.
  requireHostHeader: false,
  // Asked for another protocol, it is answered in this one.
  shouldUpgradeCallback: asksForSocket,
};
/** How long a refused connection is still read, so that its sender sees the answer instead of a reset. */
const LINGER_MS = 1000;

/**
 * Hands on requests whose head can be read in one way alone.
 * @param requestMsMax for a request with its body; 0: bodies have a time of their own
 */
export function createStrictServer(
  listener: RequestListener,
  onRefused: OnRefused,
  secured?: Secured,
  requestMsMax = 0,
): Server {
  const latest = new WeakMap<Duplex, ServerResponse>();
  const condemned = new WeakSet<Duplex>();
  const server = createListener(
    secured,
    { ...OPTIONS, requestTimeout: requestMsMax },
    (request, response) => {
      const { socket } = request;
      if (condemned.has(socket)) return;
      if (isAmbiguous(request)) {
        refuse(socket, 'request.framing');
        return;
      }
      latest.set(socket, response);
      listener(request, response);
    },
  );

  function refuse(socket: Duplex, code: Code): void {
    if (condemned.has(socket)) return;
    condemned.add(socket);
    // Who is refused may be gone already; of a CONNECT nobody else listens any more.
    socket.on('error', () => socket.destroy());
    const last = latest.get(socket);
    const open = last !== undefined && !last.writableFinished;
    // What is wrong with the body of the one call under way may be its answer; nothing else may.
    const own = open && last.socket === socket && !last.headersSent && !last.req.complete;
    const refusal = new Refusal(code);
    const id = requestId();
    if (!open) onRefused('remoteAddress' in socket ? String(socket.remoteAddress) : 'unknown', refusal, id);
    if (socket.writable && (!open || own)) answerAndClose(socket, refusal, id);
    else if (open && last.req.complete && !last.headersSent) closeBehind(socket, last);
    else socket.destroy();
  }

  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET') socket.destroy();
    else refuse(socket, error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'request.too_slow' : 'request.framing');
  });
  server.on('upgrade', (request, socket, head) => {
    if (condemned.has(socket)) return;
    // Behind a call that is not answered yet, its connection is not there to be handed over.
    if (isAmbiguous(request) || latest.get(socket)?.writableFinished === false)
      refuse(socket, 'request.framing');
    else serveUpgrade(request, socket, head, listener);
  });
  server.on('connect', (_request, socket) => refuse(socket, 'request.framing'));
  passExpectations(server);
  return server;
}

function passExpectations(server: Server): void {
  server.on('checkContinue', (request, response) => {
    continueWhenRead(request, response);
    server.emit('request', request, response);
  });
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}

/** Nobody is asked for a body that will not be read: who is refused before it is told so instead. */
function continueWhenRead(request: IncomingMessage, response: ServerResponse): void {
  const keepAlive = response.shouldKeepAlive;
  response.shouldKeepAlive = false;
  request.once('resume', () => {
    if (response.headersSent) return;
    response.shouldKeepAlive = keepAlive;
    response.writeContinue();
  });
}

/** What came before it was framed well, and has its answer; the last on this connection. */
function closeBehind(socket: Duplex, last: ServerResponse): void {
  last.shouldKeepAlive = false;
  last.once('close', () => socket.destroy());
}

function answerAndClose(socket: Duplex, refusal: Refusal, id: string): void {
  const body = JSON.stringify(errorBody(refusal));
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
    'x-request-id': id,
    ...errorHeaders(refusal),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 ${refusal.status} Bad Request\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
  const linger = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once('close', () => clearTimeout(linger));
}
