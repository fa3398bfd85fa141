/**
 * The built-in stand-in for OpenAI, for a start without a key: chat completions, responses (over sockets too), Realtime in
 * text, embeddings, models.
 * Listens on loopback only, and says in its answers what it is. Never a substitute for a test's own upstream.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { chatChunks, chatCompletion } from './chat-completion.ts';
import { embedding } from './embedding.ts';
import { isJson, SimulatedError, type Json } from './json-input.ts';
import { response, responseEvents } from './response.ts';
import { serveSockets } from './sockets.ts';

export interface SimulatorOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Pause between the events of a stream; 5 by default, so that it looks like one. */
  readonly eventGapMs?: number;
}

export interface Simulator {
  /** With the version prefix, without a slash at its end: `http://127.0.0.1:PORT/v1`. */
  readonly baseUrl: string;
  /** Ends open streams and stops listening. */
  close(): Promise<void>;
}

const BODY_BYTES_MAX = 32 * 1024 * 1024;
const MODELS = [
  'gpt-4o',
  'gpt-4o-mini',
  'gpt-4.1',
  'gpt-4.1-mini',
  'gpt-5',
  'gpt-5-mini',
  'gpt-realtime',
  'text-embedding-3-small',
  'text-embedding-3-large',
].map((id) => ({ id, object: 'model', created: 1_715_367_049, owned_by: 'sallyport-simulator' }));

/** @throws the system's error if the port is taken */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const eventGapMs = options.eventGapMs ?? 5;
  const server = createServer((request, reply) => {
    answer(request, reply, eventGapMs).catch((error: unknown) => fail(reply, error));
  });
  serveSockets(server, eventGapMs);
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(request: IncomingMessage, reply: ServerResponse, eventGapMs: number): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://simulator').pathname;
  const route = `${request.method} ${path}`;
  if (route === 'GET /v1/models') return sendJson(reply, 200, { object: 'list', data: MODELS });
  if (route.startsWith('GET /v1/models/')) return sendJson(reply, 200, modelNamed(path.slice(11)));
  if (route === 'POST /v1/embeddings') return sendJson(reply, 200, embedding(await readJson(request)));
  if (route === 'POST /v1/chat/completions') {
    const body = await readJson(request);
    if (body['stream'] !== true) return sendJson(reply, 200, chatCompletion(body));
    const data = chatChunks(body).map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`);
    return sendEvents(reply, [...data, 'data: [DONE]\n\n'], eventGapMs);
  }
  if (route === 'POST /v1/responses') {
    const body = await readJson(request);
    if (body['stream'] !== true) return sendJson(reply, 200, response(body));
    const events = responseEvents(body).map(
      (event) => `event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`,
    );
    return sendEvents(reply, events, eventGapMs);
  }
  request.resume();
  throw new SimulatedError(
    404,
    "Unknown request URL. Sallyport's simulator knows chat completions, responses, embeddings and models.",
    { code: 'unknown_url' },
  );
}

function modelNamed(id: string): Json {
  const found = MODELS.find((model) => encodeURIComponent(model.id) === id);
  if (found) return found;
  throw new SimulatedError(404, 'The model does not exist in the simulator.', {
    param: 'model',
    code: 'model_not_found',
  });
}

async function readJson(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new SimulatedError(413, 'The request body is too large.');
    chunks.push(chunk);
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    if (isJson(value)) return value;
  } catch {
    // the same answer as for JSON that is no object
  }
  throw new SimulatedError(400, 'We could not parse the JSON body of your request.');
}

function headersOf(contentType: string): Record<string, string> {
  return {
    'content-type': contentType,
    'x-request-id': `req_simulated${Date.now().toString(36)}`,
    'openai-version': '2020-10-01',
    'openai-processing-ms': '1',
  };
}

function sendJson(reply: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  reply.writeHead(status, {
    ...headersOf('application/json'),
    'content-length': String(Buffer.byteLength(text)),
  });
  reply.end(text);
}

async function sendEvents(
  reply: ServerResponse,
  events: readonly string[],
  eventGapMs: number,
): Promise<void> {
  reply.writeHead(200, { ...headersOf('text/event-stream; charset=utf-8'), 'cache-control': 'no-cache' });
  const gone = new AbortController();
  reply.once('close', () => gone.abort());
  for (const event of events) {
    if (gone.signal.aborted) return;
    if (!reply.write(event)) await once(reply, 'drain', { signal: gone.signal });
    if (eventGapMs > 0) await sleep(eventGapMs, undefined, { signal: gone.signal });
  }
  reply.end();
}

/** A caller who left is no fault; anything that is not a SimulatedError would be one of the simulator's own. */
function fail(reply: ServerResponse, error: unknown): void {
  if (reply.headersSent || reply.destroyed) {
    reply.destroy();
    return;
  }
  const known =
    error instanceof SimulatedError ? error : new SimulatedError(500, 'The simulator failed.', {});
  reply.setHeader('connection', 'close');
  sendJson(reply, known.status, known.body);
}
