/**
 * Sockets to the configured upstream: the handshake is built from nothing, its certificate verified, a redirect is an
 * answer like any other.
 */
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import type { Connected, SocketListener, SocketUpstream } from '../ports/socket.ts';
import type { UpstreamFault } from '../ports/upstream.ts';
import { tlsOf, TunnelAgent } from './egress.ts';
import type { UpstreamSettings } from './upstream.ts';
import { SOCKET_OPTIONS, socketEnd } from './web-socket.ts';

/** As large as one event of a stream may be. */
const EVENT_BYTES_MAX = 32 * 1024 * 1024;
const ERROR_BYTES_MAX = 65_536;

/** The way to `baseUrl` for sockets. */
export function createSocketUpstream(settings: UpstreamSettings): SocketUpstream {
  const base = new URL(settings.baseUrl);
  const { proxy } = settings;
  const origin = `${base.protocol === 'https:' ? 'wss' : 'ws'}://${base.host}`;
  const options = {
    ...SOCKET_OPTIONS,
    maxPayload: EVENT_BYTES_MAX,
    followRedirects: false,
    handshakeTimeout: settings.connectMsMax,
    ...tlsOf(settings),
    ...(proxy !== undefined && {
      agent: new TunnelAgent({ ...settings, proxy }, base.protocol === 'https:', settings.connectMsMax),
    }),
  };
  return {
    basePath: base.pathname.replace(/\/+$/, ''),
    connect: ({ path, headers, protocols }, listener, signal) => {
      const socket = new WebSocket(`${origin}${path}`, [...protocols], { ...options, headers });
      return outcomeOf(socket, listener, signal);
    },
  };
}

function outcomeOf(socket: WebSocket, listener: SocketListener, signal: AbortSignal): Promise<Connected> {
  return new Promise((resolve) => {
    const failed = (fault: UpstreamFault, detail: string): void => resolve({ kind: 'failed', fault, detail });
    const abort = (): void => {
      failed('aborted', 'before it was open');
      socket.terminate();
    };
    signal.addEventListener('abort', abort, { once: true });
    socket.once('open', () => {
      signal.removeEventListener('abort', abort);
      resolve({ kind: 'open', end: socketEnd(socket, listener) });
    });
    socket.on('error', (error) => failed(faultOf(error), error.message));
    socket.once('unexpected-response', (request, response) => {
      const { statusCode: status = 502, headers } = response;
      resolve(bodyOf(response).then((body) => ({ kind: 'refused', status, headers, body })));
      response.once('close', () => request.destroy());
    });
  });
}

/** A peer that does not speak the protocol is no upstream; one that does not answer is late. */
function faultOf({ message }: Error): UpstreamFault {
  if (message.includes('timed out')) return 'timeout';
  return /Sec-WebSocket|subprotocol|upgrade header/i.test(message) ? 'broken' : 'unreachable';
}

/** As much as anybody reads of it; never rejects. */
async function bodyOf(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.setTimeout(5000, () => response.destroy());
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > ERROR_BYTES_MAX) break;
    }
  } catch {
    // told by what came of it
  }
  return Buffer.concat(chunks).subarray(0, ERROR_BYTES_MAX);
}
