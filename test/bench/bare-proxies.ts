/** What Sallyport is measured against: proxies that only forward. A process: `bare-proxies.ts <kind> <upstream origin>`. */
import { createServer, type Server } from 'node:http';
import fastifyProxy from '@fastify/http-proxy';
import { fastify } from 'fastify';
import { Pool } from 'undici';
import { type RawData, WebSocket, WebSocketServer } from 'ws';
import { PORT_MESSAGE } from './workload.ts';

const [, , kind, origin = ''] = process.argv;

/** node:http in front, one undici pool behind, bodies piped. */
async function bareHttp(): Promise<Server> {
  const pool = new Pool(origin, { connections: 1024, bodyTimeout: 0 });
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, reply) => {
    pool
      .stream(
        {
          path: request.url ?? '/',
          method: request.method === 'GET' ? 'GET' : 'POST',
          headers: {
            'content-type': request.headers['content-type'] ?? '',
            'content-length': request.headers['content-length'] ?? '0',
          },
          body: request,
        },
        ({ statusCode, headers }) => {
          reply.writeHead(statusCode, headers);
          return reply;
        },
      )
      .catch(() => reply.destroy());
  });
  relaySockets(server);
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return server;
}

/** Two sockets, one behind the other: what comes over one is sent over the other. */
function relaySockets(server: Server): void {
  new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (caller, { url = '/' }) => {
    const upstream = new WebSocket(origin.replace('http:', 'ws:') + url, { perMessageDeflate: false });
    const waiting: string[] = [];
    upstream.once('open', () => waiting.splice(0).forEach((text) => upstream.send(text)));
    caller.on('message', (data) => {
      const text = textOf(data);
      if (upstream.readyState === upstream.OPEN) upstream.send(text);
      else waiting.push(text);
    });
    upstream.on('message', (data) => caller.send(textOf(data)));
    caller.once('close', () => upstream.terminate());
  });
}

function textOf(data: RawData): string {
  return Buffer.isBuffer(data) ? data.toString('utf8') : '';
}

/** The plugin with nothing but its upstream and enough connections. */
async function bareFastify(): Promise<Server> {
  const app = fastify({ keepAliveTimeout: 60_000 });
  await app.register(fastifyProxy, { upstream: origin, undici: { connections: 1024, bodyTimeout: 0 } });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return app.server;
}

const address = (await (kind === 'http' ? bareHttp() : bareFastify())).address();
const port = typeof address === 'object' ? address?.port : undefined;
process.send?.({ kind: PORT_MESSAGE, port });
process.on('disconnect', () => process.exit(0));
